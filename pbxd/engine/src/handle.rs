// SPDX-License-Identifier: MIT OR Apache-2.0
//! The control side of an engine.

use crate::command::{Attached, Command, Opened};
use crate::event::Event;
use crate::settings::{ChannelConfig, EngineSettings, Media, Tone};
use crate::stats::{ChannelStats, WorkerStats, latency};
use crate::worker::{self, Channel, Retired, Worker};
use crossbeam::channel::{Receiver, Sender, bounded};
use nix::sys::eventfd::{EfdFlags, EventFd};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tdm::{Side, Span, Wake};

/// Commands that may wait for one worker.
const COMMANDS: usize = 1024;
/// Events that may wait for the owner.
const EVENTS: usize = 4096;
/// How long a worker may take to answer: it answers at its next wake-up.
const ANSWER: Duration = Duration::from_secs(5);
/// Seconds from 1900, NTP's epoch, to 1970.
const NTP_UNIX: u64 = 2_208_988_800;

/// A span of an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SpanId {
    pub(crate) worker: u16,
    pub(crate) index: u16,
    number: u32,
}

/// A channel of an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChannelId {
    pub(crate) worker: u16,
    pub(crate) index: u16,
    pub(crate) number: u32,
}

/// Why an engine did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// A thread or its sockets layer could not be started.
    #[error("cannot start media worker {worker}: {source}")]
    Start {
        /// Which one.
        worker: usize,
        /// The system's reason.
        source: io::Error,
    },
    /// The span refused wake-ups.
    #[error(transparent)]
    Span(#[from] tdm::Error),
    /// The span is not attached to this engine.
    #[error("the span is not attached to this engine")]
    UnknownSpan,
    /// Every worker has as many spans as it can take.
    #[error("every media worker has {} spans already", worker::SPANS)]
    Spans,
    /// A worker's sockets layer refused a channel.
    #[error("the media worker could not open a channel: {0}")]
    Open(io::Error),
    /// All channels of the worker are in use.
    #[error("all {bound} channels of the span's media worker are in use")]
    Full {
        /// The bound in the settings.
        bound: usize,
    },
    /// The worker's command queue is full.
    #[error("the media worker's queue of {COMMANDS} commands is full")]
    Busy,
    /// The worker has ended or does not answer.
    #[error("the media worker does not answer")]
    Gone,
}

struct WorkerHandle {
    commands: Sender<Command>,
    wake: Arc<EventFd>,
    thread: Option<JoinHandle<()>>,
    /// Which span indices are in use.
    spans: [bool; worker::SPANS],
}

impl WorkerHandle {
    fn load(&self) -> usize {
        self.spans.iter().filter(|used| **used).count()
    }
}

struct Attachment {
    id: SpanId,
    span: Span,
}

/// The media workers. Its methods may be called from any thread; they wait for a worker at most as long as one of its ticks.
pub struct Engine {
    settings: EngineSettings,
    workers: Mutex<Vec<WorkerHandle>>,
    spans: Mutex<Vec<Attachment>>,
    events: Receiver<Event>,
    event_fd: Arc<EventFd>,
    retired: Receiver<Retired>,
    next: AtomicU32,
    seed: AtomicU64,
}

