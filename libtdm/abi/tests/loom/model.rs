// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! Shared memory as the checker's atomics, with fences that can be left out.

use kernel_rust_abi::words::Words;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicU64, Ordering, fence};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Plain memory of one thread, to prepare a region before the model starts.
#[derive(Default)]
pub(crate) struct Plain(RefCell<BTreeMap<usize, u64>>);

impl Words for Plain {
    fn load(&self, word: usize) -> u64 {
        self.0.borrow().get(&word).copied().unwrap_or(0)
    }
    fn store(&self, word: usize, value: u64) {
        self.0.borrow_mut().insert(word, value);
    }
    fn acquire(&self) {}
    fn release(&self) {}
    fn full(&self) {}
}

/// A region whose given words both threads see; all others read as zero and ignore stores.
pub(crate) struct Region(BTreeMap<usize, AtomicU64>);

impl Region {
    /// The words of `shared`, with the values that stand in `prepared`.
    pub(crate) fn new(prepared: &Plain, shared: impl IntoIterator<Item = usize>) -> Arc<Self> {
        Arc::new(Self(
            shared
                .into_iter()
                .map(|word| (word, AtomicU64::new(prepared.load(word))))
                .collect(),
        ))
    }
}

/// Which fences a side has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fences {
    /// All, as the contract asks.
    All,
    /// Its acquire fences do nothing.
    NoAcquire,
    /// Its release fences do nothing, and its full fences neither, since they release too.
    NoRelease,
    /// Its full fences only acquire and release.
    NoFull,
}

/// One side's view of a region.
#[derive(Clone)]
pub(crate) struct View {
    region: Arc<Region>,
    fences: Fences,
}

impl View {
    pub(crate) fn new(region: &Arc<Region>, fences: Fences) -> Self {
        Self {
            region: region.clone(),
            fences,
        }
    }
}

impl Words for View {
    fn load(&self, word: usize) -> u64 {
        self.region
            .0
            .get(&word)
            .map_or(0, |cell| cell.load(Ordering::Relaxed))
    }
    fn store(&self, word: usize, value: u64) {
        if let Some(cell) = self.region.0.get(&word) {
            cell.store(value, Ordering::Relaxed);
        }
    }
    fn acquire(&self) {
        if self.fences != Fences::NoAcquire {
            fence(Ordering::Acquire);
        }
    }
    fn release(&self) {
        if self.fences != Fences::NoRelease {
            fence(Ordering::Release);
        }
    }
    fn full(&self) {
        match self.fences {
            Fences::All | Fences::NoAcquire => fence(Ordering::SeqCst),
            Fences::NoFull => fence(Ordering::AcqRel),
            Fences::NoRelease => {}
        }
    }
}

/// Checks a model with this bound on preemptions.
pub(crate) fn check(preemptions: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.max_branches = 10_000;
    builder.check(model);
}
