// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the far end shows: debounced, measured, and turned into events.

use super::Channel;
use crate::Frame;
use crate::line::Line;
use crate::table::{Event, State};
use crate::types::Carrier;
use tdm_line::abcd::Abcd;

impl Channel {
    /// The far end's bits changed at `frame`, which may lie behind `now`.
    pub fn input(&mut self, now: Frame, frame: Frame, bits: Abcd) {
        let Carrier::Bits { received, .. } = self.config.carrier else {
            self.counters.unknown_bits += 1;
            return;
        };
        match received.line(bits) {
            Some(line) => self.change(now, frame, line),
            None => self.counters.unknown_bits += 1,
        }
    }

    /// The far end's single frequency began or ended at `frame`, which may lie behind `now`.
    pub fn input_tone(&mut self, now: Frame, frame: Frame, on: bool) {
        if self.config.carrier != Carrier::SingleFrequency {
            self.counters.unknown_bits += 1;
            return;
        }
        self.change(now, frame, if on { Line::OnHook } else { Line::OffHook });
    }

    fn change(&mut self, now: Frame, frame: Frame, line: Line) {
        self.settle_until(now, frame);
        match self.coming {
            Some((coming, _)) if coming == line => {}
            Some(_) => {
                self.counters.bounces += 1;
                self.coming = (self.far != Some(line)).then_some((line, frame));
            }
            None if self.far == Some(line) => {}
            None => self.coming = Some((line, frame)),
        }
    }

    /// Takes a change for one if it has lasted until `now`.
    pub(super) fn settle(&mut self, now: Frame) {
        self.settle_until(now, now);
    }

    /// Takes a change for one if it has lasted until `until`.
    fn settle_until(&mut self, now: Frame, until: Frame) {
        let Some((line, since)) = self.coming else {
            return;
        };
        if since + self.config.timing.debounce > until {
            return;
        }
        self.coming = None;
        let was_off = self.far_is_off();
        let length = since.saturating_sub(self.far_since);
        self.far = Some(line);
        self.far_since = since;
        let event = match line {
            Line::OffHook | Line::LoopClosed => self.went_off(length),
            Line::OnHook | Line::LoopOpen => {
                if was_off {
                    self.went_on(length)
                } else {
                    Event::FarOn
                }
            }
            Line::RingGround => Event::RingGround,
            Line::Feed => Event::Feed,
            Line::Ring => Event::Ring,
            Line::Open => Event::Open,
        };
        self.line_event(now, event);
    }

    /// Whether the far end is off hook.
    pub(super) fn far_is_off(&self) -> bool {
        matches!(self.far, Some(Line::OffHook | Line::LoopClosed))
    }

    /// It went off hook after `length` frames on hook.
    fn went_off(&self, length: Frame) -> Event {
        let timing = &self.config.timing;
        match self.state {
            State::Break if timing.pulse_break_accepted.holds(length) => Event::DialPulse,
            State::Break => Event::Hit,
            State::Hung | State::OfferedHung if timing.flash_accepted.least <= length => {
                Event::Flash
            }
            State::Hung | State::OfferedHung => Event::Hit,
            _ => Event::FarOff,
        }
    }

    /// It went on hook after `length` frames off hook.
    fn went_on(&self, length: Frame) -> Event {
        let wink = &self.config.timing.wink_accepted;
        match self.state {
            State::StartPulse | State::AckPulse if length < wink.least => Event::ShortPulse,
            State::StartPulse | State::AckPulse if length > wink.most => Event::LongPulse,
            State::StartPulse | State::AckPulse => Event::Wink,
            _ => Event::FarOn,
        }
    }
}
