// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the peer sends.

use core::time::Duration;

use super::types::{Failure, Indication, MAX_OUTSTANDING};
use super::{Association, Pending};
use crate::component::{
    Component, ErrorProblem, GeneralProblem, InvokeId, InvokeProblem, Problem, ResultProblem,
};
use crate::contents::{Contents, Interpretation};
use crate::errors::ServiceError;
use crate::operation::{Answers, Code};
use crate::service::{Argument, Outcome};

impl Association {
    /// Takes the contents of a Facility information element, from its protocol profile on.
    pub fn input(&mut self, now: Duration, contents: &[u8]) {
        self.counters.received += 1;
        let Ok(decoded) = Contents::decode(contents) else {
            self.counters.unreadable += 1;
            return;
        };
        let interpretation = decoded.contents.interpretation;
        for bad in decoded.bad {
            self.counters.bad_components += 1;
            if !bad.is_reject {
                let problem = if bad.unrecognized {
                    GeneralProblem::UnrecognizedComponent
                } else {
                    GeneralProblem::MistypedComponent
                };
                self.reject(bad.id, Problem::General(problem));
            }
        }
        for component in decoded.contents.components {
            match component {
                Component::Invoke {
                    id,
                    linked,
                    code,
                    argument,
                } => self.invoked(now, interpretation, (id, linked), code, &argument),
                Component::ReturnResult { id, result } => self.result(id, result),
                Component::ReturnError {
                    id,
                    code,
                    parameter,
                } => self.failed(id, code, parameter),
                Component::Reject { id, problem } => self.rejected(id, problem),
            }
        }
    }

    fn invoked(
        &mut self,
        now: Duration,
        interpretation: Option<Interpretation>,
        (id, linked): (InvokeId, Option<InvokeId>),
        code: Code,
        argument: &[u8],
    ) {
        let refuse = |this: &mut Self, problem| this.reject(Some(id), Problem::Invoke(problem));
        if self.theirs.iter().any(|pending| pending.id == id) {
            self.counters.duplicates += 1;
            return refuse(self, InvokeProblem::DuplicateInvocation);
        }
        if let Some(linked) = linked {
            // None of the operations here has linked ones.
            let known = self.ours.iter().any(|pending| pending.id == linked);
            let problem = if known {
                InvokeProblem::LinkedResponseUnexpected
            } else {
                InvokeProblem::UnrecognizedLinkedId
            };
            return refuse(self, problem);
        }
        let Some(operation) = self.config.dialect.operation(code) else {
            self.counters.unrecognized += 1;
            return match interpretation {
                Some(Interpretation::Discard) => {}
                Some(Interpretation::ClearCall) => self.indicate(Indication::ClearCall),
                _ => refuse(self, InvokeProblem::UnrecognizedOperation),
            };
        };
        let Ok(argument) = Argument::decode(operation, argument) else {
            self.counters.mistyped += 1;
            return refuse(self, InvokeProblem::MistypedArgument);
        };
        if operation.answers() != Answers::None {
            if self.theirs.len() == MAX_OUTSTANDING {
                self.counters.outstanding_full += 1;
                return refuse(self, InvokeProblem::ResourceLimitation);
            }
            let until = now + self.config.answer_within;
            self.theirs.push(Pending {
                id,
                operation,
                code,
                until,
            });
        }
        self.indicate(Indication::Invoked { id, argument });
    }

    fn result(&mut self, id: InvokeId, result: Option<(Code, Vec<u8>)>) {
        let refuse = |this: &mut Self, problem| this.reject(Some(id), Problem::Result(problem));
        let Some(pending) = self.ours.iter().find(|pending| pending.id == id).copied() else {
            self.counters.unexpected_answers += 1;
            return refuse(self, ResultProblem::UnrecognizedInvocation);
        };
        let operation = pending.operation;
        if operation.answers() != Answers::Result {
            self.counters.unexpected_answers += 1;
            return refuse(self, ResultProblem::ResultUnexpected);
        }
        let octets = match &result {
            None => &[][..],
            Some((code, octets)) if code.first_edition() == operation.code() => octets,
            Some(_) => {
                self.counters.unexpected_answers += 1;
                return refuse(self, ResultProblem::MistypedResult);
            }
        };
        self.ours.retain(|pending| pending.id != id);
        match Outcome::decode(operation, octets) {
            Ok(outcome) => self.indicate(Indication::Result { id, outcome }),
            Err(error) => {
                refuse(self, ResultProblem::MistypedResult);
                let failure = Failure::Unreadable(error);
                self.indicate(Indication::Failed {
                    id,
                    operation,
                    failure,
                });
            }
        }
    }

    fn failed(&mut self, id: InvokeId, code: Code, parameter: Vec<u8>) {
        let Some(place) = self.ours.iter().position(|pending| pending.id == id) else {
            self.counters.unexpected_answers += 1;
            let problem = ErrorProblem::UnrecognizedInvocation;
            return self.reject(Some(id), Problem::Error(problem));
        };
        let operation = self.ours.swap_remove(place).operation;
        let error = ServiceError::from_code(self.config.dialect, code);
        self.indicate(Indication::Failed {
            id,
            operation,
            failure: Failure::Error { error, parameter },
        });
    }

    fn rejected(&mut self, id: Option<InvokeId>, problem: Problem) {
        self.counters.rejects_received += 1;
        // A rejected result or error was ours to give: it answers no invocation of ours.
        let ours = match problem {
            Problem::General(_) | Problem::Invoke(_) => {
                let same = |pending: &Pending| Some(pending.id) == id;
                self.ours.iter().position(same)
            }
            Problem::Result(_) | Problem::Error(_) => None,
        };
        match ours.map(|place| self.ours.swap_remove(place)) {
            Some(pending) => self.indicate(Indication::Failed {
                id: pending.id,
                operation: pending.operation,
                failure: Failure::Rejected(problem),
            }),
            None => self.indicate(Indication::Rejected { id, problem }),
        }
    }

    fn reject(&mut self, id: Option<InvokeId>, problem: Problem) {
        self.counters.rejects_sent += 1;
        // A Reject always fits into one element.
        let _ = self.send(vec![Component::Reject { id, problem }]);
    }
}
