// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where in a file something stands.

use std::fmt;

/// A place in a text file, counted as editors do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as the user named it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl Place {
    /// The place of a byte offset in a text; the end of the text for an offset behind it.
    #[must_use]
    pub fn of(file: &str, text: &str, offset: usize) -> Self {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn counts_from_one_and_in_characters() {
        let text = "ab\nä = x\n";
        let of = |offset| {
            let place = Place::of("f", text, offset);
            (place.line, place.column)
        };
        assert_eq!(of(0), (1, 1));
        assert_eq!(of(2), (1, 3));
        assert_eq!(of(3), (2, 1));
        assert_eq!(of(4), (2, 1), "inside a character: its start");
        assert_eq!(of(8), (2, 5));
        assert_eq!(of(99), (3, 1));
    }
}
