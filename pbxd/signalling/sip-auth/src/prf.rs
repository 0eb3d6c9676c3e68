// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keyed functions from one seed.

use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// HMAC-SHA-256 (RFC 2104) under a seed; `label` separates its uses.
#[derive(Clone)]
pub(crate) struct Prf {
    keyed: Hmac<Sha256>,
}

impl Prf {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        let mut block = [0; 64];
        for (place, octet) in block.iter_mut().zip(seed) {
            *place = octet;
        }
        // A key shorter than the block is filled up with zeros, so this is HMAC under `seed`.
        Self {
            keyed: Hmac::new(&block.into()),
        }
    }

    /// The function's value for parts, each with its length in front.
    pub(crate) fn value(&self, label: u8, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.keyed.clone();
        mac.update(&[label]);
        for part in parts {
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
            mac.update(&length.to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Prf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prf")
    }
}

/// Octets as lower-case hexadecimal digits.
pub(crate) fn hex(octets: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    octets
        .iter()
        .flat_map(|o| [digit(o >> 4), digit(o & 15)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_boundaries_make_different_values() {
        let prf = Prf::new([1; 32]);
        let one = prf.value(0, &[b"ab", b"c"]);
        assert_eq!(one, Prf::new([1; 32]).value(0, &[b"ab", b"c"]));
        assert_ne!(one, prf.value(1, &[b"ab", b"c"]));
        assert_ne!(one, prf.value(0, &[b"a", b"bc"]));
        assert_ne!(one, Prf::new([2; 32]).value(0, &[b"ab", b"c"]));
        assert_eq!(hex(&[0x0f, 0xa0]), "0fa0");
    }
}
