// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! The kernel node's ioctls and mapping offsets.
//!
//! Numbers follow Linux' generic encoding (direction, size, type, number). The type 0xE1 was chosen freely.

use core::mem::size_of;

/// The ioctl type of all requests.
pub const TYPE: u8 = 0xe1;

const fn read_write(number: u8, size: usize) -> u32 {
    3 << 30 | (size as u32) << 16 | (TYPE as u32) << 8 | number as u32
}
const fn write(number: u8, size: usize) -> u32 {
    1 << 30 | (size as u32) << 16 | (TYPE as u32) << 8 | number as u32
}

/// Claims slots: [`super::claim::Claim`].
pub const CLAIM: u32 = read_write(3, size_of::<super::claim::Claim>());
/// Releases a claim: [`super::claim::Release`].
pub const RELEASE: u32 = write(4, size_of::<super::claim::Release>());
/// Sets the idle code of claimed slots: [`super::claim::SetIdle`].
pub const SET_IDLE: u32 = write(5, size_of::<super::claim::SetIdle>());
/// Subscribes an eventfd: [`super::wake::Subscribe`].
pub const SUBSCRIBE: u32 = read_write(6, size_of::<super::wake::Subscribe>());
/// Ends a subscription: [`super::wake::Unsubscribe`].
pub const UNSUBSCRIBE: u32 = write(7, size_of::<super::wake::Unsubscribe>());
/// Queues timed line commands: [`super::command::Batch`].
pub const COMMAND: u32 = read_write(8, size_of::<super::command::Batch>());
/// Configures the line: [`super::config::LineConfig`].
pub const CONFIGURE: u32 = write(9, size_of::<super::config::LineConfig>());
/// Tells a lock-step clock what was consumed: [`super::wake::Consumed`].
pub const CONSUMED: u32 = write(10, size_of::<super::wake::Consumed>());

/// On `/dev/tdm/ctl`: creates two software spans: [`super::control::CreatePair`].
pub const CREATE_PAIR: u32 = read_write(32, size_of::<super::control::CreatePair>());
/// On `/dev/tdm/ctl`: destroys them: [`super::control::DestroyPair`].
pub const DESTROY_PAIR: u32 = write(33, size_of::<super::control::DestroyPair>());
/// On `/dev/tdm/ctl`: takes a claim away from its holder: [`super::control::Revoke`].
pub const REVOKE: u32 = write(34, size_of::<super::control::Revoke>());

/// The mapping offset of the status region.
pub const MAP_STATUS: u64 = 0;
/// The mapping offset of the receive region.
pub const MAP_RECEIVE: u64 = 1 << 32;
/// The mapping offset of the sent region.
pub const MAP_SENT: u64 = 2 << 32;

/// The mapping offset of a claim's transmit region.
pub const fn map_transmit(claim: u32) -> u64 {
    3 << 32 | (claim as u64) << 40
}
