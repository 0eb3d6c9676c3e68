// SPDX-License-Identifier: MIT OR Apache-2.0
//! The standard's error handling, timers, STATUS, RESTART, and loss of the data link.
#![allow(clippy::unwrap_used)]

mod common;

use common::{NETWORK, Pair, SECOND, USER, cause, en_bloc};
use core::time::Duration;
use q931::cause::{Cause, CauseValue};
use q931::ie::CallStateElement;
use q931::message::{Message, MessageType};
use q931::{CallEvent, CallState, ChannelChoice, Event, Extras, Slots, Timer};

/// A message's type, cause and call state.
type Said = (MessageType, u8, Option<u8>);

fn said(message: &Message) -> Said {
    let value = message.legal::<Cause>().map_or(0, |cause| cause.value.0);
    let state = message.legal::<CallStateElement>().map(|state| state.value);
    (message.kind, value, state)
}

#[test]
fn strays_are_answered_as_the_standard_says() {
    use MessageType::{ReleaseComplete, Status};
    let cases: &[(&[u8], Option<Said>)] = &[
        // Another protocol, too short, bad reference, dummy reference.
        (&[0x43, 0, 1], None),
        (&[8], None),
        (&[8, 2, 0], None),
        (&[8, 3, 0, 0, 1, 0x45], None),
        (&[8, 0, 0x62], None),
        // For a call that does not exist.
        (&[8, 2, 0, 9, 0x07], Some((ReleaseComplete, 81, None))),
        (&[8, 2, 0, 9, 0x4d], Some((ReleaseComplete, 81, None))),
        (&[8, 2, 0, 9, 0x5a], None),
        (&[8, 1, 9, 0x00], Some((ReleaseComplete, 81, None))),
        (&[8, 2, 0, 9, 0x75], Some((Status, 30, Some(0)))),
        (
            &[8, 2, 0, 9, 0x7d, 8, 2, 0x80, 0xe5, 0x14, 1, 10],
            Some((ReleaseComplete, 101, None)),
        ),
        (&[8, 2, 0, 9, 0x7d, 8, 2, 0x80, 0xe5, 0x14, 1, 0], None),
        // SETUP: flag of our own calls; bearer missing, bad; to be comprehended; no such channel.
        (&[8, 2, 0x80, 9, 5, 4, 3, 0x80, 0x90, 0xa3], None),
        (&[8, 2, 0, 9, 5], Some((ReleaseComplete, 96, None))),
        (
            &[8, 2, 0, 9, 5, 4, 1, 0x80],
            Some((ReleaseComplete, 100, None)),
        ),
        (
            &[8, 2, 0, 9, 5, 1, 1, 0, 4, 3, 0x80, 0x90, 0xa3],
            Some((ReleaseComplete, 96, None)),
        ),
        (
            &[
                8, 2, 0, 9, 5, 4, 3, 0x80, 0x90, 0xa3, 0x18, 3, 0xa9, 0x83, 0x90,
            ],
            Some((ReleaseComplete, 82, None)),
        ),
        (
            &[8, 2, 0, 9, 5, 4, 3, 0x80, 0x90, 0xa3, 0x18, 1, 0x89],
            Some((ReleaseComplete, 100, None)),
        ),
        // Global call reference.
        (&[8, 2, 0, 0, 0x07], Some((Status, 81, Some(0)))),
        (&[8, 2, 0, 0, 0x75], Some((Status, 30, Some(0)))),
        (&[8, 2, 0, 0, 0x46], Some((Status, 96, Some(0)))),
        (
            &[8, 2, 0, 0, 0x46, 0x79, 1, 0x80],
            Some((Status, 96, Some(0))),
        ),
        (
            &[8, 2, 0, 0, 0x46, 0x18, 3, 0xa9, 0x83, 0x90, 0x79, 1, 0x80],
            Some((Status, 82, Some(0))),
        ),
    ];
    for (octets, expected) in cases {
        let mut pair = Pair::new();
        pair.deaf = [true, true];
        pair.inject(USER, octets);
        assert_eq!(pair.sent[USER].last().map(said), *expected, "{octets:02x?}");
        assert_eq!(pair.ends[USER].calls().count(), 0);
    }
}

