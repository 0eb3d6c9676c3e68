// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! A reader never uses a row that its writer has not finished, or has begun to overwrite.

use crate::model::{Fences, Plain, Region, View, check};
use kernel_rust_abi::geometry::{Geometry, Slot};
use kernel_rust_abi::position::{self, Positions};
use kernel_rust_abi::ring::{self, Place};
use kernel_rust_abi::status::StatusPage;
use kernel_rust_abi::words::Words;
use loom::sync::Arc;
use std::mem::offset_of;

const RING: u64 = 4096;
const TICK: u64 = 8;
/// The frame that is watched, on slot 5.
const FRAME: u64 = 800;
const OLD: u8 = 0x11;
const WANTED: u8 = 0x22;
const NEXT_TURN: u8 = 0x33;

fn place() -> Place {
    Place::whole(
        Geometry::new(RING, RING).expect("a ring"),
        Slot::new(5).expect("a slot"),
    )
}

fn positions(rx_frame: u64) -> Positions {
    Positions {
        epoch: 1,
        epoch_frame: 0,
        rx_frame,
        tx_taken: rx_frame,
        tick_ns: 0,
        rate_ppb: 0,
    }
}

/// The status region and the receive region, in that order, where nothing was received at [`FRAME`] yet.
fn regions() -> (Arc<Region>, Arc<Region>) {
    let status = Plain::default();
    position::publish(&status, &positions(FRAME));
    let clock = offset_of!(StatusPage, clock) / 8;
    // Sequence, epoch and the two positions; the rest of the block is constant here.
    let status = Region::new(&status, [clock, clock + 1, clock + 3, clock + 4]);
    let receive = Plain::default();
    ring::put_row(&receive, &place(), FRAME, ring::row_of(OLD));
    (status, Region::new(&receive, [place().word(FRAME)]))
}

/// Reads the row as a window does: look, copy, look again (or not).
fn read(status: &impl Words, receive: &impl Words, again: bool) -> Option<[u8; 8]> {
    let before = position::read(status)?;
    if !before.holds(FRAME, 8, RING, TICK) {
        return None;
    }
    let mut row = [0; 8];
    ring::copy_out(receive, &place(), FRAME, &mut row);
    if again {
        let after = position::read_after_use(status)?;
        if after.epoch != before.epoch || !after.holds(FRAME, 8, RING, TICK) {
            return None;
        }
    }
    Some(row)
}

/// The writer finishes the row and publishes it; one turn of the ring later (told by a jump of the positions, as the rows
/// between are other words) it writes the same place again.
fn finished_rows_only(writer: Fences, reader: Fences, again: bool) {
    check(3, move || {
        let (status, receive) = regions();
        let (words, rows) = (View::new(&status, writer), View::new(&receive, writer));
        let thread = loom::thread::spawn(move || {
            ring::put_row(&rows, &place(), FRAME, ring::row_of(WANTED));
            position::publish(&words, &positions(FRAME + 8));
            position::publish(&words, &positions(FRAME + RING));
            ring::put_row(&rows, &place(), FRAME + RING, ring::row_of(NEXT_TURN));
        });
        let (words, rows) = (View::new(&status, reader), View::new(&receive, reader));
        if let Some(row) = read(&words, &rows, again) {
            assert!(row != [OLD; 8], "unfinished row used");
            assert!(row == [WANTED; 8], "overwritten row used");
        }
        thread.join().expect("the writer ends");
    });
}

#[test]
fn a_reader_uses_finished_rows_only() {
    finished_rows_only(Fences::All, Fences::All, true);
}

#[test]
#[should_panic(expected = "unfinished row used")]
fn without_the_writers_release_it_sees_unfinished_ones() {
    finished_rows_only(Fences::NoRelease, Fences::All, true);
}

#[test]
#[should_panic(expected = "row used")]
fn without_the_readers_acquire_it_sees_wrong_ones() {
    finished_rows_only(Fences::All, Fences::NoAcquire, true);
}

#[test]
#[should_panic(expected = "overwritten row used")]
fn without_the_second_look_it_sees_overwritten_ones() {
    finished_rows_only(Fences::All, Fences::All, false);
}
