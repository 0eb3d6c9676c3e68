// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is wrong with a file that parses.

use super::file::{ClockMode, Config, DChannel, Exchange, Impair, ImpairKind, Rule};
use crate::exchange::Play;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use tdm::abi::text::TEXT_BYTES;
use tdm_line::pattern::Pattern;

/// Spans at most: as many as a client lists.
const MAX_SPANS: usize = 256;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key, as `table number.key`; numbers count from 1.
    pub place: String,
    /// What is wrong there, and what would be right.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// A list of slots of one span, from `span:first-last` or `span:slot`.
pub(super) fn slots_of(text: &str) -> Result<(&str, Vec<u8>), String> {
    let wrong = || format!("{text:?}: expected SPAN:SLOT or SPAN:FIRST-LAST, slots from 1 to 31");
    let (span, slots) = text.rsplit_once(':').ok_or_else(wrong)?;
    let (first, last) = slots.split_once('-').unwrap_or((slots, slots));
    let first: u8 = first.trim().parse().map_err(|_| wrong())?;
    let last: u8 = last.trim().parse().map_err(|_| wrong())?;
    if first == 0 || last > 31 || first > last {
        return Err(wrong());
    }
    Ok((span, (first..=last).collect()))
}

/// Collects problems.
pub(super) struct Check<'a> {
    names: BTreeSet<&'a str>,
    /// What each span's line leads to.
    used: BTreeMap<&'a str, String>,
    found: Vec<Problem>,
}

/// Everything that is wrong with a file.
pub(super) fn problems(config: &Config) -> Vec<Problem> {
    let lines = config.line_names();
    let names = lines.iter().map(String::as_str).collect();
    let mut check = Check {
        names,
        used: BTreeMap::new(),
        found: Vec::new(),
    };
    check.clock(config);
    check.spans(config);
    check.cards(config);
    check.lines(config);
    for (index, impair) in config.impair.iter().enumerate() {
        check.impair(index, impair);
    }
    for (index, exchange) in config.exchange.iter().enumerate() {
        check.exchange(index, exchange);
    }
    for (index, dchannel) in config.dchannel.iter().enumerate() {
        check.dchannel(index, dchannel);
    }
    check.found
}

impl<'a> Check<'a> {
    pub(super) fn say(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.found.push(Problem {
            place: place.into(),
            what: what.into(),
        });
    }

    fn known(&mut self, place: &str, span: &str) -> bool {
        if self.names.contains(span) {
            return true;
        }
        let names: Vec<&str> = self.names.iter().copied().collect();
        self.say(
            place,
            format!("no span {span:?}; there are: {}", names.join(", ")),
        );
        false
    }

    /// A line leads to one thing.
    fn attach(&mut self, place: &str, span: &'a str) {
        if !self.known(place, span) {
            return;
        }
        if let Some(before) = self.used.insert(span, place.to_owned()) {
            self.say(
                place,
                format!("the line of {span:?} is used by {before} already"),
            );
        }
    }

    fn clock(&mut self, config: &Config) {
        let clock = &config.clock;
        if clock.mode == ClockMode::Scaled && !(0.001..=1000.0).contains(&clock.factor) {
            self.say(
                "clock.factor",
                format!("{} is not from 0.001 to 1000", clock.factor),
            );
        }
        if clock.mode == ClockMode::LockStep
            && clock.subscribers == Some(0)
            && config.card.is_empty()
        {
            self.say(
                "clock.subscribers",
                "0: without a subscriber or a card a lock-step clock would run away; at least 1",
            );
        }
    }