#[test]
fn faults_in_a_call_are_answered_as_the_standard_says() {
    use MessageType::{HoldReject, Release, ReleaseComplete, Status};
    // To the user side of an active call of the user, reference 1.
    let cases: &[(&[u8], Option<Said>)] = &[
        (&[0x05, 4, 3, 0x80, 0x90, 0xa3], None),
        (&[0x00], Some((Status, 97, Some(10)))),
        (&[0x60], Some((Status, 97, Some(10)))),
        (&[0x02], Some((Status, 101, Some(10)))),
        (&[0x46], Some((Status, 101, Some(10)))),
        (&[0x6e], Some((Status, 96, Some(10)))),
        (&[0x7b, 0x01, 1, 0], Some((Status, 96, Some(10)))),
        (&[0x7b, 0x3f, 1, 0], Some((Status, 99, Some(10)))),
        (&[0x7b, 0x70, 2, 0x81, 0xff], Some((Status, 100, Some(10)))),
        (&[0x24], Some((HoldReject, 69, None))),
        (&[0x75], Some((Status, 30, Some(10)))),
        (&[0x45], Some((Release, 96, None))),
        (&[0x45, 8, 1, 0x80], Some((Release, 100, None))),
        (&[0x45, 8, 2, 0x80], Some((Release, 100, None))),
        (&[0x4d], Some((ReleaseComplete, 96, None))),
        (&[0x4d, 8, 2, 0x80, 0x90], Some((ReleaseComplete, 0, None))),
        (&[0x5a], None),
        (&[0x7d], None),
        (&[0x7d, 8, 2, 0x80, 0xe5, 0x14, 1, 10], None),
        (
            &[0x7d, 8, 2, 0x80, 0x9e, 0x14, 1, 3],
            Some((Release, 101, None)),
        ),
    ];
    for (tail, expected) in cases {
        let mut pair = Pair::new();
        pair.active(USER);
        pair.deaf = [true, true];
        pair.forget();
        let mut octets = vec![8, 2, 0x80, 1];
        octets.extend_from_slice(tail);
        pair.inject(USER, &octets);
        assert_eq!(pair.sent[USER].last().map(said), *expected, "{octets:02x?}");
    }
}

#[test]
fn harmless_faults_may_be_left_unsaid() {
    let mut pair = Pair::with(|c| c.report_harmless_faults = false);
    pair.active(USER);
    pair.forget();
    pair.inject(USER, &[8, 2, 0x80, 1, 0x7b, 0x3f, 1, 0]);
    assert!(pair.sent[USER].is_empty());
    assert_eq!(pair.ends[USER].counters().harmless_faults, 1);
}

#[test]
fn a_repeated_setup_changes_nothing() {
    let mut pair = Pair::new();
    let (_, theirs) = pair.call(USER, &en_bloc(), ChannelChoice::Pick);
    let again = pair.sent[USER][0].encode();
    pair.inject(NETWORK, &again);
    assert_eq!(pair.ends[NETWORK].calls().count(), 1);
    assert_eq!(pair.ends[NETWORK].state(theirs), CallState::CallInitiated);
    assert_eq!(pair.ends[NETWORK].counters().repeated_setup, 1);
}

#[test]
fn one_octet_references_are_answered_in_kind() {
    let mut pair = Pair::new();
    pair.inject(
        NETWORK,
        &[
            8, 1, 7, 5, 4, 3, 0x80, 0x90, 0xa3, 0x18, 3, 0xa9, 0x83, 0x81,
        ],
    );
    let call = pair.incoming(NETWORK).unwrap();
    pair.deaf = [true, true];
    pair.ends[NETWORK]
        .proceeding(call, &Extras::default())
        .unwrap();
    pair.drain();
    assert_eq!(pair.last(NETWORK).encode()[..4], [8, 1, 0x87, 2]);
}

