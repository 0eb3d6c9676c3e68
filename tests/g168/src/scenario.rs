// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cases, and the signals and timeline that a test makes of one.

use g711::Law;

use crate::canceller::{Control, Disabled};
use crate::css::{self, Kind};
use crate::header::{HeaderError, Tables};
use crate::path::EchoPath;

/// One set of conditions.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Index of the echo path in [`Kit::paths`].
    pub path: usize,
    /// Echo return loss in dB.
    pub loss: f64,
    /// Level of the far end in dBm0.
    pub level: f64,
    /// Delay of the echo in samples.
    pub delay: usize,
    /// The law of the line.
    pub law: Law,
}

impl Case {
    /// All combinations of these conditions.
    #[must_use]
    pub fn grid(paths: usize, losses: &[f64], delays: &[usize], lines: &[(f64, Law)]) -> Vec<Self> {
        let mut all = Vec::new();
        for path in 0..paths {
            for &loss in losses {
                for &delay in delays {
                    all.extend(lines.iter().map(|&(level, law)| Case {
                        path,
                        loss,
                        level,
                        delay,
                        law,
                    }));
                }
            }
        }
        all
    }
}

/// Echo paths and source signals.
#[derive(Clone, Debug)]
pub struct Kit {
    /// The echo paths.
    pub paths: Vec<EchoPath>,
    single: Vec<f32>,
    double: Vec<f32>,
    speech: Option<(Vec<f32>, Vec<f32>)>,
}

impl Kit {
    /// Models m1 to m8 and the composite source signals of libspandsp-dev's header ([`HEADER`](crate::HEADER)), given as
    /// text.
    ///
    /// # Errors
    /// The text has not the tables of that header.
    pub fn standard(header: &str) -> Result<Self, HeaderError> {
        let tables = Tables::parse(header)?;
        Ok(Self::from_tables(
            tables.paths,
            &tables.single,
            &tables.double,
        ))
    }

    /// Eight random hybrids and voiced sounds of our own; nothing needs to be installed.
    #[must_use]
    pub fn own() -> Self {
        let paths = (1..=8).map(EchoPath::random).collect();
        let (single, double) = (css::own_table(Kind::Single), css::own_table(Kind::Double));
        Self::from_tables(paths, &single, &double)
    }

    fn from_tables(paths: Vec<EchoPath>, single: &[f64], double: &[f64]) -> Self {
        Self {
            paths,
            single: css::render(Kind::Single, single, 2 * Kind::Single.period()),
            double: css::render(Kind::Double, double, 2 * Kind::Double.period()),
            speech: None,
        }
    }

    /// Adds recorded speech of a far and a near talker at 8 kHz, of any level.
    #[must_use]
    pub fn with_speech(mut self, far: Vec<f32>, near: Vec<f32>) -> Self {
        self.speech = Some((far, near));
        self
    }

    /// The far and the near talker, if there are.
    #[must_use]
    pub fn speech(&self) -> Option<(&[f32], &[f32])> {
        self.speech
            .as_ref()
            .map(|(far, near)| (&far[..], &near[..]))
    }

    /// The far end's composite source signal.
    #[must_use]
    pub fn single(&self, dbm0: f64, samples: usize) -> Vec<f32> {
        repeat(&self.single, dbm0, samples)
    }

    /// The near end's composite source signal.
    #[must_use]
    pub fn double(&self, dbm0: f64, samples: usize) -> Vec<f32> {
        repeat(&self.double, dbm0, samples)
    }

    /// The echo path of a case.
    ///
    /// # Panics
    /// The kit has no path.
    #[must_use]
    pub fn path(&self, case: &Case) -> &EchoPath {
        &self.paths[case.path % self.paths.len()]
    }

    /// The path that a path change of this case leads to.
    ///
    /// # Panics
    /// The kit has no path.
    #[must_use]
    pub fn other_path(&self, case: &Case) -> &EchoPath {
        &self.paths[(case.path + 3) % self.paths.len()]
    }
}

fn repeat(signal: &[f32], dbm0: f64, samples: usize) -> Vec<f32> {
    let factor = crate::level::amplitude(dbm0) as f32;
    let all = signal.iter().cycle().take(samples);
    all.map(|v| v * factor).collect()
}

/// The signals of one channel and the switches turned on the way.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The law of the line.
    pub law: Law,
    /// Far end, in the codes of the law.
    pub rin: Vec<u8>,
    /// From the line, in the codes of the law.
    pub sin: Vec<u8>,
    /// The far end that the codes stand for.
    pub far: Vec<f32>,
    /// The echo alone, before it was encoded.
    pub echo: Vec<f32>,
    /// The near end alone, before it was encoded.
    pub near: Vec<f32>,
    /// Switches by sample, in order, each at a whole millisecond.
    pub script: Vec<(usize, Control)>,
}

impl Scenario {
    /// Puts signals through the line: `far` is encoded, `echo` makes the echo of what is heard, and `near` is added before
    /// the other direction is encoded. `near` may be shorter. The length becomes a multiple of 8.
    #[must_use]
    pub fn through(
        law: Law,
        far: &[f32],
        echo: impl FnOnce(&[f32]) -> Vec<f32>,
        near: &[f32],
        script: Vec<(usize, Control)>,
    ) -> Self {
        let far = &far[..far.len() / 8 * 8];
        let rin = encode(law, far);
        let far = decode(law, &rin);
        let echo = echo(&far);
        let mut near = near.to_vec();
        near.resize(far.len(), 0.0);
        let sum = crate::signal::add(&echo, &near);
        Self {
            law,
            sin: encode(law, &sum[..far.len()]),
            rin,
            far,
            echo,
            near,
            script,
        }
    }

    /// The samples that came from the line.
    #[must_use]
    pub fn received(&self) -> Vec<f32> {
        decode(self.law, &self.sin)
    }
}

fn encode(law: Law, samples: &[f32]) -> Vec<u8> {
    let sample = |v: &f32| v.round().clamp(-32768.0, 32767.0) as i16;
    samples.iter().map(|v| law.encode(sample(v))).collect()
}

fn decode(law: Law, codes: &[u8]) -> Vec<f32> {
    codes.iter().map(|c| f32::from(law.decode(*c))).collect()
}

/// What came out of a scenario.
#[derive(Clone, Debug)]
pub struct Run {
    /// Sout.
    pub sout: Vec<f32>,
    /// The tone disabler, whenever it changed: sample and new state.
    pub disabled: Vec<(usize, Disabled)>,
    /// Switches that this canceller does not have.
    pub refused: Vec<Control>,
}

impl Run {
    /// Sout less the near end: the echo that is left.
    #[must_use]
    pub fn residual(&self, scenario: &Scenario) -> Vec<f32> {
        let pairs = self.sout.iter().zip(&scenario.near);
        pairs.map(|(out, near)| out - near).collect()
    }
}
