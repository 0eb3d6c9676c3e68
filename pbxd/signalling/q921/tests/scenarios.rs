// SPDX-License-Identifier: MIT OR Apache-2.0
//! Multiple-frame operation between two links, in virtual time.

mod common;

use common::{NETWORK, Pair, USER};
use core::time::Duration;
use q921::{Config, ErrorCode, Indication, Link, Output, Persistence, RequestError, Side, State};

const SECOND: Duration = Duration::from_secs(1);

fn messages(count: usize) -> Vec<Vec<u8>> {
    (0..count)
        .map(|n| vec![8, n as u8, (n >> 8) as u8])
        .collect()
}

#[test]
fn establishment_as_it_stands_on_the_line() {
    let mut pair = Pair::new();
    pair.links[USER].layer1(pair.now, true);
    pair.drain();
    pair.run(1500 * Duration::from_millis(1));
    pair.links[NETWORK].layer1(pair.now, true);
    pair.run(SECOND);
    pair.send(USER, &[8, 1]);
    pair.run(12 * SECOND);
    // The user's second SABME crosses the network's first, so the network sees a reset.
    assert_eq!(
        pair.transcript,
        "     0 U> SABME pf=1 cr=0
  1000 U> SABME pf=1 cr=0
  1500 N> SABME pf=1 cr=1
  1502 U> UA pf=1 cr=1
  1504 N ^ Established
  2000 U> SABME pf=1 cr=0
  2002 N> UA pf=1 cr=0
  2002 N ^ Error(F)
  2002 N ^ Established
  2004 U ^ Established
  2500 U> I ns=0 nr=0 p=0 cr=0
  2502 N ^ Data([8, 1])
  2502 N> RR nr=1 pf=0 cr=0
 12502 N> RR nr=1 pf=1 cr=1
 12504 U> RR nr=0 pf=1 cr=1
"
    );
}

#[test]
fn data_crosses_in_order_both_ways_through_a_bad_line() {
    for (loss, duplicate, reorder) in [
        (0, 0, 0),
        (200, 0, 0),
        (0, 200, 0),
        (0, 0, 200),
        (150, 100, 100),
    ] {
        let mut pair = Pair::up();
        pair.line.loss = loss;
        pair.line.duplicate = duplicate;
        pair.line.reorder = reorder;
        let sent = messages(200);
        for message in &sent {
            pair.send(NETWORK, message);
            pair.send(USER, message);
        }
        pair.run(120 * SECOND);
        let reset = pair
            .heard
            .iter()
            .flatten()
            .any(|i| matches!(i, Indication::Established));
        if !reset {
            assert_eq!(pair.data(NETWORK), sent, "loss {loss}");
            assert_eq!(pair.data(USER), sent, "loss {loss}");
        }
        // A reset may lose messages but never reorder or repeat them.
        for end in [NETWORK, USER] {
            let heard = pair.data(end);
            let mut rest = sent.iter();
            if duplicate == 0 && reorder == 0 {
                assert!(heard.iter().all(|m| rest.any(|s| s == m)), "loss {loss}");
            }
        }
        pair.line = common::Line::default();
        pair.run(30 * SECOND);
        assert!(pair.established());
        pair.heard = [Vec::new(), Vec::new()];
        pair.send(NETWORK, &[9, 9]);
        pair.run(SECOND);
        assert_eq!(pair.data(USER), vec![vec![9, 9]]);
    }
}

#[test]
fn the_window_holds_seven_frames() {
    let mut pair = Pair::up();
    pair.line.cut = true;
    for message in messages(20) {
        pair.send(NETWORK, &message);
    }
    assert_eq!(pair.transcript.matches("N> I").count(), 7);
    pair.line.cut = false;
    pair.run(5 * SECOND);
    assert_eq!(pair.data(USER), messages(20));
    assert!(pair.links[NETWORK].counters().retransmitted >= 7);
}

#[test]
fn a_lost_frame_is_rejected_once_and_sent_again() {
    let mut pair = Pair::up();
    pair.line.cut = true;
    pair.send(NETWORK, &[1]);
    pair.line.cut = false;
    pair.send(NETWORK, &[2]);
    pair.send(NETWORK, &[3]);
    pair.run(SECOND / 2);
    assert_eq!(pair.data(USER), vec![vec![1], vec![2], vec![3]]);
    assert_eq!(pair.transcript.matches("REJ").count(), 1);
    assert_eq!(pair.links[USER].counters().out_of_sequence, 2);
}

#[test]
fn a_busy_peer_is_waited_for() {
    let mut pair = Pair::up();
    pair.links[USER].receiver_busy(pair.now, true);
    pair.run(SECOND / 10);
    pair.send(NETWORK, &[1]);
    pair.run(30 * SECOND);
    assert!(pair.established());
    assert!(pair.data(USER).is_empty());
    pair.links[USER].receiver_busy(pair.now, false);
    pair.run(SECOND * 2);
    assert_eq!(pair.data(USER), vec![vec![1]]);
    assert_eq!(pair.links[NETWORK].counters().resets_ours, 0);
}

