// SPDX-License-Identifier: MIT OR Apache-2.0
#![allow(clippy::unwrap_used)]

use super::*;

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A line that was raised at time 0 and not yet signalled.
fn raised() -> Intx {
    let mut line = Intx::new();
    line.drive(ms(0), true);
    line
}

#[test]
fn an_edge_is_signalled_once() {
    let mut line = raised();
    assert!(line.poll_signal());
    assert!(!line.poll_signal());
    line.drive(ms(1), true);
    assert!(!line.poll_signal());
    assert_eq!(line.counters().fired, 1);
}

#[test]
fn an_access_before_the_handler_raises_it_again() {
    let mut line = raised();
    line.poll_signal();
    // A process-context access deasserted the line before any handler ran.
    line.accessed(ms(0));
    line.unmasked(ms(0));
    assert!(line.poll_signal());
    assert_eq!((line.counters().refired, line.counters().fired), (1, 1));
}

#[test]
fn accesses_inside_the_handler_do_not() {
    let mut line = raised();
    line.poll_signal();
    line.status_read(true);
    for _ in 0..10 {
        line.unmasked(ms(0));
    }
    assert!(!line.poll_signal());
    assert_eq!(line.counters().spurious, 0);
    assert_eq!(line.counters().unmasked, 10);
}

#[test]
fn what_comes_between_acknowledgement_and_return_is_not_lost() {
    let mut line = raised();
    line.poll_signal();
    line.status_read(true);
    line.acknowledged(true);
    line.drive(ms(0), false);
    // The next tick fires before the handler's last access …
    line.drive(ms(1), true);
    assert!(line.poll_signal());
    // … which lowers the guest's line.
    line.unmasked(ms(1));
    assert!(line.poll_signal());
    assert_eq!((line.counters().fired, line.counters().refired), (2, 1));
}

#[test]
fn a_level_that_survives_the_acknowledgement_fires_anew() {
    let mut line = raised();
    line.poll_signal();
    line.status_read(true);
    line.acknowledged(true);
    line.drive(ms(0), true);
    assert!(line.poll_signal());
    assert_eq!(line.counters().fired, 2);
}

#[test]
fn a_line_is_raised_again_after_20_ms_of_silence() {
    let mut line = raised();
    line.poll_signal();
    assert_eq!(line.poll_timeout(), Some(ms(20)));
    line.accessed(ms(15));
    line.handle_timeout(ms(20));
    assert!(!line.poll_signal());
    line.handle_timeout(ms(35));
    assert!(line.poll_signal());
    // The guest's line was up all the time: somebody stood still, and nothing was lost.
    assert_eq!((line.counters().stalled, line.counters().fallback), (1, 0));
    line.drive(ms(36), false);
    assert_eq!(line.poll_timeout(), None);
}

#[test]
fn a_read_with_nothing_pending_is_spurious() {
    let mut line = Intx::new();
    line.status_read(false);
    assert_eq!(line.counters().spurious, 1);
    line.reset();
    assert_eq!(line.counters().spurious, 1);
}

/// Random orders of events: a high level that nobody has seen is always signalled, or will be by the next unmask or the fallback.
#[test]
fn no_order_of_events_loses_an_interrupt() {
    use proptest::prelude::*;
    proptest!(|(events in proptest::collection::vec(0u8..6, 0..200))| {
        let mut line = Intx::new();
        let mut guest_line = false;
        let mut now = ms(0);
        for event in events {
            now += ms(1);
            match event {
                0 => line.drive(now, true),
                1 => line.drive(now, false),
                2 => {
                    line.accessed(now);
                    guest_line = false;
                    line.unmasked(now);
                }
                3 => line.status_read(line.level()),
                4 => {
                    let level = line.level();
                    line.acknowledged(true);
                    line.drive(now, level);
                }
                _ => line.handle_timeout(now),
            }
            guest_line |= line.poll_signal();
            prop_assert_eq!(line.counters().fallback, 0);
            if line.level() && !line.seen {
                prop_assert!(guest_line, "a high line that no handler has seen is up at the guest");
            }
        }
        if line.level() {
            let due = line.poll_timeout().unwrap();
            line.handle_timeout(due);
            prop_assert!(line.poll_signal());
        }
    });
}
