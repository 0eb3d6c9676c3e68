// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the call model wants, on its way to legs, media and records.

use super::Daemon;
use crate::media::Stream;
use crate::pri::Trunk;
use media_engine::Tone;
use pbx_core::{
    Bearer, Cause, CdrEvent, Destination, Input, LegCommand, LegEvent, LegId, MediaCommand,
    MediaRef, Output,
};
use std::time::Duration;
use tracing::{error, info, warn};

impl Daemon {
    pub(super) fn carry_out(&mut self, now: Duration, output: Output) {
        match output {
            Output::Leg { leg, command } => self.command(now, leg, command),
            Output::Media(command) => self.media_command(command),
            Output::Cdr(event) => self.record(now, event),
            Output::Drained => self.drained = true,
        }
    }

    fn command(&mut self, now: Duration, leg: LegId, command: LegCommand) {
        if let LegCommand::PlaceCall {
            to, media, bearer, ..
        } = &command
        {
            if let Err(cause) = self.prepare(leg, to, *media, *bearer) {
                self.leg_event(now, leg, LegEvent::Failed { cause });
                return;
            }
        }
        let abandoned = command == LegCommand::Abandon;
        match self.trunk_of.get(&leg).copied() {
            Some(index) => self.with_trunk(index, |trunk, reports| {
                trunk.command(now, leg, &command, reports);
            }),
            None => {
                let mut reports = Vec::new();
                if let Some(edge) = &mut self.edge {
                    edge.command(now, leg, &command, &mut self.media, &mut reports);
                }
                self.from_edge.extend(reports);
            }
        }
        if abandoned {
            warn!(?leg, "leg did not clear in time: abandoned");
            self.forget(leg);
        }
    }

    /// Gives an outgoing leg its trunk or peer, and its part in the call's media.
    fn prepare(
        &mut self,
        leg: LegId,
        to: &Destination,
        media: Option<MediaRef>,
        bearer: Bearer,
    ) -> Result<(), Cause> {
        let media = media.ok_or(Cause::RESOURCE_UNAVAILABLE)?;
        let rtp_calls = self
            .media
            .rtp_calls(media)
            .ok_or(Cause::RESOURCE_UNAVAILABLE)?;
        match to {
            Destination::Trunk { channel, .. } => {
                let index = self
                    .trunks
                    .iter()
                    .position(|trunk| *trunk.name() == channel.span)
                    .ok_or(Cause::TEMPORARY_FAILURE)?;
                let joined = if rtp_calls {
                    self.media.join(leg, media, None)
                } else if bearer == Bearer::Unrestricted {
                    // Between two lines octets go through the playout stage, which adjusts to their clocks.
                    return Err(Cause::BEARER_NOT_IMPLEMENTED);
                } else {
                    let law = self.trunks.get(index).map_or(g711::Law::A, Trunk::law);
                    self.media.join_trunk(leg, media, law)
                };
                joined.map_err(|error| {
                    warn!(span = %channel.span, %error, "no media for a call");
                    Cause::RESOURCE_UNAVAILABLE
                })?;
                self.trunk_of.insert(leg, index);
                self.place_media(index, leg, channel.slot);
            }
            Destination::Peer(name) => {
                if rtp_calls {
                    warn!(peer = %name, "a call between two SIP peers is not served yet");
                    return Err(Cause::new(79).unwrap_or(Cause::INCOMPATIBLE));
                }
                // A reload may have brought peers to an exchange that runs without SIP.
                let edge = self.edge.as_ref().ok_or(Cause::NETWORK_OUT_OF_ORDER)?;
                let stream: Stream = edge
                    .peers()
                    .named(name)
                    .map(|peer| peer.stream.clone())
                    .unwrap_or_default();
                self.media.renew(media);
                self.media
                    .join(leg, media, Some(&stream))
                    .map_err(|error| {
                        warn!(peer = %name, %error, "no media for a call");
                        Cause::RESOURCE_UNAVAILABLE
                    })?;
            }
        }
        Ok(())
    }

    fn media_command(&mut self, command: MediaCommand) {
        match command {
            MediaCommand::Connect { caller, path, .. } => self.media.connect(caller, Some(path)),
            MediaCommand::Disconnect { caller, .. } => self.media.connect(caller, None),
            MediaCommand::PlayTone { leg, tone } => {
                let tone = match tone {
                    pbx_core::Tone::Dial => Tone::Dial,
                    pbx_core::Tone::Ringback => Tone::Ringback,
                    pbx_core::Tone::Busy => Tone::Busy,
                    pbx_core::Tone::Congestion => Tone::Congestion,
                };
                self.media.tone(leg, Some(tone));
            }
            MediaCommand::StopTone { leg } => self.media.tone(leg, None),
        }
    }

    fn record(&mut self, now: Duration, event: CdrEvent) {
        let opened = match &event {
            CdrEvent::Open(open) => Some(open.call),
            CdrEvent::Close(close) => {
                info!(
                    call = %close.call, cause = close.cause.value(), released = close.released.name(),
                    talking = ?close.talking, "call ended"
                );
                None
            }
            CdrEvent::Answer(answer) => {
                info!(call = %answer.call, "call answered");
                None
            }
            CdrEvent::Retarget(_) => None,
        };
        let result = match opened {
            Some(_) => self.records.write(now, event),
            None => self.records.submit(now, event),
        };
        if let Err(error) = result {
            error!(%error, "call record");
            if let Some(call) = opened {
                // Without its record a call is not placed.
                self.core.input(
                    now,
                    Input::Fail {
                        call,
                        cause: Cause::TEMPORARY_FAILURE,
                    },
                );
            }
        }
    }
}
