// SPDX-License-Identifier: MIT OR Apache-2.0
//! Comparing what was sent with what arrived, sample by sample, where samples may have been dropped or repeated.

use std::ops::Range;

/// Octets of one compared block: 20 ms.
pub(crate) const BLOCK: usize = 160;
/// How far a block may have moved against the one before it, in octets: a correction of the fill moves by a few, a packet that
/// was held up by as much as the playout stage shifts a stream.
const WANDER: usize = 1600;
/// How many more octets a block must match at another place before it counts as moved there: noise matches by chance.
const GAIN: usize = 16;
/// Blocks that are tried as the first one found.
const ANCHORS: usize = 50;

/// The result of a comparison.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Comparison {
    /// Octets that were compared.
    pub(crate) compared: usize,
    /// Octets that arrived as they were sent.
    pub(crate) identical: usize,
    /// Times that the place in `heard` slipped against the place in `sent`.
    pub(crate) slips: usize,
    /// For each block of `sent`, where it begins in `heard`, if all of it arrived as it was sent.
    pub(crate) places: Vec<Option<usize>>,
}

impl Comparison {
    /// Identical octets in per cent of those sent.
    pub(crate) fn percent(&self) -> f64 {
        if self.compared == 0 {
            0.0
        } else {
            self.identical as f64 * 100.0 / self.compared as f64
        }
    }

    /// The stretch of `heard` that holds all whole blocks.
    pub(crate) fn stretch(&self) -> Option<Range<usize>> {
        let places = self.places.iter().flatten();
        Some(*places.clone().min()?..places.max()? + BLOCK)
    }
}

/// Finds `sent` in `heard` and compares block by block. `None` when no piece of it is found.
///
/// One block is found by its exact octets, beginning with those that vary most, so that silence does not align with silence.
/// From there on forward and backward each block is expected where the last one ended; one that is not there is looked for
/// around, and may have slipped in its middle.
pub(crate) fn compare(sent: &[u8], heard: &[u8]) -> Option<Comparison> {
    let blocks = sent.len() / BLOCK;
    let (anchor, place) = anchors(sent).into_iter().find_map(|index| {
        let block = sent.get(index * BLOCK..(index + 1) * BLOCK)?;
        let place = heard.windows(BLOCK).position(|window| window == block)?;
        Some((index, place))
    })?;
    let mut result = Comparison {
        places: vec![None; blocks],
        ..Comparison::default()
    };
    let mut follow = |indices: &mut dyn Iterator<Item = usize>, forward: bool| {
        let mut offset = place as isize - (anchor * BLOCK) as isize;
        for index in indices {
            let Some(block) = sent.get(index * BLOCK..(index + 1) * BLOCK) else {
                continue;
            };
            let found = find(block, heard, index, offset, forward);
            result.compared += BLOCK;
            result.identical += found.identical;
            result.slips += usize::from(found.next != offset);
            offset = found.next;
            let at = (index * BLOCK) as isize + found.begin;
            if let Some(place) = result.places.get_mut(index) {
                *place = usize::try_from(at)
                    .ok()
                    .filter(|_| found.identical == BLOCK && found.whole);
            }
        }
    };
    follow(&mut (anchor..blocks), true);
    follow(&mut (0..anchor).rev(), false);
    Some(result)
}

/// Indices of blocks, those with the most distinct octets first.
fn anchors(sent: &[u8]) -> Vec<usize> {
    let variety = |block: &[u8]| {
        let mut seen = [false; 256];
        block
            .iter()
            .for_each(|octet| seen[usize::from(*octet)] = true);
        seen.iter().filter(|seen| **seen).count()
    };
    let mut indices: Vec<(usize, usize)> =
        sent.chunks_exact(BLOCK).map(variety).enumerate().collect();
    indices.sort_by_key(|(_, distinct)| std::cmp::Reverse(*distinct));
    indices
        .into_iter()
        .take(ANCHORS)
        .map(|(index, _)| index)
        .collect()
}

/// Where a block was found.
struct Found {
    identical: usize,
    /// The offset at which it begins.
    begin: isize,
    /// It stands in one piece.
    whole: bool,
    /// The offset at which the neighbour is to be expected.
    next: isize,
}

