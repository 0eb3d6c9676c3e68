// SPDX-License-Identifier: GPL-2.0-only OR MIT
use crate::memory::Memory;
use kernel_rust_abi::geometry::{Geometry, Slot};
use kernel_rust_abi::ring::{Place, copy_in, copy_out, fill, put_row, row_of, take_row};
use proptest::prelude::*;

const RING: u64 = 4096;

fn place(slot: u8, ring: u64) -> Place {
    Place {
        geometry: Geometry::new(RING, RING).expect("a ring"),
        slot: Slot::new(slot).expect("a slot"),
        ring,
    }
}

#[test]
fn the_first_frame_of_a_row_is_first_in_memory() {
    let memory = Memory::of_bytes(RING * 2);
    let place = place(3, 1);
    put_row(
        &memory,
        &place,
        16,
        u64::from_ne_bytes([1, 2, 3, 4, 5, 6, 7, 8]),
    );
    let at = (RING + 16 + 3 * 64) as usize;
    assert_eq!(memory.bytes()[at..at + 8], [1, 2, 3, 4, 5, 6, 7, 8]);
    let mut out = [0; 3];
    copy_out(&memory, &place, 18, &mut out);
    assert_eq!(out, [3, 4, 5]);
}

#[test]
fn taking_a_row_leaves_idle() {
    let memory = Memory::of_bytes(RING);
    let place = place(9, 0);
    copy_in(&memory, &place, 80, &[7; 8]);
    assert_eq!(take_row(&memory, &place, 80, 0xd5), row_of(7));
    assert_eq!(take_row(&memory, &place, 80 + RING, 0x7e), row_of(0xd5));
    assert_eq!(take_row(&memory, &place, 80, 0xd5), row_of(0x7e));
}

#[test]
fn a_fill_is_at_most_one_turn() {
    let memory = Memory::of_bytes(RING * 2);
    fill(&memory, &place(0, 0), 5, u64::MAX, 0x55);
    let bytes = memory.bytes();
    assert!(bytes[..RING as usize].iter().all(|byte| *byte == 0x55));
    assert!(bytes[RING as usize..].iter().all(|byte| *byte == 0));
}

proptest! {
    /// Against a model that is a plain array of the ring's bytes; first frames near the wrap of the ring and of the numbers.
    #[test]
    fn copies_are_those_of_bytes(
        slot in 0..32u8,
        writes in prop::collection::vec((0..3u64, any::<u16>(), prop::collection::vec(any::<u8>(), 0..600)), 1..20),
        reads in prop::collection::vec((any::<u64>(), 0..600usize), 1..10),
    ) {
        let memory = Memory::of_bytes(RING * 3);
        let place = place(slot, 1);
        let mut model = vec![0u8; RING as usize];
        let at = |frame: u64| (frame.wrapping_add(64 * u64::from(slot)) % RING) as usize;
        for (turn, offset, bytes) in &writes {
            let first = (turn * (u64::MAX / 2)).wrapping_sub(100).wrapping_add(u64::from(*offset));
            copy_in(&memory, &place, first, bytes);
            for (n, byte) in bytes.iter().enumerate() {
                model[at(first.wrapping_add(n as u64))] = *byte;
            }
        }
        for (first, count) in reads {
            let mut out = vec![0; count];
            copy_out(&memory, &place, first, &mut out);
            let expected: Vec<u8> = (0..count as u64).map(|n| model[at(first.wrapping_add(n))]).collect();
            prop_assert_eq!(out, expected);
        }
        // The neighbouring rings were not touched.
        let bytes = memory.bytes();
        let (before, rest) = bytes.split_at(RING as usize);
        let (own, after) = rest.split_at(RING as usize);
        prop_assert_eq!(own, &model[..]);
        prop_assert!(before.iter().chain(after).all(|byte| *byte == 0));
    }

    #[test]
    fn a_fill_is_a_copy_of_one_byte(slot in 0..32u8, first: u64, count in 0..5000u64, byte: u8) {
        let (filled, copied) = (Memory::of_bytes(RING), Memory::of_bytes(RING));
        let place = place(slot, 0);
        fill(&filled, &place, first, count, byte);
        copy_in(&copied, &place, first, &vec![byte; count.min(RING) as usize]);
        prop_assert_eq!(filled.bytes(), copied.bytes());
    }
}
