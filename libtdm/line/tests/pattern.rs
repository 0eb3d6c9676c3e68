// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! Test patterns.

use proptest::prelude::*;
use tdm_line::pattern::{Checker, Generator, Pattern, Verdict};

fn octets(pattern: Pattern, n: usize) -> Vec<u8> {
    let mut out = vec![0; n];
    Generator::new(pattern).fill(&mut out);
    out
}

#[test]
fn sequences_have_their_full_length() {
    for (pattern, length) in [
        (Pattern::Prbs9, 9),
        (Pattern::Prbs11, 11),
        (Pattern::Prbs15, 15),
        (Pattern::Prbs20, 20),
    ] {
        let period = (1usize << length) - 1;
        let line = octets(pattern, (2 * period).div_ceil(8) + 1);
        let bit = |n: usize| line[n / 8] & (0x80 >> (n % 8)) != 0;
        assert!(
            (0..period).all(|n| bit(n) == bit(n + period)),
            "{pattern:?}"
        );
        let ones = (0..period).filter(|&n| bit(n)).count();
        // One more one than zeros; inverted ones the other way round.
        let inverted = pattern == Pattern::Prbs15;
        assert_eq!(ones, period / 2 + usize::from(!inverted), "{pattern:?}");
        // No shorter period divides it.
        for divisor in [3, 5, 7, 11, 23, 31, 41, 73, 89, 151] {
            if period % divisor == 0 {
                let short = period / divisor;
                assert!(
                    (0..period).any(|n| bit(n) != bit(n + short)),
                    "{pattern:?} {divisor}"
                );
            }
        }
    }
}

#[test]
fn a_pattern_is_found_by_its_own_checker_only() {
    for sent in Pattern::ALL {
        assert_eq!(Pattern::from_name(sent.name()), Some(sent));
        let line = octets(sent, 4000);
        for expected in Pattern::ALL {
            let mut c = Checker::new(expected);
            c.push_all(&line);
            if sent == expected {
                assert!(c.is_locked(), "{sent:?}");
                assert_eq!((c.report().errors, c.report().losses), (0, 0));
                assert!(c.report().bits > 31_000);
            } else {
                assert!(!c.is_locked(), "{expected:?} took {sent:?} for its own");
            }
        }
    }
}

#[test]
fn constant_lines_are_no_pattern() {
    for pattern in Pattern::ALL {
        for octet in [0x00, 0xFF, 0xD5, 0x7E, 0x55] {
            let mut c = Checker::new(pattern);
            c.push_all(&vec![octet; 4000]);
            assert_eq!(c.report().locks, 0, "{pattern:?} {octet:#x}");
        }
    }
}

#[test]
fn a_slip_loses_the_pattern_and_it_is_found_again() {
    for pattern in Pattern::ALL {
        let line = octets(pattern, 4000);
        let mut c = Checker::new(pattern);
        c.push_all(&line[..2000]);
        let mut lost = false;
        for &o in &line[2001..] {
            lost |= c.push(o) == Verdict::Lost;
        }
        assert!(c.is_locked());
        assert!(
            lost && c.report().losses == 1 && c.report().locks == 2,
            "{pattern:?} {:?}",
            c.report()
        );
    }
}

proptest! {
    #[test]
    fn every_wrong_bit_is_counted_once(
        which in 0usize..6, start in 0usize..500, errors in prop::collection::btree_set(0usize..20_000, 0..40),
    ) {
        let pattern = Pattern::ALL[which];
        let mut line = octets(pattern, 3200 + start).split_off(start);
        let before = 100; // octets that are left alone, for the lock
        for e in &errors {
            line[before + e / 8] ^= 0x80 >> (e % 8);
        }
        let mut c = Checker::new(pattern);
        c.push_all(&line);
        prop_assert!(c.is_locked());
        prop_assert_eq!(c.report().errors, errors.len() as u64);
        prop_assert_eq!(c.report().losses, 0);
    }
}
