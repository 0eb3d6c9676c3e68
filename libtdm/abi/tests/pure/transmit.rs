// SPDX-License-Identifier: GPL-2.0-only OR MIT
use crate::memory::Memory;
use kernel_rust_abi::geometry::{Geometry, Slot};
use kernel_rust_abi::position::{Positions, publish};
use kernel_rust_abi::ring::{Place, copy_out, fill, row_of, take_row};
use kernel_rust_abi::status::STATUS_PAGE_BYTES;
use kernel_rust_abi::transmit::{Margin, Written, clear, write};
use kernel_rust_abi::words::Words;
use proptest::prelude::*;
use std::cell::Cell;

const RING: u64 = 4096;
const MARGIN: Margin = Margin { lead: 16, tick: 8 };
const IDLE: u8 = 0xd5;

fn place() -> Place {
    Place {
        geometry: Geometry::new(RING, RING).expect("a ring"),
        slot: Slot::new(31).expect("a slot"),
        ring: 0,
    }
}

fn at(tx_taken: u64) -> Positions {
    Positions {
        epoch: 1,
        tx_taken,
        rx_frame: tx_taken,
        ..Positions::default()
    }
}

fn regions(tx_taken: u64) -> (Memory, Memory) {
    let (status, region) = (
        Memory::of_bytes(STATUS_PAGE_BYTES as u64),
        Memory::of_bytes(RING),
    );
    publish(&status, &at(tx_taken));
    fill(&region, &place(), 0, RING, IDLE);
    (status, region)
}

fn send(status: &impl Words, region: &impl Words, first: u64, bytes: &[u8]) -> Written {
    write(status, region, &place(), MARGIN, first, bytes, IDLE)
}

fn read(region: &Memory, first: u64, count: usize) -> Vec<u8> {
    let mut out = vec![0; count];
    copy_out(region, &place(), first, &mut out);
    out
}

#[test]
fn the_writable_future() {
    assert_eq!(MARGIN.writable(&at(1000), RING), 1016..1000 + 4088);
    let wide = Margin {
        lead: 4096,
        tick: 8,
    };
    assert!(wide.writable(&at(1000), RING).is_empty());
}

#[test]
fn what_is_inside_is_written() {
    let (status, region) = regions(1000);
    let written = send(&status, &region, 1016, &[1; 160]);
    assert_eq!(
        written,
        Written {
            written: 160,
            late: 0,
            early: 0,
            copied: 160
        }
    );
    assert_eq!(read(&region, 1016, 160), [1; 160]);
}

#[test]
fn what_is_late_or_early_is_left_out_and_counted() {
    let (status, region) = regions(1000);
    let late = send(&status, &region, 1006, &[1; 20]);
    assert_eq!(
        late,
        Written {
            written: 10,
            late: 10,
            early: 0,
            copied: 10
        }
    );
    assert_eq!(read(&region, 1006, 20), [[IDLE; 10], [1; 10]].concat());

    let early = send(&status, &region, 5080, &[2; 20]);
    assert_eq!(
        early,
        Written {
            written: 8,
            late: 0,
            early: 12,
            copied: 8
        }
    );

    let past = send(&status, &region, 0, &[3; 20]);
    assert_eq!(
        past,
        Written {
            written: 0,
            late: 20,
            early: 0,
            copied: 0
        }
    );
    let far = send(&status, &region, u64::MAX - 3, &[4; 20]);
    assert_eq!((far.written, far.late + far.early), (0, 20));

    let (status, region) = regions(1000);
    let both = send(&status, &region, 1000, &[5; 5000]);
    assert_eq!(
        both,
        Written {
            written: 4072,
            late: 16,
            early: 912,
            copied: 4072
        }
    );
}

#[test]
fn a_dead_clock_makes_everything_late() {
    let (status, region) = regions(1000);
    let sequence = std::mem::offset_of!(kernel_rust_abi::status::StatusPage, clock.sequence) / 8;
    status.store(sequence, 1);
    assert_eq!(send(&status, &region, 1016, &[1; 8]).late, 8);
    assert_eq!(read(&region, 1016, 8), [IDLE; 8]);
}

