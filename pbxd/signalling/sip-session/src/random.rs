// SPDX-License-Identifier: MIT OR Apache-2.0
//! Unguessable identifiers from a seed.
//!
//! Whoever can guess a tag can end a call, so the generator is a stream cipher's key
//! stream (ChaCha20, RFC 8439) and not a statistical one.

/// The key stream of a seed.
pub(crate) struct Random {
    key: [u32; 8],
    block: u64,
    words: [u32; 16],
    used: usize,
}

fn quarter(s: &mut [u32; 16], a: usize, b: usize, c: usize, d: usize) {
    s[a] = s[a].wrapping_add(s[b]);
    s[d] = (s[d] ^ s[a]).rotate_left(16);
    s[c] = s[c].wrapping_add(s[d]);
    s[b] = (s[b] ^ s[c]).rotate_left(12);
    s[a] = s[a].wrapping_add(s[b]);
    s[d] = (s[d] ^ s[a]).rotate_left(8);
    s[c] = s[c].wrapping_add(s[d]);
    s[b] = (s[b] ^ s[c]).rotate_left(7);
}

fn block(key: &[u32; 8], number: u64) -> [u32; 16] {
    let mut start = [0_u32; 16];
    start[..4].copy_from_slice(&[0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574]);
    start[4..12].copy_from_slice(key);
    // 64 bits of block number, no nonce: one stream per seed.
    start[12] = u32::try_from(number & 0xffff_ffff).unwrap_or_default();
    start[13] = u32::try_from(number >> 32).unwrap_or_default();
    let mut s = start;
    for _ in 0..10 {
        quarter(&mut s, 0, 4, 8, 12);
        quarter(&mut s, 1, 5, 9, 13);
        quarter(&mut s, 2, 6, 10, 14);
        quarter(&mut s, 3, 7, 11, 15);
        quarter(&mut s, 0, 5, 10, 15);
        quarter(&mut s, 1, 6, 11, 12);
        quarter(&mut s, 2, 7, 8, 13);
        quarter(&mut s, 3, 4, 9, 14);
    }
    for (word, first) in s.iter_mut().zip(start) {
        *word = word.wrapping_add(first);
    }
    s
}

impl Random {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        let mut key = [0_u32; 8];
        for (word, octets) in key.iter_mut().zip(seed.chunks_exact(4)) {
            *word = octets
                .iter()
                .rev()
                .fold(0, |word, octet| word << 8 | u32::from(*octet));
        }
        Self {
            key,
            block: 0,
            words: [0; 16],
            used: 16,
        }
    }

    pub(crate) fn word(&mut self) -> u32 {
        if self.used >= self.words.len() {
            self.words = block(&self.key, self.block);
            self.block = self.block.wrapping_add(1);
            self.used = 0;
        }
        let word = self.words.get(self.used).copied().unwrap_or_default();
        self.used += 1;
        word
    }

    /// A number below `bound`, or 0 if the bound is 0. The bias is below 2^-16 for bounds
    /// up to 2^16.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        u32::try_from((u64::from(self.word()) * u64::from(bound)) >> 32).unwrap_or_default()
    }

    fn hex(&mut self, words: usize) -> String {
        (0..words).map(|_| format!("{:08x}", self.word())).collect()
    }

    /// A tag of 64 bits.
    pub(crate) fn tag(&mut self) -> String {
        self.hex(2)
    }

    /// A branch of 96 bits, with RFC 3261's cookie.
    pub(crate) fn branch(&mut self) -> String {
        format!("z9hG4bK{}", self.hex(3))
    }

    /// A Call-ID of 128 bits. It names no host: that would tell peers our address.
    pub(crate) fn call_id(&mut self) -> String {
        self.hex(4)
    }
}

impl core::fmt::Debug for Random {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // The state foretells every tag.
        f.write_str("Random")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_stream_of_the_zero_key_is_chacha20s() {
        let mut random = Random::new([0; 32]);
        assert_eq!(random.word().to_le_bytes(), [0x76, 0xb8, 0xe0, 0xad]);
        assert_eq!(random.word().to_le_bytes(), [0xa0, 0xf1, 0x3d, 0x90]);
        // The second block begins after sixteen words.
        let mut random = Random::new([0; 32]);
        let words: Vec<_> = (0..17).map(|_| random.word()).collect();
        assert_eq!(words[16].to_le_bytes(), [0x9f, 0x07, 0xe7, 0xbe]);
    }

    #[test]
    fn identifiers_do_not_repeat_and_bounds_hold() {
        let mut random = Random::new([7; 32]);
        let tags: std::collections::BTreeSet<_> = (0..1_000).map(|_| random.tag()).collect();
        assert_eq!(tags.len(), 1_000);
        assert!((0..1_000).all(|_| random.below(10) < 10));
        assert_eq!(random.below(0), 0);
    }
}
