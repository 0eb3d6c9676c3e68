// SPDX-License-Identifier: GPL-2.0-only
//! The three regions that a span writes and everybody may read.

use crate::{
    abi::{
        event,
        geometry::{
            Geometry,
            SLOTS, //
        },
        status::STATUS_PAGE_BYTES, //
    },
    memory::Region, //
};
use kernel::{
    page::PAGE_SIZE,
    prelude::*, //
};

/// Entries of the event ring.
pub(super) const EVENTS: u64 = 1024;
/// Byte offset of the event ring in the status region.
pub(super) const EVENT_OFFSET: u64 = 2048;
/// Bytes of one entry.
const EVENT_BYTES: u64 = (event::ENTRY_WORDS * 8) as u64;
/// Bytes of the status region.
pub(super) const STATUS_BYTES: u64 = EVENT_OFFSET + EVENTS * EVENT_BYTES;

const _: () = assert!(EVENT_OFFSET as usize >= STATUS_PAGE_BYTES);

/// A span's memory.
pub(super) struct Regions {
    pub(super) geometry: Geometry,
    pub(super) events: event::Ring,
    pub(super) status: Region,
    pub(super) receive: Region,
    pub(super) sent: Region,
}

impl Regions {
    /// Zeroed memory with rings of at least a page.
    pub(super) fn new() -> Result<Self> {
        let geometry = Geometry::for_page(PAGE_SIZE as u64).ok_or(EINVAL)?;
        let events = event::Ring::new((EVENT_OFFSET / 8) as usize, EVENTS).ok_or(EINVAL)?;
        let ring = geometry.region_bytes(SLOTS as u64);
        Ok(Self {
            geometry,
            events,
            status: Region::new(STATUS_BYTES)?,
            receive: Region::new(ring)?,
            sent: Region::new(ring)?,
        })
    }
}
