// SPDX-License-Identifier: MIT OR Apache-2.0
//! ISDN network layer (ITU-T Q.931) and EuroISDN basic call over primary-rate D channels, sans-IO.
//!
//! Three levels, each usable alone:
//! * [`ie`] and [`cause`]: typed information elements ([`Content`]).
//! * [`message`]: messages as lists of elements, kept byte for byte.
//! * [`Interface`]: the call machine of one D channel, for the network and the user side.
//!
//! # Contract of [`Interface`]
//!
//! Time is the caller's: a [`core::time::Duration`] since any epoch, never going back. After
//! **every** call that takes `now`, drain [`Interface::poll_output`] until it returns `None`, then arm
//! one timer for [`Interface::poll_timeout`] and call [`Interface::handle_timeout`] when it is due.
//! [`Output::Data`] goes to the data link in order; what the data link brings goes to
//! [`Interface::input_data`], its state to [`Interface::input_link`].
//!
//! Every call that the machine has told of ([`Event::Incoming`] or the result of
//! [`Interface::setup`]) ends with exactly one [`CallEvent::Released`], whoever clears it and whatever
//! is lost; its [`CallId`] means nothing afterwards.
#![forbid(unsafe_code)]

mod call;
pub mod cause;
mod codec;
mod config;
mod counters;
mod event;
pub mod ie;
mod interface;
pub mod message;
mod slots;
mod stack;
mod timer;

pub use call::{CallState, Direction};
pub use codec::{CodingStandard, Content, DecodeError, Location, Problem};
pub use config::{Config, Dialect, Hunt, SwitchType};
pub use counters::Counters;
pub use event::{
    CallEvent, CallId, ChannelChoice, Event, Extras, Incoming, Output, RequestError, Setup,
};
pub use interface::Interface;
pub use q921::Side;
pub use slots::Slots;
pub use stack::{Stack, StackOutput};
pub use timer::{TIMERS, Timer, TimerRow, Timers};
