// SPDX-License-Identifier: MIT OR Apache-2.0
//! Calls that come about: numbers, channels, overlap, progress, collision.

use super::List;
use crate::bench::{Bench, Capture, Outcome};
use q931::ie::{Bearer, CalledNumber, CallingNumber, PartyNumber, Presentation, Screening};
use q931::{CallEvent, CallId, CallState, ChannelChoice, Event, Extras, Setup, Side};

/// An ordinary call of ours.
pub(super) fn ordinary() -> Setup {
    Setup {
        calling: Some(CallingNumber(PartyNumber::new("4930111"))),
        ..Setup::en_bloc(Bearer::speech_alaw(), "5551234")
    }
}

/// Places a call of ours and waits for the peer to see it; gives its tag there too.
pub(super) fn place(
    bench: &mut Bench,
    capture: &mut Capture,
    setup: &Setup,
    choice: ChannelChoice,
) -> Result<(CallId, String), String> {
    let call = bench
        .interface
        .setup(bench.now(), setup, choice)
        .map_err(|error| error.to_string())?;
    let ring = bench.report(capture, "ring ")?;
    Ok((call, value(&ring, "tag")))
}

/// The value of a key in a report.
pub(super) fn value(report: &str, key: &str) -> String {
    report
        .split(' ')
        .find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
        .unwrap_or_default()
        .to_owned()
}

pub(super) fn expect<T: PartialEq + core::fmt::Debug>(what: &str, is: &T, should: &T) -> Outcome {
    if is == should {
        Ok(())
    } else {
        Err(format!("{what} is {is:?}, expected {should:?}"))
    }
}

/// Nothing is left on either end.
pub(super) fn idle(bench: &mut Bench, capture: &mut Capture) -> Outcome {
    bench.until(capture, "no call of ours is left", |b| {
        b.interface.calls().count() == 0
    })?;
    for _ in 0..20 {
        bench.tell("count")?;
        if bench.report(capture, "count ")? == "count calls=0" {
            return Ok(());
        }
        bench.run(capture, std::time::Duration::from_millis(50));
    }
    Err(format!(
        "the peer still has calls; it said {:?}",
        bench.reports
    ))
}

fn hang_up(bench: &mut Bench, capture: &mut Capture, call: CallId) -> Outcome {
    let cause = q931::cause::Cause::new(
        q931::Location::User,
        q931::cause::CauseValue::NORMAL_CLEARING,
    );
    bench
        .interface
        .disconnect(bench.now(), call, &cause, &Extras::default())
        .map_err(|error| error.to_string())?;
    idle(bench, capture)
}

