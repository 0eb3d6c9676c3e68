// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a REGISTER asks for.

use sip_msg::typed::{CSeq, CallId, Contact, Expires, NameAddr, To};
use sip_msg::{Header, HeaderError, Message, Method, Uri};

use crate::aor::Aor;
use crate::binding::Flow;
use crate::config::Limits;
use crate::error::ReadError;

/// One contact of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedContact {
    /// The URI.
    pub uri: Uri,
    /// Seconds asked for: `expires`, if it is there and a number.
    pub expires: Option<u32>,
    /// Preference in thousandths.
    pub q: u16,
    /// `+sip.instance` without its quotes.
    pub instance: Option<String>,
    /// `reg-id`, from 1 to 2^31 - 1.
    pub reg_id: Option<u32>,
    /// Other parameters, as `;name=value`.
    pub params: String,
}

/// The contacts of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactSet {
    /// None: what is registered?
    Query,
    /// `*`: take all away.
    All,
    /// These.
    Listed(Vec<OfferedContact>),
}

/// What a REGISTER asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// The address of record, out of To. The owner may put another here: the same address in
    /// an alias domain, for instance.
    pub aor: Aor,
    /// The Call-ID.
    pub call_id: String,
    /// The CSeq number.
    pub cseq: u32,
    /// The contacts.
    pub contacts: ContactSet,
    /// The Expires header.
    pub expires: Option<u32>,
    /// Path, the hop nearest to us first.
    pub path: Vec<String>,
    /// The option tags of Supported, in lower case.
    pub supported: Vec<String>,
    /// The option tags of Require, as written.
    pub require: Vec<String>,
    /// User-Agent; empty if there is none.
    pub user_agent: String,
    /// Whether the client itself is our neighbour: there is one Via.
    pub direct: bool,
    /// The way it came.
    pub flow: Flow,
    /// Whether the owner can send requests back over this flow and keeps it open: on a
    /// connection, or on UDP where it answers STUN.
    pub keeps_flow: bool,
}

impl Register {
    /// Reads a request that came over `flow`. Flows over connections are taken to be kept.
    ///
    /// # Errors
    /// [`ReadError`]: answer 400 with it as the reason phrase.
    pub fn read(message: &Message, flow: Flow, limits: &Limits) -> Result<Self, ReadError> {
        if message.method() != Some(&Method::Register) {
            return Err(ReadError::Method);
        }
        let to: To = message.get()?.ok_or(ReadError::Missing("To"))?;
        let call_id: CallId = message.get()?.ok_or(ReadError::Missing("Call-ID"))?;
        let cseq: CSeq = message.get()?.ok_or(ReadError::Missing("CSeq"))?;
        bound("Call-ID", call_id.0.len(), limits.text_octets)?;
        let path = message.list(Header::Path);
        bound("Path", path.len(), limits.path_hops)?;
        let octets = path.iter().map(String::len).sum();
        bound("Path octets", octets, limits.path_octets)?;
        for hop in &path {
            NameAddr::parse(hop).map_err(|what| HeaderError {
                header: "Path",
                what,
            })?;
        }
        // A malformed Expires counts as none (RFC 3261).
        let expires =
            message
                .text(Header::Expires)
                .and_then(|text| match message.get::<Expires>() {
                    Ok(value) => value.map(|e| e.0),
                    Err(_) => seconds(&text),
                });
        let contacts = contacts(message, expires, limits)?;
        let lower = |list: Vec<String>| list.iter().map(|t| t.to_ascii_lowercase()).collect();
        Ok(Self {
            aor: Aor::of(&to.0.uri).ok_or(ReadError::To)?,
            call_id: call_id.0,
            cseq: cseq.number,
            contacts,
            expires,
            path,
            supported: lower(message.list(Header::Supported)),
            require: message.list(Header::Require),
            user_agent: message
                .text(Header::UserAgent)
                .map(|t| cut(&t, limits.text_octets).to_string())
                .unwrap_or_default(),
            direct: message.list(Header::Via).len() == 1,
            keeps_flow: flow.connection.is_some(),
            flow,
        })
    }

    pub(crate) fn supports(&self, tag: &str) -> bool {
        self.supported.iter().any(|t| t == tag)
            || self.require.iter().any(|t| t.eq_ignore_ascii_case(tag))
    }

