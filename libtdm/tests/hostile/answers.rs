// SPDX-License-Identifier: MIT OR Apache-2.0
//! Messages that are wrong.

use super::{Hostile, Published, open_descriptors};
use nix::sys::socket::{ControlMessage, MsgFlags, UnixAddr, sendmsg};
use std::io::IoSlice;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::time::{Duration, Instant};
use tdm::serve::Request;
use tdm::{Error, list};

/// Sends raw words as one message.
fn send(socket: BorrowedFd<'_>, words: &[u32], fds: &[BorrowedFd<'_>]) -> nix::Result<()> {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
    let raw: Vec<i32> = fds.iter().map(AsRawFd::as_raw_fd).collect();
    let rights = [ControlMessage::ScmRights(&raw)];
    sendmsg::<UnixAddr>(
        socket.as_raw_fd(),
        &[IoSlice::new(&bytes)],
        if raw.is_empty() { &[] } else { &rights },
        MsgFlags::MSG_NOSIGNAL,
        None,
    )
    .map(|_| ())
}

#[test]
fn answers_of_a_wrong_shape_are_refused() {
    // Kind, tag, status, length, and what follows. The client's first request is OPEN (2) with tag 1.
    let cases: [&[u32]; 5] = [
        &[2, 1, 0],
        &[2, 1, 0, 0],
        &[2, 1, 0, 4, 0],
        &[2, 1, 0, 88, 0],
        &[2, 1, 0, u32::MAX, 0],
    ];
    for words in cases {
        let error = Hostile::answering(|socket, _| send(socket, words, &[]).unwrap()).error();
        assert!(error.contains("opening the span: EPROTO"), "{error}");
    }
    let long = vec![0; 200];
    let error = Hostile::answering(move |socket, _| send(socket, &long, &[]).unwrap()).error();
    assert!(error.contains("opening the span: EPROTO"), "{error}");
}

#[test]
fn an_answer_without_regions_is_refused() {
    let error = Hostile::answering(|socket, request| {
        let argument = Published::new().argument();
        request.answer(socket, None, &argument, &[]).unwrap();
    })
    .error();
    assert!(
        error.contains("regions beside OPEN = 0, expected 3"),
        "{error}"
    );
}

#[test]
fn a_server_of_another_major_version_is_named() {
    let error = Hostile::answering(|socket, request| {
        let published = Published::new();
        let mut argument = published.argument();
        argument.abi_version = 3 << 32 | 4;
        request.answer(socket, None, &argument, &[]).unwrap();
    })
    .error();
    assert!(error.contains("ABI 3.4"), "{error}");
}

/// Answers to something else are skipped; a server that sends nothing else is given up after some seconds.
#[test]
fn wrong_tags_are_skipped_but_not_for_ever() {
    let server = Hostile::answering(|socket, request| {
        send(socket, &[2, 77, 0, 0], &[]).unwrap();
        send(socket, &[9, 1, 0, 0], &[]).unwrap();
        Published::new().answer(socket, request);
    });
    assert!(server.open().is_ok());

    let started = Instant::now();
    let error =
        Hostile::answering(|socket, _| while send(socket, &[2, 77, 0, 0], &[]).is_ok() {}).error();
    assert!(error.contains("ETIMEDOUT"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(60));
}

#[test]
fn a_flood_of_descriptors_leaves_none_behind() {
    let before = open_descriptors();
    for _ in 0..20 {
        let error = Hostile::new(|socket| {
            let _ = Request::receive(socket.as_fd());
            let null = std::fs::File::open("/dev/null").unwrap();
            send(socket.as_fd(), &[2, 1, 0, 0], &[null.as_fd(); 200]).unwrap();
        })
        .error();
        assert!(error.contains("EPROTO"), "{error}");
    }
    // Other tests open some meanwhile; a leak would leave four of every message.
    let after = open_descriptors();
    assert!(
        after < before + 60,
        "{before} descriptors before, {after} after"
    );
}

#[test]
fn a_server_that_dies_during_a_request_is_gone() {
    let server = Hostile::new(|socket| {
        let _ = Request::receive(socket.as_fd());
    });
    assert!(matches!(server.open(), Err(Error::Gone)));
    let server = Hostile::new(drop);
    assert!(matches!(server.open(), Err(Error::Gone)));
}

#[test]
fn a_listing_ends() {
    let server = Hostile::new(|socket| {
        // Every span number exists, without a name.
        while let Ok(Some(request)) = Request::receive(socket.as_fd()) {
            let argument: tdm::abi::message::Describe = request.argument().unwrap();
            if request
                .answer(socket.as_fd(), None, &argument, &[])
                .is_err()
            {
                break;
            }
        }
    });
    let tdm::SpanAddress::Emulated { socket, .. } = &server.address else {
        unreachable!("hostile servers are emulators");
    };
    assert_eq!(list(socket).unwrap().len(), 1024);
}