fn eventfd() -> io::Result<Arc<EventFd>> {
    let flags = EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK;
    Ok(Arc::new(EventFd::from_value_and_flags(0, flags)?))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Engine {
    /// Starts the workers.
    ///
    /// # Errors
    /// [`EngineError::Start`] if a thread or its sockets layer cannot be started.
    pub fn start(settings: EngineSettings) -> Result<Self, EngineError> {
        let count = match settings.workers {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            count => count,
        };
        let failed = |worker| move |source| EngineError::Start { worker, source };
        let event_fd = eventfd().map_err(failed(0))?;
        let (event_sender, events) = bounded(EVENTS);
        let (retired_sender, retired) = bounded(EVENTS);
        let mut workers = Vec::new();
        for worker in 0..count {
            let wake = eventfd().map_err(failed(worker))?;
            let (commands, receiver) = bounded(COMMANDS);
            let (ready, started) = bounded(1);
            let setup = worker::Setup {
                settings: settings.clone(),
                number: worker as u16,
                commands: receiver,
                wake: wake.clone(),
                events: event_sender.clone(),
                event_fd: event_fd.clone(),
                retired: retired_sender.clone(),
            };
            let thread = std::thread::Builder::new()
                .name(format!("media-{worker}"))
                .spawn(move || match Worker::new(setup) {
                    Ok(worker) => {
                        let _ = ready.send(Ok(()));
                        worker.run();
                    }
                    Err(error) => {
                        let _ = ready.send(Err(error));
                    }
                })
                .map_err(failed(worker))?;
            started
                .recv()
                .map_err(|_| EngineError::Gone)?
                .map_err(failed(worker))?;
            workers.push(WorkerHandle {
                commands,
                wake,
                thread: Some(thread),
                spans: [false; worker::SPANS],
            });
        }
        let seed = settings.seed.unwrap_or_else(|| {
            // RandomState is keyed by the system's random numbers.
            RandomState::new().build_hasher().finish()
        });
        Ok(Self {
            settings,
            workers: Mutex::new(workers),
            spans: Mutex::new(Vec::new()),
            events,
            event_fd,
            retired,
            next: AtomicU32::new(1),
            seed: AtomicU64::new(seed),
        })
    }

    fn command(&self, worker: u16, command: Command) -> Result<(), EngineError> {
        let workers = locked(&self.workers);
        let worker = workers
            .get(usize::from(worker))
            .ok_or(EngineError::UnknownSpan)?;
        worker.commands.try_send(command).map_err(|error| {
            if error.is_full() {
                EngineError::Busy
            } else {
                EngineError::Gone
            }
        })?;
        // A full counter already wakes the worker.
        let _ = worker.wake.write(1);
        Ok(())
    }

    fn ask<T>(
        &self,
        worker: u16,
        make: impl FnOnce(Sender<T>) -> Command,
    ) -> Result<T, EngineError> {
        let (reply, answer) = bounded(1);
        self.command(worker, make(reply))?;
        answer.recv_timeout(ANSWER).map_err(|_| EngineError::Gone)
    }

    /// Gives a span to the worker with the fewest, which is woken by it from now on.
    ///
    /// # Errors
    /// If the span refuses wake-ups.
    pub fn attach_span(&self, span: Span) -> Result<SpanId, EngineError> {
        let wakeups = span.subscribe(Wake {
            period: self.settings.period,
            phase: 0,
            events: false,
            lock_step: self.settings.lock_step,
        })?;
        self.reap();
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let id = {
            let mut workers = locked(&self.workers);
            let (worker, handle) = workers
                .iter_mut()
                .enumerate()
                .min_by_key(|(_, worker)| worker.load())
                .ok_or(EngineError::Gone)?;
            let (index, used) = handle
                .spans
                .iter_mut()
                .enumerate()
                .find(|(_, used)| !**used)
                .ok_or(EngineError::Spans)?;
            *used = true;
            SpanId {
                worker: worker as u16,
                index: index as u16,
                number,
            }
        };
        let attached = Attached {
            span: span.clone(),
            wakeups,
        };
        self.ask(id.worker, |reply| {
            Command::Attach(id.index, Box::new(attached), reply)
        })?
        .map_err(EngineError::Open)?;
        locked(&self.spans).push(Attachment { id, span });
        Ok(id)
    }

    /// Gives a span up: it is gone, or is to be opened anew. Its channels are closed, each with its event.
    ///
    /// # Errors
    /// [`EngineError::Busy`] or [`EngineError::Gone`].
    pub fn detach_span(&self, span: SpanId) -> Result<(), EngineError> {
        let mut spans = locked(&self.spans);
        let known = spans.iter().position(|attachment| attachment.id == span);
        let known = known.ok_or(EngineError::UnknownSpan)?;
        self.command(span.worker, Command::Detach(span.index))?;
        spans.swap_remove(known);
        Ok(())
    }

    /// Opens a channel; its first packet leaves within two packet times.
    ///
    /// # Errors
    /// [`EngineError::UnknownSpan`], [`EngineError::Full`], or what the sockets layer reports.
    pub fn open_channel(&self, config: ChannelConfig) -> Result<ChannelId, EngineError> {
        self.reap();
        let (tap, now) = {
            let spans = locked(&self.spans);
            let attachment = spans
                .iter()
                .find(|attachment| attachment.id == config.span)
                .ok_or(EngineError::UnknownSpan)?;
            let span = &attachment.span;
            (span.tap(config.slot(), Side::Receive), span.positions())
        };
        let span = config.span;
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let seed = self
            .seed
            .fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let ntp = ntp_at_frame_zero(now.rx_frame);
        let channel = Channel::new(config, tap, &now, seed, &self.settings, ntp);
        let opened = Box::new(Opened { number, channel });
        let index = self
            .ask(span.worker, |reply| Command::Open(opened, reply))?
            .map_err(|error| match error.kind() {
                io::ErrorKind::StorageFull => EngineError::Full {
                    bound: self.settings.channels_per_worker,
                },
                io::ErrorKind::NotFound => EngineError::UnknownSpan,
                _ => EngineError::Open(error),
            })?;
        Ok(ChannelId {
            worker: span.worker,
            index,
            number,
        })
    }

    /// Replaces what is agreed about a channel's stream, from the next tick on. A channel that is closed already is left alone.
    ///
    /// # Errors
    /// [`EngineError::Busy`] or [`EngineError::Gone`].
    pub fn modify(&self, channel: ChannelId, media: Media) -> Result<(), EngineError> {
        self.command(channel.worker, Command::Modify(channel, media))
    }

    /// Plays a tone towards the line instead of what RTP brings, until `None`.
    ///
    /// # Errors
    /// [`EngineError::Busy`] or [`EngineError::Gone`].
    pub fn tone(&self, channel: ChannelId, tone: Option<Tone>) -> Result<(), EngineError> {
        self.command(channel.worker, Command::Tone(channel, tone))
    }

    /// Closes a channel. [`crate::EventKind::Closed`] follows with its figures when its slot and sockets are free.
    ///
    /// # Errors
    /// [`EngineError::Busy`] or [`EngineError::Gone`].
    pub fn close(&self, channel: ChannelId) -> Result<(), EngineError> {
        self.command(channel.worker, Command::Close(channel))
    }

    /// A channel's figures; `None` once it is closed.
    ///
    /// # Errors
    /// [`EngineError::Busy`] or [`EngineError::Gone`].
    pub fn channel_stats(&self, channel: ChannelId) -> Result<Option<ChannelStats>, EngineError> {
        self.ask(channel.worker, |reply| {
            Command::ChannelStats(channel, reply)
        })
    }

    /// Every worker's figures. With `reset`, their latencies begin anew.
    ///
    /// # Errors
    /// [`EngineError::Busy`] or [`EngineError::Gone`].
    pub fn stats(&self, reset: bool) -> Result<Vec<WorkerStats>, EngineError> {
        let count = locked(&self.workers).len();
        (0..count)
            .map(|worker| {
                let empty = Box::new(latency());
                let filled =
                    self.ask(worker as u16, |reply| Command::Stats(empty, reset, reply))?;
                Ok(*filled)
            })
            .collect()
    }

    /// The next event, if there is one. Call it until `None` whenever [`Self::event_fd`] can be read.
    pub fn next_event(&self) -> Option<Event> {
        self.reap();
        if let Ok(event) = self.events.try_recv() {
            return Some(event);
        }
        // The queue is empty: lower the flag, then look once more for what came in between.
        let _ = self.event_fd.read();
        self.events.try_recv().ok()
    }

    /// A descriptor that can be read while there are events; for `AsyncFd` or `poll`.
    #[must_use]
    pub fn event_fd(&self) -> BorrowedFd<'_> {
        self.event_fd.as_fd()
    }

    /// Frees closed channels here, so that workers need not.
    fn reap(&self) {
        while let Ok(retired) = self.retired.try_recv() {
            if let Retired::Span { worker, index, .. } = &retired {
                let mut workers = locked(&self.workers);
                let handle = workers.get_mut(usize::from(*worker));
                if let Some(used) = handle.and_then(|handle| handle.spans.get_mut(*index)) {
                    *used = false;
                }
            }
            drop(retired);
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let mut workers = std::mem::take(&mut *locked(&self.workers));
        for worker in &mut workers {
            // The worker ends when the queue is closed.
            let (closed, _) = bounded(0);
            drop(std::mem::replace(&mut worker.commands, closed));
            let _ = worker.wake.write(1);
        }
        for worker in &mut workers {
            if let Some(thread) = worker.thread.take() {
                let _ = thread.join();
            }
        }
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// The NTP time at which line time was zero, if `frame` is now.
fn ntp_at_frame_zero(frame: u64) -> u64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let seconds = now.as_secs().wrapping_add(NTP_UNIX) << 32;
    let fraction = (u64::from(now.subsec_nanos()) << 32) / 1_000_000_000;
    let line = crate::line_time(frame);
    let line_seconds = line.as_secs() << 32;
    let line_fraction = (u64::from(line.subsec_nanos()) << 32) / 1_000_000_000;
    seconds
        .wrapping_add(fraction)
        .wrapping_sub(line_seconds)
        .wrapping_sub(line_fraction)
}
