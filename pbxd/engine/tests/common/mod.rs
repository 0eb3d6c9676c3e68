// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the tests share.

pub(crate) mod card;
