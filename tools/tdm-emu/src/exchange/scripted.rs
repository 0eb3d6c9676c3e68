// SPDX-License-Identifier: MIT OR Apache-2.0
//! An exchange that follows a script: Q.931 over Q.921 over HDLC in slot 16, audio in the other slots.

use super::call::{Call, Step};
use super::channel::DataChannel;
use super::lineend::LineEnd;
use super::media::{Audio, Media};
use super::report::ReportHandle;
use super::rules::{self, Fit};
use crate::config;
use crate::model::{Burst, FarEnd};
use anyhow::{Context, Result};
use g711::Law;
use q931::cause::{Cause, CauseValue};
use q931::ie::{
    Bearer, CallingNumber, Capability, Layer1Protocol, PartyNumber, ProgressDescription,
    ProgressIndicator,
};
use q931::{CallEvent, CallId, ChannelChoice, Event, Extras, Incoming, Setup, Stack, StackOutput};
use std::collections::BTreeMap;
use std::time::Duration;
use tdm::abi::config::{LineConfig, law};

/// The slot of the D channel.
const D_CHANNEL: usize = 16;

/// Calls that the script makes.
#[derive(Debug)]
struct Plan {
    next: Duration,
    every: Option<Duration>,
    left: u64,
    called: String,
    calling: Option<String>,
    hold: Option<Duration>,
    audio: Audio,
}

/// The exchange.
#[derive(Debug)]
pub(crate) struct Exchange {
    line: LineEnd,
    law: Law,
    channel: DataChannel,
    stack: Stack,
    up: bool,
    rules: Vec<rules::Prepared>,
    plans: Vec<Plan>,
    calls: BTreeMap<CallId, Call>,
    report: ReportHandle,
}

impl Exchange {
    /// The exchange of a checked script, for a span of this configuration.
    pub(crate) fn new(script: &config::Exchange, line: LineConfig) -> Result<(Self, ReportHandle)> {
        let side = match script.side {
            config::Side::Network => q931::Side::Network,
            config::Side::User => q931::Side::User,
        };
        let law = if line.law == law::MU { Law::Mu } else { Law::A };
        let place = || format!("the exchange on span {:?}", script.span);
        let rules = script
            .rule
            .iter()
            .map(|rule| rules::Prepared::new(rule, law));
        let plans = script.call.iter().map(|call| Plan::new(call, law));
        let report = ReportHandle::default();
        let exchange = Exchange {
            line: LineEnd::new(line),
            law,
            channel: DataChannel::new(),
            stack: Stack::new(q921::Config::pri(side), q931::Config::e1(side)),
            up: false,
            rules: rules.collect::<Result<_>>().with_context(place)?,
            plans: plans.collect::<Result<_>>().with_context(place)?,
            calls: BTreeMap::new(),
            report: report.clone(),
        };
        Ok((exchange, report))
    }

    fn cause(&self, value: u8) -> Cause {
        Cause::new(self.stack.calls().config().location, CauseValue(value))
    }

    /// Runs what the stack has to say, until it has nothing more.
    fn drain(&mut self, now: Duration) {
        while let Some(output) = self.stack.poll_output(now) {
            match output {
                // A full queue is counted there; the data link sends it again.
                StackOutput::Frame(frame) => {
                    self.channel.send(frame);
                }
                StackOutput::Event(event) => self.event(now, event),
                StackOutput::LinkError(error) => tracing::debug!(%error, "far end: data link"),
                StackOutput::SameSide => tracing::warn!("far end: both ends play the same side"),
            }
        }
    }

    fn event(&mut self, now: Duration, event: Event) {
        match event {
            Event::Incoming(incoming) => self.incoming(now, &incoming),
            Event::Call { call, event } => self.call_event(now, call, event),
            Event::LinkUp => self.report.with(|r| r.link_up = true),
            Event::LinkDown => self.report.with(|r| r.link_up = false),
            Event::RestartReceived { .. } => self.report.with(|r| r.restarts += 1),
            Event::RestartDone { .. } | Event::ChannelsOutOfService { .. } => {}
        }
    }

    fn incoming(&mut self, now: Duration, incoming: &Incoming) {
        let setup = &incoming.setup;
        let called = setup.called.as_ref().map_or("", |n| &n.digits).to_owned();
        let calling = setup
            .calling
            .as_ref()
            .map_or("", |n| &n.0.digits)
            .to_owned();
        let mut call = Call::new(false, called, calling, now);
        call.slot = Some(incoming.channel);
        call.complete = setup.sending_complete;
        self.calls.insert(incoming.call, call);
        self.report.with(|r| r.incoming += 1);
        self.route(now, incoming.call, true);
    }

