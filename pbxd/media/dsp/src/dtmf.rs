// SPDX-License-Identifier: MIT OR Apache-2.0
//! DTMF: the sixteen keys, and a generator that keeps to shortest tones and pauses.

use crate::{Component, Oscillators, Scale};

const LOW: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
const HIGH: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
/// The keypad by rows of `LOW` and columns of `HIGH`, as event codes.
const KEYPAD: [[u8; 4]; 4] = [[1, 2, 3, 12], [4, 5, 6, 13], [7, 8, 9, 14], [10, 0, 11, 15]];
const SYMBOLS: [char; 16] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D',
];

/// A key: event code 0 to 15 of RFC 4733.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DtmfKey(u8);

impl DtmfKey {
    /// The key of an event code.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        if code < 16 { Some(DtmfKey(code)) } else { None }
    }

    /// The key of a symbol: `0` to `9`, `*`, `#`, `A` to `D` in either case.
    #[must_use]
    pub fn from_symbol(symbol: char) -> Option<Self> {
        let upper = symbol.to_ascii_uppercase();
        SYMBOLS
            .iter()
            .position(|s| *s == upper)
            .map(|code| DtmfKey(code as u8))
    }

    /// The event code.
    #[must_use]
    pub const fn code(self) -> u8 {
        self.0
    }

    /// The symbol on the key.
    #[must_use]
    pub fn symbol(self) -> char {
        SYMBOLS.get(usize::from(self.0)).copied().unwrap_or('?')
    }

    /// Low and high frequency in Hz.
    #[must_use]
    pub fn frequencies(self) -> (f32, f32) {
        for (row, low) in KEYPAD.iter().zip(LOW) {
            for (code, high) in row.iter().zip(HIGH) {
                if *code == self.0 {
                    return (low, high);
                }
            }
        }
        // Not reached: the keypad holds all sixteen codes.
        (0.0, 0.0)
    }
}

/// Shortest tone and pause, in samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DtmfTiming {
    /// Shortest tone.
    pub on: u32,
    /// Pause after every tone.
    pub off: u32,
}

impl Default for DtmfTiming {
    /// 40 ms each, which receivers after Q.24 must accept.
    fn default() -> Self {
        Self { on: 320, off: 320 }
    }
}

/// What the generator does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DtmfState {
    /// Nothing: a key may be pressed.
    Idle,
    /// The tone sounds.
    On,
    /// The pause after a tone.
    Off,
}

/// Generates one key after the other.
#[derive(Clone, Copy, Debug)]
pub struct Dtmf {
    timing: DtmfTiming,
    oscillators: Oscillators,
    state: DtmfState,
    elapsed: u32,
    /// Length of the tone, once it is known.
    length: Option<u32>,
}

/// How much stronger the high tone is, for the line's loss at high frequencies.
const TWIST_DB: f32 = 2.0;

impl Dtmf {
    /// A generator at rest.
    #[must_use]
    pub fn new(scale: Scale, timing: DtmfTiming) -> Self {
        Self {
            timing,
            oscillators: Oscillators::new(scale, &[]),
            state: DtmfState::Idle,
            elapsed: 0,
            length: None,
        }
    }

    /// Begins the tone of a key; `dbm0` is the power of both frequencies together. It sounds
    /// until [`Self::release`]. Returns whether the generator was idle; else nothing happens.
    pub fn press(&mut self, scale: Scale, key: DtmfKey, dbm0: f32) -> bool {
        if self.state != DtmfState::Idle {
            return false;
        }
        let (low, high) = key.frequencies();
        // Two powers whose sum is dbm0 and whose ratio is the twist.
        let share = 10.0 * (1.0 + 10.0_f32.powf(TWIST_DB / 10.0)).log10();
        let tones = [
            Component {
                hertz: low,
                dbm0: dbm0 - share,
            },
            Component {
                hertz: high,
                dbm0: dbm0 - share + TWIST_DB,
            },
        ];
        self.oscillators.retune(scale, &tones);
        self.oscillators.restart();
        self.state = DtmfState::On;
        self.elapsed = 0;
        self.length = None;
        true
    }

    /// Ends the tone when it has lasted `samples` in all, at least the shortest tone; at once if
    /// it has lasted longer already.
    pub fn release(&mut self, samples: u32) {
        if self.state == DtmfState::On {
            let length = samples.max(self.timing.on).max(self.elapsed);
            self.length = Some(length);
            if length == self.elapsed {
                self.turn_off();
            }
        }
    }

    fn turn_off(&mut self) {
        self.elapsed = 0;
        self.state = if self.timing.off == 0 {
            DtmfState::Idle
        } else {
            DtmfState::Off
        };
    }

    /// Fills a block: tone, pause, or zeros when idle.
    pub fn fill(&mut self, samples: &mut [i16]) {
        for sample in samples {
            *sample = match self.state {
                DtmfState::On => self.oscillators.sample(),
                DtmfState::Off | DtmfState::Idle => 0,
            };
            self.advance();
        }
    }

    fn advance(&mut self) {
        self.elapsed = self.elapsed.saturating_add(1);
        match self.state {
            DtmfState::On if self.length.is_some_and(|length| self.elapsed >= length) => {
                self.turn_off();
            }
            DtmfState::Off if self.elapsed >= self.timing.off => self.state = DtmfState::Idle,
            _ => {}
        }
    }

    /// What it does now.
    #[must_use]
    pub const fn state(&self) -> DtmfState {
        self.state
    }

    /// Samples since the present tone or pause began.
    #[must_use]
    pub const fn elapsed(&self) -> u32 {
        self.elapsed
    }
}
