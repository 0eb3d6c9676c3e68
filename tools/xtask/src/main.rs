// SPDX-License-Identifier: MIT OR Apache-2.0
//! Developer commands.

fn main() {}
