// SPDX-License-Identifier: MIT OR Apache-2.0
//! What of a URI decides where a request goes.

use core::net::IpAddr;

use sip_msg::{Host, Uri};

use crate::target::Transport;

/// What of a URI decides where a request goes: that of the topmost Route, or the
/// Request-URI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// `maddr`, or else the host.
    pub host: Host,
    /// The port, if one is written.
    pub port: Option<u16>,
    /// The transport, if one is written.
    pub transport: Option<Transport>,
    /// `sips:`
    pub secure: bool,
}

/// Why a URI is not a destination.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DestinationError {
    /// Neither `sip:` nor `sips:`.
    #[error("neither a sip nor a sips URI")]
    Scheme,
    /// A transport that nobody has.
    #[error("transport {0:?} is not known")]
    Transport(String),
    /// `sips:` over UDP.
    #[error("sips over UDP")]
    Insecure,
    /// `maddr` is no host.
    #[error("maddr: {0}")]
    Maddr(#[from] sip_msg::UriError),
}

impl Destination {
    /// Reads a URI.
    ///
    /// # Errors
    /// [`DestinationError`] naming what is wrong.
    pub fn of(uri: &Uri) -> Result<Self, DestinationError> {
        let sip = uri.as_sip().ok_or(DestinationError::Scheme)?;
        let host = match sip.params.value("maddr") {
            Some(maddr) => Host::parse(maddr).or_else(|error| {
                // Without brackets, as it is seen too.
                maddr.parse().map(Host::V6).map_err(|_| error)
            })?,
            None => sip.host.clone(),
        };
        let transport = match sip.params.value("transport") {
            None => None,
            Some(name) => Some(transport(name, sip.secure)?),
        };
        Ok(Self {
            host,
            port: sip.port,
            transport,
            secure: sip.secure,
        })
    }

    /// The address, if the host is one.
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.ip()
    }

    /// The transport where neither URI nor DNS says one.
    pub(crate) fn plain_transport(&self) -> Transport {
        match self.transport {
            Some(transport) => transport,
            None if self.secure => Transport::Tls,
            None => Transport::Udp,
        }
    }
}

/// `transport=tls` is deprecated, and what many write.
fn transport(name: &str, secure: bool) -> Result<Transport, DestinationError> {
    let plain = match name.to_ascii_lowercase().as_str() {
        "udp" => Transport::Udp,
        "tcp" => Transport::Tcp,
        "tls" => Transport::Tls,
        "ws" => Transport::Ws,
        "wss" => Transport::Wss,
        _ => return Err(DestinationError::Transport(name.to_string())),
    };
    match (plain, secure) {
        (Transport::Udp, true) => Err(DestinationError::Insecure),
        (Transport::Tcp, true) => Ok(Transport::Tls),
        (Transport::Ws, true) => Ok(Transport::Wss),
        (transport, _) => Ok(transport),
    }
}
