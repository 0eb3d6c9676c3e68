// SPDX-License-Identifier: MIT OR Apache-2.0
//! Anything from the line and from the user, in any order: the channel comes back.

use cas::timing::ms;
use cas::{Channel, Config, Event, Kind, Notice, Output, State};
use proptest::prelude::*;
use tdm_line::abcd::Abcd;

fn drain(channel: &mut Channel, released: &mut u64) -> bool {
    let mut disconnected = false;
    while let Some(output) = channel.poll_output() {
        match output {
            Output::Notice(Notice::Released) => *released += 1,
            Output::Notice(Notice::Disconnected) => disconnected = true,
            _ => {}
        }
    }
    disconnected
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn any_order(kind in 0usize..11, yields: bool,
        steps in prop::collection::vec((0u8..12, 0u8..16, 0u64..20_000), 0..120)) {
        let kind = Kind::ALL[kind];
        let mut config = Config::robbed_bit(kind);
        config.yields = yields;
        let mut channel = Channel::new(config, 0);
        let mut now = 0;
        let mut released = 0;
        for (what, bits, frames) in steps {
            now += frames;
            channel.handle_timeout(now);
            match what {
                0..=4 => channel.input(now, now.saturating_sub(frames / 2), Abcd::from_bits(bits)),
                5 => drop(channel.dial_pulses(now, "12")),
                6 => channel.carrier_failure(now, bits & 1 == 0),
                _ => {
                    let request = Event::ALL[usize::from(bits) % 6];
                    let _ = channel.request(now, request);
                }
            }
            drain(&mut channel, &mut released);
        }
        // The far end goes idle, and we hang up.
        channel.carrier_failure(now, false);
        let far = kind.far();
        let idle = far.robbed_bits().bits(far.idle()).unwrap();
        channel.input(now, now, idle);
        for _ in 0..8 {
            now += ms(40_000);
            channel.handle_timeout(now);
            drain(&mut channel, &mut released);
            let _ = channel.request(now, Event::Hangup);
        }
        now += ms(40_000);
        channel.handle_timeout(now);
        drain(&mut channel, &mut released);
        prop_assert_eq!(channel.state(), State::Idle);
        prop_assert_eq!(channel.counters().calls, released);
        prop_assert_eq!(channel.counters().outputs_lost, 0);
    }
}
