// SPDX-License-Identifier: MIT OR Apache-2.0
//! A running emulator: its threads and what may be asked of it from inside the process.

use crate::card::trace;
use crate::clock::{self, Bell};
use crate::config::{self, Built, Config};
use crate::exchange::{Report, ReportHandle};
use crate::model::Impairment;
use crate::pci::{CardReport, Seat, Server};
use crate::serve::{self, Hub, Listener, Statistics, lock};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use tdm::SpanAddress;

/// A running emulator; it ends on drop, and its spans with it.
pub struct Emulator {
    socket: PathBuf,
    names: Vec<String>,
    hub: Arc<Mutex<Hub>>,
    stop: Arc<AtomicBool>,
    bells: [Arc<Bell>; 2],
    wakers: Vec<Box<dyn Fn() + Send>>,
    threads: Vec<JoinHandle<()>>,
    reports: BTreeMap<String, ReportHandle>,
    seats: Vec<Arc<Seat>>,
}

impl Emulator {
    /// Builds what a configuration describes and starts its clock.
    ///
    /// # Errors
    /// Everything that is wrong with the configuration, or what the system refuses.
    pub fn spawn(config: &Config) -> Result<Self> {
        config.check()?;
        let listener = Listener::new(&config.socket, config.group)
            .with_context(|| format!("the socket {}", config.socket.display()))?;
        let bells = [Arc::new(Bell::new()?), Arc::new(Bell::new()?)];
        let [_, ticker] = &bells;
        let Built {
            plant,
            mode,
            reports,
            tributaries,
            seats,
        } = config::build(config, ticker)?;
        let lock_step = matches!(mode, clock::Mode::LockStep { .. });
        let hub = Arc::new(Mutex::new(Hub::new(plant, lock_step, seats.clone())));
        let stop = Arc::new(AtomicBool::new(false));
        let servers = config.card.iter().zip(&seats).map(|(card, seat)| {
            Server::new(&card.socket, config.group, seat.clone())
                .with_context(|| format!("the socket {}", card.socket.display()))
        });
        let servers = servers.collect::<Result<Vec<_>>>()?;
        let mut emulator = Emulator {
            socket: config.socket.clone(),
            names: config.line_names(),
            hub: hub.clone(),
            stop: stop.clone(),
            bells: bells.clone(),
            wakers: tributaries
                .iter()
                .map(|t| Box::new(t.waker()) as Box<dyn Fn() + Send>)
                .collect(),
            threads: Vec::new(),
            reports,
            seats,
        };
        for server in servers {
            let stop = stop.clone();
            let waker = server.waker();
            emulator.wakers.push(Box::new(move || waker.wake()));
            emulator.start("emu-pci", move || server.run(&stop))?;
        }
        let [control, ticker] = bells;
        {
            let (hub, stop, ticker) = (hub.clone(), stop.clone(), ticker.clone());
            emulator.start("emu-control", move || {
                serve::serve(&listener, &hub, &stop, &control, &ticker)
            })?;
        }
        for tributary in tributaries {
            let stop = stop.clone();
            emulator.start("emu-dchannel", move || tributary.run(&stop))?;
        }
        emulator.start("emu-clock", move || clock::run(mode, &hub, &stop, &ticker))?;
        Ok(emulator)
    }

    fn start(&mut self, name: &str, run: impl FnOnce() + Send + 'static) -> Result<()> {
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(run)?;
        self.threads.push(thread);
        Ok(())
    }

    /// The socket that it serves.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// The address of one of its spans.
    pub fn address(&self, span: &str) -> SpanAddress {
        SpanAddress::Emulated {
            socket: self.socket.clone(),
            span: span.to_owned(),
        }
    }

    /// Line time since the start.
    pub fn line_time(&self) -> Duration {
        lock(&self.hub).plant.now()
    }

    /// What it has counted.
    pub fn statistics(&self) -> Statistics {
        lock(&self.hub).statistics
    }

    fn index(&self, span: &str) -> Result<usize> {
        self.names
            .iter()
            .position(|name| name == span)
            .with_context(|| format!("no span {span:?}"))
    }

    /// Impairs what a line (a span's, a card's) receives; times count from now.
    ///
    /// # Errors
    /// If there is no such span, or it has too many impairments.
    pub fn impair(&self, span: &str, impairment: Impairment) -> Result<()> {
        let added = lock(&self.hub).plant.impair(self.index(span)?, impairment);
        anyhow::ensure!(added, "too many impairments on {span:?}");
        Ok(())
    }

    /// Ends all impairments of what a span receives.
    ///
    /// # Errors
    /// If there is no such span.
    pub fn clear_impairments(&self, span: &str) -> Result<()> {
        lock(&self.hub).plant.clear_impairments(self.index(span)?);
        Ok(())
    }

    /// Takes a claim away from its holder, as an operator would.
    ///
    /// # Errors
    /// If there is no such span or claim.
    pub fn revoke(&self, span: &str, claim: u32) -> Result<()> {
        let index = self.index(span)?;
        let mut hub = lock(&self.hub);
        let revoked = hub
            .plant
            .span_mut(index)
            .is_some_and(|span| span.revoke(claim));
        hub.signal_news(index);
        anyhow::ensure!(revoked, "no claim {claim} on {span:?}");
        Ok(())
    }

    fn seat(&self, card: &str) -> Option<&Arc<Seat>> {
        self.seats.iter().find(|seat| seat.name() == card)
    }

    /// What a card has seen.
    pub fn card(&self, card: &str) -> Option<CardReport> {
        self.seat(card).map(|seat| seat.report())
    }

    /// Takes what a card's trace has recorded since the last call.
    pub fn take_trace(&self, card: &str) -> Vec<trace::Entry> {
        self.seat(card)
            .map_or_else(Vec::new, |seat| seat.take_trace())
    }

    /// What the exchange at the far end of a span has seen.
    pub fn report(&self, span: &str) -> Option<Report> {
        self.reports.get(span).map(ReportHandle::get)
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        for bell in &self.bells {
            bell.ring();
        }
        for wake in &self.wakers {
            wake();
        }
        for thread in self.threads.drain(..) {
            // A thread that panicked has said so already.
            let _ = thread.join();
        }
    }
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator")
            .field("socket", &self.socket)
            .finish_non_exhaustive()
    }
}
