// SPDX-License-Identifier: MIT OR Apache-2.0
//! The daemon: one control loop that joins the machines.
//!
//! [`Daemon`] holds every machine of the control plane and moves what one says to the next; it has no sockets of its own but
//! those that the machines hold. `run` gives it sockets, signals and a clock.

mod calls;
mod control;
mod legs;
mod listener;
mod readiness;
mod records;
mod reload;
mod run;
mod start;
mod status;

pub use reload::Source;
pub use run::{RunError, run};

use crate::config::Config;
use crate::media::MediaPlane;
use crate::pri::{Report, Trunk};
use crate::sip::{Edge, EdgeReport};
use pbx_core::{Exchange, LegId};
use records::Records;
use sip_session::Transmit;
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Datagrams that may wait for the socket.
const TRANSMITS: usize = 4096;

/// All machines of the control plane.
pub(crate) struct Daemon {
    config: Arc<Config>,
    started: Instant,
    core: Exchange,
    trunks: Vec<Trunk>,
    edge: Option<Edge>,
    media: MediaPlane,
    records: Records,
    /// The trunk of each leg that is on one.
    trunk_of: BTreeMap<LegId, usize>,
    from_trunks: VecDeque<(usize, Report)>,
    from_edge: VecDeque<EdgeReport>,
    transmits: VecDeque<Transmit>,
    /// Datagrams that found the queue full.
    transmits_dropped: u64,
    /// Spans that were opened since the last look: their descriptors are to be waited on.
    opened: Vec<usize>,
    shutting_down: bool,
    drained: bool,
}

impl Daemon {
    /// The time of all machines.
    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// A SIP datagram came.
    fn datagram(&mut self, source: SocketAddr, octets: &[u8]) {
        let now = self.now();
        if let Some(edge) = &mut self.edge {
            edge.input(now, source, octets);
        }
        self.settle();
    }

    /// Some trunk's span has something, or a timer is due.
    fn visit_trunks(&mut self) {
        let now = self.now();
        for index in 0..self.trunks.len() {
            self.with_trunk(index, |trunk, reports| trunk.visit(now, reports));
        }
        self.settle();
    }

    /// The media plane has something.
    fn media_events(&mut self) {
        let mut reports = Vec::new();
        self.media.events(&mut reports);
        for report in reports {
            self.media_report(report);
        }
        self.settle();
    }

    /// Runs every timer that is due.
    fn handle_timeout(&mut self) {
        let now = self.now();
        if let Some(edge) = &mut self.edge {
            edge.handle_timeout(now);
        }
        self.core.handle_timeout(now);
        self.visit_trunks();
    }

    /// Every call is over, and the far ends know it.
    fn is_over(&self) -> bool {
        self.drained && self.trunks.iter().all(Trunk::is_flushed)
    }

    /// When [`Daemon::handle_timeout`] wants to be called, at the latest.
    fn poll_timeout(&self) -> Option<Duration> {
        let trunks = self.trunks.iter().filter_map(Trunk::poll_timeout);
        let edge = self.edge.as_ref().and_then(Edge::poll_timeout);
        trunks.chain(edge).chain(self.core.poll_timeout()).min()
    }

    /// Moves everything that a machine has said to where it belongs, until all are silent.
    fn settle(&mut self) {
        loop {
            let now = self.now();
            if let Some(edge) = &mut self.edge {
                let mut reports = Vec::new();
                edge.drain(now, &mut self.media, &mut reports);
                self.from_edge.extend(reports);
            }
            if let Some((trunk, report)) = self.from_trunks.pop_front() {
                self.trunk_report(now, trunk, report);
            } else if let Some(report) = self.from_edge.pop_front() {
                self.edge_report(now, report);
            } else if let Some(output) = self.core.poll_output() {
                self.carry_out(now, output);
            } else {
                return;
            }
        }
    }

    fn queue(&mut self, transmit: Transmit) {
        if self.transmits.len() >= TRANSMITS {
            self.transmits_dropped += 1;
        } else {
            self.transmits.push_back(transmit);
        }
    }
}
