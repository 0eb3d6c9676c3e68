// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the daemon shows of itself.

use super::Daemon;
use pbx_api::{Call, ChannelState, Counter, Party, Reply, Span, Status};
use pbx_core::{CallView, ChannelId, LegId, Outage, Side, Stage};
use std::collections::BTreeMap;
use tdm::abi::event::alarm;

impl Daemon {
    pub(super) fn calls(&self, after: u64, limit: u32) -> Reply {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX).max(1);
        let mut views = self.core.calls().filter(|view| view.id.0 > after);
        let calls: Vec<Call> = views
            .by_ref()
            .take(limit)
            .map(|view| self.call(&view))
            .collect();
        Reply::Calls {
            calls,
            more: views.next().is_some(),
        }
    }

    fn call(&self, view: &CallView<'_>) -> Call {
        let now = self.now();
        let millis = |since: std::time::Duration| {
            u64::try_from(now.saturating_sub(since).as_millis()).unwrap_or(u64::MAX)
        };
        let channel = |id: Option<&ChannelId>| id.map(ToString::to_string);
        let to = match (view.to_peer, view.to_channel) {
            (Some(peer), _) => Some(Party {
                name: peer.to_string(),
                channel: None,
            }),
            (None, Some(id)) => {
                let group = self
                    .core
                    .plan()
                    .group_of(id)
                    .map_or_else(|| id.span.to_string(), ToString::to_string);
                Some(Party {
                    name: group,
                    channel: channel(Some(id)),
                })
            }
            (None, None) => None,
        };
        Call {
            id: view.id.0,
            state: stage(view.stage).to_owned(),
            age_ms: millis(view.offered),
            talking_ms: view.answered.map(millis),
            calling: view.calling.number.clone(),
            called: view.called.to_string(),
            route: view.route.map(ToString::to_string),
            from: Party {
                name: view.from.to_string(),
                channel: channel(view.from_channel),
            },
            to,
        }
    }

    pub(super) fn span_states(&self) -> Vec<Span> {
        let calls: BTreeMap<LegId, u64> = self
            .core
            .calls()
            .flat_map(|call| {
                [Some(call.caller), call.callee]
                    .into_iter()
                    .flatten()
                    .map(move |leg| (leg, call.id.0))
            })
            .collect();
        // Trunks stand in the order of the spans, also after a reload.
        let configured = self.config.spans.iter().zip(&self.trunks);
        configured
            .map(|(span, trunk)| Span {
                name: span.name.to_string(),
                address: span.address.to_string(),
                side: match span.side {
                    Side::User => "user",
                    Side::Network => "network",
                }
                .to_owned(),
                alarms: match trunk.span() {
                    Some(open) => alarm_names(open.alarms()),
                    None => vec!["not open".to_owned()],
                },
                signalling_up: trunk.link_up(),
                channels: self
                    .core
                    .channels()
                    .iter()
                    .filter(|(id, _)| id.span == span.name)
                    .map(|(id, status)| ChannelState {
                        slot: id.slot,
                        call: status.holder.and_then(|leg| calls.get(&leg).copied()),
                        outages: status
                            .outages
                            .iter()
                            .map(|outage| outage_name(*outage).to_owned())
                            .collect(),
                    })
                    .collect(),
            })
            .collect()
    }

    pub(super) fn status(&self) -> Status {
        Status {
            program: env!("CARGO_PKG_VERSION").to_owned(),
            uptime_ms: u64::try_from(self.now().as_millis()).unwrap_or(u64::MAX),
            calls: self.core.calls().count() as u64,
            shutting_down: self.shutting_down,
            counters: self.counters(),
        }
    }

    fn counters(&self) -> Vec<Counter> {
        let mut all = Vec::new();
        let mut add = |name: &str, value: u64| {
            all.push(Counter {
                name: name.to_owned(),
                value,
            })
        };
        let core = self.core.counters();
        add("calls.offered", core.offered);
        add("calls.answered", core.answered);
        add("calls.ended", core.ended);
        add("calls.refused_full", core.refused_full);
        add("calls.no_route", core.no_route);
        add("calls.failovers", core.failovers);
        add("calls.abandoned_legs", core.abandoned);
        add("calls.illegal_events", core.illegal_events);
        let totals = self.media.totals;
        add("media.channels_closed", totals.channels);
        add("media.failures", self.media.failures);
        add("media.to_rtp.packets", totals.sent_packets);
        add("media.to_rtp.octets", totals.sent_octets);
        add("media.to_rtp.copied_octets", totals.sent_copied);
        add("media.to_rtp.late_packets", totals.sent_late);
        add("media.to_rtp.missed_packets", totals.sent_missed);
        add("media.to_rtp.lost_packets", totals.sent_lost);
        add("media.from_rtp.packets", totals.received_packets);
        add("media.from_rtp.octets", totals.received_octets);
        add("media.from_rtp.copied_octets", totals.received_copied);
        add("media.from_rtp.lost_packets", totals.lost_packets);
        add("media.from_rtp.late_frames", totals.late_frames);
        let workers = self.media.engine().stats(false).unwrap_or_default();
        let latency = workers.iter().map(|worker| worker.latency.clone());
        if let Some(all) = latency.reduce(|mut all, one| {
            // All have the same bounds.
            all += &one;
            all
        }) {
            add("media.latency_p50_ns", all.value_at_quantile(0.5));
            add("media.latency_p99_ns", all.value_at_quantile(0.99));
            add("media.latency_p999_ns", all.value_at_quantile(0.999));
            add("media.latency_max_ns", all.max());
        }
        for (number, worker) in workers.iter().enumerate() {
            let mut worker_add =
                |name: &str, value| add(&format!("media.worker{number}.{name}"), value);
            worker_add("channels", worker.channels);
            worker_add("ticks", worker.ticks);
            worker_add("missed_ticks", worker.missed_ticks);
            worker_add("events_lost", worker.events_lost);
            worker_add("latency_p50_ns", worker.latency.value_at_quantile(0.5));
            worker_add("latency_p99_ns", worker.latency.value_at_quantile(0.99));
            worker_add("latency_p999_ns", worker.latency.value_at_quantile(0.999));
            worker_add("latency_max_ns", worker.latency.max());
        }
        if let Some(edge) = &self.edge {
            let sip = edge.endpoint().counters();
            add("sip.received", sip.received);
            add("sip.malformed", sip.malformed);
            add("sip.dropped", sip.dropped);
            add("sip.strangers", edge.strangers);
            add("sip.refused_requests", edge.refused_requests);
            add("sip.transmits_dropped", self.transmits_dropped);
        }
        for trunk in &self.trunks {
            let name = trunk.name();
            let mut trunk_add = |what: &str, value| add(&format!("span.{name}.{what}"), value);
            trunk_add("d.frames_refused", trunk.frames_refused);
            trunk_add("q931.events_ignored", trunk.events_ignored);
            if let Some(d) = trunk.d_channel() {
                trunk_add("d.frames_received", d.hdlc.frames);
                trunk_add("d.fcs_errors", d.hdlc.fcs_errors);
                trunk_add("d.aborts", d.hdlc.aborts);
                trunk_add("d.frames_sent", d.send.frames);
                trunk_add("d.octets_lost", d.receive.lost);
            }
            if let Some(span) = trunk.span() {
                for (what, value) in span.counters() {
                    trunk_add(&format!("line.{what}"), value);
                }
            }
        }
        let records = self.records.stats();
        add("records.written", records.written);
        add("records.lost", records.lost);
        add("records.waiting", records.waiting);
        all
    }
}

fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Dialling => "dialling",
        Stage::Trying => "trying",
        Stage::Ringing => "ringing",
        Stage::Talking => "talking",
        Stage::Failing { .. } => "failing",
        Stage::Ended => "ended",
    }
}

fn outage_name(outage: Outage) -> &'static str {
    match outage {
        Outage::Alarm => "alarm",
        Outage::Signalling => "signalling",
        Outage::Restarting => "restarting",
        Outage::Maintenance => "maintenance",
        Outage::Stuck => "stuck",
    }
}

fn alarm_names(alarms: u64) -> Vec<String> {
    let named = |(bit, name): (usize, &str)| (alarms >> bit & 1 == 1).then(|| name.to_owned());
    alarm::NAMES
        .into_iter()
        .enumerate()
        .filter_map(named)
        .collect()
}
