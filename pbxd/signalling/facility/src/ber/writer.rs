// SPDX-License-Identifier: MIT OR Apache-2.0
//! Writing elements: definite lengths, shortest form.

use super::tag::{Class, Tag};

/// Collects encoded elements.
#[derive(Debug, Default)]
pub struct Writer {
    octets: Vec<u8>,
}

impl Writer {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What was written.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.octets
    }

    /// A primitive element.
    pub fn primitive(&mut self, tag: Tag, content: &[u8]) {
        self.identifier(tag, false);
        self.length(content.len());
        self.octets.extend_from_slice(content);
    }

    /// A constructed element, whose contents `inside` writes.
    pub fn constructed(&mut self, tag: Tag, inside: impl FnOnce(&mut Writer)) {
        let mut inner = Writer::new();
        inside(&mut inner);
        self.identifier(tag, true);
        self.length(inner.octets.len());
        self.octets.extend_from_slice(&inner.octets);
    }

    /// Elements that are encoded already.
    pub fn raw(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }

    /// An integer with this tag.
    pub fn integer(&mut self, tag: Tag, value: i64) {
        let octets = value.to_be_bytes();
        let mut content = octets.as_slice();
        // An octet is superfluous if it only repeats the sign bit of the next one.
        while let [first, rest @ ..] = content {
            match rest.first() {
                Some(next) if *first == 0 && next & 0x80 == 0 => content = rest,
                Some(next) if *first == 0xFF && next & 0x80 != 0 => content = rest,
                _ => break,
            }
        }
        self.primitive(tag, content);
    }

    fn identifier(&mut self, tag: Tag, constructed: bool) {
        let class = match tag.class {
            Class::Universal => 0,
            Class::Application => 0x40,
            Class::Context => 0x80,
            Class::Private => 0xC0,
        };
        let first = class | if constructed { 0x20 } else { 0 };
        match u8::try_from(tag.number) {
            Ok(number) if number < 0x1F => self.octets.push(first | number),
            _ => {
                self.octets.push(first | 0x1F);
                let groups = [tag.number >> 14, tag.number >> 7, tag.number];
                let skip = match tag.number {
                    0..0x80 => 2,
                    0x80..0x4000 => 1,
                    _ => 0,
                };
                for (place, group) in groups.into_iter().enumerate().skip(skip) {
                    let more = if place < 2 { 0x80 } else { 0 };
                    self.octets.push((group & 0x7F) as u8 | more);
                }
            }
        }
    }

    fn length(&mut self, length: usize) {
        let octets = length.to_be_bytes();
        let significant = octets.len() - (length.leading_zeros() / 8) as usize;
        if length >= 0x80 {
            self.octets.push(0x80 | significant as u8);
        }
        let shown = significant.max(1);
        self.octets
            .extend(octets.into_iter().skip(octets.len() - shown));
    }
}
