// SPDX-License-Identifier: MIT OR Apache-2.0
//! Writing compound packets into a buffer of fixed size.

use super::ReportBlock;

/// The longest CNAME that is sent, in octets.
pub const CNAME_OCTETS: usize = 46;
/// The longest compound that is written: SR with one block, SDES with CNAME, BYE.
pub const MAX_OCTETS: usize = 28 + 24 + 8 + 4 + CNAME_OCTETS + 2 + 8;

/// What a sender report says about the sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderInfo {
    /// The NTP time of the report: seconds since 1900 in the upper half.
    pub ntp: u64,
    /// The same instant on the stream's RTP clock.
    pub timestamp: u32,
    /// Packets sent.
    pub packets: u32,
    /// Octets of payload sent.
    pub octets: u32,
}

/// A canonical name, kept without allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cname {
    octets: [u8; CNAME_OCTETS],
    len: u8,
}

impl Cname {
    /// A name of up to [`CNAME_OCTETS`] octets; a longer one is cut at a character's boundary.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut end = name.len().min(CNAME_OCTETS);
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        let mut octets = [0; CNAME_OCTETS];
        for (place, octet) in octets.iter_mut().zip(name.as_bytes().iter().take(end)) {
            *place = *octet;
        }
        Self {
            octets,
            len: end as u8,
        }
    }
}

struct Writer<'a> {
    buffer: &'a mut [u8; MAX_OCTETS],
    at: usize,
}

impl Writer<'_> {
    fn put(&mut self, octets: &[u8]) {
        for octet in octets {
            // Never beyond the end: MAX_OCTETS is the sum of the longest parts.
            if let Some(place) = self.buffer.get_mut(self.at) {
                *place = *octet;
                self.at += 1;
            }
        }
    }

    fn word(&mut self, word: u32) {
        self.put(&word.to_be_bytes());
    }

    fn head(&mut self, count: u8, packet_type: u8, words: u16) {
        self.put(&[0x80 | count, packet_type]);
        self.put(&words.to_be_bytes());
    }
}

/// Writes SR (with `sender`) or RR, SDES with CNAME and, with `bye`, BYE; returns the octets used.
pub(super) fn compound(
    buffer: &mut [u8; MAX_OCTETS],
    ssrc: u32,
    sender: Option<SenderInfo>,
    block: Option<ReportBlock>,
    cname: &Cname,
    bye: bool,
) -> usize {
    let mut w = Writer { buffer, at: 0 };
    let blocks = u8::from(block.is_some());
    let block_words = u16::from(blocks) * 6;
    if let Some(info) = sender {
        w.head(blocks, 200, 6 + block_words);
        w.word(ssrc);
        w.put(&info.ntp.to_be_bytes());
        w.word(info.timestamp);
        w.word(info.packets);
        w.word(info.octets);
    } else {
        w.head(blocks, 201, 1 + block_words);
        w.word(ssrc);
    }
    if let Some(b) = block {
        w.word(b.ssrc);
        let lost = (b.cumulative_lost as u32) & 0x00FF_FFFF;
        w.word(u32::from(b.fraction_lost) << 24 | lost);
        w.word(b.extended_sequence);
        w.word(b.jitter);
        w.word(b.last_sr);
        w.word(b.delay_since_last_sr);
    }
    // One chunk: SSRC, item CNAME (1), then 1 to 4 zeros up to a word's boundary.
    let item = 2 + u16::from(cname.len);
    w.head(1, 202, 1 + item / 4 + 1);
    w.word(ssrc);
    w.put(&[1, cname.len]);
    w.put(
        cname
            .octets
            .get(..usize::from(cname.len))
            .unwrap_or_default(),
    );
    w.put([0; 4].get(..usize::from(4 - item % 4)).unwrap_or_default());
    if bye {
        w.head(1, 203, 1);
        w.word(ssrc);
    }
    w.at
}
