// SPDX-License-Identifier: MIT OR Apache-2.0
//! Margins to limits, and the worst of them.

use crate::scenario::Case;

/// One thing that a test measured on one case.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// What was measured.
    pub name: &'static str,
    /// The figure, in `unit`.
    pub value: f64,
    /// dB, s, dBm0 or bits.
    pub unit: &'static str,
    /// How far inside the limit, in the same unit; negative: it fails. `None`: no limit.
    pub margin: Option<f64>,
}

impl Verdict {
    /// A figure that must not be below `limit`.
    #[must_use]
    pub fn at_least(name: &'static str, value: f64, unit: &'static str, limit: f64) -> Self {
        Self {
            name,
            value,
            unit,
            margin: Some(value - limit),
        }
    }

    /// A figure that must not be above `limit`.
    #[must_use]
    pub fn at_most(name: &'static str, value: f64, unit: &'static str, limit: f64) -> Self {
        Self {
            name,
            value,
            unit,
            margin: Some(limit - value),
        }
    }

    /// A figure without a limit.
    #[must_use]
    pub fn figure(name: &'static str, value: f64, unit: &'static str) -> Self {
        Self {
            name,
            value,
            unit,
            margin: None,
        }
    }
}

/// One figure over all cases of a test.
#[derive(Clone, Debug)]
pub struct Summary {
    /// What was measured.
    pub name: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Every value with its case, in the order of the cases.
    pub values: Vec<(Case, f64, Option<f64>)>,
}

impl Summary {
    /// The mean of the values.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let sum: f64 = self.values.iter().map(|v| v.1).sum();
        sum / self.values.len().max(1) as f64
    }

    /// The value at a share of the sorted values: 0 the least, 0.5 the median, 1 the greatest.
    #[must_use]
    pub fn at(&self, share: f64) -> f64 {
        let mut sorted: Vec<f64> = self.values.iter().map(|v| v.1).collect();
        sorted.sort_by(f64::total_cmp);
        let index = (share * sorted.len().saturating_sub(1) as f64).round() as usize;
        sorted.get(index).copied().unwrap_or(f64::NAN)
    }

    /// The least margin with its case.
    #[must_use]
    pub fn worst(&self) -> Option<(&Case, f64)> {
        let margins = self.values.iter().filter_map(|v| Some((&v.0, v.2?)));
        margins.min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// The share of cases with at least this margin, in per cent.
    #[must_use]
    pub fn share(&self, margin: f64) -> f64 {
        let all = self.values.iter().filter_map(|v| v.2);
        let (count, good) = all.fold((0, 0), |(n, good), m| {
            (n + 1, good + i32::from(m >= margin))
        });
        100.0 * f64::from(good) / f64::from(count.max(1))
    }
}

/// Sorts verdicts by what they measured.
#[must_use]
pub fn summarise(results: &[(Case, Vec<Verdict>)]) -> Vec<Summary> {
    let mut all: Vec<Summary> = Vec::new();
    for (case, verdicts) in results {
        for verdict in verdicts {
            let entry = (case.clone(), verdict.value, verdict.margin);
            match all.iter_mut().find(|s| s.name == verdict.name) {
                Some(summary) => summary.values.push(entry),
                None => all.push(Summary {
                    name: verdict.name,
                    unit: verdict.unit,
                    values: vec![entry],
                }),
            }
        }
    }
    all
}
