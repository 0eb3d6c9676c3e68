// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[node]`, `[cdr]` and `[log]`.

use super::document::{Document, spanned};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use toml::Spanned;

/// Whose tones callers hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Country {
    /// The common European tones.
    Etsi,
    /// The tones of the United States.
    Us,
}

/// This exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name towards SIP (`User-Agent`, `Server`).
    pub name: String,
    /// Whose tones callers hear.
    pub country: Country,
    /// Where it keeps what must survive.
    pub state_dir: PathBuf,
    /// The socket of its command line.
    pub control_socket: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawNode {
    name: Spanned<String>,
    country: Country,
    state_dir: Spanned<PathBuf>,
    control_socket: Spanned<PathBuf>,
}

impl Default for RawNode {
    fn default() -> Self {
        Self {
            name: spanned("Tandem".to_owned()),
            country: Country::Etsi,
            state_dir: spanned("/var/lib/pbxd".into()),
            control_socket: spanned("/run/pbxd/control.sock".into()),
        }
    }
}

pub(super) fn read_node(document: &mut Document<'_>) -> Option<Node> {
    let raw: RawNode = document.section("node").value?;
    let name = raw.name.get_ref();
    if name.is_empty() || name.len() > 64 || !name.chars().all(|c| c.is_ascii_graphic() || c == ' ')
    {
        document.error_at(
            &raw.name,
            "node name: expected 1 to 64 printable ASCII characters",
        );
    }
    for path in [&raw.state_dir, &raw.control_socket] {
        if !path.get_ref().is_absolute() {
            document.error_at(
                path,
                format!("{:?}: expected an absolute path", path.get_ref()),
            );
        }
    }
    // The kernel's limit for the path of a Unix socket on Linux is 107 octets.
    if raw.control_socket.get_ref().as_os_str().len() > 107 {
        document.error_at(
            &raw.control_socket,
            "control_socket: expected a path of at most 107 octets",
        );
    }
    Some(Node {
        name: raw.name.into_inner(),
        country: raw.country,
        state_dir: raw.state_dir.into_inner(),
        control_socket: raw.control_socket.into_inner(),
    })
}

/// Call records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cdr {
    /// The database.
    pub path: PathBuf,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawCdr {
    path: Option<Spanned<PathBuf>>,
}

pub(super) fn read_cdr(document: &mut Document<'_>, node: Option<&Node>) -> Option<Cdr> {
    let raw: RawCdr = document.section("cdr").value?;
    if let Some(path) = raw
        .path
        .as_ref()
        .filter(|path| !path.get_ref().is_absolute())
    {
        document.error_at(
            path,
            format!("{:?}: expected an absolute path", path.get_ref()),
        );
    }
    let path = match raw.path {
        Some(path) => path.into_inner(),
        None => node?.state_dir.join("cdr.db"),
    };
    Some(Cdr { path })
}

/// How much is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Errors.
    Error,
    /// Warnings too.
    Warn,
    /// Calls and changes of state too.
    #[default]
    Info,
    /// Messages too.
    Debug,
    /// Everything.
    Trace,
}

/// Logging.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// How much.
    pub level: Level,
    /// One JSON object a line.
    pub json: bool,
}

pub(super) fn read_log(document: &mut Document<'_>) -> Option<Log> {
    document.section("log").value
}
