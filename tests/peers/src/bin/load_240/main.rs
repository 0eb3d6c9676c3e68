// SPDX-License-Identifier: MIT OR Apache-2.0
//! 240 calls in real time: SIPp with speech, pbxd, and eight emulated E1s whose far ends send back what they hear.
//!
//! What is lost, late or out of order is reported beside what the machine's host took away, and judged by nobody: it depends on
//! the machine. A call that is lost, or a record that is wrong, is a failure.
#![forbid(unsafe_code)]

mod capture;
mod host;
mod site;

use capture::{Capture, Directions, Way};
use host::{Accounts, Spent};
use pbx_store::{Filter, State, Store};
use peers::site::build;
use site::{Counters, PORTS, Plan, Site};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

const HELP: &str = "\
load_240 [--calls N] [--spans N] [--seconds N] [--keep DIR] [--built]

Holds calls of SIPp, with speech both ways, through pbxd on emulated E1s in real time, and counts the RTP packets: pbxd's own
counters, and a capture of the loopback interface. The last line is JSON. Needs sip-tester, tshark, sox,
asterisk-core-sounds-en-wav, and the right to capture on the loopback interface.
  --calls N    calls at a time (240)
  --spans N    E1s (8)
  --seconds N  how long all of them are held (60)
  --keep DIR   keep configurations, logs and the capture there
  --built      the programs beside this one are up to date

Exit codes: 0 no call was lost; 1 one was, or something failed; 2 wrong arguments. Timing never fails it.";

/// How long it may take until all calls are up, on a machine that is busy with other things.
const RAMP: Duration = Duration::from_secs(120);
/// The packet time of all streams; a packet that comes this much behind the fastest counts as late.
const PACKET: Duration = Duration::from_millis(20);

struct Arguments {
    calls: u32,
    spans: u32,
    seconds: u64,
    keep: Option<PathBuf>,
    built: bool,
}

fn arguments() -> Option<Arguments> {
    let mut arguments = Arguments {
        calls: 240,
        spans: 8,
        seconds: 60,
        keep: None,
        built: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        if word == "--built" {
            arguments.built = true;
            continue;
        }
        let value = words.next()?;
        match word.as_str() {
            "--calls" => arguments.calls = value.parse().ok()?,
            "--spans" => arguments.spans = value.parse().ok()?,
            "--seconds" => arguments.seconds = value.parse().ok()?,
            "--keep" => arguments.keep = Some(value.into()),
            _ => return None,
        }
    }
    let fits = (1..=16).contains(&arguments.spans)
        && (1..=arguments.spans * 30).contains(&arguments.calls)
        && (1..=3600).contains(&arguments.seconds);
    fits.then_some(arguments)
}

