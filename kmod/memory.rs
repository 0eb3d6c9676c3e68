// SPDX-License-Identifier: GPL-2.0-only
//! Memory that is shared with userspace: whole pages, touched only as relaxed 64-bit atomics.
//!
//! There is no reference and no slice to it. Userspace may write what it may map at any time; nothing here depends on what it
//! writes.

use crate::{
    abi::words::Words,
    compat::{atomic_load, atomic_store, barrier, smp_mb, Relaxed},
};
use core::{
    mem::ManuallyDrop,
    ptr::NonNull, //
};
use kernel::{
    alloc::allocator::Vmalloc,
    mm::virt::VmaNew,
    page::PAGE_SIZE,
    prelude::*, //
};

/// Bytes of a word.
const WORD: usize = core::mem::size_of::<u64>();
/// Words of a page.
const PAGE_WORDS: usize = PAGE_SIZE / WORD;

/// Zeroed pages, contiguous in the kernel's addresses.
///
/// # Invariants
///
/// `base` points to `pages` pages of `vmalloc` memory that were taken out of a `VVec<u64>` of that size, which live as long
/// as `self`. Every access through it is atomic.
pub(crate) struct Region {
    base: NonNull<u64>,
    pages: usize,
}

// SAFETY: the memory belongs to no task and no CPU, and is only accessed atomically.
unsafe impl Send for Region {}
// SAFETY: as above.
unsafe impl Sync for Region {}

impl Region {
    /// A region of at least `bytes` bytes, rounded up to whole pages. May sleep.
    pub(crate) fn new(bytes: u64) -> Result<Self> {
        let pages = usize::try_from(bytes)
            .map_err(|_| EINVAL)?
            .div_ceil(PAGE_SIZE)
            .max(1);
        let words = pages.checked_mul(PAGE_WORDS).ok_or(ENOMEM)?;
        // Charged to whoever asks: a claim's pages live as long as its mapping does.
        let memory = VVec::<u64>::zeroed(words, GFP_KERNEL_ACCOUNT)?;
        let mut memory = ManuallyDrop::new(memory);
        let base = NonNull::new(memory.as_mut_ptr()).ok_or(ENOMEM)?;
        // INVARIANT: `words` words are `pages` pages; the vector is never used again until `drop`.
        Ok(Self { base, pages })
    }

    /// Its size in bytes: whole pages.
    pub(crate) fn bytes(&self) -> usize {
        self.pages.wrapping_mul(PAGE_SIZE)
    }

    /// The word's place, if it is inside.
    #[inline(always)]
    fn word(&self, word: usize) -> Option<*mut u64> {
        if word >= self.pages.wrapping_mul(PAGE_WORDS) {
            return None;
        }
        // SAFETY: by the invariant, the index is below the number of words.
        Some(unsafe { self.base.as_ptr().add(word) })
    }

    /// Maps the region's first pages into a new virtual memory area, as far as it reaches.
    ///
    /// Only shared mappings, never executable, not inherited by forks, not in core dumps, not to be grown. Without `writable` the
    /// area can never become writable.
    pub(crate) fn map(&self, vma: &VmaNew, writable: bool) -> Result {
        use kernel::mm::virt::flags;
        let bytes = vma.end().wrapping_sub(vma.start());
        if bytes > self.bytes() || vma.flags() & flags::MAYSHARE == 0 {
            return Err(EINVAL);
        }
        if writable {
            // A writable mapping of a file that is open for reading only was refused before we are asked.
            vma.try_clear_mayexec().map_err(|_| EPERM)?;
        } else {
            vma.try_clear_maywrite().map_err(|_| EACCES)?;
            vma.try_clear_mayexec().map_err(|_| EPERM)?;
        }
        vma.set_dontexpand();
        vma.set_dontcopy();
        vma.set_dontdump();
        let vma = vma.set_mixedmap();
        for page in 0..bytes / PAGE_SIZE {
            let word = page.wrapping_mul(PAGE_WORDS);
            let place = self.word(word).and_then(NonNull::new).ok_or(EINVAL)?;
            // SAFETY: the place is inside a `vmalloc` allocation that lives as long as `self`; the page is used within this
            // iteration only, and the mapping takes a reference of its own.
            let inner = unsafe { Vmalloc::to_page(place.cast()) };
            vma.vm_insert_page(
                vma.start().wrapping_add(page.wrapping_mul(PAGE_SIZE)),
                &inner,
            )?;
        }
        Ok(())
    }
}

impl Words for Region {
    #[inline(always)]
    fn load(&self, word: usize) -> u64 {
        match self.word(word) {
            // SAFETY: the place is aligned and valid; the kernel accesses it atomically only.
            Some(place) => unsafe { atomic_load(place, Relaxed) },
            None => 0,
        }
    }

    #[inline(always)]
    fn store(&self, word: usize, value: u64) {
        if let Some(place) = self.word(word) {
            // SAFETY: as for `load`.
            unsafe { atomic_store(place, value, Relaxed) }
        }
    }

    // The specification's table: all three are full barriers here. A read barrier would do for `acquire` where only loads
    // follow, and a write barrier for `release` where only stores precede; the rows that are taken are loads.
    #[inline]
    fn acquire(&self) {
        smp_mb(barrier::Full);
    }

    #[inline]
    fn release(&self) {
        smp_mb(barrier::Full);
    }

    #[inline]
    fn full(&self) {
        smp_mb(barrier::Full);
    }
}

impl Drop for Region {
    /// May sleep: never drop one in an interrupt.
    fn drop(&mut self) {
        let words = self.pages.wrapping_mul(PAGE_WORDS);
        // SAFETY: by the invariant these are the parts of a vector of exactly that size, which nobody else has. Mappings hold
        // references of their own to the pages.
        drop(unsafe { VVec::from_raw_parts(self.base.as_ptr(), words, words) });
    }
}
