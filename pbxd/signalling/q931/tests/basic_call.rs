// SPDX-License-Identifier: MIT OR Apache-2.0
//! Basic call between a network and a user side: set-up, overlap, clearing, channels, collisions.
#![allow(clippy::unwrap_used)]

mod common;

use common::{NETWORK, Pair, SECOND, USER, cause, en_bloc};
use q931::cause::CauseValue;
use q931::ie::{
    Bearer, CalledNumber, CallingNumber, ChannelIdentification, ConnectedNumber, PartyNumber,
    Presentation, ProgressDescription, ProgressIndicator, Screening,
};
use q931::message::MessageType;
use q931::{
    CallEvent, CallState, ChannelChoice, Event, Extras, Location, RequestError, Setup, Side, Slots,
};

fn tone() -> Extras {
    Extras::progress(ProgressIndicator::new(
        Location::PublicLocal,
        ProgressDescription::InBand,
    ))
}

#[test]
fn a_call_from_the_user_and_back_to_idle() {
    let mut pair = Pair::new();
    let mut number = PartyNumber::new("4930123");
    number.shown = Some((Presentation::Restricted, Screening::Network));
    let setup = Setup {
        calling: Some(CallingNumber(number)),
        ..en_bloc()
    };
    let (ours, theirs) = pair.call(USER, &setup, ChannelChoice::Pick);
    assert_eq!(pair.ends[USER].state(ours), CallState::CallInitiated);
    assert_eq!(pair.ends[NETWORK].state(theirs), CallState::CallInitiated);
    let Event::Incoming(incoming) = &pair.heard[NETWORK][0] else {
        panic!("{:?}", pair.heard[NETWORK]);
    };
    assert_eq!((incoming.channel, &incoming.setup), (31, &setup));
    pair.ends[NETWORK]
        .proceeding(theirs, &Extras::default())
        .unwrap();
    pair.settle();
    assert_eq!(pair.ends[USER].state(ours), CallState::OutgoingProceeding);
    pair.ends[NETWORK].alerting(theirs, &tone()).unwrap();
    pair.settle();
    assert_eq!(pair.ends[USER].state(ours), CallState::CallDelivered);
    let answer = Extras {
        connected: Some(ConnectedNumber(PartyNumber::new("5551234"))),
        ..Extras::default()
    };
    pair.ends[NETWORK]
        .connect(pair.now, theirs, &answer)
        .unwrap();
    pair.settle();
    let connect = CallEvent::Connect {
        channel: Some(31),
        extras: answer,
    };
    assert!(pair.events(USER, ours).contains(&&connect));
    pair.ends[USER]
        .disconnect(
            pair.now,
            ours,
            &cause(CauseValue::NORMAL_CLEARING),
            &Extras::default(),
        )
        .unwrap();
    pair.settle();
    assert_eq!(
        pair.transcript,
        "U> SETUP\nN> CALL PROCEEDING\nN> ALERTING\nN> CONNECT\nU> CONNECT ACKNOWLEDGE\n\
         U> DISCONNECT\nN> RELEASE\nU> RELEASE COMPLETE\n"
    );
    assert_eq!(pair.released(USER, ours), Some(CauseValue::NORMAL_CLEARING));
    assert_eq!(
        pair.released(NETWORK, theirs),
        Some(CauseValue::NORMAL_CLEARING)
    );
    pair.assert_idle();
}

#[test]
fn a_call_from_the_network_reaches_n8_and_is_awarded() {
    let mut pair = Pair::with(|c| c.acknowledge_connect = false);
    let (ours, theirs) = pair.call(NETWORK, &en_bloc(), ChannelChoice::Pick);
    assert_eq!(pair.ends[NETWORK].state(ours), CallState::CallPresent);
    pair.ends[USER]
        .alerting(theirs, &Extras::default())
        .unwrap();
    pair.settle();
    assert_eq!(pair.ends[NETWORK].state(ours), CallState::CallReceived);
    pair.ends[USER]
        .connect(pair.now, theirs, &Extras::default())
        .unwrap();
    pair.settle();
    assert_eq!(pair.ends[NETWORK].state(ours), CallState::ConnectRequest);
    assert_eq!(pair.ends[USER].state(theirs), CallState::ConnectRequest);
    pair.ends[NETWORK].connect_acknowledge(ours).unwrap();
    pair.settle();
    assert!(pair.events(USER, theirs).contains(&&CallEvent::Connected));
    assert_eq!(pair.ends[USER].state(theirs), CallState::Active);
    // The first response named the channel, the later ones did not.
    let named: Vec<bool> = pair.sent[USER]
        .iter()
        .map(|m| m.get::<ChannelIdentification>().is_some())
        .collect();
    assert_eq!(named, [true, false]);
}

