// SPDX-License-Identifier: MIT OR Apache-2.0
//! Typed headers: what [`Message::get`](crate::Message::get) gives.
//!
//! Every type reads its value from unfolded text and writes it with `Display`.
//! Headers that are plain lists of words (Allow, Supported, Require, …) are read with
//! [`Message::list`](crate::Message::list); headers that this crate passes on unread
//! (the Authorization family, P-Early-Media, User-Agent, …) with
//! [`Message::text`](crate::Message::text).

mod address;
mod date;
mod number;
mod reason;
mod sequence;
#[cfg(test)]
mod tests;
mod via;

pub use address::{
    Contact, Diversion, From, NameAddr, PAssertedIdentity, PPreferredIdentity, RecordRoute,
    ReferTo, RemotePartyId, Route, To,
};
pub use date::Date;
pub use number::{
    ContentType, Expires, MaxForwards, MinExpires, MinSe, Privacy, RetryAfter, SessionExpires,
    Timestamp,
};
pub use reason::{Reason, Warning};
pub use sequence::{CSeq, CallId};
pub use via::Via;

use crate::header::Header;

/// A header with a type of its own.
pub trait Typed: Sized {
    /// Which header.
    const HEADER: Header;

    /// Reads one value, already unfolded and, for a list header, already split.
    ///
    /// # Errors
    /// What is wrong with it.
    fn parse(text: &str) -> Result<Self, &'static str>;
}
