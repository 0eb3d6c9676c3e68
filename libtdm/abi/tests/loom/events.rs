// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! An event reader detects every overrun: what it returns is whole, in order, and with the overruns adds up.

use crate::model::{Fences, Plain, Region, View, check};
use kernel_rust_abi::event::{ENTRY_WORDS, Event, Read, Ring};
use kernel_rust_abi::geometry::Slot;
use kernel_rust_abi::word;

/// The smallest ring.
const CAPACITY: u64 = 16;
/// Behind the status page.
const FIRST: usize = 256;

/// Event `i`, recognisable in every word.
fn event(i: u64) -> Event {
    Event {
        frame: 1000 + i,
        kind: 100 + i as u32,
        slot: Slot::new(i as u8),
        value: 2000 + i,
    }
}

/// A ring with `prepared` events in which another thread publishes `more`, while a reader `behind` events behind reads four
/// times and then, when the writer is done, all the rest.
fn every_overrun(writer: Fences, reader: Fences, prepared: u64, more: u64, behind: u64) {
    let ring = Ring::new(FIRST, CAPACITY).expect("a ring");
    check(2, move || {
        let plain = Plain::default();
        for i in 0..prepared {
            ring.publish(&plain, &event(i));
        }
        let entries = FIRST..FIRST + CAPACITY as usize * ENTRY_WORDS;
        let region = Region::new(&plain, entries.chain([word::EVENTS]));
        let words = View::new(&region, writer);
        let thread = loom::thread::spawn(move || {
            for i in prepared..prepared + more {
                ring.publish(&words, &event(i));
            }
        });
        let words = View::new(&region, reader);
        let mut position = prepared - behind;
        let mut expected = position;
        let mut take = |position: &mut u64| {
            match ring.read(&words, position) {
                Read::Empty => return false,
                Read::Event(found) => {
                    assert!(found == event(expected), "wrong event: {found:?}");
                    expected += 1;
                }
                Read::Overrun(lost) => {
                    assert!(lost > 0, "an overrun of nothing");
                    expected += lost;
                }
            }
            assert!(expected == *position, "the counts do not add up");
            true
        };
        for _ in 0..3 {
            take(&mut position);
        }
        thread.join().expect("the writer ends");
        while take(&mut position) {}
        assert!(position == prepared + more, "events are missing");
    });
}

#[test]
fn a_reader_that_keeps_up_gets_every_event() {
    every_overrun(Fences::All, Fences::All, 15, 3, 1);
}

#[test]
fn a_reader_that_is_overrun_is_told() {
    every_overrun(Fences::All, Fences::All, 16, 2, 16);
}

#[test]
fn a_reader_that_is_overrun_twice_is_told() {
    every_overrun(Fences::All, Fences::All, 17, 2, 17);
}

#[test]
#[should_panic(expected = "wrong event")]
fn without_the_writers_release_it_gets_wrong_events() {
    every_overrun(Fences::NoRelease, Fences::All, 16, 2, 16);
}

#[test]
#[should_panic(expected = "wrong event")]
fn without_the_readers_acquire_it_gets_wrong_events() {
    every_overrun(Fences::All, Fences::NoAcquire, 16, 2, 16);
}
