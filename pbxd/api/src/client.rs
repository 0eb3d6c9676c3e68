// SPDX-License-Identifier: MIT OR Apache-2.0
//! A blocking client.

use crate::{
    ApiError, CodecError, Command, Done, LineReader, Reply, Request, VERSION, decode_response,
    encode,
};
use core::time::Duration;
use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

/// Why a request has no good answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody answers on the socket.
    #[error("cannot reach pbxd on {path}: {error}. Does it run, and may you use its socket?")]
    Connect {
        /// The socket.
        path: PathBuf,
        /// The system's word.
        error: io::Error,
    },
    /// The connection broke, or no answer came in time.
    #[error("pbxd did not answer: {0}")]
    Io(#[from] io::Error),
    /// The answer is no message of the protocol.
    #[error("pbxd's answer: {0}")]
    Codec(#[from] CodecError),
    /// The answer is for another request.
    #[error("pbxd answered request {found}, expected {expected}")]
    WrongId {
        /// The answer's.
        found: u64,
        /// The request's.
        expected: u64,
    },
    /// The exchange refused.
    #[error("{0}")]
    Refused(#[from] ApiError),
}

/// A connection to an exchange.
#[derive(Debug)]
pub struct Client {
    stream: UnixStream,
    reader: LineReader,
    next_id: u64,
}

impl Client {
    /// Connects; each answer is waited for at most `wait`.
    ///
    /// # Errors
    /// [`ClientError::Connect`].
    pub fn connect(path: &Path, wait: Duration) -> Result<Self, ClientError> {
        let connect = || {
            let stream = UnixStream::connect(path)?;
            stream.set_read_timeout(Some(wait))?;
            stream.set_write_timeout(Some(wait))?;
            Ok(stream)
        };
        let stream = connect().map_err(|error| ClientError::Connect {
            path: path.to_owned(),
            error,
        })?;
        Ok(Self {
            stream,
            reader: LineReader::default(),
            next_id: 1,
        })
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// Why there is no good one. After any but [`ClientError::Refused`] the connection is of no more use.
    pub fn ask(&mut self, command: Command) -> Result<Reply, ClientError> {
        let id = self.next_id;
        self.next_id += 1;
        self.stream.write_all(&encode(&Request {
            version: VERSION,
            id,
            command,
        })?)?;
        let line = self.line()?;
        let response = decode_response(&line)?;
        match response.outcome {
            // An error about a line that the server could not read has no id.
            Done::Error(error) if response.id == id || response.id == 0 => Err(error.into()),
            Done::Ok(reply) if response.id == id => Ok(reply),
            _ => Err(ClientError::WrongId {
                found: response.id,
                expected: id,
            }),
        }
    }

    /// All calls, however many pages they take.
    ///
    /// # Errors
    /// As [`Client::ask`].
    pub fn calls(&mut self) -> Result<Vec<crate::Call>, ClientError> {
        let mut all: Vec<crate::Call> = Vec::new();
        loop {
            let after = all.last().map_or(0, |call| call.id);
            match self.ask(Command::Calls { after, limit: 500 })? {
                Reply::Calls { calls, more } => {
                    let stuck = calls.last().is_none_or(|call| call.id <= after);
                    all.extend(calls);
                    if !more || stuck {
                        return Ok(all);
                    }
                }
                _ => {
                    return Err(
                        CodecError::Malformed("not the answer to this request".to_owned()).into(),
                    );
                }
            }
        }
    }

    fn line(&mut self) -> Result<Vec<u8>, ClientError> {
        let mut octets = [0; 16 * 1024];
        loop {
            if let Some(line) = self.reader.next_line()? {
                return Ok(line);
            }
            let count = self.stream.read(&mut octets)?;
            if count == 0 {
                return Err(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    "it closed the connection",
                )
                .into());
            }
            self.reader.push(octets.get(..count).unwrap_or_default());
        }
    }
}
