// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! The one way in which shared memory is touched: relaxed 64-bit loads and stores, ordered by three fences.

/// A shared region seen as 64-bit words in native byte order.
///
/// Userspace implements it over a mapping, the kernel over its pages, the model checker over its own atomics. Every access is a
/// relaxed atomic of the whole word; ordering comes only from the three fences. A word outside the region reads as zero, and
/// a store to it is ignored, so that no value found in shared memory can make an accessor fault.
pub trait Words {
    /// Loads the word at this index (not byte offset), relaxed.
    fn load(&self, word: usize) -> u64;
    /// Stores the word at this index, relaxed.
    fn store(&self, word: usize, value: u64);
    /// An acquire fence: loads before it are ordered before all accesses after it.
    fn acquire(&self);
    /// A release fence: all accesses before it are ordered before stores after it.
    fn release(&self);
    /// A full fence (sequentially consistent): all accesses before it are ordered before all accesses after it, and all full
    /// fences of all sides stand in one order.
    fn full(&self);
}

impl<W: Words + ?Sized> Words for &W {
    fn load(&self, word: usize) -> u64 {
        (**self).load(word)
    }
    fn store(&self, word: usize, value: u64) {
        (**self).store(word, value);
    }
    fn acquire(&self) {
        (**self).acquire();
    }
    fn release(&self) {
        (**self).release();
    }
    fn full(&self) {
        (**self).full();
    }
}
