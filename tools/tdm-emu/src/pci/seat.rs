// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card in its slot: the client's thread accesses it, the line clock ticks it.

use super::memory::GuestMemory;
use super::session::{Device, Range};
use crate::card::{Card, Counters, Hold, Options, trace::Entry};
use crate::clock::Bell;
use crate::model::{Arrival, Burst, CardPorts, PortLine};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use std::fs::File;
use std::io::Write;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The card and what it reaches.
#[derive(Debug)]
struct Board {
    card: Card,
    memory: GuestMemory,
    /// Where INTx is signalled.
    interrupt: Option<File>,
    /// Signals that the client's eventfd did not take.
    unsignalled: u64,
}

/// A card in its slot.
#[derive(Debug)]
pub(crate) struct Seat {
    name: String,
    epoch: Instant,
    board: Mutex<Board>,
    /// The clock waits for the guest.
    waited_for: AtomicBool,
    /// Wakes the clock.
    bell: Arc<Bell>,
    /// Lines' idle code for cross-connects.
    idle: u8,
}

/// What a card has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CardReport {
    /// The card's counters.
    pub counters: Counters,
    /// FRS0 of each framer unit.
    pub status: [u8; 4],
    /// Interrupts that could not be signalled because nobody had asked for them or nobody took them.
    pub unsignalled: u64,
    /// A client is connected and has asked for interrupts.
    pub interrupts: bool,
}

impl Seat {
    /// A card in a slot; `bell` wakes the clock.
    pub(crate) fn new(name: &str, options: Options, bell: Arc<Bell>) -> Self {
        Seat {
            name: name.to_owned(),
            epoch: Instant::now(),
            board: Mutex::new(Board {
                card: Card::new(options),
                memory: GuestMemory::new(),
                interrupt: None,
                unsignalled: 0,
            }),
            waited_for: AtomicBool::new(false),
            bell,
            idle: 0xD5,
        }
    }

    /// The card's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    fn now(&self) -> Duration {
        self.epoch.elapsed()
    }

    fn lock(&self) -> MutexGuard<'_, Board> {
        // A thread that panicked with the lock has said so already; the card is as good as it was.
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with the card and signals what follows from it.
    fn with<T>(&self, act: impl FnOnce(&mut Board, Duration) -> T) -> T {
        let now = self.now();
        let mut board = self.lock();
        let result = act(&mut board, now);
        board.signal(now);
        drop(board);
        if self.waited_for.swap(false, Ordering::AcqRel) {
            self.bell.ring();
        }
        result
    }

    /// Whether the next tick may come in lock-step. If not, the clock is woken when the guest does something.
    pub(crate) fn hold(&self) -> Option<Duration> {
        let now = self.now();
        let mut board = self.lock();
        board.card.handle_timeout(now);
        board.signal(now);
        match board.card.hold(now) {
            Hold::Free => None,
            Hold::Until(at) => Some(at.saturating_sub(now)),
            Hold::Waits => {
                self.waited_for.store(true, Ordering::Release);
                let due = board.card.poll_timeout().unwrap_or(now + FALLBACK);
                Some(due.saturating_sub(now))
            }
        }
    }

    /// What it has seen.
    pub(crate) fn report(&self) -> CardReport {
        let board = self.lock();
        CardReport {
            counters: board.card.counters(),
            status: std::array::from_fn(|unit| board.card.framer().port(unit).status()),
            unsignalled: board.unsignalled,
            interrupts: board.interrupt.is_some(),
        }
    }

    /// Takes what the trace has recorded.
    pub(crate) fn take_trace(&self) -> Vec<Entry> {
        self.lock().card.recorder().take()
    }

    /// The client is gone: everything that it gave goes, and the card is as after power-on.
    pub(crate) fn leave(&self) {
        self.with(|board, _| {
            board.memory.clear();
            board.interrupt = None;
            board.card.reset();
        });
    }
}

/// How long the clock waits at most before it looks again.
const FALLBACK: Duration = Duration::from_millis(20);

impl Board {
    fn signal(&mut self, now: Duration) {
        if !self.card.poll_interrupt(now) {
            return;
        }
        let taken = self
            .interrupt
            .as_mut()
            .is_some_and(|eventfd| eventfd.write_all(&1_u64.to_ne_bytes()).is_ok());
        self.unsignalled += u64::from(!taken);
    }
}

/// The client's side.
impl Device<OwnedFd> for &Seat {
    fn config_read(&mut self, offset: usize, to: &mut [u8]) {
        self.lock().card.config_read(offset, to);
    }

    fn config_write(&mut self, offset: usize, from: &[u8]) {
        self.with(|board, now| board.card.config_write(now, offset, from));
    }

    fn bar_read(&mut self, offset: u32, to: &mut [u8]) {
        self.with(|board, now| board.card.read(now, offset, to));
    }

    fn bar_write(&mut self, offset: u32, from: &[u8]) {
        self.with(|board, now| board.card.write(now, offset, from));
    }

    fn map(&mut self, range: Range, file: Option<OwnedFd>) -> Result<(), Errno> {
        self.lock().memory.map(range, file.map(File::from))
    }

    fn unmap(&mut self, all: bool, address: u64, size: u64) {
        let mut board = self.lock();
        if all {
            board.memory.clear();
        } else {
            board.memory.unmap(address, size);
        }
    }

    fn set_interrupt(&mut self, eventfd: Option<OwnedFd>) -> Result<(), Errno> {
        if let Some(eventfd) = &eventfd {
            // A full counter must not stop the clock.
            let flags = OFlag::from_bits_truncate(fcntl(eventfd.as_fd(), FcntlArg::F_GETFL)?);
            fcntl(
                eventfd.as_fd(),
                FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK),
            )?;
        }
        self.lock().interrupt = eventfd.map(File::from);
        Ok(())
    }

    fn unmasked(&mut self) {
        self.with(|board, now| board.card.unmasked(now));
    }

    fn reset(&mut self) {
        self.with(|board, _| board.card.reset());
    }
}

/// The line clock's side.
#[derive(Debug)]
pub(crate) struct InSlot(pub(crate) Arc<Seat>);

impl CardPorts for InSlot {
    fn ports(&self) -> usize {
        self.0.lock().card.ports()
    }

    fn begin(&mut self) {
        let Board { card, memory, .. } = &mut *self.0.lock();
        card.begin_tick(memory);
    }

    fn leave(&mut self, port: usize) -> Burst {
        self.0.lock().card.leave(port)
    }

    fn arrive(&mut self, port: usize, arrival: &Arrival) {
        self.0.lock().card.arrive(port, arrival);
    }

    fn end(&mut self) {
        let now = self.0.now();
        let mut board = self.0.lock();
        let Board { card, memory, .. } = &mut *board;
        card.end_tick(now, memory);
        card.handle_timeout(now);
        board.signal(now);
    }

    fn lose(&mut self, ticks: u64) {
        self.0.lock().card.lose(ticks);
    }

    fn line(&self, port: usize) -> PortLine {
        PortLine {
            crc4: self.0.lock().card.framer().port(port).expects_crc4(),
            idle: self.0.idle,
        }
    }
}
