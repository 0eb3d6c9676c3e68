// SPDX-License-Identifier: MIT OR Apache-2.0
//! The states of a link and which may follow which.

/// Where a link is. The numbers are those of Q.921 (states 1 to 3 belong to TEI assignment, which a
/// primary-rate link with its fixed TEI never runs).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// State 4: nothing established.
    TeiAssigned,
    /// State 5: SABME sent.
    AwaitingEstablishment,
    /// State 6: DISC sent.
    AwaitingRelease,
    /// State 7: multiple-frame operation.
    MultipleFrameEstablished,
    /// State 8: multiple-frame operation, an enquiry is unanswered.
    TimerRecovery,
}

/// From each state, the states that may follow (staying is always legal).
pub(crate) const SUCCESSORS: &[(State, &[State])] = {
    use State::{
        AwaitingEstablishment, AwaitingRelease, MultipleFrameEstablished, TeiAssigned,
        TimerRecovery,
    };
    &[
        (
            TeiAssigned,
            &[AwaitingEstablishment, MultipleFrameEstablished],
        ),
        (
            AwaitingEstablishment,
            &[TeiAssigned, MultipleFrameEstablished],
        ),
        (AwaitingRelease, &[TeiAssigned]),
        (
            MultipleFrameEstablished,
            &[
                TeiAssigned,
                AwaitingEstablishment,
                AwaitingRelease,
                TimerRecovery,
            ],
        ),
        (
            TimerRecovery,
            &[
                TeiAssigned,
                AwaitingEstablishment,
                AwaitingRelease,
                MultipleFrameEstablished,
            ],
        ),
    ]
};

impl State {
    /// The state's number in Q.921.
    pub const fn number(self) -> u8 {
        match self {
            State::TeiAssigned => 4,
            State::AwaitingEstablishment => 5,
            State::AwaitingRelease => 6,
            State::MultipleFrameEstablished => 7,
            State::TimerRecovery => 8,
        }
    }

    /// Whether I frames flow.
    pub const fn established(self) -> bool {
        matches!(self, State::MultipleFrameEstablished | State::TimerRecovery)
    }

    pub(crate) fn may_become(self, next: State) -> bool {
        self == next
            || SUCCESSORS
                .iter()
                .any(|(from, to)| *from == self && to.contains(&next))
    }
}
