// SPDX-License-Identifier: MIT OR Apache-2.0
//! CPU time of bridged channels, next to a bare loop of `sendmsg` and `recvmsg` over as many packets, in one run; then the latency
//! from line to RTP in real time.
//!
//! `cargo bench -p media-engine -- [--channels N] [--seconds N] [--json]`
#![allow(clippy::unwrap_used)]

#[path = "../tests/common/mod.rs"]
mod common;

use common::far::Far;
use common::rig::{Call, Rig, pattern, settings};
use media_engine::*;
use std::net::UdpSocket;
use std::time::{Duration, Instant};

const PACKET: usize = 160;
/// Milliseconds of a packet.
const TIME: usize = PACKET / 8;

struct Options {
    channels: usize,
    seconds: usize,
    json: bool,
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        channels: 240,
        seconds: 10,
        json: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = |bound: usize| -> Result<usize, String> {
            let text = words.next().unwrap_or_default();
            let number = text.parse().ok().filter(|n| (1..=bound).contains(n));
            number.ok_or(format!(
                "{word}: {text:?}, expected a number from 1 to {bound}"
            ))
        };
        match word.as_str() {
            "--channels" => options.channels = number(480)?,
            "--seconds" => options.seconds = number(3600)?,
            "--json" => options.json = true,
            // What cargo gives to every benchmark.
            "--bench" => {}
            "--help" | "-h" => {
                println!("bridge [--channels 1..480] [--seconds 1..3600] [--json]");
                std::process::exit(0);
            }
            other => return Err(format!("{other}: unknown; see --help")),
        }
    }
    Ok(options)
}

/// Nanoseconds that the thread of this name has run, by the scheduler's account.
fn cpu_time(name: &str) -> u64 {
    for entry in std::fs::read_dir("/proc/self/task").unwrap() {
        let path = entry.unwrap().path();
        if std::fs::read_to_string(path.join("comm")).unwrap().trim() == name {
            let text = std::fs::read_to_string(path.join("schedstat")).unwrap();
            return text.split_whitespace().next().unwrap().parse().unwrap();
        }
    }
    panic!("no thread is called {name}");
}

fn rig(backend: BackendKind, options: &Options, lock_step: bool) -> (Rig, Vec<Call>) {
    let settings = EngineSettings {
        lock_step,
        ..settings(backend)
    };
    let spans = options.channels.div_ceil(30);
    let mut rig = Rig::with(settings, spans, pattern());
    let slots = (0..options.channels).map(|n| (n / 30, n % 30));
    let calls = slots
        .map(|(span, n)| rig.call(span, (n + 1 + n / 15) as u8, Media::default()))
        .collect();
    (rig, calls)
}

/// Worker CPU time and packet pairs of a run in lock-step.
fn engine(backend: BackendKind, options: &Options) -> (u64, u64) {
    let (mut rig, mut calls) = rig(backend, options, true);
    rig.run(&mut calls, 200, 8, PACKET);
    for call in &mut calls {
        call.far.received.clear();
    }
    let before = cpu_time("media-0");
    for _ in 0..options.seconds {
        rig.run(&mut calls, 1000, 8, PACKET);
    }
    let spent = cpu_time("media-0") - before;
    let packets = calls
        .iter()
        .map(|call| call.far.received.len() as u64)
        .sum();
    (spent, packets)
}

/// CPU time of a thread that takes and sends as many packets, one call each, and does nothing else.
fn bare(options: &Options) -> (u64, u64) {
    let bind = || {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        socket
    };
    let sockets: Vec<_> = (0..options.channels).map(|_| bind()).collect();
    let fars: Vec<_> = sockets
        .iter()
        .map(|socket| (bind(), socket.local_addr().unwrap()))
        .collect();
    let to: Vec<_> = fars
        .iter()
        .map(|(far, _)| far.local_addr().unwrap())
        .collect();
    let rounds = options.seconds * 1000 / TIME;
    let (go, turn) = std::sync::mpsc::sync_channel::<()>(0);
    let (done, wait) = std::sync::mpsc::sync_channel::<()>(0);
    let thread = std::thread::Builder::new().name("bare".to_owned());
    let thread = thread
        .spawn(move || {
            let mut octets = [0; 900];
            let mut packets = 0;
            let mut spent = 0;
            while turn.recv().is_ok() {
                let before =
                    nix::time::clock_gettime(nix::time::ClockId::CLOCK_THREAD_CPUTIME_ID).unwrap();
                for (socket, to) in sockets.iter().zip(&to) {
                    if let Ok((length, _)) = socket.recv_from(&mut octets) {
                        packets += u64::from(socket.send_to(&octets[..length], to).is_ok());
                    }
                }
                let after =
                    nix::time::clock_gettime(nix::time::ClockId::CLOCK_THREAD_CPUTIME_ID).unwrap();
                let moved = Duration::from(after).saturating_sub(Duration::from(before));
                spent += moved.as_nanos() as u64;
                done.send(()).unwrap();
            }
            (spent, packets)
        })
        .unwrap();
    let mut octets = [0; 900];
    for _ in 0..rounds {
        for (far, to) in &fars {
            far.send_to(&[0x80; 12 + PACKET], to).unwrap();
        }
        go.send(()).unwrap();
        wait.recv().unwrap();
        for (far, _) in &fars {
            while far.recv_from(&mut octets).is_ok() {}
        }
    }
    drop(go);
    thread.join().unwrap()
}