    /// Whether the first hop of this request keeps flows: the edge proxy says so by `ob` in
    /// the URI that it put into Path last of all; without a proxy we are the first hop.
    pub(crate) fn first_hop_keeps_flows(&self) -> bool {
        match self.path.last() {
            Some(hop) => NameAddr::parse(hop)
                .ok()
                .and_then(|a| a.uri.as_sip().map(|uri| uri.params.has("ob")))
                .unwrap_or(false),
            None => self.direct && self.keeps_flow,
        }
    }
}

fn bound(what: &'static str, size: usize, limit: usize) -> Result<(), ReadError> {
    if size > limit {
        return Err(ReadError::Bound { what, limit });
    }
    Ok(())
}

/// A text cut off at a character's boundary.
pub(crate) fn cut(text: &str, octets: usize) -> &str {
    let mut end = octets.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

fn contacts(
    message: &Message,
    expires: Option<u32>,
    limits: &Limits,
) -> Result<ContactSet, ReadError> {
    let all: Vec<Contact> = message.get_all()?;
    bound("Contact", all.len(), limits.contacts_per_request)?;
    if all.is_empty() {
        return Ok(ContactSet::Query);
    }
    let mut listed = Vec::new();
    for contact in &all {
        match contact {
            Contact::All if all.len() == 1 && expires == Some(0) => return Ok(ContactSet::All),
            Contact::All => return Err(ReadError::Wildcard),
            Contact::Address(address) => listed.push(offered(address, limits)?),
        }
    }
    Ok(ContactSet::Listed(listed))
}

fn offered(address: &NameAddr, limits: &Limits) -> Result<OfferedContact, ReadError> {
    bound(
        "Contact octets",
        address.uri.to_string().len() + address.params.to_string().len(),
        limits.contact_octets,
    )?;
    if let Uri::Sip(uri) = &address.uri {
        if uri.headers.is_some() {
            return Err(ReadError::Contact("header parts in the URI"));
        }
    }
    let instance = address.params.unquoted("+sip.instance");
    let reg_id = address
        .params
        .value("reg-id")
        .and_then(|t| t.parse::<u32>().ok())
        .filter(|n| (1..1 << 31).contains(n));
    bound(
        "+sip.instance",
        instance.as_ref().map_or(0, String::len),
        limits.text_octets,
    )?;
    let mut rest = address.params.clone();
    for ours in [
        "expires",
        "q",
        "reg-id",
        "+sip.instance",
        "pub-gruu",
        "temp-gruu",
    ] {
        rest.remove(ours);
    }
    Ok(OfferedContact {
        uri: address.uri.clone(),
        expires: address.params.value("expires").and_then(seconds),
        q: address.params.value("q").map_or(1_000, quality),
        instance: instance.filter(|i| !i.is_empty()),
        reg_id,
        params: rest.to_string(),
    })
}

/// Delta seconds; numbers too large are the largest. Anything else counts as absent.
fn seconds(text: &str) -> Option<u32> {
    let text = text.trim().trim_matches('"');
    if text.is_empty() || !text.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(u32::MAX))
}

/// A qvalue in thousandths; what is none counts as 1.
fn quality(text: &str) -> u16 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |t: &str| t.bytes().all(|c| c.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || whole.len() + fraction.len() == 0 {
        return 1_000;
    }
    if whole.bytes().any(|c| c != b'0') {
        return 1_000;
    }
    fraction
        .bytes()
        .chain([b'0'; 3])
        .take(3)
        .fold(0, |q, c| q * 10 + u16::from(c - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qvalues_and_seconds_are_read_liberally() {
        for (text, q) in [
            ("1", 1_000),
            ("1.000", 1_000),
            ("0.5", 500),
            ("0.25", 250),
            (".7", 700),
            ("0", 0),
            ("0.0019", 1),
            ("2", 1_000),
            ("x", 1_000),
            ("", 1_000),
        ] {
            assert_eq!(quality(text), q, "{text}");
        }
        assert_eq!(seconds("60"), Some(60));
        assert_eq!(seconds("\"60\""), Some(60));
        assert_eq!(seconds("99999999999"), Some(u32::MAX));
        assert_eq!(seconds("-1"), None);
        assert_eq!(seconds("Sun, 22 Nov 2026"), None);
    }

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(cut("aé", 2), "a");
        assert_eq!(cut("aé", 3), "aé");
        assert_eq!(cut("aé", 300), "aé");
    }
}
