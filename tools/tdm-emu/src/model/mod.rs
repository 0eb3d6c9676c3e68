// SPDX-License-Identifier: MIT OR Apache-2.0
//! The line model: spans, what joins them, and what goes wrong on the way. No sockets, no clock, no threads: [`Plant::step`]
//! moves line time by one tick, and everything that happens follows from the seed and the order of calls.

mod burst;
mod claims;
mod commands;
mod domain;
mod far;
mod impair;
mod memory;
mod pipe;
mod plant;
mod port;
mod random;
mod span;

pub use burst::{Burst, Inserted, TICK};
pub use claims::{Busy, ClaimError, ClaimRequest, Owner};
pub use far::FarEnd;
pub use impair::{Errors, Impairment, Kind};
pub use memory::{HeapWords, Memory};
pub use pipe::{Arrival, Slip};
pub use plant::{Attachment, CableEnd, CrossTable, Plant};
pub use port::{CardPorts, PortLine};
pub use random::Random;
pub use span::{Refusal, Settings, Span};