/// Brings an outgoing call of `from` to the state numbered `state`.
fn reach(pair: &mut Pair, from: usize, state: u8) -> (q931::CallId, q931::CallId) {
    let overlap = matches!(state, 2 | 25);
    let setup = if overlap {
        Setup::new(Bearer::speech_alaw())
    } else {
        en_bloc()
    };
    let (ours, theirs) = pair.call(from, &setup, ChannelChoice::Pick);
    let (to, now, none) = (1 - from, pair.now, Extras::default());
    let end = &mut pair.ends[to];
    match state {
        1 | 6 => {}
        2 | 25 => end.setup_acknowledge(now, theirs, &none).unwrap(),
        3 | 9 => end.proceeding(theirs, &none).unwrap(),
        4 | 7 => end.alerting(theirs, &none).unwrap(),
        8 => {
            // The acknowledgement of CONNECT is lost on its way.
            pair.deaf[from] = true;
            end.connect(now, theirs, &none).unwrap();
            pair.settle();
            pair.deaf[from] = false;
            assert_eq!(pair.ends[to].state(theirs).number(), 8);
            return (ours, theirs);
        }
        10 => end.connect(now, theirs, &none).unwrap(),
        other => panic!("state {other}"),
    }
    pair.settle();
    assert_eq!(pair.ends[from].state(ours).number(), state);
    (ours, theirs)
}

#[test]
fn either_side_may_clear_in_every_state() {
    for (from, states) in [
        (USER, [1, 2, 3, 4, 10].as_slice()),
        (NETWORK, &[6, 25, 9, 7, 8, 10]),
    ] {
        for &state in states {
            for caller_clears in [true, false] {
                let mut pair = Pair::new();
                let (ours, theirs) = reach(&mut pair, from, state);
                let (end, call) = if caller_clears {
                    (from, ours)
                } else {
                    (1 - from, theirs)
                };
                pair.ends[end]
                    .disconnect(
                        pair.now,
                        call,
                        &cause(CauseValue::USER_BUSY),
                        &Extras::default(),
                    )
                    .unwrap();
                pair.settle();
                let expected = Some(CauseValue::USER_BUSY);
                assert_eq!(pair.released(from, ours), expected, "state {state}");
                assert_eq!(pair.released(1 - from, theirs), expected, "state {state}");
                pair.assert_idle();
            }
        }
    }
}

#[test]
fn both_sides_clear_at_once() {
    let mut pair = Pair::new();
    let (ours, theirs) = pair.active(USER);
    for (end, call) in [(USER, ours), (NETWORK, theirs)] {
        pair.ends[end]
            .disconnect(
                pair.now,
                call,
                &cause(CauseValue::NORMAL_CLEARING),
                &Extras::default(),
            )
            .unwrap();
    }
    pair.settle();
    assert!(pair.released(USER, ours).is_some() && pair.released(NETWORK, theirs).is_some());
    assert_eq!(
        pair.kinds(USER)[2..],
        [MessageType::Disconnect, MessageType::Release]
    );
    pair.assert_idle();
}

#[test]
fn digits_in_overlap() {
    for from in [USER, NETWORK] {
        let to = 1 - from;
        let mut pair = Pair::new();
        let setup = Setup {
            called: Some(CalledNumber::new("5")),
            ..Setup::new(Bearer::speech_alaw())
        };
        let (ours, theirs) = pair.call(from, &setup, ChannelChoice::Pick);
        pair.ends[to]
            .setup_acknowledge(pair.now, theirs, &Extras::default())
            .unwrap();
        pair.settle();
        for (digits, complete) in [("1", false), ("23", false), ("", true)] {
            pair.ends[from]
                .information(pair.now, ours, &CalledNumber::new(digits), complete)
                .unwrap();
            // Each keeps T302 and T304 from expiring.
            pair.run(SECOND * 10);
        }
        let digits: Vec<&CallEvent> = pair.events(to, theirs);
        assert_eq!(digits.len(), 3);
        assert_eq!(
            digits[1],
            &CallEvent::MoreDigits {
                digits: "23".into(),
                complete: false
            }
        );
        assert_eq!(
            digits[2],
            &CallEvent::MoreDigits {
                digits: String::new(),
                complete: true
            }
        );
        pair.ends[to]
            .proceeding(theirs, &Extras::default())
            .unwrap();
        pair.settle();
        let late = pair.ends[from].information(pair.now, ours, &CalledNumber::new("9"), false);
        assert!(matches!(late, Err(RequestError::WrongState(_))));
    }
}