    fn spans(&mut self, config: &'a Config) {
        let none = config.span.is_empty() && config.card.is_empty();
        if none || config.span.len() > MAX_SPANS {
            self.say(
                "span",
                format!("{} spans; expected 1 to {MAX_SPANS}", config.span.len()),
            );
        }
        let mut domains = BTreeSet::new();
        for (index, domain) in config.domain.iter().enumerate() {
            let place = format!("domain {}", index + 1);
            if !domains.insert(domain.name.as_str()) {
                self.say(
                    format!("{place}.name"),
                    format!("{:?} is there twice", domain.name),
                );
            }
            if !(-1000.0..=1000.0).contains(&domain.ppm) {
                self.say(
                    format!("{place}.ppm"),
                    format!("{} is not from -1000 to 1000", domain.ppm),
                );
            }
        }
        let mut names = BTreeSet::new();
        for (index, span) in config.span.iter().enumerate() {
            let place = format!("span {}", index + 1);
            if span.name.is_empty()
                || span.name.len() >= TEXT_BYTES
                || span.name.contains([':', '#'])
            {
                let what = format!(
                    "{:?}: expected 1 to {} octets without ':' and '#'",
                    span.name,
                    TEXT_BYTES - 1
                );
                self.say(format!("{place}.name"), what);
            }
            if !names.insert(span.name.as_str()) {
                self.say(
                    format!("{place}.name"),
                    format!("{:?} is there twice", span.name),
                );
            }
            if let Some(domain) = &span.domain {
                if !domains.contains(domain.as_str()) {
                    self.say(
                        format!("{place}.domain"),
                        format!("no [[domain]] named {domain:?}"),
                    );
                }
            }
            if span.depth % 8 != 0 || !(8..=1024).contains(&span.depth) {
                self.say(
                    format!("{place}.depth"),
                    format!("{} is no multiple of 8 from 8 to 1024", span.depth),
                );
            }
            if span.start_frame % 8 != 0 || span.start_frame > 1 << 60 {
                self.say(
                    format!("{place}.start_frame"),
                    "expected a multiple of 8 up to 2^60",
                );
            }
            if span.alarm_set_ms > 60_000 || span.alarm_clear_ms > 60_000 {
                self.say(
                    format!("{place}.alarm_set_ms"),
                    "alarms integrate over 60000 ms at most",
                );
            }
        }
    }

    fn lines(&mut self, config: &'a Config) {
        for (index, cable) in config.cable.iter().enumerate() {
            let place = format!("cable {}", index + 1);
            let [one, other] = &cable.ends;
            self.attach(&format!("{place}.ends"), one);
            if one == other {
                self.say(
                    format!("{place}.ends"),
                    "both ends are one span; use [[loop]]",
                );
            } else {
                self.attach(&format!("{place}.ends"), other);
            }
            if cable.delay > 8000 {
                self.say(format!("{place}.delay"), "at most 8000 frames");
            }
        }
        for (index, plug) in config.loops.iter().enumerate() {
            self.attach(&format!("loop {}.span", index + 1), &plug.span);
        }
        let mut crossed = BTreeSet::new();
        let mut taken = BTreeSet::new();
        for (index, cross) in config.cross.iter().enumerate() {
            let place = format!("cross {}.ends", index + 1);
            let mut counts = Vec::new();
            for end in &cross.ends {
                match slots_of(end) {
                    Err(what) => self.say(&place, what),
                    Ok((span, slots)) => {
                        counts.push(slots.len());
                        if crossed.insert(span) {
                            self.attach(&place, span);
                        }
                        for slot in slots {
                            if !taken.insert((span, slot)) {
                                self.say(
                                    &place,
                                    format!("slot {slot} of {span:?} is cross-connected already"),
                                );
                            }
                        }
                    }
                }
            }
            if let [one, other] = counts[..] {
                if one != other {
                    self.say(
                        &place,
                        format!("{one} slots on one side and {other} on the other"),
                    );
                }
            }
        }
    }

