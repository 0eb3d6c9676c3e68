// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[calls]` and `[causes]`: bounds and times of calls, and the operator's cause mapping.

use super::document::Document;
use core::ops::RangeInclusive;
use core::time::Duration;
use pbx_core::{Cause, CauseMap, Limits, Timing};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// Bounds and times of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calls {
    /// Bounds.
    pub limits: Limits,
    /// Times.
    pub timing: Timing,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawCalls {
    max_calls: Option<Spanned<u32>>,
    first_digit_s: Option<Spanned<u32>>,
    interdigit_s: Option<Spanned<u32>>,
    interdigit_matched_s: Option<Spanned<u32>>,
    no_answer_s: Option<Spanned<u32>>,
    failure_tone_s: Option<Spanned<u32>>,
    announcement_s: Option<Spanned<u32>>,
    max_talk_s: Option<Spanned<u32>>,
}

pub(super) fn read(document: &mut Document<'_>) -> Option<Calls> {
    let raw: RawCalls = document.section("calls").value?;
    let mut timing = Timing::default();
    let mut limits = Limits::default();
    if let Some(calls) = number(document, "max_calls", raw.max_calls.as_ref(), 1..=1_000_000) {
        let calls = usize::try_from(calls).unwrap_or(usize::MAX);
        limits = Limits {
            calls,
            legs: calls.saturating_mul(3),
        };
    }
    let fields = [
        (
            "first_digit_s",
            &raw.first_digit_s,
            1..=300,
            &mut timing.first_digit,
        ),
        (
            "interdigit_s",
            &raw.interdigit_s,
            1..=300,
            &mut timing.interdigit,
        ),
        (
            "interdigit_matched_s",
            &raw.interdigit_matched_s,
            1..=300,
            &mut timing.interdigit_matched,
        ),
        (
            "no_answer_s",
            &raw.no_answer_s,
            1..=3600,
            &mut timing.no_answer,
        ),
        (
            "failure_tone_s",
            &raw.failure_tone_s,
            0..=120,
            &mut timing.failure_tone,
        ),
        (
            "announcement_s",
            &raw.announcement_s,
            0..=300,
            &mut timing.announcement,
        ),
    ];
    for (name, value, range, field) in fields {
        if let Some(seconds) = number(document, name, value.as_ref(), range) {
            *field = Duration::from_secs(u64::from(seconds));
        }
    }
    let longest = number(
        document,
        "max_talk_s",
        raw.max_talk_s.as_ref(),
        1..=31_536_000,
    );
    timing.max_talk = longest.map(|seconds| Duration::from_secs(u64::from(seconds)));
    Some(Calls { limits, timing })
}

fn number(
    document: &mut Document<'_>,
    name: &str,
    value: Option<&Spanned<u32>>,
    range: RangeInclusive<u32>,
) -> Option<u32> {
    let value = value?;
    if !range.contains(value.get_ref()) {
        let message = format!(
            "{name}: found {}, expected {} to {}",
            value.get_ref(),
            range.start(),
            range.end()
        );
        document.error_at(value, message);
    }
    Some(*value.get_ref())
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawCauses {
    to_sip: BTreeMap<Spanned<String>, Spanned<u16>>,
    to_cause: BTreeMap<Spanned<String>, Spanned<u8>>,
}

pub(super) fn read_causes(document: &mut Document<'_>) -> CauseMap {
    let mut map = CauseMap::new();
    let Some(raw) = document.section::<RawCauses>("causes").value else {
        return map;
    };
    for (key, status) in &raw.to_sip {
        match key.get_ref().parse().ok().and_then(Cause::new) {
            None => document.error_at(
                key,
                format!(
                    "to_sip {:?}: expected a Q.850 cause, 1 to 127",
                    key.get_ref()
                ),
            ),
            Some(cause) => {
                if !map.override_status(cause, *status.get_ref()) {
                    let message = format!(
                        "to_sip: found status {}, expected 400 to 699",
                        status.get_ref()
                    );
                    document.error_at(status, message);
                }
            }
        }
    }
    for (key, value) in &raw.to_cause {
        let cause = Cause::new(*value.get_ref());
        if cause.is_none() {
            document.error_at(
                value,
                format!(
                    "to_cause: found cause {}, expected 1 to 127",
                    value.get_ref()
                ),
            );
        }
        let status: Option<u16> = key
            .get_ref()
            .parse()
            .ok()
            .filter(|status| (300..=699).contains(status));
        match (status, cause) {
            (Some(status), Some(cause)) => {
                map.override_cause(status, cause);
            }
            (None, _) => {
                document.error_at(
                    key,
                    format!(
                        "to_cause {:?}: expected a SIP status, 300 to 699",
                        key.get_ref()
                    ),
                );
            }
            (Some(_), None) => {}
        }
    }
    map
}