#[test]
fn a_frame_in_flight_to_a_busy_receiver_comes_again() {
    let mut pair = Pair::up();
    pair.send(NETWORK, &[1]);
    pair.links[USER].receiver_busy(pair.now, true);
    pair.run(SECOND * 3);
    assert_eq!(pair.links[USER].counters().discarded_busy, 1);
    pair.links[USER].receiver_busy(pair.now, false);
    pair.run(SECOND * 3);
    assert_eq!(pair.data(USER), vec![vec![1]]);
}

#[test]
fn a_cut_line_is_reported_and_comes_back_by_itself() {
    let mut pair = Pair::up();
    pair.line.cut = true;
    pair.run(30 * SECOND);
    for end in [NETWORK, USER] {
        let heard = &pair.heard[end];
        assert!(heard.contains(&Indication::Error(ErrorCode::I)));
        assert_eq!(
            heard.iter().filter(|i| **i == Indication::Released).count(),
            1
        );
    }
    pair.line.cut = false;
    pair.run(10 * SECOND);
    assert!(pair.established());
    for end in [NETWORK, USER] {
        assert_eq!(pair.heard[end].last(), Some(&Indication::Established));
    }
}

#[test]
fn losing_layer_1_releases_at_once() {
    let mut pair = Pair::up();
    pair.links[USER].layer1(pair.now, false);
    pair.drain();
    assert_eq!(pair.heard[USER], vec![Indication::Released]);
    assert_eq!(pair.links[USER].poll_timeout(), None);
    pair.inject(USER, &[2, 1, 0x7f]);
    assert_eq!(pair.links[USER].counters().layer1_down, 1);
    let refused = pair.links[USER].data_request(pair.now, vec![1]);
    assert_eq!(refused, Err(RequestError::NotEstablished));
    pair.links[USER].layer1(pair.now, true);
    pair.run(SECOND);
    assert!(pair.established());
}

#[test]
fn a_release_stays_until_it_is_taken_back() {
    let mut pair = Pair::with(|c| c.persistence = Persistence::OnRequest);
    for end in [NETWORK, USER] {
        pair.links[end].layer1(pair.now, true);
    }
    pair.run(SECOND);
    assert!(!pair.established());
    pair.links[USER].establish_request(pair.now).unwrap();
    pair.run(SECOND);
    assert!(pair.established());
    pair.links[USER].release_request(pair.now);
    pair.run(60 * SECOND);
    for end in [NETWORK, USER] {
        assert_eq!(pair.links[end].state(), State::TeiAssigned);
        assert_eq!(
            pair.heard[end],
            vec![Indication::Established, Indication::Released]
        );
    }
    // A request while the DISC is still out is honoured after it.
    pair.links[USER].establish_request(pair.now).unwrap();
    pair.run(SECOND);
    pair.links[USER].release_request(pair.now);
    pair.links[USER].establish_request(pair.now).unwrap();
    pair.run(SECOND);
    assert!(pair.established());
}

#[test]
fn release_during_establishment_waits_for_its_outcome() {
    let mut pair = Pair::with(|c| c.persistence = Persistence::OnRequest);
    for end in [NETWORK, USER] {
        pair.links[end].layer1(pair.now, true);
    }
    pair.links[USER].establish_request(pair.now).unwrap();
    pair.links[USER].release_request(pair.now);
    pair.run(SECOND);
    assert_eq!(pair.links[USER].state(), State::TeiAssigned);
    assert_eq!(pair.heard[USER].last(), Some(&Indication::Released));
}

#[test]
fn a_failed_request_says_so_after_n200_retransmissions() {
    let mut link = Link::new(Config {
        persistence: Persistence::OnRequest,
        ..Config::pri(Side::User)
    });
    assert_eq!(
        link.establish_request(Duration::ZERO),
        Err(RequestError::LayerOneDown)
    );
    link.layer1(Duration::ZERO, true);
    link.establish_request(Duration::ZERO).unwrap();
    let mut frames = 0;
    let mut heard = Vec::new();
    while let Some(now) = {
        while let Some(output) = link.poll_output() {
            match output {
                Output::Frame(_) => frames += 1,
                Output::Indication(i) => heard.push(i),
            }
        }
        link.poll_timeout()
    } {
        link.handle_timeout(now);
    }
    assert_eq!(frames, 4);
    assert_eq!(
        heard,
        vec![Indication::Error(ErrorCode::G), Indication::Released]
    );
}

