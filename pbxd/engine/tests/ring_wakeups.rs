// SPDX-License-Identifier: MIT OR Apache-2.0
//! A program whose only wait is its io_uring waits for line time there: a span's wake-ups are descriptors like any other.
#![allow(clippy::unwrap_used)]

mod common;

use common::card::Card;
use common::rig::pattern;
use io_uring::{IoUring, cqueue, opcode, types};
use std::os::fd::{AsFd, AsRawFd};
use tdm::Wake;

#[test]
fn a_ring_completes_once_a_period() {
    let mut card = Card::new(1, pattern());
    let span = card.span(0);
    let wakeups = span.subscribe(Wake::every(160)).unwrap();
    let mut ring = IoUring::new(4).unwrap();
    let fd = types::Fd(wakeups.as_fd().as_raw_fd());
    let wait = opcode::PollAdd::new(fd, libc::POLLIN as u32)
        .multi(true)
        .build()
        .user_data(7);
    // SAFETY: the descriptor outlives the ring's use of it, and no memory is handed over.
    unsafe { ring.submission().push(&wait).unwrap() };
    ring.submit().unwrap();
    for period in 0..5 {
        let mut woken = 0;
        for _ in 0..160 / 8 {
            card.tick();
            ring.submit().unwrap();
            for entry in ring.completion() {
                assert_eq!(entry.user_data(), 7);
                assert!(entry.result() > 0, "poll: {}", entry.result());
                assert!(cqueue::more(entry.flags()), "the wait has ended");
                assert!(wakeups.take().unwrap());
                woken += 1;
            }
        }
        assert_eq!(woken, 1, "in period {period}");
    }
}
