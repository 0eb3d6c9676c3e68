// SPDX-License-Identifier: GPL-2.0-only
//! Two spans, the cable between them, and their clock.

use crate::{
    abi::{
        control::{
            MAX_LOCK_STEP,
            MAX_TICK_US,
            REAL_TIME_TICK_US, //
        },
        geometry::MAX_RING_FRAMES, //
    },
    span::{
        Span,
        TICK, //
    }, //
};
use kernel::{
    impl_has_hr_timer,
    new_mutex,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc,
        ArcBorrow,
        Mutex, //
    },
    time::{
        hrtimer::{
            AbsoluteMode,
            ArcHrTimerHandle,
            HrTimer,
            HrTimerCallback,
            HrTimerCallbackContext,
            HrTimerExpires,
            HrTimerPointer,
            HrTimerRestart, //
        },
        Delta,
        Instant,
        Monotonic, //
    }, //
};

/// Ticks that a late timer makes up at once. What is beyond is lost line time: a gap. 100 ms of audio is more than any playout
/// stage holds, and as much as an interrupt should do.
const MAX_CATCH_UP: u64 = 100;

/// Ticks that one lock-step call can bring: those of the longest period there is.
const MAX_STEPS: u64 = MAX_RING_FRAMES / TICK;

/// How line time passes on a pair.
#[derive(Clone, Copy)]
pub(crate) enum Mode {
    /// By CLOCK_MONOTONIC: a tick every so many microseconds, 1,000 in real time.
    Timed {
        /// Microseconds of a tick.
        tick_us: u32,
    },
    /// A tick comes when every lock-step subscriber has consumed what it was woken for, and not before there are so many.
    LockStep {
        /// How many there must be.
        subscribers: u32,
    },
}

impl Mode {
    /// The mode that a request describes.
    pub(crate) fn new(tick_us: u32, lock_step: u32) -> Result<Self> {
        match (tick_us, lock_step) {
            (REAL_TIME_TICK_US..=MAX_TICK_US, 0) => Ok(Self::Timed { tick_us }),
            (0, 1..=MAX_LOCK_STEP) => Ok(Self::LockStep {
                subscribers: lock_step,
            }),
            _ => Err(EINVAL),
        }
    }

    /// Whether lock-step subscriptions are granted.
    pub(crate) fn is_lock_step(self) -> bool {
        matches!(self, Self::LockStep { .. })
    }

    /// Whether a tick takes a millisecond.
    pub(crate) fn is_real_time(self) -> bool {
        matches!(self, Self::Timed { tick_us } if tick_us == REAL_TIME_TICK_US)
    }
}

/// Two spans and their clock.
#[pin_data]
pub(crate) struct Pair {
    #[pin]
    timer: HrTimer<Self>,
    mode: Mode,
    ends: [Arc<Span>; 2],
    /// CLOCK_MONOTONIC of the last tick in nanoseconds; only the timer writes it.
    #[pin]
    last_ns: Atomic<u64>,
    /// One lock-step caller at a time gives ticks. `false` once the pair is stopped.
    #[pin]
    stepping: Mutex<bool>,
}

/// The timer of a pair; it stops on drop, and no tick is under way any more then.
pub(crate) type Running = ArcHrTimerHandle<Pair>;

impl Pair {
    /// A pair that stands still.
    pub(crate) fn new(mode: Mode, ends: [Arc<Span>; 2]) -> Result<Arc<Self>> {
        Arc::pin_init(
            pin_init!(Self {
                timer <- HrTimer::new(),
                mode,
                ends,
                last_ns <- Atomic::new(0),
                stepping <- new_mutex!(true, "tdm_stepping"),
            }),
            GFP_KERNEL,
        )
    }

    /// Its spans.
    pub(crate) fn ends(&self) -> &[Arc<Span>; 2] {
        &self.ends
    }

    /// Starts the clock, unless it goes by consent.
    pub(crate) fn start(self: &Arc<Self>) -> Option<Running> {
        match self.mode {
            Mode::Timed { tick_us } => {
                let now = Instant::<Monotonic>::now();
                self.last_ns.store(nanos(now), Relaxed);
                let first = now + Delta::from_micros(i64::from(tick_us));
                Some(HrTimerPointer::start(self.clone(), first))
            }
            Mode::LockStep { .. } => None,
        }
    }

    /// Ends lock-step; waits for a tick that is under way.
    pub(crate) fn stop(&self) {
        *self.stepping.lock() = false;
    }

    /// Gives as many ticks as the lock-step subscribers allow. Something about them has changed. Process context.
    pub(crate) fn advance(&self) {
        let Mode::LockStep { subscribers } = self.mode else {
            return;
        };
        let running = self.stepping.lock();
        // Every lock-step subscriber has a period shorter than a ring, and then holds the clock: the bound is never met.
        for _ in 0..MAX_STEPS {
            if !*running || !self.may_tick(subscribers) {
                return;
            }
            self.tick(nanos(Instant::<Monotonic>::now()));
        }
    }

    fn may_tick(&self, subscribers: u32) -> bool {
        let [one, other] = &self.ends;
        let (ones, waits) = one.lock_step();
        let (others, wait) = other.lock_step();
        ones.wrapping_add(others) >= subscribers && !waits && !wait
    }

    /// One tick: everything leaves, then everything arrives at the other end. In any context.
    fn tick(&self, tick_ns: u64) {
        let [one, other] = &self.ends;
        let forth = one.leave();
        let back = other.leave();
        one.arrive(&back, tick_ns);
        other.arrive(&forth, tick_ns);
    }

    /// The timer's turn, `owed` ticks after the last one.
    fn catch_up(&self, owed: u64, tick_us: u32) {
        let tick_ns = u64::from(tick_us).wrapping_mul(1000);
        let mut at = self.last_ns.load(Relaxed);
        let lost = owed.saturating_sub(MAX_CATCH_UP);
        if lost > 0 {
            at = at.wrapping_add(lost.wrapping_mul(tick_ns));
            for end in &self.ends {
                end.lose(lost, at);
            }
        }
        for _ in 0..owed.min(MAX_CATCH_UP) {
            at = at.wrapping_add(tick_ns);
            self.tick(at);
        }
        self.last_ns.store(at, Relaxed);
    }
}

/// CLOCK_MONOTONIC in nanoseconds.
fn nanos(now: Instant<Monotonic>) -> u64 {
    u64::try_from(now.as_nanos()).unwrap_or(0)
}

impl HrTimerCallback for Pair {
    type Pointer<'a> = Arc<Self>;

    fn run(
        this: ArcBorrow<'_, Self>,
        mut context: HrTimerCallbackContext<'_, Self>,
    ) -> HrTimerRestart {
        let Mode::Timed { tick_us } = this.mode else {
            return HrTimerRestart::NoRestart;
        };
        let owed = context.forward_now(Delta::from_micros(i64::from(tick_us)));
        this.catch_up(owed, tick_us);
        HrTimerRestart::Restart
    }
}

impl_has_hr_timer! {
    // Not the mode that expires in hard interrupt context whatever the kernel: ticks take ordinary spin locks.
    impl HasHrTimer<Self> for Pair { mode: AbsoluteMode<Monotonic>, field: self.timer }
}
