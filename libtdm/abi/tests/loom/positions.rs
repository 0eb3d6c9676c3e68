// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! The block of positions is never torn.

use crate::model::{Fences, Plain, Region, View, check};
use kernel_rust_abi::position::{self, Positions};
use kernel_rust_abi::status::StatusPage;
use std::mem::offset_of;

fn at(tick: u64) -> Positions {
    Positions {
        epoch: 1,
        epoch_frame: 0,
        rx_frame: 8 * tick,
        tx_taken: 8 * tick + 16,
        tick_ns: 1_000_000 * tick,
        rate_ppb: -(tick as i64),
    }
}

fn clock_words() -> impl Iterator<Item = usize> {
    let first = offset_of!(StatusPage, clock) / 8;
    first..first + 7
}

/// A writer publishes ticks 2 and 3 while a reader reads twice: it gets one tick's numbers or none, and never an older tick
/// after a newer one.
fn never_torn(writer: Fences, reader: Fences) {
    check(2, move || {
        let plain = Plain::default();
        position::publish(&plain, &at(1));
        let region = Region::new(&plain, clock_words());
        let words = View::new(&region, writer);
        let thread = loom::thread::spawn(move || {
            position::publish(&words, &at(2));
            position::publish(&words, &at(3));
        });
        let words = View::new(&region, reader);
        let mut last = 1;
        for _ in 0..2 {
            if let Some(found) = position::try_read(&words) {
                let tick = found.rx_frame / 8;
                assert!(found == at(tick), "torn: {found:?}");
                assert!(tick >= last, "went back: {found:?}");
                last = tick;
            }
        }
        thread.join().expect("the writer ends");
        assert!(
            position::read(&words) == Some(at(3)),
            "the last positions stand in the end"
        );
    });
}

#[test]
fn the_positions_are_never_torn() {
    never_torn(Fences::All, Fences::All);
}

#[test]
#[should_panic(expected = "torn")]
fn without_the_writers_release_they_are() {
    never_torn(Fences::NoRelease, Fences::All);
}

#[test]
#[should_panic(expected = "torn")]
fn without_the_readers_acquire_they_are() {
    never_torn(Fences::All, Fences::NoAcquire);
}
