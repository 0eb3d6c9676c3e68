// SPDX-License-Identifier: MIT OR Apache-2.0
//! A thread that owns a store: batches, acknowledgements, heartbeat, sync.

use crate::{Anchor, OwedRestart, Recovery, RestartChange, Store, StoreError, UnixMs};
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use core::time::Duration;
use pbx_core::CdrEvent;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{
    Receiver, RecvTimeoutError, SyncSender, TrySendError, channel, sync_channel,
};
use std::thread::JoinHandle;
use std::time::Instant;

/// How often the heartbeat is stored; the end of an interrupted record is at most this much too early.
pub const HEARTBEAT: Duration = Duration::from_secs(5);

/// What was committed is forced to the disk this much later, at the latest.
pub const SYNC: Duration = Duration::from_millis(900);

/// Most events in one transaction.
const BATCH: usize = 256;

/// Called with the outcome, on the writer's thread: keep it short.
type Done = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// What is written.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    /// An event of a call's record.
    Call(Anchor, Box<CdrEvent>),
    /// Restarts that are owed, or no longer.
    Restarts(RestartChange),
}

impl Entry {
    fn opens(&self) -> bool {
        matches!(self, Self::Call(_, event) if matches!(**event, CdrEvent::Open(_)))
    }
}

struct Job {
    entry: Entry,
    done: Done,
}

/// What a writer has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriterStats {
    /// Events written.
    pub written: u64,
    /// Transactions that wrote them.
    pub batches: u64,
    /// Times the log was forced to the disk.
    pub syncs: u64,
    /// Events refused because they did not fit their record.
    pub refused: u64,
    /// Events that could not be written when they came and are tried again.
    pub retried: u64,
    /// Events lost because too many were waiting to be tried again.
    pub lost: u64,
    /// Events that wait.
    pub waiting: u64,
}

#[derive(Default)]
struct Shared {
    waiting: AtomicUsize,
    written: AtomicU64,
    batches: AtomicU64,
    syncs: AtomicU64,
    refused: AtomicU64,
    retried: AtomicU64,
    lost: AtomicU64,
}

/// Writes events to a store on a thread of its own. Dropping it writes all that waits, syncs, and ends the thread.
pub struct Writer {
    jobs: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
    shared: Arc<Shared>,
    capacity: usize,
    next_call: u64,
    recovery: Recovery,
    owed_restarts: Vec<OwedRestart>,
}

impl core::fmt::Debug for Writer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Writer")
            .field("capacity", &self.capacity)
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}

impl Writer {
    /// Opens the store and starts the thread. At most `capacity` events wait (at least 2; four times the most calls is
    /// enough); records are opened only while fewer than half of that wait, so that answers and ends find room.
    ///
    /// # Errors
    /// The store's.
    pub fn start(path: &Path, capacity: usize) -> Result<Self, StoreError> {
        let (mut store, recovery) = Store::open(path)?;
        let next_call = store.next_call_id()?;
        let owed_restarts = store.owed_restarts()?;
        store.heartbeat(UnixMs::now())?;
        store.sync()?;
        let capacity = capacity.max(2);
        let (jobs, inbox) = sync_channel(capacity);
        let shared = Arc::new(Shared::default());
        let worker = Worker {
            store,
            inbox,
            shared: shared.clone(),
            retry: VecDeque::new(),
            capacity,
        };
        let thread = std::thread::Builder::new()
            .name("cdr".to_owned())
            .spawn(move || worker.run())
            .map_err(|error| StoreError::io(path, error))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
            shared,
            capacity,
            next_call,
            recovery,
            owed_restarts,
        })
    }

    /// What opening found.
    pub fn recovery(&self) -> Recovery {
        self.recovery
    }

    /// The channels whose restart was owed when this writer started.
    pub fn owed_restarts(&self) -> &[OwedRestart] {
        &self.owed_restarts
    }

    /// The first call id that no record had when this writer started.
    pub fn next_call_id(&self) -> u64 {
        self.next_call
    }

    /// Hands over an event; never blocks. `done` is called on the writer's thread once the event is committed (it survives
    /// a kill from then on), or with the reason why it is not. For [`CdrEvent::Open`]: place the call only after `Ok`. A
    /// later event that cannot be written now, for lack of room say, is kept and tried again; `done` hears at once
    /// of the failure.
    ///
    /// # Errors
    /// [`StoreError::Backlog`] or [`StoreError::Stopped`]; `done` is not called then.
    pub fn submit(
        &self,
        anchor: Anchor,
        event: CdrEvent,
        done: impl FnOnce(Result<(), StoreError>) + Send + 'static,
    ) -> Result<(), StoreError> {
        self.hand_over(Entry::Call(anchor, Box::new(event)), Box::new(done))
    }

    /// Hands over channels whose restart is owed from now on, or no longer; as [`Writer::submit`].
    ///
    /// # Errors
    /// As there.
    pub fn submit_restarts(
        &self,
        change: RestartChange,
        done: impl FnOnce(Result<(), StoreError>) + Send + 'static,
    ) -> Result<(), StoreError> {
        self.hand_over(Entry::Restarts(change), Box::new(done))
    }

    fn hand_over(&self, entry: Entry, done: Done) -> Result<(), StoreError> {
        let waiting = self.shared.waiting.load(Ordering::Relaxed);
        if entry.opens() && waiting >= self.capacity / 2 {
            return Err(StoreError::Backlog(waiting));
        }
        let jobs = self.jobs.as_ref().ok_or(StoreError::Stopped)?;
        self.shared.waiting.fetch_add(1, Ordering::Relaxed);
        jobs.try_send(Job { entry, done }).map_err(|error| {
            self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
            match error {
                TrySendError::Full(_) => {
                    self.shared.lost.fetch_add(1, Ordering::Relaxed);
                    StoreError::Backlog(waiting)
                }
                TrySendError::Disconnected(_) => StoreError::Stopped,
            }
        })
    }

    /// Hands over an event and waits until it is committed.
    ///
    /// # Errors
    /// Why it is not.
    pub fn write(&self, anchor: Anchor, event: CdrEvent) -> Result<(), StoreError> {
        let (tell, hear) = channel();
        self.submit(anchor, event, move |outcome| {
            // The waiting side is gone only when its thread panicked.
            let _ = tell.send(outcome);
        })?;
        hear.recv().unwrap_or(Err(StoreError::Stopped))
    }

    /// What it has done.
    pub fn stats(&self) -> WriterStats {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        WriterStats {
            written: load(&self.shared.written),
            batches: load(&self.shared.batches),
            syncs: load(&self.shared.syncs),
            refused: load(&self.shared.refused),
            retried: load(&self.shared.retried),
            lost: load(&self.shared.lost),
            waiting: self.shared.waiting.load(Ordering::Relaxed) as u64,
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported by the panic hook.
            let _ = thread.join();
        }
    }
}