/// Runs in real time and gives the latency from line to RTP, and what was lost.
fn latency(backend: BackendKind, options: &Options) -> (WorkerStats, u64, u64) {
    let (mut rig, mut calls) = rig(backend, options, false);
    let start = Instant::now();
    let mut late_ticks = 0;
    for now in 0..options.seconds.min(10) * 1000 {
        let due = start + Duration::from_millis(now as u64);
        match due.checked_duration_since(Instant::now()) {
            Some(left) => std::thread::sleep(left),
            None => late_ticks += 1,
        }
        for (index, call) in calls.iter_mut().enumerate() {
            if (now + index * 7) % TIME == 0 {
                call.far.send(8, &[0xd5; PACKET]);
            }
        }
        rig.card.tick();
        if now % 10 == 9 {
            calls
                .iter_mut()
                .map(|call| &mut call.far)
                .for_each(Far::drain);
        }
        if now == 500 {
            // Opening the channels is not part of it.
            let _ = rig.engine.stats(true);
        }
    }
    let missed = calls.iter().map(|call| {
        let stats = rig.stats(call).to_rtp;
        stats.missed + stats.lost + stats.would_block + stats.errors + stats.no_slot
    });
    let missed = missed.sum();
    (
        rig.engine.stats(false).unwrap().remove(0),
        missed,
        late_ticks,
    )
}

fn main() {
    let options = options().unwrap_or_else(|error| {
        eprintln!("bridge: {error}");
        std::process::exit(2);
    });
    let (bare_time, bare_packets) = bare(&options);
    let bare_each = bare_time as f64 / bare_packets as f64;
    let mut rows = Vec::new();
    for backend in [BackendKind::Uring, BackendKind::Plain] {
        let (time, packets) = engine(backend, &options);
        let each = time as f64 / packets as f64;
        let (stats, missed, late_ticks) = latency(backend, &options);
        let at = |quantile| stats.latency.value_at_quantile(quantile) as f64 / 1e6;
        rows.push(format!(
            "{{\"backend\":\"{backend:?}\",\"channels\":{},\"packets\":{packets},\"ns_per_packet_pair\":{each:.0},\"bare_ns\":{bare_each:.0},\"ratio\":{:.2},\"cpu_percent_per_channel\":{:.4},\"latency_ms\":{{\"p50\":{:.3},\"p99\":{:.3},\"p999\":{:.3},\"max\":{:.3}}},\"packets_not_sent\":{missed},\"late_ticks\":{late_ticks}}}",
            options.channels,
            each / bare_each,
            each * (1000 / TIME) as f64 / 1e7,
            at(0.5),
            at(0.99),
            at(0.999),
            at(1.0),
        ));
        if !options.json {
            println!(
                "{backend:?}: {each:.0} ns CPU a packet pair, bare loop {bare_each:.0} ns, ratio {:.2}; {:.4} % of a core a channel",
                each / bare_each,
                each * (1000 / TIME) as f64 / 1e7
            );
            println!(
                "  line to RTP in real time, behind the packet's last tick: p50 {:.3} ms, p99 {:.3}, p99.9 {:.3}, max {:.3}; {missed} packets not sent; {late_ticks} ticks of the card were late",
                at(0.5),
                at(0.99),
                at(0.999),
                at(1.0)
            );
        }
    }
    if options.json {
        println!("[{}]", rows.join(","));
    }
}
