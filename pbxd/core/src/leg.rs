// SPDX-License-Identifier: MIT OR Apache-2.0
//! Legs: the neutral events an adapter reports and the neutral commands it gets.

use crate::{Cause, CdrEvent, ChannelId, Digits};
use core::fmt;
use std::sync::Arc;

/// The name of a span, trunk group, SIP peer or route, as configured.
pub type Name = Arc<str>;

/// Longest calling number or name kept, in octets; longer ones are cut.
pub const MAX_TEXT: usize = 128;

/// One call; also the key of its record. Never used twice by one [`crate::Exchange`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

/// One leg of a call. Given out by [`crate::Exchange::new_leg_id`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LegId(pub u64);

/// An adapter's handle for a media description (an SDP offer, a channel's bearer): carried, never looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaRef(pub u64);

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Where a call comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A span; the slot when the far end chose one, else the exchange picks it and says so with
    /// [`LegCommand::AssignChannel`].
    Span {
        /// The span's name.
        span: Name,
        /// The slot (E1: timeslot number), if the far end named one.
        slot: Option<u8>,
    },
    /// A SIP peer.
    Peer(Name),
}

/// Where a call is placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A channel of a trunk group.
    Trunk {
        /// The group's name.
        group: Name,
        /// The channel taken for it.
        channel: ChannelId,
    },
    /// A SIP peer.
    Peer(Name),
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trunk { group, channel } => write!(f, "trunk_group {group} on {channel}"),
            Self::Peer(name) => write!(f, "sip_peer {name}"),
        }
    }
}

/// Whether the calling number may be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Presentation {
    /// It may.
    #[default]
    Allowed,
    /// It may not.
    Restricted,
    /// There is no number due to interworking.
    Unavailable,
}

/// Who vouches for the calling number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Screening {
    /// The user gave it and nobody checked.
    #[default]
    NotScreened,
    /// The user gave it and the network checked it.
    Passed,
    /// The user gave it and the network's check failed.
    Failed,
    /// The network gave it.
    Network,
}

/// The calling party.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// Its number, at most [`MAX_TEXT`] octets.
    pub number: Option<String>,
    /// Its name, at most [`MAX_TEXT`] octets.
    pub name: Option<String>,
    /// Whether it may be shown.
    pub presentation: Presentation,
    /// Who vouches for it.
    pub screening: Screening,
}

impl Party {
    pub(crate) fn bounded(mut self) -> Self {
        cut(&mut self.number);
        cut(&mut self.name);
        self
    }
}

fn cut(text: &mut Option<String>) {
    if let Some(text) = text {
        let mut end = text.len().min(MAX_TEXT);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
}

/// What the channel must carry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bearer {
    /// Speech.
    #[default]
    Speech,
    /// 3.1 kHz audio (modem, fax).
    Audio3k1,
    /// 64 kbit/s unrestricted digital information.
    Unrestricted,
}

/// What an end does with tones; given with each leg, so that the call model need not know its technology.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LegTraits {
    /// We play ringback, busy and congestion to it (a PRI does not make them from our messages; a SIP phone does).
    pub wants_tones: bool,
    /// After we disconnect, its channel still carries our tone (a PRI to which we are the network: DISCONNECT with
    /// progress indicator 8). Without it, tones are played before we disconnect.
    pub tones_after_disconnect: bool,
}

/// A call that an end offers.
#[derive(Clone, Debug)]
pub struct Setup {
    /// A fresh id from [`crate::Exchange::new_leg_id`].
    pub leg: LegId,
    /// Where it comes from.
    pub origin: Origin,
    /// The digits so far.
    pub called: Digits,
    /// No more digits will come (en-bloc).
    pub sending_complete: bool,
    /// Who calls.
    pub calling: Party,
    /// What the channel must carry.
    pub bearer: Bearer,
    /// The offered media, for the adapter at the other end.
    pub media: Option<MediaRef>,
    /// What this end does with tones.
    pub traits: LegTraits,
}

