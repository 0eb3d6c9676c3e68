// SPDX-License-Identifier: GPL-2.0-only OR MIT
use kernel_rust_abi::geometry::{
    Geometry, MAX_RING_FRAMES, MIN_RING_FRAMES, ROW_FRAMES, SKEW_FRAMES, SLOTS, Slot, SlotSet,
};
use proptest::prelude::*;
use std::collections::HashSet;

fn geometries() -> impl Strategy<Value = Geometry> {
    (12..=20u32, 0..4u64).prop_map(|(log, extra)| {
        let frames = 1 << log;
        Geometry::new(frames, frames + extra * 64).expect("a geometry")
    })
}

fn slots() -> impl Strategy<Value = Slot> {
    (0..SLOTS as u8).prop_map(|number| Slot::new(number).expect("a slot"))
}

#[test]
fn slots_end_at_32() {
    assert_eq!(Slot::all().count(), 32);
    assert_eq!(Slot::new(31).map(Slot::number), Some(31));
    assert_eq!(Slot::new(32), None);
    assert_eq!(Slot::new(255), None);
}

#[test]
fn one_turn_of_a_ring_covers_every_byte_once() {
    let geometry = Geometry::new(4096, 4096).expect("a ring");
    for slot in Slot::all() {
        let offsets: HashSet<_> = (1000..1000 + 4096)
            .map(|n| geometry.offset(slot, n))
            .collect();
        assert_eq!(offsets.len(), 4096);
        assert!(offsets.iter().all(|offset| *offset < 4096));
    }
}

#[test]
fn the_slots_bytes_of_one_frame_stand_in_different_cache_lines() {
    let geometry = Geometry::new(4096, 4096).expect("a ring");
    for frame in [0, 8, 4088, 1_000_000] {
        let lines: HashSet<_> = Slot::all()
            .map(|slot| geometry.offset(slot, frame) / 64)
            .collect();
        assert_eq!(lines.len(), SLOTS);
    }
}

#[test]
fn geometry_accepts_powers_of_two_and_a_stride_that_fits() {
    for (frames, stride) in [
        (4096, 4096),
        (16384, 16384),
        (4096, 4160),
        (4096, 16 * 4096),
        (1 << 20, 1 << 20),
    ] {
        assert!(Geometry::new(frames, stride).is_some(), "{frames} {stride}");
    }
    for (frames, stride) in [
        (0, 0),
        (2048, 2048),
        (4097, 4104),
        (4096, 4095),
        (4096, 4088),
        (4096, 4100),
        (4096, 16 * 4096 + 8),
        (MAX_RING_FRAMES * 2, MAX_RING_FRAMES * 2),
        (1 << 63, 1 << 63),
        (u64::MAX, u64::MAX),
    ] {
        assert!(Geometry::new(frames, stride).is_none(), "{frames} {stride}");
    }
}

#[test]
fn a_ring_is_at_least_a_page() {
    let frames = |page| Geometry::for_page(page).map(Geometry::frames);
    assert_eq!(frames(4096), Some(MIN_RING_FRAMES));
    assert_eq!(frames(16384), Some(16384));
    assert_eq!(frames(65536), Some(65536));
}

proptest! {
    #[test]
    fn the_formula(geometry in geometries(), slot in slots(), frame: u64) {
        let expected = (u128::from(frame) + u128::from(SKEW_FRAMES) * u128::from(slot.number()))
            % u128::from(geometry.frames());
        // 2^64 is a multiple of every ring, so wrapping does not show.
        prop_assert_eq!(u128::from(geometry.offset(slot, frame)), expected);
    }

    #[test]
    fn a_row_is_one_word(geometry in geometries(), slot in slots(), row in 0..u64::MAX / 8, ring in 0..32u64) {
        let words: HashSet<_> = (0..ROW_FRAMES)
            .map(|n| geometry.word(ring, slot, row * ROW_FRAMES + n))
            .collect();
        prop_assert_eq!(words.len(), 1);
        prop_assert_eq!(geometry.offset(slot, row * ROW_FRAMES) % ROW_FRAMES, 0);
    }

    #[test]
    fn words_stay_in_their_ring(geometry in geometries(), slot in slots(), frame: u64, ring in 0..32u64) {
        let word = geometry.word(ring, slot, frame) as u64;
        prop_assert!(word >= geometry.stride() * ring / 8);
        prop_assert!(word < (geometry.stride() * ring + geometry.frames()) / 8);
        prop_assert!(word < geometry.region_bytes(32) / 8);
    }

    #[test]
    fn any_geometry_is_refused_or_in_bounds(frames: u64, stride: u64) {
        if let Some(geometry) = Geometry::new(frames, stride) {
            prop_assert!(geometry.region_bytes(32) <= 512 << 20);
        }
    }

    #[test]
    fn slot_sets_are_sets(a: u32, b: u32, slot in slots()) {
        let (x, y) = (SlotSet::from_bits(a), SlotSet::from_bits(b));
        prop_assert_eq!(x.iter().count() as u32, x.len());
        prop_assert!(x.iter().all(|member| x.contains(member)));
        prop_assert_eq!(x.union(y).contains(slot), x.contains(slot) || y.contains(slot));
        prop_assert_eq!(x.intersection(y).contains(slot), x.contains(slot) && y.contains(slot));
        prop_assert_eq!(x.difference(y).contains(slot), x.contains(slot) && !y.contains(slot));
        prop_assert!(x.with(slot).contains(slot));
        prop_assert_eq!(x.rank(slot) as usize, x.iter().filter(|member| *member < slot).count());
        prop_assert_eq!(x.iter().fold(SlotSet::EMPTY, |set, member| set.union(SlotSet::of(member))), x);
    }
}
