// SPDX-License-Identifier: MIT OR Apache-2.0
//! The SIP edge: sessions of the SIP endpoint, spoken to in the call model's terms.

mod command;
mod edge;
mod event;
mod peer;
mod translate;
mod watch;

pub(crate) use edge::{Edge, EdgeReport};
pub(crate) use peer::{Peer, Peers};
