// SPDX-License-Identifier: MIT OR Apache-2.0
//! Far ends: an exchange that follows a script, and a D channel handed to another program.

mod call;
mod channel;
mod lineend;
mod media;
mod play;
mod report;
mod rules;
mod scripted;
mod tributary;

pub use play::Play;
pub use report::{CallRecord, Report, ReportHandle};
pub(crate) use scripted::Exchange;
pub(crate) use tributary::Tributary;
