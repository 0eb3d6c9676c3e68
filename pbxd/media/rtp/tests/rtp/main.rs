// SPDX-License-Identifier: MIT OR Apache-2.0
//! RTP and RTCP through the public interface.

mod event;
mod header;
mod reports;
mod source;
mod watchdog;
