// SPDX-License-Identifier: MIT OR Apache-2.0
//! Streams, WebSocket payloads, keep-alive and the table of connections.

mod connections;
mod framing;
mod keep_alive;
mod websocket;

use core::time::Duration;

/// A time in seconds.
fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// An OPTIONS request with a body, and Content-Length or not.
fn options(number: u32, body: &str, with_length: bool) -> Vec<u8> {
    let length = if with_length {
        format!("Content-Length: {}\r\n", body.len())
    } else {
        String::new()
    };
    format!(
        "OPTIONS sip:pbx SIP/2.0\r\n\
         Via: SIP/2.0/TCP 192.0.2.9;branch=z9hG4bK{number}\r\n\
         From: <sip:a@b>;tag=1\r\n\
         To: <sip:pbx>\r\n\
         Call-ID: {number}\r\n\
         CSeq: {number} OPTIONS\r\n\
         {length}\r\n{body}"
    )
    .into_bytes()
}
