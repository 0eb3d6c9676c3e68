// SPDX-License-Identifier: MIT OR Apache-2.0
//! Nonces that prove their own age.
//!
//! A nonce is the time, a serial number and a mark of the address it was sent to, sealed: 16
//! octets of tag over realm and contents, and then the contents, covered with a pad made from
//! the tag. Without the key nobody can make one, and nobody can read from it how long we run
//! or how many we gave out.

use core::net::IpAddr;
use core::time::Duration;

use subtle::ConstantTimeEq;

use crate::prf::{Prf, hex};

/// Hexadecimal digits of a nonce.
const DIGITS: usize = 64;
const SEAL: u8 = 1;
const PAD: u8 = 2;
const SOURCE: u8 = 5;

/// What a nonce of ours says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Issued {
    pub(crate) at: Duration,
    pub(crate) serial: u64,
    /// The mark of the address it was sent to.
    pub(crate) source: [u8; 4],
}

#[derive(Debug)]
pub(crate) struct Nonces {
    prf: Prf,
    realm: String,
    serial: u64,
}

impl Nonces {
    pub(crate) fn new(realm: &str, seed: [u8; 32]) -> Self {
        Self {
            prf: Prf::new(seed),
            realm: realm.to_string(),
            serial: 0,
        }
    }

    pub(crate) fn issue(&mut self, now: Duration, source: IpAddr) -> String {
        self.serial = self.serial.saturating_add(1);
        let millis = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        // 48 bits of milliseconds are 8,900 years; 48 bits of numbers will do as well.
        let parts = millis
            .to_be_bytes()
            .into_iter()
            .skip(2)
            .chain(self.serial.to_be_bytes().into_iter().skip(2))
            .chain(self.mark(source));
        let mut plain = [0; 16];
        for (place, octet) in plain.iter_mut().zip(parts) {
            *place = octet;
        }
        let tag = self.tag(&plain);
        format!("{}{}", hex(&tag), hex(&self.cover(&tag, &plain)))
    }

    /// What a nonce says, if it is one of ours.
    pub(crate) fn open(&self, nonce: &str) -> Option<Issued> {
        if nonce.len() != DIGITS {
            return None;
        }
        let (tag, body) = nonce.split_at_checked(DIGITS / 2)?;
        let (tag, body) = (octets(tag)?, octets(body)?);
        let plain = self.cover(&tag, &body);
        if !bool::from(self.tag(&plain).ct_eq(&tag)) {
            return None;
        }
        let number = |part: &[u8]| part.iter().fold(0_u64, |n, o| n << 8 | u64::from(*o));
        let [head @ .., a, b, c, d] = plain;
        let (millis, serial) = head.split_at(6);
        Some(Issued {
            at: Duration::from_millis(number(millis)),
            serial: number(serial),
            source: [a, b, c, d],
        })
    }

    /// The mark of an address: enough to tell who was sent a nonce, too little to find out
    /// from it what addresses there are.
    pub(crate) fn mark(&self, source: IpAddr) -> [u8; 4] {
        let address = match source {
            IpAddr::V4(a) => a.to_ipv6_mapped(),
            IpAddr::V6(a) => a,
        };
        let [a, b, c, d, ..] = self.prf.value(SOURCE, &[&address.octets()]);
        [a, b, c, d]
    }

    fn tag(&self, plain: &[u8; 16]) -> [u8; 16] {
        first_half(self.prf.value(SEAL, &[self.realm.as_bytes(), plain]))
    }

    /// Covers, and uncovers.
    fn cover(&self, tag: &[u8; 16], text: &[u8; 16]) -> [u8; 16] {
        let mut pad = first_half(self.prf.value(PAD, &[tag]));
        for (place, octet) in pad.iter_mut().zip(text) {
            *place ^= octet;
        }
        pad
    }
}

fn first_half(value: [u8; 32]) -> [u8; 16] {
    let mut out = [0; 16];
    for (place, octet) in out.iter_mut().zip(value) {
        *place = octet;
    }
    out
}

/// Reads 32 lower-case hexadecimal digits. Others are not ours: one nonce has one spelling,
/// so that its counts cannot be started anew under another.
fn octets(text: &str) -> Option<[u8; 16]> {
    let digit = |c: &u8| match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'a'..=b'f' => Some(c - b'a' + 10),
        _ => None,
    };
    let mut out = [0; 16];
    let mut pairs = text.as_bytes().chunks_exact(2);
    for place in &mut out {
        *place = match pairs.next()? {
            [high, low] => digit(high)? << 4 | digit(low)?,
            _ => return None,
        };
    }
    pairs.next().is_none().then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(core::net::Ipv4Addr::new(192, 0, 2, 1));

    #[test]
    fn a_nonce_opens_for_its_realm_and_key_only() {
        let now = Duration::from_millis(123_456);
        let mut ours = Nonces::new("a", [3; 32]);
        let first = ours.issue(now, HERE);
        let second = ours.issue(now, HERE);
        assert_ne!(first, second);
        let source = ours.mark(HERE);
        let issued = Issued {
            at: now,
            serial: 2,
            source,
        };
        assert_eq!(ours.open(&second), Some(issued));
        assert_ne!(ours.mark("192.0.2.2".parse().unwrap()), source);
        assert_eq!(ours.mark("::ffff:192.0.2.1".parse().unwrap()), source);
        assert_eq!(Nonces::new("b", [3; 32]).open(&first), None);
        assert_eq!(Nonces::new("a", [4; 32]).open(&first), None);
        for at in 0..DIGITS {
            let mut bad = first.clone().into_bytes();
            bad[at] = if bad[at] == b'0' { b'1' } else { b'0' };
            assert_eq!(ours.open(core::str::from_utf8(&bad).unwrap()), None, "{at}");
        }
        assert_eq!(ours.open(&first.to_uppercase()), None);
        assert_eq!(ours.open(""), None);
        assert_eq!(ours.open(&"é".repeat(32)), None);
    }

    #[test]
    fn nonces_of_neighbouring_numbers_share_nothing() {
        let mut ours = Nonces::new("a", [3; 32]);
        let one = ours.issue(Duration::ZERO, HERE);
        let two = ours.issue(Duration::ZERO, HERE);
        let same = one.bytes().zip(two.bytes()).filter(|(a, b)| a == b).count();
        assert!(same < 20, "{same} of 64 digits are the same");
    }
}
