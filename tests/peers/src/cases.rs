// SPDX-License-Identifier: MIT OR Apache-2.0
//! The cases of the libpri matrix: what is done with the D channel and what must come of it.

mod calls;
mod clearing;
mod trouble;

use crate::bench::{Bench, Capture, Outcome, Pace, Setting};
use q931::Side;

/// What runs a case.
pub type Run = Box<dyn Fn(&mut Bench, &mut Capture) -> Outcome>;

/// One case.
pub struct Case {
    /// Its name, with the role of libpri.
    pub name: String,
    /// The bench that it needs.
    pub setting: Setting,
    /// What it does.
    pub run: Run,
}

/// Collects the cases of one setting.
struct List {
    side: Side,
    cases: Vec<Case>,
}

impl List {
    fn add(
        &mut self,
        name: impl Into<String>,
        run: impl Fn(&mut Bench, &mut Capture) -> Outcome + 'static,
    ) {
        self.add_with(name, |_| {}, run);
    }

    fn add_with(
        &mut self,
        name: impl Into<String>,
        change: impl Fn(&mut Setting),
        run: impl Fn(&mut Bench, &mut Capture) -> Outcome + 'static,
    ) {
        let mut setting = Setting {
            side: self.side,
            pace: Pace::USUAL,
            manual_connect: false,
        };
        change(&mut setting);
        let role = match self.side {
            Side::Network => "libpri is the user",
            Side::User => "libpri is the network",
        };
        self.cases.push(Case {
            name: format!("{role}: {}", name.into()),
            setting,
            run: Box::new(run),
        });
    }
}

/// Every case, for both roles.
pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for side in [Side::User, Side::Network] {
        let mut list = List {
            side,
            cases: Vec::new(),
        };
        calls::add(&mut list);
        clearing::add(&mut list);
        trouble::add(&mut list);
        cases.extend(list.cases);
    }
    cases
}