#[test]
fn every_wait_ends() {
    // The peer goes silent in each state; which timer fires, and what the other party is told.
    let cases: &[(usize, u8, Timer, CauseValue, u64)] = &[
        (USER, 1, Timer::T303, CauseValue::NO_USER_RESPONDING, 8),
        (USER, 2, Timer::T304, CauseValue::INVALID_NUMBER_FORMAT, 30),
        (USER, 3, Timer::T310, CauseValue::NO_USER_RESPONDING, 30),
        (USER, 4, Timer::T301, CauseValue::NO_ANSWER, 180),
        (NETWORK, 6, Timer::T303, CauseValue::NO_USER_RESPONDING, 8),
        (
            NETWORK,
            25,
            Timer::T304,
            CauseValue::INVALID_NUMBER_FORMAT,
            20,
        ),
        (NETWORK, 9, Timer::T310, CauseValue::NO_USER_RESPONDING, 10),
        (NETWORK, 7, Timer::T301, CauseValue::NO_ANSWER, 180),
    ];
    for &(from, state, timer, value, seconds) in cases {
        let mut pair = Pair::with(|c| c.restart_after_t308 = false);
        let (ours, theirs) = pair.call(from, &en_bloc(), ChannelChoice::Pick);
        let now = pair.now;
        let none = Extras::default();
        let end = &mut pair.ends[1 - from];
        match state {
            2 | 25 => end.setup_acknowledge(now, theirs, &none).unwrap(),
            3 | 9 => end.proceeding(theirs, &none).unwrap(),
            4 | 7 => end.alerting(theirs, &none).unwrap(),
            _ => {}
        }
        pair.settle();
        pair.deaf[1 - from] = true;
        pair.run(Duration::from_secs(seconds + 1));
        let clearing = CallEvent::Clearing {
            cause: value,
            timer: Some(timer),
        };
        assert!(
            pair.events(from, ours).contains(&&clearing),
            "state {state}"
        );
        // T305, T308 twice.
        pair.run(SECOND * 60);
        assert!(pair.released(from, ours).is_some(), "state {state}");
        assert_eq!(pair.ends[from].calls().count(), 0);
    }
}

#[test]
fn a_connect_without_acknowledgement_is_cleared() {
    let mut pair = Pair::new();
    let (_, theirs) = pair.call(NETWORK, &en_bloc(), ChannelChoice::Pick);
    pair.deaf[NETWORK] = true;
    pair.ends[USER]
        .connect(pair.now, theirs, &Extras::default())
        .unwrap();
    pair.run(SECOND * 5);
    let clearing = CallEvent::Clearing {
        cause: CauseValue::TIMER_EXPIRY,
        timer: Some(Timer::T313),
    };
    assert!(pair.events(USER, theirs).contains(&&clearing));
}

#[test]
fn a_setup_is_repeated_once_and_then_withdrawn() {
    let mut pair = Pair::new();
    pair.deaf[USER] = true;
    let call = pair.ends[USER]
        .setup(pair.now, &en_bloc(), ChannelChoice::Pick)
        .unwrap();
    pair.run(SECOND * 9);
    assert_eq!(
        pair.kinds(USER),
        [
            MessageType::Setup,
            MessageType::Setup,
            MessageType::ReleaseComplete
        ]
    );
    assert_eq!(pair.released(USER, call), Some(CauseValue::TIMER_EXPIRY));
}

#[test]
fn an_unanswered_release_ends_with_a_restart() {
    let mut pair = Pair::new();
    let (ours, _) = pair.active(USER);
    pair.deaf[NETWORK] = true;
    pair.ends[USER]
        .disconnect(
            pair.now,
            ours,
            &cause(CauseValue::NORMAL_CLEARING),
            &Extras::default(),
        )
        .unwrap();
    pair.run(SECOND * 37);
    assert_eq!(pair.ends[USER].state(ours), CallState::ReleaseRequest);
    pair.run(SECOND * 2);
    assert_eq!(pair.released(USER, ours), Some(CauseValue::NORMAL_CLEARING));
    assert_eq!(pair.last(USER).kind, MessageType::Restart);
    assert!(!pair.ends[USER].free_slots().contains(31));
    pair.run(SECOND * 300);
    let out = Event::ChannelsOutOfService {
        channels: Slots::of(31),
    };
    assert!(pair.heard[USER].contains(&out));
    pair.deaf[NETWORK] = false;
    pair.ends[USER].restart(pair.now, Slots::of(31)).unwrap();
    pair.settle();
    assert!(pair.heard[USER].contains(&Event::RestartDone {
        channels: Slots::of(31)
    }));
    assert!(pair.ends[USER].free_slots().contains(31));
    pair.assert_idle();
}

