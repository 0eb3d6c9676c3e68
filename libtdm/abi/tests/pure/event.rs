// SPDX-License-Identifier: GPL-2.0-only OR MIT
use crate::memory::Memory;
use kernel_rust_abi::event::{Event, Kind, Read, Ring, alarm};
use kernel_rust_abi::geometry::Slot;
use kernel_rust_abi::status::{Head, MAGIC, STATUS_PAGE_BYTES};
use kernel_rust_abi::word;
use kernel_rust_abi::words::Words;
use proptest::prelude::*;

const FIRST: usize = STATUS_PAGE_BYTES / 8;

fn ring(capacity: u64) -> (Ring, Memory) {
    let ring = Ring::new(FIRST, capacity).expect("a ring");
    (
        ring,
        Memory::of_bytes(STATUS_PAGE_BYTES as u64 + capacity * 32),
    )
}

fn event(i: u64) -> Event {
    Event {
        frame: i * 8,
        kind: 1 + (i % 9) as u32,
        slot: Slot::new((i % 33) as u8),
        value: !i,
    }
}

#[test]
fn every_reader_gets_every_event_in_order() {
    let (ring, memory) = ring(16);
    let (mut one, mut other) = (ring.head(&memory), ring.head(&memory));
    assert_eq!(ring.read(&memory, &mut one), Read::Empty);
    for i in 0..100 {
        ring.publish(&memory, &event(i));
        assert_eq!(ring.read(&memory, &mut one), Read::Event(event(i)));
        assert_eq!(ring.read(&memory, &mut one), Read::Empty);
        if i % 10 == 9 {
            for j in i - 9..=i {
                assert_eq!(ring.read(&memory, &mut other), Read::Event(event(j)));
            }
        }
    }
}

#[test]
fn an_event_that_is_being_overwritten_is_an_overrun() {
    let (ring, memory) = ring(16);
    for i in 0..16 {
        ring.publish(&memory, &event(i));
    }
    // Event 16 is being written over event 0.
    memory.store(FIRST, 2 * 16 + 1);
    let mut position = 0;
    assert_eq!(ring.read(&memory, &mut position), Read::Overrun(1));
    assert_eq!(ring.read(&memory, &mut position), Read::Event(event(1)));
}

#[test]
fn a_ring_must_fit_its_region() {
    let head = |event_offset, event_capacity, status_bytes| {
        let memory = Memory::of_bytes(STATUS_PAGE_BYTES as u64);
        let head = Head {
            magic: MAGIC,
            event_offset,
            event_capacity,
            status_bytes,
            ..Head::read(&memory)
        };
        Ring::of(&head)
    };
    assert!(head(1792, 64, 4096).is_some());
    assert!(head(1792, 72, 4096).is_none(), "no power of two");
    assert!(head(1792, 8, 4096).is_none(), "too few");
    assert!(head(1792, 128, 4096).is_none(), "beyond the end");
    assert!(head(1796, 16, 4096).is_none(), "not on a word");
    assert!(head(u64::MAX - 7, 16, 4096).is_none());
    assert!(head(0, u64::MAX, u64::MAX).is_none());
    assert!(head(0, 1 << 17, u64::MAX).is_none(), "too many");
}

#[test]
fn kinds_and_alarms_have_names_and_numbers() {
    for number in 1..=9 {
        assert_eq!(
            Kind::from_number(number).map(|kind| kind as u32),
            Some(number)
        );
    }
    assert_eq!(Kind::from_number(0), None);
    assert_eq!(Kind::from_number(10), None);
    assert_eq!(alarm::NAMES[alarm::RAI.trailing_zeros() as usize], "RAI");
    assert_eq!(alarm::NAMES.len() as u32, alarm::DOWN.trailing_zeros() + 1);
}

proptest! {
    #[test]
    fn overruns_and_events_add_up(steps in prop::collection::vec((0..40u64, 0..40usize), 1..30)) {
        let (ring, memory) = ring(16);
        let (mut published, mut position) = (0, 0);
        for (more, reads) in steps {
            for _ in 0..more {
                ring.publish(&memory, &event(published));
                published += 1;
            }
            for _ in 0..reads {
                let before = position;
                match ring.read(&memory, &mut position) {
                    Read::Empty => prop_assert_eq!(before, published),
                    Read::Event(found) => {
                        prop_assert_eq!(found, event(before));
                        prop_assert_eq!(position, before + 1);
                    }
                    Read::Overrun(lost) => {
                        prop_assert_eq!(position, before + lost);
                        prop_assert_eq!(lost, published - 16 - before);
                    }
                }
            }
        }
        prop_assert_eq!(memory.load(word::EVENTS), published);
    }

    /// A hostile writer: any words anywhere. The reader always ends.
    #[test]
    fn arbitrary_memory_is_read_without_harm(words in prop::collection::vec(any::<u64>(), 64), head: u64, start: u64) {
        let (ring, memory) = ring(16);
        for (index, word) in words.iter().enumerate() {
            memory.store(FIRST + index, *word);
        }
        memory.store(word::EVENTS, head);
        let mut position = start;
        for _ in 0..20 {
            let before = position;
            match ring.read(&memory, &mut position) {
                Read::Empty => prop_assert_eq!(before, position),
                Read::Event(_) | Read::Overrun(_) => prop_assert_ne!(before, position),
            }
        }
    }
}
