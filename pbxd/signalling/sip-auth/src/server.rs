// SPDX-License-Identifier: MIT OR Apache-2.0
//! The server side of one realm.

use core::net::IpAddr;
use core::time::Duration;

use crate::MAX_CHALLENGES;
use crate::algorithm::Algorithm;
use crate::challenge::Challenge;
use crate::config::Config;
use crate::counters::Counters;
use crate::credentials::Credentials;
use crate::error::{ConfigError, ReadError};
use crate::hash::Hex;
use crate::nonce::{Issued, Nonces};
use crate::prf::{Prf, hex};
use crate::qop::Qop;
use crate::replay::{Replays, Use};
use crate::request::{Input, Request, response};
use crate::secret::Secret;
use crate::uri::fits;

/// Who has shown to be who.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The user, as the credentials name it. Which addresses of record are theirs is the
    /// caller's to know.
    pub username: String,
    /// The algorithm used.
    pub algorithm: Algorithm,
    /// The quality of protection; `None` for RFC 2069's formula.
    pub qop: Option<Qop>,
}

/// Who somebody said to be, in vain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The user.
    pub username: String,
    /// The nonce was sent to the very address that the request came from, so the address is
    /// not forged.
    pub proven: bool,
}

/// Why a request is to be challenged. It is for counters and logs: of all this, the
/// challenge tells its receiver nothing but [`Refusal::is_stale`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// Nothing for this realm.
    NoCredentials,
    /// An algorithm that is not on offer.
    Algorithm,
    /// A quality of protection that is not on offer, or a count of 0.
    Qop,
    /// The credentials are for another URI.
    Uri,
    /// A user whom nobody knows.
    UnknownUser(Claim),
    /// The user is known, and the response is wrong.
    WrongResponse(Claim),
    /// The response is right, but the nonce is too old.
    Stale(String),
    /// The response is right, but the nonce is not ours: from before a restart, mostly.
    ForeignNonce(String),
    /// The response is right, but its count was used before.
    Replayed(String),
}

impl Refusal {
    /// Whether the client need not ask its user again: the password was right.
    pub const fn is_stale(&self) -> bool {
        matches!(
            self,
            Self::Stale(_) | Self::ForeignNonce(_) | Self::Replayed(_)
        )
    }

    /// Whether somebody may be guessing: to be counted against the source.
    pub const fn is_failure(&self) -> bool {
        matches!(self, Self::UnknownUser(_) | Self::WrongResponse(_))
    }
}

/// What to do with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Serve it.
    Accepted(Accepted),
    /// Answer 401 or 407 with [`Authenticator::challenge`].
    Refused(Refusal),
    /// Answer 400: what it carries for us cannot be read.
    Malformed(ReadError),
}

/// Keyed function's label for the secret that nobody knows.
const DUMMY: u8 = 3;

/// The server side of one realm.
#[derive(Debug)]
pub struct Authenticator {
    config: Config,
    nonces: Nonces,
    replays: Replays,
    /// Verified in the place of users who do not exist.
    dummy: Secret,
    /// When the oldest nonces were last dropped, and the newest number issued until then.
    swept: Option<(Duration, u64)>,
    counters: Counters,
}

impl Authenticator {
    /// An authenticator. The seed is to come from the operating system, anew for every
    /// authenticator: whoever knows it can make nonces, and with an old one the nonces of
    /// before, whose counts are forgotten, would serve again.
    ///
    /// # Errors
    /// [`ConfigError`] naming what is wrong.
    pub fn new(config: Config, seed: [u8; 32]) -> Result<Self, ConfigError> {
        config.check()?;
        let password = hex(&Prf::new(seed).value(DUMMY, &[config.realm.as_bytes()]));
        Ok(Self {
            nonces: Nonces::new(&config.realm, seed),
            replays: Replays::new(config.remembered_nonces),
            dummy: Secret::from_password("", &config.realm, &password),
            swept: None,
            counters: Counters::default(),
            config,
        })
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What was seen so far.
    pub fn counters(&self) -> Counters {
        Counters {
            dropped_nonces: self.replays.dropped,
            ..self.counters
        }
    }

    /// Nonces whose counts are remembered now.
    pub fn remembered(&self) -> usize {
        self.replays.len()
    }

    /// The challenges to send to an address, one header field each, in this order. `refusal`
    /// is the verdict they answer.
    pub fn challenge(
        &mut self,
        now: Duration,
        source: IpAddr,
        refusal: &Refusal,
    ) -> Vec<Challenge> {
        self.counters.nonces += 1;
        let nonce = self.nonces.issue(now, source);
        self.config
            .algorithms
            .iter()
            .map(|algorithm| Challenge {
                realm: self.config.realm.clone(),
                nonce: nonce.clone(),
                opaque: None,
                stale: refusal.is_stale(),
                algorithm: Some(*algorithm),
                session: false,
                named: true,
                qops: Some(self.config.qops.clone()),
            })
            .collect()
    }

    /// Judges a request that came from an address by the values of its `Authorization` (or `Proxy-Authorization`)
    /// fields. `find` is asked at most once, for the secret of a user in this realm.
    ///
    /// Of several fields the first for this realm counts. A field that cannot be read makes
    /// the request malformed only if none is for this realm. The parts of a verdict that the
    /// request alone decides come first; a user's existence changes nothing of what is
    /// computed.
    pub fn verify<'f, S: AsRef<Secret>>(
        &mut self,
        now: Duration,
        source: IpAddr,
        request: &Request<'_>,
        fields: impl IntoIterator<Item = &'f str>,
        find: impl FnOnce(&str) -> Option<S>,
    ) -> Verdict {
        let verdict = match self.credentials(fields) {
            Ok(None) => Verdict::Refused(Refusal::NoCredentials),
            Ok(Some(credentials)) => match self.judge(now, source, request, &credentials, find) {
                Ok(accepted) => Verdict::Accepted(accepted),
                Err(refusal) => Verdict::Refused(refusal),
            },
            Err(error) => Verdict::Malformed(error),
        };
        self.count(&verdict);
        verdict
    }

