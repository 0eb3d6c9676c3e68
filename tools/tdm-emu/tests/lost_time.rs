// SPDX-License-Identifier: MIT OR Apache-2.0
//! Line time that is lost: what a reader can meet while it is filled, and what comes behind it.

#![allow(clippy::unwrap_used)]

use std::cell::Cell;
use std::rc::Rc;
use tdm::Geometry;
use tdm::abi::config::LineConfig;
use tdm::abi::position;
use tdm::abi::words::Words;
use tdm_emu::model::{HeapWords, Memory, Settings, Span};
use tdm_line::alarm::Integrations;

/// Frames of a tick.
const TICK: u64 = 8;

/// Memory that notes how far beyond the published `rx_frame` slot 0 of its ring was ever written.
struct Watched {
    words: Rc<HeapWords>,
    ring: Option<Ring>,
}

struct Ring {
    status: Rc<HeapWords>,
    frames: u64,
    beyond: Rc<Cell<u64>>,
}

impl Words for Watched {
    fn load(&self, word: usize) -> u64 {
        self.words.load(word)
    }
    fn store(&self, word: usize, value: u64) {
        self.words.store(word, value);
        let place = word as u64 * 8;
        if let Some(ring) = self.ring.as_ref().filter(|ring| place < ring.frames) {
            // The byte of frame n on slot 0 is at n mod R.
            let published = position::read(&*ring.status).unwrap().rx_frame;
            let beyond = (place + ring.frames - published % ring.frames) % ring.frames + 8;
            ring.beyond.set(ring.beyond.get().max(beyond));
        }
    }
    fn acquire(&self) {
        self.words.acquire();
    }
    fn release(&self) {
        self.words.release();
    }
    fn full(&self) {
        self.words.full();
    }
}

fn span() -> (Span<Watched>, u64, Rc<Cell<u64>>) {
    let geometry = Geometry::for_page(4096).unwrap();
    let beyond = Rc::new(Cell::new(0));
    let heap = |bytes| Rc::new(HeapWords::new(bytes));
    let status = heap(Memory::<HeapWords>::status_bytes());
    let ring = || Watched {
        words: heap(Memory::<HeapWords>::ring_bytes(geometry)),
        ring: Some(Ring {
            status: status.clone(),
            frames: geometry.frames(),
            beyond: beyond.clone(),
        }),
    };
    let memory = Memory {
        geometry,
        receive: ring(),
        sent: ring(),
        status: Watched {
            words: status.clone(),
            ring: None,
        },
    };
    let settings = Settings {
        name: "lost".into(),
        index: 0,
        domain: 0,
        config: LineConfig::E1_CCS_CRC4,
        depth: 16,
        start_frame: 64,
        alarms: Integrations::all(80, 80),
        lock_step: false,
    };
    let span = Span::new(settings, memory);
    beyond.set(0);
    (span, geometry.frames(), beyond)
}

#[test]
fn a_hole_is_filled_and_published_tick_by_tick() {
    let (mut span, ring, beyond) = span();
    for frames in [TICK, 800, ring] {
        let before = *span.positions();
        span.lose(frames, 1_000_000_000);
        let after = *span.positions();
        assert_eq!(after.rx_frame, before.rx_frame + frames);
        assert_eq!(after.tx_taken, before.tx_taken + frames);
        assert_eq!(after.tick_ns, 1_000_000_000);
        assert_eq!((after.epoch, after.epoch_frame), (1, 64));
        assert_eq!(beyond.get(), TICK, "stored ahead of what was published");
    }
}

#[test]
fn behind_a_hole_longer_than_the_ring_there_is_a_new_epoch() {
    let (mut span, ring, beyond) = span();
    span.lose(ring + TICK, 1_000_000_000);
    let after = *span.positions();
    assert_eq!(after.rx_frame, 64 + ring + TICK);
    assert_eq!((after.epoch, after.epoch_frame), (2, after.rx_frame));
    assert_eq!(beyond.get(), 0, "there is nothing to be stored");
}
