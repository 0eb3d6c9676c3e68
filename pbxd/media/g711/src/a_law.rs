// SPDX-License-Identifier: MIT OR Apache-2.0
//! The A-law: 13 segments, 13-bit samples, even bits inverted on the line.

/// The even-bit inversion.
const INVERT: u8 = 0x55;

const DECODE: [i16; 256] = decode_table();

/// The magnitude, 8 to 32,256, in the middle of interval `code & 0x7F` (before inversion).
const fn magnitude(code: u8) -> i16 {
    let step = (code & 0x0F) as i16;
    let segment = (code >> 4) & 0x07;
    // Twice the step plus one is the middle of the interval in 13-bit units. Segments 0 and 1
    // share the smallest step; from segment 1 on the leading one (32) is implied.
    let middle = match segment {
        0 => 2 * step + 1,
        s => (2 * step + 33) << (s - 1),
    };
    middle << 3
}

const fn decode_table() -> [i16; 256] {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        let plain = code as u8 ^ INVERT;
        let m = magnitude(plain);
        table[code] = if plain & 0x80 != 0 { m } else { -m };
        code += 1;
    }
    table
}

/// The 16-bit sample that an A-law code stands for.
#[must_use]
#[inline]
pub const fn a_decode(code: u8) -> i16 {
    DECODE[code as usize]
}

/// The A-law code of a 16-bit sample.
#[must_use]
#[inline]
pub const fn a_encode(sample: i16) -> u8 {
    let (sign, magnitude) = if sample < 0 {
        (0x00, !sample)
    } else {
        (0x80, sample)
    };
    plain_code(magnitude as u16) ^ sign ^ INVERT
}

/// Segment and step, 0 to 127, of a magnitude up to 32,767.
pub(crate) const fn plain_code(magnitude: u16) -> u8 {
    let units = magnitude >> 4; // the smallest interval is 2 of the 13-bit units, 16 of ours
    if units < 16 {
        units as u8
    } else {
        // 16 ≤ units < 2,048: the leading one is at bit 4 (segment 1) to bit 10 (segment 7).
        let segment = 15 - units.leading_zeros() - 3;
        let step = (units >> (segment - 1)) & 0x0F;
        ((segment as u8) << 4) | step as u8
    }
}
