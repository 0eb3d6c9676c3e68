// SPDX-License-Identifier: MIT OR Apache-2.0
//! Media workers: TDM rings to RTP sockets over io_uring; and data channels over a slot.

pub mod dchannel;
