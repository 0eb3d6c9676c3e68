// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which rule fits a called number.

use super::media::Audio;
use super::play::Play;
use crate::config::Rule;
use anyhow::Result;
use g711::Law;
use std::time::Duration;
use tdm_line::pattern::Pattern;

/// A rule, ready to be used.
#[derive(Debug)]
pub(super) struct Prepared {
    called: String,
    pub(super) alert: Duration,
    pub(super) answer: Option<Duration>,
    pub(super) hold: Option<Duration>,
    pub(super) reject: Option<u8>,
    pub(super) early_media: bool,
    pub(super) audio: Audio,
}

/// What the rules say to the digits so far.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// This rule.
    Rule(usize),
    /// None yet, but more digits could make one fit.
    More,
    /// None.
    None,
}

impl Prepared {
    /// Reads what the rule plays.
    pub(super) fn new(rule: &Rule, law: Law) -> Result<Self> {
        Ok(Prepared {
            called: rule.called.clone(),
            alert: Duration::from_millis(rule.alert_ms),
            answer: rule.answer_ms.map(Duration::from_millis),
            hold: rule.hold_ms.map(Duration::from_millis),
            reject: rule.reject,
            early_media: rule.early_media,
            audio: audio(&rule.play, rule.verify.as_deref(), rule.keep_ms, law)?,
        })
    }
}

/// Reads what a script says about audio.
pub(super) fn audio(play: &str, verify: Option<&str>, keep_ms: u64, law: Law) -> Result<Audio> {
    let play = Play::parse(play)
        .map_err(anyhow::Error::msg)?
        .prepare(law)?;
    let keep = usize::try_from(keep_ms.saturating_mul(8))?;
    Ok(Audio {
        play,
        verify: verify.and_then(Pattern::from_name),
        keep,
    })
}

/// The first rule that fits.
pub(super) fn find(rules: &[Prepared], digits: &str, complete: bool) -> Fit {
    if let Some(at) = rules
        .iter()
        .position(|rule| fits(&rule.called, digits) == Match::Yes)
    {
        return Fit::Rule(at);
    }
    let more = rules
        .iter()
        .any(|rule| fits(&rule.called, digits) == Match::Begins);
    if more && !complete {
        Fit::More
    } else {
        Fit::None
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Match {
    Yes,
    Begins,
    No,
}

fn fits(pattern: &str, digits: &str) -> Match {
    let mut digits = digits.chars();
    for wanted in pattern.chars() {
        if wanted == '*' {
            return Match::Yes;
        }
        match digits.next() {
            None => return Match::Begins,
            Some(digit) if wanted == '?' || wanted == digit => {}
            Some(_) => return Match::No,
        }
    }
    if digits.next().is_none() {
        Match::Yes
    } else {
        Match::No
    }
}

#[cfg(test)]
mod tests {
    use super::{Match, fits};

    #[test]
    fn patterns() {
        for (pattern, digits, want) in [
            ("*", "", Match::Yes),
            ("123", "123", Match::Yes),
            ("123", "12", Match::Begins),
            ("123", "1234", Match::No),
            ("1?3", "193", Match::Yes),
            ("12*", "12", Match::Yes),
            ("12*", "1", Match::Begins),
            ("12*", "13", Match::No),
            ("", "", Match::Yes),
        ] {
            assert_eq!(fits(pattern, digits), want, "{pattern} {digits}");
        }
    }
}
