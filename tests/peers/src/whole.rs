// SPDX-License-Identifier: MIT OR Apache-2.0
//! The cases of the whole system: SIPp at one end, libpri at the other, pbxd in between.

mod audio;
mod busy;
mod causes;
mod clearing;
mod media;
mod progress;
mod refusals;
mod reload;
mod through;
mod tones;

use crate::site::Site;

/// What a case gives: nothing, or what went wrong.
pub type Outcome = Result<(), String>;

/// One case.
pub struct Case {
    /// Its name.
    pub name: String,
    /// What it does.
    pub run: Box<dyn Fn(&mut Site) -> Outcome>,
}

/// Collects cases.
#[derive(Default)]
struct List(Vec<Case>);

impl List {
    fn add(&mut self, name: impl Into<String>, run: impl Fn(&mut Site) -> Outcome + 'static) {
        self.0.push(Case {
            name: name.into(),
            run: Box::new(run),
        });
    }
}

pub use audio::alaw_file;
pub use clearing::shutdown;

/// All cases; the same for both roles.
pub fn all() -> Vec<Case> {
    let mut list = List::default();
    clearing::add(&mut list);
    progress::add(&mut list);
    causes::add(&mut list);
    refusals::add(&mut list);
    media::add(&mut list);
    busy::add(&mut list);
    reload::add(&mut list);
    through::add(&mut list);
    tones::add(&mut list);
    audio::add(&mut list);
    list.0
}

/// The tag in one of libpri's lines.
fn tag(line: &str) -> Result<String, String> {
    crate::program::value(line, "tag")
        .map(str::to_owned)
        .ok_or(format!("no tag in {line:?}"))
}

/// Fails unless the line has `key=value`.
fn holds(line: &str, key: &str, value: &str) -> Outcome {
    match crate::program::value(line, key) {
        Some(found) if found == value => Ok(()),
        _ => Err(format!("no {key}={value} in {line:?}")),
    }
}
