// SPDX-License-Identifier: MIT OR Apache-2.0
//! Everything that can go wrong on the line, at every moment of a call: each time both ends come to
//! rest, every call has ended once, and the next call works.

use crate::sim::{Fault, Line, What};
use cas::timing::ms;
use cas::{Event, Kind, Notice};

fn survives(kind: Kind, caller: usize, fault: Fault) {
    let what = format!("{kind:?}, end {caller} calls, {fault:?}");
    let mut line = Line::of(kind).with(fault);
    line.call(caller, caller, None);
    line.run(ms(150_000));
    // Users who are left with a call hang up.
    for _ in 0..3 {
        let now = line.now;
        for end in &mut line.ends {
            end.wishes.push((now, Event::Hangup));
        }
        line.run(now + ms(60_000));
    }
    line.assert_at_rest(&what);
    let before = line.ends[caller].notices.len();
    line.call(caller, caller, None);
    let end = line.now + ms(200_000);
    line.run(end);
    line.assert_at_rest(&what);
    let told: Vec<Notice> = line.told(caller)[before..].to_vec();
    assert!(
        told.contains(&Notice::Answered),
        "{what}: the next call: {told:?}"
    );
}

/// Moments: every 70 ms of what happens quickly, every 350 ms of the rest.
fn moments() -> impl Iterator<Item = u64> {
    (0..40)
        .map(|n| ms(n * 70))
        .chain((8..52).map(|n| ms(n * 350)))
}

#[test]
fn glitches() {
    for kind in Kind::ALL {
        for at in moments() {
            for (end, length, bits) in [(0, 2, 0xF), (1, 30, 0x0), (0, 120, 0x5), (1, 400, 0xF)] {
                let what = What::Glitch(end, ms(length), bits);
                survives(kind, usize::from(at % 2 == 1), Fault { at, what });
                survives(kind, end, Fault { at, what });
            }
        }
    }
}

#[test]
fn changes_that_come_late() {
    for kind in Kind::ALL {
        for at in moments() {
            for (end, length) in [(0, 100), (1, 100), (0, 1_000), (1, 6_000)] {
                let what = What::Frozen(end, ms(length));
                survives(kind, 0, Fault { at, what });
            }
        }
    }
}

#[test]
fn carrier_failures() {
    for kind in Kind::ALL {
        for at in moments() {
            for length in [50, 3_000] {
                let what = What::Failure(ms(length));
                survives(kind, 0, Fault { at, what });
            }
        }
    }
}
