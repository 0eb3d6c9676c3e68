// SPDX-License-Identifier: MIT OR Apache-2.0
//! Scenarios in virtual time. Each file of `tests/transcripts` is a script (lines with `>`) and what the exchange did
//! (lines with `<`). The test replays the script and compares; `UPDATE_TRANSCRIPTS=1` writes the files anew.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use core::time::Duration;
use pbx_core::{
    Bearer, CallId, Cause, Digits, Exchange, Input, LegEvent, LegId, LegTraits, Limits, Origin,
    Outage, Output, Party, Setup,
};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

struct Player {
    exchange: Exchange,
    names: BTreeMap<LegId, String>,
    placed: usize,
    text: String,
}

impl Player {
    fn new() -> Self {
        let exchange = common::exchange(Limits { calls: 4, legs: 12 });
        Self {
            exchange,
            names: BTreeMap::new(),
            placed: 0,
            text: String::new(),
        }
    }

    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{line}");
        let Some(script) = line.strip_prefix('>') else {
            return;
        };
        let mut words = script.split_whitespace();
        let now = Duration::from_millis(
            (words.next().unwrap().parse::<f64>().unwrap() * 1000.0).round() as u64,
        );
        while let Some(at) = self.exchange.poll_timeout().filter(|at| *at <= now) {
            self.exchange.handle_timeout(at);
            self.drain(at);
        }
        let words: Vec<&str> = words.collect();
        if words != ["wait"] {
            let input = self.parse(&words);
            self.exchange.input(now, input);
            self.drain(now);
        }
    }

    fn leg(&self, name: &str) -> LegId {
        *self
            .names
            .iter()
            .find(|(_, known)| *known == name)
            .unwrap_or_else(|| panic!("no leg {name}"))
            .0
    }

    fn parse(&mut self, words: &[&str]) -> Input {
        let value = |key: &str| {
            words
                .iter()
                .find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
        };
        let flag = |name: &str| words.contains(&name);
        let cause = || Cause::new(value("cause").expect("cause=").parse().unwrap()).unwrap();
        match words[0] {
            "setup" => {
                let from = value("from").expect("from=");
                let (origin, traits) = match from.strip_prefix("peer:") {
                    Some(peer) => (Origin::Peer(peer.into()), LegTraits::default()),
                    None => {
                        let (span, slot) = from
                            .split_once('/')
                            .map_or((from, None), |(a, b)| (a, b.parse().ok()));
                        let traits = LegTraits {
                            wants_tones: true,
                            tones_after_disconnect: !flag("user-side"),
                        };
                        (
                            Origin::Span {
                                span: span.into(),
                                slot,
                            },
                            traits,
                        )
                    }
                };
                let leg = self.exchange.new_leg_id();
                self.names.insert(leg, words[1].to_owned());
                Input::Setup(Setup {
                    leg,
                    origin,
                    called: Digits::parse(value("called").unwrap_or("")).unwrap(),
                    sending_complete: !flag("overlap"),
                    calling: Party {
                        number: value("calling").map(str::to_owned),
                        ..Party::default()
                    },
                    bearer: if flag("unrestricted") {
                        Bearer::Unrestricted
                    } else {
                        Bearer::Speech
                    },
                    media: None,
                    traits,
                })
            }
            "hangup" => Input::Hangup {
                call: CallId(words[1].parse().unwrap()),
                cause: cause(),
            },
            "alarm" => Input::Span {
                span: words[1].into(),
                outage: Outage::Alarm,
                out: flag("on"),
            },
            "unstick" => {
                let (span, slot) = words[1].split_once('/').unwrap();
                let channel = pbx_core::ChannelId {
                    span: span.into(),
                    slot: slot.parse().unwrap(),
                };
                Input::Channel {
                    channel,
                    outage: Outage::Stuck,
                    out: false,
                }
            }
            "peer" => Input::Peer {
                peer: words[1].into(),
                reachable: flag("up"),
            },
            "shutdown" => Input::Shutdown {
                grace: Duration::from_secs(value("grace").unwrap().parse().unwrap()),
                cause: cause(),
            },
            name => {
                let event = match words[1] {
                    "digits" => {
                        let digits = value("d").unwrap_or("").to_owned();
                        LegEvent::Digits {
                            digits,
                            complete: flag("complete"),
                        }
                    }
                    "channel" => LegEvent::ChannelAssigned {
                        slot: words[2].parse().unwrap(),
                    },
                    "proceeding" => LegEvent::Proceeding,
                    "alerting" => LegEvent::Alerting {
                        inband: flag("inband"),
                    },
                    "progress" => LegEvent::Progress {
                        inband: flag("inband"),
                        cause: value("cause").map(|_| cause()),
                    },
                    "answered" => LegEvent::Answered,
                    "disconnected" => LegEvent::Disconnected {
                        cause: cause(),
                        inband: flag("inband"),
                    },
                    "cleared" => LegEvent::Cleared { cause: cause() },
                    "failed" => LegEvent::Failed { cause: cause() },
                    other => panic!("no event {other}"),
                };
                Input::Leg {
                    leg: self.leg(name),
                    event,
                }
            }
        }
    }

    fn drain(&mut self, now: Duration) {
        while let Some(output) = self.exchange.poll_output() {
            if let Output::Leg {
                leg,
                command: pbx_core::LegCommand::PlaceCall { .. },
            } = &output
            {
                self.placed += 1;
                self.names.insert(*leg, format!("b{}", self.placed));
            }
            let shown = self.show(&output);
            let _ = writeln!(self.text, "< {:.3} {shown}", now.as_secs_f64());
        }
    }

    fn show(&self, output: &Output) -> String {
        let name = |leg: &LegId| {
            self.names
                .get(leg)
                .cloned()
                .unwrap_or_else(|| format!("{leg:?}"))
        };
        match output {
            Output::Leg { leg, command } => match command {
                pbx_core::LegCommand::PlaceCall {
                    to,
                    called,
                    calling,
                    ..
                } => {
                    let number = calling.number.as_deref().unwrap_or("-");
                    format!(
                        "{} PlaceCall {to} called={called} calling={number}",
                        name(leg)
                    )
                }
                other => format!("{} {other:?}", name(leg)),
            },
            Output::Media(command) => {
                let mut text = format!("media {command:?}");
                for (leg, name) in &self.names {
                    text = text.replace(&format!("{leg:?}"), name);
                }
                text
            }
            Output::Cdr(event) => match event {
                pbx_core::CdrEvent::Open(open) => {
                    let to = open.to.as_ref().map_or("-".to_owned(), ToString::to_string);
                    let route = open.route.as_deref().unwrap_or("-");
                    format!(
                        "cdr open {} from={} called={} route={route} to={to}",
                        open.call, open.from, open.called
                    )
                }
                pbx_core::CdrEvent::Retarget(next) => {
                    format!(
                        "cdr retarget {} attempt={} to={} sent={}",
                        next.call, next.attempt, next.to, next.sent
                    )
                }
                pbx_core::CdrEvent::Answer(answer) => format!("cdr answer {}", answer.call),
                pbx_core::CdrEvent::Close(close) => format!(
                    "cdr close {} cause={} by={} total={:?} ringing={:?} talking={:?} attempts={}",
                    close.call,
                    close.cause,
                    close.released.name(),
                    close.total,
                    close.ringing,
                    close.talking,
                    close.attempts
                ),
            },
            Output::Drained => "drained".to_owned(),
        }
    }
}

fn replay(path: &Path) {
    let text = std::fs::read_to_string(path).unwrap();
    let mut player = Player::new();
    for line in text.lines().filter(|line| !line.starts_with('<')) {
        player.line(line);
    }
    // Every scenario ends with nothing left over.
    let legs = player.exchange.leg_count();
    let busy = player.exchange.channels().busy();
    let _ = writeln!(
        player.text,
        "< left: calls={} legs={legs} busy={busy}",
        player.exchange.calls().count()
    );
    if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
        std::fs::write(path, &player.text).unwrap();
        return;
    }
    assert_eq!(player.text, text, "{} differs", path.display());
    assert!(
        text.ends_with("< left: calls=0 legs=0 busy=0\n"),
        "{} leaves something behind",
        path.display()
    );
}

#[test]
fn transcripts_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(paths.len() >= 20, "only {} transcripts found", paths.len());
    for path in paths {
        replay(&path);
    }
}
