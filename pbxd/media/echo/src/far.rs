// SPDX-License-Identifier: MIT OR Apache-2.0
//! The far end's past, as G.711 codes: a byte a sample, one ring a lane.

use g711::Law;

use crate::constants::{BLOCK, NARROW, single as k};
use crate::lanes::LANES;

/// Samples that codes stand for.
static A: [f32; 256] = table(Law::A);
static MU: [f32; 256] = table(Law::Mu);

const fn table(law: Law) -> [f32; 256] {
    let mut all = [0.0; 256];
    let mut code = 0;
    while code < 256 {
        all[code] = law.decode(code as u8) as f32;
        code += 1;
    }
    all
}

/// The decoder of a law.
#[inline(always)]
pub(crate) fn decoder(law: Law) -> &'static [f32; 256] {
    match law {
        Law::A => &A,
        Law::Mu => &MU,
    }
}

/// The rings of a group; all are written at the same place.
#[derive(Clone, Debug)]
pub(crate) struct FarEnd {
    codes: Vec<u8>,
    length: usize,
    /// Where the next block goes.
    head: usize,
    laws: [Law; LANES],
}

impl FarEnd {
    /// Rings that reach `tail` samples back.
    pub(crate) fn new(tail: usize) -> Self {
        let length = tail.max(NARROW) + 2 * BLOCK;
        Self {
            codes: vec![Law::Mu.idle(); length * LANES],
            length,
            head: 0,
            laws: [Law::Mu; LANES],
        }
    }

    /// An empty past in this law.
    pub(crate) fn reset(&mut self, lane: usize, law: Law) {
        self.laws[lane] = law;
        self.ring_mut(lane).fill(law.idle());
    }

    #[inline(always)]
    pub(crate) fn law(&self, lane: usize) -> Law {
        self.laws[lane]
    }

    fn ring_mut(&mut self, lane: usize) -> &mut [u8] {
        &mut self.codes[lane * self.length..(lane + 1) * self.length]
    }

    /// Writes the coming block of a lane; [`FarEnd::advance`] follows for all.
    #[inline(always)]
    pub(crate) fn write(&mut self, lane: usize, block: &[u8]) {
        let head = self.head;
        self.ring_mut(lane)[head..head + BLOCK].copy_from_slice(block);
    }

    /// The blocks written are the newest now.
    #[inline(always)]
    pub(crate) fn advance(&mut self) {
        self.head += BLOCK;
        if self.head == self.length {
            self.head = 0;
        }
    }

    /// Whitened samples of a lane, the oldest first; the last one is `age` samples older than the newest.
    #[inline(always)]
    pub(crate) fn whitened(&self, lane: usize, age: usize, out: &mut [f32]) {
        let ring = &self.codes[lane * self.length..(lane + 1) * self.length];
        let table = decoder(self.laws[lane]);
        let mut at = (self.head + 2 * self.length - age - out.len() - 1) % self.length;
        let mut last = table[usize::from(ring[at])];
        for out in out {
            at += 1;
            if at == ring.len() {
                at = 0;
            }
            let v = table[usize::from(ring[at])];
            *out = v - k::PRE * last;
            last = v;
        }
    }

    /// Bytes of memory behind the struct.
    pub(crate) fn heap(&self) -> usize {
        self.codes.capacity()
    }
}
