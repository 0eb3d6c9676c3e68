// SPDX-License-Identifier: MIT OR Apache-2.0
//! Spans over a Unix socket: the emulator's side of the ring ABI's messages.

mod connection;
mod control;
mod hub;
mod listener;
mod subscriber;

pub(crate) use control::{lock, serve};
pub(crate) use hub::Hub;
pub use hub::Statistics;
pub(crate) use listener::Listener;
pub(crate) use subscriber::{Waiting, drain};
