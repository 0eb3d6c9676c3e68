// SPDX-License-Identifier: MIT OR Apache-2.0
//! Object identifiers, kept as they are encoded.

use crate::error::Fault;

/// Octets that an object identifier may have.
const MOST: usize = 24;

/// An object identifier.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Oid {
    octets: [u8; MOST],
    length: u8,
}

impl Oid {
    /// From its arcs, for constants.
    ///
    /// # Panics
    /// Fewer than two arcs, or more than fit; only constants call this, so the compiler sees it.
    #[must_use]
    pub(crate) const fn of(arcs: &[u32]) -> Oid {
        let mut octets = [0; MOST];
        let mut length = 0usize;
        let mut place = 1;
        while place < arcs.len() {
            let arc = if place == 1 {
                arcs[0] * 40 + arcs[1]
            } else {
                arcs[place]
            };
            let mut shift = 28;
            while shift > 0 && arc >> shift == 0 {
                shift -= 7;
            }
            loop {
                let more = if shift > 0 { 0x80 } else { 0 };
                octets[length] = ((arc >> shift) & 0x7F) as u8 | more;
                length += 1;
                if shift == 0 {
                    break;
                }
                shift -= 7;
            }
            place += 1;
        }
        Oid {
            octets,
            length: length as u8,
        }
    }

    /// From its contents octets.
    ///
    /// # Errors
    /// None or too many octets, or the last arc unfinished.
    pub fn from_octets(octets: &[u8]) -> Result<Oid, Fault> {
        match octets.last() {
            None => return Err(Fault::Truncated),
            Some(last) if last & 0x80 != 0 => return Err(Fault::Truncated),
            Some(_) => {}
        }
        let mut copy = [0; MOST];
        copy.get_mut(..octets.len())
            .ok_or(Fault::Long { most: MOST })?
            .copy_from_slice(octets);
        Ok(Oid {
            octets: copy,
            length: octets.len() as u8,
        })
    }

    /// Its contents octets.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        self.octets
            .get(..usize::from(self.length))
            .unwrap_or_default()
    }
}

impl core::fmt::Display for Oid {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut arc = 0u64;
        let mut first = true;
        for octet in self.octets() {
            arc = (arc << 7) | u64::from(octet & 0x7F);
            if octet & 0x80 != 0 {
                continue;
            }
            if first {
                let root = (arc / 40).min(2);
                write!(f, "{root}.{}", arc - root * 40)?;
            } else {
                write!(f, ".{arc}")?;
            }
            first = false;
            arc = 0;
        }
        Ok(())
    }
}

impl core::fmt::Debug for Oid {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Oid({self})")
    }
}
