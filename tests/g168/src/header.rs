// SPDX-License-Identifier: MIT OR Apache-2.0
//! The echo-path models and signal tables that libspandsp-dev installs, parsed when the bench runs.
//!
//! They stand in a C header of that package and nowhere in this tree. Models m1 to m8 are its
//! coefficient sets D.2 to D.9, each with its gain.

use crate::path::EchoPath;

/// Where Debian's libspandsp-dev puts the header. Whoever runs the bench reads it; nothing here touches a file.
pub const HEADER: &str = "/usr/include/spandsp/g168models.h";

/// Why the tables could not be read.
#[derive(Debug, thiserror::Error)]
pub enum HeaderError {
    /// The file does not hold a table that it should.
    #[error("{HEADER}: no table `{0}` of numbers; expected the header of libspandsp-dev 0.0.6")]
    Table(String),
}

/// What the header holds.
#[derive(Clone, Debug)]
pub struct Tables {
    /// Models m1 to m8.
    pub paths: Vec<EchoPath>,
    /// One period of the voiced sound of the far-end signal, at 44.1 kHz.
    pub single: Vec<f64>,
    /// One period of the voiced sound of the double-talk signal.
    pub double: Vec<f64>,
}

impl Tables {
    /// Reads the tables from the header's text.
    ///
    /// # Errors
    /// A table is missing.
    pub fn parse(text: &str) -> Result<Self, HeaderError> {
        let mut paths = Vec::new();
        for number in 2..=9 {
            let gain = define(text, &format!("LINE_MODEL_D{number}_GAIN"))?;
            let taps = array(text, &format!("line_model_d{number}_coeffs"))?;
            paths.push(EchoPath {
                name: format!("m{}", number - 1),
                taps: taps.into_iter().map(|v| v * gain).collect(),
            });
        }
        Ok(Self {
            paths,
            single: array(text, "css_c1")?,
            double: array(text, "css_c3")?,
        })
    }
}

fn define(text: &str, name: &str) -> Result<f64, HeaderError> {
    let missing = || HeaderError::Table(name.to_owned());
    let line = text
        .lines()
        .find(|line| line.split_whitespace().nth(1) == Some(name))
        .ok_or_else(missing)?;
    let value = line.split_whitespace().nth(2).ok_or_else(missing)?;
    value.trim_end_matches('f').parse().map_err(|_| missing())
}

fn array(text: &str, name: &str) -> Result<Vec<f64>, HeaderError> {
    let missing = || HeaderError::Table(name.to_owned());
    let found = text.find(&format!("{name}[]")).ok_or_else(missing)?;
    let rest = &text[found..];
    let open = rest.find('{').ok_or_else(missing)?;
    let close = rest.find('}').ok_or_else(missing)?;
    let body = rest.get(open + 1..close).ok_or_else(missing)?;
    let numbers: Result<Vec<f64>, _> = body
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .map(str::parse)
        .collect();
    numbers
        .ok()
        .filter(|values| !values.is_empty())
        .ok_or_else(missing)
}
