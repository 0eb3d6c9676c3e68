// SPDX-License-Identifier: MIT OR Apache-2.0
//! The framer of a far end.

use crate::model::{Burst, TICK};
use std::time::Duration;
use tdm::abi::config::{LineConfig, flag};
use tdm::abi::ring::row_of;
use tdm_line::alarm::sends_remote_alarm;
use tdm_line::framing::{Framer, Signal, Times};

/// Receives and sends framing as the span's own configuration wants it.
#[derive(Debug)]
pub(super) struct LineEnd {
    framer: Framer,
    crc4: bool,
    idle: u8,
}

impl LineEnd {
    /// A far end for a span of this configuration.
    pub(super) fn new(config: LineConfig) -> Self {
        let crc4 = config.flags & flag::CRC != 0;
        LineEnd {
            framer: Framer::new(crc4, Times::default()),
            crc4,
            idle: config.idle_code(),
        }
    }

    /// Takes the tick's signal. `true` if the slots can be used.
    pub(super) fn receive(&mut self, now: Duration, burst: &Burst) -> bool {
        // Line time in frames: a tick is a millisecond.
        let frame = u64::try_from(now.as_millis())
            .unwrap_or(u64::MAX)
            .saturating_mul(TICK);
        self.framer.input(frame, burst.signal);
        self.framer.handle_timeout(frame.saturating_add(TICK - 1));
        !sends_remote_alarm(&self.framer.defects())
    }

    /// A tick of idle code in all slots.
    pub(super) fn idle_burst(&self) -> Burst {
        let remote_alarm = sends_remote_alarm(&self.framer.defects());
        let signal = Signal::Framed {
            crc4: self.crc4,
            remote_alarm,
        };
        let mut burst = Burst {
            signal,
            ..Burst::SILENT
        };
        for slot in 0..32 {
            burst.set_row(slot, row_of(self.idle));
        }
        burst
    }

    /// The idle code.
    pub(super) fn idle(&self) -> u8 {
        self.idle
    }
}
