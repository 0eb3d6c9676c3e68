// SPDX-License-Identifier: MIT OR Apache-2.0
//! A span's memory, whatever it lives in.

use std::sync::atomic::{AtomicU64, Ordering, fence};
use tdm::Geometry;
use tdm::abi::geometry::SLOTS;
use tdm::abi::status::STATUS_PAGE_BYTES;
use tdm::abi::words::Words;

/// Entries of the event ring.
pub(super) const EVENTS: u64 = 1024;
/// Byte offset of the event ring.
pub(super) const EVENT_OFFSET: u64 = 2048;
const _: () = assert!(EVENT_OFFSET as usize >= STATUS_PAGE_BYTES);

/// The three regions that a span writes.
#[derive(Debug)]
pub struct Memory<W> {
    /// The size of the rings.
    pub geometry: Geometry,
    /// The status region, of [`Memory::status_bytes`].
    pub status: W,
    /// The receive region, of [`Memory::ring_bytes`].
    pub receive: W,
    /// The sent region, of the same size.
    pub sent: W,
}

impl<W> Memory<W> {
    /// Bytes of a status region.
    pub const fn status_bytes() -> u64 {
        EVENT_OFFSET + EVENTS * 32
    }

    /// Bytes of a receive or sent region.
    pub const fn ring_bytes(geometry: Geometry) -> u64 {
        geometry.region_bytes(SLOTS as u64)
    }
}

/// Words on the heap, for tests without shared memory.
#[derive(Debug)]
pub struct HeapWords(Box<[AtomicU64]>);

impl HeapWords {
    /// Zeroed words.
    pub fn new(bytes: u64) -> Self {
        HeapWords((0..bytes.div_ceil(8)).map(|_| AtomicU64::new(0)).collect())
    }
}

impl Memory<HeapWords> {
    /// A span's memory on the heap.
    pub fn on_heap(geometry: Geometry) -> Self {
        let ring = Self::ring_bytes(geometry);
        Memory {
            geometry,
            status: HeapWords::new(Self::status_bytes()),
            receive: HeapWords::new(ring),
            sent: HeapWords::new(ring),
        }
    }
}

impl Words for HeapWords {
    fn load(&self, word: usize) -> u64 {
        self.0
            .get(word)
            .map_or(0, |cell| cell.load(Ordering::Relaxed))
    }
    fn store(&self, word: usize, value: u64) {
        if let Some(cell) = self.0.get(word) {
            cell.store(value, Ordering::Relaxed);
        }
    }
    fn acquire(&self) {
        fence(Ordering::Acquire);
    }
    fn release(&self) {
        fence(Ordering::Release);
    }
    fn full(&self) {
        fence(Ordering::SeqCst);
    }
}
