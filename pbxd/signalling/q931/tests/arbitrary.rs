// SPDX-License-Identifier: MIT OR Apache-2.0
//! Arbitrary messages, requests and times: no panic, no illegal transition, every call is released
//! once, and a call can always be made afterwards.
#![allow(clippy::unwrap_used)]

mod common;

use common::{NETWORK, Pair, SECOND, USER, cause, en_bloc};
use core::time::Duration;
use proptest::prelude::*;
use q931::cause::CauseValue;
use q931::ie::CalledNumber;
use q931::{CallId, CallState, ChannelChoice, Event, Extras, Slots};
use std::collections::HashSet;

#[derive(Clone, Debug)]
enum Step {
    Bytes(usize, Vec<u8>),
    Message(usize, u8, u8, Vec<u8>),
    Setup(usize, u8),
    Answer(usize, u8),
    Clear(usize),
    Restart(usize, u32),
    Link(usize, bool),
    Deaf(usize, bool),
    Wait(u32),
}

/// Elements that are mostly legal.
fn elements() -> impl Strategy<Value = Vec<u8>> {
    let element = prop_oneof![
        Just(vec![0x04, 3, 0x80, 0x90, 0xa3]),
        (1..40u8).prop_map(|slot| vec![0x18, 3, 0xa9, 0x83, 0x80 | slot]),
        (1..40u8).prop_map(|slot| vec![0x18, 3, 0xa1, 0x83, 0x80 | slot]),
        (0..128u8).prop_map(|value| vec![0x08, 2, 0x80, 0x80 | value]),
        (0..64u8).prop_map(|state| vec![0x14, 1, state]),
        Just(vec![0x1e, 2, 0x82, 0x88]),
        Just(vec![0x70, 3, 0x81, 0x31, 0x32]),
        (0..8u8).prop_map(|class| vec![0x79, 1, 0x80 | class]),
        (any::<u8>(), any::<u8>()).prop_map(|(id, x)| vec![id, 1, x]),
        prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(element, 0..5).prop_map(|elements| elements.concat())
}

fn step() -> impl Strategy<Value = Step> {
    let end = 0..2usize;
    prop_oneof![
        (end.clone(), prop::collection::vec(any::<u8>(), 0..20))
            .prop_map(|(e, b)| Step::Bytes(e, b)),
        (end.clone(), any::<u8>(), any::<u8>(), elements())
            .prop_map(|(e, r, k, b)| Step::Message(e, r, k, b)),
        (end.clone(), any::<u8>()).prop_map(|(e, c)| Step::Setup(e, c)),
        (end.clone(), 0..8u8).prop_map(|(e, a)| Step::Answer(e, a)),
        end.clone().prop_map(Step::Clear),
        (end.clone(), any::<u32>()).prop_map(|(e, s)| Step::Restart(e, s)),
        (end.clone(), any::<bool>()).prop_map(|(e, up)| Step::Link(e, up)),
        (end, any::<bool>()).prop_map(|(e, deaf)| Step::Deaf(e, deaf)),
        (0..60_000u32).prop_map(Step::Wait),
    ]
}

const KINDS: &[u8] = &[
    0x01, 0x02, 0x03, 0x05, 0x07, 0x0d, 0x0f, 0x24, 0x45, 0x46, 0x4d, 0x4e, 0x5a, 0x62, 0x6e, 0x75,
    0x7b, 0x7d, 0x00, 0x60,
];

fn act(pair: &mut Pair, step: Step) {
    let (now, none) = (pair.now, Extras::default());
    match step {
        Step::Bytes(end, bytes) => pair.inject(end, &bytes),
        Step::Message(end, reference, kind, mut elements) => {
            // References near those in use, either flag, and the global one.
            let mut octets = vec![8, 2, reference & 0x80, reference & 3];
            octets.push(KINDS[usize::from(kind) % KINDS.len()]);
            octets.append(&mut elements);
            pair.inject(end, &octets);
        }
        Step::Setup(end, choice) => {
            let choice = match choice % 5 {
                0 => ChannelChoice::Any,
                1 => ChannelChoice::Pick,
                2 => ChannelChoice::PickPreferred,
                3 => ChannelChoice::Exclusive(choice % 33),
                _ => ChannelChoice::Preferred(choice % 33),
            };
            let _ = pair.ends[end].setup(now, &en_bloc(), choice);
        }
        Step::Answer(end, answer) => {
            let calls: Vec<CallId> = pair.ends[end].calls().collect();
            for call in calls {
                let end = &mut pair.ends[end];
                let _ = match answer {
                    0 => end.setup_acknowledge(now, call, &none),
                    1 => end.proceeding(call, &none),
                    2 => end.alerting(call, &none),
                    3 => end.progress(call, &none, None),
                    4 => end.connect(now, call, &none),
                    5 => end.information(now, call, &CalledNumber::new("1"), false),
                    6 => end.status_enquiry(now, call),
                    _ => end.notify(call, 1),
                };
            }
        }
        Step::Clear(end) => {
            let calls: Vec<CallId> = pair.ends[end].calls().collect();
            if let Some(call) = calls.first() {
                pair.ends[end]
                    .disconnect(now, *call, &cause(CauseValue::NORMAL_CLEARING), &none)
                    .unwrap();
            }
        }
        Step::Restart(end, slots) => {
            let slots = Slots::from_bits(slots & 0x0e).intersection(Slots::E1);
            pair.ends[end].restart(now, slots).unwrap();
        }
        Step::Link(end, up) => pair.ends[end].input_link(now, up),
        Step::Deaf(end, deaf) => pair.deaf[end] = deaf,
        Step::Wait(ms) => pair.run(Duration::from_millis(ms.into())),
    }
    pair.drain();
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]
    #[test]
    fn a_call_can_always_be_made_afterwards(steps in prop::collection::vec(step(), 1..40)) {
        let mut pair = Pair::new();
        let mut begun = [HashSet::new(), HashSet::new()];
        for step in steps {
            act(&mut pair, step);
            for end in [NETWORK, USER] {
                begun[end].extend(pair.ends[end].calls());
            }
        }
        pair.deaf = [false, false];
        for end in [NETWORK, USER] {
            if !pair.ends[end].is_link_up() {
                pair.ends[end].input_link(pair.now, true);
            }
        }
        // The second time for calls that were still on their way the first time: as long as the
        // caller does not answer one, it stays.
        for _ in 0..2 {
            for end in [NETWORK, USER] {
                let calls: Vec<CallId> = pair.ends[end].calls().collect();
                for call in calls {
                    let value = cause(CauseValue::NORMAL_CLEARING);
                    pair.ends[end].disconnect(pair.now, call, &value, &Extras::default()).unwrap();
                }
            }
            pair.run(SECOND * 600);
        }
        pair.assert_idle();
        for end in [NETWORK, USER] {
            for event in &pair.heard[end] {
                if let Event::Incoming(incoming) = event {
                    begun[end].insert(incoming.call);
                }
            }
            for call in &begun[end] {
                prop_assert!(pair.released(end, *call).is_some());
            }
        }
        for from in [NETWORK, USER] {
            let (ours, theirs) = pair.active(from);
            pair.ends[from]
                .disconnect(pair.now, ours, &cause(CauseValue::NORMAL_CLEARING), &Extras::default())
                .unwrap();
            pair.settle();
            prop_assert_eq!(pair.ends[1 - from].state(theirs), CallState::Null);
        }
    }
}
