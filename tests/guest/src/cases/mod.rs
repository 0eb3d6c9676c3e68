// SPDX-License-Identifier: MIT OR Apache-2.0
//! The tests themselves, by subject.

pub(crate) mod dahdi;
pub(crate) mod loading;
pub(crate) mod planted;
