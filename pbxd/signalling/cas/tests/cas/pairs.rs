// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whole calls, from either end, of every kind.

use crate::sim::Line;
use cas::timing::ms;
use cas::{Config, Event, Kind, Notice, State};

/// Ends that answer supervision or a disconnect reaches only in some ways, seen from the caller.
fn answered(notices: &[Notice]) -> bool {
    notices.contains(&Notice::Answered)
}

#[test]
fn calls_of_every_kind_from_either_end() {
    for kind in Kind::ALL {
        for caller in 0..2 {
            for first in 0..2 {
                let what = format!("{kind:?}, end {caller} calls, end {first} hangs up");
                let mut line = Line::of(kind);
                line.call(caller, first, None);
                line.run(ms(200_000));
                line.assert_at_rest(&what);
                assert_eq!(
                    line.violations(),
                    0,
                    "{what}: {:?}",
                    line.ends
                        .each_ref()
                        .map(|e| e.channel.trace().copied().collect::<Vec<_>>())
                );
                assert!(
                    answered(&line.told(caller)),
                    "{what}: {:?}",
                    line.told(caller)
                );
                assert!(line.told(1 - caller).contains(&Notice::Seized), "{what}");
                assert_eq!(line.ends[caller].channel.counters().calls, 1, "{what}");
            }
        }
    }
}

#[test]
fn dial_pulses_arrive_as_digits() {
    for kind in Kind::ALL {
        // An office does not dial, a station does not take digits.
        let caller = usize::from(kind.idle() != cas::line::Line::LoopOpen && kind != kind.far());
        if kind == Kind::FeatureGroupD || kind == Kind::Cama {
            continue;
        }
        let mut line = Line::of(kind);
        line.call(caller, caller, Some("9053"));
        line.run(ms(200_000));
        assert_eq!(
            line.ends[1 - caller].digits,
            [9, 0, 5, 3],
            "{kind:?} {:?}",
            line.told(1 - caller)
        );
        assert_eq!(line.violations(), 0, "{kind:?}");
        line.assert_at_rest(&format!("{kind:?}"));
    }
}

#[test]
fn feature_group_d_acknowledges_and_cama_asks_for_the_number() {
    let mut line = Line::of(Kind::FeatureGroupD);
    line.call(0, 0, None);
    line.run(ms(200_000));
    assert_eq!(
        line.told(0),
        [
            Notice::Ready,
            Notice::Acknowledged,
            Notice::Answered,
            Notice::Released
        ]
    );
    let mut line = Line::of(Kind::Cama);
    line.call(0, 1, None);
    line.run(ms(200_000));
    assert_eq!(
        line.told(0),
        [
            Notice::Ready,
            Notice::SendNumber,
            Notice::Answered,
            Notice::Disconnected,
            Notice::Released
        ]
    );
}

#[test]
fn an_answer_at_once_does_not_swallow_the_acknowledgement() {
    let mut line = Line::of(Kind::FeatureGroupD);
    line.call(0, 0, None);
    while line.ends[1].channel.state() != State::Receiving {
        let next = line.now + ms(10);
        line.run(next);
    }
    line.run(ms(3_000));
    let now = line.now;
    line.ends[1].wishes.clear();
    line.ends[1].wishes.push((now, Event::Accept));
    line.ends[1].wishes.push((now, Event::Answer));
    line.run(now + ms(60_000));
    assert_eq!(
        line.told(0),
        [
            Notice::Ready,
            Notice::Acknowledged,
            Notice::Answered,
            Notice::Released
        ]
    );
}

#[test]
fn forward_disconnect_and_ground_start_tell_the_station_and_loop_start_cannot() {
    for (kind, hears) in [
        (Kind::ForwardDisconnectOffice, true),
        (Kind::GroundOffice, true),
        (Kind::LoopOffice, false),
    ] {
        let mut line = Line::of(kind);
        line.call(0, 0, None);
        line.run(ms(25_000));
        let told = line.told(1).contains(&Notice::Disconnected);
        assert_eq!(told, hears, "{kind:?}: {:?}", line.told(1));
    }
}

