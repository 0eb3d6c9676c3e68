// SPDX-License-Identifier: MIT OR Apache-2.0
//! Priorities and weights.

use std::collections::BTreeMap;

use sip_resolve::Config;

use super::{Zone, resolve};

/// The ports of the targets of `sip:h;transport=udp`, for a seed.
fn ports(zone: &Zone, seed: u64) -> Vec<u16> {
    let (outcome, _) = resolve(zone, "sip:h;transport=udp", Config::default(), seed);
    outcome
        .unwrap_or_default()
        .iter()
        .map(|t| t.address.port())
        .collect()
}

#[test]
fn priorities_are_kept_and_weights_share() {
    let zone = Zone::new(
        "_sip._udp.h SRV 20 60000 9 x
         _sip._udp.h SRV 10 60 1 x
         _sip._udp.h SRV 10 30 2 x
         _sip._udp.h SRV 10 10 3 x
         x A 192.0.2.1",
    );
    let mut first: BTreeMap<u16, u32> = BTreeMap::new();
    for seed in 0..10_000 {
        let order = ports(&zone, seed);
        assert_eq!(order.len(), 4);
        assert_eq!(order[3], 9);
        *first.entry(order[0]).or_default() += 1;
        assert_eq!(order, ports(&zone, seed));
    }
    // 6,000, 3,000 and 1,000 are expected; five standard deviations are at most 245.
    for (port, expected) in [(1, 6_000), (2, 3_000), (3, 1_000)] {
        assert!(first[&port].abs_diff(expected) < 250, "{first:?}");
    }
}

#[test]
fn a_weight_of_zero_is_seldom_first_and_never_left_out() {
    let zone = Zone::new(
        "_sip._udp.h SRV 0 0 1 x
         _sip._udp.h SRV 0 100 2 x
         x A 192.0.2.1",
    );
    let first = (0..2_000)
        .filter(|seed| ports(&zone, *seed)[0] == 1)
        .count();
    assert!((1..80).contains(&first), "{first} of 2,000");
    let even = Zone::new(
        "_sip._udp.h SRV 0 0 1 x
         _sip._udp.h SRV 0 0 2 x
         x A 192.0.2.1",
    );
    assert_eq!(ports(&even, 7).len(), 2);
}

#[test]
fn a_host_that_is_gone_is_passed_over() {
    let zone = Zone::new(
        "_sip._udp.h SRV 0 0 1 gone
         _sip._udp.h SRV 1 0 2 x
         _sip._udp.h SRV 2 0 3 192.0.2.7
         x A 192.0.2.1",
    );
    assert_eq!(ports(&zone, 1), [2, 3]);
}
