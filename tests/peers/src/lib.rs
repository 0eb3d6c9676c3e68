// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tests against independent peers: libpri, SIPp, tshark.
//!
//! Nothing here runs in `cargo test`: each matrix is a program that needs its peer installed, says so
//! if it is not, and exits with a status other than 0 when a case fails.
#![forbid(unsafe_code)]

pub mod bench;
pub mod cases;
pub mod exchange;
pub mod kill;
pub mod pcap;
pub mod program;
pub mod rosetest;
pub mod script;
pub mod site;
pub mod tshark;
pub mod whole;
