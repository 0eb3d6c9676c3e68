// SPDX-License-Identifier: MIT OR Apache-2.0
//! PRI trunks: a span's D channel and its calls, spoken to in the call model's terms.

mod adapter;
mod line;
mod translate;
mod trunk;

pub(crate) use trunk::{Report, Trunk, TrunkConfig};
