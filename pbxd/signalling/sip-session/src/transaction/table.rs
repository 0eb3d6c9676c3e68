// SPDX-License-Identifier: MIT OR Apache-2.0
//! The transaction table.

/// Which of the four machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// We sent an INVITE.
    ClientInvite,
    /// We sent another request.
    ClientOther,
    /// We received an INVITE.
    ServerInvite,
    /// We received another request.
    ServerOther,
}

/// The states of all four machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Request sent (an INVITE: "Calling") or received, nothing said yet.
    Trying,
    /// A provisional response was seen or sent; for a received INVITE also before.
    Proceeding,
    /// A final response was seen or sent; for an INVITE, one that is not a 2xx.
    Completed,
    /// The ACK to our refusal has come.
    Confirmed,
    /// A 2xx to an INVITE was seen or sent (RFC 6026).
    Accepted,
    /// Over; the transaction is forgotten.
    Terminated,
}

/// What can happen to a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Input {
    /// A 1xx came.
    Provisional,
    /// A 2xx came.
    Success,
    /// A 3xx to 6xx came.
    Failure,
    /// The request came again.
    Request,
    /// Its ACK came.
    Ack,
    /// The user sends a 1xx.
    SendProvisional,
    /// The user sends a 2xx.
    SendSuccess,
    /// The user sends a 3xx to 6xx.
    SendFailure,
    /// Timer A, E or G.
    Resend,
    /// Timer B, F or H.
    Timeout,
    /// Timer D, I, J, K, L or M.
    Linger,
}

/// What a transaction does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Send the given message and keep it.
    Send,
    /// Send the kept message again.
    Repeat,
    /// Acknowledge a refusal.
    SendAck,
    /// Give the message to the user.
    Deliver,
    /// Tell the user that nothing came.
    ReportTimeout,
    /// Start the resend timer (not on a reliable transport).
    StartResend,
    /// Start the resend timer again with its next interval.
    BackOff,
    /// Stop the resend timer.
    StopResend,
    /// Start the timeout timer.
    StartTimeout,
    /// Stop the timeout timer.
    StopTimeout,
    /// Start the linger timer for what T4 covers: I, K. Nothing on a reliable transport.
    LingerT4,
    /// Start timer D. Nothing on a reliable transport.
    LingerD,
    /// Start timer J: 64 · T1. Nothing on a reliable transport.
    LingerJ,
    /// Start timer L or M: 64 · T1 on every transport.
    LingerAccepted,
}

