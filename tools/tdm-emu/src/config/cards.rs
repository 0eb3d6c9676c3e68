// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards of a file: what is wrong with them, and what they become.

use super::check::Check;
use super::file::{CardConfig, Config};
use crate::card::{Generation, MODELS, Options, SWITCH_POSITIONS};
use crate::clock::Bell;
use crate::pci::Seat;
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::sync::Arc;
use tdm::abi::config::{LineConfig, flag};
use tdm::abi::text::TEXT_BYTES;

/// Cards at most.
const MAX_CARDS: usize = 16;
/// The longest trace, in accesses.
const MAX_TRACE: usize = 10_000_000;

impl Check<'_> {
    /// Everything that is wrong with a file's cards.
    pub(super) fn cards(&mut self, config: &Config) {
        if config.card.len() > MAX_CARDS {
            let what = format!("{} cards; expected at most {MAX_CARDS}", config.card.len());
            self.say("card", what);
        }
        let mut names = BTreeSet::new();
        let mut sockets = BTreeSet::from([&config.socket]);
        if let Some(control) = &config.control {
            if !sockets.insert(control) {
                self.say("control", format!("{} is used twice", control.display()));
            }
        }
        let mut lines: BTreeSet<&str> = config.span.iter().map(|s| s.name.as_str()).collect();
        for (index, card) in config.card.iter().enumerate() {
            let place = format!("card {}", index + 1);
            if !names.insert(card.name.as_str()) {
                let what = format!("{:?} is there twice", card.name);
                self.say(format!("{place}.name"), what);
            }
            self.name(&format!("{place}.name"), &card.name);
            self.kind(&place, card);
            if !sockets.insert(&card.socket) {
                let what = format!("{} is used twice", card.socket.display());
                self.say(format!("{place}.socket"), what);
            }
            if card.switch >= SWITCH_POSITIONS {
                let what = format!("{} is not from 0 to {}", card.switch, SWITCH_POSITIONS - 1);
                self.say(format!("{place}.switch"), what);
            }
            if card.trace > MAX_TRACE {
                self.say(
                    format!("{place}.trace"),
                    format!("at most {MAX_TRACE} accesses"),
                );
            }
            if let Some(domain) = &card.domain {
                if !config.domain.iter().any(|known| known.name == *domain) {
                    let what = format!("no [[domain]] is called {domain:?}");
                    self.say(format!("{place}.domain"), what);
                }
            }
            for line in &card.lines {
                self.name(&format!("{place}.lines"), line);
                if !lines.insert(line) {
                    let what = format!("{line:?} is there twice");
                    self.say(format!("{place}.lines"), what);
                }
            }
        }
    }

    fn name(&mut self, place: &str, name: &str) {
        if name.is_empty() || name.len() >= TEXT_BYTES || name.contains([':', '#']) {
            let most = TEXT_BYTES - 1;
            let what = format!("{name:?}: expected 1 to {most} octets without ':' and '#'");
            self.say(place, what);
        }
    }

    fn kind(&mut self, place: &str, card: &CardConfig) {
        let Some(kind) = card.kind() else {
            return self.no_kind(place, card);
        };
        let (lines, ports) = (card.lines.len(), usize::from(kind.ports));
        if lines != 0 && lines != ports {
            let what = format!("{lines} names; a {} has {ports} lines", kind.name);
            self.say(format!("{place}.lines"), what);
        }
    }

    /// Says which models and generations there are.
    fn no_kind(&mut self, place: &str, card: &CardConfig) {
        let of_name = MODELS.iter().filter(|model| model.name == card.model);
        let generations: Vec<String> = of_name
            .map(|model| model.generation.number().to_string())
            .collect();
        if generations.is_empty() {
            let names: BTreeSet<&str> = MODELS.iter().map(|model| model.name).collect();
            let names: Vec<&str> = names.into_iter().collect();
            let what = format!("no card {:?}; there are: {}", card.model, names.join(", "));
            self.say(format!("{place}.model"), what);
        } else {
            let what = format!(
                "no {} of generation {}; there are: {}",
                card.model,
                card.generation,
                generations.join(", ")
            );
            self.say(format!("{place}.generation"), what);
        }
    }
}

/// A card in its slot.
pub(super) fn seat(card: &CardConfig, bell: &Arc<Bell>) -> Result<Seat> {
    let model = card.kind().with_context(|| {
        let (name, generation) = (&card.model, card.generation);
        format!("no card {name:?} of generation {generation}")
    })?;
    debug_assert_eq!(
        Generation::from_number(card.generation),
        Some(model.generation)
    );
    let options = Options {
        model,
        switch: card.switch,
        trace: card.trace,
    };
    Ok(Seat::new(&card.name, options, bell.clone()))
}

/// What a far end inside the emulator takes a card's line for.
pub(super) fn line(card: &CardConfig) -> LineConfig {
    let mut line = LineConfig::E1_CCS_CRC4;
    line.flags = flag::ENABLED | if card.crc4 { flag::CRC } else { 0 };
    line
}
