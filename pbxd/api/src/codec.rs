// SPDX-License-Identifier: MIT OR Apache-2.0
//! Lines and what they mean, without input or output.

use crate::{ErrorCode, Request, Response, VERSION};
use serde::{Deserialize, Serialize};

/// Longest line in octets, its end included.
pub const MAX_LINE: usize = 1 << 20;

/// Longest number or name in a request, in octets.
const MAX_FIELD: usize = 256;

/// Why a line is no message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// The line is too long.
    #[error("the line is longer than {MAX_LINE} octets")]
    TooLong,
    /// It is no JSON of the right shape.
    #[error("the line is no message of this protocol: {0}")]
    Malformed(String),
    /// It is of another version.
    #[error("the message has version {0}, expected {VERSION}: use pbxd's own command line")]
    Version(u32),
    /// A value is out of range.
    #[error("{0}")]
    Invalid(String),
}

impl CodecError {
    /// The response that tells the client.
    pub fn response(&self, id: u64) -> Response {
        let code = match self {
            Self::TooLong | Self::Malformed(_) => ErrorCode::Malformed,
            Self::Version(_) => ErrorCode::Version,
            Self::Invalid(_) => ErrorCode::Invalid,
        };
        Response::error(id, code, self.to_string())
    }
}

/// Cuts what arrives into lines.
#[derive(Debug, Default)]
pub struct LineReader {
    buffer: Vec<u8>,
    /// Octets in front that hold no line end.
    searched: usize,
    broken: bool,
}

impl LineReader {
    /// Adds what arrived. At most [`MAX_LINE`] octets without a line end are kept.
    pub fn push(&mut self, octets: &[u8]) {
        if !self.broken {
            self.buffer.extend_from_slice(octets);
        }
    }

    /// The next whole line, without its end. After [`CodecError::TooLong`] nothing comes any more: hang up.
    ///
    /// # Errors
    /// [`CodecError::TooLong`], again and again.
    pub fn next_line(&mut self) -> Result<Option<Vec<u8>>, CodecError> {
        if self.broken {
            return Err(CodecError::TooLong);
        }
        let fresh = self.buffer.get(self.searched..).unwrap_or_default();
        let end = fresh
            .iter()
            .position(|octet| *octet == b'\n')
            .map(|at| at + self.searched);
        if end.map_or(self.buffer.len() >= MAX_LINE, |end| end >= MAX_LINE) {
            self.broken = true;
            self.buffer = Vec::new();
            return Err(CodecError::TooLong);
        }
        let Some(end) = end else {
            self.searched = self.buffer.len();
            return Ok(None);
        };
        let rest = self.buffer.split_off(end + 1);
        let mut line = core::mem::replace(&mut self.buffer, rest);
        self.searched = 0;
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(Some(line))
    }
}

/// A message as a line, its end included.
///
/// # Errors
/// [`CodecError::TooLong`].
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, CodecError> {
    let mut line =
        serde_json::to_vec(message).map_err(|error| CodecError::Malformed(error.to_string()))?;
    line.push(b'\n');
    if line.len() > MAX_LINE {
        Err(CodecError::TooLong)
    } else {
        Ok(line)
    }
}

/// What every version has in common.
#[derive(Deserialize)]
struct Envelope {
    version: u32,
    #[serde(default)]
    id: u64,
}

/// Reads a request. With the error comes the id to answer to, 0 when the line has none.
///
/// # Errors
/// What is wrong with the line.
pub fn decode_request(line: &[u8]) -> Result<Request, (u64, CodecError)> {
    let id = envelope(line).map_err(|error| (error.0, error.1))?;
    let request: Request = serde_json::from_slice(line)
        .map_err(|error| (id, CodecError::Malformed(error.to_string())))?;
    check(&request).map_err(|error| (id, error))?;
    Ok(request)
}

/// Reads a response.
///
/// # Errors
/// What is wrong with the line.
pub fn decode_response(line: &[u8]) -> Result<Response, CodecError> {
    envelope(line).map_err(|error| error.1)?;
    serde_json::from_slice(line).map_err(|error| CodecError::Malformed(error.to_string()))
}

fn envelope(line: &[u8]) -> Result<u64, (u64, CodecError)> {
    if line.len() >= MAX_LINE {
        return Err((0, CodecError::TooLong));
    }
    let envelope: Envelope = serde_json::from_slice(line)
        .map_err(|error| (0, CodecError::Malformed(error.to_string())))?;
    if envelope.version != VERSION {
        return Err((envelope.id, CodecError::Version(envelope.version)));
    }
    Ok(envelope.id)
}

fn check(request: &Request) -> Result<(), CodecError> {
    match &request.command {
        crate::Command::Hangup { cause, .. } if !(1..=127).contains(cause) => Err(
            CodecError::Invalid(format!("cause {cause}: expected 1 to 127")),
        ),
        crate::Command::Explain { number, from }
            if number.len() > MAX_FIELD || from.len() > MAX_FIELD =>
        {
            Err(CodecError::Invalid(format!(
                "number or from: expected at most {MAX_FIELD} octets"
            )))
        }
        _ => Ok(()),
    }
}
