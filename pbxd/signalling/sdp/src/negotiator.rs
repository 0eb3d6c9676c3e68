// SPDX-License-Identifier: MIT OR Apache-2.0
//! The offer/answer machine.

use core::fmt;
use std::net::SocketAddr;

use sdp_types::{Media, Session};

use crate::offered::Stream;
use crate::{
    AnswerFault, Codec, Description, Direction, Error, EventSet, LocalAudio, PacketTime,
    Preference, select, write,
};

/// Where an exchange stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Nothing was agreed yet.
    Idle,
    /// Our offer is out.
    HaveLocalOffer,
    /// The far end's offer waits for our answer.
    HaveRemoteOffer,
    /// An exchange is complete and no offer is open.
    Stable,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            State::Idle => "nothing was offered",
            State::HaveLocalOffer => "our offer is open",
            State::HaveRemoteOffer => "the far end's offer is open",
            State::Stable => "no offer is open",
        })
    }
}

/// The payload types of telephone-event that an exchange agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TelephoneEvent {
    /// To use when sending.
    pub send: u8,
    /// To expect when receiving.
    pub receive: u8,
    /// The events that the far end takes.
    pub events: EventSet,
}

/// What an exchange agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Negotiated {
    /// Where to send RTP; `None` while the far end holds with an address of zeros.
    pub rtp: Option<SocketAddr>,
    /// Where to send RTCP; `None` while `rtp` is, or when no port is left for it.
    pub rtcp: Option<SocketAddr>,
    /// The codec to send.
    pub codec: Codec,
    /// The payload type to send `codec` with.
    pub send_payload_type: u8,
    /// Every payload type that audio may arrive with. The far end may change among them at any
    /// time, and may send another codec than it gets.
    pub receive: Vec<(u8, Codec)>,
    /// Telephone-event, if both have it.
    pub telephone_event: Option<TelephoneEvent>,
    /// The packet time to send with.
    pub packet_time: PacketTime,
    /// Which way media flows, seen from us.
    pub direction: Direction,
}

impl Negotiated {
    /// The payload type that `codec` is expected with.
    #[must_use]
    pub fn receive_payload_type(&self) -> Option<u8> {
        let found = self.receive.iter().find(|(_, codec)| *codec == self.codec);
        found.map(|(pt, _)| *pt)
    }
}

/// Our open or last offer.
#[derive(Clone, Debug)]
struct Offer {
    codecs: Vec<(u8, Codec)>,
    event: Option<u8>,
    direction: Direction,
    medias: Vec<Media>,
    line: usize,
}

/// The offer/answer state of one SIP dialog.
#[derive(Clone, Debug)]
pub struct Negotiator {
    local: LocalAudio,
    session_id: u64,
    version: u64,
    state: State,
    settled: bool,
    /// The description we sent last.
    sent: Option<Session>,
    /// The m= lines of the last complete exchange, and which of them is ours.
    layout: Vec<Media>,
    line: usize,
    /// The telephone-event payload type agreed last; a payload type keeps its meaning in a session.
    event: Option<u8>,
    /// Our offer that is open, or that the last complete exchange answered.
    offer: Option<Offer>,
    /// The far end's open offer.
    remote: Option<(Stream, Vec<Media>)>,
}

impl Negotiator {
    /// A machine for one dialog. `session_id` and `version` go into `o=`; the version counts up
    /// with each description that differs from the one before.
    #[must_use]
    pub fn new(local: LocalAudio, session_id: u64, version: u64) -> Self {
        Self {
            local,
            session_id,
            version,
            state: State::Idle,
            settled: false,
            sent: None,
            layout: Vec::new(),
            line: 0,
            event: None,
            offer: None,
            remote: None,
        }
    }

    /// The state.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// Our side as it goes into the next description.
    #[must_use]
    pub fn local(&self) -> &LocalAudio {
        &self.local
    }

    /// The description that we sent last, to be sent again as it was.
    #[must_use]
    pub fn sent(&self) -> Option<Description> {
        self.sent.clone().map(Description::from_session)
    }

