// SPDX-License-Identifier: MIT OR Apache-2.0
//! The call as pbxd shows it, and whether everything is idle behind it.

use crate::clock::{MILLISECOND, now_ns};
use crate::config::LINE;
use crate::stage::Stage;
use crate::steps::Steps;
use anyhow::Result;
use pbx_store::{Filter, Record, State, Store};
use std::time::Duration;

/// How often pbxd is asked.
const INTERVAL_NS: u64 = 50 * MILLISECOND;
/// How long everything may take to be idle.
const IDLE_NS: u64 = 5_000 * MILLISECOND;

/// What pbxd showed last.
#[derive(Debug, Default)]
pub(super) struct Watch {
    asked: u64,
    shown: String,
}

impl Watch {
    /// Asks pbxd, and prints what has changed. `slot`: where the far exchange sees the call.
    pub(super) fn look(
        &mut self,
        stage: &mut Stage,
        steps: &mut Steps,
        slot: Option<u8>,
    ) -> Result<()> {
        let now = now_ns();
        if now < self.asked + INTERVAL_NS {
            return Ok(());
        }
        self.asked = now;
        for call in stage.client.calls()? {
            let to = call.to.as_ref();
            let channel = to.and_then(|to| to.channel.as_deref());
            if let (Some(channel), Some(slot)) = (channel, slot) {
                anyhow::ensure!(
                    channel == format!("{LINE}/{slot}"),
                    "pbxd has the call on channel {channel}, the far exchange on channel {slot}"
                );
            }
            let place =
                channel.map_or_else(String::new, |channel| format!(" on channel {channel}"));
            let to = to.map_or("nowhere yet", |to| to.name.as_str());
            let shown = format!(
                "call {}: {}, {} to {to}{place}",
                call.id, call.state, call.from.name
            );
            if shown != self.shown {
                steps.say("pbxd", &shown);
                self.shown = shown;
            }
        }
        Ok(())
    }
}

/// Waits until calls, channels and records say that all is over. What does not is told.
pub(super) fn idle(stage: &mut Stage, steps: &mut Steps, number: &str) -> Result<Vec<String>> {
    let deadline = now_ns() + IDLE_NS;
    loop {
        let open = busy(stage, number)?;
        if open.is_empty() {
            if let Some(record) = last_record(stage)? {
                steps.say(
                    "pbxd",
                    format!("all channels idle; {}", record_text(&record)),
                );
            }
            return Ok(Vec::new());
        }
        if now_ns() > deadline {
            return Ok(open);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn busy(stage: &mut Stage, number: &str) -> Result<Vec<String>> {
    let mut open: Vec<String> = stage
        .client
        .calls()?
        .iter()
        .map(|call| format!("pbxd still has call {}: {}", call.id, call.state))
        .collect();
    let line = stage.line()?;
    if !line.signalling_up {
        open.push("layer 2 of the PRI is down after the call".to_owned());
    }
    for channel in &line.channels {
        if let Some(call) = channel.call {
            open.push(format!(
                "channel {} is still held by call {call}",
                channel.slot
            ));
        }
        if !channel.outages.is_empty() {
            open.push(format!(
                "channel {} is out of service: {}",
                channel.slot,
                channel.outages.join(", ")
            ));
        }
    }
    match last_record(stage)? {
        None => open.push("there is no call record".to_owned()),
        Some(record) => {
            let good = record.state == State::Closed
                && record.cause == Some(16)
                && record.talking_ms.is_some();
            if !good || record.called != number {
                open.push(format!(
                    "the call record is not that of an answered call that was ended: {}",
                    record_text(&record)
                ));
            }
        }
    }
    Ok(open)
}

fn last_record(stage: &Stage) -> Result<Option<Record>> {
    let store = Store::open_read_only(&stage.records)?;
    Ok(store
        .list(&Filter {
            limit: Some(1),
            ..Filter::default()
        })?
        .into_iter()
        .next())
}

fn record_text(record: &Record) -> String {
    let cause = record
        .cause
        .map_or_else(|| "-".to_owned(), |cause| cause.to_string());
    let talking = record.talking_ms.map_or_else(
        || "not answered".to_owned(),
        |ms| format!("talked {:.1} s", ms as f64 / 1e3),
    );
    format!(
        "record {}: {} from {} to {}, {talking}, cause {cause}",
        record.id,
        record.state.name(),
        record.calling.as_deref().unwrap_or("-"),
        record.called
    )
}
