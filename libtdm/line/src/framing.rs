// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! Framing states of an E1 receiver, at the level of frames: what a framer chip reports, for a
//! line model that has no framing bits.

use super::alarm::Defects;

/// What stands on the line at the receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// No pulses.
    None,
    /// Unframed all ones.
    AllOnes,
    /// A signal without the frame alignment signal.
    Unframed,
    /// Framed E1.
    Framed {
        /// The sender inserts CRC-4 and its multiframe alignment signal.
        crc4: bool,
        /// The sender's remote alarm indication (A bit).
        remote_alarm: bool,
    },
}

/// Times of the alignment procedures, in frames of 125 µs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// From a framed signal to frame alignment: the alignment signal, its absence in the next
    /// frame, and the signal again.
    pub align: u32,
    /// From the loss of the signal's framing to loss of frame alignment: three alignment signals
    /// in a row wrong, one every second frame.
    pub lose: u32,
    /// From frame alignment to CRC-4 multiframe alignment: two multiframe alignment signals.
    pub multiframe: u32,
}

impl Default for Times {
    fn default() -> Self {
        Times {
            align: 3,
            lose: 6,
            multiframe: 64,
        }
    }
}

/// Alignment that the receiver has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alignment {
    /// Searching.
    None,
    /// Frame alignment.
    Frame,
    /// Frame and CRC-4 multiframe alignment.
    Multiframe,
}

/// The receiver's framing state machine.
///
/// Contract: `input` at every change of the signal; `poll_timeout` gives the frame at which the
/// state changes by itself, and `handle_timeout` must be called then. Frame numbers never go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Framer {
    times: Times,
    /// CRC-4 is configured at this receiver.
    crc4: bool,
    signal: Signal,
    alignment: Alignment,
    /// The next change and the frame at which it comes.
    next: Option<(u64, Alignment)>,
}

impl Framer {
    /// A receiver without a signal.
    #[must_use]
    pub const fn new(crc4: bool, times: Times) -> Self {
        Framer {
            times,
            crc4,
            signal: Signal::None,
            alignment: Alignment::None,
            next: None,
        }
    }

    /// The alignment at the last frame given.
    #[must_use]
    pub const fn alignment(&self) -> Alignment {
        self.alignment
    }

    /// The signal on the line from frame `now` on.
    pub fn input(&mut self, now: u64, signal: Signal) {
        self.handle_timeout(now);
        if signal == self.signal {
            return;
        }
        self.signal = signal;
        self.plan(now);
    }

    /// Changes whether this receiver expects CRC-4.
    pub fn set_crc4(&mut self, now: u64, crc4: bool) {
        self.handle_timeout(now);
        if crc4 != self.crc4 {
            self.crc4 = crc4;
            self.plan(now);
        }
    }

    /// The frame of the next change.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<u64> {
        self.next.map(|(at, _)| at)
    }

    /// Applies every change due at frame `now`.
    pub fn handle_timeout(&mut self, now: u64) {
        while let Some((at, alignment)) = self.next {
            if at > now {
                return;
            }
            self.alignment = alignment;
            self.plan(at);
        }
    }

    /// What the receiver finds wrong with the line at the last frame given.
    #[must_use]
    pub fn defects(&self) -> Defects {
        let aligned = self.alignment != Alignment::None;
        Defects {
            loss_of_signal: self.signal == Signal::None,
            all_ones: self.signal == Signal::AllOnes,
            loss_of_frame: !aligned,
            loss_of_multiframe: self.crc4 && self.alignment != Alignment::Multiframe,
            remote_alarm: aligned
                && matches!(
                    self.signal,
                    Signal::Framed {
                        remote_alarm: true,
                        ..
                    }
                ),
        }
    }

    fn plan(&mut self, now: u64) {
        let goal = match self.signal {
            Signal::Framed { crc4, .. } if crc4 && self.crc4 => Alignment::Multiframe,
            Signal::Framed { .. } => Alignment::Frame,
            Signal::None | Signal::AllOnes | Signal::Unframed => Alignment::None,
        };
        let step = match (self.alignment, goal) {
            (Alignment::None, Alignment::Frame | Alignment::Multiframe) => {
                Some((self.times.align, Alignment::Frame))
            }
            (Alignment::Frame, Alignment::Multiframe) => {
                Some((self.times.multiframe, Alignment::Multiframe))
            }
            // The multiframe alignment signal is missing as soon as two of them are.
            (Alignment::Multiframe, Alignment::Frame) => {
                Some((self.times.multiframe, Alignment::Frame))
            }
            (Alignment::Frame | Alignment::Multiframe, Alignment::None) => {
                Some((self.times.lose, Alignment::None))
            }
            _ => None,
        };
        self.next = step.map(|(frames, to)| (now.saturating_add(u64::from(frames)), to));
    }
}
