// SPDX-License-Identifier: MIT OR Apache-2.0
//! Taking a compound packet apart.

use rtcp_types::{Bye, ReceiverReport, RtcpPacketParser, SenderReport};

use super::{ReportBlock, SenderInfo};

/// Why octets are no RTCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Cut short, or a length field beyond the end.
    #[error("the RTCP packet at octet {at} goes beyond the end of the datagram")]
    Short {
        /// Where the packet begins.
        at: usize,
    },
    /// The version is not 2.
    #[error("RTCP version {found} at octet {at}, expected 2")]
    Version {
        /// Where the packet begins.
        at: usize,
        /// The version found.
        found: u8,
    },
    /// The contents do not fit the packet's own counts.
    #[error("the RTCP packet of type {packet_type} at octet {at} is malformed")]
    Contents {
        /// Where the packet begins.
        at: usize,
        /// Its type.
        packet_type: u8,
    },
}

/// One packet of a compound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A sender report, or a receiver report (no `sender`), with its first report block.
    Report {
        /// The reporting source.
        ssrc: u32,
        /// What a sender report says about its sending.
        sender: Option<SenderInfo>,
        /// The first block; with two parties there is at most one.
        block: Option<ReportBlock>,
    },
    /// The source leaves.
    Bye {
        /// The leaving source, if it is named.
        ssrc: Option<u32>,
    },
    /// A packet of a type that is not looked into, SDES included.
    Other {
        /// The type.
        packet_type: u8,
    },
}

/// The packets of a compound, in order. After an error nothing follows.
pub fn items(octets: &[u8]) -> impl Iterator<Item = Result<Item, ParseError>> + '_ {
    Items { octets, at: 0 }
}

struct Items<'a> {
    octets: &'a [u8],
    at: usize,
}

impl Iterator for Items<'_> {
    type Item = Result<Item, ParseError>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.octets.get(self.at..).filter(|rest| !rest.is_empty());
        // An empty datagram is short, the end of a full one is the end.
        let rest = match rest {
            Some(rest) => rest,
            None if self.octets.is_empty() && self.at == 0 => &[],
            None => return None,
        };
        let result = one(rest, self.at);
        match &result {
            Ok((_, octets)) => self.at += octets,
            Err(_) => self.at = usize::MAX,
        }
        Some(result.map(|(item, _)| item))
    }
}

fn one(rest: &[u8], at: usize) -> Result<(Item, usize), ParseError> {
    let [first, packet_type, l0, l1] = *rest.first_chunk::<4>().ok_or(ParseError::Short { at })?;
    if first >> 6 != 2 {
        return Err(ParseError::Version {
            at,
            found: first >> 6,
        });
    }
    let octets = (usize::from(u16::from_be_bytes([l0, l1])) + 1) * 4;
    let packet = rest.get(..octets).ok_or(ParseError::Short { at })?;
    let bad = ParseError::Contents { at, packet_type };
    let item = match packet_type {
        200 => sender(packet).ok_or(bad)?,
        201 => receiver(packet).ok_or(bad)?,
        203 => bye(packet).ok_or(bad)?,
        _ => Item::Other { packet_type },
    };
    Ok((item, octets))
}

fn sender(packet: &[u8]) -> Option<Item> {
    let report = SenderReport::parse(packet).ok()?;
    let block = report.report_blocks().next();
    Some(Item::Report {
        ssrc: report.ssrc(),
        sender: Some(SenderInfo {
            ntp: report.ntp_timestamp(),
            timestamp: report.rtp_timestamp(),
            packets: report.packet_count(),
            octets: report.octet_count(),
        }),
        block: block.map(|b| block_of(&b)),
    })
}

fn receiver(packet: &[u8]) -> Option<Item> {
    let report = ReceiverReport::parse(packet).ok()?;
    let block = report.report_blocks().next();
    Some(Item::Report {
        ssrc: report.ssrc(),
        sender: None,
        block: block.map(|b| block_of(&b)),
    })
}

fn bye(packet: &[u8]) -> Option<Item> {
    let bye = Bye::parse(packet).ok()?;
    let ssrc = bye.ssrcs().next();
    Some(Item::Bye { ssrc })
}

fn block_of(block: &rtcp_types::ReportBlock<'_>) -> ReportBlock {
    // 24 bits, two's complement.
    let lost = ((block.cumulative_lost() << 8) as i32) >> 8;
    ReportBlock {
        ssrc: block.ssrc(),
        fraction_lost: block.fraction_lost(),
        cumulative_lost: lost,
        extended_sequence: block.extended_sequence_number(),
        jitter: block.interarrival_jitter(),
        last_sr: block.last_sender_report_timestamp(),
        delay_since_last_sr: block.delay_since_last_sender_report_timestamp(),
    }
}
