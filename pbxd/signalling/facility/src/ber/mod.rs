// SPDX-License-Identifier: MIT OR Apache-2.0
//! The part of the basic encoding rules (ITU-T X.690) that supplementary services need.
//!
//! Writing uses definite lengths in their shortest form, shortest integers, primitive strings and
//! TRUE as all ones. Reading also takes long and indefinite lengths, padded integers, strings in
//! segments, and any octet but zero as TRUE.

mod oid;
mod reader;
pub(crate) mod schema;
mod tag;
mod types;
mod writer;

pub use oid::Oid;
pub use reader::{Element, Reader};
pub use schema::{Asn1, Parameter};
pub use tag::{Class, Tag};
pub use types::{Implicit, List, More, Null, Numeric, Octets, Raw, SetOf, Text, Time};
pub use writer::Writer;
