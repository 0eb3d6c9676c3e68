// SPDX-License-Identifier: MIT OR Apache-2.0
//! Line echo canceller: up to three reflectors anywhere in a tail of 128 ms (256 at most), sixteen channels
//! side by side.
//!
//! A [`Group`] is sixteen channels. A worker opens a channel in a lane, and calls [`Group::visit`] with what was sent to
//! the line (Rin), what came from it at the same times (Sin), and room for the result (Sout), in G.711 codes. A visit
//! may be of any number of 1 ms blocks; the result does not depend on how the time was cut. Nothing is delayed.
//!
//! Nothing here allocates after [`Group::new`], reads a clock, or has randomness other than a fixed seed: the same visits
//! give the same result in the same instruction set ([`simd_dispatch::Instance`]), whatever the other lanes carry.
//!
//! ```
//! use echo::{Config, Group, Output, Port, Settings};
//! let mut group = Group::new(Config::default(), simd_dispatch::Instance::best());
//! group.open(3, g711::Law::A, Settings::default());
//! let (rin, sin) = ([0xD5; 160], [0xD5; 160]);
//! let mut out = [0; 160];
//! let mut ports = [const { None }; 16];
//! ports[3] = Some(Port { rin: &rin, sin: &sin, out: Output::Codes(&mut out) });
//! group.visit(&mut ports)?;
//! assert_eq!(out, sin);
//! # Ok::<(), echo::VisitError>(())
//! ```
//!
//! [`reference`] is the same algorithm for one channel in double precision, written to be read.
#![forbid(unsafe_code)]
#![allow(
    clippy::needless_range_loop,
    reason = "a lane's number runs over many arrays at once, which is what the compiler turns into vectors"
)]

mod config;
mod constants;
mod control;
mod decimator;
mod far;
mod figures;
mod group;
mod lanes;
mod narrow;
mod nlp;
mod place;
mod port;
pub mod reference;
mod scout;
mod split;
mod tone;
mod walk;
mod window;

pub use config::{Config, Settings, TailError};
pub use figures::Figures;
pub use group::Group;
pub use lanes::LANES;
pub use port::{Output, Port, VisitError};
