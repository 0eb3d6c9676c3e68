// SPDX-License-Identifier: MIT OR Apache-2.0
//! URIs, DNS answers and what becomes of them.

mod failover;
mod rfc3263;
mod srv;

use core::time::Duration;
use std::collections::BTreeMap;

use sip_msg::Uri;
use sip_resolve::{
    Answer, Config, Failure, Kind, Naptr, NoAnswer, Question, Resolution, Srv, Target,
};

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A name server's zone, one record a line:
/// `name NAPTR order preference service replacement`, `name SRV priority weight port target`,
/// `name A address`, `name AAAA address`, `name FAIL kind`.
struct Zone(BTreeMap<Question, Answer>);

impl Zone {
    fn new(text: &str) -> Self {
        let mut zone = Self(BTreeMap::new());
        for line in text.lines().filter(|l| !l.trim().is_empty()) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let number = |at: usize| words[at].parse().expect("a number");
            match words[1] {
                "NAPTR" => zone.add(words[0], Kind::Naptr, |a| match a {
                    Answer::Naptr(all) => all.push(Naptr {
                        order: number(2),
                        preference: number(3),
                        flags: "s".into(),
                        service: words[4].into(),
                        replacement: words[5].into(),
                    }),
                    _ => panic!("{line}"),
                }),
                "SRV" => zone.add(words[0], Kind::Srv, |a| match a {
                    Answer::Srv(all) => all.push(Srv {
                        priority: number(2),
                        weight: number(3),
                        port: number(4),
                        target: words[5].into(),
                    }),
                    _ => panic!("{line}"),
                }),
                "A" => zone.add(words[0], Kind::A, |a| match a {
                    Answer::A(all) => all.push(words[2].parse().expect("an address")),
                    _ => panic!("{line}"),
                }),
                "AAAA" => zone.add(words[0], Kind::Aaaa, |a| match a {
                    Answer::Aaaa(all) => all.push(words[2].parse().expect("an address")),
                    _ => panic!("{line}"),
                }),
                "FAIL" => {
                    let kind = match words[2] {
                        "NAPTR" => Kind::Naptr,
                        "SRV" => Kind::Srv,
                        "A" => Kind::A,
                        _ => Kind::Aaaa,
                    };
                    let name = words[0].to_string();
                    zone.0
                        .insert(Question { name, kind }, Answer::None(NoAnswer::Failed));
                }
                _ => panic!("{line}"),
            }
        }
        zone
    }

    fn add(&mut self, name: &str, kind: Kind, put: impl FnOnce(&mut Answer)) {
        let name = name.to_string();
        put(self
            .0
            .entry(Question { name, kind })
            .or_insert_with(|| match kind {
                Kind::Naptr => Answer::Naptr(Vec::new()),
                Kind::Srv => Answer::Srv(Vec::new()),
                Kind::A => Answer::A(Vec::new()),
                Kind::Aaaa => Answer::Aaaa(Vec::new()),
            }));
    }

    fn answer(&self, question: &Question) -> Answer {
        let none = Answer::None(NoAnswer::NotThere);
        self.0.get(question).cloned().unwrap_or(none)
    }
}

/// Resolves a URI; gives the outcome and the questions asked, in order.
fn resolve(
    zone: &Zone,
    uri: &str,
    config: Config,
    seed: u64,
) -> (Result<Vec<Target>, Failure>, Vec<String>) {
    let uri = Uri::parse(uri).expect("a URI");
    let mut resolution = Resolution::new(at(0), &uri, config, seed);
    let mut asked = Vec::new();
    for _ in 0..1_000 {
        let mut round = Vec::new();
        while let Some(question) = resolution.poll_question() {
            asked.push(format!("{:?} {}", question.kind, question.name));
            round.push(question);
        }
        // Answers come in any order.
        for question in round.iter().rev() {
            resolution.answer(question, zone.answer(question));
        }
        if let Some(outcome) = resolution.outcome() {
            return (outcome.clone(), asked);
        }
    }
    panic!("no outcome")
}

/// Targets as text: `UDP 192.0.2.1:5060`.
fn texts(targets: &[Target]) -> Vec<String> {
    targets
        .iter()
        .map(|t| format!("{} {}", t.transport, t.address))
        .collect()
}

fn good(zone: &Zone, uri: &str) -> Vec<String> {
    let (outcome, _) = resolve(zone, uri, Config::default(), 1);
    texts(&outcome.unwrap_or_else(|failure| panic!("{uri}: {failure}")))
}
