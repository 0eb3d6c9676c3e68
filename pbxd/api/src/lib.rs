// SPDX-License-Identifier: MIT OR Apache-2.0
//! The control protocol between `pbxd` and its command line.
//!
//! One JSON object a line, over a Unix stream socket. The client sends a [`Request`], the server answers each with one
//! [`Response`] of the same `id`, in order. A line is at most [`MAX_LINE`] octets, its end included; a longer one, or one
//! that is no request, is answered with an error, and after a line that is too long the server hangs up, since it cannot
//! know where the next begins. Every message carries [`VERSION`]; a server answers another version with
//! [`ErrorCode::Version`].
//!
//! The codec ([`LineReader`], [`encode`], [`decode_request`], [`decode_response`]) does no input or output. [`Client`] is
//! blocking.
#![forbid(unsafe_code)]

mod client;
mod codec;
mod message;

pub use client::{Client, ClientError};
pub use codec::{CodecError, LineReader, MAX_LINE, decode_request, decode_response, encode};
pub use message::{
    ApiError, Call, ChannelState, Command, Counter, Done, ErrorCode, Party, Reply, Request,
    Response, Span, Status, VERSION,
};
