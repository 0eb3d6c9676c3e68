// SPDX-License-Identifier: MIT OR Apache-2.0
//! Towards the line: the playout stage or a tone, into the slot's transmit ring. One writer.

use dsp::{Cadence, CadencePlayer, Scale};
use g711::Law;
use playout::{Config, Playout, Write};
use rtp::{Header, Receiver};
use tdm::Transmit;

/// Frames kept written beyond the edge and the time to the next visit: 2 ms.
const MARGIN: u64 = 16;
/// Frames of progress tone written beyond the next visit: 20 ms, so that a late visit is no gap.
const TONE_AHEAD: u64 = 160;
/// The longest stretch of tone made at a time.
const CHUNK: usize = 160;
/// Frames that may stand written ahead of the edge.
const WRITTEN: u64 = playout::RANGE;

pub(crate) struct Line {
    transmit: Transmit,
    law: Law,
    playout: Playout,
    tone: Option<Playing>,
}

struct Playing {
    player: CadencePlayer,
    front: u64,
}

/// The frames of the ring that concern this tick.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reach {
    /// The first frame that may be written.
    pub(crate) edge: u64,
    /// Frames of line time until the next visit.
    pub(crate) period: u64,
}

impl Line {
    pub(crate) fn new(transmit: Transmit, law: Law, packet: u64, seed: u32) -> Self {
        let mut config = Config::new(law, packet as u32);
        config.seed = seed;
        let playout = Playout::new(config).unwrap_or_else(|error| {
            // The packet time is within its limits, for which the usual figures fit.
            unreachable!("{error}")
        });
        Self {
            transmit,
            law,
            playout,
            tone: None,
        }
    }

    pub(crate) fn receiver(&self) -> &Receiver {
        self.playout.receiver()
    }

    pub(crate) fn receiver_mut(&mut self) -> &mut Receiver {
        self.playout.receiver_mut()
    }

    pub(crate) fn counters(&self) -> &playout::Counters {
        self.playout.counters()
    }

    /// Bytes copied: into the ring, and into the memory that concealment repeats from.
    pub(crate) fn copied(&self) -> u64 {
        self.transmit.meter().bytes() + self.playout.counters().copied_octets
    }

    pub(crate) fn late(&self) -> u64 {
        self.transmit.late()
    }

    /// A packet of audio.
    pub(crate) fn audio(
        &mut self,
        reach: Reach,
        arrival: u32,
        header: &Header,
        law: Law,
        payload: &[u8],
    ) {
        let plan = self
            .playout
            .audio(reach.edge, arrival, header, law, payload);
        if self.tone.is_some() {
            return;
        }
        for write in plan {
            self.carry_out(write, payload);
        }
    }

    /// A packet of a telephone event.
    pub(crate) fn event(&mut self, reach: Reach, arrival: u32, header: &Header, payload: &[u8]) {
        self.playout.event(reach.edge, arrival, header, payload);
    }

    /// Fills the ring up to the next visit.
    pub(crate) fn fill(&mut self, reach: Reach) {
        if let Some(tone) = &mut self.tone {
            let until = reach.edge + reach.period + TONE_AHEAD;
            tone.fill(&self.transmit, self.law, reach.edge, until);
            return;
        }
        let until = reach.edge + reach.period + MARGIN;
        while let Some(write) = self.playout.poll_write(reach.edge, until) {
            self.carry_out(write, &[]);
        }
    }

    fn carry_out(&mut self, write: Write, payload: &[u8]) {
        match write {
            Write::Packet { frame, start, len } => {
                let start = usize::from(start);
                let octets = payload.get(start..start + usize::from(len));
                self.transmit.write(frame, octets.unwrap_or(&[]));
            }
            Write::Generated { frame, len } => {
                let mut frame = frame;
                for part in self.playout.generated(frame, len) {
                    self.transmit.write(frame, part);
                    frame += part.len() as u64;
                }
            }
        }
    }

    /// Nothing is to be heard from here on: what was written ahead is taken back.
    pub(crate) fn silence(&mut self, edge: u64) {
        self.playout.stop();
        self.transmit.clear(edge, WRITTEN);
    }

    /// Plays a rhythm from its beginning, or ends it.
    pub(crate) fn tone(&mut self, cadence: Option<Cadence>, edge: u64) {
        self.silence(edge);
        self.tone = cadence.map(|cadence| Playing {
            player: CadencePlayer::new(Scale::of(self.law), cadence),
            front: edge,
        });
    }
}

impl Playing {
    fn fill(&mut self, transmit: &Transmit, law: Law, edge: u64, until: u64) {
        let mut samples = [0; CHUNK];
        let mut octets = [0; CHUNK];
        // What could not be written in time is left out, and the rhythm stays in time.
        while self.front < until {
            let count = (until - self.front).min(CHUNK as u64) as usize;
            let samples = samples.get_mut(..count).unwrap_or(&mut []);
            let octets = octets.get_mut(..count).unwrap_or(&mut []);
            self.player.fill(samples);
            if self.front + count as u64 > edge {
                law.encode_block(samples, octets);
                transmit.write(self.front, octets);
            }
            self.front += count as u64;
        }
    }
}
