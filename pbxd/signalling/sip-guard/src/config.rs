// SPDX-License-Identifier: MIT OR Apache-2.0
//! How strict a guard is.

use core::time::Duration;

use crate::acl::{Access, Acl};
use crate::offence::Offence;
use crate::scanner::Signature;

/// How strict a guard is.
#[derive(Debug, Clone)]
pub struct Config {
    /// Requests a second of one source that belong to nothing established.
    pub rate: u32,
    /// So many of them at once.
    pub burst: u32,
    /// Points of a source after which it is banned.
    pub threshold: u32,
    /// In this time a score halves.
    pub half_life: Duration,
    /// The first ban. Each later one is twice as long.
    pub first_ban: Duration,
    /// The longest ban.
    pub longest_ban: Duration,
    /// After so long without a new ban a source's bans are forgotten.
    pub forgive: Duration,
    /// Different users without success, within one half-life, that are enumeration. At most
    /// 16.
    pub users: usize,
    /// What an unproven offence weighs, in percent.
    pub unproven_percent: u32,
    /// How late scanners are answered.
    pub tarpit_delay: Duration,
    /// Answers that wait at one time; further scanners' requests are dropped.
    pub tarpit_places: usize,
    /// What scanners are known by.
    pub scanners: Vec<Signature>,
    /// The access list.
    pub acl: Acl,
    /// Sources remembered.
    pub sources: usize,
    /// Bans remembered.
    pub bans: usize,
    /// Events not yet taken.
    pub events: usize,
}

impl Default for Config {
    /// 20 requests a second after a burst of 100; banned at 100 points (ten wrong passwords)
    /// for 10 minutes at first and a day at most; scores halve in 10 minutes.
    fn default() -> Self {
        Self {
            rate: 20,
            burst: 100,
            threshold: 100,
            half_life: Duration::from_secs(600),
            first_ban: Duration::from_secs(600),
            longest_ban: Duration::from_secs(86_400),
            forgive: Duration::from_secs(7 * 86_400),
            users: 5,
            unproven_percent: 25,
            tarpit_delay: Duration::from_secs(20),
            tarpit_places: 1_000,
            scanners: Signature::defaults(),
            acl: Acl::new(Access::Judge),
            sources: 65_536,
            bans: 65_536,
            events: 10_000,
        }
    }
}

/// Why a configuration is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A number that has to be above zero.
    #[error("{0} is zero")]
    Zero(&'static str),
    /// The bans are not in order.
    #[error("longest_ban is shorter than first_ban")]
    Bans,
    /// More users than are counted.
    #[error("users: expected 2 to 16")]
    Users,
}

impl Config {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        for (name, zero) in [
            ("rate", self.rate == 0),
            ("burst", self.burst == 0),
            ("threshold", self.threshold == 0),
            ("half_life", self.half_life.is_zero()),
            ("first_ban", self.first_ban.is_zero()),
            ("sources", self.sources == 0),
            ("bans", self.bans == 0),
            ("events", self.events == 0),
        ] {
            if zero {
                return Err(ConfigError::Zero(name));
            }
        }
        if self.longest_ban < self.first_ban {
            return Err(ConfigError::Bans);
        }
        if !(2..=16).contains(&self.users) {
            return Err(ConfigError::Users);
        }
        Ok(())
    }

    /// What an offence weighs, in points.
    pub(crate) fn weight(&self, offence: Offence) -> u32 {
        match offence {
            Offence::WrongPassword | Offence::UnknownUser | Offence::Forbidden => 10,
            Offence::Enumeration => 60,
            Offence::Malformed => 2,
            Offence::Rate => 1,
            Offence::Scanner => 50,
        }
    }
}
