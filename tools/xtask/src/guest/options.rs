// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line of `cargo xtask guest`.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::boots::{self, Boot};

/// What can be asked for.
#[derive(Subcommand)]
pub(crate) enum Guest {
    /// Make the chroot with the newest backports kernel, its Rust metadata and QEMU
    Prepare,
    /// Build tdm.ko and print where it is
    Build,
    /// Boot a guest and run tests in it
    Run(Options),
    /// Boot a guest with everything that `run` puts into it, and a shell on this terminal
    Shell(Options),
    /// List the tests
    List,
}

/// How to boot.
#[derive(Args, Default)]
pub(crate) struct Options {
    /// The group of tests, with the cards and programs that they need
    #[arg(long, default_value = "software")]
    group: String,
    /// Run only this test (may be repeated)
    #[arg(long, value_name = "TEST")]
    pub(crate) only: Vec<String>,
    /// Start tdm-emu with this configuration, in which {dir} is the folder of the sockets, and give the guest its cards
    #[arg(long, value_name = "FILE")]
    cards: Option<PathBuf>,
    /// Put the original C drivers and tools (DAHDI) into the guest, in /dahdi
    #[arg(long)]
    dahdi: bool,
    /// Keep QEMU and the emulator on this processor
    #[arg(long, value_name = "CPU")]
    pin: Option<u32>,
    /// Words for the kernel's command line
    #[arg(long, value_name = "WORDS")]
    append: Option<String>,
    /// End the guest after this time [default: the group's]
    #[arg(long, value_name = "SECONDS")]
    limit: Option<u64>,
}

impl Options {
    /// The group's boot with what the options add to it.
    pub(crate) fn boot(&self) -> Result<Boot> {
        let mut boot = boots::named(&self.group)?;
        boot.cards = self.cards.clone().or(boot.cards);
        boot.dahdi |= self.dahdi;
        boot.pin = self.pin.or(boot.pin);
        if let Some(words) = &self.append {
            boot.append = format!("{} {words}", boot.append);
        }
        if let Some(seconds) = self.limit {
            boot.limit = std::time::Duration::from_secs(seconds);
        }
        Ok(boot)
    }
}
