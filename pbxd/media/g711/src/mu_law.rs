// SPDX-License-Identifier: MIT OR Apache-2.0
//! The mu-law: 15 segments, 14-bit samples, all bits inverted on the line.

/// Added to a magnitude so that every segment begins at a power of two: 33 of the 14-bit units.
const BIAS: u16 = 33 << 2;
/// The largest magnitude that still belongs to the last interval: just under 8,159 units.
const CLIP: u16 = (8159 << 2) - 1;

const DECODE: [i16; 256] = decode_table();

/// The magnitude, 0 to 32,124, in the middle of interval `code & 0x7F` (before inversion).
const fn magnitude(code: u8) -> i16 {
    let step = (code & 0x0F) as i32;
    let segment = (code >> 4) & 0x07;
    // (2·step + 33) · 2^segment − 33 in 14-bit units.
    ((((2 * step + 33) << segment) - 33) << 2) as i16
}

const fn decode_table() -> [i16; 256] {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        let plain = !(code as u8);
        let m = magnitude(plain);
        table[code] = if plain & 0x80 == 0 { m } else { -m };
        code += 1;
    }
    table
}

/// The 16-bit sample that a mu-law code stands for. The two zeros, 0xFF and 0x7F, both give 0.
#[must_use]
#[inline]
pub const fn mu_decode(code: u8) -> i16 {
    DECODE[code as usize]
}

/// The mu-law code of a 16-bit sample. Zero gives 0xFF, never 0x7F.
#[must_use]
#[inline]
pub const fn mu_encode(sample: i16) -> u8 {
    let (sign, magnitude) = if sample < 0 {
        (0x80, !sample)
    } else {
        (0x00, sample)
    };
    !(plain_code(magnitude as u16) | sign)
}

/// Segment and step, 0 to 127, of a magnitude up to 32,767.
pub(crate) const fn plain_code(magnitude: u16) -> u8 {
    let clipped = if magnitude > CLIP { CLIP } else { magnitude };
    let biased = (clipped + BIAS) >> 2;
    // 33 ≤ biased < 8,192: the leading one is at bit 5 (segment 0) to bit 12 (segment 7).
    let segment = 15 - biased.leading_zeros() - 5;
    let step = (biased >> (segment + 1)) & 0x0F;
    ((segment as u8) << 4) | step as u8
}
