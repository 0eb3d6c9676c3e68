// SPDX-License-Identifier: MIT OR Apache-2.0
//! The tests: how each makes its signals of a case, and how it judges what came out.

mod convergence;
mod disabler;
mod double_talk;
mod noise;
mod path;
mod signalling;
mod tones;

use crate::canceller::{Canceller, Control};
use crate::runner::play;
use crate::scenario::{Case, Kit, Run, Scenario};
use crate::verdict::Verdict;

/// Far-end silence in front of a first convergence, in seconds.
const LEAD: f64 = 0.2;

/// One test.
#[derive(Clone, Copy, Debug)]
pub struct Test {
    /// Its number in G.168, or a word for goals of our own.
    pub id: &'static str,
    /// What it looks for.
    pub title: &'static str,
    /// Cancellers in a row, all with the same Rin.
    pub stages: u8,
    /// True if the kit must have speech.
    pub speech: bool,
    build: fn(&Kit, &Case) -> Scenario,
    judge: fn(&Case, &Scenario, &Run) -> Vec<Verdict>,
}

impl Test {
    const fn new(
        id: &'static str,
        title: &'static str,
        build: fn(&Kit, &Case) -> Scenario,
        judge: fn(&Case, &Scenario, &Run) -> Vec<Verdict>,
    ) -> Self {
        Self {
            id,
            title,
            stages: 1,
            speech: false,
            build,
            judge,
        }
    }

    const fn on_speech(mut self) -> Self {
        self.speech = true;
        self
    }

    const fn staged(mut self, stages: u8) -> Self {
        self.stages = stages;
        self
    }

    /// The signals and the script of one case.
    #[must_use]
    pub fn scenario(&self, kit: &Kit, case: &Case) -> Scenario {
        (self.build)(kit, case)
    }

    /// What came out of it, judged.
    #[must_use]
    pub fn judge(&self, case: &Case, scenario: &Scenario, run: &Run) -> Vec<Verdict> {
        (self.judge)(case, scenario, run)
    }

    /// Plays all cases, several at a time if the canceller has lanes. The second value names switches
    /// that the script turned and the canceller lacks; its verdicts are then worth less.
    pub fn run(
        &self,
        canceller: &mut dyn Canceller,
        kit: &Kit,
        cases: &[Case],
    ) -> (Vec<(Case, Vec<Verdict>)>, Vec<Control>) {
        let mut results = Vec::new();
        let mut refused = Vec::new();
        for batch in cases.chunks(canceller.lanes().max(1)) {
            let mut scenarios: Vec<Scenario> =
                batch.iter().map(|c| self.scenario(kit, c)).collect();
            let mut runs = play(canceller, &scenarios);
            for _ in 1..self.stages {
                for (scenario, run) in scenarios.iter_mut().zip(&runs) {
                    let code = |v: &f32| scenario.law.encode(*v as i16);
                    scenario.sin = run.sout.iter().map(code).collect();
                }
                runs = play(canceller, &scenarios);
            }
            for ((case, scenario), run) in batch.iter().zip(&scenarios).zip(&runs) {
                results.push((case.clone(), self.judge(case, scenario, run)));
                refused = run.refused.clone();
            }
        }
        (results, refused)
    }
}

/// All tests.
pub const TESTS: &[Test] = &[
    convergence::TEST_2A,
    convergence::TEST_2B,
    convergence::TEST_2C_NLP,
    convergence::TEST_2C,
    convergence::SPEED,
    convergence::SPEED_SPEECH,
    double_talk::TEST_3A,
    double_talk::TEST_3BA,
    double_talk::TEST_3BB,
    double_talk::TEST_3C,
    double_talk::AFTER_15,
    double_talk::AFTER_25,
    double_talk::AFTER_SPEECH,
    path::TEST_4,
    path::TEST_5A,
    path::TEST_5B,
    tones::TEST_6,
    tones::TEST_7,
    signalling::TEST_8,
    noise::TEST_9,
    noise::TEST_9B,
    signalling::TEST_10,
    path::TEST_11,
    path::TEST_12,
    path::TEST_15,
    signalling::TEST_16,
    path::REFLECTORS,
    disabler::REVERSED_RIN,
    disabler::REVERSED_SIN,
    disabler::PLAIN,
    disabler::OTHER_TONES,
    disabler::SPEECH,
    disabler::RELEASE,
];

/// The test of this name.
#[must_use]
pub fn test(id: &str) -> Option<&'static Test> {
    TESTS.iter().find(|test| test.id == id)
}

/// The script's first lines: the processor on or off, without comfort noise.
fn switches(nlp: bool) -> Vec<(usize, Control)> {
    vec![
        (0, Control::Nlp(nlp)),
        (0, Control::ComfortNoise(false)),
        (0, Control::ToneDisabler(false)),
        (0, Control::Freeze(false)),
    ]
}

/// The same with a freeze at `when`.
fn frozen(nlp: bool, when: usize) -> Vec<(usize, Control)> {
    let mut script = switches(nlp);
    script.push((when, Control::Freeze(true)));
    script
}

/// The composite source signal after [`LEAD`] of silence.
fn led(kit: &Kit, dbm0: f64, samples: usize) -> Vec<f32> {
    let lead = crate::level::at(LEAD);
    let mut all = crate::signal::silence(lead);
    all.extend(kit.single(dbm0, samples.saturating_sub(lead)));
    all
}

/// `signal` where `from` ≤ n < `to`, silence elsewhere; the signal starts at `from`.
fn placed(signal: &[f32], from: usize, to: usize) -> Vec<f32> {
    let mut all = crate::signal::silence(from);
    all.extend_from_slice(&signal[..(to - from).min(signal.len())]);
    all
}
