// SPDX-License-Identifier: MIT OR Apache-2.0
//! Media of calls: endpoints that join a B channel with an RTP stream, kept by the leg that uses them.

mod endpoint;
mod plane;

pub(crate) use endpoint::Stream;
pub(crate) use plane::{MediaPlane, MediaReport, MediaSettings};
