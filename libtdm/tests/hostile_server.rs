// SPDX-License-Identifier: MIT OR Apache-2.0
//! Servers that lie, stall and die: each gives a clear error, and none a panic, a fault or a hang.
#![allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]

mod hostile;
mod support;
