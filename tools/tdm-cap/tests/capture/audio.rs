// SPDX-License-Identifier: MIT OR Apache-2.0
use super::program::{end, interrupt, start, summary};
use crate::support::Server;
use std::process::Output;
use tdm::{Slot, SlotSet, Span};

/// A WAV file as read back.
struct Wav {
    tag: u16,
    channels: u16,
    bits: u16,
    data: Vec<u8>,
}

/// Reads a WAV file, strictly.
fn parse(file: &[u8]) -> Wav {
    let half = |at: usize| u16::from_le_bytes(file[at..at + 2].try_into().unwrap());
    let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!(&file[..4], b"RIFF");
    assert_eq!(word(4) + 8, file.len());
    assert_eq!(&file[8..16], b"WAVEfmt ");
    let (tag, channels, bits) = (half(20), half(22), half(34));
    let block = usize::from(channels) * usize::from(bits) / 8;
    assert_eq!(word(24), 8000);
    assert_eq!(word(28), 8000 * block);
    assert_eq!(usize::from(half(32)), block);
    let mut at = 20 + word(16);
    let mut samples = None;
    if &file[at..at + 4] == b"fact" {
        samples = Some(word(at + 8));
        at += 12;
    }
    assert_eq!(&file[at..at + 4], b"data");
    let bytes = word(at + 4);
    assert_eq!(at + 8 + bytes + bytes % 2, file.len());
    assert_eq!(samples, (tag != 1).then_some(bytes / block));
    Wav {
        tag,
        channels,
        bits,
        data: file[at + 8..at + 8 + bytes].to_vec(),
    }
}

fn line(c: u8, n: u64) -> u8 {
    (n as u8).wrapping_mul(5).wrapping_add(c)
}

/// Records slot 3, which sends its received octets' complements from frame 1,200 to 1,600.
fn record(arguments: &[&str], frames: u64, interrupted: bool) -> (Wav, Output) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("a.wav");
    let server = Server::new();
    let span = Span::open(&server.address()).unwrap();
    let slot = Slot::new(3).unwrap();
    let claim = span.claim(SlotSet::of(slot), "test").unwrap();
    let transmit = claim.transmit(slot).unwrap();
    let address = server.address().to_string();
    let mut all = vec![
        "audio",
        &address,
        "--slot",
        "3",
        "--out",
        file.to_str().unwrap(),
    ];
    all.extend(["--lock-step", "--json"]);
    all.extend(arguments);
    server.run(800, line);
    let child = start(&server, &all);
    let speech: Vec<u8> = (1200..1600).map(|n| !line(3, n)).collect();
    assert_eq!(transmit.write(1200, &speech).written, 400);
    server.run(frames, line);
    if interrupted {
        interrupt(&child);
    }
    let output = end(child, 0);
    (parse(&std::fs::read(&file).unwrap()), output)
}

fn received(n: u64) -> u8 {
    line(3, n)
}

fn sent(n: u64) -> u8 {
    if (1200..1600).contains(&n) {
        !line(3, n)
    } else {
        0xd5
    }
}

#[test]
fn stereo_has_both_sides_of_the_same_frames() {
    let (wav, output) = record(&["--seconds", "0.25"], 4000, false);
    assert_eq!((wav.tag, wav.channels, wav.bits), (6, 2, 8));
    let expected: Vec<u8> = (800..2800).flat_map(|n| [received(n), sent(n)]).collect();
    assert_eq!(wav.data, expected);
    let summary = summary(&output);
    assert_eq!(summary["samples"], 2000);
    assert_eq!(summary["silence"], 0);
}

#[test]
fn one_side_is_mono_and_ctrl_c_finishes_the_file() {
    let (wav, _) = record(&["--side", "receive", "--law", "mulaw"], 20_000, true);
    assert_eq!((wav.tag, wav.channels, wav.bits), (7, 1, 8));
    let expected: Vec<u8> = (800..20_800).map(received).collect();
    assert_eq!(wav.data, expected);
}

#[test]
fn linear_samples_are_those_of_g711() {
    let (wav, _) = record(
        &["--pcm", "--side", "sent", "--seconds", "0.125125"],
        4000,
        false,
    );
    assert_eq!((wav.tag, wav.channels, wav.bits), (1, 1, 16));
    let expected: Vec<u8> = (800..1801)
        .flat_map(|n| g711::Law::A.decode(sent(n)).to_le_bytes())
        .collect();
    assert_eq!(wav.data, expected);
}

#[test]
fn an_odd_number_of_octets_is_padded() {
    let (wav, _) = record(&["--side", "sent", "--seconds", "0.125125"], 4000, false);
    assert_eq!(wav.data.len(), 1001);
}

#[test]
fn lost_frames_become_silence_of_their_length() {
    use tdm_cap::audio::Recording;
    use tdm_cap::cli::Sides;
    use tdm_cap::follow::Chunk;
    let mut file = std::io::Cursor::new(Vec::new());
    let chunk = |first, lost| Chunk {
        first,
        lost,
        discontinuity: lost > 0,
        receive: &[1; 100],
        sent: &[2; 100],
        positions: tdm::Positions::default(),
    };
    let mut recording =
        Recording::new(&mut file, Sides::Receive, g711::Law::A, false, Some(5000)).unwrap();
    assert!(!recording.feed(&chunk(0, 0)).unwrap());
    assert!(!recording.feed(&chunk(3100, 3000)).unwrap());
    assert_eq!((recording.samples(), recording.silence()), (3200, 3000));
    // More than a year is lost: the recording still has its length.
    assert!(recording.feed(&chunk(u64::MAX, u64::MAX / 2)).unwrap());
    recording.finish().unwrap();
    let data = parse(&file.into_inner()).data;
    assert_eq!(data.len(), 5000);
    assert_eq!(data[..100], [1; 100]);
    assert!(data[100..3100].iter().all(|octet| *octet == 0xd5));
    assert_eq!(data[3100..3200], [1; 100]);
}
