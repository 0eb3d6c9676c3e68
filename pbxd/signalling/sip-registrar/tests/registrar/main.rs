// SPDX-License-Identifier: MIT OR Apache-2.0
//! The registrar, driven as its owner drives it.

mod outbound;
mod rfc3261;
mod storage;
mod support;
