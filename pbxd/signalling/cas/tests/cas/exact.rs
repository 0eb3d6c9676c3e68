// SPDX-License-Identifier: MIT OR Apache-2.0
//! What goes out is exact to the frame; what comes in is measured by its stamps.

use crate::sim::Line;
use cas::line::Code;
use cas::timing::ms;
use cas::{Carrier, Channel, Config, Event, Frame, Kind, Notice, Output, State, Timing};
use tdm_line::abcd::Abcd;

const OFF: Abcd = Abcd::from_bits(0xF);
const ON: Abcd = Abcd::from_bits(0x0);

fn lengths(sent: &[(Frame, Abcd)]) -> Vec<(u8, Frame)> {
    sent.windows(2)
        .map(|w| (w[0].1.bits(), w[1].0 - w[0].0))
        .collect()
}

#[test]
fn winks_are_as_long_as_they_should_be() {
    let mut line = Line::of(Kind::EmWink);
    line.call(0, 0, None);
    line.run(ms(5_000));
    let sent = lengths(&line.ends[1].sent);
    assert!(sent.contains(&(0xF, Timing::USUAL.wink)), "{sent:?}");
}

#[test]
fn dial_pulses_are_exact_though_the_timer_comes_late() {
    let mut channel = Channel::new(Config::robbed_bit(Kind::LoopStation), 0);
    channel.request(0, Event::Seize).unwrap();
    channel.handle_timeout(ms(1_000));
    assert_eq!(channel.state(), State::Sending);
    while channel.poll_output().is_some() {}
    channel.dial_pulses(ms(1_000), "30").unwrap();
    let mut sent = Vec::new();
    let mut now = ms(1_000);
    while channel.state() == State::Sending {
        while let Some(output) = channel.poll_output() {
            if let Output::Bits { frame, bits } = output {
                assert!(frame >= now, "late: {frame} at {now}");
                sent.push((frame, bits));
            }
        }
        // Up to 9 ms late, but less than the lead.
        now = channel.poll_timeout().unwrap() + now % 73;
        channel.handle_timeout(now);
    }
    let pulses = lengths(&sent);
    let usual = Timing::USUAL;
    assert_eq!(
        pulses
            .iter()
            .filter(|p| **p == (0x5, usual.pulse_break))
            .count(),
        13
    );
    assert_eq!(
        pulses
            .iter()
            .filter(|p| **p == (0xF, usual.pulse_make))
            .count(),
        11
    );
    let pause = usual.pulse_make + usual.interdigit;
    assert_eq!(pulses.iter().filter(|p| **p == (0xF, pause)).count(), 2);
    assert_eq!(pulses.len(), 26);
}

#[test]
fn giving_up_stops_pulses_and_leaves_the_line_idle() {
    let mut channel = Channel::new(Config::robbed_bit(Kind::EmImmediate), 0);
    channel.request(0, Event::Seize).unwrap();
    channel.handle_timeout(ms(1_000));
    channel.dial_pulses(ms(1_000), "0000").unwrap();
    channel.handle_timeout(ms(1_300));
    channel.request(ms(1_300), Event::Hangup).unwrap();
    let mut last = None;
    while let Some(output) = channel.poll_output() {
        if let Output::Bits { frame, bits } = output {
            assert!(last.is_none_or(|(before, _)| before < frame), "in order");
            last = Some((frame, bits));
        }
    }
    let (frame, bits) = last.unwrap();
    assert_eq!(bits, ON);
    assert!(frame <= ms(1_330), "at once: {frame}");
    channel.handle_timeout(ms(10_000));
    assert!(
        !core::iter::from_fn(|| channel.poll_output()).any(|o| matches!(o, Output::Bits { .. }))
    );
}

/// A wink of each length in front of a channel that has seized.
fn start_pulse(length: Frame) -> State {
    let mut config = Config::robbed_bit(Kind::EmWink);
    config.yields = false;
    let mut channel = Channel::new(config, 0);
    channel.request(0, Event::Seize).unwrap();
    let start = ms(300);
    channel.handle_timeout(start);
    channel.input(start, start, OFF);
    channel.handle_timeout(start + ms(10));
    channel.input(start + length, start + length, ON);
    channel.handle_timeout(start + length + ms(10));
    channel.state()
}

