// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where a span is found.

use crate::error::{Error, Result};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// The address of a span.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SpanAddress {
    /// A character device of the kernel module, such as `/dev/tdm/span0`.
    Node(PathBuf),
    /// A span of an emulator: `unix:SOCKET#SPAN`.
    Emulated {
        /// The emulator's socket.
        socket: PathBuf,
        /// The span's name.
        span: String,
    },
}

impl FromStr for SpanAddress {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::Address {
            address: text.to_owned(),
        };
        if let Some(rest) = text.strip_prefix("unix:") {
            let (socket, span) = rest.rsplit_once('#').ok_or_else(wrong)?;
            if socket.is_empty()
                || span.is_empty()
                || span.len() >= kernel_rust_abi::text::TEXT_BYTES
            {
                return Err(wrong());
            }
            return Ok(Self::Emulated {
                socket: socket.into(),
                span: span.to_owned(),
            });
        }
        if text.starts_with('/') {
            return Ok(Self::Node(text.into()));
        }
        Err(wrong())
    }
}

impl fmt::Display for SpanAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(path) => write!(f, "{}", path.display()),
            Self::Emulated { socket, span } => write!(f, "unix:{}#{span}", socket.display()),
        }
    }
}
