// SPDX-License-Identifier: MIT OR Apache-2.0
//! PCI cards of the TE4xx family, register by register, without IO: [`Card`] is what the driver of a guest sees, [`Bus`] what the
//! card sees of the guest's memory. The lines behind a card are those of [`crate::model`].
//!
//! Contract: accesses come through [`Card::config_read`], [`Card::config_write`], [`Card::read`] and [`Card::write`]; one
//! millisecond of line time is [`Card::begin_tick`], a [`Card::leave`] and a [`Card::arrive`] for each line, and
//! [`Card::end_tick`]; after each of these [`Card::poll_interrupt`] says whether INTx is to be signalled. `now` is the time
//! since an epoch of the caller's choice and never goes back.
//!
//! The facts are those of `docs/te4xx-card.md`.

mod board;
mod bus;
mod config_space;
mod dma;
mod hold;
mod intx;
mod local_bus;
mod models;
pub mod quadfalc;
mod registers;
pub mod trace;
mod tsi;

pub use board::{Card, Counters, Options};
pub use bus::{Bus, Fault};
pub use config_space::ConfigSpace;
pub use hold::Hold;
pub use intx::{Intx, IntxCounters};
pub use models::{Generation, MODELS, Model, SWITCH_POSITIONS};
pub use registers::{BAR_BYTES, Register};
