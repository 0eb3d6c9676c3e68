// SPDX-License-Identifier: MIT OR Apache-2.0
//! The configuration: one TOML file, declarative, valid as a whole or not taken at all.
//!
//! [`read`] goes over a text, [`load`] over a file, [`check`] is what `pbxd --check` prints. Everything that is wrong is
//! reported, each with file, line and column, what was found and what was expected. `docs/configuration.md` describes the
//! sections.

mod calls;
mod diagnostic;
mod document;
mod node;
mod routes;
mod sip;
mod slots;
mod span;
mod succession;
mod trunks;

pub use calls::Calls;
pub use diagnostic::{Diagnostic, Severity};
pub use node::{Cdr, Country, Level, Log, Node};
pub use sip::{Codec, Network, Peer, Sip};
pub use slots::{SlotsError, parse_slots};
pub use span::{Law, Span, SpanAddress, Switch, TIMERS};
pub use succession::Succession;
pub use trunks::TrunkGroup;

use document::Document;
use pbx_core::Plan;
use std::path::Path;
use std::sync::Arc;

/// Longest configuration file, in octets.
pub const MAX_FILE: u64 = 4 << 20;

/// A valid configuration. Never changed: a new file gives a new value.
#[derive(Clone, Debug)]
pub struct Config {
    /// This exchange.
    pub node: Node,
    /// Its spans, in the order of the file.
    pub spans: Vec<Span>,
    /// Its trunk groups.
    pub groups: Vec<TrunkGroup>,
    /// SIP; `None`: no SIP at all.
    pub sip: Option<Sip>,
    /// Its SIP peers.
    pub peers: Vec<Peer>,
    /// Bounds and times of calls.
    pub calls: Calls,
    /// Trunk groups, peers, routes and causes, as the call model takes them.
    pub plan: Arc<Plan>,
    /// Call records.
    pub cdr: Cdr,
    /// Logging.
    pub log: Log,
}

/// Reads a configuration text. `file` is only for the diagnostics.
///
/// # Errors
/// Everything that is wrong, in the order of the file.
pub fn read(text: &str, file: &str) -> Result<Config, Vec<Diagnostic>> {
    let mut document = Document::parse(text, file);
    let node = node::read_node(&mut document);
    let log = node::read_log(&mut document);
    let spans = span::read(&mut document);
    let trunks = trunks::read(&mut document, &spans);
    let sip = sip::read_sip(&mut document);
    let peers = sip::read_peers(&mut document, sip.as_ref());
    let calls = calls::read(&mut document);
    let plan = routes::read(&mut document, &trunks, &peers);
    let cdr = node::read_cdr(&mut document, node.as_ref());
    document.finish()?;
    // Without a diagnostic every part was read.
    let incomplete = || {
        vec![Diagnostic::whole_file(
            file,
            "the configuration could not be read".to_owned(),
        )]
    };
    let (Some(node), Some(log), Some(calls), Some(plan), Some(cdr)) = (node, log, calls, plan, cdr)
    else {
        return Err(incomplete());
    };
    Ok(Config {
        node,
        spans: spans.good,
        groups: trunks.good,
        sip: sip.and_then(|sip| sip.config),
        peers: peers.good,
        calls,
        plan: Arc::new(plan),
        cdr,
        log,
    })
}

/// Reads a configuration file.
///
/// # Errors
/// As [`read`]; also when the file cannot be read, is longer than [`MAX_FILE`], or is not UTF-8.
pub fn load(path: &Path) -> Result<Config, Vec<Diagnostic>> {
    let file = path.display().to_string();
    let fail = |message: String| vec![Diagnostic::whole_file(&file, message)];
    let size = std::fs::metadata(path)
        .map_err(|error| fail(format!("cannot read it: {error}")))?
        .len();
    if size > MAX_FILE {
        return Err(fail(format!(
            "it has {size} octets, expected at most {MAX_FILE}"
        )));
    }
    let octets = std::fs::read(path).map_err(|error| fail(format!("cannot read it: {error}")))?;
    match String::from_utf8(octets) {
        Ok(text) => read(&text, &file),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let octets = error.into_bytes();
            let text =
                String::from_utf8_lossy(octets.get(..valid).unwrap_or_default()).into_owned();
            let message = format!(
                "octet {:#04x} is no UTF-8",
                octets.get(valid).copied().unwrap_or_default()
            );
            Err(vec![Diagnostic::at(&file, &text, valid, message)])
        }
    }
}

/// What is wrong with a configuration file; empty when nothing is.
pub fn check(path: &Path) -> Vec<Diagnostic> {
    load(path).err().unwrap_or_default()
}
