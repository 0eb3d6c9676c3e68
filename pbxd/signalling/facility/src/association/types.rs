// SPDX-License-Identifier: MIT OR Apache-2.0
//! What goes into an association and comes out of it.

use core::time::Duration;

use crate::component::{InvokeId, Problem};
use crate::contents::{Interpretation, NetworkExtension, Profile};
use crate::error::{Error, ValueError};
use crate::errors::ServiceError;
use crate::service::{Argument, Dialect, Operation, Outcome};

/// Invocations that may wait for an answer, each way.
pub const MAX_OUTSTANDING: usize = 32;

/// Outputs that may wait to be drained; one input causes fewer.
pub(super) const MAX_OUTPUTS: usize = 128;

/// How an association speaks.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whose operations.
    pub dialect: Dialect,
    /// The protocol profile of what is sent.
    pub profile: Profile,
    /// The network facility extension of what is sent.
    pub extension: Option<NetworkExtension>,
    /// What the peer is to do with invocations that it does not recognise.
    pub interpretation: Option<Interpretation>,
    /// How long an answer may take, either way.
    pub answer_within: Duration,
}

impl Config {
    /// The usual for a dialect: plain remote operations for ETSI and DMS-100; networking extensions
    /// from end to end, to be discarded if not recognised, for QSIG; networking extensions without
    /// an extension, to be discarded, for NI-2 (as observed). Answers may take 15 s.
    #[must_use]
    pub fn new(dialect: Dialect) -> Self {
        let (profile, extension, interpretation) = match dialect {
            Dialect::Etsi | Dialect::Dms100 => (Profile::Rose, None, None),
            Dialect::Qsig => (
                Profile::NetworkingExtensions,
                Some(NetworkExtension::end_to_end()),
                Some(Interpretation::Discard),
            ),
            Dialect::Ni2 => (
                Profile::NetworkingExtensions,
                None,
                Some(Interpretation::Discard),
            ),
        };
        Config {
            dialect,
            profile,
            extension,
            interpretation,
            answer_within: Duration::from_secs(15),
        }
    }
}

/// Why an invocation of ours has failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The peer says that the operation failed.
    Error {
        /// Why.
        error: ServiceError,
        /// Its parameter's element, or nothing.
        parameter: Vec<u8>,
    },
    /// The peer does not take the invocation.
    Rejected(Problem),
    /// The peer's result cannot be read.
    Unreadable(Error),
    /// There was no answer in time.
    TimedOut,
    /// The call is over.
    Closed,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "one lives as long as one message is handled"
)]
pub enum Indication {
    /// The peer invokes an operation. If that has answers, answer with the identifier.
    Invoked {
        /// Its identifier.
        id: InvokeId,
        /// The operation and its argument.
        argument: Argument,
    },
    /// The result of an invocation of ours.
    Result {
        /// Its identifier.
        id: InvokeId,
        /// The operation and its result.
        outcome: Outcome,
    },
    /// An invocation of ours that is answered only if it fails was not answered in time.
    NoError {
        /// Its identifier.
        id: InvokeId,
        /// The operation.
        operation: Operation,
    },
    /// An invocation of ours has failed.
    Failed {
        /// Its identifier.
        id: InvokeId,
        /// The operation.
        operation: Operation,
        /// How.
        failure: Failure,
    },
    /// The peer rejects something of ours that waits for nothing.
    Rejected {
        /// Its identifier, if said.
        id: Option<InvokeId>,
        /// Why.
        problem: Problem,
    },
    /// The peer wants the call cleared, since it invoked an operation that is not recognised.
    ClearCall,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "one lives as long as one message is handled"
)]
pub enum Output {
    /// Put these contents into a Facility element of the next message, or of a FACILITY message.
    Send(Vec<u8>),
    /// Something happened.
    Indication(Indication),
}

/// Why an operation was not invoked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// Nothing was asked for.
    #[error("no operation given")]
    Nothing,
    /// The association speaks another dialect.
    #[error("{} is not an operation of the association's dialect", .0.name())]
    Dialect(Operation),
    /// Too many invocations wait.
    #[error("{MAX_OUTSTANDING} invocations wait for answers already")]
    TooMany,
    /// It does not fit.
    #[error(transparent)]
    Value(#[from] ValueError),
}

/// Why an answer was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RespondError {
    /// The peer waits for no answer with this identifier (any more).
    #[error("invocation {0} waits for no answer")]
    Unknown(InvokeId),
    /// The result is of another operation.
    #[error("the invocation is of {}", .0.name())]
    OtherOperation(Operation),
    /// The operation has no results.
    #[error("{} has no result", .0.name())]
    NoResult(Operation),
    /// The dialect does not have the error.
    #[error("{0:?} is not an error of the association's dialect")]
    OtherError(ServiceError),
    /// It does not fit.
    #[error(transparent)]
    Value(#[from] ValueError),
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Operations that we invoked.
    pub invoked: u64,
    /// Facility contents that were received.
    pub received: u64,
    /// Contents that could not be read at all.
    pub unreadable: u64,
    /// Components that could not be read.
    pub bad_components: u64,
    /// Invocations of operations that the dialect does not have.
    pub unrecognized: u64,
    /// Invocations whose argument was not of its type.
    pub mistyped: u64,
    /// Invocations whose identifier was in use.
    pub duplicates: u64,
    /// Answers to nothing.
    pub unexpected_answers: u64,
    /// Rejects sent.
    pub rejects_sent: u64,
    /// Rejects received.
    pub rejects_received: u64,
    /// Invocations of ours without an answer in time.
    pub timed_out: u64,
    /// Invocations of the peer that we did not answer in time.
    pub not_answered_by_us: u64,
    /// Times that one side had too many invocations outstanding.
    pub outstanding_full: u64,
    /// Outputs that nobody drained.
    pub outputs_lost: u64,
}
