// SPDX-License-Identifier: MIT OR Apache-2.0
//! Messages out of the octets of one connection.

use core::time::Duration;

use sip_msg::{Header, Message, ParseError};

use crate::close::Fault;
use crate::limits::Limits;

/// What the stream held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A message.
    Message(Box<Message>),
    /// A double CRLF between messages: the peer's keep-alive. Answer with one CRLF at once
    /// (RFC 5626).
    Ping,
    /// A single CRLF between messages: the answer to our keep-alive, or the first half of the
    /// peer's, whose second half then gives [`Frame::Ping`].
    Pong,
}

/// How far the message at the front has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// The header section's end was not found within so many octets.
    Head { searched: usize },
    /// The header section is known to be sound; the message is so many octets long.
    Body { total: usize },
}

/// Cuts messages out of the octets of one TCP or TLS connection. Every octet is looked at a
/// bounded number of times, however small the pieces in which it arrives.
#[derive(Debug)]
pub struct Stream {
    limits: Limits,
    buffer: Vec<u8>,
    /// Octets at the buffer's front that have been used.
    used: usize,
    progress: Progress,
    /// The last octets used were a single CRLF.
    after_crlf: bool,
    line_ends: u32,
    /// When the message at the front began.
    began: Option<Duration>,
    failed: Option<Fault>,
    messages: u64,
}

const SEARCH: Progress = Progress::Head { searched: 0 };

