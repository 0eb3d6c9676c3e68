// SPDX-License-Identifier: MIT OR Apache-2.0
//! States, events, and the tables that join them: data, from which the documentation is printed.

mod em;
mod office;
mod station;

use crate::line::Line;

/// Kinds of trunk, as a set of bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinds(pub(crate) u16);

impl Kinds {
    /// Whether both have a kind in common.
    #[must_use]
    pub const fn meets(self, other: Kinds) -> bool {
        self.0 & other.0 != 0
    }

    /// The kinds of both.
    #[must_use]
    pub const fn and(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }
}

macro_rules! named {
    ($(#[$meta:meta])* $name:ident { $($(#[$row:meta])* $variant:ident,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$row])* $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
        }
    };
}

named! {
    /// The state of a channel.
    State {
        /// Nothing goes on.
        Idle,
        /// We have seized and wait for the start signal, or for the time to dial.
        Seizing,
        /// A start signal has begun, or the far end has seized too.
        StartPulse,
        /// Both have seized; the far end is to give way.
        GlareHeld,
        /// Ground start: we ground the ring and wait for the tip to be grounded.
        Grounding,
        /// Digits go out.
        Sending,
        /// Feature group D: waits for the acknowledgement wink.
        AckWait,
        /// Feature group D: it has begun.
        AckPulse,
        /// CAMA: waits to be asked for the calling number.
        NumberWait,
        /// CAMA: the calling number goes out.
        NumberSending,
        /// Waits for the answer.
        Waiting,
        /// The far end has seized; our start signal is due.
        StartDue,
        /// Ground start: the station grounds the ring, we have grounded the tip.
        TipGround,
        /// Ground start: the tip is grounded, ringing is to follow.
        TipSeen,
        /// Digits come in.
        Receiving,
        /// The loop is open while digits come in: a dial pulse, or the end.
        Break,
        /// CAMA: the calling number comes in.
        NumberReceiving,
        /// The digits are complete; the call waits for our answer.
        Offered,
        /// Its caller is on hook: a hit, or the end.
        OfferedHung,
        /// We ring.
        Ringing,
        /// We pause between ringing.
        RingPause,
        /// It rings.
        RingIn,
        /// It rings, and nobody wants the call.
        RingIgnored,
        /// Talking.
        Active,
        /// The far end is on hook: a hit, a flash or the end.
        Hung,
        /// Battery is gone: a hit or the end.
        OpenSeen,
        /// The far end has gone; we have not.
        Released,
        /// We have gone; the far end has not.
        Clearing,
        /// It has not gone for too long.
        Blocked,
        /// A loop without battery.
        NoBattery,
        /// Both have gone; the line comes to rest.
        Guard,
        /// It was seized before it did.
        GuardSeized,
        /// The carrier has failed.
        OutOfService,
    }
}

named! {
    /// What happens to a channel.
    Event {
        /// We want to call.
        Seize,
        /// Our digits are out.
        DigitsSent,
        /// The digits that came are complete.
        Accept,
        /// We answer.
        Answer,
        /// We want to flash.
        SendFlash,
        /// We hang up.
        Hangup,
        /// The far end is off hook, or its loop closed.
        FarOff,
        /// The far end is on hook, or its loop open.
        FarOn,
        /// The far end was off hook for as long as a wink.
        Wink,
        /// It was for less.
        ShortPulse,
        /// It was for more.
        LongPulse,
        /// It was on hook for as long as a dial pulse.
        DialPulse,
        /// It was on hook for as long as a flash.
        Flash,
        /// It was on hook for less.
        Hit,
        /// The station grounds the ring.
        RingGround,
        /// The office feeds.
        Feed,
        /// The office rings.
        Ring,
        /// The office does not feed.
        Open,
        /// The time of the state is over.
        Timeout,
        /// A pulsed digit is over.
        DigitEnd,
    }
}

impl Event {
    /// Whether it is a request of ours, which is refused where it does not fit. The others are counted
    /// as violations there.
    #[must_use]
    pub const fn is_request(self) -> bool {
        matches!(
            self,
            Event::Seize
                | Event::DigitsSent
                | Event::Accept
                | Event::Answer
                | Event::SendFlash
                | Event::Hangup
        )
    }
}

