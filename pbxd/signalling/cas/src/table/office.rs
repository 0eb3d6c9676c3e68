// SPDX-License-Identifier: MIT OR Apache-2.0
//! The office's end of a loop (FXS).

use super::Action::{Arm, Count, Keep, Send, SendIdle, SendOpen, Tell, TellDigit};
use super::{Notice, Timer, Transition, rows};
use crate::kind::{ALL, FD, GS, LS};
use crate::line::Line::{Feed, Open, Ring};

pub(super) const ROWS: &[Transition] = rows! {
    // Calls of ours: ringing.
    Idle Seize ALL => Ringing [Send(Ring), Arm(Timer::RingOn)];
    Ringing Timeout ALL => RingPause [Send(Feed), Arm(Timer::RingOff)];
    Ringing FarOff ALL => Active [Send(Feed), Tell(Notice::Answered)];
    Ringing RingGround GS => Ringing [Tell(Notice::GlareWon), Keep];
    Ringing FarOn GS => Ringing [Keep];
    Ringing Hangup ALL => Guard [SendIdle, Arm(Timer::Guard)];
    RingPause Timeout ALL => Ringing [Send(Ring), Arm(Timer::RingOn)];
    RingPause FarOff ALL => Active [Tell(Notice::Answered)];
    RingPause RingGround GS => RingPause [Tell(Notice::GlareWon), Keep];
    RingPause FarOn GS => RingPause [Keep];
    RingPause Hangup ALL => Guard [SendIdle, Arm(Timer::Guard)];
    // Calls of the station.
    Idle FarOff LS.and(FD) => Receiving [Tell(Notice::Seized), Arm(Timer::Digits)];
    Idle FarOff GS => Receiving [Send(Feed), Tell(Notice::Seized), Arm(Timer::Digits)];
    Idle RingGround GS => TipGround [Send(Feed), Arm(Timer::Start)];
    Idle FarOn GS => Idle [];
    TipGround FarOff GS => Receiving [Tell(Notice::Seized), Arm(Timer::Digits)];
    TipGround FarOn GS => TipGround [Keep];
    TipGround Timeout GS => Guard [SendIdle, Arm(Timer::Guard)];
    Receiving FarOn ALL => Break [Arm(Timer::Break)];
    Receiving DigitEnd ALL => Receiving [TellDigit, Arm(Timer::Digits)];
    Receiving Timeout ALL => Receiving [Tell(Notice::DigitTimeout)];
    Receiving Accept ALL => Offered [];
    Receiving Hangup LS => Clearing [Arm(Timer::Clear)];
    Receiving Hangup FD => Clearing [SendOpen, Arm(Timer::Clear)];
    Receiving Hangup GS => Clearing [Send(Open), Arm(Timer::Clear)];
    Break DialPulse ALL => Receiving [Count, Arm(Timer::Interdigit)];
    Break Hit ALL => Receiving [Arm(Timer::Digits)];
    Break RingGround GS => Break [Keep];
    Break Timeout ALL => Guard [SendIdle, Tell(Notice::Abandoned), Arm(Timer::Guard)];
    Break Hangup ALL => Guard [SendIdle, Arm(Timer::Guard)];
    Offered Answer ALL => Active [];
    Offered FarOn ALL => OfferedHung [Arm(Timer::Disconnect)];
    Offered Hangup LS => Clearing [Arm(Timer::Clear)];
    Offered Hangup FD => Clearing [SendOpen, Arm(Timer::Clear)];
    Offered Hangup GS => Clearing [Send(Open), Arm(Timer::Clear)];
    OfferedHung Hit ALL => Offered [];
    OfferedHung Flash ALL => Offered [];
    OfferedHung RingGround GS => OfferedHung [Keep];
    OfferedHung Answer ALL => Hung [Keep];
    OfferedHung Timeout ALL => Guard [SendIdle, Tell(Notice::Abandoned), Arm(Timer::Guard)];
    OfferedHung Hangup ALL => Guard [SendIdle, Arm(Timer::Guard)];
    // Talking and clearing.
    Active FarOn ALL => Hung [Arm(Timer::Disconnect)];
    Active Hangup LS => Clearing [Arm(Timer::Clear)];
    Active Hangup FD => Clearing [SendOpen, Arm(Timer::Clear)];
    Active Hangup GS => Clearing [Send(Open), Arm(Timer::Clear)];
    Hung Flash ALL => Active [Tell(Notice::Flashed)];
    Hung Hit ALL => Active [];
    Hung RingGround GS => Hung [Keep];
    Hung Timeout ALL => Released [Tell(Notice::Disconnected)];
    Hung Hangup ALL => Guard [SendIdle, Arm(Timer::Guard)];
    Released FarOff ALL => Active [];
    Released RingGround GS => Released [];
    Released FarOn GS => Released [];
    Released Hangup ALL => Guard [SendIdle, Arm(Timer::Guard)];
    Clearing FarOn ALL => Guard [Arm(Timer::Guard)];
    Clearing FarOff ALL => Clearing [Keep];
    Clearing RingGround GS => Clearing [Keep];
    Clearing Timeout ALL => Blocked [Tell(Notice::Stuck)];
    Blocked FarOn ALL => Guard [Tell(Notice::Unstuck), Arm(Timer::Guard)];
    Blocked FarOff ALL => Blocked [];
    Blocked RingGround GS => Blocked [];
    Guard Timeout ALL => Idle [Tell(Notice::Released)];
    Guard FarOff ALL => GuardSeized [Keep];
    Guard RingGround GS => GuardSeized [Keep];
    Guard FarOn GS => Guard [Keep];
    GuardSeized FarOn ALL => Guard [Keep];
    GuardSeized FarOff GS => GuardSeized [Keep];
    GuardSeized RingGround GS => GuardSeized [Keep];
    GuardSeized Timeout LS.and(FD) => Receiving [Tell(Notice::Released), Tell(Notice::Seized), Arm(Timer::Digits)];
    GuardSeized Timeout GS => TipGround [Tell(Notice::Released), Send(Feed), Arm(Timer::Start)];
};
