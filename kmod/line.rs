// SPDX-License-Identifier: GPL-2.0-only
//! Framing and alarm states, from the files that the emulator compiles too.
#![forbid(unsafe_code)]
#![allow(
    dead_code,
    unreachable_pub,
    reason = "the crate serves more than one kind of line"
)]

#[path = "../libtdm/line/src/alarm/mod.rs"]
pub(crate) mod alarm;
#[path = "../libtdm/line/src/framing.rs"]
pub(crate) mod framing;
