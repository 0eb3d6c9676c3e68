// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! A row that comes too late is found so by its writer and never stays behind in the ring.

use crate::model::{Fences, Plain, Region, View, check};
use kernel_rust_abi::geometry::{Geometry, Slot};
use kernel_rust_abi::position::{self, Positions};
use kernel_rust_abi::ring::{self, Place};
use kernel_rust_abi::status::StatusPage;
use kernel_rust_abi::transmit::{self, Margin};
use kernel_rust_abi::words::Words;
use std::mem::offset_of;

const MARGIN: Margin = Margin { lead: 8, tick: 8 };
const IDLE: u8 = 0xd5;
const BEFORE: u8 = 0x44;
const SPEECH: u8 = 0x22;
const START: u64 = 800;
/// The row that is written while it is taken: the first that is writable at [`START`].
const ROW: u64 = START + 8;

fn place() -> Place {
    Place {
        geometry: Geometry::new(4096, 4096).expect("a ring"),
        slot: Slot::new(3).expect("a slot"),
        ring: 0,
    }
}

fn positions(tx_taken: u64) -> Positions {
    Positions {
        epoch: 1,
        epoch_frame: 0,
        rx_frame: 0,
        tx_taken,
        tick_ns: 0,
        rate_ppb: 0,
    }
}

/// When the taker publishes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    PublishFirst,
    TakeFirst,
}

/// A writer writes `count` frames from `ROW + skip` while the taker takes the ticks up to that row's end.
fn nothing_stays(writer: Fences, taker: Fences, order: Order, skip: u64, count: usize) {
    check(3, move || {
        let status = Plain::default();
        position::publish(&status, &positions(START));
        let clock = offset_of!(StatusPage, clock) / 8;
        let status = Region::new(&status, [clock, clock + 4]);
        let region = Plain::default();
        // What the same writer put there earlier.
        ring::put_row(&region, &place(), ROW, ring::row_of(BEFORE));
        let region = Region::new(&region, [place().word(ROW)]);

        let (words, rows) = (View::new(&status, taker), View::new(&region, taker));
        let thread = loom::thread::spawn(move || {
            let mut taken = 0;
            for frame in [START, ROW] {
                if order == Order::PublishFirst {
                    position::publish(&words, &positions(frame + 8));
                }
                // The row at START is another word, which nobody writes.
                if frame == ROW {
                    taken = ring::take_row(&rows, &place(), frame, IDLE);
                }
                if order == Order::TakeFirst {
                    position::publish(&words, &positions(frame + 8));
                }
            }
            taken
        });
        let (words, rows) = (View::new(&status, writer), View::new(&region, writer));
        let bytes = vec![SPEECH; count];
        let result = transmit::write(&words, &rows, &place(), MARGIN, ROW + skip, &bytes, IDLE);
        let taken = thread.join().expect("the taker ends").to_ne_bytes();

        assert!(result.written + result.late + result.early == count as u64);
        let left = rows.load(place().word(ROW));
        assert!(left == ring::row_of(IDLE), "left behind: {left:#x}");
        let mut whole = [BEFORE; 8];
        whole[skip as usize..skip as usize + count].fill(SPEECH);
        if result.written > 0 {
            assert!(taken == whole, "written and not sent: {taken:?}");
        } else {
            assert!(
                taken == whole || taken == [BEFORE; 8] || taken == [IDLE; 8],
                "sent what nobody wrote: {taken:?}"
            );
        }
    });
}

#[test]
fn a_late_row_never_stays_behind() {
    nothing_stays(Fences::All, Fences::All, Order::PublishFirst, 0, 8);
}

#[test]
fn nor_do_the_other_bytes_of_a_late_part_of_a_row() {
    nothing_stays(Fences::All, Fences::All, Order::PublishFirst, 3, 2);
}

#[test]
#[should_panic(expected = "left behind")]
fn it_stays_if_the_writer_has_no_full_fence() {
    nothing_stays(Fences::NoFull, Fences::All, Order::PublishFirst, 0, 8);
}

#[test]
#[should_panic(expected = "left behind")]
fn it_stays_if_the_taker_has_no_full_fence() {
    nothing_stays(Fences::All, Fences::NoFull, Order::PublishFirst, 0, 8);
}

#[test]
#[should_panic(expected = "written and not sent")]
fn it_is_lost_unnoticed_if_the_taker_takes_before_it_publishes() {
    nothing_stays(Fences::All, Fences::All, Order::TakeFirst, 0, 8);
}
