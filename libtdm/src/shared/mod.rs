// SPDX-License-Identifier: MIT OR Apache-2.0
//! Memory that two processes share: the only place with pointers to it.

mod mapping;
mod memfd;

pub(crate) use mapping::{Access, Mapping};
pub(crate) use memfd::{Seal, create, seal, size_of_sealed};