/// Finds a block whose one neighbour ended at `offset`. A slip in its middle splits it in two: the part on the side of that
/// neighbour stands at `offset`, the rest at another one.
fn find(block: &[u8], heard: &[u8], index: usize, offset: isize, forward: bool) -> Found {
    let matches = |offset: isize| -> [bool; BLOCK] {
        let begin = (index * BLOCK) as isize + offset;
        let mut equal = [false; BLOCK];
        for (at, (equal, octet)) in equal.iter_mut().zip(block).enumerate() {
            let place = usize::try_from(begin + at as isize).ok();
            *equal = place.and_then(|place| heard.get(place)) == Some(octet);
        }
        if !forward {
            equal.reverse();
        }
        equal
    };
    let straight = matches(offset);
    let count = straight.iter().filter(|equal| **equal).count();
    let mut best = Found {
        identical: count,
        begin: offset,
        whole: true,
        next: offset,
    };
    if count == BLOCK {
        return best;
    }
    let near = 0..=WANDER as isize;
    for other in near.flat_map(|by| [offset + by, offset - by]) {
        let moved = matches(other);
        let (identical, split) = split(&straight, &moved);
        if identical >= best.identical + if best.next == offset { GAIN } else { 1 } {
            best = Found {
                identical,
                begin: other,
                whole: split == 0,
                next: other,
            };
        }
    }
    best
}

/// The most octets that match with the first part at one offset and the rest at another, and how long the first part is.
fn split(first: &[bool; BLOCK], rest: &[bool; BLOCK]) -> (usize, usize) {
    let mut identical = rest.iter().filter(|equal| **equal).count();
    let mut best = (identical, 0);
    for (at, (first, rest)) in first.iter().zip(rest).enumerate() {
        identical += usize::from(*first);
        identical -= usize::from(*rest);
        if identical > best.0 {
            best = (identical, at + 1);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(length: usize) -> Vec<u8> {
        let mut state = 1u32;
        (0..length)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect()
    }

    #[test]
    fn finds_a_shifted_copy() {
        let sent = noise(8000);
        let heard = [vec![0xd5; 333], sent.clone(), vec![0xd5; 100]].concat();
        let found = compare(&sent, &heard).unwrap();
        assert_eq!(
            (found.compared, found.identical, found.slips),
            (8000, 8000, 0)
        );
        assert_eq!(
            (found.places[0], found.places[49]),
            (Some(333), Some(333 + 49 * BLOCK))
        );
        assert_eq!(found.stretch(), Some(333..8333));
        assert_eq!(found.percent(), 100.0);
    }

    #[test]
    fn damage_is_counted_octet_by_octet() {
        let sent = noise(8000);
        let mut heard = [vec![0xd5; 100], sent.clone()].concat();
        for at in [1000, 1001, 5000] {
            heard[at] ^= 1;
        }
        let found = compare(&sent, &heard).unwrap();
        assert_eq!((found.identical, found.slips), (7997, 0));
    }

    #[test]
    fn a_dropped_sample_costs_one_sample_and_a_slip() {
        let sent = noise(8000);
        for at in [200, 4000, 4090, 7900] {
            let mut heard = [vec![0xd5; 100], sent.clone()].concat();
            heard.remove(at);
            let found = compare(&sent, &heard).unwrap();
            assert_eq!(found.slips, 1, "{at}");
            assert!(found.identical >= 7998 - GAIN, "{at}: {}", found.identical);
            assert!(found.places.iter().filter(|place| place.is_none()).count() <= 2);
        }
    }

    #[test]
    fn a_repeated_sample_costs_none() {
        let sent = noise(8000);
        let mut heard = [vec![0xd5; 100], sent.clone()].concat();
        heard.insert(4050, heard[4050]);
        let found = compare(&sent, &heard).unwrap();
        assert_eq!((found.identical, found.slips), (8000, 1));
    }

    #[test]
    fn a_lost_packet_and_a_shift_behind_it_are_followed() {
        let sent = noise(8000);
        let heard = [&sent[..3200], &[0xd5; 160 + 400][..], &sent[3360..]].concat();
        let found = compare(&sent, &heard).unwrap();
        assert!(
            found.slips >= 1 && (7840..=7850).contains(&found.identical),
            "{}",
            found.identical
        );
    }

    #[test]
    fn what_is_cut_off_counts_as_different() {
        let sent = noise(8000);
        let found = compare(&sent, &sent[800..7200]).unwrap();
        assert_eq!(found.compared, 8000);
        assert!(
            (6400..6500).contains(&found.identical),
            "{}",
            found.identical
        );
    }

    #[test]
    fn silence_does_not_align_with_silence() {
        let sent = [vec![0xd5; 1600], noise(1600), vec![0xd5; 1600]].concat();
        let heard = [vec![0xd5; 5000], sent.clone(), vec![0xd5; 5000]].concat();
        let found = compare(&sent, &heard).unwrap();
        assert_eq!((found.identical, found.places[0]), (4800, Some(5000)));
    }

    #[test]
    fn unrelated_noise_is_not_found() {
        let sent = noise(4000);
        let heard: Vec<u8> = noise(8000)[4000..]
            .iter()
            .map(|octet| octet ^ 0x2a)
            .collect();
        assert_eq!(compare(&sent, &heard), None);
        assert_eq!(compare(&sent, &[]), None);
        assert_eq!(compare(&[], &heard), None);
    }
}
