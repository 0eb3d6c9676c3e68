// SPDX-License-Identifier: MIT OR Apache-2.0
//! The station's end of a loop (FXO).

use super::Action::{Arm, Keep, Send, SendFlash, SendIdle, Tell};
use super::{Notice, Timer, Transition, rows};
use crate::kind::{ALL, FD, GS, LS};
use crate::line::Line::{LoopClosed, RingGround};

pub(super) const ROWS: &[Transition] = rows! {
    // Calls of ours.
    Idle Seize LS.and(FD) => Seizing [Send(LoopClosed), Arm(Timer::StartDelay)];
    Idle Seize GS => Grounding [Send(RingGround), Arm(Timer::Start)];
    Grounding Feed GS => Seizing [Send(LoopClosed), Arm(Timer::StartDelay)];
    Grounding Ring GS => Active [Send(LoopClosed), Tell(Notice::GlareLost), Tell(Notice::Seized)];
    Grounding Open GS => Grounding [Keep];
    Grounding Timeout GS => Guard [SendIdle, Tell(Notice::NoStart), Arm(Timer::Guard)];
    Grounding Hangup GS => Guard [SendIdle, Arm(Timer::Guard)];
    Seizing Timeout ALL => Sending [Tell(Notice::Ready)];
    Seizing Ring ALL => Active [Tell(Notice::GlareLost), Tell(Notice::Seized)];
    Seizing Feed ALL => Seizing [Keep];
    Seizing Open LS => Seizing [Keep];
    Seizing Open FD.and(GS) => Released [Tell(Notice::Disconnected)];
    Seizing Hangup ALL => Guard [SendIdle, Arm(Timer::Guard)];
    Sending DigitsSent ALL => Active [Tell(Notice::Answered)];
    Sending Feed ALL => Sending [];
    Sending Ring ALL => Sending [];
    Sending Open LS => Sending [];
    Sending Open FD.and(GS) => Released [Tell(Notice::Disconnected)];
    Sending Hangup ALL => Guard [SendIdle, Arm(Timer::Guard)];
    // Calls of the office: ringing.
    Idle Ring ALL => RingIn [Tell(Notice::Seized), Arm(Timer::RingGap)];
    Idle Feed GS => TipSeen [Arm(Timer::RingGap)];
    Idle Feed LS.and(FD) => Idle [];
    Idle Open GS => Idle [];
    Idle Open LS.and(FD) => NoBattery [Tell(Notice::Stuck)];
    NoBattery Feed LS.and(FD) => Idle [Tell(Notice::Unstuck)];
    NoBattery Ring LS.and(FD) => RingIn [Tell(Notice::Unstuck), Tell(Notice::Seized), Arm(Timer::RingGap)];
    TipSeen Ring GS => RingIn [Tell(Notice::Seized), Arm(Timer::RingGap)];
    TipSeen Open GS => Idle [];
    TipSeen Feed GS => TipSeen [Keep];
    TipSeen Timeout GS => TipSeen [];
    RingIn Feed ALL => RingIn [Arm(Timer::RingGap)];
    RingIn Ring ALL => RingIn [Tell(Notice::RingBurst), Arm(Timer::RingGap)];
    RingIn Open ALL => Guard [Tell(Notice::Abandoned), Arm(Timer::Guard)];
    RingIn Timeout ALL => Guard [Tell(Notice::Abandoned), Arm(Timer::Guard)];
    RingIn Answer ALL => Active [Send(LoopClosed)];
    RingIn Hangup ALL => RingIgnored [Arm(Timer::RingGap)];
    RingIgnored Feed ALL => RingIgnored [Arm(Timer::RingGap)];
    RingIgnored Ring ALL => RingIgnored [Arm(Timer::RingGap)];
    RingIgnored Open ALL => Guard [Arm(Timer::Guard)];
    RingIgnored Timeout ALL => Guard [Arm(Timer::Guard)];
    // Talking and clearing.
    Active Feed ALL => Active [];
    Active Ring ALL => Active [];
    Active Open LS => Active [];
    Active Open FD.and(GS) => OpenSeen [Arm(Timer::Open)];
    Active SendFlash ALL => Active [SendFlash];
    Active Hangup ALL => Guard [SendIdle, Arm(Timer::Guard)];
    OpenSeen Feed FD.and(GS) => Active [];
    OpenSeen Ring FD.and(GS) => Active [];
    OpenSeen Timeout FD.and(GS) => Released [Tell(Notice::Disconnected)];
    OpenSeen Hangup FD.and(GS) => Guard [SendIdle, Arm(Timer::Guard)];
    Released Feed FD.and(GS) => Released [];
    Released Ring FD.and(GS) => Released [];
    Released Open FD.and(GS) => Released [];
    Released DigitsSent FD.and(GS) => Released [];
    Released Hangup FD.and(GS) => Guard [SendIdle, Arm(Timer::Guard)];
    Guard Feed ALL => Guard [Keep];
    Guard Open ALL => Guard [Keep];
    Guard Ring ALL => GuardSeized [Keep];
    Guard Timeout ALL => Idle [Tell(Notice::Released)];
    GuardSeized Feed ALL => GuardSeized [Keep];
    GuardSeized Ring ALL => GuardSeized [Keep];
    GuardSeized Open ALL => Guard [Keep];
    GuardSeized Timeout ALL => RingIn [Tell(Notice::Released), Tell(Notice::Seized), Arm(Timer::RingGap)];
};
