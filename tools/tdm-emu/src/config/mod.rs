// SPDX-License-Identifier: MIT OR Apache-2.0
//! The emulator's file: what it says, and what is wrong with it.

mod build;
mod cards;
mod check;
mod file;

pub(crate) use build::{Built, build};
pub use check::Problem;
pub use file::{
    Cable, CardConfig, Channels, Clock, ClockMode, Config, Cross, DChannel, Domain, Exchange,
    Impair, ImpairKind, Law, LoopPlug, Origin, Rule, Side, SpanConfig,
};

use std::path::Path;

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// The file.
        path: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// It is no TOML, or has keys or values that have no place there. The message gives line and column.
    #[error("{0}")]
    Parse(#[from] toml::de::Error),
    /// Its parts do not go together.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Unfit(Vec<Problem>),
}

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// [`ConfigError`], with everything that is wrong and where.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
            path: path.display().to_string(),
            source,
        })?;
        text.parse()
    }

    /// Checks what the types do not.
    ///
    /// # Errors
    /// [`ConfigError::Unfit`] with every problem.
    pub fn check(&self) -> Result<(), ConfigError> {
        let problems = check::problems(self);
        if problems.is_empty() {
            Ok(())
        } else {
            Err(ConfigError::Unfit(problems))
        }
    }
}

impl std::str::FromStr for Config {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let config: Config = toml::from_str(text)?;
        config.check()?;
        Ok(config)
    }
}
