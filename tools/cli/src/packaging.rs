// SPDX-License-Identifier: MIT OR Apache-2.0
//! Shell completions and manual pages, for packages to install.

use std::io::{self, Write};

/// Subcommands for whoever packages a tool; flatten them into its own.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Packaging {
    /// Print completions for a shell
    #[command(hide = true)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, of the tool or of one of its subcommands
    #[command(hide = true)]
    Man {
        /// The subcommand
        subcommand: Option<String>,
    },
}

impl Packaging {
    /// Writes what was asked for, from the tool's definition.
    ///
    /// # Errors
    /// If `out` cannot be written, or there is no such subcommand (`InvalidInput`).
    pub fn write(&self, mut command: clap::Command, out: &mut dyn Write) -> io::Result<()> {
        let name = command.get_name().to_owned();
        match self {
            Self::Completions { shell } => {
                let mut text = Vec::new();
                clap_complete::generate(*shell, &mut command, name, &mut text);
                out.write_all(&text)
            }
            Self::Man { subcommand: None } => {
                command.build();
                clap_mangen::Man::new(command).render(out)
            }
            Self::Man {
                subcommand: Some(wanted),
            } => {
                command.build();
                let found = command
                    .find_subcommand(wanted)
                    .filter(|found| !found.is_hide_set())
                    .ok_or_else(|| {
                        io::Error::new(
                            io::ErrorKind::InvalidInput,
                            format!("{name} has no subcommand {wanted:?}"),
                        )
                    })?;
                clap_mangen::Man::new(found.clone()).render(out)
            }
        }
    }
}
