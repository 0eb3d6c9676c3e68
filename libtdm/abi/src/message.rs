// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! Messages of an emulated span's socket (Unix, SOCK_SEQPACKET): the ioctls of a kernel node, plus finding and opening.
//!
//! A request is a [`Header`] and the argument's bytes; the answer is a header with the same kind and tag, a status, and the argument as
//! the server left it. Descriptors travel beside it. One connection stands for one open file description.

use super::text::TEXT_BYTES;
use zerocopy_derive::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// The largest message in bytes, header included.
pub const MAX_BYTES: usize = 512;
/// The most descriptors beside a message.
pub const MAX_FDS: usize = 4;

/// Kinds of requests.
pub mod kind {
    /// Describe the span with the number in [`super::Describe::index`]. ENOENT beyond the last.
    pub const DESCRIBE: u32 = 1;
    /// Open the span of that name. The answer brings the status, receive and sent regions.
    pub const OPEN: u32 = 2;
    /// [`super::super::claim::Claim`]. The answer brings the transmit region for the purpose TRANSMIT.
    pub const CLAIM: u32 = 3;
    /// [`super::super::claim::Release`].
    pub const RELEASE: u32 = 4;
    /// [`super::super::claim::SetIdle`].
    pub const SET_IDLE: u32 = 5;
    /// [`super::super::wake::Subscribe`].
    pub const SUBSCRIBE: u32 = 6;
    /// [`super::super::wake::Unsubscribe`].
    pub const UNSUBSCRIBE: u32 = 7;
    /// [`super::super::command::Batch`].
    pub const COMMAND: u32 = 8;
    /// [`super::super::config::LineConfig`].
    pub const CONFIGURE: u32 = 9;
}

/// Before every request and answer.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct Header {
    /// One of [`kind`].
    pub kind: u32,
    /// Chosen by the client, returned by the server.
    pub tag: u32,
    /// In an answer: 0, or an errno. In a request: 0.
    pub status: i32,
    /// Bytes that follow.
    pub len: u32,
}

/// The argument of DESCRIBE, and its answer.
#[repr(C)]
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct Describe {
    /// In: which span, from 0.
    pub index: u32,
    /// Out: zero.
    pub reserved: u32,
    /// Out: the span's clock domain.
    pub clock_domain: u64,
    /// Out: the span's configuration, packed.
    pub config: u64,
    /// Out: alarms present.
    pub alarms: u64,
    /// Out: the span's name.
    pub name: [u8; TEXT_BYTES],
}

/// The argument of OPEN, and its answer.
#[repr(C)]
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct Open {
    /// In: the client's [`super::status::ABI_VERSION`]. Out: the server's.
    pub abi_version: u64,
    /// Out: bytes of the status region.
    pub status_bytes: u64,
    /// Out: bytes of the receive region, and of the sent region.
    pub ring_bytes: u64,
    /// In: the span's name.
    pub name: [u8; TEXT_BYTES],
}

const _: () = assert!(core::mem::size_of::<Header>() == 16);
