// SPDX-License-Identifier: MIT OR Apache-2.0
//! How long things last: what we send, and what we take for it when it comes. In frames of 125 µs.
//!
//! The figures are those that are usual in North America (DAHDI's and channel banks' defaults, TIA-464
//! clause not checked); each can be set for a trunk.

use crate::Frame;

/// So many milliseconds.
#[must_use]
pub const fn ms(milliseconds: u32) -> Frame {
    milliseconds as Frame * 8
}

/// A range of durations, both ends within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The shortest.
    pub least: Frame,
    /// The longest.
    pub most: Frame,
}

impl Range {
    /// Whether a duration is within it.
    #[must_use]
    pub const fn holds(&self, length: Frame) -> bool {
        self.least <= length && length <= self.most
    }
}

macro_rules! timing {
    ($($(#[$meta:meta])* $name:ident: $type:ty = $value:expr;)*) => {
        /// The durations of a trunk.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Timing {
            $($(#[$meta])* pub $name: $type,)*
        }

        impl Timing {
            /// The usual ones.
            pub const USUAL: Timing = Timing { $($name: $value,)* };

            /// Names and values, for documentation: least and most, which are the same for one
            /// duration.
            #[must_use]
            pub fn rows(&self) -> Vec<(&'static str, Frame, Frame)> {
                vec![$((stringify!($name), self.$name.ends().0, self.$name.ends().1),)*]
            }
        }
    };
}

trait Ends {
    fn ends(&self) -> (Frame, Frame);
}

impl Ends for Frame {
    fn ends(&self) -> (Frame, Frame) {
        (*self, *self)
    }
}

impl Ends for Range {
    fn ends(&self) -> (Frame, Frame) {
        (self.least, self.most)
    }
}

timing! {
    /// A state of the line counts when it has lasted so long.
    debounce: Frame = ms(10);
    /// From a seizure to our wink.
    wink_delay: Frame = ms(150);
    /// A wink that we send.
    wink: Frame = ms(200);
    /// A wink that we take for one.
    wink_accepted: Range = Range { least: ms(100), most: ms(350) };
    /// Off hook of delay dial that we send.
    delay_dial: Frame = ms(300);
    /// From a seizure to that.
    delay_dial_after: Frame = ms(20);
    /// From our seizure to the first digit with immediate start and on loops.
    start_delay: Frame = ms(150);
    /// How long a start signal may take to come.
    start: Frame = ms(5_000);
    /// Off hook instead of a start signal for so long is glare.
    glare: Frame = ms(1_500);
    /// How long the acknowledgement wink of feature group D may take to come.
    acknowledge: Frame = ms(20_000);
    /// How long the request for the calling number may take to come.
    number_request: Frame = ms(20_000);
    /// How long a digit may take to come.
    digits: Frame = ms(15_000);
    /// The open part of a dial pulse that we send.
    pulse_break: Frame = ms(60);
    /// The closed part of a dial pulse that we send.
    pulse_make: Frame = ms(40);
    /// An open part that we take for a dial pulse.
    pulse_break_accepted: Range = Range { least: ms(20), most: ms(150) };
    /// Between two digits that we pulse.
    interdigit: Frame = ms(700);
    /// Closed for so long ends a pulsed digit.
    interdigit_accepted: Frame = ms(300);
    /// A flash that we send.
    flash: Frame = ms(500);
    /// A flash that we take for one; what is shorter is a hit, what is longer a disconnect.
    flash_accepted: Range = Range { least: ms(200), most: ms(1_000) };
    /// How long battery is removed for forward disconnect.
    open: Frame = ms(500);
    /// Battery gone for so long is a disconnect.
    open_accepted: Frame = ms(250);
    /// How long the far end may take to clear.
    clear: Frame = ms(30_000);
    /// From clear to idle.
    guard: Frame = ms(750);
    /// Ringing.
    ring_on: Frame = ms(2_000);
    /// Between ringing.
    ring_off: Frame = ms(4_000);
    /// No ringing for so long ends a call that rings in.
    ring_gap: Frame = ms(8_000);
}
