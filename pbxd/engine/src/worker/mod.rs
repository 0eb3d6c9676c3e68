// SPDX-License-Identifier: MIT OR Apache-2.0
//! A worker: one thread that visits the channels of its spans once a tick.
//!
//! A visit sends what is due, makes one exchange with the sockets, plays what arrived, and fills the transmit rings up to the next
//! visit. Commands are taken before it. Nothing here waits for anything but the tick, allocates (opening a channel apart), or logs.

mod channel;
mod latch;
mod line;
mod outbox;
mod phases;
mod reception;
mod spans;
mod state;
mod transmission;

pub(crate) use channel::Channel;
pub(crate) use state::{Retired, SPANS};

use crate::command::{Command, Opened};
use crate::event::Event;
use crate::io::{self, Backend, Port, Waiter};
use crate::settings::EngineSettings;
use crate::stats::WorkerStats;
use crossbeam::channel::{Receiver, Sender, TryRecvError};
use nix::sys::eventfd::EventFd;
use outbox::Outbox;
use state::State;
use std::sync::Arc;

/// What a worker starts with.
pub(crate) struct Setup {
    pub(crate) settings: EngineSettings,
    pub(crate) number: u16,
    pub(crate) commands: Receiver<Command>,
    pub(crate) wake: Arc<EventFd>,
    pub(crate) events: Sender<Event>,
    pub(crate) event_fd: Arc<EventFd>,
    pub(crate) retired: Sender<Retired>,
}

/// The longest sleep in milliseconds while no span ticks, and while a port is being closed.
const SLEEP: u16 = 1000;
const SLEEP_CLOSING: u16 = 1;
/// Commands taken before one visit, so that a storm of them does not make it late.
const COMMANDS: usize = 64;

pub(crate) struct Worker {
    number: u16,
    commands: Receiver<Command>,
    wake: Arc<EventFd>,
    waiter: Waiter,
    backend: Box<dyn Backend>,
    state: State,
    wakeups: u64,
}

impl Worker {
    /// Made in the worker's own thread: an io_uring belongs to the thread that made it.
    pub(crate) fn new(setup: Setup) -> std::io::Result<Self> {
        let channels = setup.settings.channels_per_worker;
        let waiter = Waiter::new()?;
        waiter.add(&*setup.wake)?;
        Ok(Self {
            backend: io::make(setup.settings.backend, channels)?,
            state: State::new(
                setup.number,
                &setup.settings,
                Outbox::new(setup.events, setup.event_fd, channels),
                setup.retired,
            ),
            number: setup.number,
            commands: setup.commands,
            wake: setup.wake,
            waiter,
            wakeups: 0,
        })
    }

    /// Runs until the control side hangs up.
    pub(crate) fn run(mut self) {
        loop {
            let sleep = if self.state.is_closing() {
                SLEEP_CLOSING
            } else {
                SLEEP
            };
            if self.waiter.wait(sleep).is_err() {
                return;
            }
            self.wakeups += 1;
            if !self.take_commands() {
                return;
            }
            self.visit();
        }
    }

    fn visit(&mut self) {
        self.state.begin();
        self.state.transmit(&mut *self.backend);
        if self.backend.exchange(&mut self.state).is_err() {
            self.state.exchange_failed();
        }
        self.state.finish();
    }

    /// Takes waiting commands; `false` when there will be no more.
    fn take_commands(&mut self) -> bool {
        for _ in 0..COMMANDS {
            match self.commands.try_recv() {
                Ok(command) => self.command(command),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
        // More may wait: look again after this visit.
        let _ = self.wake.write(1);
        true
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Attach(index, attached, reply) => {
                let added = self.waiter.add(&attached.wakeups);
                let added = added.map(|()| self.state.attach(index, attached));
                let _ = reply.try_send(added);
            }
            Command::Detach(index) => {
                if let Some(wakeups) = self.state.detach(index, &mut *self.backend) {
                    self.waiter.remove(wakeups);
                }
            }
            Command::Open(opened, reply) => {
                let _ = reply.try_send(self.open(*opened));
            }
            Command::Modify(id, media) => self.state.modify(id, media),
            Command::Tone(id, tone) => self.state.tone(id, tone),
            Command::Close(id) => self.state.close(id, &mut *self.backend),
            Command::ChannelStats(id, reply) => {
                let _ = reply.try_send(self.state.channel_stats(id));
            }
            Command::Stats(mut latency, reset, reply) => {
                self.state.take_latency(&mut latency, reset);
                let stats = WorkerStats {
                    backend: self.backend.kind(),
                    io: self.backend.counters(),
                    wakeups: self.wakeups,
                    ticks: self.state.ticks(),
                    missed_ticks: self.state.missed_ticks(),
                    exchange_errors: self.state.exchange_errors(),
                    channels: self.state.open_channels(),
                    events_lost: self.state.events_lost(),
                    latency: *latency,
                };
                let _ = reply.try_send(Box::new(stats));
            }
        }
    }

    fn open(&mut self, opened: Opened) -> std::io::Result<u16> {
        let Opened {
            number,
            channel: (mut channel, port),
        } = opened;
        if !self.state.has_span(channel.span) {
            return Err(std::io::ErrorKind::NotFound.into());
        }
        let index = self
            .state
            .free_index()
            .ok_or(std::io::ErrorKind::StorageFull)?;
        channel.id.worker = self.number;
        channel.id.index = index;
        channel.id.number = number;
        let port: Port = port;
        self.backend.open(usize::from(index), port)?;
        self.state.open(index, channel);
        Ok(index)
    }
}
