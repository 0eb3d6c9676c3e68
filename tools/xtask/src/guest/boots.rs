// SPDX-License-Identifier: MIT OR Apache-2.0
//! The boots of guests: which group of tests runs in which machine. One row each.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::place;

/// A machine and the group of tests that runs in it.
#[derive(Clone)]
pub(crate) struct Boot {
    /// The group's name in the table of `tests/guest`.
    pub(crate) group: String,
    /// The configuration of the emulator that serves the guest's cards.
    pub(crate) cards: Option<PathBuf>,
    /// Whether the original C drivers and their tools are in the guest.
    pub(crate) dahdi: bool,
    /// Packages of the workspace whose binaries the tests start, besides `guest-tests`.
    pub(crate) programs: &'static [&'static str],
    /// Words for the kernel's command line.
    pub(crate) append: String,
    /// The processor on which QEMU and the card programs stay.
    pub(crate) pin: Option<u32>,
    /// MiB of memory.
    pub(crate) memory: u32,
    /// After this time the guest is ended and the run has failed.
    pub(crate) limit: Duration,
}

struct Row {
    group: &'static str,
    /// A file of the checkout; empty: no card.
    cards: &'static str,
    dahdi: bool,
    programs: &'static [&'static str],
    append: &'static str,
    seconds: u64,
}

const ROWS: &[Row] = &[
    // Software spans: the boot of the second tier.
    Row {
        group: "software",
        cards: "",
        dahdi: false,
        programs: &["pbxd"],
        append: "",
        seconds: 600,
    },
    // The same in earnest: the boot of the long tier.
    Row {
        group: "soak",
        cards: "",
        dahdi: false,
        programs: &[],
        append: "",
        seconds: 2 * 3600,
    },
    // Cases that must fail: what they show is that the harness sees it.
    Row {
        group: "planted",
        cards: "",
        dahdi: false,
        programs: &[],
        append: "",
        seconds: 60,
    },
    // The original C driver alone: what judges the card emulator.
    Row {
        group: "dahdi",
        cards: "",
        dahdi: true,
        programs: &[],
        append: "",
        seconds: 240,
    },
    // The original C driver on an emulated card.
    Row {
        group: "card",
        cards: "tests/guest/cards/te420.toml",
        dahdi: true,
        programs: &[],
        append: "",
        seconds: 1800,
    },
];

/// The boot of a group.
pub(crate) fn named(group: &str) -> Result<Boot> {
    let Some(row) = ROWS.iter().find(|row| row.group == group) else {
        let names: Vec<&str> = ROWS.iter().map(|row| row.group).collect();
        bail!(
            "no group of guest tests is named `{group}`; there are: {}",
            names.join(" ")
        );
    };
    Ok(Boot {
        group: row.group.to_owned(),
        cards: (!row.cards.is_empty()).then(|| place::root().join(row.cards)),
        dahdi: row.dahdi,
        programs: row.programs,
        append: row.append.to_owned(),
        // Each hop between two processors costs a card's access twice what it takes.
        pin: (!row.cards.is_empty()).then_some(0),
        memory: 512,
        limit: Duration::from_secs(row.seconds),
    })
}
