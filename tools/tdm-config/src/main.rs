// SPDX-License-Identifier: MIT OR Apache-2.0
//! Applies, compares and dumps the configuration of spans.

fn main() {}
