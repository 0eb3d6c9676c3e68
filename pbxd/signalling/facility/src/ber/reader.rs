// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reading elements one behind the other.

use super::tag::{Class, Tag};
use crate::error::{Error, Fault};

/// Elements of indefinite length may stand this deep in each other.
const DEPTH: usize = 16;

/// One element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element<'a> {
    /// Its tag.
    pub tag: Tag,
    /// Whether it holds elements.
    pub constructed: bool,
    /// Its contents, without end-of-contents octets.
    pub content: &'a [u8],
    /// All of it: identifier, length, contents, end of contents.
    pub raw: &'a [u8],
    /// Where its contents start, from the start of what was given.
    pub at: usize,
}

impl<'a> Element<'a> {
    /// An error about this element.
    #[must_use]
    pub fn error(&self, what: &'static str, fault: Fault) -> Error {
        Error {
            what,
            at: self.at,
            fault,
        }
    }

    /// A reader of the elements inside.
    ///
    /// # Errors
    /// The element is primitive.
    pub fn inside(&self, what: &'static str) -> Result<Reader<'a>, Error> {
        if !self.constructed {
            return Err(self.error(what, Fault::Shape));
        }
        Ok(Reader {
            octets: self.content,
            at: self.at,
        })
    }

    /// The contents of a primitive element.
    ///
    /// # Errors
    /// The element is constructed.
    pub fn primitive(&self, what: &'static str) -> Result<&'a [u8], Error> {
        if self.constructed {
            return Err(self.error(what, Fault::Shape));
        }
        Ok(self.content)
    }
}

/// Reads elements from octets.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    octets: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// From the start of `octets`.
    #[must_use]
    pub const fn new(octets: &'a [u8]) -> Self {
        Reader { octets, at: 0 }
    }

    /// What is left.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.octets
    }

    /// Where the reader stands, from the start of what was given.
    #[must_use]
    pub const fn at(&self) -> usize {
        self.at
    }

    /// The next element's tag, if there is one that can be read.
    #[must_use]
    pub fn peek(&self) -> Option<Tag> {
        self.clone().read("element").ok().flatten().map(|e| e.tag)
    }

    /// The next element; `None` at the end.
    ///
    /// # Errors
    /// The element is cut short or has a form that is not read.
    pub fn read(&mut self, what: &'static str) -> Result<Option<Element<'a>>, Error> {
        if self.octets.is_empty() {
            return Ok(None);
        }
        let fail = |fault| Error {
            what,
            at: self.at,
            fault,
        };
        let head = Header::read(self.octets).map_err(fail)?;
        let body = self
            .octets
            .get(head.size..)
            .ok_or_else(|| fail(Fault::Truncated))?;
        let (length, tail) = match head.length {
            Some(length) => (length, 0),
            None => (
                end_of_contents(body, head.constructed, DEPTH).map_err(fail)?,
                2,
            ),
        };
        let content = body.get(..length).ok_or_else(|| fail(Fault::Truncated))?;
        let total = head.size + length + tail;
        let (raw, rest) = self
            .octets
            .split_at_checked(total)
            .ok_or_else(|| fail(Fault::Truncated))?;
        let element = Element {
            tag: head.tag,
            constructed: head.constructed,
            content,
            raw,
            at: self.at + head.size,
        };
        self.octets = rest;
        self.at += total;
        Ok(Some(element))
    }
}

struct Header {
    tag: Tag,
    constructed: bool,
    /// `None`: indefinite.
    length: Option<usize>,
    /// Octets of identifier and length.
    size: usize,
}

impl Header {
    fn read(octets: &[u8]) -> Result<Header, Fault> {
        let mut input = octets.iter().copied();
        let first = input.next().ok_or(Fault::Truncated)?;
        let class = match first >> 6 {
            0 => Class::Universal,
            1 => Class::Application,
            2 => Class::Context,
            _ => Class::Private,
        };
        let constructed = first & 0x20 != 0;
        let mut size = 2;
        let number = if first & 0x1F == 0x1F {
            let mut number = 0u16;
            loop {
                let octet = input.next().ok_or(Fault::Truncated)?;
                size += 1;
                if number > 0x01FF {
                    return Err(Fault::Form);
                }
                number = (number << 7) | u16::from(octet & 0x7F);
                if octet & 0x80 == 0 {
                    break number;
                }
            }
        } else {
            u16::from(first & 0x1F)
        };
        let first = input.next().ok_or(Fault::Truncated)?;
        let length = match first {
            0..=0x7F => Some(usize::from(first)),
            0x80 => None,
            0x81..=0x84 => {
                let mut length = 0;
                for _ in 0..first & 0x7F {
                    let octet = input.next().ok_or(Fault::Truncated)?;
                    size += 1;
                    length = (length << 8) | usize::from(octet);
                }
                Some(length)
            }
            _ => return Err(Fault::Form),
        };
        Ok(Header {
            tag: Tag { class, number },
            constructed,
            length,
            size,
        })
    }
}

/// How many octets stand before the end-of-contents octets that belong to `body`. A primitive element
/// may not have them by the standard; libpri reads some that do, so they end at the first two zeros.
fn end_of_contents(body: &[u8], constructed: bool, depth: usize) -> Result<usize, Fault> {
    if !constructed {
        let zeros = body.windows(2).position(|pair| pair == [0, 0]);
        return zeros.ok_or(Fault::Truncated);
    }
    let depth = depth.checked_sub(1).ok_or(Fault::Depth)?;
    let mut at = 0usize;
    loop {
        let rest = body.get(at..).ok_or(Fault::Truncated)?;
        if rest.starts_with(&[0, 0]) {
            return Ok(at);
        }
        let head = Header::read(rest)?;
        at += head.size;
        at = match head.length {
            Some(length) => at.checked_add(length).ok_or(Fault::Truncated)?,
            None => {
                let inner = body.get(at..).ok_or(Fault::Truncated)?;
                at + end_of_contents(inner, head.constructed, depth)? + 2
            }
        };
    }
}
