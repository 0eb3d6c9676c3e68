// SPDX-License-Identifier: MIT OR Apache-2.0
//! A shared mapping as 64-bit atomic words.

use crate::error::{Error, Result};
use kernel_rust_abi::words::Words;
use nix::sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap, munmap};
use std::num::NonZeroUsize;
use std::os::fd::AsFd;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering, fence};

/// What the mapping allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Loads only; stores are ignored.
    Read,
    /// Loads and stores.
    ReadWrite,
}

/// A MAP_SHARED mapping of whole words, unmapped on drop, left out of core dumps and not inherited by fork.
#[derive(Debug)]
pub(crate) struct Mapping {
    base: NonNull<AtomicU64>,
    words: usize,
    access: Access,
}

// SAFETY: the mapping is plain shared memory that stays mapped until drop; every access to it is an atomic operation on a whole
// word, which any thread may do at any time.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps `bytes` bytes of a descriptor from `offset`.
    pub(crate) fn new(fd: impl AsFd, offset: u64, bytes: u64, access: Access) -> Result<Self> {
        let length = usize::try_from(bytes)
            .ok()
            .filter(|length| length % 8 == 0)
            .and_then(NonZeroUsize::new)
            .ok_or(Error::Layout {
                what: "region bytes",
                found: bytes,
                expected: "a positive multiple of 8",
            })?;
        let offset = libc::off_t::try_from(offset).map_err(|_| Error::Layout {
            what: "mapping offset",
            found: offset,
            expected: "a file offset",
        })?;
        let protection = match access {
            Access::Read => ProtFlags::PROT_READ,
            Access::ReadWrite => ProtFlags::PROT_READ | ProtFlags::PROT_WRITE,
        };
        // SAFETY: a new mapping at an address of the kernel's choice touches no memory of ours.
        let base = unsafe { mmap(None, length, protection, MapFlags::MAP_SHARED, fd, offset) }
            .map_err(|errno| Error::system("mapping a span's region", errno))?;
        let mapping = Self {
            base: base.cast(),
            words: length.get() / 8,
            access,
        };
        for advice in [MmapAdvise::MADV_DONTFORK, MmapAdvise::MADV_DONTDUMP] {
            // SAFETY: base and length are those of the mapping just made; neither advice changes its contents.
            unsafe { madvise(base, length.get(), advice) }.map_err(|errno| {
                Error::system("keeping a region out of forks and core dumps", errno)
            })?;
        }
        Ok(mapping)
    }

    /// The mapping's bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.words * 8
    }

    fn word(&self, word: usize) -> Option<&AtomicU64> {
        if word >= self.words {
            return None;
        }
        // SAFETY: the index is below the number of mapped words, the base is page aligned, and the mapping lives as long as
        // self; atomics may alias with any other process's accesses.
        Some(unsafe { &*self.base.as_ptr().add(word) })
    }

    /// The address of a byte, for an iovec; `None` unless `length` bytes from there are mapped. The pointer must not
    /// be used after self is dropped.
    pub(crate) fn address(&self, offset: usize, length: usize) -> Option<*mut libc::c_void> {
        let end = offset.checked_add(length)?;
        (end <= self.bytes()).then(|| self.base.as_ptr().cast::<u8>().wrapping_add(offset).cast())
    }
}

impl Words for Mapping {
    #[inline]
    fn load(&self, word: usize) -> u64 {
        self.word(word)
            .map_or(0, |cell| cell.load(Ordering::Relaxed))
    }
    #[inline]
    fn store(&self, word: usize, value: u64) {
        if self.access == Access::ReadWrite {
            if let Some(cell) = self.word(word) {
                cell.store(value, Ordering::Relaxed);
            }
        }
    }
    #[inline]
    fn acquire(&self) {
        fence(Ordering::Acquire);
    }
    #[inline]
    fn release(&self) {
        fence(Ordering::Release);
    }
    #[inline]
    fn full(&self) {
        fence(Ordering::SeqCst);
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: base and size are those of the mapping that self owns; no reference into it outlives self.
        let result = unsafe { munmap(self.base.cast(), self.words * 8) };
        debug_assert!(result.is_ok(), "munmap of an own mapping cannot fail");
    }
}