/// One row of the table.
pub type Row = (Kind, State, Input, State, &'static [Action]);

use Action::*;
use Kind::*;

/// Everything a transaction expects.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    // We sent an INVITE.
    (ClientInvite, State::Trying, Input::Resend, State::Trying, &[Repeat, BackOff]),
    (ClientInvite, State::Trying, Input::Timeout, State::Terminated, &[ReportTimeout]),
    (ClientInvite, State::Trying, Input::Provisional, State::Proceeding, &[StopResend, StopTimeout, Deliver]),
    (ClientInvite, State::Trying, Input::Success, State::Accepted, &[StopResend, StopTimeout, LingerAccepted, Deliver]),
    (ClientInvite, State::Trying, Input::Failure, State::Completed, &[StopResend, StopTimeout, LingerD, SendAck, Deliver]),
    (ClientInvite, State::Proceeding, Input::Provisional, State::Proceeding, &[Deliver]),
    (ClientInvite, State::Proceeding, Input::Success, State::Accepted, &[StopTimeout, LingerAccepted, Deliver]),
    (ClientInvite, State::Proceeding, Input::Failure, State::Completed, &[StopTimeout, LingerD, SendAck, Deliver]),
    // Runs only after a CANCEL.
    (ClientInvite, State::Proceeding, Input::Timeout, State::Terminated, &[ReportTimeout]),
    (ClientInvite, State::Completed, Input::Failure, State::Completed, &[SendAck]),
    (ClientInvite, State::Completed, Input::Linger, State::Terminated, &[]),
    (ClientInvite, State::Accepted, Input::Success, State::Accepted, &[Deliver]),
    (ClientInvite, State::Accepted, Input::Linger, State::Terminated, &[]),
    // We sent another request.
    (ClientOther, State::Trying, Input::Resend, State::Trying, &[Repeat, BackOff]),
    (ClientOther, State::Trying, Input::Timeout, State::Terminated, &[ReportTimeout]),
    (ClientOther, State::Trying, Input::Provisional, State::Proceeding, &[Deliver]),
    (ClientOther, State::Trying, Input::Success, State::Completed, &[StopResend, StopTimeout, LingerT4, Deliver]),
    (ClientOther, State::Trying, Input::Failure, State::Completed, &[StopResend, StopTimeout, LingerT4, Deliver]),
    (ClientOther, State::Proceeding, Input::Resend, State::Proceeding, &[Repeat, BackOff]),
    (ClientOther, State::Proceeding, Input::Timeout, State::Terminated, &[ReportTimeout]),
    (ClientOther, State::Proceeding, Input::Provisional, State::Proceeding, &[Deliver]),
    (ClientOther, State::Proceeding, Input::Success, State::Completed, &[StopResend, StopTimeout, LingerT4, Deliver]),
    (ClientOther, State::Proceeding, Input::Failure, State::Completed, &[StopResend, StopTimeout, LingerT4, Deliver]),
    (ClientOther, State::Completed, Input::Success, State::Completed, &[]),
    (ClientOther, State::Completed, Input::Failure, State::Completed, &[]),
    (ClientOther, State::Completed, Input::Linger, State::Terminated, &[]),
    // We received an INVITE.
    (ServerInvite, State::Proceeding, Input::Request, State::Proceeding, &[Repeat]),
    (ServerInvite, State::Proceeding, Input::SendProvisional, State::Proceeding, &[Send]),
    (ServerInvite, State::Proceeding, Input::SendSuccess, State::Accepted, &[Send, LingerAccepted]),
    (ServerInvite, State::Proceeding, Input::SendFailure, State::Completed, &[Send, StartResend, StartTimeout]),
    (ServerInvite, State::Completed, Input::Request, State::Completed, &[Repeat]),
    (ServerInvite, State::Completed, Input::Resend, State::Completed, &[Repeat, BackOff]),
    (ServerInvite, State::Completed, Input::Ack, State::Confirmed, &[StopResend, StopTimeout, LingerT4]),
    (ServerInvite, State::Completed, Input::Timeout, State::Terminated, &[ReportTimeout]),
    (ServerInvite, State::Confirmed, Input::Request, State::Confirmed, &[]),
    (ServerInvite, State::Confirmed, Input::Ack, State::Confirmed, &[]),
    (ServerInvite, State::Confirmed, Input::Linger, State::Terminated, &[]),
    // The user repeats the 2xx until its ACK comes; the transaction only absorbs INVITEs.
    (ServerInvite, State::Accepted, Input::Request, State::Accepted, &[]),
    (ServerInvite, State::Accepted, Input::SendSuccess, State::Accepted, &[Send]),
    (ServerInvite, State::Accepted, Input::Ack, State::Accepted, &[Deliver]),
    (ServerInvite, State::Accepted, Input::Linger, State::Terminated, &[]),
    // We received another request.
    (ServerOther, State::Trying, Input::Request, State::Trying, &[]),
    (ServerOther, State::Trying, Input::SendProvisional, State::Proceeding, &[Send]),
    (ServerOther, State::Trying, Input::SendSuccess, State::Completed, &[Send, LingerJ]),
    (ServerOther, State::Trying, Input::SendFailure, State::Completed, &[Send, LingerJ]),
    (ServerOther, State::Proceeding, Input::Request, State::Proceeding, &[Repeat]),
    (ServerOther, State::Proceeding, Input::SendProvisional, State::Proceeding, &[Send]),
    (ServerOther, State::Proceeding, Input::SendSuccess, State::Completed, &[Send, LingerJ]),
    (ServerOther, State::Proceeding, Input::SendFailure, State::Completed, &[Send, LingerJ]),
    (ServerOther, State::Completed, Input::Request, State::Completed, &[Repeat]),
    (ServerOther, State::Completed, Input::Linger, State::Terminated, &[]),
];

/// The state a transaction begins in, and what it does first.
pub const fn initial(kind: Kind) -> (State, &'static [Action]) {
    match kind {
        ClientInvite | ClientOther => (State::Trying, &[Send, StartResend, StartTimeout]),
        ServerInvite => (State::Proceeding, &[]),
        ServerOther => (State::Trying, &[]),
    }
}

/// What the table says, or `None` if the input is unexpected.
pub fn row(kind: Kind, state: State, input: Input) -> Option<(State, &'static [Action])> {
    ROWS.iter()
        .find(|r| (r.0, r.1, r.2) == (kind, state, input))
        .map(|r| (r.3, r.4))
}