/// A region during whose first stores a tick passes: the taker takes all rows below the new position.
struct Overtaken<'a> {
    status: &'a Memory,
    region: &'a Memory,
    from: u64,
    to: u64,
    stores: Cell<usize>,
    after: usize,
}

impl Words for Overtaken<'_> {
    fn load(&self, word: usize) -> u64 {
        self.region.load(word)
    }
    fn store(&self, word: usize, value: u64) {
        if self.stores.replace(self.stores.get() + 1) == self.after {
            publish(self.status, &at(self.to));
            let mut frame = self.from;
            while frame < self.to {
                take_row(self.region, &place(), frame, IDLE);
                frame += 8;
            }
        }
        self.region.store(word, value);
    }
    fn acquire(&self) {}
    fn release(&self) {}
    fn full(&self) {}
}

#[test]
fn rows_taken_during_a_write_get_idle_back_whole() {
    let (status, region) = regions(1000);
    fill(&region, &place(), 1016, 40, 7);
    // The partial row at 1016 is loaded, then taken, then stored back with two new bytes.
    let words = Overtaken {
        status: &status,
        region: &region,
        from: 1000,
        to: 1024,
        stores: Cell::new(0),
        after: 0,
    };
    let written = send(&words.status, &words, 1018, &[9; 10]);
    assert_eq!(
        written,
        Written {
            written: 4,
            late: 6,
            early: 0,
            copied: 10
        }
    );
    assert_eq!(
        read(&region, 1016, 24),
        [vec![IDLE; 8], vec![9; 4], vec![7; 12]].concat()
    );
}

#[test]
fn clear_restores_idle_only_in_the_future() {
    let (status, region) = regions(1000);
    fill(&region, &place(), 0, RING, 7);
    clear(&status, &region, &place(), MARGIN, 0..1020, IDLE);
    assert_eq!(
        read(&region, 1008, 16),
        [vec![7; 8], vec![IDLE; 4], vec![7; 4]].concat()
    );
    // Frames long past share their places with the future, which stays.
    assert_eq!(read(&region, 5000, 80), [7; 80]);
    clear(&status, &region, &place(), MARGIN, 0..u64::MAX, IDLE);
    assert_eq!(read(&region, 1016, 4072), [IDLE; 4072]);
    assert_eq!(read(&region, 992, 24), [7; 24]);
}

proptest! {
    /// Whenever ticks pass during a write, nothing that was late stays in a row that was taken, and the counts add up.
    #[test]
    fn nothing_late_stays(first in 980..1100u64, count in 0..200usize, after in 0..30usize, ticks in 0..12u64) {
        let (status, region) = regions(1000);
        let to = 1000 + 8 * ticks;
        let words = Overtaken { status: &status, region: &region, from: 1000, to, stores: Cell::new(0), after };
        let written = send(&status, &words, first, &vec![9; count]);
        prop_assert_eq!(written.written + written.late + written.early, count as u64);
        let passed = words.stores.get() > after;
        if passed {
            for frame in (1000..to).step_by(8) {
                prop_assert_eq!(region.load(place().word(frame)), row_of(IDLE));
            }
        }
        let end = first + count as u64;
        let from = first.max(1016).max(if passed { to } else { 0 });
        for frame in from..end {
            prop_assert_eq!(read(&region, frame, 1), [9]);
        }
        prop_assert_eq!(written.written, end.saturating_sub(from));
    }

    #[test]
    fn any_positions_and_frames(tx_taken: u64, first: u64, count in 0..5000usize, lead: u64, tick: u64) {
        let (status, region) = regions(tx_taken);
        let margin = Margin { lead, tick };
        let written = write(&status, &region, &place(), margin, first, &vec![1; count], IDLE);
        prop_assert_eq!(written.written + written.late + written.early, count as u64);
        clear(&status, &region, &place(), margin, first..u64::MAX, IDLE);
    }
}
