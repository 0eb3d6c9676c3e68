// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exchange: bridges TDM lines to SIP and RTP.

pub mod config;
