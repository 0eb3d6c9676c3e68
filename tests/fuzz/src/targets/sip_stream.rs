// SPDX-License-Identifier: MIT OR Apache-2.0
//! SIP out of a stream: the pieces in which octets arrive make no difference, memory is
//! bounded, and what comes out went in. The same octets as one WebSocket payload.

use core::time::Duration;

use sip_stream::{Fault, Frame, Limits, Stream, websocket};

/// Reads `data` as one stream, whole and cut by the sizes its own octets give.
///
/// # Panics
/// If the pieces make a difference, the stream hoards, or a message holds what was not sent.
pub fn run(data: &[u8]) {
    let limits = Limits {
        head: 1_024,
        body: 512,
        ..Limits::default()
    };
    let whole = frames(data, limits, |_| usize::MAX);
    let pieces = frames(data, limits, |at| {
        usize::from(data.get(at).copied().unwrap_or(1) % 16)
    });
    assert_eq!(whole, pieces, "the pieces make a difference");
    for frame in &whole.0 {
        if let Frame::Message(message) = frame {
            let octets = message.as_bytes();
            assert!(
                data.windows(octets.len()).any(|w| w == octets),
                "a message that was not sent"
            );
        }
    }
    if let Ok(Frame::Message(message)) = websocket::read(data, &limits) {
        assert!(data.ends_with(message.as_bytes()), "octets were left out");
    }
}

fn frames(
    data: &[u8],
    limits: Limits,
    size: impl Fn(usize) -> usize,
) -> (Vec<Frame>, Option<Fault>) {
    let mut stream = Stream::new(limits);
    let mut found = Vec::new();
    let mut at = 0;
    let now = Duration::ZERO;
    while at < data.len() {
        let rest = data.get(at..).unwrap_or_default();
        let length = size(at).clamp(1, stream.room().max(1)).min(rest.len());
        let piece = rest.get(..length).unwrap_or_default();
        at += length;
        if let Err(fault) = stream.push(now, piece) {
            return (found, Some(fault));
        }
        loop {
            match stream.next_frame(now) {
                Ok(Some(frame)) => found.push(frame),
                Ok(None) => break,
                Err(fault) => return (found, Some(fault)),
            }
        }
        assert!(stream.room() > 0, "the stream is stuck");
        assert!(stream.buffered() <= 1_024 + 512 + 1, "the stream hoards");
    }
    (found, None)
}
