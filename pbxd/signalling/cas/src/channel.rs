// SPDX-License-Identifier: MIT OR Apache-2.0
//! One channel.

mod line;
mod pulses;

use std::collections::VecDeque;

use crate::Frame;
use crate::kind::{HOLD, YIELD};
use crate::line::Line;
use crate::table::{Action, Event, Kinds, Notice, State, Timer, Transition};
use crate::types::{Config, Counters, MAX_OUTPUTS, MAX_TRACE, Output, RequestError, Violation};

/// One channel of a trunk.
#[derive(Debug)]
pub struct Channel {
    config: Config,
    state: State,
    /// When the state's time is over, and whose it is.
    timer: Option<(Timer, Frame)>,
    /// A call is on, so [`Notice::Released`] is owed.
    in_call: bool,
    /// What the far end shows, and since when.
    far: Option<Line>,
    far_since: Frame,
    /// What it may be about to show, and since when.
    coming: Option<(Line, Frame)>,
    /// What we are to show, and when; in order.
    plan: VecDeque<(Frame, Line)>,
    /// The last of the plan is the end of digits.
    dialling: bool,
    /// The last frame of a command that is out.
    last_command: Frame,
    /// Dial pulses of the digit that comes in.
    pulses: u8,
    outputs: VecDeque<Output>,
    counters: Counters,
    trace: VecDeque<Violation>,
}

impl Channel {
    /// A channel whose far end is taken to be idle until it shows something. It sends its own idle
    /// state from `now` on.
    #[must_use]
    pub fn new(config: Config, now: Frame) -> Self {
        let mut channel = Channel {
            config,
            state: State::Idle,
            timer: None,
            in_call: false,
            far: Some(config.kind.far().idle()),
            far_since: now,
            coming: None,
            plan: VecDeque::new(),
            dialling: false,
            last_command: now,
            pulses: 0,
            outputs: VecDeque::new(),
            counters: Counters::default(),
            trace: VecDeque::new(),
        };
        channel.show(now, config.kind.idle());
        channel
    }

    /// The state.
    #[must_use]
    pub const fn state(&self) -> State {
        self.state
    }

    /// What was counted.
    #[must_use]
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    /// The last violations, the oldest first.
    pub fn trace(&self) -> impl Iterator<Item = &Violation> {
        self.trace.iter()
    }

    /// The next output, until `None`.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The frame at which to call [`handle_timeout`](Self::handle_timeout).
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Frame> {
        let timer = self.timer.map(|(_, frame)| frame);
        let coming = self
            .coming
            .map(|(_, since)| since + self.config.timing.debounce);
        let plan = self
            .plan
            .front()
            .map(|(frame, _)| frame.saturating_sub(self.config.lead));
        let out_of_digits = (self.dialling && self.plan.is_empty()).then_some(self.last_command);
        [timer, coming, plan, out_of_digits]
            .into_iter()
            .flatten()
            .min()
    }

    /// Does what is due at `now` or earlier.
    pub fn handle_timeout(&mut self, now: Frame) {
        // Each turn ends a change, an edge or a timer, and rows do not arm timers of no length; the
        // bound only stands against durations of zero in the configuration.
        for _ in 0..MAX_OUTPUTS {
            if self.poll_timeout().is_none_or(|due| due > now) {
                return;
            }
            self.settle(now);
            self.send_due(now);
            if self.dialling && self.plan.is_empty() && self.last_command <= now {
                self.dialling = false;
                let _ = self.event(now, Event::DigitsSent);
            }
            if let Some((timer, _)) = self.timer.filter(|(_, frame)| *frame <= now) {
                self.timer = None;
                let event = if timer == Timer::Interdigit {
                    Event::DigitEnd
                } else {
                    Event::Timeout
                };
                self.line_event(now, event);
            }
        }
    }

    /// Asks for something: one of the requests among the events.
    ///
    /// # Errors
    /// It does not fit the state; nothing has changed.
    pub fn request(&mut self, now: Frame, request: Event) -> Result<(), RequestError> {
        if !request.is_request() {
            return Err(RequestError::NotARequest(request));
        }
        if request == Event::SendFlash && !self.plan.is_empty() {
            return Err(RequestError::Busy);
        }
        if self.event(now, request) {
            return Ok(());
        }
        let state = self.state;
        Err(RequestError::State { request, state })
    }

    /// The carrier failed (`true`) or is back. A call is over at once; the line is taken into service
    /// again when the far end is idle.
    pub fn carrier_failure(&mut self, now: Frame, failed: bool) {
        if failed == (self.state == State::OutOfService) {
            return;
        }
        self.stop_plan();
        self.coming = None;
        self.timer = None;
        if failed {
            self.state = State::OutOfService;
            self.show(now, self.config.kind.idle());
            if self.in_call {
                self.tell(Notice::CarrierLost);
                self.tell(Notice::Released);
            }
        } else {
            let idle = !self.far_is_off() || self.config.kind.idle() == Line::LoopOpen;
            self.state = if idle { State::Guard } else { State::Clearing };
            self.arm(now, if idle { Timer::Guard } else { Timer::Clear });
        }
    }

