// SPDX-License-Identifier: MIT OR Apache-2.0
//! Requests to a running emulator: from inside the process, and as lines of text over the control socket.

use crate::card::trace;
use crate::model::{Impairment, Kind};
use crate::pci::{CardReport, Seat};
use crate::serve::{Hub, lock};
use anyhow::{Context, Result, anyhow, bail, ensure};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};

/// Octets of a command, its line end among them.
const MAX_LINE: u64 = 256;

/// What can be asked.
const HELP: &str = "impair LINE los|ais|lof|rai|slip N|bit-errors RATE [for MS], clear LINE, card NAME, trace NAME, time";

/// Where requests are answered.
#[derive(Debug)]
pub(crate) struct Desk {
    /// Names of the lines, by their index in the model.
    lines: Vec<String>,
    hub: Arc<Mutex<Hub>>,
    seats: Vec<Arc<Seat>>,
}

impl Desk {
    pub(crate) fn new(lines: Vec<String>, hub: Arc<Mutex<Hub>>, seats: Vec<Arc<Seat>>) -> Self {
        Desk { lines, hub, seats }
    }

    /// The index of a line.
    pub(crate) fn index(&self, line: &str) -> Result<usize> {
        let found = self.lines.iter().position(|name| name == line);
        found.with_context(|| format!("no line {line:?}; there are: {}", self.lines.join(", ")))
    }

    /// A card.
    pub(crate) fn seat(&self, card: &str) -> Option<&Arc<Seat>> {
        self.seats.iter().find(|seat| seat.name() == card)
    }

    pub(crate) fn impair(&self, line: &str, impairment: Impairment) -> Result<()> {
        let index = self.index(line)?;
        let added = lock(&self.hub).plant.impair(index, impairment);
        ensure!(added, "too many impairments on {line:?}");
        Ok(())
    }

    pub(crate) fn clear(&self, line: &str) -> Result<()> {
        let index = self.index(line)?;
        lock(&self.hub).plant.clear_impairments(index);
        Ok(())
    }

    /// Answers a client's commands, line by line, until it is gone.
    pub(crate) fn serve(&self, client: &UnixStream) {
        let mut reader = BufReader::new(client);
        loop {
            let mut line = Vec::new();
            match (&mut reader).take(MAX_LINE).read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            let answer = match std::str::from_utf8(&line) {
                Ok(text) if text.ends_with('\n') => self.answer(text.trim()),
                _ => Err(anyhow!("expected a line of UTF-8 below {MAX_LINE} octets")),
            };
            let mut text = match answer {
                Ok(text) => format!("ok {text}"),
                Err(error) => format!("error {error:#}"),
            };
            text.truncate(text.trim_end().len());
            text.push('\n');
            // A client that does not listen has its own reasons; the next read ends it.
            if (&*client).write_all(text.as_bytes()).is_err() {
                return;
            }
            if line.last() != Some(&b'\n') {
                return;
            }
        }
    }

    /// Does what a line says.
    fn answer(&self, line: &str) -> Result<String> {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        match words[..] {
            ["impair", line, ref rest @ ..] => {
                self.impair(line, impairment(rest)?)?;
                Ok(String::new())
            }
            ["clear", line] => self.clear(line).map(|()| String::new()),
            ["card", name] => {
                let seat = self
                    .seat(name)
                    .with_context(|| format!("no card {name:?}"))?;
                Ok(text(&seat.report()))
            }
            ["trace", name] => {
                let seat = self
                    .seat(name)
                    .with_context(|| format!("no card {name:?}"))?;
                // One line an entry, and an empty one behind the last.
                Ok(format!(
                    "\n{}\n.",
                    trace::text(&seat.take_trace()).trim_end()
                ))
            }
            ["time"] => Ok(lock(&self.hub).plant.now().as_millis().to_string()),
            _ => bail!("expected one of: {HELP}"),
        }
    }
}

/// `KIND [VALUE] [for MS]`.
fn impairment(words: &[&str]) -> Result<Impairment> {
    let (words, length_ms) = match words {
        [words @ .., "for", ms] => (words, Some(ms.parse().context("milliseconds")?)),
        words => (words, None),
    };
    let kind = match words {
        ["los"] => Kind::Los,
        ["ais"] => Kind::Ais,
        ["lof"] => Kind::Lof,
        ["rai"] => Kind::Rai,
        ["slip", "1"] => Kind::Slip(1),
        ["slip", "-1"] => Kind::Slip(-1),
        ["bit-errors", rate] => {
            let rate: f64 = rate.parse().context("a rate")?;
            ensure!(rate > 0.0 && rate <= 0.5, "a rate above 0, at most 0.5");
            Kind::BitErrors(rate)
        }
        _ => bail!("expected one of: {HELP}"),
    };
    Ok(Impairment {
        kind,
        start_ms: 0,
        length_ms,
    })
}

/// A report as `key=value`, for programs.
fn text(report: &CardReport) -> String {
    let c = &report.counters;
    let [a, b, d, e] = report.status;
    let pairs = [
        ("ticks", c.ticks),
        ("dma_ticks", c.dma_ticks),
        ("overruns", c.overruns),
        ("lost", c.lost),
        ("dma_faults", c.dma_faults),
        ("reads", c.reads),
        ("writes", c.writes),
        ("framer_reads", c.framer_reads),
        ("framer_writes", c.framer_writes),
        ("framer_resets", c.framer_resets),
        ("fired", c.intx.fired),
        ("refired", c.intx.refired),
        ("spurious", c.intx.spurious),
        ("stalled", c.intx.stalled),
        ("fallback", c.intx.fallback),
        ("acknowledged", c.intx.acknowledged),
        ("unmasked", c.intx.unmasked),
        ("unsignalled", report.unsignalled),
        ("interrupts", report.interrupts.into()),
        ("frs0_1", a.into()),
        ("frs0_2", b.into()),
        ("frs0_3", d.into()),
        ("frs0_4", e.into()),
    ];
    let pairs: Vec<String> = pairs.iter().map(|(k, v)| format!("{k}={v}")).collect();
    pairs.join(" ")
}
