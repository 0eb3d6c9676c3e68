// SPDX-License-Identifier: MIT OR Apache-2.0
//! The playout against a model of the transmit ring, in virtual time.

mod arbitrary;
mod drift;
mod events;
mod loss;
mod order;
mod ring;