    /// Finds the rule for a call whose digits have grown.
    fn route(&mut self, now: Duration, id: CallId, first: bool) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        if call.rule.is_some() {
            return;
        }
        let none = Extras::default();
        match rules::find(&self.rules, &call.called, call.complete) {
            Fit::Rule(at) => {
                let Some(rule) = self.rules.get(at) else {
                    return;
                };
                call.rule = Some(at);
                call.audio = Some(rule.audio.clone());
                call.hold = rule.hold;
                if let Some(cause) = rule.reject {
                    call.steps.push((now + rule.alert, Step::Reject(cause)));
                } else {
                    call.steps.push((now + rule.alert, Step::Alert));
                    if let Some(answer) = rule.answer {
                        call.steps
                            .push((now + answer.max(rule.alert), Step::Answer));
                    }
                }
                let done = self.stack.interface().proceeding(id, &none);
                self.tell("CALL PROCEEDING", id, done);
            }
            Fit::More if first => {
                let done = self.stack.interface().setup_acknowledge(now, id, &none);
                self.tell("SETUP ACKNOWLEDGE", id, done);
            }
            Fit::More => {}
            Fit::None => {
                // Too short a number is an incomplete one, any other does not exist.
                let value = if rules::find(&self.rules, &call.called, false) == Fit::More {
                    28
                } else {
                    1
                };
                self.disconnect(now, id, value);
            }
        }
    }

    fn disconnect(&mut self, now: Duration, id: CallId, value: u8) {
        let cause = self.cause(value);
        let done = self
            .stack
            .interface()
            .disconnect(now, id, &cause, &Extras::default());
        self.tell("DISCONNECT", id, done);
    }

    fn tell(&self, what: &str, id: CallId, done: Result<(), q931::RequestError>) {
        if let Err(error) = done {
            tracing::debug!(call = id.0, %error, "far end: {what} refused");
        }
    }

    fn call_event(&mut self, now: Duration, id: CallId, event: CallEvent) {
        match event {
            CallEvent::MoreDigits { digits, complete } => {
                if let Some(call) = self.calls.get_mut(&id) {
                    call.called.push_str(&digits);
                    call.complete |= complete;
                }
                self.route(now, id, false);
            }
            CallEvent::DigitTimeout => {
                if let Some(call) = self.calls.get_mut(&id) {
                    call.complete = true;
                }
                self.route(now, id, false);
            }
            CallEvent::SetupAcknowledge { channel, .. }
            | CallEvent::Proceeding { channel, .. }
            | CallEvent::Alerting { channel, .. } => self.channel_of(id, channel),
            CallEvent::Connect { channel, .. } => {
                self.channel_of(id, channel);
                self.connected(now, id);
            }
            CallEvent::Disconnect {
                cause, wait: true, ..
            } => {
                let done = self.stack.interface().release(now, id, &cause);
                self.tell("RELEASE", id, done);
            }
            CallEvent::Released { cause } => {
                if let Some(call) = self.calls.remove(&id) {
                    self.report
                        .with(|r| r.ended(call.record(now, cause.value.0)));
                }
            }
            CallEvent::Connected
            | CallEvent::Disconnect { .. }
            | CallEvent::Progress { .. }
            | CallEvent::Information { .. }
            | CallEvent::Notify { .. }
            | CallEvent::Facility(_)
            | CallEvent::Status { .. }
            | CallEvent::Clearing { .. } => {}
        }
    }

    fn channel_of(&mut self, id: CallId, channel: Option<u8>) {
        let slot = channel.or(self.stack.calls().channel(id));
        if let Some(call) = self.calls.get_mut(&id) {
            call.slot = slot.or(call.slot);
        }
    }

    /// The call is answered: audio flows, and the script's time runs.
    fn connected(&mut self, now: Duration, id: CallId) {
        let law = self.law;
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        call.connect = Some(now);
        if let Some(hold) = call.hold {
            call.steps.push((now + hold, Step::Disconnect));
        }
        if let (None, Some(audio)) = (&call.media, &call.audio) {
            call.media = Some(Media::new(audio, law));
        }
        self.report.with(|r| r.connected += 1);
    }

    /// Does what the script wants now.
    fn script(&mut self, now: Duration) {
        let ids: Vec<CallId> = self.calls.keys().copied().collect();
        for id in ids {
            while let Some(step) = self.calls.get_mut(&id).and_then(|call| call.due(now)) {
                self.step(now, id, step);
                self.drain(now);
            }
        }
        for at in 0..self.plans.len() {
            self.originate(now, at);
            self.drain(now);
        }
    }

    fn step(&mut self, now: Duration, id: CallId, step: Step) {
        match step {
            Step::Alert => {
                let rule = self
                    .calls
                    .get(&id)
                    .and_then(|call| call.rule)
                    .and_then(|at| self.rules.get(at));
                let early = rule.is_some_and(|rule| rule.early_media);
                let location = self.stack.calls().config().location;
                let extras = if early {
                    Extras::progress(ProgressIndicator::new(
                        location,
                        ProgressDescription::InBand,
                    ))
                } else {
                    Extras::default()
                };
                let done = self.stack.interface().alerting(id, &extras);
                self.tell("ALERTING", id, done);
                let law = self.law;
                if let Some(call) = self.calls.get_mut(&id).filter(|_| early) {
                    call.media = call.audio.as_ref().map(|audio| Media::new(audio, law));
                }
            }
            Step::Answer => {
                let done = self.stack.interface().connect(now, id, &Extras::default());
                let answered = done.is_ok();
                self.tell("CONNECT", id, done);
                if answered {
                    self.connected(now, id);
                }
            }
            Step::Disconnect => self.disconnect(now, id, CauseValue::NORMAL_CLEARING.0),
            Step::Reject(cause) => self.disconnect(now, id, cause),
        }
    }

    fn originate(&mut self, now: Duration, at: usize) {
        let link = self.stack.calls().is_link_up();
        let Some(plan) = self.plans.get_mut(at) else {
            return;
        };
        // A call waits for the data link; its time begins when the link is up.
        if plan.left == 0 || now < plan.next || !link {
            return;
        }
        plan.left -= 1;
        plan.next = plan.every.map_or(Duration::MAX, |every| now + every);
        let protocol = if self.law == Law::A {
            Layer1Protocol::ALaw
        } else {
            Layer1Protocol::MuLaw
        };
        let bearer = Bearer::circuit64(Capability::Speech, Some(protocol));
        let mut setup = Setup::en_bloc(bearer, &plan.called);
        setup.calling = plan
            .calling
            .as_ref()
            .map(|digits| CallingNumber(PartyNumber::new(digits)));
        let calling = plan.calling.clone().unwrap_or_default();
        let mut call = Call::new(true, plan.called.clone(), calling, now);
        call.audio = Some(plan.audio.clone());
        call.hold = plan.hold;
        match self
            .stack
            .interface()
            .setup(now, &setup, ChannelChoice::Pick)
        {
            Ok(id) => {
                self.calls.insert(id, call);
                self.channel_of(id, None);
                self.report.with(|r| r.outgoing += 1);
            }
            Err(error) => {
                tracing::warn!(called = %call.called, %error, "far end: call not made");
                self.report.with(|r| r.failed += 1);
            }
        }
    }

    /// The audio of one tick.
    fn audio(&mut self, from_span: &Burst, burst: &mut Burst) {
        let idle = self.line.idle();
        for call in self.calls.values_mut() {
            let (Some(slot), Some(media)) = (call.slot, &mut call.media) else {
                continue;
            };
            let slot = usize::from(slot);
            let row = media.tick(from_span.row(slot).to_ne_bytes(), idle);
            burst.set_row(slot, u64::from_ne_bytes(row));
        }
    }
}

