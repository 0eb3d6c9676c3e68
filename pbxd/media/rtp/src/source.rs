// SPDX-License-Identifier: MIT OR Apache-2.0
//! One synchronisation source: validity, loss and jitter by the algorithms of RFC 3550's appendix.

use crate::rtcp::ReportBlock;
use crate::{Header, serial};

/// A step forward up to this many packets is a loss, beyond it a jump.
const MAX_DROPOUT: u16 = 3000;
/// A step back up to this many packets is reordering, beyond it a jump.
const MAX_MISORDER: u16 = 100;

/// What became of a packet's sequence number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Next in order, or after `missing` packets that have not arrived.
    Ahead {
        /// The sequence number with its wraps counted in the upper half.
        extended: u32,
        /// Packets skipped.
        missing: u16,
    },
    /// Older than the newest: late by `behind` packets, or a duplicate.
    Behind {
        /// The extended sequence number.
        extended: u32,
        /// Distance to the newest; 0 repeats the newest.
        behind: u16,
    },
    /// One of the first packets of a source that has not yet shown enough in order.
    Probation,
    /// Far away from what came before; a second one in order makes it a restart.
    Jump,
    /// The source restarted its sequence: counting began anew with this packet.
    Restarted {
        /// The extended sequence number.
        extended: u32,
    },
}

/// The state of a received source.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    ssrc: u32,
    /// Wraps counted, in the upper half.
    cycles: u32,
    newest: u16,
    base: u16,
    /// The number that would confirm a restart; above 16 bits: none.
    restart_at: u32,
    /// Packets in order still wanted, and how many are wanted after a break.
    probation: u8,
    required: u8,
    received: u32,
    expected_before: u32,
    received_before: u32,
    transit: Option<u32>,
    /// Jitter in sixteenths of a sample.
    jitter: u32,
}

const NO_RESTART: u32 = u32::MAX;

impl Source {
    /// A source whose first packet has `header`. It is valid after `probation` packets in order
    /// besides the first; 0 trusts it at once. The first packet is to be given to
    /// [`Self::input`] too.
    #[must_use]
    pub fn new(header: &Header, probation: u8) -> Self {
        let mut source = Self {
            ssrc: header.ssrc,
            cycles: 0,
            newest: 0,
            base: 0,
            restart_at: NO_RESTART,
            probation: if probation == 0 {
                0
            } else {
                probation.saturating_add(1)
            },
            required: probation,
            received: 0,
            expected_before: 0,
            received_before: 0,
            transit: None,
            jitter: 0,
        };
        source.begin(header.sequence);
        source.newest = header.sequence.wrapping_sub(1);
        source
    }

    fn begin(&mut self, sequence: u16) {
        self.base = sequence;
        self.newest = sequence;
        self.restart_at = NO_RESTART;
        self.cycles = 0;
        self.received = 0;
        self.received_before = 0;
        self.expected_before = 0;
        self.transit = None;
    }

    /// Takes a packet that arrived at `arrival`, in samples of a clock that runs at the RTP
    /// clock's rate. `timed` tells whether its timestamp advances with time: it is false for
    /// telephone events, whose packets repeat the event's start.
    pub fn input(&mut self, header: &Header, arrival: u32, timed: bool) -> Verdict {
        let verdict = self.sequence(header.sequence);
        match verdict {
            Verdict::Ahead { .. } | Verdict::Behind { .. } | Verdict::Restarted { .. } => {
                self.received = self.received.wrapping_add(1);
                if timed {
                    self.timing(arrival.wrapping_sub(header.timestamp));
                }
            }
            Verdict::Probation | Verdict::Jump => {}
        }
        verdict
    }

    fn sequence(&mut self, sequence: u16) -> Verdict {
        let ahead = sequence.wrapping_sub(self.newest);
        if self.probation > 0 {
            if ahead == 1 {
                self.probation -= 1;
                self.newest = sequence;
                if self.probation == 0 {
                    self.begin(sequence);
                    return Verdict::Ahead {
                        extended: u32::from(sequence),
                        missing: 0,
                    };
                }
            } else {
                self.probation = self.required;
                self.newest = sequence;
            }
            return Verdict::Probation;
        }
        if ahead != 0 && ahead < MAX_DROPOUT {
            // Before the very first packet `newest` is one less than it: no wrap to count then.
            if sequence < self.newest && self.received > 0 {
                self.cycles = self.cycles.wrapping_add(1 << 16);
            }
            self.newest = sequence;
            return Verdict::Ahead {
                extended: self.extended(),
                missing: ahead - 1,
            };
        }
        if ahead == 0 || ahead > u16::MAX - MAX_MISORDER {
            let behind = self.newest.wrapping_sub(sequence);
            let extended = self.extended().wrapping_sub(u32::from(behind));
            return Verdict::Behind { extended, behind };
        }
        if u32::from(sequence) == self.restart_at {
            self.begin(sequence);
            return Verdict::Restarted {
                extended: u32::from(sequence),
            };
        }
        self.restart_at = u32::from(sequence.wrapping_add(1));
        Verdict::Jump
    }

    fn timing(&mut self, transit: u32) {
        if let Some(before) = self.transit {
            let distance = serial::timestamp_distance(before, transit).unsigned_abs();
            // A change of more than two minutes is a new mapping, not jitter.
            if distance < 1 << 20 {
                let decay = (self.jitter + 8) >> 4;
                self.jitter = self.jitter + distance - decay;
            }
        }
        self.transit = Some(transit);
    }

    /// The synchronisation source.
    #[must_use]
    pub const fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// Whether probation is over.
    #[must_use]
    pub const fn is_valid(&self) -> bool {
        self.probation == 0
    }

    /// The highest sequence number with its wraps.
    #[must_use]
    pub const fn extended(&self) -> u32 {
        self.cycles.wrapping_add(self.newest as u32)
    }

    /// Packets received, duplicates included.
    #[must_use]
    pub const fn received(&self) -> u32 {
        self.received
    }

    /// Packets that the sequence numbers say were sent.
    #[must_use]
    pub const fn expected(&self) -> u32 {
        if self.received == 0 {
            return 0;
        }
        self.extended()
            .wrapping_sub(self.base as u32)
            .wrapping_add(1)
    }

    /// Packets lost; negative where duplicates outnumber losses.
    #[must_use]
    pub const fn lost(&self) -> i32 {
        self.expected().wrapping_sub(self.received) as i32
    }

    /// The interarrival jitter in samples.
    #[must_use]
    pub const fn jitter(&self) -> u32 {
        self.jitter >> 4
    }

    /// The report on this source; begins the next interval of `fraction_lost`.
    pub fn report(&mut self, last_sr: u32, delay_since_last_sr: u32) -> ReportBlock {
        let expected = self.expected();
        let in_interval = expected.wrapping_sub(self.expected_before);
        let got = self.received.wrapping_sub(self.received_before);
        self.expected_before = expected;
        self.received_before = self.received;
        let lost = in_interval.wrapping_sub(got) as i32;
        let fraction = if in_interval == 0 || lost <= 0 {
            0
        } else {
            (u64::from(lost.unsigned_abs()) * 256 / u64::from(in_interval)).min(255) as u8
        };
        ReportBlock {
            ssrc: self.ssrc,
            fraction_lost: fraction,
            cumulative_lost: self.lost().clamp(-0x80_0000, 0x7F_FFFF),
            extended_sequence: self.extended(),
            jitter: self.jitter(),
            last_sr,
            delay_since_last_sr,
        }
    }
}
