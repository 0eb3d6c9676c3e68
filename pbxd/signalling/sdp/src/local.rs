// SPDX-License-Identifier: MIT OR Apache-2.0
//! What this side brings to an exchange.

use std::net::IpAddr;

use crate::{Codec, PacketTime};

/// Whose order of codecs decides in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preference {
    /// The offerer's, as RFC 3264 recommends.
    Remote,
    /// Ours: the line's own law needs no conversion.
    Local,
}

/// This side's audio stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalAudio {
    pub(crate) address: IpAddr,
    pub(crate) port: u16,
    pub(crate) codecs: Vec<Codec>,
    pub(crate) preference: Preference,
    pub(crate) packet_time: PacketTime,
    pub(crate) telephone_event: Option<u8>,
}

/// Why a [`LocalAudio`] is not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocalError {
    /// The address is unspecified or multicast.
    #[error("the local address must be one that packets can be sent to")]
    Address,
    /// The port is 0 or 65535, which leaves none for RTCP.
    #[error("the local RTP port must lie between 1 and 65534, RTCP has the next one")]
    Port,
    /// No codec, or one twice.
    #[error("codecs must be PCMU, PCMA or both, each once")]
    Codecs,
    /// The telephone-event payload type is not a dynamic one.
    #[error("the telephone-event payload type must lie between 96 and 127")]
    TelephoneEvent,
}

impl LocalAudio {
    /// A stream received at `address`:`port` (RTCP at the next port), with `codecs` in order of
    /// preference, 20 ms packets, and telephone-event as payload type 101.
    ///
    /// # Errors
    /// [`LocalError`] names the argument that cannot be offered.
    pub fn new(address: IpAddr, port: u16, codecs: &[Codec]) -> Result<Self, LocalError> {
        if address.is_unspecified() || address.is_multicast() {
            return Err(LocalError::Address);
        }
        if port == 0 || port == u16::MAX {
            return Err(LocalError::Port);
        }
        if !matches!(
            codecs,
            [_] | [Codec::Pcmu, Codec::Pcma] | [Codec::Pcma, Codec::Pcmu]
        ) {
            return Err(LocalError::Codecs);
        }
        Ok(Self {
            address,
            port,
            codecs: codecs.to_vec(),
            preference: Preference::Remote,
            packet_time: PacketTime::DEFAULT,
            telephone_event: Some(101),
        })
    }

    /// The same with another rule whose codec order decides in our answers.
    #[must_use]
    pub fn with_preference(mut self, preference: Preference) -> Self {
        self.preference = preference;
        self
    }

    /// The same with another packet time to ask for.
    #[must_use]
    pub fn with_packet_time(mut self, packet_time: PacketTime) -> Self {
        self.packet_time = packet_time;
        self
    }

    /// The same with another payload type for telephone-event in offers, or none at all: then it
    /// is neither offered nor answered.
    ///
    /// # Errors
    /// [`LocalError::TelephoneEvent`] outside 96 to 127.
    pub fn with_telephone_event(mut self, payload_type: Option<u8>) -> Result<Self, LocalError> {
        if payload_type.is_some_and(|pt| !(96..=127).contains(&pt)) {
            return Err(LocalError::TelephoneEvent);
        }
        self.telephone_event = payload_type;
        Ok(self)
    }
}
