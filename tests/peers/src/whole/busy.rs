// SPDX-License-Identifier: MIT OR Apache-2.0
//! Many calls at once, and channels that are taken.

use super::{List, Outcome, holds, tag};
use crate::script::{AUDIO, Script};
use crate::site::{LOOPBACK, PATIENCE, Site};

pub(super) fn add(list: &mut List) {
    list.add("30 calls at once from the PRI", thirty);
    list.add("15 calls each way at once", both_ways);
    list.add("PRI calls on a channel that is in use: refused", taken);
}

fn callee() -> Script {
    Script::callee()
        .respond(180, "", "")
        .finish(200, "", AUDIO)
        .received("ACK", &[])
        .received("BYE", &[])
        .respond(200, "", "")
}

/// libpri calls on these channels, lets all be answered, and hangs up.
fn place(site: &mut Site, channels: impl Iterator<Item = u8>) -> Result<u32, String> {
    let mut calls = 0;
    for channel in channels.filter(|channel| *channel != 16) {
        site.libpri.tell(&format!(
            "call t{channel} 4001 5551 {channel} preferred complete"
        ))?;
        calls += 1;
    }
    Ok(calls)
}

fn normal(site: &mut Site, count: usize) -> Outcome {
    site.await_calls(0, "talking")?;
    let records = site.new_records()?;
    let right = records
        .iter()
        .filter(|record| record.cause == Some(16) && record.answered.is_some())
        .count();
    if (records.len(), right) != (count, count) {
        return Err(format!("not {count} answered calls: {records:?}"));
    }
    let mut channels: Vec<_> = records
        .iter()
        .filter_map(|record| record.from_slot.or(record.to_slot))
        .collect();
    channels.sort_unstable();
    channels.dedup();
    if channels.len() != count {
        return Err(format!("not {count} channels: {channels:?}"));
    }
    Ok(())
}

fn thirty(site: &mut Site) -> Outcome {
    let mut sipp = site.sipp_is_called_often(30, &callee())?;
    place(site, 1..=31)?;
    site.await_calls(30, "talking")?;
    for channel in (1..=31).filter(|channel| *channel != 16) {
        site.libpri.tell(&format!("hangup t{channel} 16"))?;
    }
    sipp.finish()?;
    normal(site, 30)
}

fn both_ways(site: &mut Site) -> Outcome {
    site.libpri.tell("policy answer")?;
    // pbxd hunts upwards as the user and downwards as the network; libpri begins at the other end.
    let channels = if site.network { 1..=15 } else { 17..=31 };
    let mut called = site.sipp_is_called_often(15, &callee())?;
    let calls = Script::call("", AUDIO)
        .perhaps(&[100, 180, 183])
        .response(200, &[])
        .ack()
        .received("BYE", &[])
        .respond(200, "", "");
    let mut calling = site.sipp_calls_often("1234", 15, LOOPBACK, &calls)?;
    place(site, channels.clone())?;
    let mut tags = Vec::new();
    for _ in 0..15 {
        tags.push(tag(&site.libpri.expect("ring ", PATIENCE)?)?);
    }
    site.await_calls(30, "talking")?;
    tags.extend(channels.map(|channel| format!("t{channel}")));
    for tag in tags {
        site.libpri.tell(&format!("hangup {tag} 16"))?;
    }
    called.finish()?;
    calling.finish()?;
    normal(site, 30)
}

fn taken(site: &mut Site) -> Outcome {
    let mut sipp = site.sipp_is_called(&callee())?;
    site.libpri.tell("call t1 4001 5551 3 exclusive complete")?;
    site.libpri.expect("answer ", PATIENCE)?;
    site.libpri.tell("call t2 4001 5552 3 exclusive complete")?;
    let line = site.libpri.expect("hangup", PATIENCE)?;
    holds(&line, "tag", "t2")?;
    holds(&line, "cause", "44")?;
    site.await_calls(1, "talking")?;
    site.libpri.tell("hangup t1 16")?;
    sipp.finish()?;
    normal(site, 1)
}