struct Worker {
    store: Store,
    inbox: Receiver<Job>,
    shared: Arc<Shared>,
    /// Events after the opening that could not be written, oldest first.
    retry: VecDeque<Entry>,
    capacity: usize,
}

impl Worker {
    fn run(mut self) {
        let start = Instant::now();
        let (mut next_heartbeat, mut last_sync) = (start + HEARTBEAT, start);
        loop {
            let now = Instant::now();
            if now >= next_heartbeat {
                next_heartbeat = now + HEARTBEAT;
                // A failure shows in the events' own outcomes; the next beat tries again.
                let _ = self.store.heartbeat(UnixMs::now());
            }
            if now >= last_sync + SYNC {
                last_sync = now;
                self.sync();
                self.write_retries();
            }
            let wake = next_heartbeat.min(last_sync + SYNC);
            match self
                .inbox
                .recv_timeout(wake.saturating_duration_since(Instant::now()))
            {
                Ok(job) => self.batch(job),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.write_retries();
        self.sync();
    }

    fn sync(&mut self) {
        if self.store.is_unsynced() && self.store.sync().is_ok() {
            self.shared.syncs.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Writes a job and those behind it in one transaction.
    fn batch(&mut self, first: Job) {
        let mut jobs = vec![first];
        while jobs.len() < BATCH {
            let Ok(job) = self.inbox.try_recv() else {
                break;
            };
            jobs.push(job);
        }
        self.shared.waiting.fetch_sub(jobs.len(), Ordering::Relaxed);
        // What waits to be tried again stays in front of later events of the same calls.
        if self.retry.is_empty() {
            let entries: Vec<_> = jobs.iter().map(|job| job.entry.clone()).collect();
            match self.store.apply_entries(&entries) {
                Ok(()) => {
                    self.shared.batches.fetch_add(1, Ordering::Relaxed);
                    self.shared
                        .written
                        .fetch_add(jobs.len() as u64, Ordering::Relaxed);
                    for job in jobs {
                        (job.done)(Ok(()));
                    }
                    return;
                }
                // Trying each would wait for each.
                Err(error) if error.is_transient() => {
                    for job in jobs {
                        self.settle(job, Err(error.clone()));
                    }
                    return;
                }
                Err(_) => {}
            }
        }
        // Something does not fit: one by one, so that each has its own outcome.
        for job in jobs {
            self.single(job);
        }
    }

    fn single(&mut self, job: Job) {
        if !job.entry.opens() && !self.retry.is_empty() {
            let waiting = self.retry.len();
            self.keep(job.entry);
            (job.done)(Err(StoreError::Backlog(waiting)));
            return;
        }
        let outcome = self.store.apply_entries(core::slice::from_ref(&job.entry));
        if outcome.is_ok() {
            self.shared.batches.fetch_add(1, Ordering::Relaxed);
            self.shared.written.fetch_add(1, Ordering::Relaxed);
        }
        self.settle(job, outcome);
    }

    /// Counts and tells an outcome; what may succeed later is kept.
    fn settle(&mut self, job: Job, outcome: Result<(), StoreError>) {
        match &outcome {
            Err(error) if error.is_transient() && !job.entry.opens() => self.keep(job.entry),
            Err(StoreError::OutOfOrder { .. }) => {
                self.shared.refused.fetch_add(1, Ordering::Relaxed);
            }
            _ => {}
        }
        (job.done)(outcome);
    }

    fn keep(&mut self, entry: Entry) {
        if self.retry.len() >= self.capacity {
            self.shared.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.shared.retried.fetch_add(1, Ordering::Relaxed);
        self.retry.push_back(entry);
    }

    fn write_retries(&mut self) {
        while let Some(entry) = self.retry.front() {
            match self.store.apply_entries(core::slice::from_ref(entry)) {
                Ok(()) => {
                    self.shared.written.fetch_add(1, Ordering::Relaxed);
                }
                Err(error) if error.is_transient() => return,
                Err(_) => {
                    self.shared.refused.fetch_add(1, Ordering::Relaxed);
                }
            }
            self.retry.pop_front();
        }
    }
}
