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

#[cfg(test)]
mod tests {
    use super::SpanAddress;
    use proptest::prelude::*;

    fn parse(text: &str) -> Option<SpanAddress> {
        text.parse().ok()
    }

    #[test]
    fn both_forms() {
        assert_eq!(
            parse("/dev/tdm/span0"),
            Some(SpanAddress::Node("/dev/tdm/span0".into()))
        );
        let emulated = |socket: &str, span: &str| SpanAddress::Emulated {
            socket: socket.into(),
            span: span.to_owned(),
        };
        assert_eq!(
            parse("unix:/run/emu.sock#e1-0"),
            Some(emulated("/run/emu.sock", "e1-0"))
        );
        assert_eq!(
            parse("unix:/odd#path/sock#a"),
            Some(emulated("/odd#path/sock", "a")),
            "the last # counts"
        );
    }

    #[test]
    fn everything_else_is_refused_with_the_forms() {
        let long = format!("unix:/s#{}", "x".repeat(64));
        for text in [
            "", "span0", "unix:", "unix:/s", "unix:#a", "unix:/s#", "tcp:/s#a", &long,
        ] {
            let error = text.parse::<SpanAddress>().expect_err(text).to_string();
            assert!(error.contains("unix:SOCKET#SPAN"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn an_address_is_written_as_it_is_read(text in "(unix:)?/?[a-z#/]{0,20}") {
            if let Ok(address) = text.parse::<SpanAddress>() {
                prop_assert_eq!(address.to_string(), text);
            }
        }
    }
}
