// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bounds of a session description. A description beyond one of them is refused as a whole.

/// Octets of a description.
pub const OCTETS: usize = 16 * 1024;
/// Lines of a description.
pub const LINES: usize = 512;
/// Octets of a line, without its line end.
pub const LINE_OCTETS: usize = 2048;
/// Media descriptions (`m=` lines).
pub const MEDIA: usize = 16;
/// Formats on one `m=` line that are looked at; RTP has 128 payload types.
pub const FORMATS: usize = 128;