#[test]
fn glare_on_e_and_m_leaves_one_call_and_both_lines_idle() {
    for kind in [
        Kind::EmImmediate,
        Kind::EmWink,
        Kind::EmDelayDial,
        Kind::FeatureGroupD,
        Kind::Cama,
    ] {
        for yields in [[true, false], [false, true], [true, true], [false, false]] {
            for apart in [0, 1, 5, 8, 20, 60] {
                let mut configs = [kind, kind].map(Config::robbed_bit);
                for (config, yields) in configs.iter_mut().zip(yields) {
                    config.yields = yields;
                }
                let what = format!("{kind:?} {yields:?} {apart} ms apart");
                let mut line = Line::new(configs, ms(5), 0);
                line.call(0, 0, None);
                line.run(ms(apart));
                let now = line.now;
                line.ends[1].wishes.push((now, Event::Seize));
                line.run(ms(400_000));
                line.assert_at_rest(&what);
                if yields == [true, false] && kind != Kind::EmDelayDial && apart < 5 {
                    assert!(
                        line.told(0).contains(&Notice::GlareLost),
                        "{what}: {:?}",
                        line.told(0)
                    );
                    assert!(
                        answered(&line.told(1)),
                        "{what}: {:?} {:?}",
                        line.told(0),
                        line.told(1)
                    );
                }
            }
        }
    }
}

#[test]
fn a_seizure_of_a_ringing_loop_becomes_its_answer() {
    for kind in [
        Kind::LoopOffice,
        Kind::ForwardDisconnectOffice,
        Kind::GroundOffice,
    ] {
        for apart in [0, 10, 40, 100] {
            let mut line = Line::of(kind);
            line.call(0, 1, None);
            line.run(ms(apart));
            let now = line.now;
            line.ends[1].wishes.push((now, Event::Seize));
            line.run(ms(300_000));
            line.assert_at_rest(&format!("{kind:?} {apart}"));
            assert!(
                answered(&line.told(0)),
                "{kind:?} {apart}: {:?}",
                line.told(0)
            );
        }
    }
}

#[test]
fn a_flash_is_a_flash_a_hit_is_nothing_and_longer_is_the_end() {
    for kind in [
        Kind::LoopStation,
        Kind::ForwardDisconnectStation,
        Kind::GroundStation,
        Kind::EmWink,
    ] {
        for (length, expected) in [
            (50, None),
            (500, Some(Notice::Flashed)),
            (1_500, Some(Notice::Disconnected)),
        ] {
            let mut configs = [kind, kind.far()].map(Config::robbed_bit);
            configs[0].timing.flash = ms(length);
            let mut line = Line::new(configs, ms(5), ms(2));
            line.call(0, 1, None);
            // After the answer, before the end.
            while line
                .ends
                .iter()
                .any(|end| end.channel.state() != State::Active)
            {
                let next = line.now + ms(100);
                line.run(next);
                assert!(line.now < ms(100_000), "{kind:?}: {:?}", line.told(1));
            }
            line.ends[0].wishes.clear();
            line.ends[1].wishes.clear();
            let before = line.ends[1].notices.len();
            let now = line.now;
            line.ends[0].wishes.push((now, Event::SendFlash));
            line.run(now + ms(4_000));
            let told: Vec<Notice> = line.told(1)[before..].to_vec();
            match expected {
                Some(notice) => assert_eq!(told.first(), Some(&notice), "{kind:?} {length}"),
                None => assert_eq!(told, [], "{kind:?} {length}"),
            }
        }
    }
}

#[test]
fn one_who_rings_into_nothing_gives_up_and_the_other_sees_it() {
    for kind in [
        Kind::LoopOffice,
        Kind::ForwardDisconnectOffice,
        Kind::GroundOffice,
    ] {
        let mut line = Line::of(kind);
        line.ends[0].wishes.push((1, Event::Seize));
        line.run(ms(2_900));
        line.ends[1].wishes.clear();
        let now = line.now;
        line.ends[0].wishes.push((now, Event::Hangup));
        line.run(ms(60_000));
        assert!(
            line.told(1).contains(&Notice::Abandoned),
            "{kind:?}: {:?}",
            line.told(1)
        );
        line.assert_at_rest(&format!("{kind:?}"));
    }
}

#[test]
fn requests_that_do_not_fit_are_refused_and_change_nothing() {
    let mut line = Line::of(Kind::EmWink);
    let channel = &mut line.ends[0].channel;
    for request in [
        Event::Answer,
        Event::Accept,
        Event::DigitsSent,
        Event::SendFlash,
        Event::Hangup,
    ] {
        assert!(channel.request(1, request).is_err(), "{request:?}");
    }
    assert!(channel.request(1, Event::FarOff).is_err());
    assert!(channel.dial_pulses(1, "1").is_err());
    assert_eq!(channel.counters().violations, 0);
    assert_eq!(channel.state(), State::Idle);
}
