// SPDX-License-Identifier: MIT OR Apache-2.0
//! Arithmetic on numbers that wrap.

/// How far sequence number `b` lies after `a`, −32,768 to 32,767.
#[must_use]
pub const fn sequence_distance(a: u16, b: u16) -> i16 {
    b.wrapping_sub(a) as i16
}

/// How far timestamp `b` lies after `a`, in samples.
#[must_use]
pub const fn timestamp_distance(a: u32, b: u32) -> i32 {
    b.wrapping_sub(a) as i32
}

/// The number congruent to `value` modulo 2³² that lies nearest to `near`: a timestamp extended
/// beyond its wrap.
#[must_use]
pub const fn after(near: i64, value: u32) -> i64 {
    near.wrapping_add(timestamp_distance(near as u32, value) as i64)
}
