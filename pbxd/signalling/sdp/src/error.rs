// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can go wrong in an exchange, by who has to act.

use crate::{ParseError, State};

/// Why a step of an offer/answer exchange failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The description cannot be read.
    #[error("malformed session description: {0}")]
    Malformed(#[from] ParseError),
    /// The offer is well formed but asks for something that is not served.
    #[error("offer refused: {0}")]
    Refused(#[from] Refusal),
    /// The step does not fit the state.
    #[error("{step} is not possible while {state}")]
    State {
        /// What was tried.
        step: &'static str,
        /// The state it was tried in.
        state: State,
    },
    /// The answer does not answer the offer.
    #[error("unusable answer: {0}")]
    Answer(#[from] AnswerFault),
}

/// Why an offer is not served. A SIP layer answers 488.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No enabled audio stream is on offer.
    #[error("no audio stream with a port other than 0")]
    NoAudio,
    /// Audio is offered over a transport other than RTP/AVP, such as RTP/SAVP or
    /// UDP/TLS/RTP/SAVP.
    #[error("audio over {transport}; only RTP/AVP is served")]
    Transport {
        /// The `proto` field of the m= line.
        transport: String,
    },
    /// Only T.38 fax (an image stream over udptl) is offered.
    #[error("T.38 fax over udptl is not served")]
    T38,
    /// No codec in common.
    #[error("no common codec among formats {offered}; PCMU and PCMA are served")]
    NoCommonCodec {
        /// The `fmt` field of the m= line.
        offered: String,
    },
    /// `a=maxptime` under 10 ms.
    #[error("maxptime of {max} ms; packet times from 10 ms on are served")]
    PacketTime {
        /// The limit asked for, in milliseconds.
        max: u32,
    },
    /// The address is a host name, multicast, or not an internet address.
    #[error("connection address {address}; a unicast IPv4 or IPv6 address is expected")]
    Address {
        /// The address as written.
        address: String,
    },
    /// The address is of the other IP version than ours.
    #[error("connection address {address} is not of our IP version")]
    AddressFamily {
        /// The address as written.
        address: String,
    },
    /// The stream has no `c=` line, on its own level or the session's.
    #[error("no c= line for the audio stream")]
    NoConnection,
}

/// How an answer fails to fit the offer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerFault {
    /// Another number of m= lines than in the offer.
    #[error("{found} m= lines where {expected} were offered")]
    MediaCount {
        /// Lines in the offer.
        expected: usize,
        /// Lines in the answer.
        found: usize,
    },
    /// The audio stream came back with port 0 or as another kind of stream.
    #[error("the audio stream was rejected")]
    AudioRejected,
    /// The stream that was answered cannot be used.
    #[error("{0}")]
    Unusable(#[from] Refusal),
}
