// SPDX-License-Identifier: MIT OR Apache-2.0
//! The payload of one WebSocket message (RFC 7118).
//!
//! The handshake, masking, fragments, close and ping of RFC 6455 are a library's work
//! (`tungstenite`); it is to be told a largest message of
//! [`Limits::head`](crate::Limits::head) and [`Limits::body`](crate::Limits::body) together.

use sip_msg::{Header, Message, ParseError};

use crate::close::Fault;
use crate::limits::Limits;
use crate::stream::Frame;

/// The WebSocket subprotocol.
pub const SUBPROTOCOL: &str = "sip";

/// Whether a client offers our subprotocol in a `Sec-WebSocket-Protocol` value. A client that
/// does not is to be refused; a server answers with [`SUBPROTOCOL`] alone.
pub fn offers_sip(header: &str) -> bool {
    header
        .split(',')
        .any(|name| name.trim().eq_ignore_ascii_case(SUBPROTOCOL))
}

/// Reads the payload of one text or binary message: exactly one SIP message. Content-Length
/// may be missing, and must be true if it is there. A payload of one or two CRLF is a
/// keep-alive, which some clients send here too.
///
/// # Errors
/// [`Fault`]: close the connection.
pub fn read(payload: &[u8], limits: &Limits) -> Result<Frame, Fault> {
    match payload {
        b"\r\n\r\n" => return Ok(Frame::Ping),
        b"\r\n" => return Ok(Frame::Pong),
        _ => {}
    }
    let most = limits.head.saturating_add(limits.body);
    if payload.len() > most {
        return Err(Fault::BodyTooLarge {
            size: payload.len(),
            limit: most,
        });
    }
    let message = Message::from_datagram(payload, &limits.of_messages())
        .map_err(|rejected| Fault::Malformed(rejected.error))?;
    let body = message.body().len();
    if body > limits.body {
        return Err(Fault::BodyTooLarge {
            size: body,
            limit: limits.body,
        });
    }
    let head = message.as_bytes().len() - body;
    if head > limits.head {
        return Err(Fault::HeadTooLarge { limit: limits.head });
    }
    // A datagram may have octets behind its message, a WebSocket message may not: they would
    // be a second message.
    let lead = payload
        .iter()
        .take_while(|c| matches!(c, b'\r' | b'\n'))
        .count();
    if message.has(Header::ContentLength) && lead + message.as_bytes().len() != payload.len() {
        return Err(Fault::Malformed(ParseError::ContentLength(
            "octets behind the message",
        )));
    }
    Ok(Frame::Message(Box::new(message)))
}
