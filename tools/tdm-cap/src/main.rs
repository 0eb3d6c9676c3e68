// SPDX-License-Identifier: MIT OR Apache-2.0
//! Captures D channels to pcap and slots to WAV.

fn main() {}