    /// Replaces our side for the next offer or answer.
    pub fn set_local(&mut self, local: LocalAudio) {
        self.local = local;
    }

    /// Opens an offer.
    ///
    /// # Errors
    /// [`Error::State`] while an offer of either side is open.
    pub fn create_offer(&mut self, direction: Direction) -> Result<Description, Error> {
        self.expect(&[State::Idle, State::Stable], "creating an offer")?;
        let codecs: Vec<_> = self
            .local
            .codecs
            .iter()
            .map(|codec| (codec.static_payload_type(), *codec))
            .collect();
        let event = self
            .local
            .telephone_event
            .map(|own| self.event.unwrap_or(own));
        let audio = write::audio(
            &self.local,
            &write::Stream {
                codecs: &codecs,
                event,
                packet_time: self.local.packet_time,
                direction,
            },
        );
        let line = self.line;
        let medias = lines(&self.layout, line, audio);
        self.offer = Some(Offer {
            codecs,
            event,
            direction,
            medias: medias.clone(),
            line,
        });
        self.state = State::HaveLocalOffer;
        Ok(self.describe(medias))
    }

    /// Takes the answer to our offer. A later answer to the same offer (after a provisional one,
    /// or from another fork) may follow while no other offer was made; it replaces the first.
    ///
    /// # Errors
    /// [`Error::State`] without an offer of ours; [`Error::Answer`] if the answer does not fit it,
    /// which closes the offer: what was agreed before stays in force.
    pub fn apply_answer(&mut self, answer: &Description) -> Result<Negotiated, Error> {
        let step = "taking an answer";
        self.expect(&[State::HaveLocalOffer, State::Stable], step)?;
        let Some(offer) = &self.offer else {
            return Err(Error::State {
                step,
                state: self.state,
            });
        };
        match fit(offer, answer.session(), &self.local) {
            Ok(negotiated) => {
                self.layout.clone_from(&offer.medias);
                self.line = offer.line;
                self.event = negotiated.telephone_event.map(|e| e.receive).or(self.event);
                self.settled = true;
                self.state = State::Stable;
                Ok(negotiated)
            }
            Err(fault) => {
                self.close();
                Err(fault.into())
            }
        }
    }

    /// Our offer was refused (a final response other than 2xx): back to what was agreed before.
    pub fn offer_refused(&mut self) {
        if self.state == State::HaveLocalOffer {
            self.close();
        }
    }

    /// Takes the far end's offer; [`Self::create_answer`] follows, now or later.
    ///
    /// # Errors
    /// [`Error::State`] while an offer is open; [`Error::Refused`] if nothing in it can be served.
    pub fn receive_offer(&mut self, offer: &Description) -> Result<(), Error> {
        self.expect(&[State::Idle, State::Stable], "taking an offer")?;
        let stream = select::first_served(offer.session(), &self.local)?;
        self.remote = Some((stream, offer.session().medias.clone()));
        self.offer = None;
        self.state = State::HaveRemoteOffer;
        Ok(())
    }

    /// Answers the far end's open offer. `direction` is our wish; the answer allows no more than
    /// the offer does.
    ///
    /// # Errors
    /// [`Error::State`] without an open offer of the far end.
    pub fn create_answer(
        &mut self,
        direction: Direction,
    ) -> Result<(Description, Negotiated), Error> {
        let Some((stream, medias)) = self.remote.take() else {
            return Err(Error::State {
                step: "creating an answer",
                state: self.state,
            });
        };
        let negotiated = self.agree(&stream, direction);
        let audio = write::audio(
            &self.local,
            &write::Stream {
                codecs: &negotiated.receive,
                event: negotiated.telephone_event.map(|e| e.receive),
                packet_time: negotiated.packet_time,
                direction: negotiated.direction,
            },
        );
        self.line = stream.line;
        self.event = negotiated.telephone_event.map(|e| e.receive).or(self.event);
        self.layout = lines(&medias, stream.line, audio);
        self.settled = true;
        self.state = State::Stable;
        let description = self.describe(self.layout.clone());
        Ok((description, negotiated))
    }

