// SPDX-License-Identifier: MIT OR Apache-2.0
//! Fixed mutations of an input: the same seed gives the same bytes on every machine.

/// The largest input that mutations make.
const MAX_BYTES: usize = 8 * 1024;

/// Values at which lengths and counters go wrong.
const EDGES: [u8; 8] = [0x00, 0x01, 0x7e, 0x7f, 0x80, 0xfe, 0xff, b'\n'];

/// A small generator of numbers (SplitMix64).
#[derive(Clone, Debug)]
pub struct Numbers(u64);

impl Numbers {
    /// The numbers of this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn next_number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 if `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        let number = self.next_number() >> 1;
        usize::try_from(number)
            .unwrap_or(usize::MAX)
            .checked_rem(end)
            .unwrap_or(0)
    }
}

/// One mutation of `input`: one to four edits, some with bytes of `other`.
#[must_use]
pub fn mutate(input: &[u8], other: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=numbers.below(4) {
        edit(&mut bytes, other, numbers);
    }
    bytes.truncate(MAX_BYTES);
    bytes
}

fn edit(bytes: &mut Vec<u8>, other: &[u8], numbers: &mut Numbers) {
    let at = numbers.below(bytes.len());
    let end = at + numbers.below(bytes.len() - at + 1).min(64);
    let edge = EDGES
        .get(numbers.below(EDGES.len()))
        .copied()
        .unwrap_or_default();
    match numbers.below(9) {
        0 => change(bytes, at, |byte| byte ^ (1 << (edge & 7))),
        1 => change(bytes, at, |_| edge),
        2 => change(bytes, at, |byte| byte.wrapping_add(1)),
        3 => change(bytes, at, |byte| byte.wrapping_sub(1)),
        4 => bytes.insert(at, edge),
        5 => drop(bytes.drain(at..end)),
        6 => {
            // The same piece twice, as a repeated element or header.
            let piece = bytes.get(at..end).unwrap_or_default().to_vec();
            bytes.splice(at..at, piece);
        }
        7 => {
            // A piece of another input in the place of one of this.
            let from = numbers.below(other.len());
            let to = (from + numbers.below(64)).min(other.len());
            let piece = other.get(from..to).unwrap_or_default().to_vec();
            bytes.splice(at..end, piece);
        }
        _ => bytes.truncate(at),
    }
}

fn change(bytes: &mut [u8], at: usize, new: impl FnOnce(u8) -> u8) {
    if let Some(byte) = bytes.get_mut(at) {
        *byte = new(*byte);
    }
}
