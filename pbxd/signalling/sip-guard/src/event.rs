// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a guard tells the log.

use core::fmt;
use core::net::IpAddr;
use core::time::Duration;

use crate::offence::Offence;
use crate::source::Source;

/// Octets of foreign text in an event.
const TEXT: usize = 64;

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// An offence was noted.
    Noted {
        /// Which.
        offence: Offence,
        /// The source's score now, in points.
        score: u32,
    },
    /// The source is banned.
    Banned {
        /// The offence that did it.
        offence: Offence,
        /// For how long.
        duration: Duration,
        /// Its how manyth ban it is.
        count: u32,
    },
    /// A ban ended, or was lifted.
    Released {
        /// Requests dropped meanwhile.
        dropped: u64,
    },
    /// A ban was forgotten, for want of room.
    Forgotten,
    /// The source begins to send too much.
    Limited,
    /// The source sends no more than it may, again.
    Unlimited {
        /// Requests dropped meanwhile.
        dropped: u64,
    },
    /// A request of a scanner, and what became of it.
    Scanner {
        /// The signature that it bears.
        signature: String,
        /// It is answered late; otherwise it is dropped.
        tarpit: bool,
    },
    /// The access list denies the source. Once until the source is forgotten.
    Denied,
    /// An emergency call was let through although its source is banned or limited.
    Emergency,
}

/// One decision. Written with `Display`, it is one line of `name=value` pairs with nothing
/// foreign in it but quoted text without quotes, control characters and line ends:
///
/// ```text
/// action=ban source=192.0.2.1 address=192.0.2.1 offence=wrong-password duration=600 count=1 user="1001"
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Duration,
    /// The source.
    pub source: Source,
    /// The address, which of an IPv6 source may be any.
    pub address: Option<IpAddr>,
    /// What was decided.
    pub action: Action,
    /// The user that the offence was about.
    pub user: Option<String>,
}

/// Foreign text that cannot pretend to be something else.
pub(crate) fn tame(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '"' | '\\' => '\'',
            c if c.is_control() || c == '\u{2028}' || c == '\u{2029}' => ' ',
            c => c,
        })
        .take(TEXT)
        .collect()
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match &self.action {
            Action::Noted { .. } => "offence",
            Action::Banned { .. } => "ban",
            Action::Released { .. } => "release",
            Action::Forgotten => "forget",
            Action::Limited => "limit",
            Action::Unlimited { .. } => "unlimit",
            Action::Scanner { tarpit: true, .. } => "tarpit",
            Action::Scanner { tarpit: false, .. } => "drop",
            Action::Denied => "deny",
            Action::Emergency => "emergency",
        };
        write!(f, "action={name} source={}", self.source)?;
        if let Some(address) = self.address {
            write!(f, " address={address}")?;
        }
        match &self.action {
            Action::Noted { offence, score } => write!(f, " offence={offence} score={score}")?,
            Action::Banned {
                offence,
                duration,
                count,
            } => write!(
                f,
                " offence={offence} duration={} count={count}",
                duration.as_secs()
            )?,
            Action::Released { dropped } | Action::Unlimited { dropped } => {
                write!(f, " dropped={dropped}")?;
            }
            Action::Scanner { signature, .. } => {
                write!(f, " offence=scanner signature=\"{}\"", tame(signature))?;
            }
            Action::Forgotten | Action::Limited | Action::Denied | Action::Emergency => {}
        }
        if let Some(user) = &self.user {
            write!(f, " user=\"{}\"", tame(user))?;
        }
        Ok(())
    }
}
