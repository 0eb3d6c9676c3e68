// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a far end sends on a B channel.

use anyhow::{Context, Result, bail};
use g711::Law;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tdm_line::pattern::{Generator, Pattern};

/// The longest file that is played: ten minutes.
const MAX_OCTETS: u64 = 600 * 8000;

/// What to send, as a script names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Play {
    /// Idle code.
    Silence,
    /// What the slot received.
    Echo,
    /// A test pattern.
    Pattern(Pattern),
    /// A file, round and round.
    File(PathBuf),
}

impl Play {
    /// Parses `silence`, `echo`, a pattern's name, or `file:PATH`.
    ///
    /// # Errors
    /// What would have been right.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "silence" => Ok(Play::Silence),
            "echo" => Ok(Play::Echo),
            _ => match (text.strip_prefix("file:"), Pattern::from_name(text)) {
                (Some(path), _) if !path.is_empty() => Ok(Play::File(path.into())),
                (_, Some(pattern)) => Ok(Play::Pattern(pattern)),
                _ => Err(format!(
                    "{text:?}: expected silence, echo, file:PATH, count, or prbs9, 11, 15, 20, 23"
                )),
            },
        }
    }

    /// Reads what has to be read.
    pub(super) fn prepare(&self, law: Law) -> Result<Prepared> {
        Ok(match self {
            Play::Silence => Prepared::Silence,
            Play::Echo => Prepared::Echo,
            Play::Pattern(pattern) => Prepared::Pattern(*pattern),
            Play::File(path) => {
                let size = std::fs::metadata(path)
                    .with_context(|| path.display().to_string())?
                    .len();
                if size == 0 || size > MAX_OCTETS * 2 + 4096 {
                    bail!(
                        "{}: {size} octets; expected 1 octet to ten minutes",
                        path.display()
                    );
                }
                let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
                Prepared::Octets(audio(path, bytes, law)?.into())
            }
        })
    }
}

/// What to send, ready to be started.
#[derive(Clone, Debug)]
pub(super) enum Prepared {
    Silence,
    Echo,
    Pattern(Pattern),
    Octets(Arc<[u8]>),
}

/// A running source.
#[derive(Debug)]
pub(super) enum Source {
    Silence,
    Echo,
    Pattern(Generator),
    Octets(Arc<[u8]>, usize),
}

impl Prepared {
    /// Starts it.
    pub(super) fn start(&self) -> Source {
        match self {
            Prepared::Silence => Source::Silence,
            Prepared::Echo => Source::Echo,
            Prepared::Pattern(pattern) => Source::Pattern(Generator::new(*pattern)),
            Prepared::Octets(octets) => Source::Octets(octets.clone(), 0),
        }
    }
}

impl Source {
    /// The next octets, beside those received.
    pub(super) fn fill(&mut self, received: &[u8], idle: u8, out: &mut [u8]) {
        match self {
            Source::Silence => out.fill(idle),
            Source::Echo => {
                for (to, from) in out.iter_mut().zip(received) {
                    *to = *from;
                }
            }
            Source::Pattern(generator) => generator.fill(out),
            Source::Octets(octets, at) => {
                for to in out {
                    *to = octets.get(*at).copied().unwrap_or(idle);
                    *at = (*at + 1) % octets.len().max(1);
                }
            }
        }
    }
}

/// The octets of a file: a WAV file with one channel at 8 kHz, G.711 of the line's law or 16-bit linear, or raw octets.
fn audio(path: &Path, bytes: Vec<u8>, law: Law) -> Result<Vec<u8>> {
    let name = path.display();
    if bytes.get(..4) != Some(b"RIFF") {
        return Ok(bytes);
    }
    let mut chunks = bytes.get(12..).unwrap_or_default();
    let mut format = None;
    loop {
        let (Some(id), Some(length)) = (chunks.get(..4), chunks.get(4..8)) else {
            bail!("{name}: a WAV file without a data chunk");
        };
        let length: [u8; 4] = length.try_into().context("four octets")?;
        let length = usize::try_from(u32::from_le_bytes(length))?;
        let rest = chunks.get(8..).unwrap_or_default();
        let body = rest.get(..length.min(rest.len())).unwrap_or_default();
        match id {
            b"fmt " => {
                let word = |at: usize| {
                    body.get(at..at + 2)
                        .map_or(0, |w| u16::from_le_bytes([w[0], w[1]]))
                };
                if word(2) != 1 || word(4) != 8000 || word(6) != 0 {
                    bail!("{name}: expected one channel at 8000 samples a second");
                }
                format = Some((word(0), word(14)));
            }
            b"data" => {
                return match (format, law) {
                    (Some((6, 8)), Law::A) | (Some((7, 8)), Law::Mu) => Ok(body.to_vec()),
                    (Some((1, 16)), _) => {
                        let samples = body
                            .chunks_exact(2)
                            .map(|s| i16::from_le_bytes([s[0], s[1]]));
                        Ok(samples.map(|sample| law.encode(sample)).collect())
                    }
                    _ => bail!("{name}: expected G.711 of the line's law or 16-bit linear samples"),
                };
            }
            _ => {}
        }
        // Chunks begin at even offsets.
        chunks = rest
            .get(length.saturating_add(length % 2)..)
            .unwrap_or_default();
    }
}
