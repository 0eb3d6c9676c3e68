// SPDX-License-Identifier: MIT OR Apache-2.0
//! A transmit ring that checks its writer, and a stream to feed it with.

use g711::Law;
use playout::{Config, Plan, Playout, RANGE, Write};
use rtp::Header;
use rtp::event::Payload;

pub(crate) const LEAD: u64 = 16;

/// The ring, its writer, and all that was ever sent.
pub(crate) struct Ring {
    pub(crate) playout: Playout,
    /// Frames from `base` on; `None` sends idle.
    future: std::collections::VecDeque<Option<u8>>,
    pub(crate) taken: u64,
    /// What left, from frame 0 on; `None` where the ring sent its idle code.
    pub(crate) sent: Vec<Option<u8>>,
    pub(crate) keep: bool,
    /// Frames written from packets, straight.
    pub(crate) straight: u64,
}

impl Ring {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            playout: Playout::new(config).expect("a valid configuration"),
            future: vec![None; (RANGE + LEAD) as usize].into(),
            taken: 0,
            sent: Vec::new(),
            keep: true,
            straight: 0,
        }
    }

    pub(crate) fn edge(&self) -> u64 {
        self.taken + LEAD
    }

    fn put(&mut self, frame: u64, octets: &[u8]) {
        for (n, octet) in octets.iter().enumerate() {
            let at = frame + n as u64;
            assert!(
                at >= self.edge(),
                "frame {at} written behind the edge {}",
                self.edge()
            );
            assert!(
                at < self.edge() + RANGE,
                "frame {at} beyond the range of {}",
                self.edge()
            );
            self.future[(at - self.taken) as usize] = Some(*octet);
        }
    }

    fn generated(&mut self, frame: u64, len: u16) {
        let octets = self.playout.generated(frame, len).concat();
        assert_eq!(octets.len(), usize::from(len));
        self.put(frame, &octets);
    }

    fn carry_out(&mut self, plan: Plan, payload: &[u8]) {
        for write in plan {
            assert!(!write.is_empty());
            match write {
                Write::Packet { frame, start, len } => {
                    self.straight += u64::from(len);
                    let start = usize::from(start);
                    self.put(frame, &payload[start..start + usize::from(len)]);
                }
                Write::Generated { frame, len } => self.generated(frame, len),
            }
        }
    }

    pub(crate) fn audio(&mut self, header: &Header, law: Law, payload: &[u8]) {
        let edge = self.edge();
        let plan = self
            .playout
            .audio(edge, self.taken as u32, header, law, payload);
        self.carry_out(plan, payload);
    }

    pub(crate) fn event(&mut self, header: &Header, payload: Payload) {
        let edge = self.edge();
        self.playout
            .event(edge, self.taken as u32, header, &payload.to_octets());
    }

    /// A visit: fill until the next one, `frames` later and as many to spare as the lead.
    pub(crate) fn visit(&mut self, frames: u64) {
        let edge = self.edge();
        let mut rounds = 0;
        while let Some(write) = self.playout.poll_write(edge, edge + frames + 8) {
            let Write::Generated { frame, len } = write else {
                panic!("{write:?}")
            };
            assert!(len > 0);
            self.generated(frame, len);
            rounds += 1;
            assert!(rounds < 1000);
        }
    }

    /// Line time passes.
    pub(crate) fn run(&mut self, frames: u64) {
        let len = self.future.len();
        let gone = self.future.drain(..(frames as usize).min(len));
        if self.keep {
            self.sent.extend(gone);
            let idle = (frames as usize).saturating_sub(len);
            self.sent.extend(std::iter::repeat_n(None, idle));
        } else {
            drop(gone);
        }
        self.future.resize(len, None);
        self.taken += frames;
    }

    /// What left, without the idle before the first and after the last frame written.
    pub(crate) fn played(&self) -> Vec<Option<u8>> {
        let first = self.sent.iter().position(Option::is_some).unwrap_or(0);
        let last = self
            .sent
            .iter()
            .rposition(Option::is_some)
            .map_or(0, |n| n + 1);
        self.sent[first..last].to_vec()
    }
}

/// A far end that sends.
pub(crate) struct Stream {
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    pub(crate) ssrc: u32,
    phase: u32,
}

impl Stream {
    pub(crate) fn new() -> Self {
        // Both numbers wrap early on.
        Self {
            sequence: 0xFFF0,
            timestamp: 0xFFFF_F000,
            marker: true,
            ssrc: 7,
            phase: 1,
        }
    }

    /// The next packet: loud octets that never repeat soon.
    pub(crate) fn packet(&mut self, len: usize) -> (Header, Vec<u8>) {
        let header = self.header(8, len as u32);
        let payload = (0..len).map(|_| self.octet()).collect();
        (header, payload)
    }

    fn octet(&mut self) -> u8 {
        self.phase = self
            .phase
            .wrapping_mul(1_664_525)
            .wrapping_add(1_013_904_223);
        (self.phase >> 24) as u8
    }

    /// The next packet of this content.
    pub(crate) fn header(&mut self, payload_type: u8, samples: u32) -> Header {
        let header = Header {
            marker: core::mem::take(&mut self.marker),
            payload_type,
            sequence: self.sequence,
            timestamp: self.timestamp,
            ssrc: self.ssrc,
        };
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(samples);
        header
    }
}

pub(crate) fn config() -> Config {
    Config::new(Law::A, 160)
}