#[test]
fn restart_takes_the_calls_of_its_channels() {
    for from in [NETWORK, USER] {
        let mut pair = Pair::new();
        let (a, b) = pair.active(from);
        let (other, _) = pair.active(from);
        let slot = pair.ends[from].channel(a).unwrap();
        pair.forget();
        pair.ends[from].restart(pair.now, Slots::of(slot)).unwrap();
        pair.settle();
        assert_eq!(pair.released(from, a), Some(CauseValue::TEMPORARY_FAILURE));
        assert_eq!(
            pair.released(1 - from, b),
            Some(CauseValue::TEMPORARY_FAILURE)
        );
        assert_eq!(pair.ends[from].state(other), CallState::Active);
        let heard = Event::RestartReceived {
            channels: Slots::of(slot),
        };
        assert!(pair.heard[1 - from].contains(&heard));
        pair.ends[from].restart_interface(pair.now);
        pair.settle();
        assert!(pair.heard[from].contains(&Event::RestartDone {
            channels: Slots::E1
        }));
        assert_eq!(pair.last(1 - from).kind, MessageType::RestartAcknowledge);
        pair.assert_idle();
    }
}

#[test]
fn restarts_of_both_sides_cross() {
    let mut pair = Pair::new();
    pair.ends[USER]
        .restart(pair.now, Slots::from_bits(0b1110))
        .unwrap();
    pair.ends[NETWORK]
        .restart(pair.now, Slots::from_bits(0b0110))
        .unwrap();
    pair.settle();
    for end in [NETWORK, USER] {
        let done = pair.heard[end]
            .iter()
            .filter(|e| matches!(e, Event::RestartDone { .. }));
        assert_eq!(done.count(), [2, 3][end]);
    }
}

#[test]
fn a_restart_is_repeated_when_the_link_starts_afresh() {
    for lost in [true, false] {
        let mut pair = Pair::new();
        pair.deaf[USER] = lost;
        pair.ends[USER]
            .restart(pair.now, Slots::from_bits(0b1010))
            .unwrap();
        pair.drain();
        pair.deaf[USER] = false;
        pair.ends[USER].input_link(pair.now, true);
        pair.settle();
        let done = pair.heard[USER].iter().filter_map(|event| match event {
            Event::RestartDone { channels } => channels.first(),
            other => panic!("{other:?}"),
        });
        assert_eq!(done.collect::<Vec<_>>(), [1, 3]);
        // The acknowledgement of the one that was not lost counts for no other channel.
        let late = pair.ends[USER].counters().late_acknowledgements;
        assert_eq!(late, u64::from(!lost));
        pair.assert_idle();
    }
}

#[test]
fn restart_may_wait_for_the_caller() {
    let mut pair = Pair::with(|c| c.acknowledge_restart = false);
    pair.ends[USER].restart(pair.now, Slots::of(1)).unwrap();
    pair.settle();
    assert!(pair.sent[NETWORK].is_empty());
    pair.ends[NETWORK].restart_complete();
    pair.settle();
    assert_eq!(pair.last(NETWORK).kind, MessageType::RestartAcknowledge);
    // T317 forgets it.
    pair.ends[USER].restart(pair.now, Slots::of(1)).unwrap();
    pair.run(SECOND * 101);
    pair.ends[NETWORK].restart_complete();
    pair.drain();
    assert_eq!(pair.kinds(NETWORK).len(), 1);
}

