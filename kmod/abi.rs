// SPDX-License-Identifier: GPL-2.0-only
//! The ring ABI, from the files that userspace compiles too.
#![forbid(unsafe_code)]
#![allow(
    dead_code,
    unreachable_pub,
    reason = "the crate is written for both sides of the rings; this is one"
)]

#[path = "../libtdm/abi/src/claim.rs"]
pub(crate) mod claim;
#[path = "../libtdm/abi/src/command.rs"]
pub(crate) mod command;
#[path = "../libtdm/abi/src/config.rs"]
pub(crate) mod config;
#[path = "../libtdm/abi/src/control.rs"]
pub(crate) mod control;
#[path = "../libtdm/abi/src/event.rs"]
pub(crate) mod event;
#[path = "../libtdm/abi/src/geometry.rs"]
pub(crate) mod geometry;
#[path = "../libtdm/abi/src/ioctl.rs"]
pub(crate) mod ioctl;
#[path = "../libtdm/abi/src/position.rs"]
pub(crate) mod position;
#[path = "../libtdm/abi/src/ring.rs"]
pub(crate) mod ring;
#[path = "../libtdm/abi/src/status.rs"]
pub(crate) mod status;
#[path = "../libtdm/abi/src/text.rs"]
pub(crate) mod text;
#[path = "../libtdm/abi/src/wake.rs"]
pub(crate) mod wake;
#[path = "../libtdm/abi/src/word.rs"]
pub(crate) mod word;
#[path = "../libtdm/abi/src/words.rs"]
pub(crate) mod words;
