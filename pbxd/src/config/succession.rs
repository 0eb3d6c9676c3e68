// SPDX-License-Identifier: MIT OR Apache-2.0
//! A file that was read again, beside the configuration that runs: what can change now, and what only a restart brings.

use super::{Config, Peer, Span, TrunkGroup};
use pbx_core::Name;

/// What comes of a new file.
#[derive(Clone, Debug)]
pub struct Succession {
    /// What is in force from now on: the new file, with what cannot change now as it was. Spans keep their places; new ones
    /// stand behind them.
    pub config: Config,
    /// What is in force now and was not before, one change each.
    pub changed: Vec<String>,
    /// What the file says and only a restart brings.
    pub restart: Vec<String>,
}

impl Config {
    /// The successor of this configuration when `file` was read.
    pub fn succeed(&self, mut file: Config) -> Succession {
        let mut news = News::default();
        self.succeed_node(&mut file, &mut news);
        self.succeed_sip(&mut file, &mut news);
        file.spans = succeed_spans(&self.spans, &file.spans, &mut news);
        let group = |group: &TrunkGroup| group.name.clone();
        news.list("trunk_group", &self.groups, &file.groups, group);
        let peer = |peer: &Peer| peer.name.clone();
        news.list("sip_peer", &self.peers, &file.peers, peer);
        news.now("routes", self.plan.routes() != file.plan.routes());
        news.now("causes", self.plan.causes() != file.plan.causes());
        Succession {
            config: file,
            changed: news.changed,
            restart: news.restart,
        }
    }

    fn succeed_node(&self, file: &mut Config, news: &mut News) {
        news.now("node.country", self.node.country != file.node.country);
        news.later("node.name", &self.node.name, &mut file.node.name);
        news.later(
            "node.state_dir",
            &self.node.state_dir,
            &mut file.node.state_dir,
        );
        news.later(
            "node.control_socket",
            &self.node.control_socket,
            &mut file.node.control_socket,
        );
        news.later("cdr.path", &self.cdr.path, &mut file.cdr.path);
        news.now("log.level", self.log.level != file.log.level);
        news.later("log.json", &self.log.json, &mut file.log.json);
        news.now("times of calls", self.calls.timing != file.calls.timing);
        news.later(
            "calls.max_calls",
            &self.calls.limits,
            &mut file.calls.limits,
        );
    }

    fn succeed_sip(&self, file: &mut Config, news: &mut News) {
        let (Some(old), Some(new)) = (&self.sip, &mut file.sip) else {
            news.later("sip", &self.sip, &mut file.sip);
            return;
        };
        news.now(
            "sip.media_timeout_s",
            old.media_timeout != new.media_timeout,
        );
        news.later("sip.listen", &old.listen, &mut new.listen);
        news.later("sip.advertised", &old.advertised, &mut new.advertised);
        news.later("sip.rtp_ports", &old.rtp_ports, &mut new.rtp_ports);
        news.later(
            "sip.max_transactions",
            &old.max_transactions,
            &mut new.max_transactions,
        );
    }
}

/// Spans that run stay open; what their stacks and claims were made from stays with them.
fn succeed_spans(old: &[Span], file: &[Span], news: &mut News) -> Vec<Span> {
    let mut spans = Vec::new();
    for running in old {
        let mut span = running.clone();
        match file.iter().find(|new| new.name == running.name) {
            None => news.restart.push(format!("span {:?} gone", running.name)),
            Some(new) => span = succeed_span(running, new.clone(), news),
        }
        spans.push(span);
    }
    for new in file {
        if old.iter().any(|running| running.name == new.name) {
            continue;
        }
        let held = old.iter().find(|running| running.address == new.address);
        match held {
            Some(running) => news.restart.push(format!(
                "span {:?} new, at the address of span {:?}",
                new.name, running.name
            )),
            None => {
                news.changed.push(format!("span {:?} new", new.name));
                spans.push(new.clone());
            }
        }
    }
    spans
}

fn succeed_span(running: &Span, mut new: Span, news: &mut News) -> Span {
    let key = |key: &str| format!("span {:?} {key}", running.name);
    news.now(key("overlap"), running.overlap != new.overlap);
    news.now(key("tones"), running.tones != new.tones);
    news.now(key("law"), running.law != new.law);
    news.later(key("address"), &running.address, &mut new.address);
    news.later(key("side"), &running.side, &mut new.side);
    news.later(key("switch"), &running.switch, &mut new.switch);
    news.later(key("d_channel"), &running.d_channel, &mut new.d_channel);
    news.later(key("channels"), &running.channels, &mut new.channels);
    news.later(key("timers"), &running.timers, &mut new.timers);
    news.later(key("n200"), &running.n200, &mut new.n200);
    news.later(key("k"), &running.k, &mut new.k);
    news.later(key("idle_code"), &running.idle_code, &mut new.idle_code);
    news.later(
        key("report_harmless_faults"),
        &running.report_harmless_faults,
        &mut new.report_harmless_faults,
    );
    new
}

#[derive(Default)]
struct News {
    changed: Vec<String>,
    restart: Vec<String>,
}

impl News {
    fn now(&mut self, what: impl Into<String>, differs: bool) {
        if differs {
            self.changed.push(what.into());
        }
    }

    /// Keeps what runs in place of what the file says.
    fn later<T: Clone + PartialEq>(&mut self, what: impl Into<String>, running: &T, file: &mut T) {
        if running != file {
            self.restart.push(what.into());
            *file = running.clone();
        }
    }

    fn list<T: PartialEq>(
        &mut self,
        section: &str,
        old: &[T],
        new: &[T],
        name: impl Fn(&T) -> Name,
    ) {
        for entry in old {
            let fate = match new.iter().find(|other| name(other) == name(entry)) {
                None => "gone",
                Some(other) if other != entry => "changed",
                Some(_) => continue,
            };
            self.changed
                .push(format!("{section} {:?} {fate}", name(entry)));
        }
        for entry in new {
            if !old.iter().any(|other| name(other) == name(entry)) {
                self.changed
                    .push(format!("{section} {:?} new", name(entry)));
            }
        }
    }
}