    fn impair(&mut self, index: usize, impair: &Impair) {
        let place = format!("impair {}", index + 1);
        self.known(&format!("{place}.span"), &impair.span);
        match (impair.kind, impair.rate) {
            (ImpairKind::BitErrors, Some(rate)) if rate > 0.0 && rate <= 0.5 => {}
            (ImpairKind::BitErrors, _) => self.say(
                format!("{place}.rate"),
                "bit errors need a rate above 0, at most 0.5",
            ),
            (_, Some(_)) => self.say(format!("{place}.rate"), "only bit-errors has a rate"),
            (_, None) => {}
        }
        match (impair.kind, impair.frames) {
            (ImpairKind::Delay, Some(0..=8000)) | (ImpairKind::Slip, Some(1 | -1)) => {}
            (ImpairKind::Delay, _) => self.say(
                format!("{place}.frames"),
                "a delay needs frames from 0 to 8000",
            ),
            (ImpairKind::Slip, _) => {
                self.say(format!("{place}.frames"), "a slip needs frames = 1 or -1")
            }
            (_, Some(_)) => self.say(format!("{place}.frames"), "only delay and slip have frames"),
            (_, None) => {}
        }
    }

    fn exchange(&mut self, index: usize, exchange: &'a Exchange) {
        let place = format!("exchange {}", index + 1);
        self.attach(&format!("{place}.span"), &exchange.span);
        for (number, rule) in exchange.rule.iter().enumerate() {
            let place = format!("{place}.rule {}", number + 1);
            let body = rule.called.strip_suffix('*').unwrap_or(&rule.called);
            if body
                .chars()
                .any(|c| !(c.is_ascii_digit() || c == '?' || c == '#'))
            {
                let what = format!("{:?}: expected digits, ?, and * at the end", rule.called);
                self.say(format!("{place}.called"), what);
            }
            self.action(&place, rule);
        }
        for (number, call) in exchange.call.iter().enumerate() {
            let place = format!("{place}.call {}", number + 1);
            for (key, number) in [
                ("called", Some(&call.called)),
                ("calling", call.calling.as_ref()),
            ] {
                let fits = |n: &String| {
                    n.len() <= 20 && n.chars().all(|c| c.is_ascii_digit() || "*#".contains(c))
                };
                if !number.is_none_or(fits) {
                    self.say(
                        format!("{place}.{key}"),
                        "expected at most 20 digits, * and #",
                    );
                }
            }
            if call.count.is_some() && call.every_ms.is_none() {
                self.say(format!("{place}.count"), "needs every_ms");
            }
            if call.every_ms == Some(0) {
                self.say(format!("{place}.every_ms"), "at least 1");
            }
            self.audio(&place, &call.play, call.verify.as_deref(), call.keep_ms);
        }
    }

    fn action(&mut self, place: &str, action: &Rule) {
        if let Some(cause) = action.reject {
            if !(1..=127).contains(&cause) {
                self.say(
                    format!("{place}.reject"),
                    format!("cause {cause} is not from 1 to 127"),
                );
            }
            if action.answer_ms.is_some() {
                self.say(
                    format!("{place}.reject"),
                    "a call is answered or rejected, not both",
                );
            }
        }
        self.audio(
            place,
            &action.play,
            action.verify.as_deref(),
            action.keep_ms,
        );
    }

    fn audio(&mut self, place: &str, play: &str, verify: Option<&str>, keep_ms: u64) {
        if keep_ms > 60_000 {
            self.say(format!("{place}.keep_ms"), "at most 60000");
        }
        if let Err(what) = Play::parse(play) {
            self.say(format!("{place}.play"), what);
        }
        if let Some(name) = verify.filter(|name| Pattern::from_name(name).is_none()) {
            let names: Vec<&str> = Pattern::ALL.iter().map(|p| p.name()).collect();
            self.say(
                format!("{place}.verify"),
                format!("{name:?}: expected one of {}", names.join(", ")),
            );
        }
    }

    fn dchannel(&mut self, index: usize, dchannel: &'a DChannel) {
        let place = format!("dchannel {}", index + 1);
        self.attach(&format!("{place}.span"), &dchannel.span);
        if !(1..=31).contains(&dchannel.slot) {
            self.say(format!("{place}.slot"), "a slot from 1 to 31");
        }
        let mut used = BTreeSet::from([dchannel.slot]);
        for slot in dchannel.connect.iter().flatten() {
            if !(1..=31).contains(slot) || !used.insert(*slot) {
                self.say(
                    format!("{place}.connect"),
                    format!("slot {slot} is used twice, or not from 1 to 31"),
                );
            }
        }
    }
}
