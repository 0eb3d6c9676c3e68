// SPDX-License-Identifier: MIT OR Apache-2.0
//! Digests as hexadecimal text, and the formulas of RFC 7616.

use core::fmt;

use md5::Md5;
use sha2::{Digest, Sha256, Sha512_256};
use subtle::ConstantTimeEq;

use crate::algorithm::Algorithm;

/// A digest in lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hex {
    digits: [u8; 64],
    length: usize,
}

impl Hex {
    fn of(octets: &[u8]) -> Self {
        let mut digits = [b'0'; 64];
        for (pair, octet) in digits.chunks_exact_mut(2).zip(octets) {
            for (digit, value) in pair.iter_mut().zip([octet >> 4, octet & 15]) {
                *digit = if value < 10 {
                    b'0' + value
                } else {
                    b'a' + (value - 10)
                };
            }
        }
        Self {
            digits,
            length: (octets.len() * 2).min(64),
        }
    }

    /// Reads as many digits as the algorithm's digests have, in either case.
    pub(crate) fn parse(algorithm: Algorithm, text: &str) -> Option<Self> {
        let length = algorithm.octets() * 2;
        if text.len() != length || !text.bytes().all(|c| c.is_ascii_hexdigit()) {
            return None;
        }
        let mut digits = [b'0'; 64];
        for (digit, c) in digits.iter_mut().zip(text.bytes()) {
            *digit = c.to_ascii_lowercase();
        }
        Some(Self { digits, length })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.digits.get(..self.length).unwrap_or(&self.digits)
    }

    pub(crate) fn as_str(&self) -> &str {
        core::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// Whether text from outside is this digest, without telling by time where it differs.
    pub(crate) fn matches(&self, other: &Hex) -> bool {
        self.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It may be a password's.
        f.write_str("Hex(…)")
    }
}

fn digest<D: Digest>(parts: &[&[u8]]) -> Hex {
    let mut hasher = D::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            hasher.update(b":");
        }
        hasher.update(part);
    }
    Hex::of(&hasher.finalize())
}

/// The digest of parts with colons between them.
pub(crate) fn joined(algorithm: Algorithm, parts: &[&[u8]]) -> Hex {
    match algorithm {
        Algorithm::Md5 => digest::<Md5>(parts),
        Algorithm::Sha256 => digest::<Sha256>(parts),
        Algorithm::Sha512_256 => digest::<Sha512_256>(parts),
    }
}
