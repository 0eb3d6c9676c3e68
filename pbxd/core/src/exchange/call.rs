// SPDX-License-Identifier: MIT OR Apache-2.0
//! One call, and its legs.

use super::Exchange;
use crate::progress::Told;
use crate::{
    Bearer, CallId, Cause, CdrEvent, CdrOpen, ChannelId, Destination, Digits, LegId, LegState,
    LegTraits, MediaRef, Name, Origin, Output, Party, Plan, Releaser, Tone,
};
use core::time::Duration;
use std::sync::Arc;

/// How far a call has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The number is not complete.
    Dialling,
    /// A target is being tried and does not ring yet.
    Trying,
    /// A target rings.
    Ringing,
    /// Answered.
    Talking,
    /// It failed, and the caller hears a tone or an announcement.
    Failing {
        /// Why it failed.
        cause: Cause,
        /// Who made it fail.
        released: Releaser,
    },
    /// It ended; its legs are being cleared.
    Ended,
}

#[derive(Debug)]
pub(super) struct Call {
    pub(super) id: CallId,
    pub(super) stage: Stage,
    pub(super) offered: Duration,
    pub(super) ringing: Option<Duration>,
    /// The answer, or the failure.
    pub(super) rang_until: Option<Duration>,
    pub(super) answered: Option<Duration>,
    pub(super) origin: Origin,
    pub(super) from: Name,
    pub(super) calling: Party,
    pub(super) digits: Digits,
    pub(super) bearer: Bearer,
    pub(super) media: Option<MediaRef>,
    /// The plan of its start; a new one does not touch it.
    pub(super) plan: Arc<Plan>,
    pub(super) route: Option<crate::Route>,
    /// Index of the next target.
    pub(super) next_target: usize,
    pub(super) attempts: u8,
    pub(super) last_failure: Cause,
    /// The calling leg.
    pub(super) a: LegId,
    /// The called leg of the target being tried or talked to.
    pub(super) b: Option<LegId>,
    /// Legs that are not over, those of targets given up included.
    pub(super) open_legs: usize,
    pub(super) told: Told,
    /// The target being tried announced something in band.
    pub(super) inband: bool,
    /// `a` and `b` are connected.
    pub(super) connected: bool,
    pub(super) tone: Option<Tone>,
    pub(super) asked_for_digits: bool,
    pub(super) cdr_open: bool,
}

#[derive(Debug)]
pub(super) struct Leg {
    /// `None`: an offer refused at the door.
    pub(super) call: Option<CallId>,
    pub(super) state: LegState,
    pub(super) traits: LegTraits,
    pub(super) channel: Option<ChannelId>,
    /// The peer whose call count it adds to.
    pub(super) peer: Option<Name>,
}

/// A call as others may see it.
#[derive(Clone, Debug)]
pub struct CallView<'a> {
    /// Its id.
    pub id: CallId,
    /// How far it is.
    pub stage: Stage,
    /// When it was offered.
    pub offered: Duration,
    /// When it was answered.
    pub answered: Option<Duration>,
    /// The trunk group or peer it came from.
    pub from: &'a Name,
    /// The caller's channel.
    pub from_channel: Option<&'a ChannelId>,
    /// Who calls.
    pub calling: &'a Party,
    /// What was dialled.
    pub called: &'a Digits,
    /// The route taken.
    pub route: Option<&'a Name>,
    /// The channel of the called leg.
    pub to_channel: Option<&'a ChannelId>,
    /// The peer of the called leg.
    pub to_peer: Option<&'a Name>,
    /// The calling leg.
    pub caller: LegId,
    /// The called leg.
    pub callee: Option<LegId>,
}

impl Exchange {
    pub(super) fn view<'a>(&'a self, call: &'a Call) -> CallView<'a> {
        let callee = call.b.and_then(|leg| self.legs.get(&leg));
        CallView {
            id: call.id,
            stage: call.stage,
            offered: call.offered,
            answered: call.answered,
            from: &call.from,
            from_channel: self.legs.get(&call.a).and_then(|leg| leg.channel.as_ref()),
            calling: &call.calling,
            called: &call.digits,
            route: call.route.as_ref().map(|route| &route.name),
            to_channel: callee.and_then(|leg| leg.channel.as_ref()),
            to_peer: callee.and_then(|leg| leg.peer.as_ref()),
            caller: call.a,
            callee: call.b,
        }
    }

    /// Opens the call's record unless it is open.
    pub(super) fn open_cdr(&mut self, id: CallId, to: Option<&Destination>, sent: Option<&Digits>) {
        let Some(call) = self.calls.get_mut(&id).filter(|call| !call.cdr_open) else {
            return;
        };
        call.cdr_open = true;
        let open = CdrOpen {
            call: id,
            offered: call.offered,
            origin: call.origin.clone(),
            from: call.from.clone(),
            calling: call.calling.clone(),
            called: call.digits.clone(),
            route: call.route.as_ref().map(|route| route.name.clone()),
            to: to.cloned(),
            sent: sent.cloned(),
        };
        self.outputs.push_back(Output::Cdr(CdrEvent::Open(open)));
    }

    pub(super) fn traits(&self, leg: LegId) -> LegTraits {
        self.legs
            .get(&leg)
            .map(|leg| leg.traits)
            .unwrap_or_default()
    }
}
