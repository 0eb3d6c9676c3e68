// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which counts have been used with which nonce.

use std::collections::BTreeMap;

use crate::nonce::Issued;

/// Counts behind the highest that are still told apart.
pub(crate) const WINDOW: u32 = 64;

/// What has become of a nonce and a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    First,
    /// This count was used, or is so far behind that nobody knows.
    Again,
    /// The nonce was dropped from the table, or may have been.
    Forgotten,
}

#[derive(Debug, Clone, Copy)]
struct Counts {
    highest: u32,
    /// Bit `n`: `highest - n` was used.
    used: u64,
}

/// A bounded table of nonces by serial number, which is the order of their age.
#[derive(Debug)]
pub(crate) struct Replays {
    nonces: BTreeMap<u64, Counts>,
    limit: usize,
    /// Nonces up to this number are forgotten unless they stand in the table.
    floor: u64,
    pub(crate) dropped: u64,
}

impl Replays {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            nonces: BTreeMap::new(),
            limit: limit.max(1),
            floor: 0,
            dropped: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.nonces.len()
    }

    /// Notes a use. `count` is `None` for a nonce that may be used once, without counting.
    pub(crate) fn note(&mut self, nonce: Issued, count: Option<u32>) -> Use {
        let count = count.unwrap_or(u32::MAX);
        if let Some(counts) = self.nonces.get_mut(&nonce.serial) {
            return counts.note(count);
        }
        if nonce.serial <= self.floor {
            return Use::Forgotten;
        }
        self.nonces.insert(
            nonce.serial,
            Counts {
                highest: count,
                used: 1,
            },
        );
        if self.nonces.len() > self.limit {
            self.dropped += 1;
            self.drop_oldest();
        }
        Use::First
    }

    /// Forgets nonces up to this number, which are too old to be used.
    pub(crate) fn expire(&mut self, up_to: u64) {
        while self
            .nonces
            .first_key_value()
            .is_some_and(|(s, _)| *s <= up_to)
        {
            self.drop_oldest();
        }
        self.floor = self.floor.max(up_to);
    }

    fn drop_oldest(&mut self) {
        if let Some((serial, _)) = self.nonces.pop_first() {
            self.floor = self.floor.max(serial);
        }
    }
}

impl Counts {
    fn note(&mut self, count: u32) -> Use {
        if count > self.highest {
            let ahead = count - self.highest;
            self.used = self.used.checked_shl(ahead).unwrap_or(0) | 1;
            self.highest = count;
            return Use::First;
        }
        let behind = self.highest - count;
        if behind >= WINDOW || self.used & (1 << behind) != 0 {
            return Use::Again;
        }
        self.used |= 1 << behind;
        Use::First
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;

    fn nonce(serial: u64) -> Issued {
        Issued {
            at: Duration::ZERO,
            serial,
            source: [0; 4],
        }
    }

    #[test]
    fn each_count_passes_once_in_any_order_within_the_window() {
        let mut table = Replays::new(4);
        for count in [5, 3, 4, 1, 70, 7] {
            assert_eq!(table.note(nonce(1), Some(count)), Use::First, "{count}");
            assert_eq!(table.note(nonce(1), Some(count)), Use::Again, "{count}");
        }
        // 6 is exactly the window behind 70.
        assert_eq!(table.note(nonce(1), Some(6)), Use::Again);
        assert_eq!(table.note(nonce(1), Some(u32::MAX)), Use::First);
        assert_eq!(table.note(nonce(1), Some(8)), Use::Again);
    }

    #[test]
    fn what_falls_out_of_the_table_never_comes_back() {
        let mut table = Replays::new(2);
        assert_eq!(table.note(nonce(2), Some(1)), Use::First);
        assert_eq!(table.note(nonce(3), Some(1)), Use::First);
        assert_eq!(table.note(nonce(4), Some(1)), Use::First);
        assert_eq!((table.len(), table.dropped), (2, 1));
        assert_eq!(table.note(nonce(2), Some(2)), Use::Forgotten);
        assert_eq!(table.note(nonce(1), Some(1)), Use::Forgotten);
        table.expire(3);
        assert_eq!(table.len(), 1);
        assert_eq!(table.note(nonce(3), Some(2)), Use::Forgotten);
        assert_eq!(table.note(nonce(4), Some(2)), Use::First);
    }

    #[test]
    fn a_nonce_without_counting_serves_once() {
        let mut table = Replays::new(2);
        assert_eq!(table.note(nonce(1), None), Use::First);
        assert_eq!(table.note(nonce(1), None), Use::Again);
        assert_eq!(table.note(nonce(1), Some(1)), Use::Again);
    }
}