impl Stream {
    /// A stream at its start.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            buffer: Vec::new(),
            used: 0,
            progress: SEARCH,
            after_crlf: false,
            line_ends: 0,
            began: None,
            failed: None,
            messages: 0,
        }
    }

    /// Octets that wait for their message to be complete.
    pub fn buffered(&self) -> usize {
        self.buffer.len() - self.used
    }

    /// Messages read so far.
    pub fn messages(&self) -> u64 {
        self.messages
    }

    /// How many octets may be pushed now. It is never 0 once all frames are taken.
    pub fn room(&self) -> usize {
        let most = self.limits.head.saturating_add(self.limits.body);
        most.saturating_add(1).saturating_sub(self.buffered())
    }

    /// Takes octets from the connection, at most [`Stream::room`] of them.
    ///
    /// # Errors
    /// [`Fault::Overrun`] if there are more, or the fault there was: close the connection.
    pub fn push(&mut self, now: Duration, octets: &[u8]) -> Result<(), Fault> {
        if let Some(fault) = &self.failed {
            return Err(fault.clone());
        }
        if octets.len() > self.room() {
            return Err(self.fail(Fault::Overrun));
        }
        if self.used > 0 {
            self.buffer.drain(..self.used);
            self.used = 0;
        }
        self.buffer.extend_from_slice(octets);
        self.date(now);
        Ok(())
    }

    /// The next frame, or `None` when more octets are needed. `now` begins the time of a
    /// message that followed another in the same push.
    ///
    /// # Errors
    /// [`Fault`]: close the connection. The same fault comes again and again.
    pub fn next_frame(&mut self, now: Duration) -> Result<Option<Frame>, Fault> {
        if let Some(fault) = &self.failed {
            return Err(fault.clone());
        }
        match self.cut() {
            Ok(frame) => {
                self.date(now);
                Ok(frame)
            }
            Err(fault) => Err(self.fail(fault)),
        }
    }

    /// When [`Stream::handle_timeout`] wants to be called, if at all.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.began
            .filter(|_| self.failed.is_none())
            .map(|began| began.saturating_add(self.limits.message_time))
    }

    /// Says whether the message that has begun is still in time.
    ///
    /// # Errors
    /// [`Fault::TooSlow`], or the fault there was: close the connection.
    pub fn handle_timeout(&mut self, now: Duration) -> Result<(), Fault> {
        if let Some(fault) = &self.failed {
            return Err(fault.clone());
        }
        if self.poll_timeout().is_some_and(|due| due <= now) {
            return Err(self.fail(Fault::TooSlow));
        }
        Ok(())
    }

    fn fail(&mut self, fault: Fault) -> Fault {
        self.failed = Some(fault.clone());
        self.buffer = Vec::new();
        self.used = 0;
        fault
    }

    /// A message begins with its first octet that is not a line end.
    fn date(&mut self, now: Duration) {
        let begun = self.front().iter().any(|c| !matches!(c, b'\r' | b'\n'));
        self.began = begun.then(|| self.began.unwrap_or(now));
    }

    fn front(&self) -> &[u8] {
        self.buffer.get(self.used..).unwrap_or_default()
    }

    fn cut(&mut self) -> Result<Option<Frame>, Fault> {
        if let Progress::Body { total } = self.progress {
            return self.whole(total);
        }
        if self.progress == SEARCH {
            if let Some(frame) = self.line_ends()? {
                return Ok(Some(frame));
            }
            if matches!(self.front(), [] | [b'\r']) {
                return Ok(None);
            }
        }
        let Some(end) = self.head_end()? else {
            return Ok(None);
        };
        let head = self.front().get(..end).unwrap_or_default();
        let limits = self.limits.of_messages();
        let length = match Message::from_datagram(head, &limits) {
            Ok(message) if !message.has(Header::ContentLength) => return Err(Fault::NoLength),
            Ok(message) => {
                self.take(end);
                return Ok(Some(Frame::Message(Box::new(message))));
            }
            Err(rejected) => match rejected.error {
                ParseError::Truncated { declared, .. } => declared,
                error => return Err(Fault::Malformed(error)),
            },
        };
        if length > self.limits.body {
            return Err(Fault::BodyTooLarge {
                size: length,
                limit: self.limits.body,
            });
        }
        let total = end.saturating_add(length);
        self.progress = Progress::Body { total };
        self.whole(total)
    }

    /// The message at the front, if its body is there.
    fn whole(&mut self, total: usize) -> Result<Option<Frame>, Fault> {
        let Some(octets) = self.front().get(..total) else {
            return Ok(None);
        };
        let message = Message::from_datagram(octets, &self.limits.of_messages())
            .map_err(|rejected| Fault::Malformed(rejected.error))?;
        self.take(total);
        Ok(Some(Frame::Message(Box::new(message))))
    }

    fn take(&mut self, octets: usize) {
        self.used += octets;
        self.progress = SEARCH;
        self.after_crlf = false;
        self.line_ends = 0;
        self.began = None;
        self.messages += 1;
    }

    /// Line ends in front of a message: keep-alives, or what some senders leave over.
    fn line_ends(&mut self) -> Result<Option<Frame>, Fault> {
        loop {
            let (octets, crlf) = match self.front() {
                [b'\r', b'\n', ..] => (2, true),
                [b'\r'] | [] => return Ok(None),
                [b'\n', ..] => (1, false),
                [b'\r', ..] => {
                    return Err(Fault::Malformed(ParseError::StartLine("CR without LF")));
                }
                _ => return Ok(None),
            };
            self.used += octets;
            self.line_ends = self.line_ends.saturating_add(1);
            if self.line_ends > self.limits.line_ends {
                let limit = self.limits.line_ends;
                return Err(Fault::LineEnds { limit });
            }
            if crlf {
                self.after_crlf = !self.after_crlf;
                return Ok(Some(if self.after_crlf {
                    Frame::Pong
                } else {
                    Frame::Ping
                }));
            }
        }
    }

    /// Where the header section ends, if its blank line is there. Searching goes on where it
    /// stopped.
    fn head_end(&mut self) -> Result<Option<usize>, Fault> {
        let Progress::Head { searched } = self.progress else {
            return Ok(None);
        };
        let limit = self.limits.head;
        let from = searched.saturating_sub(2);
        let front = self.front();
        let window = front.get(..limit.min(front.len())).unwrap_or_default();
        let rest = window.get(from..).unwrap_or_default();
        let end = rest.iter().enumerate().find_map(|(at, c)| {
            if *c != b'\n' {
                return None;
            }
            match (rest.get(at + 1), rest.get(at + 2)) {
                (Some(b'\n'), _) => Some(from + at + 2),
                (Some(b'\r'), Some(b'\n')) => Some(from + at + 3),
                _ => None,
            }
        });
        if end.is_none() {
            if front.len() > limit {
                return Err(Fault::HeadTooLarge { limit });
            }
            let searched = front.len();
            self.progress = Progress::Head { searched };
        }
        Ok(end)
    }
}
