// SPDX-License-Identifier: MIT OR Apache-2.0
//! Events of the call machine as reports, and commands to a leg as requests.

use super::translate;
use super::trunk::{Report, Trunk};
use pbx_core::{
    Cause, Destination, Digits, LegCommand, LegEvent, LegId, LegTraits, Origin, Outage, Setup,
};
use q931::{CallEvent, CallId, ChannelChoice, Event, Extras, Incoming, Side, Slots};
use std::time::Duration;
use tdm::SlotSet;
use tracing::{debug, info};

impl Trunk {
    /// Gives an incoming call its leg.
    pub(crate) fn attach(&mut self, call: CallId, leg: LegId) {
        self.legs.insert(call, leg);
        self.calls.insert(leg, call);
    }

    /// Refuses an incoming call that no leg was made for.
    pub(crate) fn refuse(&mut self, now: Duration, call: CallId, cause: Cause) {
        let cause = translate::cause_element(self.config.q931.location, cause);
        if self
            .stack
            .interface()
            .disconnect(now, call, &cause, &Extras::default())
            .is_err()
        {
            self.events_ignored += 1;
        }
    }

    pub(super) fn event(&mut self, now: Duration, event: Event, reports: &mut Vec<Report>) {
        match event {
            Event::Incoming(incoming) => self.incoming(now, *incoming, reports),
            Event::Call { call, event } => self.call_event(call, event, reports),
            Event::LinkUp => {
                info!(span = %self.config.name, "data link up");
                reports.push(Report::Channels(
                    self.config.channels,
                    Outage::Signalling,
                    false,
                ));
                self.restart_lost(now, reports);
            }
            Event::LinkDown => {
                info!(span = %self.config.name, "data link down");
                reports.push(Report::Channels(
                    self.config.channels,
                    Outage::Signalling,
                    true,
                ));
            }
            Event::RestartReceived { channels } => {
                info!(span = %self.config.name, channels = ?channels, "the far end restarts channels");
                self.restarted(slots(channels), reports);
            }
            Event::RestartDone { channels } => {
                info!(span = %self.config.name, channels = ?channels, "channels restarted");
                self.restarted(slots(channels), reports);
            }
            Event::ChannelsOutOfService { channels } => {
                info!(span = %self.config.name, channels = ?channels, "the far end does not restart channels");
                self.owe_restarts(slots(channels), reports);
                reports.push(Report::Channels(slots(channels), Outage::Restarting, true));
            }
        }
    }

    fn restarted(&mut self, slots: SlotSet, reports: &mut Vec<Report>) {
        reports.push(Report::Channels(slots, Outage::Stuck, false));
        reports.push(Report::Channels(slots, Outage::Restarting, false));
        self.settle_restarts(slots, reports);
    }

    fn incoming(&mut self, now: Duration, incoming: Incoming, reports: &mut Vec<Report>) {
        let Incoming {
            call,
            channel,
            setup,
        } = incoming;
        let digits = setup
            .called
            .as_ref()
            .map_or("", |number| number.digits.as_str());
        let keypad = setup.keypad.as_ref().map_or("", |keypad| keypad.0.as_str());
        let Ok(called) = Digits::parse(if digits.is_empty() { keypad } else { digits }) else {
            self.refuse(now, call, Cause::ADDRESS_INCOMPLETE);
            return;
        };
        let network = self.config.q931.side == Side::Network;
        let setup = Setup {
            leg: LegId(0),
            origin: Origin::Span {
                span: self.config.name.clone(),
                slot: Some(channel),
            },
            called,
            sending_complete: setup.sending_complete || !self.config.overlap,
            calling: translate::calling(&setup),
            bearer: translate::bearer(&setup.bearer),
            media: None,
            traits: LegTraits {
                wants_tones: self.config.tones,
                tones_after_disconnect: network && self.config.tones,
            },
        };
        reports.push(Report::Incoming {
            call,
            setup: Box::new(setup),
            slot: channel,
        });
    }

