// SPDX-License-Identifier: MIT OR Apache-2.0
//! The pattern language of routes, and which of two patterns is the more specific one.

use crate::{Digits, MAX_DIGITS};
use core::cmp::Ordering;
use core::fmt;

/// A pattern over dialled numbers.
///
/// | element | matches |
/// |---|---|
/// | `0`–`9`, `*`, `#`, `A`–`D`, `+` | itself (`+` only in front) |
/// | `X` | 0–9 |
/// | `Z` | 1–9 |
/// | `N` | 2–9 |
/// | `[2-57]` | one of 2, 3, 4, 5, 7; ranges over 0–9 |
/// | `.` at the end | one or more further digits, anything but `#` |
/// | `!` at the end | any number of further digits, none as well, anything but `#` |
///
/// Small letters mean the same as capitals. A leading `_`, as Asterisk writes it, is refused with advice.
///
/// Of several patterns that match a number the most specific one is taken: compare element by element from the left; the
/// first place where one matches fewer digits than the other decides; an end of the number is more specific than `.`,
/// and `.` more than `!`. So `112` comes before `11X`, `11X` before `11.`, and `00.` before `0.`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    /// One set of digits a place.
    places: Vec<Set>,
    tail: Tail,
    min: usize,
    max: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tail {
    None,
    OneOrMore,
    Any,
}

/// A set of digits: one bit a digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Set(u32);

const ALPHABET: &str = "0123456789*#ABCD+";
const HASH: Set = Set(1 << 11);
const TAIL: Set = Set((1 << 17) - 1 - HASH.0);

impl Set {
    fn of(c: char) -> Option<Self> {
        ALPHABET.find(c).map(|bit| Self(1 << bit))
    }

    /// The decimal digits from `low` to `high`.
    fn range(low: u32, high: u32) -> Self {
        Self((low..=high).fold(0, |bits, digit| bits | 1 << digit))
    }

    fn has(self, c: char) -> bool {
        Self::of(c).is_some_and(|one| self.0 & one.0 != 0)
    }
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Nothing there.
    #[error("the pattern is empty: expected digits, X, Z, N, [..], or a final . or !")]
    Empty,
    /// A character with no meaning.
    #[error(
        "{found:?} at place {place}: expected 0-9, *, #, A-D, X, Z, N, [..], a leading +, or a final . or !"
    )]
    Unexpected {
        /// The character.
        found: char,
        /// Its place, from 1.
        place: usize,
    },
    /// Asterisk's mark of a pattern.
    #[error("a leading _ is not needed: every match is a pattern")]
    Underscore,
    /// `.` or `!` before the end.
    #[error("{found:?} at place {place} must stand at the end")]
    NotAtEnd {
        /// The character.
        found: char,
        /// Its place, from 1.
        place: usize,
    },
    /// A bad `[..]`.
    #[error("[..] at place {0}: expected digits and rising ranges such as [1-46], closed by ]")]
    BadSet(usize),
    /// More places than a number has.
    #[error("the pattern has more than {MAX_DIGITS} places")]
    TooLong,
    /// `min_digits` or `max_digits` for a pattern of one length.
    #[error(
        "min_digits and max_digits need a pattern that ends in . or !: this one has {0} digits always"
    )]
    FixedLength(usize),
    /// `min_digits` and `max_digits` leave nothing.
    #[error(
        "min_digits {min} and max_digits {max} leave no number: the pattern itself needs {least}, the most is {MAX_DIGITS}"
    )]
    NoLength {
        /// As given, or the pattern's own.
        min: usize,
        /// As given, or [`MAX_DIGITS`].
        max: usize,
        /// What the pattern itself needs.
        least: usize,
    },
}

