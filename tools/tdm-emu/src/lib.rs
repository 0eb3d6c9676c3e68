// SPDX-License-Identifier: MIT OR Apache-2.0
//! The emulator: lines, spans and far ends in software.
//!
//! [`Emulator::spawn`] runs what a [`Config`] describes: E1 spans, served as the ring ABI's memory over a Unix socket, PCI
//! cards, served over vfio-user, and what their lines lead to. [`card`] is a card without IO. [`model`] is the line model beneath, without sockets, clocks or threads. The file and the far ends are
//! described in `docs/emulator.md`.
#![forbid(unsafe_code)]

pub mod card;
mod clock;
pub mod config;
mod desk;
mod door;
mod emulator;
pub mod exchange;
pub mod model;
pub mod pci;
mod serve;

pub use config::{Config, ConfigError};
pub use emulator::Emulator;
pub use serve::Statistics;
