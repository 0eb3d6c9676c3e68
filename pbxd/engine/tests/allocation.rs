// SPDX-License-Identifier: MIT OR Apache-2.0
//! A worker's tick does not allocate. The only test in its program, since it counts for one thread.
#![allow(clippy::unwrap_used)]

mod common;

use common::rig::{Rig, pattern};
use media_engine::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// The thread whose allocations count; 0 for none.
static WATCHED: AtomicI64 = AtomicI64::new(0);
static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

struct Counting;

fn count() {
    let watched = WATCHED.load(Ordering::Relaxed);
    if watched != 0 && i64::from(nix::unistd::gettid().as_raw()) == watched {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
    }
}

// SAFETY: every call is handed to the system's allocator as it came; counting neither allocates nor panics.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count();
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The worker's thread, by its name.
fn worker() -> i64 {
    for entry in std::fs::read_dir("/proc/self/task").unwrap() {
        let entry = entry.unwrap();
        let name = std::fs::read_to_string(entry.path().join("comm")).unwrap();
        if name.trim() == "media-0" {
            return entry.file_name().to_str().unwrap().parse().unwrap();
        }
    }
    panic!("no thread is called media-0");
}

#[test]
fn a_tick_neither_allocates_nor_frees() {
    for backend in [BackendKind::Uring, BackendKind::Plain] {
        let mut rig = Rig::new(backend, 1, pattern());
        let mut settings = Media::default();
        let mut calls: Vec<_> = (1..=31)
            .map(|slot| {
                settings.law = if slot % 4 == 0 {
                    g711::Law::Mu
                } else {
                    g711::Law::A
                };
                rig.call(0, slot, settings)
            })
            .collect();
        WATCHED.store(worker(), Ordering::Relaxed);
        ALLOCATIONS.store(0, Ordering::Relaxed);
        // Loss (each far end sends 3 of 4 packets), reports (5 s), learning of addresses, events to the owner, and a flood.
        for round in 0..60 {
            for _ in 0..3 {
                rig.run(&mut calls, 20, 8, 160);
            }
            rig.card.ticks(60);
            if round == 30 {
                for _ in 0..100 {
                    calls[0].far.send(8, &[0x55; 160]);
                }
            }
        }
        rig.engine.tone(calls[3].id, Some(Tone::Ringback)).unwrap();
        rig.run(&mut calls, 500, 8, 160);
        let seen = ALLOCATIONS.load(Ordering::Relaxed);
        WATCHED.store(0, Ordering::Relaxed);
        assert_eq!(seen, 0, "{backend:?}");
        let stats = rig.stats(&calls[0]);
        assert!(
            stats.rtcp[0] >= 1 && stats.playout.concealed_frames > 0,
            "{stats:?}"
        );
        // The counter counts: closing takes the channel apart.
        WATCHED.store(worker(), Ordering::Relaxed);
        let _ = rig.engine.stats(false);
        WATCHED.store(0, Ordering::Relaxed);
        assert!(
            ALLOCATIONS.load(Ordering::Relaxed) > seen,
            "a request for figures boxes its answer"
        );
    }
}