fn main() -> ExitCode {
    if std::env::args().any(|word| word == "--help" || word == "-h") {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let Some(arguments) = arguments() else {
        eprintln!("{HELP}");
        return ExitCode::from(2);
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load_240: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    let dir = arguments.keep.as_deref().unwrap_or(scratch.path());
    std::fs::create_dir_all(dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    // What an earlier run left there is not this one's.
    for name in ["cdr.db", "cdr.db-wal", "cdr.db-shm", "sipp.err", "rtp.pcap"] {
        let _ = std::fs::remove_file(dir.join(name));
    }
    let plan = Plan {
        programs: programs(arguments.built)?,
        dir: dir.to_owned(),
        spans: arguments.spans,
        calls: arguments.calls,
    };
    let speech = peers::whole::alaw_file(dir)?;
    let capture = Capture::start(dir)?;
    let site = Site::start(&plan)?;
    let mut sipp = site.sipp(plan.calls, &speech)?;
    let wanted = plan.calls as usize;

    let began = Instant::now();
    while talking(&site)? < wanted {
        if let Some(status) = sipp.ended() {
            return Err(format!("sipp: {status}: {}", site.sipp_errors()));
        }
        if began.elapsed() > RAMP {
            let there = talking(&site)?;
            return Err(format!(
                "{there} of {wanted} calls are up after {RAMP:?}: {}",
                site.sipp_errors()
            ));
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    let ramp = began.elapsed();

    let processes = [site.pbxd.id(), site.emulator.id(), sipp.id()];
    let before = Accounts::read(&processes)?;
    let held = Instant::now();
    while held.elapsed() < Duration::from_secs(arguments.seconds) {
        std::thread::sleep(Duration::from_secs(1));
        let there = talking(&site)?;
        if there != wanted {
            return Err(format!(
                "{there} of {wanted} calls are left after {:.0?}: {}",
                held.elapsed(),
                site.sipp_errors()
            ));
        }
    }
    let spent = Accounts::read(&processes)?.since(&before);

    site.hang_up(&site.calls()?)?;
    let status = sipp.wait(Duration::from_secs(40))?;
    if !status.success() {
        return Err(format!("sipp: {status}: {}", site.sipp_errors()));
    }
    let end = Instant::now() + Duration::from_secs(20);
    while !site.calls()?.is_empty() {
        if Instant::now() > end {
            return Err("calls are left after all were hung up".into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let counters = site.counters()?;
    let (streams, missed) = capture.finish(&PORTS)?;
    for name in [
        "media.failures",
        "calls.abandoned_legs",
        "calls.illegal_events",
    ] {
        if counters.get(name) != 0 {
            return Err(format!("{name} is {}", counters.get(name)));
        }
    }
    site.end()?;
    records(dir, wanted, arguments.seconds)?;

    report(&streams, missed, &counters, &spent, ramp, arguments);
    Ok(())
}

fn talking(site: &Site) -> Result<usize, String> {
    let calls = site.calls()?;
    Ok(calls.iter().filter(|call| call.state == "talking").count())
}

/// The programs beside this one, built with its profile unless they are.
fn programs(built: bool) -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let folder = own.parent().ok_or("the program has no folder")?;
    if !built {
        build(folder, &["pbxd", "tdm-emu"])?;
    }
    Ok(folder.to_owned())
}

/// One record a call: answered, held for as long as all were, and ended by the operator.
fn records(dir: &Path, wanted: usize, seconds: u64) -> Result<(), String> {
    let records = Store::open_read_only(&dir.join("cdr.db"))
        .and_then(|store| store.list(&Filter::default()))
        .map_err(|error| error.to_string())?;
    let right = records.iter().filter(|record| {
        record.state == State::Closed
            && record.cause == Some(16)
            && record.released.as_deref() == Some("operator")
            && record.talking_ms.unwrap_or(0) >= seconds * 1000
    });
    let right = right.count();
    if (records.len(), right) == (wanted, wanted) {
        Ok(())
    } else {
        Err(format!(
            "{} records, {right} of them right, expected {wanted}",
            records.len()
        ))
    }
}

fn report(
    streams: &Directions,
    missed: Option<u64>,
    counters: &Counters,
    spent: &Spent,
    ramp: Duration,
    arguments: &Arguments,
) {
    let get = |name: &str| counters.get(name);
    let ms = |name: &str| get(name) as f64 / 1e6;
    let (calls, seconds) = (arguments.calls, arguments.seconds);
    println!(
        "{calls} calls on {} E1s, up in {ramp:.1?}, held for {seconds} s: none was lost",
        arguments.spans
    );
    let share = |place: usize| spent.processes.get(place).copied().unwrap_or(0.0);
    let (pbxd, emulator, sipp) = (share(0), share(1), share(2));
    println!(
        "machine: steal {:.2} %, idle {:.1} %; of one processor: pbxd {pbxd:.1} %, tdm-emu {emulator:.1} %, SIPp {sipp:.1} %",
        spent.steal, spent.idle
    );
    let missed_text = missed.map_or_else(|| "an unknown number of".to_owned(), |n| n.to_string());
    println!("capture: missed {missed_text} frames");
    show("SIPp to pbxd", &streams.from_sipp);
    println!(
        "  pbxd took {} packets, {} lost, {} frames too late",
        get("media.from_rtp.packets"),
        get("media.from_rtp.lost_packets"),
        get("media.from_rtp.late_frames")
    );
    show("pbxd to SIPp", &streams.to_sipp);
    println!(
        "  pbxd sent {} packets, {} late, {} left out, {} overwritten meanwhile",
        get("media.to_rtp.packets"),
        get("media.to_rtp.late_packets"),
        get("media.to_rtp.missed_packets"),
        get("media.to_rtp.lost_packets")
    );
    println!(
        "line to RTP, behind the packet's last tick: p50 {:.3} ms, p99 {:.3} ms, p99.9 {:.3} ms, most {:.3} ms",
        ms("media.latency_p50_ns"),
        ms("media.latency_p99_ns"),
        ms("media.latency_p999_ns"),
        ms("media.latency_max_ns")
    );
    println!(
        "{{\"calls\":{calls},\"spans\":{},\"seconds\":{seconds},\"calls_lost\":0,\"steal_percent\":{:.2},\"idle_percent\":{:.2},\
         \"pbxd_percent\":{pbxd:.1},\"emulator_percent\":{emulator:.1},\"sipp_percent\":{sipp:.1},\"capture_missed\":{},\
         \"from_sipp\":{},\"to_sipp\":{},\"pbxd_received\":{},\"pbxd_received_lost\":{},\"pbxd_late_frames\":{},\
         \"pbxd_sent\":{},\"pbxd_sent_late\":{},\"pbxd_left_out\":{},\"pbxd_overwritten\":{},\
         \"latency_p50_ns\":{},\"latency_p99_ns\":{},\"latency_p999_ns\":{},\"latency_max_ns\":{}}}",
        arguments.spans,
        spent.steal,
        spent.idle,
        missed.map_or_else(|| "null".to_owned(), |n| n.to_string()),
        json(&streams.from_sipp),
        json(&streams.to_sipp),
        get("media.from_rtp.packets"),
        get("media.from_rtp.lost_packets"),
        get("media.from_rtp.late_frames"),
        get("media.to_rtp.packets"),
        get("media.to_rtp.late_packets"),
        get("media.to_rtp.missed_packets"),
        get("media.to_rtp.lost_packets"),
        get("media.latency_p50_ns"),
        get("media.latency_p99_ns"),
        get("media.latency_p999_ns"),
        get("media.latency_max_ns")
    );
}

fn show(name: &str, way: &Way) {
    println!(
        "{name}: {} streams, {} packets on the wire, {} lost, {} out of order, {} repeated, {} more than {PACKET:?} late; \
         behind the fastest p50 {:.2} ms, p99 {:.2} ms, p99.9 {:.2} ms",
        way.streams(),
        way.packets(),
        way.lost(),
        way.out_of_order,
        way.repeated,
        way.later_than(PACKET),
        way.behind_ms(0.5),
        way.behind_ms(0.99),
        way.behind_ms(0.999)
    );
}

fn json(way: &Way) -> String {
    format!(
        "{{\"streams\":{},\"packets\":{},\"lost\":{},\"out_of_order\":{},\"repeated\":{},\"late\":{},\
         \"behind_p50_ms\":{:.3},\"behind_p99_ms\":{:.3},\"behind_p999_ms\":{:.3}}}",
        way.streams(),
        way.packets(),
        way.lost(),
        way.out_of_order,
        way.repeated,
        way.later_than(PACKET),
        way.behind_ms(0.5),
        way.behind_ms(0.99),
        way.behind_ms(0.999)
    )
}
