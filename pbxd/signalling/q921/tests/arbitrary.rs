// SPDX-License-Identifier: MIT OR Apache-2.0
//! Arbitrary frames and timers: no panic, no illegal transition, and the link always comes back.

mod common;

use common::{NETWORK, Pair, USER};
use core::time::Duration;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Bytes(usize, Vec<u8>),
    Control(usize, u8, u8, bool),
    Data(usize),
    Wait(u16),
    Cut(bool),
    Loss(u16),
    Busy(usize, bool),
    LayerOne(usize, bool),
    Release(usize),
    Establish(usize),
    Early(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let end = 0..2usize;
    prop_oneof![
        (end.clone(), prop::collection::vec(any::<u8>(), 0..12))
            .prop_map(|(e, b)| Step::Bytes(e, b)),
        (end.clone(), any::<u8>(), any::<u8>(), any::<bool>())
            .prop_map(|(e, c, n, r)| Step::Control(e, c, n, r)),
        end.clone().prop_map(Step::Data),
        (0..15_000u16).prop_map(Step::Wait),
        any::<bool>().prop_map(Step::Cut),
        (0..500u16).prop_map(Step::Loss),
        (end.clone(), any::<bool>()).prop_map(|(e, b)| Step::Busy(e, b)),
        (end.clone(), any::<bool>()).prop_map(|(e, b)| Step::LayerOne(e, b)),
        end.clone().prop_map(Step::Release),
        end.clone().prop_map(Step::Establish),
        end.prop_map(Step::Early),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]
    #[test]
    fn the_link_survives_and_comes_back(steps in prop::collection::vec(step(), 1..40)) {
        let mut pair = Pair::up();
        for step in steps {
            let now = pair.now;
            match step {
                Step::Bytes(e, b) => pair.inject(e, &b),
                Step::Control(e, c, n, r) => pair.inject(e, &[u8::from(r) << 1, 1, c, n, 8]),
                Step::Data(e) => drop(pair.links[e].data_request(now, vec![8, 2, 0, 1])),
                Step::Wait(ms) => pair.run(Duration::from_millis(ms.into())),
                Step::Cut(cut) => pair.line.cut = cut,
                Step::Loss(loss) => pair.line.loss = loss.into(),
                Step::Busy(e, busy) => pair.links[e].receiver_busy(now, busy),
                Step::LayerOne(e, up) => pair.links[e].layer1(now, up),
                Step::Release(e) => pair.links[e].release_request(now),
                Step::Establish(e) => drop(pair.links[e].establish_request(now)),
                Step::Early(e) => pair.links[e].handle_timeout(now + Duration::from_secs(2)),
            }
            pair.drain();
        }
        pair.line = common::Line::default();
        for end in [NETWORK, USER] {
            pair.links[end].receiver_busy(pair.now, false);
            pair.links[end].layer1(pair.now, true);
        }
        pair.run(Duration::from_secs(30));
        let _ = pair.links[USER].establish_request(pair.now);
        pair.run(Duration::from_secs(30));
        prop_assert!(pair.established());
        pair.heard = [Vec::new(), Vec::new()];
        pair.send(USER, &[1, 2, 3]);
        pair.send(NETWORK, &[4, 5, 6]);
        pair.run(Duration::from_secs(20));
        prop_assert_eq!(pair.data(NETWORK), vec![vec![1, 2, 3]]);
        prop_assert_eq!(pair.data(USER), vec![vec![4, 5, 6]]);
        for link in &pair.links {
            prop_assert_eq!(link.counters().illegal_transitions, 0);
        }
    }
}
