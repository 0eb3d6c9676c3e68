// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the tests share.
#![allow(dead_code, clippy::unwrap_used)]

pub(crate) mod card;
pub(crate) mod far;
pub(crate) mod rig;
