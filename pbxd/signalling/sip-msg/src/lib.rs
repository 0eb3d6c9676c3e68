// SPDX-License-Identifier: MIT OR Apache-2.0
//! SIP messages (RFC 3261): parsing and building, sans-IO.
//!
//! A [`Message`] is the octets of one SIP message together with an index of its
//! start line, its header fields and its body. Nothing else is decoded until
//! somebody asks: [`Message::get`] decodes one typed header, [`Message::mandatory`]
//! the set every request and response needs. The octets are never rewritten, so a
//! received message can be passed on, logged or compared exactly as it came.
//!
//! * [`Message::from_datagram`] parses one UDP datagram.
//! * [`Framer`] cuts messages out of a byte stream by Content-Length.
//! * [`Builder`] writes requests and responses; whatever it is given, it never lets
//!   a value break out of its header line.
//!
//! The parser is liberal where telephones are careless (folded lines, compact
//! names, blanks before colons, bare LF, unescaped `#` in a user part, a status
//! line without its last blank, Latin-1 display names) and strict where two readers
//! could come to different conclusions about where a message ends or what it is:
//! conflicting or negative Content-Length, a bare CR, a NUL, a start line with
//! extra blanks. [`Limits`] bound what a message may cost before it is refused.
//!
//! Nothing here panics on input, allocates without a bound, reads a clock or does IO.

#![forbid(unsafe_code)]

mod body;
mod build;
mod chars;
mod error;
mod header;
mod limits;
mod message;
mod method;
mod params;
mod parse;
mod status;
mod stream;
mod text;
pub mod typed;
mod uri;
mod validate;

pub use body::{Body, Part, multipart};
pub use build::{Builder, RawHeader};
pub use error::{HeaderError, ParseError, Rejected, UriError};
pub use header::Header;
pub use limits::Limits;
pub use message::{Field, Message, StartLine};
pub use method::{BadMethod, Method};
pub use params::{Param, Params};
pub use status::reason_phrase;
pub use stream::{Frame, Framer};
pub use text::{Values, quote};
pub use uri::{Host, SipUri, TelUri, Uri};
pub use validate::{Invalid, Mandatory};
