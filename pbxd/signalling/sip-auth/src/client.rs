// SPDX-License-Identifier: MIT OR Apache-2.0
//! The client side.

use core::fmt;

use crate::algorithm::Algorithm;
use crate::challenge::{Challenge, parse_challenges};
use crate::credentials::Credentials;
use crate::error::ReadError;
use crate::hash::Hex;
use crate::prf::{Prf, hex};
use crate::qop::Qop;
use crate::request::{Input, Request, response};
use crate::secret::Secret;

/// Realms that one client answers at a time.
const MAX_SPACES: usize = 16;
/// Challenges answered for one request and realm, stale ones included.
const MAX_ROUNDS: u32 = 4;
const CNONCE: u8 = 4;

/// Who asks: it decides the names of the header fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// The far user agent or registrar: 401, `WWW-Authenticate`, `Authorization`.
    Server,
    /// A proxy on the way: 407, `Proxy-Authenticate`, `Proxy-Authorization`.
    Proxy,
}

impl Target {
    /// The header that carries the challenge.
    pub const fn challenge_header(self) -> &'static str {
        match self {
            Self::Server => "WWW-Authenticate",
            Self::Proxy => "Proxy-Authenticate",
        }
    }

    /// The header that carries the answer.
    pub const fn credentials_header(self) -> &'static str {
        match self {
            Self::Server => "Authorization",
            Self::Proxy => "Proxy-Authorization",
        }
    }
}

/// A user name and what proves it.
#[derive(Clone)]
pub struct Login {
    /// The realm it is for; `None`: any realm that no other login names.
    pub realm: Option<String>,
    /// The user.
    pub username: String,
    proof: Proof,
}

#[derive(Clone)]
enum Proof {
    Password(String),
    Secret(Box<Secret>),
}

impl Login {
    /// With a password, which serves any realm.
    pub fn with_password(realm: Option<&str>, username: &str, password: &str) -> Self {
        Self {
            realm: realm.map(str::to_string),
            username: username.to_string(),
            proof: Proof::Password(password.to_string()),
        }
    }

    /// With stored digests, which serve one realm.
    pub fn with_secret(realm: &str, username: &str, secret: Secret) -> Self {
        Self {
            realm: Some(realm.to_string()),
            username: username.to_string(),
            proof: Proof::Secret(Box::new(secret)),
        }
    }

    fn ha1(&self, realm: &str, algorithm: Algorithm) -> Option<Hex> {
        match &self.proof {
            Proof::Password(password) => Secret::from_password(&self.username, realm, password)
                .hex(algorithm)
                .copied(),
            Proof::Secret(secret) => secret.hex(algorithm).copied(),
        }
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("realm", &self.realm)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

/// What a client answers.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// Algorithms that may be used. A far end that offers no other is refused: leave MD5 out
    /// where the far end is known to have better, or whoever stands between will offer
    /// nothing else.
    pub algorithms: Vec<Algorithm>,
    /// Cover the body too where that is on offer beside `auth`.
    pub prefer_integrity: bool,
    /// Whether challenges without `qop` (RFC 2069) are answered.
    pub without_qop: bool,
    /// Who we are, and where.
    pub logins: Vec<Login>,
}

impl ClientConfig {
    /// Every algorithm, `auth` before `auth-int`, answers without `qop` where asked.
    pub fn new(logins: Vec<Login>) -> Self {
        Self {
            algorithms: Algorithm::ALL.to_vec(),
            prefer_integrity: false,
            without_qop: true,
            logins,
        }
    }
}

/// Why a challenge is not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Declined {
    /// There is no challenge.
    #[error("no Digest challenge")]
    NoChallenge,
    /// A challenge that cannot be read.
    #[error("challenge: {0}")]
    Malformed(#[from] ReadError),
    /// No login for the realm.
    #[error("no login for realm {0:?}")]
    NoLogin(String),
    /// The realm offers no algorithm that we may use, or have a digest of.
    #[error("realm {0:?} offers no algorithm that may be used")]
    Algorithm(String),
    /// The realm offers no quality of protection that we know.
    #[error("realm {0:?} offers no quality of protection that is known")]
    Qop(String),
    /// The realm has refused what we answered: the login is wrong.
    #[error("realm {0:?} refuses the login")]
    Rejected(String),
    /// The realm calls every nonce stale.
    #[error("realm {0:?} asks again and again")]
    Endless(String),
    /// More realms than anyone has.
    #[error("too many realms")]
    TooManyRealms,
}

/// A realm that has challenged us.
#[derive(Debug)]
struct Space {
    target: Target,
    challenge: Challenge,
    algorithm: Algorithm,
    qop: Option<Qop>,
    username: String,
    ha1: Hex,
    cnonce: String,
    count: u32,
    /// Challenges of this realm since [`Client::begin`], and those of them not stale.
    rounds: u32,
    refusals: u32,
}

/// The client side: what it was asked by each realm, and the answers.
///
/// For each request: [`Client::begin`], then [`Client::authorize`] for its fields, which are
/// empty before the first challenge and later answer it in advance. When it is answered 401
/// or 407: [`Client::challenged`], and [`Client::authorize`] for the request sent again.
#[derive(Debug)]
pub struct Client {
    config: ClientConfig,
    prf: Prf,
    drawn: u64,
    spaces: Vec<Space>,
}

impl Client {
    /// A client that nobody has challenged yet. The seed is to come from the operating system.
    pub fn new(config: ClientConfig, seed: [u8; 32]) -> Self {
        Self {
            config,
            prf: Prf::new(seed),
            drawn: 0,
            spaces: Vec::new(),
        }
    }

