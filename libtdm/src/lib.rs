// SPDX-License-Identifier: MIT OR Apache-2.0
//! Spans: finding, configuring, mapping, claiming, waiting.
//!
//! A [`Span`] is one open span, behind a kernel node or an emulator's socket; everything here works the same over both. What
//! was received and what really left is read through a [`Tap`], what is to leave is written through a [`Claim`], and
//! [`Wakeups`] and [`Events`] say when to look. There is no reference and no slice to ring memory: a [`Window`] gives iovecs to
//! the kernel, or copies and counts the bytes.
//!
//! Frames, slots and rings are explained in `docs/abi.md`.

mod address;
mod claim;
mod emulated;
mod error;
mod event;
mod node;
pub mod serve;
mod shared;
mod socket;
mod span;
mod wake;
mod window;

pub use address::SpanAddress;
pub use claim::{Claim, Transmit, Written};
pub use error::{Error, Lost, Result};
pub use event::{Events, Notice};
pub use kernel_rust_abi as abi;
pub use kernel_rust_abi::geometry::{Geometry, Slot, SlotSet};
pub use kernel_rust_abi::position::Positions;
pub use span::{Description, Facts, Span, list};
pub use wake::{Wake, Wakeups};
pub use window::{CopyMeter, Iovecs, Side, Tap, Window};
