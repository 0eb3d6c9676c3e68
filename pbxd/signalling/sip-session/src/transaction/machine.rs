// SPDX-License-Identifier: MIT OR Apache-2.0
//! One transaction: the table's state, the kept message and the timers.

use core::net::SocketAddr;
use core::time::Duration;
use std::sync::Arc;

use sip_msg::Message;

use super::table::{Action, Input, Kind, State, initial, row};
use crate::config::Timers;
use crate::dialog::Dialog;
use crate::event::Transmit;
use crate::next_hop::Path;
use crate::session::{RequestId, SessionId};

/// Who is told what a transaction delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The INVITE that began the session.
    Call(SessionId),
    /// A later INVITE of the session.
    Reinvite(SessionId),
    /// The session's BYE.
    Bye(SessionId),
    /// A request outside a call.
    Request(RequestId),
    /// Nobody.
    Nobody,
}

/// An ACK to a 2xx, kept to answer the 2xx when it comes again.
#[derive(Debug)]
pub(crate) struct KeptAck {
    pub(crate) remote_tag: Option<String>,
    pub(crate) transmit: Transmit,
}

/// What a step left to be done.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Send the kept message.
    pub(crate) transmit: bool,
    /// It is a repetition.
    pub(crate) repeat: bool,
    /// Acknowledge the refusal.
    pub(crate) ack: bool,
    /// Give the message to the owner.
    pub(crate) deliver: bool,
    /// Tell the owner that nothing came.
    pub(crate) timed_out: bool,
    /// The transaction is over.
    pub(crate) over: bool,
}

/// A transaction.
#[derive(Debug)]
pub(crate) struct Transaction {
    pub(crate) kind: Kind,
    pub(crate) state: State,
    pub(crate) owner: Owner,
    /// Client: the request. Server: the request it answers.
    pub(crate) request: Arc<Message>,
    /// Where the kept message goes, and from where.
    pub(crate) destination: SocketAddr,
    pub(crate) local: SocketAddr,
    /// The last message sent.
    pub(crate) kept: Option<Arc<[u8]>>,
    /// When the transaction began.
    pub(crate) began: Duration,
    /// Client INVITE within a dialog: that dialog.
    pub(crate) dialog: Option<Dialog>,
    /// Client INVITE: ACKs to its 2xx, one for each branch that answered.
    pub(crate) acks: Vec<KeptAck>,
    reliable: bool,
    interval: Duration,
    resend_at: Option<Duration>,
    timeout_at: Option<Duration>,
    linger_at: Option<Duration>,
}

impl Transaction {
    /// A transaction in its first state. A client's first step is [`Transaction::start`].
    pub(crate) fn new(
        kind: Kind,
        owner: Owner,
        request: Arc<Message>,
        path: Path,
        reliable: bool,
    ) -> Self {
        Self {
            kind,
            state: initial(kind).0,
            owner,
            request,
            destination: path.remote,
            local: path.local,
            kept: None,
            began: Duration::ZERO,
            dialog: None,
            acks: Vec::new(),
            reliable,
            interval: Duration::ZERO,
            resend_at: None,
            timeout_at: None,
            linger_at: None,
        }
    }

    /// Does what the machine does first.
    pub(crate) fn start(&mut self, now: Duration, timers: &Timers) -> Outcome {
        self.began = now;
        if matches!(self.kind, Kind::ClientInvite | Kind::ClientOther) {
            self.kept = Some(self.request.as_bytes().into());
        }
        self.act(now, initial(self.kind).1, timers)
    }

    /// Takes an input; `None` if the table does not expect it.
    pub(crate) fn step(
        &mut self,
        now: Duration,
        input: Input,
        message: Option<Arc<[u8]>>,
        timers: &Timers,
    ) -> Option<Outcome> {
        let (next, actions) = row(self.kind, self.state, input)?;
        self.state = next;
        if actions.contains(&Action::Send) {
            self.kept = message;
        }
        let mut outcome = self.act(now, actions, timers);
        // A linger time of nothing, as on reliable transports, ends at once.
        if self.linger_at.is_some_and(|at| at <= now)
            && row(self.kind, self.state, Input::Linger).is_some()
        {
            self.state = State::Terminated;
        }
        outcome.over = self.state == State::Terminated;
        Some(outcome)
    }

    fn act(&mut self, now: Duration, actions: &[Action], timers: &Timers) -> Outcome {
        let mut outcome = Outcome::default();
        let linger = |time: Duration| Some(now + if self.reliable { Duration::ZERO } else { time });
        for action in actions {
            match action {
                Action::Send => outcome.transmit = true,
                Action::Repeat => {
                    outcome.transmit = self.kept.is_some();
                    outcome.repeat = true;
                }
                Action::SendAck => outcome.ack = true,
                Action::Deliver => outcome.deliver = true,
                Action::ReportTimeout => outcome.timed_out = true,
                Action::StartResend => {
                    if !self.reliable {
                        self.interval = timers.t1;
                        self.resend_at = Some(now + self.interval);
                    }
                }
                Action::BackOff => {
                    self.interval = self.next_interval(timers);
                    self.resend_at = Some(now + self.interval);
                }
                Action::StopResend => self.resend_at = None,
                Action::StartTimeout => self.timeout_at = Some(now + timers.timeout()),
                Action::StopTimeout => self.timeout_at = None,
                Action::LingerT4 => self.linger_at = linger(timers.t4),
                Action::LingerD => self.linger_at = linger(timers.d),
                Action::LingerJ => self.linger_at = linger(timers.timeout()),
                Action::LingerAccepted => self.linger_at = Some(now + timers.timeout()),
            }
        }
        outcome
    }

    /// Timer A doubles without end, E and G up to T2, E in Proceeding is T2.
    fn next_interval(&self, timers: &Timers) -> Duration {
        let doubled = self.interval.saturating_mul(2);
        match (self.kind, self.state) {
            (Kind::ClientInvite, _) => doubled,
            (Kind::ClientOther, State::Proceeding) => timers.t2,
            _ => doubled.min(timers.t2),
        }
    }

    /// From now on the final response is awaited only so long: after a CANCEL, and when
    /// nobody cares any more.
    pub(crate) fn limit(&mut self, now: Duration, timers: &Timers) {
        if matches!(self.state, State::Trying | State::Proceeding) {
            let at = now + timers.timeout();
            self.timeout_at = Some(self.timeout_at.map_or(at, |earlier| earlier.min(at)));
        }
    }

    /// The next instant at which a timer fires.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        [self.resend_at, self.timeout_at, self.linger_at]
            .into_iter()
            .flatten()
            .min()
    }

    /// A timer that has fired, which it stops.
    pub(crate) fn fired(&mut self, now: Duration) -> Option<Input> {
        let due = |timer: &mut Option<Duration>| timer.take_if(|at| *at <= now).is_some();
        if due(&mut self.timeout_at) {
            Some(Input::Timeout)
        } else if due(&mut self.linger_at) {
            Some(Input::Linger)
        } else if due(&mut self.resend_at) {
            Some(Input::Resend)
        } else {
            None
        }
    }
}