    /// A new request begins, or the last one was served: a challenge is not a refusal yet.
    pub fn begin(&mut self) {
        for space in &mut self.spaces {
            space.rounds = 0;
            space.refusals = 0;
        }
    }

    /// Takes the challenges of a 401 or 407: the values of its `WWW-Authenticate` and
    /// `Proxy-Authenticate` fields, in their order. Of each realm's challenges the first that
    /// may be used is answered, which RFC 8760 makes the server's preference.
    ///
    /// # Errors
    /// [`Declined`] if any realm cannot be answered: the request cannot succeed.
    pub fn challenged<'f>(
        &mut self,
        fields: impl IntoIterator<Item = (Target, &'f str)>,
    ) -> Result<(), Declined> {
        let mut asked: Vec<(Target, Challenge)> = Vec::new();
        for (target, text) in fields.into_iter().take(crate::MAX_CHALLENGES) {
            asked.extend(parse_challenges(text)?.into_iter().map(|c| (target, c)));
        }
        let mut realms: Vec<(Target, String)> = Vec::new();
        for (target, challenge) in &asked {
            let realm = (*target, challenge.realm.clone());
            if !realms.contains(&realm) {
                realms.push(realm);
            }
        }
        if realms.is_empty() {
            return Err(Declined::NoChallenge);
        }
        for (target, realm) in realms {
            let of_realm: Vec<&Challenge> = asked
                .iter()
                .filter(|(t, c)| *t == target && c.realm == realm)
                .map(|(_, c)| c)
                .collect();
            self.adopt(target, &realm, &of_realm)?;
        }
        Ok(())
    }

