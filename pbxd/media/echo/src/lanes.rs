// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sixteen channels side by side.

/// Channels in a group.
pub const LANES: usize = 16;

/// One value of each channel.
pub(crate) type Lanes = [f32; LANES];

/// The same, aligned for the widest vectors: what large tables are made of.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(crate) struct Row(pub(crate) Lanes);

impl Row {
    pub(crate) const ZERO: Row = Row([0.0; LANES]);
}

/// `a · b + c`, in one instruction where there is one.
#[inline(always)]
pub(crate) fn fma<const FUSED: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}

/// `state` moved towards `value` by the share `a`.
#[inline(always)]
pub(crate) fn smooth(state: f32, a: f32, value: f32) -> f32 {
    state + a * (value - state)
}

/// One more while `on`, else 0.
#[inline(always)]
pub(crate) fn count(on: bool, counter: f32) -> f32 {
    if on { counter + 1.0 } else { 0.0 }
}

/// 1 for true.
#[inline(always)]
pub(crate) fn flag(on: bool) -> f32 {
    if on { 1.0 } else { 0.0 }
}

/// `then` where `on`, else `other`. Both are computed: that is what lets the compiler take all lanes at once.
#[inline(always)]
pub(crate) fn pick(on: bool, then: f32, other: f32) -> f32 {
    if on { then } else { other }
}

/// True if a flag is up in some lane.
#[inline(always)]
pub(crate) fn any(flags: &Lanes) -> bool {
    flags.iter().fold(0.0, |a, b| a + b) != 0.0
}

/// A struct of [`Lanes`], each with its initial value.
macro_rules! lane_state {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident = $value:expr,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        #[repr(C, align(64))]
        pub(crate) struct $name { $($(#[$field_doc])* pub(crate) $field: $crate::lanes::Lanes,)* }

        impl $name {
            pub(crate) const fn new() -> Self {
                Self { $($field: [$value; $crate::lanes::LANES],)* }
            }

            /// Back to the start, in one lane.
            #[allow(dead_code, reason = "sums of a block are not reset")]
            pub(crate) fn reset(&mut self, lane: usize) {
                $(self.$field[lane] = $value;)*
            }
        }
    };
}
pub(crate) use lane_state;
