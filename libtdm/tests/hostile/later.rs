// SPDX-License-Identifier: MIT OR Apache-2.0
//! Servers that are right at first and wrong later.

use super::{Hostile, Published, memory_file};
use nix::fcntl::SealFlag;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;
use tdm::abi::claim::Claim;
use tdm::abi::message::kind;
use tdm::abi::position::{Positions, publish};
use tdm::abi::status::StatusPage;
use tdm::abi::wake::Subscribe;
use tdm::abi::word;
use tdm::abi::words::Words;
use tdm::serve::{Region, Request, Writer};
use tdm::{Error, Side, Slot, SlotSet, Wake};

fn slot() -> Slot {
    Slot::new(16).unwrap()
}

/// A server that opens a right span with all slots usable, and treats further requests as the test says; `None` ends it.
fn then(mut treat: impl FnMut(BorrowedFd<'_>, &Request) -> Option<()> + Send + 'static) -> Hostile {
    Hostile::new(move |socket| {
        let published = Published::new();
        published.status.store(word::USABLE_SLOTS, 0xffff_fffe);
        while let Ok(Some(request)) = Request::receive(socket.as_fd()) {
            if request.kind() == kind::OPEN {
                published.answer(socket.as_fd(), &request);
            } else if treat(socket.as_fd(), &request).is_none() {
                return;
            }
        }
    })
}

/// A span with these positions, torn or not.
fn with_positions(positions: Positions, torn: bool) -> Hostile {
    Hostile::publishing(move |published| {
        published.positions = positions;
        if torn {
            // Publishing adds two: the count stays odd.
            let sequence = std::mem::offset_of!(StatusPage, clock.sequence) / 8;
            published.status.store(sequence, 1);
        }
    })
}

#[test]
fn a_clock_that_is_torn_for_ever_holds_nothing() {
    let positions = Positions {
        epoch: 1,
        rx_frame: 8000,
        tx_taken: 8008,
        ..Positions::default()
    };
    let span = with_positions(positions, true).open().unwrap();
    assert_eq!(span.positions(), Positions::default());
    let tap = span.tap(slot(), Side::Receive);
    let lost = tap.window(7000, 160).unwrap_err();
    assert!(
        lost.to_string().contains("7000..7160 are not held"),
        "{lost}"
    );
}

#[test]
fn positions_at_the_end_of_the_numbers_do_no_harm() {
    for (rx_frame, tx_taken, epoch_frame) in [
        (u64::MAX, u64::MAX, 0),
        (0, u64::MAX, 0),
        (u64::MAX, 0, u64::MAX),
        (u64::MAX - 3, 5, 7),
        (8000, 8008, u64::MAX),
    ] {
        let positions = Positions {
            epoch: 1,
            epoch_frame,
            rx_frame,
            tx_taken,
            ..Positions::default()
        };
        let span = with_positions(positions, false).open().unwrap();
        for side in [Side::Receive, Side::Sent] {
            let tap = span.tap(slot(), side);
            for first in [0, tap.oldest(), rx_frame.saturating_sub(160), u64::MAX - 1] {
                for count in [0, 1, 160, 4096, 5000, u64::MAX] {
                    match tap.window(first, count) {
                        Ok(window) => {
                            let total: usize = window
                                .iovecs()
                                .as_slice()
                                .iter()
                                .map(|part| part.iov_len)
                                .sum();
                            assert_eq!(total as u64, count);
                            let mut out = vec![0; count as usize];
                            let _ = window.copy_to(&mut out);
                        }
                        Err(lost) => assert!(!lost.to_string().is_empty()),
                    }
                }
            }
        }
    }
}

#[test]
fn a_claim_without_its_region_is_refused() {
    let claim = |treat: fn(BorrowedFd<'_>, &Request, Claim)| {
        let server = then(move |socket, request| {
            if request.kind() == kind::CLAIM {
                treat(socket, request, request.argument().unwrap());
            }
            Some(())
        });
        let span = server.open().unwrap();
        span.claim(SlotSet::of(slot()), "test")
            .unwrap_err()
            .to_string()
    };
    let error =
        claim(|socket, request, argument| request.answer(socket, None, &argument, &[]).unwrap());
    assert!(error.contains("regions beside CLAIM = 0"), "{error}");
    let error = claim(|socket, request, argument| {
        let region = Region::new("small", 8, Writer::Client).unwrap();
        request
            .answer(socket, None, &argument, &[region.as_fd()])
            .unwrap();
    });
    assert!(error.contains("transmit region bytes = 8"), "{error}");
    let error = claim(|socket, request, argument| {
        let fd = memory_file(4096, SealFlag::F_SEAL_GROW);
        request
            .answer(socket, None, &argument, &[fd.as_fd()])
            .unwrap();
    });
    assert!(error.contains("F_SEAL_SHRINK"), "{error}");
    let error = claim(|socket, request, argument| {
        let fd = memory_file(4096, SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_WRITE);
        request
            .answer(socket, None, &argument, &[fd.as_fd()])
            .unwrap();
    });
    assert!(error.contains("mapping a span's region"), "{error}");
}

#[test]
fn a_refused_claim_names_its_holder_whatever_bytes_that_is() {
    let server = then(|socket, request| {
        let mut argument: Claim = request.argument().ok()?;
        argument.slots = u32::MAX;
        argument.holder = [0xff; 64];
        request
            .answer(socket, Some(nix::errno::Errno::EBUSY), &argument, &[])
            .ok()
    });
    let span = server.open().unwrap();
    match span.claim(SlotSet::of(slot()), "test") {
        Err(Error::Busy { slots, holder }) => {
            assert_eq!(slots.len(), 32);
            assert_eq!(holder, "");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn subscriptions_that_make_no_sense_are_refused() {
    let subscribe = |lock_step, period| {
        let server = then(move |socket, request| {
            if request.kind() == kind::SUBSCRIBE {
                let mut argument: Subscribe = request.argument().unwrap();
                argument.period = period;
                let page = memory_file(4, SealFlag::F_SEAL_SHRINK);
                let fds = [page.as_fd()];
                let fds: &[BorrowedFd<'_>] = if period == 160 { &fds } else { &[] };
                request.answer(socket, None, &argument, fds).unwrap();
            }
            Some(())
        });
        let wake = Wake {
            lock_step,
            ..Wake::every(160)
        };
        let span = server.open().unwrap();
        span.subscribe(wake).unwrap_err().to_string()
    };
    let error = subscribe(true, 168);
    assert!(error.contains("regions beside SUBSCRIBE = 0"), "{error}");
    let error = subscribe(true, 160);
    assert!(error.contains("lock-step region bytes = 4"), "{error}");
    let error = subscribe(false, 0);
    assert!(error.contains("granted period = 0"), "{error}");
    let error = subscribe(false, 161);
    assert!(error.contains("granted period = 161"), "{error}");
}

#[test]
fn a_server_that_dies_later_is_gone_for_every_request() {
    let server = then(|socket, request| {
        if request.kind() == kind::SUBSCRIBE {
            let argument: Subscribe = request.argument().ok()?;
            return request.answer(socket, None, &argument, &[]).ok();
        }
        None
    });
    let span = server.open().unwrap();
    let wakeups = span.subscribe(Wake::every(160)).unwrap();
    assert!(!wakeups.wait(Duration::ZERO).unwrap());
    assert!(matches!(
        span.claim(SlotSet::of(slot()), "test"),
        Err(Error::Gone)
    ));
    assert!(matches!(
        wakeups.wait(Duration::from_secs(5)),
        Err(Error::Gone)
    ));
    assert!(matches!(
        span.configure(tdm::abi::config::LineConfig::E1_CCS_CRC4),
        Err(Error::Gone)
    ));
    // What was mapped stays readable.
    assert_eq!(span.positions().rx_frame, 8000);
    drop(wakeups);
}

#[test]
fn numbers_that_jump_are_counted_without_overflow() {
    let published = Published::new();
    let server = Hostile::new(move |socket| {
        let request = Request::receive(socket.as_fd()).unwrap().unwrap();
        published.answer(socket.as_fd(), &request);
        // Each request moves the event count by half of all numbers.
        while let Ok(Some(request)) = Request::receive(socket.as_fd()) {
            let head = published.status.load(word::EVENTS);
            published
                .status
                .store(word::EVENTS, head.wrapping_add(u64::MAX / 2));
            publish(&published.status, &Positions::default());
            let argument: tdm::abi::config::LineConfig = request.argument().unwrap();
            request
                .answer(socket.as_fd(), None, &argument, &[])
                .unwrap();
        }
    });
    let span = server.open().unwrap();
    let mut events = span.events();
    for _ in 0..6 {
        span.configure(tdm::abi::config::LineConfig::E1_CCS_CRC4)
            .unwrap();
        assert!(events.by_ref().take(100).count() <= 100);
    }
    assert!(events.lost() > u64::MAX / 2);
}
