// SPDX-License-Identifier: MIT OR Apache-2.0
//! Clearing: by either side, in every state that libpri reaches, with every cause of the list.

use super::List;
use super::calls::{expect, idle, ordinary, place};
use crate::bench::{Bench, Capture, Outcome};
use q931::cause::{Cause, CauseValue};
use q931::{CallId, ChannelChoice, Extras, Location, Side};

const CAUSES: [u8; 11] = [1, 16, 17, 18, 19, 21, 28, 34, 38, 41, 102];

fn clear(bench: &mut Bench, call: CallId, value: u8) -> Outcome {
    let cause = Cause::new(Location::User, CauseValue(value));
    bench
        .interface
        .disconnect(bench.now(), call, &cause, &Extras::default())
        .map_err(|error| error.to_string())
}

/// Brings a call of ours into a state by what libpri does with it.
fn ours_in(
    bench: &mut Bench,
    capture: &mut Capture,
    state: u8,
) -> Result<(CallId, String), String> {
    let policy = match state {
        1 | 6 => "none",
        2 | 25 => "setupack",
        3 | 9 => "proceeding",
        4 | 7 => "alert",
        _ => "answer",
    };
    bench.tell(&format!("policy {policy}"))?;
    let mut setup = ordinary();
    setup.sending_complete = !matches!(state, 2 | 25);
    let (call, tag) = place(bench, capture, &setup, ChannelChoice::Pick)?;
    bench.state(capture, call, state)?;
    Ok((call, tag))
}

/// Brings a call of libpri into a state by what we do with it.
fn theirs_in(bench: &mut Bench, capture: &mut Capture, state: u8) -> Result<CallId, String> {
    let overlap = if matches!(state, 2 | 25) {
        "overlap"
    } else {
        "complete"
    };
    bench.tell(&format!("call o1 5551234 4930222 5 exclusive {overlap}"))?;
    bench.until(capture, "a call comes", |b| b.incoming().is_some())?;
    let call = bench.incoming().map_or(CallId(0), |i| i.call);
    let (now, none) = (bench.now(), Extras::default());
    let interface = &mut bench.interface;
    let (done, report) = match state {
        1 | 6 => (Ok(()), None),
        2 | 25 => (
            interface.setup_acknowledge(now, call, &none),
            Some("setup_ack tag=o1"),
        ),
        3 | 9 => (interface.proceeding(call, &none), Some("proceeding tag=o1")),
        4 | 7 => (interface.alerting(call, &none), Some("ringing tag=o1")),
        _ => (interface.connect(now, call, &none), Some("answer tag=o1")),
    };
    done.map_err(|error| error.to_string())?;
    if let Some(report) = report {
        bench.report(capture, report)?;
    }
    bench.state(capture, call, state)?;
    Ok(call)
}

pub(super) fn add(list: &mut List) {
    let letter = match list.side {
        Side::User => "U",
        Side::Network => "N",
    };
    let (ours, theirs) = match list.side {
        Side::User => ([1, 2, 3, 4, 10], [6, 25, 9, 7, 10]),
        Side::Network => ([6, 25, 9, 7, 10], [1, 2, 3, 4, 10]),
    };
    for state in ours {
        list.add(
            format!("we clear our call in {letter}{state}"),
            move |b, c| {
                let (call, tag) = ours_in(b, c, state)?;
                clear(b, call, 16)?;
                b.state(c, call, 0)?;
                if matches!(state, 1 | 6) {
                    // Before its first response libpri answers DISCONNECT, but tells nobody.
                    b.tell(&format!("forget {tag}"))?;
                }
                idle(b, c)?;
                expect("cause", &b.released(call), &Some(CauseValue(16)))
            },
        );
        list.add(
            format!("it clears our call in {letter}{state}"),
            move |b, c| {
                // Before its first response libpri clears only with causes like 34.
                let value = if matches!(state, 1 | 6) { 34 } else { 16 };
                let (call, tag) = ours_in(b, c, state)?;
                b.tell(&format!("hangup {tag} {value}"))?;
                idle(b, c)?;
                expect("cause", &b.released(call), &Some(CauseValue(value)))
            },
        );
    }
    for state in theirs {
        list.add(
            format!("we clear its call in {letter}{state}"),
            move |b, c| {
                let call = theirs_in(b, c, state)?;
                clear(b, call, 16)?;
                b.until(c, "the peer hears cause 16", |b| {
                    b.reports
                        .iter()
                        .any(|r| r.starts_with("hangup") && r.ends_with("tag=o1 cause=16"))
                })?;
                idle(b, c)
            },
        );
        list.add(
            format!("it clears its call in {letter}{state}"),
            move |b, c| {
                let call = theirs_in(b, c, state)?;
                b.tell("hangup o1 16")?;
                idle(b, c)?;
                expect("cause", &b.released(call), &Some(CauseValue(16)))
            },
        );
    }
    for by_us in [true, false] {
        let who = if by_us { "we clear" } else { "it clears" };
        let manual = |s: &mut crate::bench::Setting| s.manual_connect = true;
        // Whose call it must be for the side that answers to wait in state 8: the network's.
        match list.side {
            Side::User => list.add_with(format!("{who} in U8"), manual, move |b, c| {
                let call = theirs_in(b, c, 8)?;
                if by_us {
                    clear(b, call, 16)?;
                } else {
                    b.tell("hangup o1 16")?;
                }
                idle(b, c)
            }),
            Side::Network => list.add_with(format!("{who} in N8"), manual, move |b, c| {
                let (call, tag) = ours_in(b, c, 8)?;
                if by_us {
                    clear(b, call, 16)?;
                } else {
                    b.tell(&format!("hangup {tag} 16"))?;
                }
                idle(b, c)
            }),
        }
    }
    list.add("both clear at once", |b, c| {
        let (call, tag) = ours_in(b, c, 10)?;
        b.tell(&format!("hangup {tag} 16"))?;
        clear(b, call, 16)?;
        idle(b, c)
    });
    for value in CAUSES {
        list.add(format!("it refuses with cause {value}"), move |b, c| {
            b.tell(&format!("policy reject {value}"))?;
            let (call, _) = place(b, c, &ordinary(), ChannelChoice::Pick)?;
            idle(b, c)?;
            expect("cause", &b.released(call), &Some(CauseValue(value)))
        });
        list.add(format!("it clears with cause {value}"), move |b, c| {
            let (call, tag) = ours_in(b, c, 10)?;
            b.tell(&format!("hangup {tag} {value}"))?;
            idle(b, c)?;
            expect("cause", &b.released(call), &Some(CauseValue(value)))
        });
        list.add(format!("we refuse with cause {value}"), move |b, c| {
            b.tell("call o1 5551234 4930222 5 exclusive complete")?;
            b.until(c, "a call comes", |b| b.incoming().is_some())?;
            let call = b.incoming().map_or(CallId(0), |i| i.call);
            clear(b, call, value)?;
            b.report(c, &format!("hangup tag=o1 cause={value}"))?;
            idle(b, c)
        });
        list.add(format!("we clear with cause {value}"), move |b, c| {
            let (call, tag) = ours_in(b, c, 10)?;
            clear(b, call, value)?;
            b.report(c, &format!("hangup_req tag={tag} cause={value}"))?;
            idle(b, c)
        });
    }
}
