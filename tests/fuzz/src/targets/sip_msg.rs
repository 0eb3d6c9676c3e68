// SPDX-License-Identifier: MIT OR Apache-2.0
//! SIP messages as datagrams and as a byte stream: every header is read, and what is
//! accepted must come back octet for octet.

use sip_msg::typed::{
    CSeq, Contact, ContentType, Date, Diversion, From, PAssertedIdentity, Reason, RecordRoute,
    RetryAfter, SessionExpires, To, Via, Warning,
};
use sip_msg::{Builder, Framer, Header, Limits, Message};

/// Reads `data` as one datagram, then as a stream cut into pieces.
///
/// # Panics
/// If a message does not come back as it came, or a reply to it cannot be read.
pub fn run(data: &[u8]) {
    let limits = Limits::default();
    match Message::from_datagram(data, &limits) {
        Ok(message) => {
            read(&message);
            let again = Message::from_datagram(message.as_bytes(), &limits);
            assert!(
                again.is_ok_and(|m| m == message),
                "a message is not its own octets"
            );
            if let Ok(head) = message.mandatory() {
                let reply = Builder::reply(&message, 486, &head.via, Some("t")).build();
                let read = Message::from_datagram(reply.as_bytes(), &limits);
                assert!(
                    read.is_ok_and(|m| m.mandatory().is_ok()),
                    "a reply cannot be read"
                );
            }
        }
        Err(rejected) => {
            if let Some(message) = rejected.salvage {
                read(&message);
            }
        }
    }
    let mut framer = Framer::new(limits);
    let size = usize::from(data.first().copied().unwrap_or(1)).max(1);
    for chunk in data.chunks(size) {
        framer.push(chunk);
        while let Ok(Some(_)) = framer.next_frame() {}
        assert!(
            framer.buffered() <= limits.message + size,
            "the framer hoards"
        );
    }
}

fn read(message: &Message) {
    let _ = message.mandatory();
    let _ = message.reason_phrase();
    if let Ok(uri) = message.request_uri() {
        let _ = (
            uri.number().is_some(),
            uri.equivalent(&uri),
            uri.to_string(),
        );
    }
    for header in Header::all() {
        let _ = message.list(header);
    }
    let _ = message.get_all::<Via>();
    let _ = message.get_all::<From>();
    let _ = message.get_all::<To>();
    let _ = message.get_all::<Contact>();
    let _ = message.get_all::<RecordRoute>();
    let _ = message.get_all::<PAssertedIdentity>();
    let _ = message.get_all::<Diversion>();
    let _ = message.get_all::<Reason>();
    let _ = message.get_all::<Warning>();
    let _ = message.get::<CSeq>();
    let _ = message.get::<ContentType>();
    let _ = message.get::<Date>();
    let _ = message.get::<RetryAfter>();
    let _ = message.get::<SessionExpires>();
    if let Some(body) = message.content() {
        let _ = body.find("application/sdp");
    }
}
