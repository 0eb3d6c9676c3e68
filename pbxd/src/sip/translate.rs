// SPDX-License-Identifier: MIT OR Apache-2.0
//! Between SIP's words for a call's parties and those of the call model. Pure functions.

use super::peer::Peer;
use pbx_core::{Cause, CauseMap, Digits, Party, Presentation, Screening};
use sip_msg::typed::{NameAddr, Privacy, Reason};
use sip_msg::{Header, Host, RawHeader, SipUri, Uri};
use sip_session::{EndCause, IncomingCall};
use std::net::SocketAddr;

/// The user part of a calling party that may not be shown.
const ANONYMOUS: &str = "anonymous";

/// The number that an INVITE calls; `None` if its Request-URI holds none that can be dialled.
pub(super) fn called(uri: &Uri) -> Option<Digits> {
    let number = match uri {
        Uri::Sip(sip) => sip.number().or_else(|| sip.user_text())?,
        other => other.number()?,
    };
    let digits: String = number.chars().filter(|c| !"+-.() ".contains(*c)).collect();
    Digits::parse(&digits)
        .ok()
        .filter(|digits| !digits.is_empty())
}

/// Who calls. A trusted peer's P-Asserted-Identity counts as checked by the network.
pub(super) fn calling(call: &IncomingCall, peer: &Peer) -> Party {
    let restricted = call.privacy.as_ref().is_some_and(asks_for_privacy);
    let asserted = call.asserted.first().filter(|_| peer.trusted);
    let identity = asserted.unwrap_or(&call.from);
    let number = identity
        .uri
        .number()
        .map(|number| number.into_owned())
        .or_else(|| match &identity.uri {
            Uri::Sip(sip) => sip.user_text().map(|user| user.into_owned()),
            _ => None,
        });
    let anonymous = number
        .as_deref()
        .is_some_and(|number| number.eq_ignore_ascii_case(ANONYMOUS));
    Party {
        number: number.filter(|_| !anonymous),
        name: identity
            .display
            .clone()
            .filter(|name| !name.is_empty() && !anonymous),
        presentation: if restricted || anonymous {
            Presentation::Restricted
        } else {
            Presentation::Allowed
        },
        screening: if asserted.is_some() {
            Screening::Network
        } else {
            Screening::NotScreened
        },
    }
}

fn asks_for_privacy(privacy: &Privacy) -> bool {
    ["id", "user", "header"]
        .into_iter()
        .any(|kind| privacy.asks(kind))
}

/// From of a call of ours; a party that may not be shown is anonymous there.
pub(super) fn from(party: &Party, own: SocketAddr) -> NameAddr {
    let number = party
        .number
        .as_deref()
        .filter(|_| party.presentation == Presentation::Allowed);
    let Some(number) = number else {
        let host = Host::Name("anonymous.invalid".to_owned());
        return NameAddr::new(SipUri::new(Some(ANONYMOUS), host, None)).with_display("Anonymous");
    };
    let address = NameAddr::new(SipUri::new(Some(number), Host::from(own.ip()), None));
    match &party.name {
        Some(name) => address.with_display(name.clone()),
        None => address,
    }
}

/// P-Asserted-Identity and Privacy for a trusted peer.
pub(super) fn identity_headers(party: &Party, own: SocketAddr, trusted: bool) -> Vec<RawHeader> {
    let mut headers = Vec::new();
    if let (true, Some(number)) = (trusted, &party.number) {
        let identity = NameAddr::new(SipUri::new(Some(number), Host::from(own.ip()), None));
        headers.push(RawHeader::known(Header::PAssertedIdentity, identity));
    }
    if party.presentation == Presentation::Restricted {
        headers.push(RawHeader::known(Header::Privacy, "id"));
    }
    headers
}

/// The Request-URI for a number at a peer.
pub(super) fn request_uri(number: &Digits, peer: &Peer) -> Uri {
    uri_at(peer, Some(number.as_str()))
}

/// The URI of a peer itself.
pub(super) fn peer_uri(peer: &Peer) -> Uri {
    uri_at(peer, None)
}

fn uri_at(peer: &Peer, user: Option<&str>) -> Uri {
    let port = Some(peer.address.port()).filter(|port| *port != 5060);
    SipUri::new(user, Host::from(peer.address.ip()), port).into()
}

/// The Reason header of a cause.
pub(super) fn reason(cause: Cause) -> RawHeader {
    RawHeader::known(Header::Reason, Reason::q850(cause.value()))
}

fn reason_text(reasons: &[Reason]) -> Option<String> {
    let all: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

/// Why a session is over, as a cause.
pub(super) fn end_cause(end: &EndCause, causes: &CauseMap) -> Cause {
    match end {
        EndCause::Refused(failure) => {
            causes.cause(failure.status, reason_text(&failure.reasons).as_deref())
        }
        EndCause::Cancelled(reasons) | EndCause::RemoteHangup(reasons) => {
            causes.cause_of_request(reason_text(reasons).as_deref())
        }
        EndCause::NoResponse => Cause::TIMER,
        EndCause::Expired => Cause::NO_ANSWER,
        EndCause::NoAck => Cause::TIMER,
        EndCause::Lost(status) => causes.cause(*status, None),
        _ => Cause::NORMAL,
    }
}