impl Pattern {
    /// Reads a pattern with the bounds a route gives it.
    ///
    /// # Errors
    /// What is wrong, and at which place.
    pub fn parse(text: &str, min: Option<u8>, max: Option<u8>) -> Result<Self, PatternError> {
        let chars: Vec<char> = text.chars().map(|c| c.to_ascii_uppercase()).collect();
        let mut places = Vec::new();
        let mut tail = Tail::None;
        let mut at = 0;
        while let Some(&c) = chars.get(at) {
            let place = at + 1;
            at += 1;
            let last = at == chars.len();
            let set = match c {
                'X' => Set::range(0, 9),
                'Z' => Set::range(1, 9),
                'N' => Set::range(2, 9),
                '[' => {
                    let (set, used) = parse_set(chars.get(at..).unwrap_or_default())
                        .ok_or(PatternError::BadSet(place))?;
                    at += used;
                    set
                }
                '.' | '!' if !last => return Err(PatternError::NotAtEnd { found: c, place }),
                '.' => {
                    tail = Tail::OneOrMore;
                    continue;
                }
                '!' => {
                    tail = Tail::Any;
                    continue;
                }
                '_' if place == 1 => return Err(PatternError::Underscore),
                '+' if place > 1 => return Err(PatternError::Unexpected { found: c, place }),
                _ => Set::of(c).ok_or(PatternError::Unexpected { found: c, place })?,
            };
            if places.len() == MAX_DIGITS {
                return Err(PatternError::TooLong);
            }
            places.push(set);
        }
        if places.is_empty() && tail == Tail::None {
            return Err(PatternError::Empty);
        }
        let (min, max) = bounds(
            places.len(),
            tail,
            min.map(usize::from),
            max.map(usize::from),
        )?;
        Ok(Self {
            text: text.to_owned(),
            places,
            tail,
            min,
            max,
        })
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it matches the whole number.
    pub fn matches(&self, digits: &Digits) -> bool {
        (self.min..=self.max).contains(&digits.len()) && self.fits(digits)
    }

    /// Whether some longer number that starts with these digits matches.
    pub fn can_grow(&self, digits: &Digits) -> bool {
        digits.len() < self.max && self.fits(digits)
    }

    /// Whether the digits so far go with the pattern, whatever the length.
    fn fits(&self, digits: &Digits) -> bool {
        digits
            .as_str()
            .chars()
            .enumerate()
            .all(|(place, c)| match self.places.get(place) {
                Some(set) => set.has(c),
                None => self.tail != Tail::None && TAIL.has(c),
            })
    }

    /// Whether a `#` may be a digit at this place (counted from 0).
    pub(crate) fn takes_hash_at(&self, place: usize) -> bool {
        self.places.get(place).is_some_and(|set| set.has('#'))
    }

    /// Which digits a number that matches may start with.
    pub(crate) fn first_digits(&self) -> impl Iterator<Item = char> {
        let set = self.places.first().copied().unwrap_or(TAIL);
        ALPHABET.chars().filter(move |c| set.has(*c))
    }

    /// `Less`: this pattern is more specific and is looked at first.
    pub(crate) fn specificity(&self, other: &Self) -> Ordering {
        let size =
            |pattern: &Self, place: usize| pattern.places.get(place).map(|set| set.0.count_ones());
        for place in 0..self.places.len().max(other.places.len()) {
            let order = match (size(self, place), size(other, place)) {
                (Some(a), Some(b)) => a.cmp(&b),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => Ordering::Equal,
            };
            if order != Ordering::Equal {
                return order;
            }
        }
        self.tail.cmp(&other.tail)
    }

    /// Whether some number matches both.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        let set = |pattern: &Self, place: usize| match pattern.places.get(place) {
            Some(set) => set.0,
            None if pattern.tail == Tail::None => 0,
            None => TAIL.0,
        };
        let (min, max) = (self.min.max(other.min), self.max.min(other.max));
        // Both patterns take any length between their bounds, so the shortest common one decides.
        min <= max && (0..min).all(|place| set(self, place) & set(other, place) != 0)
    }
}

fn bounds(
    fixed: usize,
    tail: Tail,
    min: Option<usize>,
    max: Option<usize>,
) -> Result<(usize, usize), PatternError> {
    let least = match tail {
        Tail::None if min.is_some() || max.is_some() => {
            return Err(PatternError::FixedLength(fixed));
        }
        Tail::None => return Ok((fixed, fixed)),
        Tail::OneOrMore => fixed + 1,
        Tail::Any => fixed,
    };
    let (min, max) = (min.unwrap_or(least), max.unwrap_or(MAX_DIGITS));
    if min < least || max < min || max > MAX_DIGITS {
        return Err(PatternError::NoLength { min, max, least });
    }
    Ok((min, max))
}

/// Reads what follows `[`, the `]` included; with how many characters that was.
fn parse_set(chars: &[char]) -> Option<(Set, usize)> {
    let mut set = Set(0);
    let mut at = 0;
    loop {
        let low = *chars.get(at)?;
        at += 1;
        if low == ']' {
            return (set.0 != 0).then_some((set, at));
        }
        if chars.get(at) == Some(&'-') {
            let (low, high) = (low.to_digit(10)?, chars.get(at + 1)?.to_digit(10)?);
            if low > high {
                return None;
            }
            set.0 |= Set::range(low, high).0;
            at += 2;
        } else if low == '+' {
            return None;
        } else {
            set.0 |= Set::of(low)?.0;
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests;
