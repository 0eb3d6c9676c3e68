// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reading the configuration again, while calls go on.
//!
//! The file is read and checked on a thread of its own. Only a file that is valid as a whole is taken: it becomes the snapshot
//! that calls to come see, and the machines are told what differs. Calls that are up keep what they began with.

use super::Daemon;
use super::start::{sip_peers, tones, trunk_config};
use crate::config::{self, Config, Diagnostic, Level};
use crate::pri::Trunk;
use pbx_api::{ErrorCode, Reply, Response};
use pbx_core::{ChannelId, Input, Name, Outage};
use std::future::pending;
use std::path::PathBuf;
use std::sync::Arc;
use tdm::{Slot, SlotSet};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tracing::{info, warn};

/// Errors of a file that are told to the one who asked; the log has all.
const TOLD: usize = 100;

/// What a running daemon needs to read its configuration again.
pub struct Source {
    /// The file.
    pub file: PathBuf,
    /// Sets how much is logged.
    pub log_level: Box<dyn Fn(Level)>,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("file", &self.file).finish()
    }
}

type Read = Result<Config, Vec<Diagnostic>>;

/// Who wants the file to be read: a request with the way back, or a signal.
pub(super) enum Asker {
    Request(u64, oneshot::Sender<Response>),
    Signal,
}

/// Readings of the file, one at a time. Who asks while one runs waits for the next: the file may have changed meanwhile.
pub(super) struct Reloads {
    file: PathBuf,
    reading: Option<JoinHandle<Read>>,
    asked: Vec<Asker>,
    next: Vec<Asker>,
}

impl Reloads {
    pub(super) fn new(file: PathBuf) -> Self {
        Self {
            file,
            reading: None,
            asked: Vec::new(),
            next: Vec::new(),
        }
    }

    /// Somebody asks. Requests are bounded by the connections there may be, and one signal stands for many.
    pub(super) fn ask(&mut self, asker: Asker) {
        let signal = |asker: &Asker| matches!(asker, Asker::Signal);
        if !(signal(&asker) && self.next.iter().any(signal)) {
            self.next.push(asker);
        }
        self.start();
    }

    fn start(&mut self) {
        if self.reading.is_some() || self.next.is_empty() {
            return;
        }
        self.asked = std::mem::take(&mut self.next);
        let file = self.file.clone();
        self.reading = Some(tokio::task::spawn_blocking(move || config::load(&file)));
    }

    /// The file that is being read, once it was.
    pub(super) async fn read(&mut self) -> Read {
        let Some(reading) = &mut self.reading else {
            return pending().await;
        };
        let read = reading.await.unwrap_or_else(|error| {
            Err(vec![Diagnostic::whole_file(
                &self.file.display().to_string(),
                format!("reading it failed: {error}"),
            )])
        });
        self.reading = None;
        read
    }

    /// Tells those who asked what came of it, and reads again for those who asked since.
    pub(super) fn answer(&mut self, outcome: &Result<Reply, String>) {
        for asker in std::mem::take(&mut self.asked) {
            let Asker::Request(id, back) = asker else {
                continue;
            };
            let response = match outcome {
                Ok(reply) => Response::ok(id, reply.clone()),
                Err(message) => Response::error(id, ErrorCode::Invalid, message.clone()),
            };
            // A client that left does not want its answer.
            let _ = back.send(response);
        }
        self.start();
    }
}

impl Daemon {
    /// Takes a file that was read again, or stays as it is.
    pub(super) fn reload(&mut self, read: Read, source: &Source) -> Result<Reply, String> {
        let file = match read {
            Ok(file) => file,
            Err(found) => {
                warn!(errors = found.len(), "the configuration stays as it was");
                found.iter().for_each(|found| warn!("{found}"));
                let told: Vec<String> = found.iter().take(TOLD).map(ToString::to_string).collect();
                return Err(format!(
                    "the configuration stays as it was\n{}",
                    told.join("\n")
                ));
            }
        };
        let next = self.config.succeed(file);
        (source.log_level)(next.config.log.level);
        info!(changed = ?next.changed, "configuration read again");
        if !next.restart.is_empty() {
            warn!(restart = ?next.restart, "the configuration has changes that need a restart");
        }
        self.adopt(Arc::new(next.config));
        Ok(Reply::Reload {
            changed: next.changed,
            restart: next.restart,
        })
    }

    /// Puts a configuration into force whose fixed parts are those of the one before.
    fn adopt(&mut self, config: Arc<Config>) {
        let now = self.now();
        for (index, span) in config.spans.iter().enumerate() {
            let wanted = trunk_config(span);
            match self.trunks.get_mut(index) {
                Some(trunk) => trunk.set_options(wanted.overlap, wanted.tones, wanted.law),
                None => self.trunks.push(Trunk::new(wanted, SlotSet::EMPTY)),
            }
        }
        self.core.input(now, Input::Timing(config.calls.timing));
        self.core.input(now, Input::Plan(config.plan.clone()));
        self.settle_channels();
        if let Some(edge) = &mut self.edge {
            let mut reports = Vec::new();
            edge.set_peers(
                sip_peers(&config),
                config.plan.causes().clone(),
                &mut reports,
            );
            self.from_edge.extend(reports);
        }
        self.media.set_options(
            config.sip.as_ref().and_then(|sip| sip.media_timeout),
            tones(config.node.country),
        );
        self.config = config;
        self.visit_trunks();
    }

    /// Tells call control how the channels of the plan are: it has forgotten those that no group had, and those of a span that
    /// does not run, or runs with other channels, must wait for a restart.
    fn settle_channels(&mut self) {
        let now = self.now();
        let all: Vec<ChannelId> = self
            .core
            .channels()
            .iter()
            .map(|(id, _)| id.clone())
            .collect();
        for channel in all {
            let trunk = self
                .trunks
                .iter()
                .find(|trunk| has_name(trunk, &channel.span));
            let slot = Slot::new(channel.slot);
            let within = |slots: SlotSet| slot.is_some_and(|slot| slots.contains(slot));
            let outages = [
                (
                    Outage::Maintenance,
                    !trunk.is_some_and(|trunk| within(trunk.channels())),
                ),
                (
                    Outage::Signalling,
                    trunk.is_some_and(|trunk| !trunk.link_up()),
                ),
                (
                    Outage::Restarting,
                    trunk.is_some_and(|trunk| within(trunk.restarting())),
                ),
            ];
            for (outage, out) in outages {
                let channel = channel.clone();
                self.core.input(
                    now,
                    Input::Channel {
                        channel,
                        outage,
                        out,
                    },
                );
            }
        }
    }
}

fn has_name(trunk: &Trunk, name: &Name) -> bool {
    trunk.name() == name
}
