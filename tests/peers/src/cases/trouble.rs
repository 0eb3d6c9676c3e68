// SPDX-License-Identifier: MIT OR Apache-2.0
//! RESTART, STATUS ENQUIRY, and loss of layer 2 shorter and longer than T309.

use super::List;
use super::calls::{expect, idle, ordinary, place};
use crate::bench::{Bench, Capture, Pace, Setting};
use q931::cause::{Cause, CauseValue};
use q931::{CallEvent, CallId, CallState, ChannelChoice, Event, Extras, Location, Slots};
use std::time::Duration;

fn active(b: &mut Bench, c: &mut Capture, channel: u8) -> Result<(CallId, String), String> {
    b.tell("policy answer")?;
    let (call, tag) = place(b, c, &ordinary(), ChannelChoice::Exclusive(channel))?;
    b.state(c, call, 10)?;
    Ok((call, tag))
}

fn hang_up(b: &mut Bench, c: &mut Capture, call: CallId) -> Result<(), String> {
    let cause = Cause::new(Location::User, CauseValue::NORMAL_CLEARING);
    b.interface
        .disconnect(b.now(), call, &cause, &Extras::default())
        .map_err(|error| error.to_string())?;
    idle(b, c)
}

pub(super) fn add(list: &mut List) {
    let quick = |s: &mut Setting| s.pace = Pace::QUICK;
    list.add("we restart the channel of a call", |b, c| {
        let (call, tag) = active(b, c, 8)?;
        let (other, _) = active(b, c, 9)?;
        b.interface
            .restart(b.now(), Slots::of(8))
            .map_err(|e| e.to_string())?;
        b.report(c, "restart channel=8")?;
        b.report(c, &format!("restarted tag={tag}"))?;
        b.until(c, "RESTART ACKNOWLEDGE", |b| {
            b.events.contains(&Event::RestartDone {
                channels: Slots::of(8),
            })
        })?;
        expect("the call", &b.interface.state(call), &CallState::Null)?;
        expect(
            "the other call",
            &b.interface.state(other),
            &CallState::Active,
        )?;
        // The channel serves again.
        let (again, _) = active(b, c, 8)?;
        b.interface
            .disconnect(
                b.now(),
                again,
                &Cause::new(Location::User, CauseValue::NORMAL_CLEARING),
                &Extras::default(),
            )
            .map_err(|e| e.to_string())?;
        hang_up(b, c, other)
    });
    list.add("it restarts the channel of a call", |b, c| {
        let (call, _) = active(b, c, 8)?;
        b.tell("restart 8")?;
        b.report(c, "restart_ack channel=8")?;
        b.until(c, "our call ends", |b| b.released(call).is_some())?;
        let heard = Event::RestartReceived {
            channels: Slots::of(8),
        };
        if !b.events.contains(&heard) {
            return Err("no RestartReceived".into());
        }
        expect("busy channels", &b.interface.busy_slots(), &Slots::NONE)
    });
    list.add("we restart all channels one by one", |b, c| {
        b.interface
            .restart(b.now(), Slots::E1)
            .map_err(|e| e.to_string())?;
        b.until(c, "thirty RESTART ACKNOWLEDGE", |b| {
            let done = b
                .events
                .iter()
                .filter(|e| matches!(e, Event::RestartDone { .. }));
            done.count() == 30
        })
    });
    list.add("answers STATUS ENQUIRY", |b, c| {
        let (call, _) = active(b, c, 8)?;
        b.interface
            .status_enquiry(b.now(), call)
            .map_err(|e| e.to_string())?;
        b.until(c, "STATUS with state 10", |b| {
            b.events.iter().any(|event| {
                matches!(event, Event::Call { event: CallEvent::Status { cause, state: 10 }, .. }
                    if cause.value == CauseValue::STATUS_ENQUIRY_RESPONSE)
            })
        })?;
        hang_up(b, c, call)
    });
    list.add_with("layer 2 is lost for less than T309", quick, |b, c| {
        let (call, _) = active(b, c, 8)?;
        b.reports.retain(|r| r != "up" && r != "down");
        b.cut = true;
        b.within(c, Duration::from_secs(8), "both ends lose the link", |b| {
            !b.interface.is_link_up() && b.reports.iter().any(|r| r == "down")
        })?;
        b.run(c, Duration::from_millis(500));
        b.cut = false;
        b.within(
            c,
            Duration::from_secs(8),
            "both ends have the link again",
            |b| b.interface.is_link_up() && b.reports.iter().any(|r| r == "up"),
        )?;
        b.run(c, Duration::from_millis(500));
        expect("our call", &b.interface.state(call), &CallState::Active)?;
        b.tell("count")?;
        expect(
            "its calls",
            &b.report(c, "count ")?.as_str(),
            &"count calls=1",
        )?;
        hang_up(b, c, call)
    });
    list.add_with("layer 2 is lost for more than T309", quick, |b, c| {
        let (call, _) = active(b, c, 8)?;
        b.reports.retain(|r| r != "up" && r != "down");
        b.cut = true;
        b.within(
            c,
            Duration::from_secs(15),
            "both ends give the call up",
            |b| b.released(call).is_some() && b.reports.iter().any(|r| r.starts_with("hangup ")),
        )?;
        let cause = Some(CauseValue::DESTINATION_OUT_OF_ORDER);
        expect("cause", &b.released(call), &cause)?;
        b.cut = false;
        b.within(
            c,
            Duration::from_secs(8),
            "both ends have the link again",
            |b| b.interface.is_link_up() && b.reports.iter().any(|r| r == "up"),
        )?;
        idle(b, c)?;
        let (call, _) = active(b, c, 8)?;
        hang_up(b, c, call)
    });
}
