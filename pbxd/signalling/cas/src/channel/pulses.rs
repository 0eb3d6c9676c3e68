// SPDX-License-Identifier: MIT OR Apache-2.0
//! What we show: at once, or planned to the frame.

use super::Channel;
use crate::Frame;
use crate::line::Line;
use crate::table::{Event, State};
use crate::types::{Carrier, MAX_DIGITS, Output, RequestError};

impl Channel {
    /// Pulses digits (0 is ten pulses), each open part and each pause to the frame. When they are out
    /// the channel goes on as if [`Event::DigitsSent`] had been requested.
    ///
    /// # Errors
    /// It is not the time for digits, pulses are still going out, or these are none.
    pub fn dial_pulses(&mut self, now: Frame, digits: &str) -> Result<(), RequestError> {
        if !matches!(self.state, State::Sending | State::NumberSending) {
            return Err(RequestError::State {
                request: Event::DigitsSent,
                state: self.state,
            });
        }
        if !self.plan.is_empty() || self.dialling {
            return Err(RequestError::Busy);
        }
        let decimal = digits.bytes().all(|digit| digit.is_ascii_digit());
        if digits.is_empty() || digits.len() > MAX_DIGITS || !decimal {
            return Err(RequestError::Digits);
        }
        let timing = self.config.timing;
        let kind = self.config.kind;
        let mut frame = self.soonest(now) + timing.pulse_make;
        for digit in digits.bytes() {
            let pulses = match digit - b'0' {
                0 => 10,
                other => other,
            };
            for _ in 0..pulses {
                self.plan.push_back((frame, kind.idle()));
                frame += timing.pulse_break;
                self.plan.push_back((frame, kind.off_hook()));
                frame += timing.pulse_make;
            }
            frame += timing.interdigit;
        }
        // The pause behind the last digit belongs to it.
        self.plan.push_back((frame, kind.off_hook()));
        self.dialling = true;
        self.send_due(now);
        Ok(())
    }

    /// The first frame that a command of now can have: it must not overtake one that is out.
    fn soonest(&self, now: Frame) -> Frame {
        (now + self.config.lead).max(self.last_command + 1)
    }

    /// Shows `first` as soon as possible, and `then` when it has lasted `length`.
    pub(super) fn pulse(&mut self, now: Frame, first: Line, length: Frame, then: Line) {
        self.stop_plan();
        let start = self.soonest(now);
        self.plan.push_back((start, first));
        self.plan.push_back((start + length, then));
        self.send_due(now);
    }

    /// Shows something as soon as possible.
    pub(super) fn show(&mut self, now: Frame, line: Line) {
        let frame = self.soonest(now);
        self.command(frame, line);
    }

    /// Shows something behind what is planned, with a pause as long as a wink between them.
    pub(super) fn show_after(&mut self, now: Frame, line: Line) {
        let planned = self
            .plan
            .back()
            .map(|(frame, _)| frame + self.config.timing.wink);
        let frame = planned.unwrap_or(0).max(self.soonest(now));
        self.plan.push_back((frame, line));
        self.send_due(now);
    }

    /// Forgets what is planned and not out yet.
    pub(super) fn stop_plan(&mut self) {
        self.plan.clear();
        self.dialling = false;
    }

    /// Sends the commands whose frames are near.
    pub(super) fn send_due(&mut self, now: Frame) {
        while let Some((frame, line)) = self.plan.front().copied() {
            if frame > now + self.config.lead {
                return;
            }
            self.plan.pop_front();
            self.command(frame, line);
        }
    }

    fn command(&mut self, frame: Frame, line: Line) {
        self.last_command = frame;
        match self.config.carrier {
            Carrier::Bits { sent, .. } => {
                // A code without the state has nothing to show for it.
                if let Some(bits) = sent.bits(line) {
                    self.output(Output::Bits { frame, bits });
                }
            }
            Carrier::SingleFrequency => {
                let on = line == Line::OnHook;
                self.output(Output::Tone { frame, on });
            }
        }
    }
}
