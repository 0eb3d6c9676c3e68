// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the owner asks an endpoint to send.

use core::net::SocketAddr;

use sip_msg::typed::NameAddr;
use sip_msg::{Body, Header, RawHeader, Uri};

use crate::error::Error;

/// A call to make.
#[derive(Debug, Clone)]
pub struct Invite {
    /// The local address to call from.
    pub local: SocketAddr,
    /// Where to send the INVITE.
    pub destination: SocketAddr,
    /// Who is called.
    pub request_uri: Uri,
    /// Who calls; its tag, if it has one, is replaced.
    pub from: NameAddr,
    /// Who is called, for display; normally the Request-URI.
    pub to: NameAddr,
    /// Hops to visit first.
    pub route: Vec<NameAddr>,
    /// The offer; without one the callee is asked for its own.
    pub offer: Option<Body>,
    /// Max-Forwards.
    pub max_forwards: u8,
    /// Other headers: P-Asserted-Identity, Privacy, Diversion, …
    pub headers: Vec<RawHeader>,
}

impl Invite {
    /// A call from `from` to `request_uri`, with 70 hops and no offer.
    pub fn new(
        local: SocketAddr,
        destination: SocketAddr,
        request_uri: Uri,
        from: NameAddr,
    ) -> Self {
        Self {
            local,
            destination,
            to: NameAddr::new(request_uri.clone()),
            request_uri,
            from,
            route: Vec::new(),
            offer: None,
            max_forwards: 70,
            headers: Vec::new(),
        }
    }
}

/// An OPTIONS request outside a call, to see whether a peer is there.
#[derive(Debug, Clone)]
pub struct OptionsPing {
    /// The local address to ask from.
    pub local: SocketAddr,
    /// Where to send it.
    pub destination: SocketAddr,
    /// The Request-URI.
    pub uri: Uri,
    /// Who asks.
    pub from: NameAddr,
}

/// Headers the endpoint writes itself and the owner may not.
const OWN: [Header; 14] = [
    Header::Via,
    Header::From,
    Header::To,
    Header::CallId,
    Header::CSeq,
    Header::MaxForwards,
    Header::Contact,
    Header::Route,
    Header::RecordRoute,
    Header::ContentLength,
    Header::ContentType,
    Header::Require,
    Header::Supported,
    Header::Timestamp,
];

pub(crate) fn check_headers(headers: &[RawHeader]) -> Result<(), Error> {
    let own = |h: &&RawHeader| Header::from_name(h.name()).is_some_and(|h| OWN.contains(&h));
    match headers.iter().find(own) {
        Some(header) => Err(Error::Header(header.name().to_string())),
        None => Ok(()),
    }
}