    /// Takes an offer and answers it at once.
    ///
    /// # Errors
    /// As [`Self::receive_offer`].
    pub fn answer(
        &mut self,
        offer: &Description,
        direction: Direction,
    ) -> Result<(Description, Negotiated), Error> {
        self.receive_offer(offer)?;
        self.create_answer(direction)
    }

    /// Drops the far end's open offer unanswered: its request was refused or cancelled.
    pub fn refuse_offer(&mut self) {
        if self.state == State::HaveRemoteOffer {
            self.close();
        }
    }

    /// What answering `stream` with the wish `direction` means.
    fn agree(&self, stream: &Stream, direction: Direction) -> Negotiated {
        let mut receive = stream.codecs.clone();
        if self.local.preference == Preference::Local {
            let rank = |codec| self.local.codecs.iter().position(|own| *own == codec);
            receive.sort_by_key(|(_, codec)| rank(*codec));
        }
        let first = receive.first().copied();
        // `select` never returns a stream without a codec of ours.
        let (send_payload_type, codec) = first.unwrap_or((0, Codec::Pcmu));
        let event = stream
            .event
            .filter(|_| self.local.telephone_event.is_some());
        Negotiated {
            rtp: stream.rtp,
            rtcp: stream.rtcp,
            codec,
            send_payload_type,
            receive,
            telephone_event: event.map(|(pt, events)| TelephoneEvent {
                send: pt,
                receive: pt,
                events,
            }),
            packet_time: stream.packet_time(self.local.packet_time),
            direction: stream.direction.reversed().and(direction),
        }
    }

    /// Our next description: the version counts up unless nothing changed.
    fn describe(&mut self, medias: Vec<Media>) -> Description {
        let mut session = write::session(&self.local, self.session_id, self.version, medias);
        if self.sent.as_ref().is_some_and(|last| *last != session) {
            self.version = self.version.wrapping_add(1);
            session.origin.sess_version = self.version;
        }
        self.sent = Some(session.clone());
        Description::from_session(session)
    }

    fn expect(&self, states: &[State], step: &'static str) -> Result<(), Error> {
        if states.contains(&self.state) {
            return Ok(());
        }
        Err(Error::State {
            step,
            state: self.state,
        })
    }

    fn close(&mut self) {
        self.offer = None;
        self.remote = None;
        self.state = if self.settled {
            State::Stable
        } else {
            State::Idle
        };
    }
}

/// The m= lines of `layout`, all rejected but `line`, which is `audio`.
fn lines(layout: &[Media], line: usize, audio: Media) -> Vec<Media> {
    let mut medias: Vec<Media> = layout.iter().map(write::rejected).collect();
    match medias.get_mut(line) {
        Some(place) => *place = audio,
        None => medias.push(audio),
    }
    medias
}

/// What `answer` to `offer` means.
fn fit(offer: &Offer, answer: &Session, local: &LocalAudio) -> Result<Negotiated, AnswerFault> {
    if answer.medias.len() != offer.medias.len() {
        return Err(AnswerFault::MediaCount {
            expected: offer.medias.len(),
            found: answer.medias.len(),
        });
    }
    let line = answer.medias.get(offer.line);
    if !line.is_some_and(|m| m.media.eq_ignore_ascii_case("audio") && m.port != 0) {
        return Err(AnswerFault::AudioRejected);
    }
    let mut stream = select::narrowed(answer, offer.line, local)?;
    stream
        .codecs
        .retain(|(_, codec)| offer.codecs.iter().any(|(_, c)| c == codec));
    let Some((send_payload_type, codec)) = stream.codecs.first().copied() else {
        return Err(AnswerFault::AudioRejected);
    };
    Ok(Negotiated {
        rtp: stream.rtp,
        rtcp: stream.rtcp,
        codec,
        send_payload_type,
        receive: offer.codecs.clone(),
        telephone_event: match (stream.event, offer.event) {
            (Some((send, events)), Some(receive)) => Some(TelephoneEvent {
                send,
                receive,
                events,
            }),
            _ => None,
        },
        packet_time: stream.packet_time(local.packet_time),
        direction: stream.direction.reversed().and(offer.direction),
    })
}