/// What an adapter reports about a leg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LegEvent {
    /// More digits from a caller in overlap; `complete` when none follow (sending complete, or the layer's own digit
    /// timer ran out). Digits as received: they are checked here.
    Digits {
        /// The further digits, may be empty.
        digits: String,
        /// None follow.
        complete: bool,
    },
    /// The far end chose another channel than the one we asked for (same span).
    ChannelAssigned {
        /// The slot it chose.
        slot: u8,
    },
    /// The called end works on the call and needs no more digits.
    Proceeding,
    /// The called end rings.
    Alerting {
        /// Ringback or another announcement is in band.
        inband: bool,
    },
    /// Something happened on the way.
    Progress {
        /// Tones or announcements are in band (progress indicator 1 or 8, SDP in a 183).
        inband: bool,
        /// Why, when it is bad news.
        cause: Option<Cause>,
    },
    /// The called end answered.
    Answered,
    /// The far end began to clear and waits for our [`LegCommand::Clear`].
    Disconnected {
        /// Why.
        cause: Cause,
        /// Its channel still carries a tone or announcement (DISCONNECT with progress indicator 8).
        inband: bool,
    },
    /// The leg is over at both ends and holds nothing any more. Last event of a leg.
    Cleared {
        /// Why.
        cause: Cause,
    },
    /// The leg could not be placed, or was lost here (layer 2, transport). Last event of a leg.
    Failed {
        /// Why.
        cause: Cause,
    },
}

/// What a leg is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LegCommand {
    /// Place a call. The first command of an outgoing leg.
    PlaceCall {
        /// The call it belongs to.
        call: CallId,
        /// Where to.
        to: Destination,
        /// The number to send, complete.
        called: Digits,
        /// Who calls.
        calling: Party,
        /// What the channel must carry.
        bearer: Bearer,
        /// The caller's media.
        media: Option<MediaRef>,
    },
    /// We picked this slot for an incoming call whose far end left the choice to us.
    AssignChannel {
        /// The slot.
        slot: u8,
    },
    /// The number is not complete: ask for more (SETUP ACKNOWLEDGE).
    RequestMoreDigits {
        /// Dial tone is in band.
        inband: bool,
    },
    /// The number is complete and the call is on its way.
    Proceeding,
    /// The called end rings.
    Alerting {
        /// Ringback is in band.
        inband: bool,
    },
    /// Something happened on the way.
    Progress {
        /// Tones or announcements are in band.
        inband: bool,
        /// Why, when it is bad news.
        cause: Option<Cause>,
    },
    /// The called end answered.
    Answer,
    /// Disconnect, but keep the channel for the tone that plays on it; [`LegCommand::Clear`] follows. Only for legs
    /// with [`LegTraits::tones_after_disconnect`].
    Disconnect {
        /// Why.
        cause: Cause,
    },
    /// End the leg. The adapter ends with [`LegEvent::Cleared`] or [`LegEvent::Failed`].
    Clear {
        /// Why.
        cause: Cause,
    },
    /// The adapter did not report the end of this leg in time: drop what is left of it, restart its channel, and then
    /// report the channel in service again. No event is expected.
    Abandon,
}

/// How far a leg has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LegState {
    /// Incoming: offered, number not complete.
    Collecting,
    /// Incoming: number complete. Outgoing: [`LegCommand::PlaceCall`] was given.
    Setup,
    /// It was told, or reported, that the call proceeds.
    Proceeding,
    /// It was told, or reported, ringing.
    Alerting,
    /// Answered.
    Answered,
    /// The far end disconnected (or we did, with tones), its channel carries a tone or announcement.
    Disconnected,
    /// [`LegCommand::Clear`] was given.
    Clearing,
}

/// A tone for a person; its frequencies and cadence are the country's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Dial tone.
    Dial,
    /// Ringback.
    Ringback,
    /// Busy.
    Busy,
    /// Congestion (reorder).
    Congestion,
}

/// Which way speech is connected between two legs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// From the called leg to the calling leg only (before answer).
    Backward,
    /// Both ways.
    Both,
}

/// What the media plane is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaCommand {
    /// Connect two legs this way, replacing an earlier connection of the two.
    Connect {
        /// The calling leg.
        caller: LegId,
        /// The called leg.
        callee: LegId,
        /// Which way.
        path: Path,
    },
    /// Take both legs apart.
    Disconnect {
        /// The calling leg.
        caller: LegId,
        /// The called leg.
        callee: LegId,
    },
    /// Play a tone towards this leg, in place of any other tone.
    PlayTone {
        /// The leg that hears it.
        leg: LegId,
        /// The tone.
        tone: Tone,
    },
    /// Stop it.
    StopTone {
        /// The leg that heard it.
        leg: LegId,
    },
}

/// What the exchange wants done, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Tell a leg.
    Leg {
        /// The leg.
        leg: LegId,
        /// What to tell it.
        command: LegCommand,
    },
    /// Tell the media plane.
    Media(MediaCommand),
    /// Keep the call's record.
    Cdr(CdrEvent),
    /// After a shutdown: no call and no leg is left. Once.
    Drained,
}
