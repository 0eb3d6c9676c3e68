// SPDX-License-Identifier: MIT OR Apache-2.0
//! A ring of provided buffers: memory that the kernel writes datagrams to.

use super::super::DATAGRAM;
use super::super::address::NAME;
use super::ring::Ring;
use io_uring::types::{BufRingEntry, RecvMsgOut};
use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::io;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU16, Ordering};

/// What the kernel puts before a datagram: `io_uring_recvmsg_out` and the name.
const HEAD: usize = 16 + NAME;
/// Octets of one buffer: one more than the longest datagram, so that this one is not reported as cut.
const SIZE: usize = (HEAD + DATAGRAM).next_multiple_of(8);
const PAGE: usize = 4096;

/// One group of buffers, registered under a number of its own.
#[derive(Debug)]
pub(super) struct Buffers {
    entries: NonNull<BufRingEntry>,
    memory: NonNull<u8>,
    count: u16,
    tail: u16,
    group: u16,
}

impl Buffers {
    /// `count` buffers (a power of two), registered as group `group`.
    pub(super) fn new(ring: &mut Ring, group: u16, count: u16) -> io::Result<Self> {
        let entries = allocate(Self::ring_layout(count)).cast();
        let memory = allocate(Self::memory_layout(count));
        let mut buffers = Self {
            entries,
            memory,
            count,
            tail: 0,
            group,
        };
        // SAFETY: the ring is page-aligned memory of `count` entries and stays ours until it is unregistered or the io_uring is
        // gone; Drop does not free it before (a registered group is dropped only by `release`, or with its io_uring ended).
        let registered = unsafe {
            ring.io().submitter().register_buf_ring_with_flags(
                entries.as_ptr() as u64,
                count,
                group,
                0,
            )
        };
        registered?;
        for buffer in 0..count {
            buffers.give_back(buffer);
        }
        Ok(buffers)
    }

    fn ring_layout(count: u16) -> Layout {
        layout(usize::from(count) * size_of::<BufRingEntry>())
    }

    fn memory_layout(count: u16) -> Layout {
        layout(usize::from(count) * SIZE)
    }

    pub(super) fn group(&self) -> u16 {
        self.group
    }

    /// What the kernel wrote to a buffer: `length` octets. The buffer must have come with a completion and not been given back.
    pub(super) fn read(
        &self,
        buffer: u16,
        length: usize,
        template: &libc::msghdr,
    ) -> Option<RecvMsgOut<'_>> {
        if buffer >= self.count || length > SIZE {
            return None;
        }
        // SAFETY: inside the group's memory, by the check above; initialised, since it was allocated zeroed; and the kernel does not
        // write to it between the completion that named it and `give_back`, which needs `&mut self`.
        let octets = unsafe {
            std::slice::from_raw_parts(self.memory.as_ptr().add(usize::from(buffer) * SIZE), length)
        };
        RecvMsgOut::parse(octets, template).ok()
    }

    /// Hands a buffer (back) to the kernel.
    pub(super) fn give_back(&mut self, buffer: u16) {
        if buffer >= self.count {
            return;
        }
        let place = usize::from(self.tail & (self.count - 1));
        // SAFETY: the place is below the number of entries and the buffer inside the memory. The kernel reads entries only
        // below the published tail, and this one is not: there are never more buffers out than entries. The first entry's last
        // field is the tail; setting address, length and number leaves it alone.
        unsafe {
            let entry = &mut *self.entries.as_ptr().add(place);
            entry.set_addr(self.memory.as_ptr().add(usize::from(buffer) * SIZE) as u64);
            entry.set_len(SIZE as u32);
            entry.set_bid(buffer);
        }
        self.tail = self.tail.wrapping_add(1);
        // SAFETY: the tail lies in the ring's first entry, is aligned to two octets, and is only ever written here.
        let tail = unsafe { &*BufRingEntry::tail(self.entries.as_ptr()).cast::<AtomicU16>() };
        tail.store(self.tail, Ordering::Release);
    }

    /// Unregisters the group and frees it.
    pub(super) fn release(self, ring: &mut Ring) {
        if ring
            .io()
            .submitter()
            .unregister_buf_ring(self.group)
            .is_err()
        {
            // The kernel still knows it: leak it.
            std::mem::forget(self);
        }
    }
}

impl Drop for Buffers {
    fn drop(&mut self) {
        // SAFETY: both were allocated with these layouts. No receive with this group is armed: a group is dropped by `release`, or
        // with a backend whose ports have all been given back, after its io_uring (the first field) is closed.
        unsafe {
            dealloc(self.entries.as_ptr().cast(), Self::ring_layout(self.count));
            dealloc(self.memory.as_ptr(), Self::memory_layout(self.count));
        }
    }
}

fn layout(octets: usize) -> Layout {
    match Layout::from_size_align(octets.next_multiple_of(PAGE), PAGE) {
        Ok(layout) => layout,
        Err(_) => Layout::new::<[u8; PAGE]>(),
    }
}

fn allocate(layout: Layout) -> NonNull<u8> {
    // SAFETY: the layout's size is a positive multiple of the page.
    NonNull::new(unsafe { alloc_zeroed(layout) }).unwrap_or_else(|| handle_alloc_error(layout))
}
