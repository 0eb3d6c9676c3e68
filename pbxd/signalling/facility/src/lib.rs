// SPDX-License-Identifier: MIT OR Apache-2.0
//! Supplementary services over remote operations in Facility information elements, sans-IO.
//!
//! [`Contents`] is what stands in a Facility element from its protocol profile on. Inside it are
//! [`Component`]s; [`Argument`] and [`Outcome`] are what they carry, typed by [`Dialect`].
//! [`Association`] numbers invocations, waits for their answers and answers what nobody can serve.
//!
//! # Contract
//!
//! Time is the caller's: a [`core::time::Duration`] since any epoch, never going back. After **every**
//! call that takes `now`, drain [`Association::poll_output`] until it returns `None`, then arm one
//! timer for [`Association::poll_timeout`] and call [`Association::handle_timeout`] when it is due.
//! Nothing here reads a clock, blocks or panics, whatever the line brings.
//!
//! ```
//! use core::time::Duration;
//! use facility::ber::{More, Octets};
//! use facility::name::{Name, NameArgument};
//! use facility::{Argument, Association, Config, Dialect, Indication, Output, qsig};
//!
//! let now = Duration::ZERO;
//! let mut ours = Association::new(Config::new(Dialect::Qsig));
//! let mut theirs = Association::new(Config::new(Dialect::Qsig));
//! let name = NameArgument::Plain(Name::Allowed(Octets::new(b"ALICE").unwrap()));
//! ours.invoke(now, Argument::Qsig(qsig::Argument::CallingName(name))).unwrap();
//! let Some(Output::Send(contents)) = ours.poll_output() else { panic!() };
//! theirs.input(now, &contents);
//! let Some(Output::Indication(Indication::Invoked { argument, .. })) = theirs.poll_output() else {
//!     panic!()
//! };
//! let Argument::Qsig(qsig::Argument::CallingName(name)) = argument else { panic!() };
//! assert_eq!(name.name().text().as_deref(), Some("ALICE"));
//! ```
#![forbid(unsafe_code)]

pub mod address;
mod association;
pub mod ber;
pub mod charge;
mod component;
mod contents;
pub mod dms100;
mod error;
mod errors;
pub mod etsi;
pub mod name;
pub mod ni2;
mod operation;
pub mod qsig;
mod service;

pub use association::{
    Association, Config, Counters, Failure, Indication, InvokeError, MAX_OUTSTANDING, Output,
    RespondError,
};
pub use component::{
    Component, ErrorProblem, GeneralProblem, InvokeId, InvokeProblem, Problem, ResultProblem,
};
pub use contents::{
    BadComponent, Contents, Decoded, EntityType, Interpretation, MAX_COMPONENTS, MAX_CONTENTS,
    NetworkExtension, Profile,
};
pub use error::{Error, Fault, ValueError};
pub use errors::ServiceError;
pub use operation::{Answers, Code};
pub use service::{Argument, Dialect, Operation, Outcome};
