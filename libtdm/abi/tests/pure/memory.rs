// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! A region in one thread's memory.

use kernel_rust_abi::words::Words;
use std::cell::RefCell;

pub(crate) struct Memory(RefCell<Vec<u64>>);

impl Memory {
    pub(crate) fn of_bytes(bytes: u64) -> Self {
        Self(RefCell::new(vec![0; bytes as usize / 8]))
    }
    /// The region's bytes as they stand in memory.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0
            .borrow()
            .iter()
            .flat_map(|word| word.to_ne_bytes())
            .collect()
    }
}

impl Words for Memory {
    fn load(&self, word: usize) -> u64 {
        self.0.borrow().get(word).copied().unwrap_or(0)
    }
    fn store(&self, word: usize, value: u64) {
        if let Some(cell) = self.0.borrow_mut().get_mut(word) {
            *cell = value;
        }
    }
    fn acquire(&self) {}
    fn release(&self) {}
    fn full(&self) {}
}