#[test]
fn active_calls_survive_a_short_loss_of_the_link() {
    let mut pair = Pair::new();
    let (active, theirs) = pair.active(USER);
    let (early, _) = pair.call(USER, &en_bloc(), ChannelChoice::Pick);
    pair.set_link(false);
    assert_eq!(pair.establish_asked, 2);
    assert_eq!(
        pair.released(USER, early),
        Some(CauseValue::DESTINATION_OUT_OF_ORDER)
    );
    let down = pair.ends[USER].setup(pair.now, &en_bloc(), ChannelChoice::Pick);
    assert!(down.is_err());
    pair.run(SECOND * 5);
    pair.set_link(true);
    assert_eq!(pair.ends[USER].state(active), CallState::Active);
    assert_eq!(pair.ends[NETWORK].state(theirs), CallState::Active);
    assert_eq!(pair.last(USER).kind, MessageType::Status);
    pair.run(SECOND * 60);
    assert_eq!(pair.ends[USER].state(active), CallState::Active);
    // And not a long one.
    pair.set_link(false);
    pair.run(SECOND * 7);
    assert_eq!(
        pair.released(USER, active),
        Some(CauseValue::DESTINATION_OUT_OF_ORDER)
    );
    pair.set_link(true);
    pair.assert_idle();
}

#[test]
fn a_call_cleared_while_the_link_is_down_is_found_out() {
    let mut pair = Pair::new();
    let (ours, theirs) = pair.active(USER);
    pair.set_link(false);
    pair.ends[NETWORK]
        .disconnect(
            pair.now,
            theirs,
            &cause(CauseValue::NORMAL_CLEARING),
            &Extras::default(),
        )
        .unwrap();
    pair.set_link(true);
    assert_eq!(
        pair.released(USER, ours),
        Some(CauseValue::TEMPORARY_FAILURE)
    );
    pair.assert_idle();
}

#[test]
fn a_reset_of_the_link_clears_calls_in_overlap_only() {
    let mut pair = Pair::new();
    let (active, _) = pair.active(USER);
    let (overlap, theirs) = pair.call(USER, &en_bloc(), ChannelChoice::Pick);
    pair.ends[NETWORK]
        .setup_acknowledge(pair.now, theirs, &Extras::default())
        .unwrap();
    pair.settle();
    pair.ends[USER].input_link(pair.now, true);
    pair.settle();
    assert_eq!(
        pair.released(USER, overlap),
        Some(CauseValue::TEMPORARY_FAILURE)
    );
    assert_eq!(pair.ends[USER].state(active), CallState::Active);
}

#[test]
fn a_setup_is_repeated_when_the_link_starts_afresh() {
    for lost in [true, false] {
        let mut pair = Pair::new();
        pair.deaf[USER] = lost;
        let call = pair.ends[USER]
            .setup(pair.now, &en_bloc(), ChannelChoice::Pick)
            .unwrap();
        pair.drain();
        pair.deaf[USER] = false;
        pair.ends[USER].input_link(pair.now, true);
        pair.settle();
        let setups = pair.heard[NETWORK]
            .iter()
            .filter(|event| matches!(event, Event::Incoming(_)));
        assert_eq!(setups.count(), 1);
        let theirs = pair.incoming(NETWORK).unwrap();
        pair.ends[NETWORK]
            .connect(pair.now, theirs, &Extras::default())
            .unwrap();
        pair.settle();
        assert_eq!(pair.ends[USER].state(call), CallState::Active);
    }
}

#[test]
fn an_enquiry_without_answer_clears() {
    let mut pair = Pair::new();
    let (ours, _) = pair.active(USER);
    pair.deaf[NETWORK] = true;
    pair.ends[USER].status_enquiry(pair.now, ours).unwrap();
    pair.run(SECOND * 9);
    let clearing = CallEvent::Clearing {
        cause: CauseValue::TEMPORARY_FAILURE,
        timer: Some(Timer::T322),
    };
    assert!(pair.events(USER, ours).contains(&&clearing));
    pair.run(SECOND * 60);
    assert!(pair.released(USER, ours).is_some());
}
