// SPDX-License-Identifier: MIT OR Apache-2.0
//! Answers to the command line.

use super::Daemon;
use pbx_api::{Command, ErrorCode, Reply, Request, Response};
use pbx_core::{CallId, Cause, Digits, Input};
use std::time::Duration;
use tracing::info;

/// Calls in one answer.
const PAGE: u32 = 1000;

impl Daemon {
    /// Answers a request.
    pub(super) fn control(&mut self, request: &Request) -> Response {
        let result = match &request.command {
            Command::Calls { after, limit } => Ok(self.calls(*after, (*limit).min(PAGE))),
            Command::Hangup { call, cause } => self.hang_up(*call, *cause),
            Command::Spans {} => Ok(Reply::Spans {
                spans: self.span_states(),
            }),
            Command::Status {} => Ok(Reply::Status(self.status())),
            Command::Explain { number, from } => self.explain(number, from),
            // The loop takes these out: their answers come later.
            Command::Reload {} => Err((
                ErrorCode::Unavailable,
                "the configuration cannot be read now".to_owned(),
            )),
            Command::Shutdown { grace_s } => {
                self.shut_down(Duration::from_secs(u64::from(*grace_s)));
                Ok(Reply::Shutdown {})
            }
        };
        self.settle();
        match result {
            Ok(reply) => Response::ok(request.id, reply),
            Err((code, message)) => Response::error(request.id, code, message),
        }
    }

    fn hang_up(&mut self, call: u64, cause: u8) -> Result<Reply, (ErrorCode, String)> {
        let id = CallId(call);
        let cause = Cause::new(cause).ok_or_else(|| {
            (
                ErrorCode::Invalid,
                format!("cause {cause}: expected 1 to 127"),
            )
        })?;
        if self.core.call(id).is_none() {
            return Err((ErrorCode::NotFound, format!("there is no call {call}")));
        }
        let now = self.now();
        self.core.input(now, Input::Hangup { call: id, cause });
        Ok(Reply::Hangup {})
    }

    fn explain(&self, number: &str, from: &str) -> Result<Reply, (ErrorCode, String)> {
        let digits = Digits::parse(number)
            .map_err(|error| (ErrorCode::Invalid, format!("number {number:?}: {error}")))?;
        let known = self.config.groups.iter().any(|group| &*group.name == from)
            || self.config.peers.iter().any(|peer| &*peer.name == from);
        if !known {
            return Err((
                ErrorCode::NotFound,
                format!("there is no trunk group or SIP peer {from:?}"),
            ));
        }
        Ok(Reply::Explain {
            text: self.core.plan().routes().explain(&digits, from),
        })
    }

    /// Takes no more calls, ends those there are after `grace`.
    pub(super) fn shut_down(&mut self, grace: Duration) {
        info!(?grace, calls = self.core.calls().count(), "shutting down");
        self.shutting_down = true;
        if let Some(edge) = &mut self.edge {
            edge.set_accepting(false);
        }
        let now = self.now();
        self.core.input(
            now,
            Input::Shutdown {
                grace,
                cause: Cause::TEMPORARY_FAILURE,
            },
        );
        self.settle();
    }
}
