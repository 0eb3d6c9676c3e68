// SPDX-License-Identifier: MIT OR Apache-2.0
//! The tones of telephone events, in the order and at the frames where they belong.

use dsp::{Dtmf, DtmfKey, DtmfState, Scale};
use rtp::event::Event;

use crate::Config;

/// Events that may wait while one sounds.
const WAITING: usize = 8;

#[derive(Clone, Copy, Debug)]
struct Press {
    key: DtmfKey,
    /// RTP timestamp of the beginning, which names the event.
    timestamp: u32,
    /// The frame where it is to begin.
    begin: i64,
    /// Length so far.
    duration: u32,
    ended: bool,
    dbm0: f32,
}

/// What became of an event's report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is known already; its length was updated.
    Known,
    /// It is known already, and so many frames of it were made beyond its end.
    Beyond(u32),
    /// It is new.
    New,
    /// Too many wait.
    Full,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Tones {
    scale: Scale,
    dtmf: Dtmf,
    grace: u32,
    off: u32,
    on: u32,
    current: Option<Press>,
    waiting: [Option<Press>; WAITING],
    /// The first frame of the muted stretch.
    from: i64,
}

impl Tones {
    pub(crate) fn new(config: &Config) -> Self {
        let scale = Scale::of(config.law);
        Self {
            scale,
            dtmf: Dtmf::new(scale, config.dtmf),
            grace: config.event_grace,
            off: config.dtmf.off,
            on: config.dtmf.on,
            current: None,
            waiting: [None; WAITING],
            from: 0,
        }
    }

    /// Takes what is known of an event of this key, which begins at `begin`.
    pub(crate) fn take(&mut self, key: DtmfKey, event: &Event, begin: i64) -> Taken {
        let same = |p: &&mut Press| p.timestamp == event.start && p.key == key;
        if let Some(press) = self.waiting.iter_mut().flatten().find(|p| same(p)) {
            press.duration = event.duration;
            press.ended = event.ended;
            return Taken::Known;
        }
        if let Some(press) = self.current.as_mut().filter(|p| same(p)) {
            press.duration = event.duration;
            press.ended = event.ended;
            if !event.ended || self.dtmf.state() != DtmfState::On {
                return Taken::Known;
            }
            let beyond = self
                .dtmf
                .elapsed()
                .saturating_sub(event.duration.max(self.on));
            self.dtmf.release(event.duration);
            return Taken::Beyond(beyond);
        }
        let idle = !self.is_active();
        let Some(place) = self.waiting.iter_mut().find(|p| p.is_none()) else {
            return Taken::Full;
        };
        // Without a level, and beyond what a line bears, the usual level.
        let dbm0 = if (3..=30).contains(&event.volume) {
            -f32::from(event.volume)
        } else {
            -10.0
        };
        *place = Some(Press {
            key,
            timestamp: event.start,
            begin,
            duration: event.duration,
            ended: event.ended,
            dbm0,
        });
        if idle {
            self.from = begin;
        }
        Taken::New
    }

    /// Whether a tone sounds, pauses or waits.
    pub(crate) fn is_active(&self) -> bool {
        self.current.is_some() || self.waiting.iter().any(Option::is_some)
    }

    /// The frames under tones, when everything before `front` is written: from, and one past the
    /// last, which is `i64::MAX` while unknown.
    pub(crate) fn muted(&self, front: i64) -> Option<(i64, i64)> {
        if !self.is_active() {
            return None;
        }
        let mut all = self.waiting.iter().flatten().chain(&self.current);
        let end = match (all.next(), all.next()) {
            (Some(press), None) if press.ended => self.end_of(press, front),
            _ => i64::MAX,
        };
        Some((self.from, end.max(self.from)))
    }

    /// One past the last frame of the pause after an ended tone.
    fn end_of(&self, press: &Press, front: i64) -> i64 {
        let elapsed = self.dtmf.elapsed();
        let (begin, left) = if self.current.is_none() {
            (
                press.begin.max(front),
                press.duration.max(self.on) + self.off,
            )
        } else if self.dtmf.state() == DtmfState::On {
            let length = press.duration.max(self.on).saturating_sub(elapsed);
            (front, length.saturating_add(self.off))
        } else {
            (front, self.off.saturating_sub(elapsed))
        };
        begin.saturating_add(i64::from(left))
    }

    /// The frame at which the next tone begins, if none sounds or pauses at `front`.
    pub(crate) fn next_begin(&self, front: i64) -> Option<i64> {
        if self.current.is_some() {
            return Some(front);
        }
        self.waiting.iter().flatten().map(|p| p.begin).min()
    }

    /// Begins the waiting tone whose time has come at `front`; whether one did.
    pub(crate) fn begin(&mut self, front: i64) -> bool {
        if self.current.is_some() {
            return false;
        }
        let due = self
            .waiting
            .iter_mut()
            .filter(|p| p.is_some_and(|p| p.begin <= front));
        let Some(place) = due.min_by_key(|p| p.map(|p| p.begin)) else {
            return false;
        };
        let Some(mut press) = place.take() else {
            return false;
        };
        self.dtmf.press(self.scale, press.key, press.dbm0);
        if press.ended {
            self.dtmf.release(press.duration);
        }
        press.begin = front;
        self.current = Some(press);
        true
    }

    /// The next sample of tone or pause; `None` when both are over. The second value tells that
    /// the event was given up: its updates stayed out.
    pub(crate) fn sample(&mut self) -> Option<(i16, bool)> {
        let press = self.current.as_mut()?;
        if self.dtmf.state() == DtmfState::Idle {
            self.current = None;
            return None;
        }
        let mut gave_up = false;
        let sounding = self.dtmf.state() == DtmfState::On && !press.ended;
        if sounding && self.dtmf.elapsed() >= press.duration.max(self.on).saturating_add(self.grace)
        {
            press.ended = true;
            press.duration = self.dtmf.elapsed();
            self.dtmf.release(press.duration);
            gave_up = true;
        }
        let mut sample = [0];
        self.dtmf.fill(&mut sample);
        let [sample] = sample;
        if self.dtmf.state() == DtmfState::Idle {
            self.current = None;
        }
        Some((sample, gave_up))
    }

    /// Ends everything.
    pub(crate) fn reset(&mut self, config: &Config) {
        *self = Self::new(config);
    }
}