#[test]
fn digits_that_stop_are_told_of() {
    let mut pair = Pair::new();
    let (ours, theirs) = reach(&mut pair, USER, 2);
    pair.run(SECOND * 16);
    assert_eq!(pair.events(NETWORK, theirs), [&CallEvent::DigitTimeout]);
    pair.run(SECOND * 16);
    // The user's T304 clears at last.
    assert_eq!(pair.released(USER, ours), Some(CauseValue::TIMER_EXPIRY));
    pair.assert_idle();
}

#[test]
fn the_channel_is_negotiated() {
    let mut pair = Pair::new();
    // Taken by a call, then asked for again.
    let (_, busy) = pair.call(USER, &en_bloc(), ChannelChoice::Exclusive(5));
    assert_eq!(pair.ends[NETWORK].channel(busy), Some(5));
    let again = pair.ends[USER].setup(pair.now, &en_bloc(), ChannelChoice::Exclusive(5));
    assert_eq!(again, Err(RequestError::ChannelNotFree(5)));
    let no_b = pair.ends[USER].setup(pair.now, &en_bloc(), ChannelChoice::Exclusive(16));
    assert_eq!(no_b, Err(RequestError::ChannelNotFree(16)));
    // Any: the answer names it.
    let (any, theirs) = pair.call(USER, &en_bloc(), ChannelChoice::Any);
    assert_eq!(pair.ends[USER].channel(any), None);
    pair.ends[NETWORK]
        .proceeding(theirs, &Extras::default())
        .unwrap();
    pair.settle();
    assert_eq!(pair.ends[USER].channel(any), Some(1));
    // The network offers another than the one preferred.
    let mut narrow = Pair::new();
    narrow.ends[NETWORK] = {
        let mut config = q931::Config::e1(Side::Network);
        config.slots = Slots::of(9);
        let mut end = q931::Interface::new(config);
        end.input_link(narrow.now, true);
        end
    };
    let (ours, theirs) = narrow.call(USER, &en_bloc(), ChannelChoice::Preferred(7));
    narrow.ends[NETWORK]
        .alerting(theirs, &Extras::default())
        .unwrap();
    narrow.settle();
    assert_eq!(narrow.ends[USER].channel(ours), Some(9));
    // And refuses one that it does not have, or has no other for.
    for (choice, value) in [
        (
            ChannelChoice::Exclusive(7),
            CauseValue::CHANNEL_DOES_NOT_EXIST,
        ),
        (ChannelChoice::Preferred(7), CauseValue::NO_CIRCUIT),
    ] {
        let refused = narrow.ends[USER]
            .setup(narrow.now, &en_bloc(), choice)
            .unwrap();
        narrow.settle();
        assert_eq!(narrow.released(USER, refused), Some(value));
    }
}

#[test]
fn a_channel_that_was_not_offered_is_unacceptable() {
    let mut pair = Pair::new();
    pair.deaf = [true, true];
    let call = pair.ends[USER]
        .setup(pair.now, &en_bloc(), ChannelChoice::Exclusive(3))
        .unwrap();
    pair.drain();
    pair.inject(USER, &[8, 2, 0x80, 1, 0x02, 0x18, 3, 0xa9, 0x83, 0x84]);
    let clearing = CallEvent::Clearing {
        cause: CauseValue::CHANNEL_UNACCEPTABLE,
        timer: None,
    };
    assert_eq!(pair.events(USER, call), [&clearing]);
    assert_eq!(pair.last(USER).kind, MessageType::Release);
}

