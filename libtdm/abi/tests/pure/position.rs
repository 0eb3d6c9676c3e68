// SPDX-License-Identifier: GPL-2.0-only OR MIT
use crate::memory::Memory;
use kernel_rust_abi::position::{Positions, publish, read, try_read};
use kernel_rust_abi::status::{STATUS_PAGE_BYTES, StatusPage};
use kernel_rust_abi::words::Words;
use proptest::prelude::*;

fn positions() -> impl Strategy<Value = Positions> {
    (any::<(u64, u64, u64, u64)>(), any::<(u64, i64)>()).prop_map(
        |((epoch, epoch_frame, rx_frame, tx_taken), (tick_ns, rate_ppb))| Positions {
            epoch,
            epoch_frame,
            rx_frame,
            tx_taken,
            tick_ns,
            rate_ppb,
        },
    )
}

#[test]
fn a_writer_that_died_at_work_is_reported() {
    let memory = Memory::of_bytes(STATUS_PAGE_BYTES as u64);
    publish(&memory, &Positions::default());
    let sequence = std::mem::offset_of!(StatusPage, clock.sequence) / 8;
    memory.store(sequence, memory.load(sequence) + 1);
    assert_eq!(try_read(&memory), None);
    assert_eq!(read(&memory), None);
}

#[test]
fn the_held_range() {
    let at = |rx_frame, tx_taken, epoch_frame| Positions {
        rx_frame,
        tx_taken,
        epoch_frame,
        ..Positions::default()
    };
    // The tick that is being received stands where frames 5904..5912 stood.
    assert_eq!(at(10_000, 10_000, 0).oldest(4096, 8), 5912);
    // The sent ring is ahead by the card's depth.
    assert_eq!(at(10_000, 10_016, 0).oldest(4096, 8), 5928);
    assert_eq!(at(10_000, 10_016, 9000).oldest(4096, 8), 9000);
    assert_eq!(at(100, 116, 0).oldest(4096, 8), 0);
    let now = at(10_000, 10_000, 0);
    assert!(now.holds(9_840, 160, 4096, 8));
    assert!(!now.holds(9_841, 160, 4096, 8), "not received yet");
    assert!(now.holds(5_912, 4_088, 4096, 8));
    assert!(!now.holds(5_911, 160, 4096, 8), "overwritten");
    assert!(!now.holds(u64::MAX, 2, 4096, 8));
}

proptest! {
    #[test]
    fn what_is_published_is_read(all in prop::collection::vec(positions(), 1..5)) {
        let memory = Memory::of_bytes(STATUS_PAGE_BYTES as u64);
        for each in &all {
            publish(&memory, each);
            prop_assert_eq!(read(&memory), Some(*each));
        }
    }

    #[test]
    fn no_positions_overflow(now in positions(), first: u64, count: u64) {
        let _ = now.depth();
        if now.holds(first, count, 4096, 8) {
            prop_assert!(count <= 4096);
            prop_assert!(first >= now.epoch_frame);
            prop_assert!(first + count <= now.rx_frame);
        }
    }
}
