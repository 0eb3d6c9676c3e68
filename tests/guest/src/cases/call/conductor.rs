// SPDX-License-Identifier: MIT OR Apache-2.0
//! Line time in step with programs that know nothing of it: a tick is given when they all sleep again.
//!
//! The pair's clock waits for one lock-step subscriber, which stands here. A tick wakes the programs' threads before the request
//! that gave it returns, so a program whose threads all sleep has done its work for that tick. So a slow or stolen processor
//! makes the call slow, and not wrong.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use tdm::{Span, SpanAddress, Wake};

use super::sound::Mouth;

/// A tick is given to programs that do not sleep after this time, in which they were looked at so often: a guest that its host did
/// not let run has not waited.
const PATIENCE: Duration = Duration::from_secs(2);
const LOOKS: u32 = 1_000;
/// Between two looks.
const PAUSE: Duration = Duration::from_micros(300);
/// Ticks after which threads are listed again.
const LIST_TICKS: u64 = 64;

/// What the conductor looks after.
#[derive(Default)]
struct Score {
    programs: Vec<u32>,
    mouths: Vec<Mouth>,
}

/// Gives ticks until drop.
pub(super) struct Conductor {
    score: Arc<Mutex<Score>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<Result<Figures>>>,
}

/// What it counted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Figures {
    /// Ticks given.
    pub(super) ticks: u64,
    /// Of these, to programs that did not sleep.
    pub(super) unsettled: u64,
}

impl Conductor {
    /// Begins to give ticks to the pair of this span.
    pub(super) fn start(span: u32) -> Result<Self> {
        let score = Arc::new(Mutex::new(Score::default()));
        let stop = Arc::new(AtomicBool::new(false));
        let (shared, ended) = (score.clone(), stop.clone());
        let span = Span::open(&SpanAddress::Node(format!("/dev/tdm/span{span}").into()))?;
        let thread = std::thread::spawn(move || conduct(&span, &shared, &ended));
        Ok(Self {
            score,
            stop,
            thread: Some(thread),
        })
    }

    /// From now on ticks wait for this program too.
    pub(super) fn watch(&self, program: u32) {
        lock(&self.score).programs.push(program);
    }

    /// From now on this mouth speaks.
    pub(super) fn speak(&self, mouth: Mouth) {
        lock(&self.score).mouths.push(mouth);
    }

    /// Whether everything is said.
    pub(super) fn is_quiet(&self) -> bool {
        lock(&self.score).mouths.iter().all(Mouth::is_done)
    }

    /// Ends.
    pub(super) fn end(mut self) -> Result<Figures> {
        self.stop.store(true, Ordering::Relaxed);
        let thread = self.thread.take().context("ended already")?;
        thread
            .join()
            .map_err(|_| anyhow::anyhow!("the conductor died"))?
    }
}

impl Drop for Conductor {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn lock(score: &Mutex<Score>) -> std::sync::MutexGuard<'_, Score> {
    score.lock().unwrap_or_else(PoisonError::into_inner)
}

fn conduct(span: &Span, score: &Mutex<Score>, stop: &AtomicBool) -> Result<Figures> {
    let wakeups = span.subscribe(Wake {
        period: 8,
        phase: 0,
        events: false,
        lock_step: true,
    })?;
    let mut figures = Figures::default();
    let mut threads = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        if !wakeups.wait(Duration::from_millis(100))? {
            continue;
        }
        let frame = span.positions().rx_frame;
        {
            let mut score = lock(score);
            if figures.ticks % LIST_TICKS == 0 {
                threads = list(&score.programs);
            }
            for mouth in &mut score.mouths {
                mouth.speak(frame)?;
            }
        }
        let since = Instant::now();
        let mut looks = 0;
        while !all_sleep(&threads) {
            if since.elapsed() > PATIENCE && looks > LOOKS {
                figures.unsettled += 1;
                break;
            }
            looks += 1;
            std::thread::sleep(PAUSE);
        }
        figures.ticks += 1;
        wakeups.consumed(frame);
    }
    Ok(figures)
}

/// The state files of all threads of these programs.
fn list(programs: &[u32]) -> Vec<File> {
    programs
        .iter()
        .filter_map(|program| std::fs::read_dir(format!("/proc/{program}/task")).ok())
        .flatten()
        .filter_map(|entry| File::open(entry.ok()?.path().join("stat")).ok())
        .collect()
}

/// Whether all threads sleep; those that have ended do.
fn all_sleep(threads: &[File]) -> bool {
    threads.iter().all(|stat| {
        let mut line = [0; 512];
        let Ok(length) = stat.read_at(&mut line, 0) else {
            return true;
        };
        let text = String::from_utf8_lossy(line.get(..length).unwrap_or_default());
        // pid (name) state …: the name may hold anything.
        let state = text
            .rsplit(") ")
            .next()
            .and_then(|rest| rest.chars().next());
        !matches!(state, Some('R' | 'D'))
    })
}
