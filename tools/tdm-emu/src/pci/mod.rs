// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards over vfio-user: the server side, one socket a card, for QEMU's `vfio-user-pci` and other clients.
//!
//! [`wire`] is the protocol's messages, [`session`] what a server answers, both without IO; `memory` is the guest's memory,
//! `seat` a card between its client and the line clock, and `server` one
//! client of it.

mod memory;
mod seat;
mod server;
pub mod session;
pub mod wire;

pub use memory::GuestMemory;
pub use seat::CardReport;
pub(crate) use seat::{InSlot, Seat};
pub(crate) use server::serve;