    fn credentials<'f>(
        &self,
        fields: impl IntoIterator<Item = &'f str>,
    ) -> Result<Option<Credentials>, ReadError> {
        let mut fault = None;
        for field in fields.into_iter().take(MAX_CHALLENGES) {
            match Credentials::parse(field) {
                Ok(credentials) if credentials.realm == self.config.realm => {
                    return Ok(Some(credentials));
                }
                Ok(_) | Err(ReadError::NotDigest) => {}
                Err(error) => fault = fault.or(Some(error)),
            }
        }
        fault.map_or(Ok(None), Err)
    }

    fn judge<S: AsRef<Secret>>(
        &mut self,
        now: Duration,
        source: IpAddr,
        request: &Request<'_>,
        credentials: &Credentials,
        find: impl FnOnce(&str) -> Option<S>,
    ) -> Result<Accepted, Refusal> {
        let algorithm = credentials
            .algorithm
            .filter(|a| self.config.algorithms.contains(a) && !credentials.session)
            .ok_or(Refusal::Algorithm)?;
        let count = match &credentials.counted {
            Some((qop, _)) if self.config.qops.contains(qop) => {
                Some(credentials.count().filter(|c| *c > 0).ok_or(Refusal::Qop)?)
            }
            None if self.config.without_qop => None,
            _ => return Err(Refusal::Qop),
        };
        if !fits(self.config.uri, request.uri, &credentials.uri) {
            return Err(Refusal::Uri);
        }

        let user = credentials.username.clone();
        let secret = find(&user);
        let known = secret.as_ref().and_then(|s| s.as_ref().hex(algorithm));
        let right = {
            let ha1 = known.or(self.dummy.hex(algorithm)).copied();
            let input = Input {
                algorithm,
                session: false,
                nonce: &credentials.nonce,
                uri: &credentials.uri,
                counted: credentials.counted.as_ref().map(|(qop, count)| {
                    let cnonce = credentials.cnonce.as_deref().unwrap_or_default();
                    (*qop, count.as_str(), cnonce)
                }),
                cnonce: "",
            };
            self.counters.responses_computed += 1;
            let given = Hex::parse(algorithm, &credentials.response);
            ha1.is_some_and(|ha1| {
                let wanted = response(&ha1, request, &input);
                given.is_some_and(|given| wanted.matches(&given))
            })
        };
        // One from the future was sealed before the clock was set back: its counts are lost.
        let nonce = self.nonces.open(&credentials.nonce).filter(|n| n.at <= now);
        let mark = self.nonces.mark(source);
        let own = nonce.is_some_and(|n| n.source == mark);
        if secret.is_none() || known.is_none() || !right {
            let claim = Claim {
                username: user,
                proven: own,
            };
            return Err(match secret {
                None => Refusal::UnknownUser(claim),
                Some(_) => Refusal::WrongResponse(claim),
            });
        }
        let nonce = nonce.filter(|_| own || !self.config.bind_source);
        let Some(nonce) = nonce else {
            return Err(Refusal::ForeignNonce(user));
        };
        self.sweep(now, nonce);
        if now.saturating_sub(nonce.at) > self.config.nonce_lifetime {
            return Err(Refusal::Stale(user));
        }
        match self.replays.note(nonce, count) {
            Use::First => Ok(Accepted {
                username: user,
                algorithm,
                qop: credentials.counted.as_ref().map(|(qop, _)| *qop),
            }),
            Use::Again => Err(Refusal::Replayed(user)),
            Use::Forgotten => Err(Refusal::Stale(user)),
        }
    }

    /// Forgets counts of nonces that have grown too old. A nonce seen now, and those issued
    /// before it, are too old once its lifetime has passed.
    fn sweep(&mut self, now: Duration, seen: Issued) {
        let life = self.config.nonce_lifetime;
        match self.swept {
            Some((at, newest)) if now.saturating_sub(at) > life => {
                self.replays.expire(newest);
                self.swept = Some((seen.at, seen.serial));
            }
            Some(_) => {}
            None => self.swept = Some((seen.at, seen.serial)),
        }
    }

    fn count(&mut self, verdict: &Verdict) {
        let counters = &mut self.counters;
        let counter = match verdict {
            Verdict::Accepted(_) => &mut counters.accepted,
            Verdict::Malformed(_) => &mut counters.malformed,
            Verdict::Refused(refusal) => match refusal {
                Refusal::NoCredentials => &mut counters.no_credentials,
                Refusal::Algorithm => &mut counters.algorithm,
                Refusal::Qop => &mut counters.qop,
                Refusal::Uri => &mut counters.uri,
                Refusal::UnknownUser(_) => &mut counters.unknown_user,
                Refusal::WrongResponse(_) => &mut counters.wrong_response,
                Refusal::Stale(_) => &mut counters.stale,
                Refusal::ForeignNonce(_) => &mut counters.foreign_nonce,
                Refusal::Replayed(_) => &mut counters.replayed,
            },
        };
        *counter += 1;
    }
}
