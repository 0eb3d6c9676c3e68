// SPDX-License-Identifier: MIT OR Apache-2.0
//! From one law to the other, code by code.
//!
//! Each entry is derived from the two laws' definitions: the magnitude that the code decodes to,
//! encoded in the other law, with the sign kept. G.711 prints conversion tables of its own (clause
//! not checked); the derivation has not been compared with that print.

use crate::{a_decode, a_law, mu_decode, mu_law};

const A_TO_MU: [u8; 256] = a_to_mu_table();
const MU_TO_A: [u8; 256] = mu_to_a_table();

const fn a_to_mu_table() -> [u8; 256] {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        let sign = code as u8 & 0x80; // set for positive samples in both laws on the line
        let plain = mu_law::plain_code(a_decode(code as u8).unsigned_abs());
        table[code] = (!plain & 0x7F) | sign;
        code += 1;
    }
    table
}

const fn mu_to_a_table() -> [u8; 256] {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        let sign = code as u8 & 0x80;
        let plain = a_law::plain_code(mu_decode(code as u8).unsigned_abs());
        table[code] = ((plain ^ 0x55) & 0x7F) | sign;
        code += 1;
    }
    table
}

/// The mu-law code nearest to an A-law code; the sign is kept.
#[must_use]
#[inline]
pub const fn a_to_mu(code: u8) -> u8 {
    A_TO_MU[code as usize]
}

/// The A-law code nearest to a mu-law code; the sign is kept.
#[must_use]
#[inline]
pub const fn mu_to_a(code: u8) -> u8 {
    MU_TO_A[code as usize]
}
