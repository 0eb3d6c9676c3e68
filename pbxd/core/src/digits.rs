// SPDX-License-Identifier: MIT OR Apache-2.0
//! Dialled digits: what a number may consist of, and how many.

use core::fmt;

/// Most digits of one number. E.164 allows 15; carriers' prefixes and routing digits need more.
pub const MAX_DIGITS: usize = 40;

/// A dialled number: `0`–`9`, `*`, `#`, `A`–`D`, and `+` in front; at most [`MAX_DIGITS`].
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digits(String);

/// Why a text is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DigitsError {
    /// It has a character that nobody can dial.
    #[error("{0:?} at place {1} is no digit: expected 0-9, *, #, A-D, or + in front")]
    NotADigit(char, usize),
    /// It is longer than [`MAX_DIGITS`].
    #[error("more than {MAX_DIGITS} digits")]
    TooLong,
}

impl Digits {
    /// Reads a number; `a` to `d` become capitals.
    ///
    /// # Errors
    /// A character that is no digit, or more than [`MAX_DIGITS`].
    pub fn parse(text: &str) -> Result<Self, DigitsError> {
        let mut digits = Self::default();
        digits.push_str(text)?;
        Ok(digits)
    }

    /// Appends digits that were dialled later.
    ///
    /// # Errors
    /// As [`Digits::parse`]; the number is unchanged then.
    pub fn push_str(&mut self, text: &str) -> Result<(), DigitsError> {
        let mut fresh = String::new();
        for (place, c) in text.chars().enumerate() {
            let c = c.to_ascii_uppercase();
            match c {
                '0'..='9' | '*' | '#' | 'A'..='D' => {}
                '+' if self.0.is_empty() && fresh.is_empty() => {}
                _ => return Err(DigitsError::NotADigit(c, place + 1)),
            }
            if self.0.len() + fresh.len() == MAX_DIGITS {
                return Err(DigitsError::TooLong);
            }
            fresh.push(c);
        }
        self.0.push_str(&fresh);
        Ok(())
    }

    /// The digits as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many there are, `+` included.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Without a final `#`, when there is one.
    pub(crate) fn without_final_hash(&self) -> Option<Self> {
        self.0.strip_suffix('#').map(|rest| Self(rest.to_owned()))
    }

    /// Without the first `strip`, with `prepend` in front; `None` when that is no number any more (too long, or a `+`
    /// inside).
    pub(crate) fn rewritten(&self, strip: usize, prepend: &str) -> Option<Self> {
        let rest = self.0.get(strip.min(self.0.len())..)?;
        let mut digits = Self::parse(prepend).ok()?;
        digits.push_str(rest).ok()?;
        Some(digits)
    }
}

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_digits_only() {
        assert_eq!(Digits::parse("+49*30#ab").unwrap().as_str(), "+49*30#AB");
        assert_eq!(Digits::parse("4+9"), Err(DigitsError::NotADigit('+', 2)));
        assert_eq!(Digits::parse("alice"), Err(DigitsError::NotADigit('L', 2)));
        assert_eq!(
            Digits::parse(&"1".repeat(MAX_DIGITS)).unwrap().len(),
            MAX_DIGITS
        );
        assert_eq!(
            Digits::parse(&"1".repeat(MAX_DIGITS + 1)),
            Err(DigitsError::TooLong)
        );
    }

    #[test]
    fn rewrites() {
        let number = Digits::parse("+493012").unwrap();
        assert_eq!(number.rewritten(3, "0").unwrap().as_str(), "03012");
        assert_eq!(number.rewritten(0, "00"), None);
        assert_eq!(number.rewritten(99, "7").unwrap().as_str(), "7");
    }
}