#[test]
fn winks_are_measured_to_the_frame() {
    let accepted = Timing::USUAL.wink_accepted;
    assert_eq!(start_pulse(accepted.least), State::Sending);
    assert_eq!(start_pulse(accepted.most), State::Sending);
    assert_eq!(start_pulse(accepted.least - 1), State::Seizing);
    assert_eq!(start_pulse(accepted.most + 1), State::Seizing);
}

#[test]
fn changes_shorter_than_the_debounce_are_not_seen() {
    let mut channel = Channel::new(Config::robbed_bit(Kind::EmImmediate), 0);
    channel.input(800, 800, OFF);
    channel.input(879, 879, ON);
    channel.handle_timeout(2_000);
    assert_eq!(
        (channel.state(), channel.counters().bounces),
        (State::Idle, 1)
    );
    channel.input(2_000, 2_000, OFF);
    assert_eq!(channel.poll_timeout(), Some(2_080));
    channel.handle_timeout(2_080);
    assert_eq!(channel.state(), State::Receiving);
}

#[test]
fn single_frequency_is_on_hook_while_it_sounds() {
    let mut config = Config::robbed_bit(Kind::EmWink);
    config.carrier = Carrier::SingleFrequency;
    let mut channel = Channel::new(config, 0);
    assert!(matches!(
        channel.poll_output(),
        Some(Output::Tone { on: true, .. })
    ));
    channel.input_tone(800, 800, false);
    channel.handle_timeout(900);
    assert_eq!(channel.poll_output(), Some(Output::Notice(Notice::Seized)));
    channel.handle_timeout(ms(400));
    assert!(matches!(
        channel.poll_output(),
        Some(Output::Tone { on: false, .. })
    ));
    channel.input(ms(500), ms(500), OFF);
    assert_eq!(channel.counters().unknown_bits, 1);
}

#[test]
fn other_bits_than_robbed_ones() {
    let mut config = Config::robbed_bit(Kind::EmImmediate);
    let code = Code::em(0b1101, 0b0101, 0b1000);
    config.carrier = Carrier::Bits {
        sent: code,
        received: code,
    };
    let mut channel = Channel::new(config, 0);
    let idle = Abcd::from_bits(0b1101);
    assert!(matches!(channel.poll_output(), Some(Output::Bits { bits, .. }) if bits == idle));
    // B, C and D are not looked at.
    channel.input(800, 800, Abcd::from_bits(0b0010));
    channel.handle_timeout(900);
    assert_eq!(channel.poll_output(), Some(Output::Notice(Notice::Seized)));
    channel.input(1_600, 1_600, Abcd::from_bits(0b1000));
    channel.handle_timeout(ms(220));
    channel.handle_timeout(ms(2_000));
    let mut outputs = core::iter::from_fn(|| channel.poll_output());
    assert!(outputs.any(|output| output == Output::Notice(Notice::Abandoned)));
}

#[test]
fn violations_are_counted_and_traced() {
    let mut channel = Channel::new(Config::robbed_bit(Kind::LoopOffice), 0);
    // The station's end of ground start on a line of loop start.
    channel.input(800, 800, Abcd::from_bits(0));
    channel.handle_timeout(ms(200));
    assert_eq!(channel.counters().violations, 1);
    let violation = channel.trace().next().unwrap();
    assert_eq!(
        (violation.state, violation.event),
        (State::Idle, Event::RingGround)
    );
}

/// Found by arbitrary orders: it used to stop the time of the state.
#[test]
fn a_carrier_that_comes_back_without_having_failed_changes_nothing() {
    let mut channel = Channel::new(Config::robbed_bit(Kind::EmWink), 0);
    channel.request(0, Event::Seize).unwrap();
    channel.request(100, Event::Hangup).unwrap();
    let due = channel.poll_timeout();
    assert_eq!(
        (channel.state(), due),
        (State::Guard, Some(100 + Timing::USUAL.guard))
    );
    channel.carrier_failure(200, false);
    assert_eq!(
        (channel.state(), channel.poll_timeout()),
        (State::Guard, due)
    );
}
