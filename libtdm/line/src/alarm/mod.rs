// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! Alarms of a digital span: defects, as the framer finds them now, integrated over time.

mod set;

pub use set::{Alarm, AlarmSet};

/// What a receiver finds wrong at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Defects {
    /// No pulses arrive.
    pub loss_of_signal: bool,
    /// Unframed all ones arrive.
    pub all_ones: bool,
    /// There is no frame alignment.
    pub loss_of_frame: bool,
    /// CRC-4 is expected and there is no multiframe alignment.
    pub loss_of_multiframe: bool,
    /// The far end sends its remote alarm.
    pub remote_alarm: bool,
}

/// How long a defect must last before its alarm is declared, and be gone before it is cleared, in
/// frames of 125 µs. Zero acts at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Integration {
    /// Frames from defect to alarm.
    pub set: u32,
    /// Frames from the end of the defect to the end of the alarm.
    pub clear: u32,
}

/// The integration of each alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Integrations {
    /// Of loss of signal.
    pub los: Integration,
    /// Of the alarm indication signal.
    pub ais: Integration,
    /// Of loss of frame alignment.
    pub lof: Integration,
    /// Of loss of CRC-4 multiframe alignment.
    pub lomf: Integration,
    /// Of the remote alarm indication.
    pub rai: Integration,
}

impl Integrations {
    /// The same for all.
    #[must_use]
    pub const fn all(set: u32, clear: u32) -> Self {
        let i = Integration { set, clear };
        Integrations {
            los: i,
            ais: i,
            lof: i,
            lomf: i,
            rai: i,
        }
    }

    const fn of(&self, alarm: Alarm) -> Integration {
        match alarm {
            Alarm::Los => self.los,
            Alarm::Ais => self.ais,
            Alarm::Lof => self.lof,
            Alarm::Lomf => self.lomf,
            Alarm::Rai => self.rai,
        }
    }
}

impl Default for Integrations {
    /// 100 ms to declare, 100 ms to clear; 400 ms for the multiframe, which a receiver needs to
    /// decide that the far end sends none.
    fn default() -> Self {
        let mut all = Integrations::all(800, 800);
        all.lomf.set = 3200;
        all
    }
}

/// One integrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct State {
    defect: bool,
    alarm: bool,
    /// The frame at which `alarm` becomes `defect`.
    due: Option<u64>,
}

impl State {
    fn input(&mut self, now: u64, defect: bool, times: Integration) {
        if defect != self.defect {
            self.defect = defect;
            let wait = if defect { times.set } else { times.clear };
            self.due = (defect != self.alarm).then(|| now.saturating_add(u64::from(wait)));
        }
    }

    fn settle(&mut self, now: u64) {
        if self.due.is_some_and(|due| due <= now) {
            self.due = None;
            self.alarm = self.defect;
        }
    }
}

/// Integrates a receiver's defects into alarms.
///
/// A defect that follows from a graver one is not counted: without a signal there is nothing to
/// say about framing, under all ones neither, and without frame alignment there is no multiframe
/// and no remote alarm to read.
///
/// Contract: `input` at every change of the defects; `handle_timeout` at the frame that
/// `poll_timeout` gives. Both return the alarms from then on; compare with those before. Frame
/// numbers never go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Monitor {
    times: Integrations,
    states: [State; 5],
}

impl Monitor {
    /// No defects, no alarms.
    #[must_use]
    pub fn new(times: Integrations) -> Self {
        Monitor {
            times,
            states: [State::default(); 5],
        }
    }

    /// The alarms declared at the last frame given.
    #[must_use]
    pub fn alarms(&self) -> AlarmSet {
        Alarm::ALL
            .iter()
            .zip(&self.states)
            .fold(AlarmSet::NONE, |set, (&alarm, state)| {
                set.with(alarm, state.alarm)
            })
    }

    /// The defects from frame `now` on.
    pub fn input(&mut self, now: u64, defects: Defects) -> AlarmSet {
        self.handle_timeout(now);
        for (&alarm, state) in Alarm::ALL.iter().zip(&mut self.states) {
            state.input(now, significant(alarm, &defects), self.times.of(alarm));
            state.settle(now);
        }
        self.alarms()
    }

    /// The next frame at which an alarm is declared or cleared if the defects stay.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<u64> {
        self.states.iter().filter_map(|s| s.due).min()
    }

    /// Declares and clears what is due at frame `now`.
    pub fn handle_timeout(&mut self, now: u64) -> AlarmSet {
        for state in &mut self.states {
            state.settle(now);
        }
        self.alarms()
    }
}

/// Whether the sender beside a receiver with these defects must send the remote alarm indication.
#[must_use]
pub const fn sends_remote_alarm(defects: &Defects) -> bool {
    defects.loss_of_signal || defects.all_ones || defects.loss_of_frame
}

const fn significant(alarm: Alarm, d: &Defects) -> bool {
    let signal = !d.loss_of_signal;
    let framed = signal && !d.all_ones && !d.loss_of_frame;
    match alarm {
        Alarm::Los => d.loss_of_signal,
        Alarm::Ais => signal && d.all_ones,
        Alarm::Lof => signal && !d.all_ones && d.loss_of_frame,
        Alarm::Lomf => framed && d.loss_of_multiframe,
        Alarm::Rai => framed && d.remote_alarm,
    }
}
