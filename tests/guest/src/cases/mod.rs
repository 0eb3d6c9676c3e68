// SPDX-License-Identifier: MIT OR Apache-2.0
//! The tests themselves, by subject.

pub(crate) mod call;
pub(crate) mod card;
pub(crate) mod dahdi;
pub(crate) mod hostile;
pub(crate) mod loading;
pub(crate) mod planted;
pub(crate) mod rights;
pub(crate) mod spans;
pub(crate) mod wakeups;
