// SPDX-License-Identifier: GPL-2.0-only
//! Software spans: pairs whose lines are joined, for machines without a card and for tests.

mod pair;
mod registry;

pub(crate) use pair::Pair;
pub(crate) use registry::{
    Registry,
    MINORS, //
};
