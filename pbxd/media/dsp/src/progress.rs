// SPDX-License-Identifier: MIT OR Apache-2.0
//! Call progress tones, one row a country.
//!
//! Frequencies, rhythms and levels were entered from what the named documents and national
//! practice are known to prescribe; no document was at hand (clauses not checked).

use crate::{Cadence, Component, Step};

/// The tones of a country.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProgressTones {
    /// Name in configuration: `etsi`, or an ISO 3166 code in lower case.
    pub country: &'static str,
    /// Where the values come from.
    pub source: &'static str,
    /// Dial tone.
    pub dial: Cadence,
    /// Ringing tone.
    pub ringback: Cadence,
    /// Busy tone.
    pub busy: Cadence,
    /// Congestion tone, in North America reorder.
    pub congestion: Cadence,
}

const fn sine(hertz: f32, dbm0: f32) -> Component {
    Component { hertz, dbm0 }
}

const fn step(tone: &'static [Component], millis: u32) -> Step {
    Step { tone, millis }
}

const fn repeat(steps: &'static [Step]) -> Cadence {
    Cadence {
        steps,
        repeat_from: 0,
    }
}

const SILENCE: &[Component] = &[];
const EU_425: &[Component] = &[sine(425.0, -10.0)];
const US_DIAL: &[Component] = &[sine(350.0, -13.0), sine(440.0, -13.0)];
const US_RING: &[Component] = &[sine(440.0, -19.0), sine(480.0, -19.0)];
const US_BUSY: &[Component] = &[sine(480.0, -24.0), sine(620.0, -24.0)];

/// All rows.
pub const PROGRESS: &[ProgressTones] = &[
    ProgressTones {
        country: "etsi",
        source: "ITU-T E.180 preferred frequency 425 Hz and rhythms; common European practice",
        dial: repeat(&[step(EU_425, 0)]),
        ringback: repeat(&[step(EU_425, 1000), step(SILENCE, 4000)]),
        busy: repeat(&[step(EU_425, 500), step(SILENCE, 500)]),
        congestion: repeat(&[step(EU_425, 250), step(SILENCE, 250)]),
    },
    ProgressTones {
        country: "us",
        source: "North American precise tone plan",
        dial: repeat(&[step(US_DIAL, 0)]),
        ringback: repeat(&[step(US_RING, 2000), step(SILENCE, 4000)]),
        busy: repeat(&[step(US_BUSY, 500), step(SILENCE, 500)]),
        congestion: repeat(&[step(US_BUSY, 250), step(SILENCE, 250)]),
    },
];

/// The row of a country.
#[must_use]
pub fn progress(country: &str) -> Option<&'static ProgressTones> {
    PROGRESS.iter().find(|row| row.country == country)
}
