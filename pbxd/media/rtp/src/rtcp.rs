// SPDX-License-Identifier: MIT OR Apache-2.0
//! RTCP between two parties: reports, when to send them, and round-trip time.
//!
//! Reading goes through the `rtcp-types` crate, packet by packet. Writing is done here, because
//! its builders allocate and reports are written in a media worker's tick; the tests read back
//! with it what is written.

mod read;
mod session;
mod write;

pub use read::{Item, ParseError, items};
pub use session::{RemoteReport, Rtcp, RtcpConfig};
pub use write::{CNAME_OCTETS, Cname, MAX_OCTETS, SenderInfo};

/// A reception report on one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportBlock {
    /// The source that is reported on.
    pub ssrc: u32,
    /// Share of packets lost since the last report, in 256ths.
    pub fraction_lost: u8,
    /// Packets lost in all, −8,388,608 to 8,388,607.
    pub cumulative_lost: i32,
    /// The highest sequence number received, with its wraps.
    pub extended_sequence: u32,
    /// Interarrival jitter in samples.
    pub jitter: u32,
    /// The middle 32 bits of the NTP time in the last sender report of this source; 0: none.
    pub last_sr: u32,
    /// Time since that report came, in 1/65,536 s.
    pub delay_since_last_sr: u32,
}
