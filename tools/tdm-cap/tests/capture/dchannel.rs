// SPDX-License-Identifier: MIT OR Apache-2.0
use super::program::{command, end, interrupt, start, summary};
use crate::support::Server;
use std::io::Read;
use std::process::Output;
use std::time::{Duration, Instant};
use tdm::{Slot, SlotSet, Span};
use tdm_line::hdlc::{Encoder, Rate};

/// A packet as read back.
#[derive(Debug, PartialEq)]
struct Packet {
    micros: u64,
    sent: bool,
    network: bool,
    frame: Vec<u8>,
}

/// Reads a pcap file of ours, strictly.
fn parse(file: &[u8]) -> Vec<Packet> {
    let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
    assert_eq!(word(0), 0xa1b2_c3d4);
    assert_eq!(file[4..8], [2, 0, 4, 0]);
    assert_eq!(word(16), 65_535);
    assert_eq!(word(20), 177);
    let mut packets = Vec::new();
    let mut at = 24;
    while at < file.len() {
        let length = word(at + 8) as usize;
        assert_eq!(word(at + 12) as usize, length);
        let packet = &file[at + 16..at + 16 + length];
        assert_eq!(packet[0], 0);
        assert_eq!(packet[14..16], [0x00, 0x30]);
        packets.push(Packet {
            micros: u64::from(word(at)) * 1_000_000 + u64::from(word(at + 4)),
            sent: match packet[1] {
                0 => false,
                4 => true,
                other => panic!("direction {other}"),
            },
            network: packet[6] == 1,
            frame: packet[16..].to_vec(),
        });
        at += 16 + length;
    }
    packets
}

/// Slot octets of flags, these frames, and flags up to a length.
fn octets(frames: &[Vec<u8>], length: usize) -> Vec<u8> {
    let mut encoder = Encoder::new(Rate::Full);
    let mut out = vec![0; length];
    let mut at = encoder.encode(None, &mut out[..20]).octets;
    for frame in frames {
        let step = encoder.encode(Some(frame), &mut out[at..]);
        assert!(step.frame_done, "the frames do not fit");
        at += step.octets;
    }
    encoder.encode(None, &mut out[at..]);
    out
}

/// A LAPD frame: SAPI 0, TEI 0, an information frame with some content.
fn lapd(number: u8, content: usize) -> Vec<u8> {
    let mut frame = vec![0x02, 0x01, number << 1, 0x00];
    frame.extend((0..content).map(|n| (n as u8).wrapping_mul(7).wrapping_add(number)));
    frame
}

/// A server in which slot 16 receives `received` from frame 800 on, and a claim that sends `sent`.
fn run(arguments: &[&str], received: &[u8], sent: &[u8], exit: i32) -> (Vec<Packet>, Output) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("d.pcap");
    let server = Server::new();
    let span = Span::open(&server.address()).unwrap();
    let slot = Slot::new(16).unwrap();
    let claim = span.claim(SlotSet::of(slot), "test").unwrap();
    claim.set_idle(SlotSet::of(slot), 0x7e).unwrap();
    let transmit = claim.transmit(slot).unwrap();
    let address = server.address().to_string();
    let mut all = vec!["dchannel", &address, "--out", file.to_str().unwrap()];
    all.extend(["--lock-step", "--json"]);
    all.extend(arguments);
    let child = start(&server, &all);
    let line = |c: u8, n: u64| {
        let octet = n.checked_sub(800).and_then(|n| received.get(n as usize));
        if c == 16 {
            octet.copied().unwrap_or(0x7e)
        } else {
            0xd5
        }
    };
    server.run(400, line);
    assert_eq!(transmit.write(1000, sent).written, sent.len() as u64);
    // The file grows while the capture runs.
    server.run(4000, line);
    if !arguments.contains(&"--count") && !arguments.contains(&"--seconds") {
        interrupt(&child);
    }
    let output = end(child, exit);
    (parse(&std::fs::read(&file).unwrap()), output)
}

#[test]
fn both_directions_with_the_times_of_their_frames() {
    let received = [lapd(0, 5), lapd(1, 260), lapd(2, 0)];
    let sent = [lapd(3, 30), lapd(4, 1)];
    let (mut one, other) = (octets(&received, 1500), octets(&sent, 400));
    // Bit errors between the frames' ends: one frame is lost and counted.
    one[60] ^= 0x10;
    let (packets, output) = run(&["--network"], &one, &other, 0);
    let summary = summary(&output);
    let frames = |way: bool| -> Vec<&[u8]> {
        packets
            .iter()
            .filter(|packet| packet.sent == way)
            .map(|packet| &packet.frame[..])
            .collect()
    };
    assert_eq!(frames(true), [&sent[0][..], &sent[1]]);
    assert_eq!(frames(false), [&received[0][..], &received[2]]);
    assert!(packets.iter().all(|packet| packet.network));
    assert!(packets.is_sorted_by_key(|packet| packet.micros));
    // Frame 800 is the first octet received, 1,000 the first sent; the first frames end after 20 octets of flags.
    let first = |way| {
        packets
            .iter()
            .find(|packet| packet.sent == way)
            .unwrap()
            .micros
    };
    let apart = first(true) - first(false);
    let expected = (200 + (sent[0].len() - received[0].len()) as u64) * 125;
    assert!(apart.abs_diff(expected) <= 5 * 125, "{apart} µs");
    assert_eq!(apart % 125, 0, "times are those of frames");
    assert_eq!(summary["packets"], 4);
    assert_eq!(summary["received"]["frames"], 2);
    assert_eq!(summary["received"]["fcs_errors"], 1);
    assert_eq!(summary["sent"]["frames"], 2);
    assert_eq!(summary["missed"]["lost_frames"], 0);
}