pub(super) fn add(list: &mut List) {
    for policy in ["answer", "answer-now"] {
        list.add(format!("takes a call ({policy})"), move |b, c| {
            b.tell(&format!("policy {policy}"))?;
            let (call, _) = place(b, c, &ordinary(), ChannelChoice::Pick)?;
            b.state(c, call, 10)?;
            b.run(c, std::time::Duration::from_millis(30));
            hang_up(b, c, call)
        });
    }
    list.add("makes a call", |b, c| {
        b.tell("call o1 5551234 4930222 3 exclusive complete")?;
        b.until(c, "a call comes", |b| b.incoming().is_some())?;
        let call = b.incoming().map_or(CallId(0), |i| i.call);
        expect("channel", &b.interface.channel(call), &Some(3))?;
        let none = Extras::default();
        let now = b.now();
        b.interface
            .proceeding(call, &none)
            .map_err(|e| e.to_string())?;
        b.report(c, "proceeding tag=o1 channel=3")?;
        b.interface
            .alerting(call, &none)
            .map_err(|e| e.to_string())?;
        b.report(c, "ringing tag=o1")?;
        b.interface
            .connect(now, call, &none)
            .map_err(|e| e.to_string())?;
        b.report(c, "answer tag=o1")?;
        b.state(c, call, 10)?;
        hang_up(b, c, call)
    });
    list.add("sees our numbers", |b, c| {
        b.tell("policy proceeding")?;
        let mut calling = PartyNumber::new("4930111");
        calling.shown = Some((Presentation::Restricted, Screening::UserVerified));
        let setup = Setup {
            calling: Some(CallingNumber(calling)),
            ..ordinary()
        };
        let call = b
            .interface
            .setup(b.now(), &setup, ChannelChoice::Exclusive(7))
            .map_err(|e| e.to_string())?;
        let ring = b.report(c, "ring ")?;
        for (key, should) in [
            ("channel", "7"),
            ("flexible", "0"),
            ("called", "5551234"),
            ("calling", "4930111"),
            ("pres", "33"),
            ("complete", "1"),
            ("ctype", "0"),
        ] {
            expect(key, &value(&ring, key).as_str(), &should)?;
        }
        b.state(
            c,
            call,
            if b.interface.config().side == Side::User {
                3
            } else {
                9
            },
        )?;
        hang_up(b, c, call)
    });
    list.add("its numbers are seen", |b, c| {
        b.tell("call o1 5551234 4930222 9 preferred complete")?;
        b.until(c, "a call comes", |b| b.incoming().is_some())?;
        let incoming = b.incoming().cloned().ok_or("no call")?;
        let setup = incoming.setup;
        expect(
            "called",
            &setup.called.map(|n| n.digits),
            &Some("5551234".into()),
        )?;
        expect("sending complete", &setup.sending_complete, &true)?;
        let calling = setup.calling.ok_or("no calling number")?.0;
        expect("calling", &calling.digits.as_str(), &"4930222")?;
        expect(
            "presentation",
            &calling.presentation(),
            &Presentation::Allowed,
        )?;
        expect("screening", &calling.screening(), &Screening::UserVerified)?;
        expect("bearer", &setup.bearer, &Bearer::speech_alaw())?;
        expect("channel", &incoming.channel, &9)?;
        hang_up(b, c, incoming.call)
    });
    list.add("names the channel when we ask for any", |b, c| {
        b.tell("policy answer")?;
        let (call, _) = place(b, c, &ordinary(), ChannelChoice::Any)?;
        b.state(c, call, 10)?;
        expect("channel", &b.interface.channel(call), &Some(1))?;
        hang_up(b, c, call)
    });
    list.add("takes another channel than it prefers", |b, c| {
        // Channel 4 is busy with a call of ours; libpri is told to ask for it all the same.
        b.tell("policy answer")?;
        let (first, _) = place(b, c, &ordinary(), ChannelChoice::Exclusive(4))?;
        b.state(c, first, 10)?;
        b.events.clear();
        b.tell("call o1 5551234 4930222 4 preferred complete")?;
        b.until(c, "a call comes", |b| b.incoming().is_some())?;
        let incoming = b.incoming().cloned().ok_or("no call")?;
        if incoming.channel == 4 {
            return Err("the busy channel was given".into());
        }
        b.interface
            .proceeding(incoming.call, &Extras::default())
            .map_err(|e| e.to_string())?;
        b.report(
            c,
            &format!("proceeding tag=o1 channel={}", incoming.channel),
        )?;
        let now = b.now();
        b.interface
            .connect(now, incoming.call, &Extras::default())
            .map_err(|e| e.to_string())?;
        b.state(c, incoming.call, 10)?;
        b.tell("hangup o1 16")?;
        hang_up(b, c, first)
    });
    list.add("insists on a busy channel and is refused", |b, c| {
        b.tell("policy answer")?;
        let (first, _) = place(b, c, &ordinary(), ChannelChoice::Exclusive(4))?;
        b.state(c, first, 10)?;
        b.tell("call o1 5551234 4930222 4 exclusive complete")?;
        b.report(c, "hangup tag=o1 cause=44")?;
        hang_up(b, c, first)
    });
    list.add("collects our digits in overlap", |b, c| {
        b.tell("policy setupack")?;
        let setup = Setup {
            called: Some(CalledNumber::new("5")),
            sending_complete: false,
            ..ordinary()
        };
        let (call, tag) = place(b, c, &setup, ChannelChoice::Pick)?;
        b.state(
            c,
            call,
            if b.interface.config().side == Side::User {
                2
            } else {
                25
            },
        )?;
        for digit in ["5", "1", "2"] {
            let now = b.now();
            b.interface
                .information(now, call, &CalledNumber::new(digit), false)
                .map_err(|e| e.to_string())?;
            b.report(c, &format!("info tag={tag} digits={digit}"))?;
        }
        for command in ["proceeding", "alert", "answer"] {
            b.tell(&format!("{command} {tag}"))?;
        }
        b.state(c, call, 10)?;
        hang_up(b, c, call)
    });
    list.add("gives its digits in overlap", |b, c| {
        b.tell("call o1 5 4930222 2 exclusive overlap")?;
        b.until(c, "a call comes", |b| b.incoming().is_some())?;
        let incoming = b.incoming().cloned().ok_or("no call")?;
        expect("sending complete", &incoming.setup.sending_complete, &false)?;
        let now = b.now();
        b.interface
            .setup_acknowledge(now, incoming.call, &Extras::default())
            .map_err(|e| e.to_string())?;
        b.report(c, "setup_ack tag=o1")?;
        b.tell("digits o1 1234")?;
        b.until(c, "four digits come", |b| {
            digits(b, incoming.call) == "1234"
        })?;
        b.interface
            .proceeding(incoming.call, &Extras::default())
            .map_err(|e| e.to_string())?;
        b.report(c, "proceeding tag=o1")?;
        let now = b.now();
        b.interface
            .connect(now, incoming.call, &Extras::default())
            .map_err(|e| e.to_string())?;
        b.report(c, "answer tag=o1")?;
        b.state(c, incoming.call, 10)?;
        b.tell("hangup o1 16")?;
        idle(b, c)
    });
    list.add("tells of progress", |b, c| {
        b.tell("policy proceeding")?;
        let (call, tag) = place(b, c, &ordinary(), ChannelChoice::Pick)?;
        b.tell(&format!("progress {tag}"))?;
        b.until(c, "PROGRESS with in-band tones", |b| {
            b.events.iter().any(|event| {
                matches!(event, Event::Call { event: CallEvent::Progress { extras, .. }, .. }
                    if extras.in_band())
            })
        })?;
        hang_up(b, c, call)
    });
    list.add("collides with us on one channel", |b, c| {
        b.tell("policy answer")?;
        b.tell("call o1 5551234 4930222 6 exclusive complete")?;
        let call = b
            .interface
            .setup(b.now(), &ordinary(), ChannelChoice::Exclusive(6))
            .map_err(|e| e.to_string())?;
        b.report(c, "ring ")?;
        if b.interface.config().side == Side::User {
            // The network's call has the channel.
            b.until(c, "its call comes", |b| b.incoming().is_some())?;
            let theirs = b.incoming().map_or(CallId(0), |i| i.call);
            expect("channel", &b.interface.channel(theirs), &Some(6))?;
            let now = b.now();
            b.interface
                .connect(now, theirs, &Extras::default())
                .map_err(|e| e.to_string())?;
            b.state(c, theirs, 10)?;
            b.until(c, "our call ends", |b| {
                b.interface.state(call) == CallState::Null
            })?;
            hang_up(b, c, theirs)
        } else {
            b.report(c, "hangup tag=o1 cause=44")?;
            b.state(c, call, 10)?;
            hang_up(b, c, call)
        }
    });
}

fn digits(bench: &Bench, of: CallId) -> String {
    bench
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Call {
                call,
                event: CallEvent::MoreDigits { digits, .. },
            } if *call == of => Some(digits.as_str()),
            _ => None,
        })
        .collect()
}
