// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reading: windows of received or sent frames, as iovecs or as counted copies.

use crate::error::Lost;
use crate::shared::Mapping;
use crate::span::Inner;
use crate::{Positions, Slot};
use kernel_rust_abi::position;
use kernel_rust_abi::ring::{self, Place};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Which of a slot's two read-only rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// What the line brought.
    Receive,
    /// What really left.
    Sent,
}

/// Counts bytes that windows copied in userspace.
#[derive(Debug, Default)]
pub struct CopyMeter(AtomicU64);

impl CopyMeter {
    /// Bytes so far.
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
    pub(crate) fn add(&self, bytes: usize) {
        self.0.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

/// One slot's received or sent ring.
#[derive(Clone, Debug)]
pub struct Tap {
    inner: Arc<Inner>,
    place: Place,
    side: Side,
    meter: Arc<CopyMeter>,
}

impl Tap {
    pub(crate) fn new(inner: Arc<Inner>, slot: Slot, side: Side) -> Self {
        let place = Place::whole(inner.facts.geometry, slot);
        Self {
            inner,
            place,
            side,
            meter: Arc::default(),
        }
    }

    fn region(&self) -> &Mapping {
        match self.side {
            Side::Receive => &self.inner.receive,
            Side::Sent => &self.inner.sent,
        }
    }

    /// The slot.
    pub fn slot(&self) -> Slot {
        self.place.slot
    }

    /// Bytes that this tap and its clones copied.
    pub fn meter(&self) -> &Arc<CopyMeter> {
        &self.meter
    }

    /// The positions now.
    pub fn positions(&self) -> Positions {
        self.inner.positions()
    }

    /// The oldest frame that a window may begin with now.
    pub fn oldest(&self) -> u64 {
        let facts = &self.inner.facts;
        self.positions()
            .oldest(facts.geometry.frames(), facts.tick_frames)
    }

    /// A window of `count` frames from `first`, at most a ring's length.
    ///
    /// # Errors
    /// [`Lost`] if they were not received yet or no longer stand.
    pub fn window(&self, first: u64, count: u64) -> Result<Window<'_>, Lost> {
        let epoch = self.positions().epoch;
        let window = Window {
            tap: self,
            first,
            count,
            epoch,
        };
        window.check()?;
        Ok(window)
    }
}

/// Frames of one slot. The bytes may be overwritten at any time: what was read is good only if [`Window::check`] says so
/// afterwards.
#[derive(Clone, Copy, Debug)]
pub struct Window<'a> {
    tap: &'a Tap,
    first: u64,
    count: u64,
    epoch: u64,
}

/// The one or two pieces of a window, for the kernel to read.
#[derive(Clone, Copy, Debug)]
pub struct Iovecs {
    parts: [libc::iovec; 2],
    used: usize,
}

impl Iovecs {
    /// The pieces in order. Their pointers are valid as long as a tap of that span lives.
    pub fn as_slice(&self) -> &[libc::iovec] {
        &self.parts[..self.used]
    }
}

impl Window<'_> {
    /// The first frame.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// The number of frames.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Whether all frames of the window still stand. Whatever was read before this call is good if it succeeds.
    ///
    /// # Errors
    /// [`Lost`] if some do not.
    pub fn check(&self) -> Result<(), Lost> {
        let inner = &self.tap.inner;
        let (ring, tick) = (inner.facts.geometry.frames(), inner.facts.tick_frames);
        let now = position::read_after_use(&inner.status).unwrap_or_default();
        if now.epoch == self.epoch && now.holds(self.first, self.count, ring, tick) {
            return Ok(());
        }
        let oldest = now.oldest(ring, tick);
        Err(Lost {
            first: self.first,
            count: self.count,
            epoch: now.epoch,
            oldest,
            rx_frame: now.rx_frame,
        })
    }

    /// The window as iovecs, to be sent without a copy in userspace.
    pub fn iovecs(&self) -> Iovecs {
        let place = &self.tap.place;
        let geometry = place.geometry;
        let base = geometry.stride() * place.ring;
        let start = geometry.offset(place.slot, self.first);
        let head = self.count.min(geometry.frames() - start);
        let mut parts = [libc::iovec {
            iov_base: std::ptr::null_mut(),
            iov_len: 0,
        }; 2];
        let mut used = 0;
        for (offset, length) in [(base + start, head), (base, self.count - head)] {
            let Some(address) = self.tap.region().address(offset as usize, length as usize) else {
                break;
            };
            if length > 0 {
                parts[used] = libc::iovec {
                    iov_base: address,
                    iov_len: length as usize,
                };
                used += 1;
            }
        }
        Iovecs { parts, used }
    }

    /// Copies the window, counts the bytes, and checks that they stood.
    ///
    /// # Errors
    /// [`Lost`] if some were overwritten meanwhile; `out` then holds nothing of use.
    ///
    /// # Panics
    /// If `out` is not exactly as long as the window.
    pub fn copy_to(&self, out: &mut [u8]) -> Result<(), Lost> {
        assert_eq!(
            out.len() as u64,
            self.count,
            "the buffer must have the window's length"
        );
        ring::copy_out(self.tap.region(), &self.tap.place, self.first, out);
        self.tap.meter.add(out.len());
        self.check()
    }
}
