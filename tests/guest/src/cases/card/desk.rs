// SPDX-License-Identifier: MIT OR Apache-2.0
//! The emulator's control socket, which QEMU leads to the guest's third serial line.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};

use super::driver::until;
use crate::module::command;

const LINE: &str = "/dev/ttyS2";

/// The open line.
pub(super) struct Desk(File);

impl Desk {
    pub(super) fn open() -> Result<Self> {
        command(Command::new("stty").args(["-F", LINE, "raw", "-echo"]))?;
        let line = OpenOptions::new().read(true).write(true).open(LINE);
        Ok(Self(line.with_context(|| format!("cannot open {LINE}"))?))
    }

    /// One command and its answer.
    pub(super) fn ask(&mut self, request: &str) -> Result<String> {
        self.0.write_all(format!("{request}\n").as_bytes())?;
        let mut answer = Vec::new();
        let mut octet = [0];
        while answer.last() != Some(&b'\n') {
            ensure!(self.0.read(&mut octet)? == 1, "{LINE} has ended");
            answer.push(octet[0]);
        }
        let answer = String::from_utf8(answer)?;
        match answer.trim_end().strip_prefix("ok") {
            Some(rest) => Ok(rest.trim().to_owned()),
            None => bail!("{request}: {}", answer.trim_end()),
        }
    }

    /// Lets so many milliseconds of line time pass.
    pub(super) fn pass(&mut self, ms: u64) -> Result<()> {
        let end = self.card()?.get("dma_ticks")? + ms;
        until(Duration::from_secs(120), "line time", || {
            Ok(self.card()?.get("dma_ticks")? >= end)
        })?;
        Ok(())
    }

    /// What the card has counted.
    pub(super) fn card(&mut self) -> Result<Counters> {
        let text = self.ask("card c1")?;
        let pairs = text.split(' ').filter_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            Some((key.to_owned(), value.parse().ok()?))
        });
        Ok(Counters(pairs.collect()))
    }
}

/// A card's counters by name.
pub(super) struct Counters(BTreeMap<String, u64>);

impl Counters {
    pub(super) fn get(&self, name: &str) -> Result<u64> {
        let value = self.0.get(name).copied();
        value.with_context(|| format!("the card has no counter {name}"))
    }

    /// The rules of the interrupt line since `before`: nothing lost, next to nothing raised in vain. A host that stalls the guest for
    /// 20 ms has the line raised again, and that may be an interrupt with nothing to do.
    pub(super) fn check_since(&self, before: &Counters) -> Result<String> {
        let grown = |name: &str| Ok::<u64, anyhow::Error>(self.get(name)? - before.get(name)?);
        let (ticks, fired) = (grown("dma_ticks")?, grown("fired")?);
        let (stalled, spurious) = (grown("stalled")?, grown("spurious")?);
        ensure!(ticks > 0, "the card made no tick");
        ensure!(grown("overruns")? == 0, "a tick was overrun in lock-step");
        ensure!(grown("dma_faults")? == 0, "a transfer met no memory");
        ensure!(grown("fallback")? == 0, "an interrupt was lost");
        ensure!(
            spurious <= stalled + fired / 200 + 2,
            "{spurious} spurious interrupts of {fired}, {stalled} stalls"
        );
        let refired = grown("refired")?;
        Ok(format!(
            "{ticks} ticks, {fired} interrupts, {refired} raised again, {spurious} spurious, {stalled} stalls of 20 ms"
        ))
    }
}