    /// Looks for a row and goes along it. `false`: there is none.
    fn event(&mut self, now: Frame, event: Event) -> bool {
        let kinds = self.config.kind.kinds();
        let glare = if self.config.yields { YIELD } else { HOLD };
        let fits = |row: &&Transition| {
            row.state == self.state && row.event == event && row.fits(kinds, glare)
        };
        let Some(row) = self.config.kind.table().iter().find(fits) else {
            return false;
        };
        self.counters.transitions += 1;
        self.state = row.next;
        if !row.actions.contains(&Action::Keep) {
            self.timer = None;
        }
        if event == Event::Seize {
            self.begin_call();
        }
        for action in row.actions {
            self.act(now, *action);
        }
        true
    }

    /// An event from the line or of a timer, which counts as a violation if it has no row.
    fn line_event(&mut self, now: Frame, event: Event) {
        if self.state == State::OutOfService || self.event(now, event) {
            return;
        }
        self.counters.violations += 1;
        if self.trace.len() == MAX_TRACE {
            self.trace.pop_front();
        }
        let state = self.state;
        self.trace.push_back(Violation {
            frame: now,
            state,
            event,
        });
    }

    fn act(&mut self, now: Frame, action: Action) {
        let timing = self.config.timing;
        let kind = self.config.kind;
        match action {
            Action::Send(line) => {
                self.stop_plan();
                self.show(now, line);
            }
            Action::SendAfter(line) => self.show_after(now, line),
            Action::SendIdle => {
                self.stop_plan();
                self.show(now, kind.idle());
            }
            Action::SendWink => self.pulse(now, Line::OffHook, timing.wink, Line::OnHook),
            Action::SendDelayDial => {
                self.pulse(now, Line::OffHook, timing.delay_dial, Line::OnHook);
            }
            Action::SendFlash => self.pulse(now, kind.idle(), timing.flash, kind.off_hook()),
            Action::SendOpen => self.pulse(now, Line::Open, timing.open, Line::Feed),
            Action::Arm(timer) => self.arm(now, timer),
            Action::Keep => {}
            Action::Tell(Notice::Seized) => {
                self.begin_call();
                self.pulses = 0;
                self.tell(Notice::Seized);
            }
            Action::Tell(notice) => self.tell(notice),
            Action::Count => self.pulses = self.pulses.saturating_add(1),
            Action::TellDigit => {
                let pulses = core::mem::take(&mut self.pulses);
                if (1..=10).contains(&pulses) {
                    self.output(Output::Digit(pulses));
                }
            }
        }
    }

    fn begin_call(&mut self) {
        if !self.in_call {
            self.in_call = true;
            self.counters.calls += 1;
        }
    }

    fn arm(&mut self, now: Frame, timer: Timer) {
        let timing = &self.config.timing;
        let length = match timer {
            Timer::WinkDelay => timing.wink_delay,
            Timer::DelayDialAfter => timing.delay_dial_after,
            Timer::StartDelay => timing.start_delay,
            Timer::Start => timing.start,
            Timer::Glare => timing.glare,
            Timer::Acknowledge => timing.acknowledge,
            Timer::NumberRequest => timing.number_request,
            Timer::Digits => timing.digits,
            Timer::Interdigit => timing.interdigit_accepted,
            Timer::Break => timing.pulse_break_accepted.most,
            Timer::Disconnect => timing.flash_accepted.most,
            Timer::Open => timing.open_accepted,
            Timer::Clear => timing.clear,
            Timer::Guard => timing.guard,
            Timer::RingOn => timing.ring_on,
            Timer::RingOff => timing.ring_off,
            Timer::RingGap => timing.ring_gap,
        };
        self.timer = Some((timer, now + length.max(1)));
    }

    fn tell(&mut self, notice: Notice) {
        if notice == Notice::Released {
            if !self.in_call {
                return;
            }
            self.in_call = false;
        }
        self.output(Output::Notice(notice));
    }

    fn output(&mut self, output: Output) {
        if self.outputs.len() < MAX_OUTPUTS {
            self.outputs.push_back(output);
        } else {
            self.counters.outputs_lost += 1;
        }
    }
}

impl Transition {
    /// Whether the row is for a kind, with the way that glare is settled.
    pub(crate) fn fits(&self, kind: Kinds, glare: Kinds) -> bool {
        let about_glare = self.kinds.meets(YIELD.and(HOLD));
        self.kinds.meets(kind) && (!about_glare || self.kinds.meets(glare))
    }
}
