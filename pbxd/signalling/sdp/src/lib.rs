// SPDX-License-Identifier: MIT OR Apache-2.0
//! SDP offer and answer for one G.711 audio stream, sans-IO.
//!
//! Two layers. [`Description`] parses and writes a session description (syntax by the
//! `sdp-types` crate) within the bounds of [`limits`], and keeps every line that it does not
//! understand. [`Negotiator`] is the offer/answer machine of RFC 3264 for what Tandem serves: one
//! audio stream over RTP/AVP with PCMU, PCMA and telephone-event, packet times of 10 to 60 ms.
//!
//! # Contract
//! The crate reads no clock and keeps no sockets; the origin's numbers are arguments. A
//! description goes in, a description or a [`Negotiated`] comes out at once; nothing is queued.
//! An error leaves the machine as it was, except that a failed [`Negotiator::apply_answer`] ends
//! the offer it answers.
//!
//! # Errors and what a SIP layer makes of them
//! [`Error::Malformed`]: 400. [`Error::Refused`]: 488. [`Error::State`] in `HaveLocalOffer`: 491.
//! [`Error::Answer`]: the far end's fault, the call is ended.
#![forbid(unsafe_code)]

mod codec;
mod description;
mod direction;
mod error;
pub mod limits;
mod local;
mod negotiator;
mod offered;
mod packet_time;
mod select;
mod write;

pub use codec::{Codec, EventSet};
pub use description::{Description, ParseError};
pub use direction::Direction;
pub use error::{AnswerFault, Error, Refusal};
pub use local::{LocalAudio, LocalError, Preference};
pub use negotiator::{Negotiated, Negotiator, State, TelephoneEvent};
pub use packet_time::PacketTime;