    fn call_event(&mut self, call: CallId, event: CallEvent, reports: &mut Vec<Report>) {
        let Some(leg) = self.legs.get(&call).copied() else {
            // A call that was refused before it had a leg.
            return;
        };
        let mut tell = |event| reports.push(Report::Leg(leg, event));
        let mut assigned = |channel: Option<u8>| {
            if let Some(slot) = channel {
                tell(LegEvent::ChannelAssigned { slot });
            }
        };
        match event {
            CallEvent::SetupAcknowledge { channel, .. } => assigned(channel),
            CallEvent::MoreDigits { digits, complete } => {
                tell(LegEvent::Digits { digits, complete })
            }
            CallEvent::DigitTimeout => tell(LegEvent::Digits {
                digits: String::new(),
                complete: true,
            }),
            CallEvent::Proceeding { channel, extras } => {
                assigned(channel);
                tell(LegEvent::Proceeding);
                if extras.in_band() {
                    tell(LegEvent::Progress {
                        inband: true,
                        cause: None,
                    });
                }
            }
            CallEvent::Alerting { channel, extras } => {
                assigned(channel);
                tell(LegEvent::Alerting {
                    inband: extras.in_band(),
                });
            }
            CallEvent::Progress { cause, extras } => {
                let cause = cause.map(|cause| translate::cause(cause.value));
                tell(LegEvent::Progress {
                    inband: extras.in_band(),
                    cause,
                });
            }
            CallEvent::Connect { channel, .. } => {
                assigned(channel);
                tell(LegEvent::Answered);
            }
            CallEvent::Disconnect {
                cause,
                extras,
                wait,
            } => {
                let inband = wait && extras.in_band();
                tell(LegEvent::Disconnected {
                    cause: translate::cause(cause.value),
                    inband,
                });
            }
            CallEvent::Clearing { cause, .. } => {
                tell(LegEvent::Disconnected {
                    cause: translate::cause(cause),
                    inband: false,
                });
            }
            CallEvent::Released { cause } => {
                tell(LegEvent::Cleared {
                    cause: translate::cause(cause.value),
                });
                self.legs.remove(&call);
                self.calls.remove(&leg);
            }
            CallEvent::Connected => {}
            CallEvent::Information { .. }
            | CallEvent::Notify { .. }
            | CallEvent::Facility(_)
            | CallEvent::Status { .. } => {
                self.events_ignored += 1;
                debug!(span = %self.config.name, ?event, "event without a word in the call model");
            }
        }
    }

    /// Tells a leg of this trunk.
    pub(crate) fn command(
        &mut self,
        now: Duration,
        leg: LegId,
        command: &LegCommand,
        reports: &mut Vec<Report>,
    ) {
        if let LegCommand::PlaceCall {
            to,
            called,
            calling,
            bearer,
            ..
        } = command
        {
            self.place(
                now,
                leg,
                to,
                &translate::setup(called.as_str(), calling, *bearer),
                reports,
            );
            self.drain(now, reports);
            return;
        }
        let Some(call) = self.calls.get(&leg).copied() else {
            return;
        };
        let location = self.config.q931.location;
        let with = |inband| translate::in_band(location, inband);
        let interface = self.stack.interface();
        let done = match command {
            LegCommand::PlaceCall { .. } | LegCommand::AssignChannel { .. } => Ok(()),
            LegCommand::RequestMoreDigits { inband } => {
                interface.setup_acknowledge(now, call, &with(*inband))
            }
            LegCommand::Proceeding => interface.proceeding(call, &Extras::default()),
            LegCommand::Alerting { inband } => interface.alerting(call, &with(*inband)),
            LegCommand::Progress { inband, cause } => {
                let cause = cause.map(|cause| translate::cause_element(location, cause));
                interface.progress(
                    call,
                    &translate::progress(location, *inband),
                    cause.as_ref(),
                )
            }
            LegCommand::Answer => interface.connect(now, call, &Extras::default()),
            LegCommand::Disconnect { cause } => interface.disconnect(
                now,
                call,
                &translate::cause_element(location, *cause),
                &with(true),
            ),
            LegCommand::Clear { cause } => {
                let cause = translate::cause_element(location, *cause);
                interface.disconnect(now, call, &cause, &Extras::default())
            }
            LegCommand::Abandon => {
                let channel = interface.channel(call);
                self.legs.remove(&call);
                self.calls.remove(&leg);
                match channel {
                    Some(slot) => {
                        self.owe_restarts(slots(Slots::of(slot)), reports);
                        self.stack.interface().restart(now, Slots::of(slot))
                    }
                    None => Ok(()),
                }
            }
        };
        if let Err(error) = done {
            // The far end cleared, or skipped ahead, while the command was on its way: its own event follows.
            self.events_ignored += 1;
            debug!(span = %self.config.name, ?command, %error, "request refused");
        }
        self.drain(now, reports);
    }

    fn place(
        &mut self,
        now: Duration,
        leg: LegId,
        to: &Destination,
        setup: &q931::Setup,
        reports: &mut Vec<Report>,
    ) {
        let Destination::Trunk { channel, .. } = to else {
            reports.push(Report::Leg(
                leg,
                LegEvent::Failed {
                    cause: Cause::TEMPORARY_FAILURE,
                },
            ));
            return;
        };
        // The network decides which channel it is; a user asks.
        let choice = match self.config.q931.side {
            Side::Network => ChannelChoice::Exclusive(channel.slot),
            Side::User => ChannelChoice::Preferred(channel.slot),
        };
        match self.stack.interface().setup(now, setup, choice) {
            Ok(call) => self.attach(call, leg),
            Err(error) => {
                let cause = translate::refusal(&error);
                info!(span = %self.config.name, %error, "call cannot be placed");
                reports.push(Report::Leg(leg, LegEvent::Failed { cause }));
            }
        }
    }
}

fn slots(slots: Slots) -> SlotSet {
    SlotSet::from_bits(slots.bits())
}