impl FarEnd for Exchange {
    fn tick(&mut self, now: Duration, from_span: &Burst) -> Burst {
        let up = self.line.receive(now, from_span);
        if up != self.up {
            self.up = up;
            self.channel.resync();
            self.stack.layer1(now, up);
            self.drain(now);
        }
        if up {
            let stack = &mut self.stack;
            self.channel
                .receive(from_span.row(D_CHANNEL).to_ne_bytes(), |frame| {
                    stack.input_frame(now, frame)
                });
            self.drain(now);
        }
        if self.stack.poll_timeout().is_some_and(|due| due <= now) {
            self.stack.handle_timeout(now);
            self.drain(now);
        }
        self.script(now);
        let mut burst = self.line.idle_burst();
        self.audio(from_span, &mut burst);
        burst.set_row(D_CHANNEL, u64::from_ne_bytes(self.channel.transmit()));
        let (present, errors) = (
            self.calls.len(),
            self.channel.counters().errors() + self.channel.dropped(),
        );
        self.report
            .with(|r| (r.present, r.frame_errors) = (present, errors));
        burst
    }
}

impl Plan {
    fn new(call: &config::Origin, law: Law) -> Result<Self> {
        let left = match (call.every_ms, call.count) {
            (None, _) => 1,
            (Some(_), count) => count.unwrap_or(u64::MAX),
        };
        Ok(Plan {
            next: Duration::from_millis(call.at_ms),
            every: call.every_ms.map(Duration::from_millis),
            left,
            called: call.called.clone(),
            calling: call.calling.clone(),
            hold: call.hold_ms.map(Duration::from_millis),
            audio: rules::audio(&call.play, call.verify.as_deref(), call.keep_ms, law)?,
        })
    }
}