#[test]
fn it_ends_after_so_many_packets() {
    let received: Vec<_> = (0..10).map(|number| lapd(number, 4)).collect();
    let (packets, _) = run(&["--count", "3"], &octets(&received, 400), &[], 0);
    assert_eq!(packets.len(), 3);
    assert!(packets.iter().all(|packet| !packet.network));
}

#[test]
fn it_ends_after_so_much_line_time() {
    let received: Vec<_> = (0..10).map(|number| lapd(number, 10)).collect();
    // 0.11 s are 880 frames from the start: some 80 octets of the stream.
    let (packets, _) = run(&["--seconds", "0.11"], &octets(&received, 400), &[], 0);
    assert!(
        (2..=5).contains(&packets.len()),
        "{} packets",
        packets.len()
    );
}

#[test]
fn a_reader_of_standard_output_sees_each_packet_at_once() {
    let server = Server::new();
    let address = server.address().to_string();
    let arguments = ["dchannel", &address, "--out", "-", "--lock-step"];
    let mut child = start(&server, &arguments);
    let mut stdout = child.stdout.take().unwrap();
    let octets = octets(&[lapd(0, 5)], 100);
    server.run(800, |c, n| {
        let octet = octets.get(n as usize).filter(|_| c == 16);
        octet.copied().unwrap_or(0x7e)
    });
    // The capture still runs; the packet is there.
    let mut file = vec![0; 24 + 16 + 16 + 9];
    stdout.read_exact(&mut file).unwrap();
    assert_eq!(parse(&file)[0].frame, lapd(0, 5));
    // Nobody reads any more: the next packet ends the capture in order.
    drop(stdout);
    server.run(800, |c, n| {
        let octet = octets.get(n as usize - 800).filter(|_| c == 16);
        octet.copied().unwrap_or(0x7e)
    });
    end(child, 0);
}

#[test]
fn frames_that_are_lost_are_counted_and_told() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("d.pcap");
    let server = Server::new();
    let address = server.address().to_string();
    let file = file.to_str().unwrap();
    let child = start(&server, &["dchannel", &address, "--out", file, "--json"]);
    let pid = nix::unistd::Pid::from_raw(child.id() as i32);
    let signal = |signal| nix::sys::signal::kill(pid, signal).unwrap();
    // It does not run while more than a ring's length passes.
    signal(nix::sys::signal::Signal::SIGSTOP);
    let stat = format!("/proc/{pid}/stat");
    let started = Instant::now();
    while !std::fs::read_to_string(&stat).unwrap().contains(") T ") {
        assert!(started.elapsed() < Duration::from_secs(20));
    }
    server.run(16_000, |_, _| 0x7e);
    signal(nix::sys::signal::Signal::SIGCONT);
    while server.subscribers() > 0 {
        server.run(8, |_, _| 0x7e);
        std::thread::sleep(Duration::from_millis(5));
        interrupt(&child);
        assert!(started.elapsed() < Duration::from_secs(20));
    }
    let output = end(child, 1);
    let lost = summary(&output)["missed"]["lost_frames"].as_u64().unwrap();
    assert!((10_000..16_000).contains(&lost), "{lost}");
}

#[test]
fn a_span_that_goes_away_leaves_a_whole_file_and_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("d.pcap");
    let server = Server::new();
    let address = server.address().to_string();
    let arguments = ["dchannel", &address, "--out", file.to_str().unwrap()];
    let child = start(&server, &[&arguments[..], &["--lock-step"]].concat());
    let octets = octets(&[lapd(0, 5)], 100);
    server.run(800, |c, n| {
        let octet = octets.get(n as usize).filter(|_| c == 16);
        octet.copied().unwrap_or(0x7e)
    });
    server.hang_up();
    let output = end(child, 2);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("the span is gone"), "{text}");
    assert_eq!(parse(&std::fs::read(&file).unwrap()).len(), 1);
    // Without a span no file is begun.
    let output = command(&["dchannel", "unix:/nonexistent#a", "--out", "-"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}
