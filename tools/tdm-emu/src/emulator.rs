// SPDX-License-Identifier: MIT OR Apache-2.0
//! A running emulator: its threads and what may be asked of it from inside the process.

use crate::card::trace;
use crate::clock::{self, Bell};
use crate::config::{self, Built, Config};
use crate::desk::Desk;
use crate::door::Door;
use crate::exchange::{Report, ReportHandle};
use crate::model::Impairment;
use crate::pci::{self, CardReport};
use crate::serve::{self, Hub, Listener, Statistics, lock};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use tdm::SpanAddress;

/// A running emulator; it ends on drop, and its spans with it.
pub struct Emulator {
    socket: PathBuf,
    desk: Arc<Desk>,
    hub: Arc<Mutex<Hub>>,
    stop: Arc<AtomicBool>,
    bells: [Arc<Bell>; 2],
    wakers: Vec<Box<dyn Fn() + Send>>,
    threads: Vec<JoinHandle<()>>,
    reports: BTreeMap<String, ReportHandle>,
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
        let open = |path: &Path| {
            Door::new(path, config.group).with_context(|| format!("the socket {}", path.display()))
        };
        let sockets = config.card.iter().map(|card| open(&card.socket));
        let slots = sockets.collect::<Result<Vec<_>>>()?;
        let desk = Arc::new(Desk::new(config.line_names(), hub.clone(), seats.clone()));
        let counter = config.control.as_deref().map(open).transpose()?;
        let mut emulator = Emulator {
            socket: config.socket.clone(),
            desk: desk.clone(),
            hub: hub.clone(),
            stop: stop.clone(),
            bells: bells.clone(),
            wakers: tributaries
                .iter()
                .map(|t| Box::new(t.waker()) as Box<dyn Fn() + Send>)
                .collect(),
            threads: Vec::new(),
            reports,
        };
        for (door, seat) in slots.into_iter().zip(seats) {
            emulator.open("emu-pci", door, move |client| pci::serve(client, &seat))?;
        }
        if let Some(door) = counter {
            emulator.open("emu-commands", door, move |client| desk.serve(client))?;
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

    /// Starts a thread that serves the clients of a socket.
    fn open(
        &mut self,
        name: &str,
        door: Door,
        serve: impl FnMut(&UnixStream) + Send + 'static,
    ) -> Result<()> {
        let (stop, waker) = (self.stop.clone(), door.waker());
        self.wakers.push(Box::new(move || waker.wake()));
        self.start(name, move || door.run(&stop, serve))
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

    /// Impairs what a line (a span's, a card's) receives; times count from now.
    ///
    /// # Errors
    /// If there is no such span, or it has too many impairments.
    pub fn impair(&self, span: &str, impairment: Impairment) -> Result<()> {
        self.desk.impair(span, impairment)
    }

    /// Ends all impairments of what a span receives.
    ///
    /// # Errors
    /// If there is no such span.
    pub fn clear_impairments(&self, span: &str) -> Result<()> {
        self.desk.clear(span)
    }

    /// Takes a claim away from its holder, as an operator would.
    ///
    /// # Errors
    /// If there is no such span or claim.
    pub fn revoke(&self, span: &str, claim: u32) -> Result<()> {
        let index = self.desk.index(span)?;
        let mut hub = lock(&self.hub);
        let revoked = hub
            .plant
            .span_mut(index)
            .is_some_and(|span| span.revoke(claim));
        hub.signal_news(index);
        anyhow::ensure!(revoked, "no claim {claim} on {span:?}");
        Ok(())
    }

    /// What a card has seen.
    pub fn card(&self, card: &str) -> Option<CardReport> {
        self.desk.seat(card).map(|seat| seat.report())
    }

    /// Takes what a card's trace has recorded since the last call.
    pub fn take_trace(&self, card: &str) -> Vec<trace::Entry> {
        self.desk
            .seat(card)
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
