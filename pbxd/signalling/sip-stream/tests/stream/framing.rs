// SPDX-License-Identifier: MIT OR Apache-2.0
//! Messages out of a stream.

use proptest::prelude::*;
use sip_msg::ParseError;
use sip_stream::{CloseReason, Fault, Frame, Limits, Stream};

use super::{at, options};

/// Frames of octets that arrive in pieces of that size.
fn frames(octets: &[u8], size: usize) -> Result<Vec<Frame>, Fault> {
    let mut stream = Stream::new(Limits::default());
    let mut found = Vec::new();
    for piece in octets.chunks(size) {
        stream.push(at(0), piece)?;
        while let Some(frame) = stream.next_frame(at(0))? {
            found.push(frame);
        }
    }
    assert_eq!(stream.buffered(), 0, "octets are left");
    assert_eq!(stream.poll_timeout(), None);
    Ok(found)
}

fn names(found: &[Frame]) -> Vec<String> {
    found
        .iter()
        .map(|frame| match frame {
            Frame::Message(m) => format!("{} octets", m.body().len()),
            Frame::Ping => "ping".to_string(),
            Frame::Pong => "pong".to_string(),
        })
        .collect()
}

#[test]
fn messages_in_a_row_and_in_pieces_come_out_whole() {
    let mut octets = options(1, "", true);
    octets.extend(options(2, "v=0\r\n\r\nm=x", true));
    octets.extend(options(3, "", true));
    for size in [1, 2, 3, 7, 64, 10_000] {
        let found = frames(&octets, size).unwrap();
        assert_eq!(
            names(&found),
            ["0 octets", "10 octets", "0 octets"],
            "{size}"
        );
        let again: Vec<u8> = found
            .iter()
            .filter_map(|f| match f {
                Frame::Message(m) => Some(m.as_bytes().to_vec()),
                _ => None,
            })
            .flatten()
            .collect();
        assert_eq!(again, octets);
    }
}

#[test]
fn line_ends_between_messages_are_keep_alives() {
    let mut octets = b"\r\n\r\n".to_vec();
    octets.extend(options(1, "x", true));
    octets.extend(b"\r\n");
    octets.extend(options(2, "", true));
    octets.extend(b"\n\n\r\n\r\n\r\n\r\n");
    for size in [1, 2, 5, 10_000] {
        let found = frames(&octets, size).unwrap();
        assert_eq!(
            names(&found),
            [
                "pong", "ping", "1 octets", "pong", "0 octets", "pong", "ping", "pong", "ping"
            ],
            "{size}"
        );
    }
}

#[test]
fn what_has_no_end_or_two_ends_closes_the_stream() {
    let fault = |octets: &[u8]| frames(octets, 5).unwrap_err();
    assert_eq!(fault(&options(1, "", false)), Fault::NoLength);
    let text = String::from_utf8(options(1, "abc", true)).unwrap();
    for bad in ["-3", "3, 3", "x", "", "99999999999"] {
        let octets = text.replace("Content-Length: 3", &format!("Content-Length: {bad}"));
        assert!(
            matches!(
                fault(octets.as_bytes()),
                Fault::Malformed(ParseError::ContentLength(_))
            ),
            "{bad}"
        );
    }
    let twice = text.replace("\r\n\r\n", "\r\nl: 3\r\n\r\n");
    assert!(matches!(fault(twice.as_bytes()), Fault::Malformed(_)));
    assert!(matches!(
        fault(b"GET / HTTP/1.1\r\n\r\n"),
        Fault::Malformed(_)
    ));
    assert!(matches!(fault(b"\rx"), Fault::Malformed(_)));
    assert!(matches!(
        fault(b"\x16\x03\x01\x02\n\n"),
        Fault::Malformed(_)
    ));
}

#[test]
fn a_fault_stays_and_frees_its_memory() {
    let mut stream = Stream::new(Limits::default());
    stream.push(at(0), b"nonsense\r\n\r\n").unwrap();
    let fault = stream.next_frame(at(0)).unwrap_err();
    assert_eq!(CloseReason::from(&fault), CloseReason::Malformed);
    assert_eq!(stream.buffered(), 0);
    assert_eq!(stream.next_frame(at(0)), Err(fault.clone()));
    assert_eq!(
        stream.push(at(0), &options(1, "", true)),
        Err(fault.clone())
    );
    assert_eq!(stream.handle_timeout(at(99)), Err(fault));
    assert_eq!(stream.poll_timeout(), None);
}

