// SPDX-License-Identifier: MIT OR Apache-2.0
//! What happens, line by line as it happens, and a live meter.

use crate::clock::now_ns;
use std::io::{IsTerminal, Write};

/// Prints steps with the time since the start.
#[derive(Debug)]
pub(crate) struct Steps {
    started_ns: u64,
    /// On standard error, because standard output is for JSON.
    aside: bool,
    terminal: bool,
    /// A meter stands on the last line.
    metered: bool,
}

impl Steps {
    /// Starts the time. `aside`: on standard error.
    pub(crate) fn new(aside: bool) -> Self {
        let terminal = if aside {
            std::io::stderr().is_terminal()
        } else {
            std::io::stdout().is_terminal()
        };
        Self {
            started_ns: now_ns(),
            aside,
            terminal,
            metered: false,
        }
    }

    /// Whether a meter can be drawn over itself.
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Something happened now.
    pub(crate) fn say(&mut self, who: &str, text: impl AsRef<str>) {
        self.at(now_ns(), who, text);
    }

    /// Something happened then.
    pub(crate) fn at(&mut self, at_ns: u64, who: &str, text: impl AsRef<str>) {
        let seconds = at_ns.saturating_sub(self.started_ns) as f64 / 1e9;
        let erase = if std::mem::take(&mut self.metered) {
            "\r\x1b[K"
        } else {
            ""
        };
        self.write(&format!(
            "{erase}{seconds:8.3} s  {who:<9} {}\n",
            text.as_ref()
        ));
    }

    /// A meter: over the last one on a terminal, else a line of its own.
    pub(crate) fn meter(&mut self, text: &str) {
        if self.terminal {
            self.metered = true;
            self.write(&format!("\r\x1b[K            {text}"));
        } else {
            self.say("meter", text);
        }
    }

    /// Plain lines.
    pub(crate) fn plain(&mut self, text: &str) {
        self.write(text);
    }

    fn write(&self, text: &str) {
        // A reader that has seen enough, such as head, does not end the demo.
        let _ = if self.aside {
            let mut out = std::io::stderr().lock();
            out.write_all(text.as_bytes()).and_then(|()| out.flush())
        } else {
            let mut out = std::io::stdout().lock();
            out.write_all(text.as_bytes()).and_then(|()| out.flush())
        };
    }
}
