// SPDX-License-Identifier: MIT OR Apache-2.0
//! A bench for line echo cancellers, after ITU-T G.168: signals, echo paths, scripted timelines, masks.
//!
//! Implement [`Canceller`] and run [`Test`]s of [`TESTS`] over [`Case`]s:
//!
//! ```
//! use g168_bench::{Case, Kit, Wire, summarise, test};
//! let kit = Kit::own(); // Kit::standard takes m1 to m8 from libspandsp-dev's header
//! let cases = Case::grid(1, &[10.0], &[0], &[(-10.0, g711::Law::A)]);
//! let speed = test("speed").ok_or("no such test")?;
//! let (results, refused) = speed.run(&mut Wire, &kit, &cases);
//! assert!(refused.is_empty());
//! for summary in summarise(&results) {
//!     println!("{} {:.1} {}", summary.name, summary.mean(), summary.unit);
//! }
//! # Ok::<(), &'static str>(())
//! ```
//!
//! A test makes a [`Scenario`] of each case: far end and line in G.711 codes, and switches turned at given
//! samples. The canceller gets both codes and gives Sout as linear samples. A [`Verdict`] is a figure with its
//! margin to a limit; [`summarise`] finds the worst over the cases.
//!
//! The standard's text was not available to the authors. The limits come from independent programs;
//! `docs/echo.md` names the source of each and the tests whose clause was not checked.
#![forbid(unsafe_code)]

mod canceller;
mod css;
mod header;
mod level;
mod mask;
mod path;
mod random;
mod runner;
mod scenario;
mod signal;
mod suite;
mod verdict;

pub use canceller::{Canceller, Control, Disabled, Visit, Wire};
pub use css::{Kind, own_table, render};
pub use header::{HEADER, HeaderError, Tables};
pub use level::{
    Meter, RATE, REFERENCE, active_rms, amplitude, at, dbm0, enhancement, meter, part, power,
    reaches, set_level,
};
pub use mask::{EARLY_LOSS, LOSS, with_nlp, without_nlp};
pub use path::EchoPath;
pub use random::Random;
pub use runner::play;
pub use scenario::{Case, Kit, Run, Scenario};
pub use signal::{
    add, answer_tone, energy_at, hoth, keyed, pair, scaled, silence, tone, unkeyed, white,
};
pub use suite::{TESTS, Test, test};
pub use verdict::{Summary, Verdict, summarise};