#[test]
fn heads_and_bodies_have_bounds() {
    let limits = Limits {
        head: 400,
        body: 50,
        ..Limits::default()
    };
    let run = |octets: &[u8]| {
        let mut stream = Stream::new(limits);
        let mut rest = octets;
        while !rest.is_empty() {
            let (piece, tail) = rest.split_at(rest.len().min(stream.room()).min(100));
            rest = tail;
            stream.push(at(0), piece)?;
            while stream.next_frame(at(0))?.is_some() {}
            assert!(stream.room() > 0 && stream.buffered() <= 451);
        }
        Ok(stream.messages())
    };
    assert_eq!(run(&options(1, &"x".repeat(50), true)), Ok(1));
    // The announcement is enough.
    assert_eq!(
        run(&options(1, &"x".repeat(51), true)),
        Err(Fault::BodyTooLarge {
            size: 51,
            limit: 50
        })
    );
    let text = String::from_utf8(options(1, "", true)).unwrap();
    let fits = 400 - text.len() - 5;
    let padded = |n: usize| text.replace("CSeq", &format!("X: {}\r\nCSeq", "y".repeat(n)));
    assert_eq!(run(padded(fits).as_bytes()), Ok(1));
    assert_eq!(
        run(padded(fits + 1).as_bytes()),
        Err(Fault::HeadTooLarge { limit: 400 })
    );
    assert_eq!(
        run("y".repeat(500).as_bytes()),
        Err(Fault::HeadTooLarge { limit: 400 })
    );
}

#[test]
fn octets_pushed_past_the_room_are_a_fault() {
    let mut stream = Stream::new(Limits::default());
    let room = stream.room();
    assert_eq!(
        stream.push(at(0), &vec![b'x'; room + 1]),
        Err(Fault::Overrun)
    );
}

#[test]
fn a_message_has_to_be_complete_in_time() {
    let message = options(1, "body", true);
    let mut stream = Stream::new(Limits::default());
    // Keep-alives begin nothing.
    stream.push(at(0), b"\r\n\r\n").unwrap();
    while stream.next_frame(at(0)).unwrap().is_some() {}
    assert_eq!(stream.poll_timeout(), None);
    // An octet a second does not put the end off.
    for (second, octet) in message.iter().take(15).enumerate() {
        let now = at(100 + u64::try_from(second).unwrap());
        stream.handle_timeout(now).unwrap();
        stream.push(now, &[*octet]).unwrap();
        assert_eq!(stream.next_frame(now), Ok(None));
        assert_eq!(stream.poll_timeout(), Some(at(116)));
    }
    assert_eq!(stream.handle_timeout(at(116)), Err(Fault::TooSlow));

    // Each message of a row has its own time.
    let mut stream = Stream::new(Limits::default());
    let half = message.len() / 2;
    stream.push(at(0), &message[..half]).unwrap();
    let mut rest = message[half..].to_vec();
    rest.extend(&message[..half]);
    stream.push(at(10), &rest).unwrap();
    assert!(matches!(
        stream.next_frame(at(10)),
        Ok(Some(Frame::Message(_)))
    ));
    assert_eq!(stream.next_frame(at(10)), Ok(None));
    assert_eq!(stream.poll_timeout(), Some(at(26)));
    assert_eq!(stream.handle_timeout(at(25)), Ok(()));
}

#[test]
fn line_ends_without_messages_come_to_an_end() {
    let limits = Limits {
        line_ends: 10,
        ..Limits::default()
    };
    let mut stream = Stream::new(limits);
    stream.push(at(0), &b"\r\n".repeat(11)).unwrap();
    let mut seen = 0;
    let fault = loop {
        match stream.next_frame(at(0)) {
            Ok(Some(_)) => seen += 1,
            Ok(None) => panic!("no fault"),
            Err(fault) => break fault,
        }
    };
    assert_eq!((seen, fault), (10, Fault::LineEnds { limit: 10 }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// The same frames come out however the octets are cut.
    #[test]
    fn pieces_make_no_difference(
        parts in proptest::collection::vec((0..4_u8, "\\PC{0,40}"), 1..6),
        sizes in proptest::collection::vec(1..40_usize, 1..30),
        noise in proptest::collection::vec(any::<u8>(), 0..20),
    ) {
        let mut octets = Vec::new();
        for (kind, body) in parts {
            match kind {
                0 => octets.extend(b"\r\n\r\n"),
                1 => octets.extend(options(1, "", true)),
                _ => octets.extend(options(2, &body, true)),
            }
        }
        octets.extend(noise);
        let run = |mut size: Box<dyn FnMut() -> usize>| {
            let mut stream = Stream::new(Limits::default());
            let mut found = Vec::new();
            let mut rest = octets.as_slice();
            while !rest.is_empty() {
                let (piece, tail) = rest.split_at(size().min(rest.len()));
                rest = tail;
                if let Err(fault) = stream.push(at(0), piece) {
                    return (found, Some(fault));
                }
                loop {
                    match stream.next_frame(at(0)) {
                        Ok(Some(frame)) => found.push(frame),
                        Ok(None) => break,
                        Err(fault) => return (found, Some(fault)),
                    }
                }
            }
            (found, None)
        };
        let whole = run(Box::new(|| usize::MAX));
        let mut at_piece = 0;
        let pieces = run(Box::new(move || {
            at_piece += 1;
            sizes[at_piece % sizes.len()]
        }));
        prop_assert_eq!(whole, pieces);
    }
}
