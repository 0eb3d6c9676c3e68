// SPDX-License-Identifier: MIT OR Apache-2.0
//! HDLC over a slot.
//!
//! The first octet picks the rate, the chunk size and the shortest frame; the rest is the line.
//! The decoder must give the same events whatever the chunks, and what it accepts must come out of
//! an encoder and a decoder unchanged.

use tdm_line::hdlc::{Decoder, Encoder, Event, Limits, Rate};

/// Frames and counters of one pass.
fn decode(rate: Rate, limits: Limits, line: &[u8], chunk: usize) -> (Vec<Vec<u8>>, u64) {
    let mut decoder = Decoder::new(rate, limits, [0u8; 280]);
    let mut frames = Vec::new();
    for part in line.chunks(chunk) {
        let mut rest = part;
        while !rest.is_empty() {
            let step = decoder.decode(rest);
            assert!(step.consumed > 0, "the decoder must go on");
            if let Some(Event::Frame(frame)) = step.event {
                frames.push(frame.to_vec());
            }
            rest = rest.get(step.consumed..).unwrap_or_default();
        }
    }
    (frames, decoder.counters().errors())
}

/// One run.
pub fn run(data: &[u8]) {
    let Some((&first, line)) = data.split_first() else {
        return;
    };
    let rate = if first & 1 == 0 { Rate::Full } else { Rate::Restricted };
    let limits = Limits { min: usize::from(first >> 1 & 7), max: 270 };
    let chunk = usize::from(first >> 4) + 1;
    let whole = decode(rate, limits, line, line.len().max(1));
    let parts = decode(rate, limits, line, chunk);
    assert_eq!(whole, parts, "chunks must not matter");

    let mut encoder = Encoder::new(rate);
    let mut again = Vec::new();
    let mut buffer = vec![0u8; chunk];
    for frame in &whole.0 {
        loop {
            let done = encoder.encode(Some(frame), &mut buffer);
            again.extend_from_slice(buffer.get(..done.octets).unwrap_or_default());
            if done.frame_done {
                break;
            }
        }
    }
    let mut tail = [0u8; 8];
    encoder.encode(None, &mut tail);
    again.extend_from_slice(&tail);
    assert_eq!(decode(rate, limits, &again, chunk), (whole.0, 0), "frames must survive");
}
