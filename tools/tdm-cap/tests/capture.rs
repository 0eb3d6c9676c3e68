// SPDX-License-Identifier: MIT OR Apache-2.0
//! The program against a span that is served in this process, in lock-step: every frame must be there.
#![allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]

#[path = "../../../libtdm/tests/support/mod.rs"]
mod support;

#[path = "capture/audio.rs"]
mod audio;
#[path = "capture/dchannel.rs"]
mod dchannel;
#[path = "capture/program.rs"]
mod program;