#[test]
fn both_sides_choose_the_same_channel() {
    // The network's call has it; the user's gets another, or none if it insisted.
    for (choice, expected) in [
        (ChannelChoice::Preferred(4), None),
        (
            ChannelChoice::Exclusive(4),
            Some(CauseValue::CHANNEL_NOT_AVAILABLE),
        ),
    ] {
        let mut pair = Pair::new();
        let network = pair.ends[NETWORK]
            .setup(pair.now, &en_bloc(), ChannelChoice::Exclusive(4))
            .unwrap();
        let user = pair.ends[USER].setup(pair.now, &en_bloc(), choice).unwrap();
        pair.settle();
        let at_user = pair.incoming(USER).expect("the network's call arrives");
        assert_eq!(pair.ends[USER].channel(at_user), Some(4));
        assert_eq!(pair.released(USER, user), expected);
        pair.ends[USER]
            .connect(pair.now, at_user, &Extras::default())
            .unwrap();
        if expected.is_none() {
            let at_network = pair.incoming(NETWORK).expect("the user's call arrives");
            pair.ends[NETWORK]
                .connect(pair.now, at_network, &Extras::default())
                .unwrap();
            pair.settle();
            assert_eq!(pair.ends[USER].channel(user), Some(1));
            assert_eq!(pair.ends[USER].state(user), CallState::Active);
        }
        pair.settle();
        assert_eq!(pair.ends[NETWORK].state(network), CallState::Active);
        assert_eq!(pair.ends[USER].counters().collisions, 1);
    }
}

#[test]
fn tones_with_disconnect_are_waited_for() {
    let mut pair = Pair::new();
    let (ours, theirs) = pair.active(USER);
    pair.ends[NETWORK]
        .disconnect(pair.now, theirs, &cause(CauseValue::USER_BUSY), &tone())
        .unwrap();
    pair.settle();
    assert_eq!(pair.ends[USER].state(ours), CallState::DisconnectIndication);
    assert!(matches!(
        pair.events(USER, ours).last(),
        Some(CallEvent::Disconnect { wait: true, .. })
    ));
    pair.run(SECOND * 20);
    pair.ends[USER]
        .release(pair.now, ours, &cause(CauseValue::USER_BUSY))
        .unwrap();
    pair.settle();
    pair.assert_idle();
    // T306 ends a wait that nobody ends.
    let (ours, theirs) = pair.active(USER);
    pair.ends[NETWORK]
        .disconnect(pair.now, theirs, &cause(CauseValue::USER_BUSY), &tone())
        .unwrap();
    pair.run(SECOND * 31);
    assert_eq!(pair.released(USER, ours), Some(CauseValue::USER_BUSY));
    pair.assert_idle();
}

#[test]
fn requests_that_do_not_fit_are_refused_and_counted() {
    let mut pair = Pair::new();
    let (ours, theirs) = pair.active(USER);
    let none = Extras::default();
    let wrong = Err(RequestError::WrongState(CallState::Active));
    assert_eq!(pair.ends[NETWORK].alerting(theirs, &none), wrong);
    assert_eq!(pair.ends[USER].connect(pair.now, ours, &none), wrong);
    assert_eq!(pair.ends[NETWORK].connect_acknowledge(theirs), wrong);
    assert_eq!(pair.ends[NETWORK].counters().illegal_requests, 2);
    let gone = q931::CallId(999);
    assert_eq!(
        pair.ends[USER].notify(gone, 0),
        Err(RequestError::UnknownCall(gone))
    );
    let long = Setup::en_bloc(Bearer::speech_alaw(), &"1".repeat(250));
    let refused = pair.ends[USER].setup(pair.now, &long, ChannelChoice::Pick);
    assert!(matches!(refused, Err(RequestError::TooLong { .. })));
}

#[test]
fn the_number_of_calls_is_bounded() {
    let mut pair = Pair::with(|c| c.max_calls = 2);
    for _ in 0..2 {
        pair.call(USER, &en_bloc(), ChannelChoice::Pick);
    }
    let third = pair.ends[USER].setup(pair.now, &en_bloc(), ChannelChoice::Pick);
    assert_eq!(third, Err(RequestError::TooManyCalls(2)));
    pair.inject(
        NETWORK,
        &[
            8, 2, 0x70, 0, 5, 4, 3, 0x80, 0x90, 0xa3, 0x18, 3, 0xa9, 0x83, 0x81,
        ],
    );
    let refusal = pair.last(NETWORK);
    assert_eq!(refusal.kind, MessageType::ReleaseComplete);
    assert_eq!(
        refusal.legal::<q931::cause::Cause>().map(|c| c.value),
        Some(CauseValue::CONGESTION)
    );
}

#[test]
fn thirty_calls_fill_an_e1() {
    let mut pair = Pair::new();
    for _ in 0..30 {
        pair.active(USER);
    }
    assert_eq!(pair.ends[NETWORK].busy_slots(), Slots::E1);
    let full = pair.ends[USER].setup(pair.now, &en_bloc(), ChannelChoice::Pick);
    assert_eq!(full, Err(RequestError::NoChannel));
}
