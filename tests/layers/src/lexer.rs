// SPDX-License-Identifier: MIT OR Apache-2.0
//! Enough of Rust's lexer to look at code without its comments, strings and unit tests.

/// A word or a sign of the code, with its line, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// An identifier, a number, `::`, or one other character.
    pub text: String,
    /// The line it stands on.
    pub line: usize,
}

/// The tokens of `source`, without comments, string and character literals.
#[must_use]
pub fn tokens(source: &str) -> Vec<Token> {
    let mut lexer = Lexer {
        chars: source.chars().collect(),
        at: 0,
        line: 1,
        tokens: Vec::new(),
    };
    while lexer.peek(0).is_some() {
        lexer.step();
    }
    lexer.tokens
}

/// The tokens without the modules marked `#[cfg(test)]`.
#[must_use]
pub fn without_tests(tokens: &[Token]) -> Vec<Token> {
    const MARK: [&str; 8] = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];
    let mut kept = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let marked = MARK
            .iter()
            .enumerate()
            .all(|(i, m)| tokens.get(at + i).is_some_and(|t| t.text == *m));
        if marked {
            at = end_of_item(tokens, at + MARK.len());
        } else {
            kept.push(token.clone());
            at += 1;
        }
    }
    kept
}

/// The index behind the next `;` or the next balanced pair of braces.
fn end_of_item(tokens: &[Token], from: usize) -> usize {
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate().skip(from) {
        match token.text.as_str() {
            ";" if depth == 0 => return index + 1,
            "{" => depth += 1,
            "}" if depth == 1 => return index + 1,
            "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    tokens.len()
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    tokens: Vec<Token>,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn bump(&mut self) {
        if self.peek(0) == Some('\n') {
            self.line += 1;
        }
        self.at += 1;
    }

    fn push(&mut self, text: String, line: usize) {
        self.tokens.push(Token { text, line });
    }

    fn step(&mut self) {
        let Some(first) = self.peek(0) else { return };
        let line = self.line;
        match (first, self.peek(1)) {
            ('/', Some('/')) => {
                while self.peek(0).is_some_and(|c| c != '\n') {
                    self.bump();
                }
            }
            ('/', Some('*')) => self.block_comment(),
            ('"', _) => self.string(),
            ('\'', _) => self.quote(),
            (':', Some(':')) => {
                self.at += 2;
                self.push("::".to_owned(), line);
            }
            (c, _) if c.is_whitespace() => self.bump(),
            (c, _) if c == '_' || c.is_alphanumeric() => self.word(),
            (c, _) => {
                self.bump();
                self.push(c.to_string(), line);
            }
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0usize;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => {
                    depth += 1;
                    self.at += 2;
                }
                (Some('*'), Some('/')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return;
                    }
                }
                (Some(_), _) => self.bump(),
                (None, _) => return,
            }
        }
    }

    fn string(&mut self) {
        self.bump();
        while let Some(c) = self.peek(0) {
            if c == '\\' {
                self.bump();
            }
            self.bump();
            if c == '"' {
                return;
            }
        }
    }

    fn raw_string(&mut self) {
        let mut hashes = 0;
        while self.peek(0) == Some('#') {
            hashes += 1;
            self.bump();
        }
        self.bump();
        while let Some(c) = self.peek(0) {
            self.bump();
            if c == '"' && (0..hashes).all(|i| self.peek(i) == Some('#')) {
                self.at += hashes;
                return;
            }
        }
    }

    /// A character literal, or the quote of a lifetime.
    fn quote(&mut self) {
        self.bump();
        if self.peek(0) == Some('\\') {
            self.bump();
            self.bump();
            while self.peek(0).is_some_and(|c| c != '\'') {
                self.bump();
            }
            self.bump();
        } else if self.peek(1) == Some('\'') {
            self.bump();
            self.bump();
        }
    }

    fn word(&mut self) {
        let line = self.line;
        let start = self.at;
        while self
            .peek(0)
            .is_some_and(|c| c == '_' || c.is_alphanumeric())
        {
            self.at += 1;
        }
        let text: String = self
            .chars
            .get(start..self.at)
            .unwrap_or_default()
            .iter()
            .collect();
        let raw_follows = self.peek(0) == Some('"')
            || (self.peek(0) == Some('#') && matches!(self.peek(1), Some('"' | '#')));
        match text.as_str() {
            "r" | "br" | "cr" if raw_follows => self.raw_string(),
            "b" | "c" if self.peek(0) == Some('"') => self.string(),
            "b" if self.peek(0) == Some('\'') => self.quote(),
            // A raw identifier is the identifier.
            "r" if self.peek(0) == Some('#') => self.at += 1,
            _ => self.push(text, line),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{tokens, without_tests};

    fn texts(source: &str) -> Vec<String> {
        tokens(source).into_iter().map(|t| t.text).collect()
    }

    #[test]
    fn comments_and_literals_vanish() {
        let source = "a // unsafe\n/* unsafe /* nested */ unsafe */ b \"un\\\"safe\" r#\"unsafe\"# 'x' '\\n' '\\u{41}' b'u' b\"s\" c";
        assert_eq!(texts(source), ["a", "b", "c"]);
    }

    #[test]
    fn lifetimes_and_raw_identifiers_stay() {
        assert_eq!(
            texts("&'a str r#fn std::net"),
            ["&", "a", "str", "fn", "std", "::", "net"]
        );
    }

    #[test]
    fn lines_are_counted_through_strings() {
        let all = tokens("\"two\nlines\"\n/* one\n */ here");
        assert_eq!((all[0].text.as_str(), all[0].line), ("here", 4));
    }

    #[test]
    fn test_modules_are_left_out() {
        let all = tokens("a #[cfg(test)] mod tests { fn f() { std::fs } } b #[cfg(test)] mod t; c");
        let kept: Vec<String> = without_tests(&all).into_iter().map(|t| t.text).collect();
        assert_eq!(kept, ["a", "b", "c"]);
    }
}
