// SPDX-License-Identifier: MIT OR Apache-2.0
//! One association: the invocations of one call reference (or of the connectionless one).

mod receive;
mod types;

use core::time::Duration;
use std::collections::VecDeque;

pub use types::{
    Config, Counters, Failure, Indication, InvokeError, MAX_OUTSTANDING, Output, RespondError,
};

use crate::component::{Component, InvokeId, InvokeProblem, Problem};
use crate::contents::Contents;
use crate::errors::ServiceError;
use crate::operation::{Answers, Code};
use crate::service::{Argument, Operation, Outcome};
use types::MAX_OUTPUTS;

/// An invocation that is not answered yet.
#[derive(Clone, Copy, Debug)]
struct Pending {
    id: InvokeId,
    operation: Operation,
    /// Its code as it was invoked: QSIG has two for each.
    code: Code,
    until: Duration,
}

/// Numbers invocations, waits for their answers, and answers what nobody can serve.
#[derive(Debug)]
pub struct Association {
    config: Config,
    next_id: InvokeId,
    /// Ours, which the peer is to answer.
    ours: Vec<Pending>,
    /// The peer's, which we are to answer.
    theirs: Vec<Pending>,
    outputs: VecDeque<Output>,
    counters: Counters,
}

impl Association {
    /// A new one without invocations.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Association {
            config,
            next_id: 1,
            ours: Vec::new(),
            theirs: Vec::new(),
            outputs: VecDeque::new(),
            counters: Counters::default(),
        }
    }

    /// Invokes an operation.
    ///
    /// # Errors
    /// [`InvokeError`]: nothing was sent.
    pub fn invoke(&mut self, now: Duration, argument: Argument) -> Result<InvokeId, InvokeError> {
        let ids = self.invoke_together(now, core::slice::from_ref(&argument))?;
        ids.first().copied().ok_or(InvokeError::Nothing)
    }

    /// Invokes operations in one Facility element, as diversion does with names.
    ///
    /// # Errors
    /// [`InvokeError`]: nothing was sent.
    pub fn invoke_together(
        &mut self,
        now: Duration,
        arguments: &[Argument],
    ) -> Result<Vec<InvokeId>, InvokeError> {
        if arguments.is_empty() {
            return Err(InvokeError::Nothing);
        }
        let mut pending = Vec::new();
        let mut components = Vec::new();
        let mut ids = Vec::new();
        let mut id = self.next_id;
        for argument in arguments {
            let operation = argument.operation();
            if self.config.dialect.operation(operation.code()) != Some(operation) {
                return Err(InvokeError::Dialect(operation));
            }
            id = self.free_id(id);
            ids.push(id);
            if operation.answers() != Answers::None {
                let until = now + self.config.answer_within;
                pending.push(Pending {
                    id,
                    operation,
                    code: operation.code(),
                    until,
                });
            }
            components.push(Component::Invoke {
                id,
                linked: None,
                code: operation.code(),
                argument: argument.encode(),
            });
            id = successor(id);
        }
        if self.ours.len() + pending.len() > MAX_OUTSTANDING {
            self.counters.outstanding_full += 1;
            return Err(InvokeError::TooMany);
        }
        self.send(components)?;
        self.next_id = id;
        self.ours.extend(pending);
        self.counters.invoked += ids.len() as u64;
        Ok(ids)
    }

    /// Answers an invocation of the peer with its result.
    ///
    /// # Errors
    /// [`RespondError`]: nothing was sent.
    pub fn respond(&mut self, id: InvokeId, outcome: &Outcome) -> Result<(), RespondError> {
        let Pending {
            operation, code, ..
        } = self.their(id)?;
        if operation != outcome.operation() {
            return Err(RespondError::OtherOperation(operation));
        }
        if operation.answers() != Answers::Result {
            return Err(RespondError::NoResult(operation));
        }
        let octets = outcome.encode();
        let result = (!octets.is_empty()).then_some((code, octets));
        self.send(vec![Component::ReturnResult { id, result }])?;
        self.forget_theirs(id);
        Ok(())
    }

    /// Answers an invocation of the peer with an error; `parameter` is an encoded element or nothing.
    ///
    /// # Errors
    /// [`RespondError`]: nothing was sent.
    pub fn fail(
        &mut self,
        id: InvokeId,
        error: ServiceError,
        parameter: &[u8],
    ) -> Result<(), RespondError> {
        self.their(id)?;
        if !error.dialects().contains(&self.config.dialect) {
            return Err(RespondError::OtherError(error));
        }
        let component = Component::ReturnError {
            id,
            code: error.code(),
            parameter: parameter.to_vec(),
        };
        self.send(vec![component])?;
        self.forget_theirs(id);
        Ok(())
    }

    /// Refuses an invocation of the peer.
    ///
    /// # Errors
    /// [`RespondError`]: nothing was sent.
    pub fn refuse(&mut self, id: InvokeId, problem: InvokeProblem) -> Result<(), RespondError> {
        self.their(id)?;
        self.send(vec![Component::Reject {
            id: Some(id),
            problem: Problem::Invoke(problem),
        }])?;
        self.forget_theirs(id);
        Ok(())
    }

    /// The call is over: what was not answered has failed.
    pub fn close(&mut self) {
        self.theirs.clear();
        for pending in core::mem::take(&mut self.ours) {
            let failure = Failure::Closed;
            self.indicate(Indication::Failed {
                id: pending.id,
                operation: pending.operation,
                failure,
            });
        }
    }

    /// The next output, until `None`.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Duration> {
        let pending = self.ours.iter().chain(&self.theirs);
        pending.map(|pending| pending.until).min()
    }

    /// Ends the waits that are due.
    pub fn handle_timeout(&mut self, now: Duration) {
        let before = self.theirs.len();
        self.theirs.retain(|pending| pending.until > now);
        self.counters.not_answered_by_us += (before - self.theirs.len()) as u64;
        let (due, waiting) = core::mem::take(&mut self.ours)
            .into_iter()
            .partition::<Vec<_>, _>(|pending| pending.until <= now);
        self.ours = waiting;
        for Pending { id, operation, .. } in due {
            if operation.answers() == Answers::ErrorOnly {
                self.indicate(Indication::NoError { id, operation });
            } else {
                self.counters.timed_out += 1;
                let failure = Failure::TimedOut;
                self.indicate(Indication::Failed {
                    id,
                    operation,
                    failure,
                });
            }
        }
    }

    /// What was counted.
    #[must_use]
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Our invocations that wait for an answer.
    #[must_use]
    pub fn outstanding(&self) -> usize {
        self.ours.len()
    }

    fn free_id(&self, mut id: InvokeId) -> InvokeId {
        // At most MAX_OUTSTANDING are in use, so this ends.
        while self.ours.iter().any(|pending| pending.id == id) {
            id = successor(id);
        }
        id
    }

    fn their(&self, id: InvokeId) -> Result<Pending, RespondError> {
        let pending = self.theirs.iter().find(|pending| pending.id == id);
        pending.copied().ok_or(RespondError::Unknown(id))
    }

    fn forget_theirs(&mut self, id: InvokeId) {
        self.theirs.retain(|pending| pending.id != id);
    }

    fn contents(&self, components: Vec<Component>) -> Contents {
        Contents {
            profile: self.config.profile,
            extension: self.config.extension.clone(),
            network_profile: None,
            interpretation: self.config.interpretation,
            components,
        }
    }

    fn send(&mut self, components: Vec<Component>) -> Result<(), crate::ValueError> {
        let octets = self.contents(components).encode()?;
        self.output(Output::Send(octets));
        Ok(())
    }

    fn indicate(&mut self, indication: Indication) {
        self.output(Output::Indication(indication));
    }

    fn output(&mut self, output: Output) {
        if self.outputs.len() < MAX_OUTPUTS {
            self.outputs.push_back(output);
        } else {
            self.counters.outputs_lost += 1;
        }
    }
}

/// The identifier behind `id`: 1 to 32,767, and again.
const fn successor(id: InvokeId) -> InvokeId {
    if id == InvokeId::MAX { 1 } else { id + 1 }
}
