// SPDX-License-Identifier: MIT OR Apache-2.0
//! G.711 A-law and mu-law: sample by sample, by block, and from one law to the other.
//!
//! Linear samples are 16-bit two's complement and left-justified: the A-law's 13-bit values are
//! multiplied by 8, the mu-law's 14-bit values by 4, so that both laws use the same scale.
//!
//! The decoders are tables that the compiler generates from the companding law's definition; the
//! encoders compute segment and step from the position of the leading one. Every function is
//! total: there is no input that fails.
//!
//! # Choices where the definition leaves room
//! A sample exactly on a decision value belongs to the outer interval when positive. Negative
//! samples are the mirror image under ones' complement, so `encode(!v) == encode(v) ^ 0x80` holds
//! for all 65,536 samples, −32,768 included.
#![forbid(unsafe_code)]
#![no_std]

mod a_law;
mod convert;
mod mu_law;

pub use a_law::{a_decode, a_encode};
pub use convert::{a_to_mu, mu_to_a};
pub use mu_law::{mu_decode, mu_encode};

/// A companding law of G.711.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Law {
    /// A-law with the even bits inverted, as it is on the line and in RTP (payload type 8).
    A,
    /// Mu-law with all bits inverted, as it is on the line and in RTP (payload type 0).
    Mu,
}

impl Law {
    /// The code of the smallest positive sample, sent where nothing else is: 0xD5 or 0xFF.
    #[must_use]
    pub const fn idle(self) -> u8 {
        match self {
            Law::A => 0xD5,
            Law::Mu => 0xFF,
        }
    }

    /// The 16-bit sample that `code` stands for.
    #[must_use]
    #[inline]
    pub const fn decode(self, code: u8) -> i16 {
        match self {
            Law::A => a_decode(code),
            Law::Mu => mu_decode(code),
        }
    }

    /// The code of the interval that holds `sample`.
    #[must_use]
    #[inline]
    pub const fn encode(self, sample: i16) -> u8 {
        match self {
            Law::A => a_encode(sample),
            Law::Mu => mu_encode(sample),
        }
    }

    /// Decodes codes into samples up to the end of the shorter slice; returns how many.
    pub fn decode_block(self, codes: &[u8], samples: &mut [i16]) -> usize {
        match self {
            Law::A => map(codes, samples, a_decode),
            Law::Mu => map(codes, samples, mu_decode),
        }
    }

    /// Encodes samples into codes up to the end of the shorter slice; returns how many.
    pub fn encode_block(self, samples: &[i16], codes: &mut [u8]) -> usize {
        match self {
            Law::A => map(samples, codes, a_encode),
            Law::Mu => map(samples, codes, mu_encode),
        }
    }

    /// The code in law `to` nearest to `code` of this law; the same code if the laws are equal.
    #[must_use]
    #[inline]
    pub const fn convert(self, to: Law, code: u8) -> u8 {
        match (self, to) {
            (Law::A, Law::Mu) => a_to_mu(code),
            (Law::Mu, Law::A) => mu_to_a(code),
            _ => code,
        }
    }

    /// Converts codes of this law to law `to`, up to the end of the shorter slice; returns how
    /// many. Equal laws copy.
    pub fn convert_block(self, to: Law, source: &[u8], target: &mut [u8]) -> usize {
        match (self, to) {
            (Law::A, Law::Mu) => map(source, target, a_to_mu),
            (Law::Mu, Law::A) => map(source, target, mu_to_a),
            _ => map(source, target, |code| code),
        }
    }

    /// Converts codes of this law to law `to` where they are.
    pub fn convert_in_place(self, to: Law, codes: &mut [u8]) {
        if self != to {
            for code in codes {
                *code = self.convert(to, *code);
            }
        }
    }
}

fn map<S: Copy, T>(source: &[S], target: &mut [T], f: impl Fn(S) -> T) -> usize {
    for (t, s) in target.iter_mut().zip(source) {
        *t = f(*s);
    }
    source.len().min(target.len())
}