named! {
    /// The time that a state may last; the durations are in [`crate::Timing`].
    Timer {
        /// `wink_delay`.
        WinkDelay,
        /// `delay_dial_after`.
        DelayDialAfter,
        /// `start_delay`.
        StartDelay,
        /// `start`.
        Start,
        /// `glare`.
        Glare,
        /// `acknowledge`.
        Acknowledge,
        /// `number_request`.
        NumberRequest,
        /// `digits`.
        Digits,
        /// `interdigit_accepted`.
        Interdigit,
        /// The longest of `pulse_break_accepted`.
        Break,
        /// The longest of `flash_accepted`.
        Disconnect,
        /// `open_accepted`.
        Open,
        /// `clear`.
        Clear,
        /// `guard`.
        Guard,
        /// `ring_on`.
        RingOn,
        /// `ring_off`.
        RingOff,
        /// `ring_gap`.
        RingGap,
    }
}

named! {
    /// What the user of a channel is told.
    Notice {
        /// The far end has seized: a call comes.
        Seized,
        /// Digits may go out (for CAMA: the called ones).
        Ready,
        /// The digits were acknowledged.
        Acknowledged,
        /// They were not; the call goes on.
        NotAcknowledged,
        /// The calling number is to go out.
        SendNumber,
        /// No digit came for too long.
        DigitTimeout,
        /// The far end answered. A station is not told; it takes the end of its digits for it.
        Answered,
        /// The far end flashed.
        Flashed,
        /// It rings once more.
        RingBurst,
        /// Both ends seized; the call of the far end has it, ours has failed.
        GlareLost,
        /// Both ends seized; ours is to have it.
        GlareWon,
        /// No start signal came: our call has failed.
        NoStart,
        /// Nobody asked for the calling number: our call has failed.
        NoNumberRequest,
        /// The far end has gone before its call was answered.
        Abandoned,
        /// The far end has gone; hang up.
        Disconnected,
        /// The far end does not clear, or there is no battery.
        Stuck,
        /// Now it does, or there is.
        Unstuck,
        /// The carrier failed under a call.
        CarrierLost,
        /// The call is over and the line at rest. Once for every call.
        Released,
    }
}

/// What to do on the way to the next state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Shows the far end something.
    Send(Line),
    /// The same, but behind a wink that is still going out, with a pause as long as a wink.
    SendAfter(Line),
    /// Shows it the idle state of the kind.
    SendIdle,
    /// Sends a wink.
    SendWink,
    /// Sends the off hook of delay dial.
    SendDelayDial,
    /// Sends a flash.
    SendFlash,
    /// Removes battery for a time.
    SendOpen,
    /// The state may last so long.
    Arm(Timer),
    /// The time of the state goes on.
    Keep,
    /// Tells the user.
    Tell(Notice),
    /// Counts a dial pulse.
    Count,
    /// Tells the digit that was pulsed.
    TellDigit,
}

/// A row: in `state`, with a trunk of one of `kinds`, `event` leads to `next`.
#[derive(Clone, Copy, Debug)]
pub struct Transition {
    /// The state.
    pub state: State,
    /// What happens.
    pub event: Event,
    /// On which kinds of trunk.
    pub kinds: Kinds,
    /// The next state.
    pub next: State,
    /// What to do.
    pub actions: &'static [Action],
}

macro_rules! rows {
    ($($state:ident $event:ident $kinds:expr => $next:ident [$($action:expr),*];)*) => {
        &[$(crate::table::Transition {
            state: crate::table::State::$state,
            event: crate::table::Event::$event,
            kinds: $kinds,
            next: crate::table::State::$next,
            actions: &[$($action),*],
        }),*]
    };
}

pub(crate) use rows;

/// The tables: E&M, the office's end of a loop, the station's.
pub const TABLES: [(&str, &[Transition]); 3] = [
    ("E&M", em::ROWS),
    ("loop, office (FXS) end", office::ROWS),
    ("loop, station (FXO) end", station::ROWS),
];
