// SPDX-License-Identifier: MIT OR Apache-2.0
//! E&M: both ends are alike.

use super::Action::{
    Arm, Count, Keep, Send, SendAfter, SendDelayDial, SendFlash, SendIdle, SendWink, Tell,
    TellDigit,
};
use super::{Notice, Timer, Transition, rows};
use crate::kind::{ALL, CAMA, DELAY, FGD, HOLD, IMM, NOT_CAMA, WINK, WINKS, YIELD};
use crate::line::Line::OffHook;

pub(super) const ROWS: &[Transition] = rows! {
    // Calls of ours.
    Idle Seize WINKS.and(DELAY) => Seizing [Send(OffHook), Arm(Timer::Start)];
    Idle Seize IMM => Seizing [Send(OffHook), Arm(Timer::StartDelay)];
    Seizing FarOff WINKS.and(DELAY) => StartPulse [Arm(Timer::Glare)];
    Seizing FarOff IMM.and(YIELD) => Receiving [SendIdle, Tell(Notice::GlareLost), Tell(Notice::Seized), Arm(Timer::Digits)];
    Seizing FarOff IMM.and(HOLD) => GlareHeld [Tell(Notice::GlareWon), Arm(Timer::Start)];
    Seizing Timeout WINKS.and(DELAY) => Guard [SendIdle, Tell(Notice::NoStart), Arm(Timer::Guard)];
    Seizing Timeout IMM => Sending [Tell(Notice::Ready)];
    Seizing Hangup ALL => Guard [SendIdle, Arm(Timer::Guard)];
    StartPulse Wink WINKS.and(DELAY) => Sending [Tell(Notice::Ready)];
    StartPulse ShortPulse WINKS.and(DELAY) => Seizing [Arm(Timer::Start)];
    // One that holds takes the far end's giving way for a long pulse; the wink is still to come.
    StartPulse LongPulse DELAY => Sending [Tell(Notice::Ready)];
    StartPulse LongPulse WINKS.and(YIELD) => Sending [Tell(Notice::Ready)];
    StartPulse LongPulse WINKS.and(HOLD) => Seizing [Arm(Timer::Start)];
    StartPulse Timeout WINKS.and(YIELD) => StartDue [SendIdle, Tell(Notice::GlareLost), Tell(Notice::Seized), Arm(Timer::WinkDelay)];
    // Our going on hook is the start signal of delay dial.
    StartPulse Timeout DELAY.and(YIELD) => Receiving [SendIdle, Tell(Notice::GlareLost), Tell(Notice::Seized), Arm(Timer::Digits)];
    StartPulse Timeout WINKS.and(DELAY).and(HOLD) => GlareHeld [Tell(Notice::GlareWon), Arm(Timer::Start)];
    StartPulse Hangup WINKS.and(DELAY) => Clearing [SendIdle, Arm(Timer::Clear)];
    GlareHeld FarOn WINKS => Seizing [Arm(Timer::Start)];
    GlareHeld FarOn DELAY.and(IMM) => Sending [Tell(Notice::Ready)];
    GlareHeld Timeout ALL => Clearing [SendIdle, Tell(Notice::NoStart), Arm(Timer::Clear)];
    GlareHeld Hangup ALL => Clearing [SendIdle, Arm(Timer::Clear)];
    Sending DigitsSent WINK.and(IMM).and(DELAY) => Waiting [];
    Sending DigitsSent FGD => AckWait [Arm(Timer::Acknowledge)];
    Sending DigitsSent CAMA => NumberWait [Arm(Timer::NumberRequest)];
    Sending FarOff WINK.and(IMM).and(DELAY) => Active [Tell(Notice::Answered)];
    Sending FarOff FGD => AckPulse [Arm(Timer::Glare)];
    Sending FarOff CAMA => NumberSending [Tell(Notice::SendNumber)];
    Sending Hangup ALL => Guard [SendIdle, Arm(Timer::Guard)];
    AckWait FarOff FGD => AckPulse [Arm(Timer::Glare)];
    AckWait Timeout FGD => Waiting [Tell(Notice::NotAcknowledged)];
    AckWait Hangup FGD => Guard [SendIdle, Arm(Timer::Guard)];
    AckPulse Wink FGD => Waiting [Tell(Notice::Acknowledged)];
    AckPulse LongPulse FGD => Waiting [Tell(Notice::Acknowledged)];
    AckPulse ShortPulse FGD => AckWait [Arm(Timer::Acknowledge)];
    AckPulse Timeout FGD => Active [Tell(Notice::Answered)];
    AckPulse DigitsSent FGD => AckPulse [Keep];
    AckPulse Hangup FGD => Clearing [SendIdle, Arm(Timer::Clear)];
    NumberWait FarOff CAMA => NumberSending [Tell(Notice::SendNumber)];
    NumberWait Timeout CAMA => Guard [SendIdle, Tell(Notice::NoNumberRequest), Arm(Timer::Guard)];
    NumberWait Hangup CAMA => Guard [SendIdle, Arm(Timer::Guard)];
    NumberSending DigitsSent CAMA => Active [Tell(Notice::Answered)];
    NumberSending FarOn CAMA => Released [Tell(Notice::Disconnected)];
    NumberSending Hangup CAMA => Clearing [SendIdle, Arm(Timer::Clear)];
    Waiting DigitsSent FGD => Waiting [];
    Waiting FarOff NOT_CAMA => Active [Tell(Notice::Answered)];
    Waiting Hangup NOT_CAMA => Guard [SendIdle, Arm(Timer::Guard)];
    // Calls of the far end.
    Idle FarOff IMM => Receiving [Tell(Notice::Seized), Arm(Timer::Digits)];
    Idle FarOff WINKS => StartDue [Tell(Notice::Seized), Arm(Timer::WinkDelay)];
    Idle FarOff DELAY => StartDue [Tell(Notice::Seized), Arm(Timer::DelayDialAfter)];
    StartDue Timeout WINKS => Receiving [SendWink, Arm(Timer::Digits)];
    StartDue Timeout DELAY => Receiving [SendDelayDial, Arm(Timer::Digits)];
    StartDue FarOn WINKS.and(DELAY) => Guard [Tell(Notice::Abandoned), Arm(Timer::Guard)];
    StartDue Hangup WINKS.and(DELAY) => Clearing [SendIdle, Arm(Timer::Clear)];
    Receiving FarOn ALL => Break [Arm(Timer::Break)];
    Receiving DigitEnd ALL => Receiving [TellDigit, Arm(Timer::Digits)];
    Receiving Timeout ALL => Receiving [Tell(Notice::DigitTimeout)];
    Receiving Accept WINK.and(IMM).and(DELAY) => Offered [];
    Receiving Accept FGD => Offered [SendWink];
    Receiving Accept CAMA => NumberReceiving [SendAfter(OffHook), Arm(Timer::Digits)];
    Receiving Hangup ALL => Clearing [SendIdle, Arm(Timer::Clear)];
    Break DialPulse ALL => Receiving [Count, Arm(Timer::Interdigit)];
    Break Hit ALL => Receiving [Arm(Timer::Digits)];
    Break Timeout ALL => Guard [SendIdle, Tell(Notice::Abandoned), Arm(Timer::Guard)];
    Break Hangup ALL => Guard [SendIdle, Arm(Timer::Guard)];
    NumberReceiving Accept CAMA => Active [];
    NumberReceiving Timeout CAMA => NumberReceiving [Tell(Notice::DigitTimeout)];
    NumberReceiving FarOn CAMA => Released [Tell(Notice::Disconnected)];
    NumberReceiving Hangup CAMA => Clearing [SendIdle, Arm(Timer::Clear)];
    Offered Answer NOT_CAMA => Active [SendAfter(OffHook)];
    Offered FarOn NOT_CAMA => OfferedHung [Arm(Timer::Disconnect)];
    Offered Hangup NOT_CAMA => Clearing [SendIdle, Arm(Timer::Clear)];
    OfferedHung Hit NOT_CAMA => Offered [];
    OfferedHung Flash NOT_CAMA => Offered [];
    OfferedHung Answer NOT_CAMA => Hung [SendAfter(OffHook), Keep];
    OfferedHung Timeout NOT_CAMA => Guard [SendIdle, Tell(Notice::Abandoned), Arm(Timer::Guard)];
    OfferedHung Hangup NOT_CAMA => Guard [SendIdle, Arm(Timer::Guard)];
    // Talking and clearing.
    Active FarOn ALL => Hung [Arm(Timer::Disconnect)];
    Active SendFlash ALL => Active [SendFlash];
    Active Hangup ALL => Clearing [SendIdle, Arm(Timer::Clear)];
    Hung Flash ALL => Active [Tell(Notice::Flashed)];
    Hung Hit ALL => Active [];
    Hung Timeout ALL => Released [Tell(Notice::Disconnected)];
    Hung Hangup ALL => Guard [SendIdle, Arm(Timer::Guard)];
    // Back before we have hung up: our hanging up will wait for it.
    Released FarOff ALL => Active [];
    Released Hangup ALL => Guard [SendIdle, Arm(Timer::Guard)];
    Released DigitsSent CAMA => Released [];
    Clearing FarOn ALL => Guard [Arm(Timer::Guard)];
    Clearing FarOff ALL => Clearing [Keep];
    Clearing Timeout ALL => Blocked [Tell(Notice::Stuck)];
    Blocked FarOn ALL => Guard [Tell(Notice::Unstuck), Arm(Timer::Guard)];
    Guard Timeout ALL => Idle [Tell(Notice::Released)];
    Guard FarOff ALL => GuardSeized [Keep];
    GuardSeized FarOn ALL => Guard [Keep];
    GuardSeized Timeout IMM => Receiving [Tell(Notice::Released), Tell(Notice::Seized), Arm(Timer::Digits)];
    GuardSeized Timeout WINKS => StartDue [Tell(Notice::Released), Tell(Notice::Seized), Arm(Timer::WinkDelay)];
    GuardSeized Timeout DELAY => StartDue [Tell(Notice::Released), Tell(Notice::Seized), Arm(Timer::DelayDialAfter)];
};