#[test]
fn bad_frames_reset_the_link_and_name_their_code() {
    // From the network (commands with C/R = 1, responses with 0) to the user side.
    let cases: &[(&[u8], ErrorCode)] = &[
        (&[2, 1, 0x0d, 0], ErrorCode::L),
        (&[2, 1, 0x01, 0, 0], ErrorCode::M),
        (&[0, 1, 0x87], ErrorCode::N),
        (&[0, 1, 0x01, 0x20], ErrorCode::J),
        (&[0, 1, 0x97, 0, 0, 0, 0, 0], ErrorCode::K),
        (&[0, 1, 0x0f], ErrorCode::E),
    ];
    for (octets, code) in cases {
        let mut pair = Pair::up();
        pair.inject(USER, octets);
        assert_eq!(pair.heard[USER], vec![Indication::Error(*code)]);
        assert_eq!(pair.links[USER].state(), State::AwaitingEstablishment);
        pair.run(SECOND);
        assert!(pair.established());
        assert!(pair.heard[NETWORK].contains(&Indication::Error(ErrorCode::F)));
    }
    let mut long = vec![2, 1, 0, 0];
    long.resize(4 + 261, 0);
    let mut pair = Pair::up();
    pair.inject(USER, &long);
    assert_eq!(pair.heard[USER], vec![Indication::Error(ErrorCode::O)]);
}

#[test]
fn unsolicited_responses_are_reported_and_harmless() {
    for (octets, code) in [
        (&[0u8, 1, 0x01, 0x01][..], ErrorCode::A),
        (&[0, 1, 0x1f], ErrorCode::B),
        (&[0, 1, 0x73], ErrorCode::C),
        (&[0, 1, 0x63], ErrorCode::D),
    ] {
        let mut pair = Pair::up();
        pair.inject(USER, octets);
        assert_eq!(pair.heard[USER], vec![Indication::Error(code)]);
        assert_eq!(pair.links[USER].state(), State::MultipleFrameEstablished);
    }
}

#[test]
fn frames_for_others_and_invalid_ones_change_nothing() {
    let mut pair = Pair::up();
    for octets in [
        &[][..],
        &[2],
        &[2, 1],
        &[3, 1, 0x7f],
        &[2, 0, 0x7f],
        &[2, 1, 1],
    ] {
        pair.inject(USER, octets);
    }
    for octets in [&[0x82u8, 1, 0x7f][..], &[2, 3, 0x7f], &[2, 0xff, 0x7f]] {
        pair.inject(USER, octets);
    }
    let counters = *pair.links[USER].counters();
    assert_eq!((counters.invalid, counters.other_address), (6, 3));
    assert!(pair.heard[USER].is_empty());
    // Broadcast unnumbered information is for us.
    pair.inject(USER, &[2, 0xff, 3, 8, 1]);
    assert_eq!(pair.heard[USER], vec![Indication::UnitData(vec![8, 1])]);
    pair.inject(USER, &[2, 1, 0xaf]);
    assert_eq!(pair.links[USER].counters().xid, 1);
}

#[test]
fn two_equal_sides_notice() {
    let mut a = Link::new(Config::pri(Side::Network));
    let mut b = Link::new(Config::pri(Side::Network));
    a.layer1(Duration::ZERO, true);
    b.layer1(Duration::ZERO, true);
    let mut now = Duration::ZERO;
    let mut told = [0, 0];
    for _ in 0..3 {
        for end in [0, 1] {
            let (from, to) = if end == 0 {
                (&mut a, &mut b)
            } else {
                (&mut b, &mut a)
            };
            while let Some(output) = from.poll_output() {
                match output {
                    Output::Frame(frame) => to.input_frame(now, &frame),
                    Output::Indication(Indication::SameSide) => told[end] += 1,
                    Output::Indication(other) => panic!("{other:?}"),
                }
            }
        }
        now += SECOND;
        a.handle_timeout(now);
        b.handle_timeout(now);
    }
    assert_eq!(told, [1, 1]);
    assert!(a.counters().wrong_direction >= 2);
}

#[test]
fn queue_and_length_have_bounds() {
    let mut pair = Pair::up();
    pair.line.cut = true;
    let long = pair.links[USER].data_request(pair.now, vec![0; 261]);
    assert_eq!(
        long,
        Err(RequestError::TooLong {
            length: 261,
            limit: 260
        })
    );
    let mut refused = 0;
    for _ in 0..300 {
        if pair.links[USER]
            .data_request(pair.now, vec![0; 260])
            .is_err()
        {
            refused += 1;
        }
    }
    assert_eq!(refused, 300 - 256 - 7);
    assert_eq!(pair.links[USER].counters().queue_full, refused);
}

#[test]
fn a_peer_that_starts_afresh_is_accepted() {
    let mut pair = Pair::up();
    pair.send(USER, &[1]);
    pair.run(SECOND);
    pair.links[NETWORK] = Link::new(Config::pri(Side::Network));
    pair.links[NETWORK].layer1(pair.now, true);
    pair.run(SECOND);
    assert!(pair.established());
    assert_eq!(
        pair.heard[USER],
        vec![Indication::Error(ErrorCode::F), Indication::Established]
    );
    pair.send(USER, &[2]);
    pair.run(SECOND);
    assert_eq!(pair.data(NETWORK).last(), Some(&vec![2]));
}

#[test]
fn by_the_letter_a_reset_without_loss_is_silent() {
    let mut pair = Pair::with(|c| c.report_every_reset = false);
    pair.connect();
    pair.inject(USER, &[2, 1, 0x7f]);
    assert_eq!(pair.heard[USER], vec![Indication::Error(ErrorCode::F)]);
}
