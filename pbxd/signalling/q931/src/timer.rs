// SPDX-License-Identifier: MIT OR Apache-2.0
//! The timers of Q.931 as data.

use core::time::Duration;
use q921::Side;

/// A timer of the call machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Timer {
    /// ALERTING received, CONNECT awaited.
    T301,
    /// More digits awaited from the peer.
    T302,
    /// SETUP sent, first response awaited.
    T303,
    /// Digits sent, CALL PROCEEDING awaited.
    T304,
    /// DISCONNECT sent, RELEASE awaited.
    T305,
    /// DISCONNECT with tones sent, RELEASE awaited.
    T306,
    /// RELEASE sent, RELEASE COMPLETE awaited.
    T308,
    /// Data link lost under an active call.
    T309,
    /// CALL PROCEEDING received, ALERTING or CONNECT awaited.
    T310,
    /// CONNECT sent, CONNECT ACKNOWLEDGE awaited.
    T313,
    /// RESTART sent, RESTART ACKNOWLEDGE awaited.
    T316,
    /// RESTART received, our clearing awaited.
    T317,
    /// STATUS ENQUIRY sent, STATUS awaited.
    T322,
}

/// One row of the timer table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerRow {
    /// Which.
    pub timer: Timer,
    /// Default on the network side; `None` where that side does not run it.
    pub network: Option<Duration>,
    /// Default on the user side; `None` where that side does not run it.
    pub user: Option<Duration>,
}

const fn row(timer: Timer, network: u64, user: u64) -> TimerRow {
    const fn seconds(value: u64) -> Option<Duration> {
        if value == 0 {
            None
        } else {
            Some(Duration::from_secs(value))
        }
    }
    TimerRow {
        timer,
        network: seconds(network),
        user: seconds(user),
    }
}

/// The defaults, in seconds.
pub const TIMERS: &[TimerRow] = &[
    row(Timer::T301, 180, 180),
    row(Timer::T302, 15, 15),
    row(Timer::T303, 4, 4),
    row(Timer::T304, 20, 30),
    row(Timer::T305, 30, 30),
    row(Timer::T306, 30, 0),
    row(Timer::T308, 4, 4),
    row(Timer::T309, 6, 6),
    row(Timer::T310, 10, 30),
    row(Timer::T313, 0, 4),
    row(Timer::T316, 120, 120),
    row(Timer::T317, 100, 100),
    row(Timer::T322, 4, 4),
];

/// The timer values of one interface; `None` switches a timer off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timers {
    values: [Option<Duration>; TIMERS.len()],
}

impl Timers {
    /// The defaults of one side.
    pub fn of(side: Side) -> Self {
        let mut values = [None; TIMERS.len()];
        for (value, row) in values.iter_mut().zip(TIMERS) {
            *value = match side {
                Side::Network => row.network,
                Side::User => row.user,
            };
        }
        Timers { values }
    }

    /// The value of one timer.
    pub fn get(&self, timer: Timer) -> Option<Duration> {
        self.values.get(Self::index(timer)).copied().flatten()
    }

    /// Sets one timer.
    pub fn set(&mut self, timer: Timer, value: Option<Duration>) {
        if let Some(slot) = self.values.get_mut(Self::index(timer)) {
            *slot = value;
        }
    }

    fn index(timer: Timer) -> usize {
        TIMERS
            .iter()
            .position(|row| row.timer == timer)
            .unwrap_or(TIMERS.len())
    }
}
