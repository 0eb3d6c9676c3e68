// SPDX-License-Identifier: MIT OR Apache-2.0
//! Pings and what they find.

use sip_stream::{KeepAlive, KeepAliveConfig, Ping};

use super::at;

#[test]
fn silence_is_pinged_between_four_fifths_and_the_whole_interval() {
    let config = KeepAliveConfig::default();
    let mut times = std::collections::BTreeSet::new();
    for seed in 0..50 {
        let mut one = KeepAlive::new(at(0), config, seed);
        let due = one.poll_timeout().unwrap();
        assert!((at(96)..=at(120)).contains(&due), "{due:?}");
        times.insert(due);
        assert_eq!(one.handle_timeout(at(95)), None);
        assert_eq!(one.handle_timeout(due), Some(Ping::Send));
        assert_eq!(one.handle_timeout(due), None);
        // The answer is due before the next ping.
        assert_eq!(one.poll_timeout(), Some(due + at(10)));
        one.answered();
        let next = one.poll_timeout().unwrap() - due;
        assert!((at(96)..=at(120)).contains(&next), "{next:?}");
    }
    assert!(times.len() > 5, "the pings are not spread");
}

#[test]
fn a_ping_without_answer_ends_the_flow_once() {
    let mut one = KeepAlive::new(at(0), KeepAliveConfig::default(), 1);
    let due = one.poll_timeout().unwrap();
    assert_eq!(one.handle_timeout(due), Some(Ping::Send));
    assert_eq!(one.handle_timeout(due + at(9)), None);
    // Traffic of ours is no answer.
    one.used(due + at(9));
    assert_eq!(one.handle_timeout(due + at(10)), Some(Ping::Lost));
    assert_eq!(one.handle_timeout(due + at(11)), None);
    assert_eq!(one.poll_timeout(), None);
}

#[test]
fn a_connection_in_use_is_not_pinged() {
    let mut one = KeepAlive::new(at(0), KeepAliveConfig::default(), 1);
    for minute in 1..60 {
        one.used(at(60 * minute));
        assert_eq!(one.handle_timeout(at(60 * minute + 59)), None);
    }
}
