// SPDX-License-Identifier: MIT OR Apache-2.0
//! A session description: parsed, bounded, and written again with nothing lost.

use core::fmt;

use sdp_types::Session;

use crate::limits;

/// Why a session description cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// A bound of [`limits`] is exceeded.
    #[error("{what}: {found}, at most {limit} are taken")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much.
        found: usize,
        /// The bound.
        limit: usize,
    },
    /// The syntax is wrong; the text names line and field.
    #[error("{0}")]
    Syntax(String),
    /// There is no `o=` line.
    #[error("no o= line")]
    NoOrigin,
}

/// A session description.
///
/// Attributes that nobody here knows are kept by `sdp-types`; lines of a type unknown to it are
/// kept beside it and written at the end of the section that they came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    session: Session,
    unknown: Vec<UnknownLine>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct UnknownLine {
    /// 0 is the session section, n the n-th m= line's.
    section: usize,
    text: String,
}

impl Description {
    /// Reads a description; lines may end in CR LF or LF.
    ///
    /// # Errors
    /// [`ParseError`] when a bound is exceeded or a known line is malformed.
    pub fn parse(body: &[u8]) -> Result<Self, ParseError> {
        within("octets", body.len(), limits::OCTETS)?;
        let mut unknown = Vec::new();
        let mut section = 0;
        let mut lines = 0;
        let mut origin = false;
        for line in body.split(|b| *b == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            lines += 1;
            within("lines", lines, limits::LINES)?;
            within("octets in a line", line.len(), limits::LINE_OCTETS)?;
            match (line.first().copied(), line.get(1)) {
                (Some(b'm'), Some(b'=')) => {
                    section += 1;
                    within("m= lines", section, limits::MEDIA)?;
                }
                (Some(b'o'), Some(b'=')) => origin = true,
                (Some(key), Some(b'=')) if !known(key, section) => {
                    let text = std::str::from_utf8(line)
                        .map_err(|_| ParseError::Syntax(format!("line {lines} is not UTF-8")))?;
                    unknown.push(UnknownLine {
                        section,
                        text: text.to_owned(),
                    });
                }
                _ => {}
            }
        }
        let session = Session::parse(body).map_err(|e| ParseError::Syntax(e.to_string()))?;
        if !origin {
            return Err(ParseError::NoOrigin);
        }
        Ok(Self { session, unknown })
    }

    pub(crate) fn from_session(session: Session) -> Self {
        Self {
            session,
            unknown: Vec::new(),
        }
    }

    /// The parsed description.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The description as a message body.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_string().into_bytes()
    }

    fn write_unknown(&self, section: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.unknown.iter().filter(|l| l.section == section) {
            write!(f, "{}\r\n", line.text)?;
        }
        Ok(())
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.session.to_string();
        if self.unknown.is_empty() {
            return f.write_str(&text);
        }
        let mut section = 0;
        for line in text.split_inclusive('\n') {
            if line.starts_with("m=") {
                self.write_unknown(section, f)?;
                section += 1;
            }
            f.write_str(line)?;
        }
        self.write_unknown(section, f)
    }
}

fn within(what: &'static str, found: usize, limit: usize) -> Result<(), ParseError> {
    if found > limit {
        return Err(ParseError::TooLarge { what, found, limit });
    }
    Ok(())
}

/// Whether `sdp-types` keeps lines of this type in this section.
fn known(key: u8, section: usize) -> bool {
    if section == 0 {
        b"vosiuepcbtrzka".contains(&key)
    } else {
        b"micbka".contains(&key)
    }
}
