// SPDX-License-Identifier: MIT OR Apache-2.0
//! Answers as text or JSON.

use pbx_api::{Call, Party, Reply, Span, Status};
use std::io::{self, Write};
use tdm_cli::Failure;

pub(super) fn show(reply: &Reply, json: bool) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = if json {
        serde_json::to_writer_pretty(&mut out, reply)
            .map_err(io::Error::from)
            .and_then(|()| writeln!(out))
    } else {
        text(&mut out, reply)
    };
    match written {
        // A reader that has seen enough, such as head.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(Failure::new),
    }
}

fn text(out: &mut impl Write, reply: &Reply) -> io::Result<()> {
    match reply {
        Reply::Calls { calls, .. } => list_calls(out, calls),
        Reply::Spans { spans } => spans.iter().try_for_each(|span| show_span(out, span)),
        Reply::Status(status) => show_status(out, status),
        Reply::Explain { text } => write!(out, "{text}"),
        Reply::Reload { changed, restart } => show_reload(out, changed, restart),
        Reply::Hangup {} | Reply::Shutdown {} => Ok(()),
    }
}

fn show_reload(out: &mut impl Write, changed: &[String], restart: &[String]) -> io::Result<()> {
    if changed.is_empty() && restart.is_empty() {
        return writeln!(out, "nothing has changed");
    }
    for change in changed {
        writeln!(out, "in force now     {change}")?;
    }
    for change in restart {
        writeln!(out, "needs a restart  {change}")?;
    }
    Ok(())
}

fn list_calls(out: &mut impl Write, calls: &[Call]) -> io::Result<()> {
    writeln!(
        out,
        "{:>6}  {:<8} {:>7}  {:<16} {:<16} {:<24} TO",
        "ID", "STATE", "SECONDS", "CALLING", "CALLED", "FROM"
    )?;
    for call in calls {
        let seconds = call.talking_ms.unwrap_or(call.age_ms) / 1000;
        let to = call.to.as_ref().map_or_else(|| "-".to_owned(), party);
        let calling = call.calling.as_deref().unwrap_or("-");
        writeln!(
            out,
            "{:>6}  {:<8} {:>7}  {:<16} {:<16} {:<24} {}",
            call.id,
            call.state,
            seconds,
            calling,
            call.called,
            party(&call.from),
            to
        )?;
    }
    Ok(())
}

fn party(party: &Party) -> String {
    match &party.channel {
        Some(channel) => format!("{} ({channel})", party.name),
        None => party.name.clone(),
    }
}

fn show_span(out: &mut impl Write, span: &Span) -> io::Result<()> {
    let alarms = if span.alarms.is_empty() {
        "none".to_owned()
    } else {
        span.alarms.join(" ")
    };
    let layer2 = if span.signalling_up { "up" } else { "down" };
    writeln!(
        out,
        "{}  {}  {} side  alarms: {alarms}  layer 2: {layer2}",
        span.name, span.address, span.side
    )?;
    for channel in &span.channels {
        let call = channel
            .call
            .map_or_else(|| "idle".to_owned(), |call| format!("call {call}"));
        let outages = if channel.outages.is_empty() {
            String::new()
        } else {
            format!("  out: {}", channel.outages.join(" "))
        };
        writeln!(out, "  {:>2}  {call}{outages}", channel.slot)?;
    }
    Ok(())
}

fn show_status(out: &mut impl Write, status: &Status) -> io::Result<()> {
    let state = if status.shutting_down {
        "shutting down"
    } else {
        "running"
    };
    writeln!(
        out,
        "pbxd {}  {state}  up {} s  {} calls",
        status.program,
        status.uptime_ms / 1000,
        status.calls
    )?;
    status
        .counters
        .iter()
        .try_for_each(|counter| writeln!(out, "{:<44} {}", counter.name, counter.value))
}