    fn adopt(
        &mut self,
        target: Target,
        realm: &str,
        offered: &[&Challenge],
    ) -> Result<(), Declined> {
        let login = self
            .login(realm)
            .ok_or_else(|| Declined::NoLogin(realm.to_string()))?;
        let mut fault = Declined::Algorithm(realm.to_string());
        let mut chosen = None;
        for challenge in offered {
            let Some(algorithm) = challenge
                .algorithm
                .filter(|a| self.config.algorithms.contains(a))
            else {
                continue;
            };
            let Some(ha1) = login.ha1(realm, algorithm) else {
                continue;
            };
            match self.choose_qop(challenge) {
                Some(qop) => {
                    let username = login.username.clone();
                    chosen = Some(((*challenge).clone(), algorithm, qop, username, ha1));
                    break;
                }
                None => fault = Declined::Qop(realm.to_string()),
            }
        }
        let (challenge, algorithm, qop, username, ha1) = chosen.ok_or(fault)?;
        let place = self
            .spaces
            .iter()
            .position(|s| s.target == target && s.challenge.realm == realm);
        let old = place.map(|at| self.spaces.swap_remove(at));
        let rounds = old.as_ref().map_or(0, |s| s.rounds) + 1;
        let refusals = old.as_ref().map_or(0, |s| s.refusals) + u32::from(!challenge.stale);
        if refusals > 1 {
            return Err(Declined::Rejected(realm.to_string()));
        }
        if rounds > MAX_ROUNDS {
            return Err(Declined::Endless(realm.to_string()));
        }
        if self.spaces.len() >= MAX_SPACES {
            return Err(Declined::TooManyRealms);
        }
        // The same nonce again: go on counting, under the same name.
        let same = old.filter(|s| s.challenge.nonce == challenge.nonce && s.algorithm == algorithm);
        let (cnonce, count) = match same {
            Some(old) => (old.cnonce, old.count),
            None => (self.draw(), 0),
        };
        self.spaces.push(Space {
            target,
            challenge,
            algorithm,
            qop,
            username,
            ha1,
            cnonce,
            count,
            rounds,
            refusals,
        });
        Ok(())
    }

    fn login(&self, realm: &str) -> Option<&Login> {
        let logins = &self.config.logins;
        logins
            .iter()
            .find(|l| l.realm.as_deref() == Some(realm))
            .or_else(|| logins.iter().find(|l| l.realm.is_none()))
    }

    /// `None` if the challenge cannot be answered; `Some(None)` without `qop`.
    fn choose_qop(&self, challenge: &Challenge) -> Option<Option<Qop>> {
        match &challenge.qops {
            None => self.config.without_qop.then_some(None),
            Some(offered) => {
                let wanted = if self.config.prefer_integrity {
                    [Qop::AuthInt, Qop::Auth]
                } else {
                    [Qop::Auth, Qop::AuthInt]
                };
                let found = wanted.into_iter().find(|q| offered.contains(q));
                found.map(Some)
            }
        }
    }

    fn draw(&mut self) -> String {
        self.drawn += 1;
        let value = self.prf.value(CNONCE, &[&self.drawn.to_be_bytes()]);
        hex(value.get(..16).unwrap_or(&value))
    }

    /// The fields of a request: for each realm that has asked, the header's name and its
    /// value. Every call uses up one count.
    pub fn authorize(&mut self, request: &Request<'_>) -> Vec<(Target, String)> {
        self.spaces
            .iter_mut()
            .map(|space| (space.target, space.answer(request).to_string()))
            .collect()
    }

    /// Forgets what was asked: the next request goes out bare.
    pub fn forget(&mut self) {
        self.spaces.clear();
    }
}

impl Space {
    fn answer(&mut self, request: &Request<'_>) -> Credentials {
        self.count = self.count.saturating_add(1);
        let count = format!("{:08x}", self.count);
        let digest = response(
            &self.ha1,
            request,
            &Input {
                algorithm: self.algorithm,
                session: self.challenge.session,
                nonce: &self.challenge.nonce,
                uri: request.uri,
                counted: self.qop.map(|q| (q, count.as_str(), self.cnonce.as_str())),
                cnonce: &self.cnonce,
            },
        );
        let cnonce = self.qop.is_some() || self.challenge.session;
        Credentials {
            username: self.username.clone(),
            realm: self.challenge.realm.clone(),
            nonce: self.challenge.nonce.clone(),
            uri: request.uri.to_string(),
            response: digest.to_string(),
            algorithm: Some(self.algorithm),
            session: self.challenge.session,
            named: self.challenge.named,
            cnonce: cnonce.then(|| self.cnonce.clone()),
            counted: self.qop.map(|q| (q, count)),
            opaque: self.challenge.opaque.clone(),
            others: Vec::new(),
        }
    }
}
