// SPDX-License-Identifier: MIT OR Apache-2.0
//! Any messages in any order: no panic, nothing left behind.
#![allow(clippy::unwrap_used)]
mod support;

use std::time::Duration;

use proptest::prelude::*;
use sip_session::{Bounds, Config, Endpoint, Event, Output, SessionId};
use support::*;

/// One thing that happens to an endpoint.
#[derive(Debug, Clone)]
enum Step {
    /// A request: method, branch, To tag (0: none, 1: the last session's, 2: wrong), CSeq.
    Request(u8, u8, u8, u8),
    /// A response to the last request it sent: status, To tag, damage.
    Response(u16, u8, u8),
    /// Something the owner does with some session.
    Owner(u8, u8),
    Wait(u16),
    Bytes(Vec<u8>),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..8_u8, 0..4_u8, 0..3_u8, 0..6_u8).prop_map(|(a, b, c, d)| Step::Request(a, b, c, d)),
        4 => (prop_oneof![Just(100), Just(180), Just(183), Just(200), Just(302), Just(401), Just(481), Just(487), Just(491), Just(503)],
              0..3_u8, 0..8_u8).prop_map(|(a, b, c)| Step::Response(a, b, c)),
        5 => (0..12_u8, any::<u8>()).prop_map(|(a, b)| Step::Owner(a, b)),
        3 => (0..40_000_u16).prop_map(Step::Wait),
        1 => prop::collection::vec(any::<u8>(), 0..64).prop_map(Step::Bytes),
    ]
}

struct Run {
    endpoint: Endpoint,
    now: Duration,
    /// Requests sent, as text.
    sent: Vec<String>,
    /// Our tag and Call-ID of the last response that had one.
    tag: Option<(String, String)>,
    begun: Vec<SessionId>,
    ended: Vec<SessionId>,
}

impl Run {
    fn drain(&mut self) {
        while let Some(output) = self.endpoint.poll_output() {
            match output {
                Output::Transmit(t) => {
                    let m = sip_msg::Message::from_datagram(&t.bytes, &Default::default())
                        .expect("own message");
                    if m.is_request() && m.method() != Some(&sip_msg::Method::Ack) {
                        self.sent
                            .push(String::from_utf8(t.bytes.to_vec()).expect("own text"));
                    } else if let Ok(head) = m.mandatory() {
                        if let Some(tag) = head.to.tag() {
                            self.tag = Some((tag.to_string(), head.call_id.clone()));
                        }
                    }
                }
                Output::Event(Event::Incoming { session, .. }) => self.begun.push(session),
                Output::Event(Event::Ended { session, .. }) => self.ended.push(session),
                Output::Event(_) => {}
            }
        }
    }

    fn step(&mut self, step: Step) {
        let (now, a, b) = (self.now, addr(A), addr(B));
        match step {
            Step::Request(method, branch, tag, cseq) => {
                let method = [
                    "INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "INFO", "INVITE", "FOO",
                ][usize::from(method)];
                let (own, call_id) = self.tag.clone().unwrap_or_default();
                let (to, call_id) = match tag {
                    0 => (String::new(), format!("c{branch}")),
                    1 => (format!(";tag={own}"), call_id),
                    _ => (";tag=wrong".to_string(), "c".to_string()),
                };
                let text = format!(
                    "{method} sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{branch}{tag}\r\n\
                     From: <sip:a@h>;tag=f\r\nTo: <sip:b@h>{to}\r\nCall-ID: {call_id}\r\nCSeq: {cseq} {method}\r\n\
                     Contact: <sip:a@192.0.2.1>\r\n\r\n"
                );
                self.endpoint.input_datagram(now, a, b, text.as_bytes());
            }
            Step::Response(status, tag, damage) => {
                let Some(request) = self.sent.last() else {
                    return;
                };
                let head: Vec<&str> = request
                    .lines()
                    .filter(|l| {
                        ["Via:", "From:", "Call-ID:", "CSeq:"]
                            .iter()
                            .any(|h| l.starts_with(h))
                    })
                    .collect();
                let mut text = format!(
                    "SIP/2.0 {status} X\r\n{}\r\nTo: <sip:b@h>;tag=r{tag}\r\nContact: <sip:b@192.0.2.9>\r\n\r\n",
                    head.join("\r\n")
                );
                if damage == 0 {
                    text = text.replace("Call-ID", "Call-Id2");
                }
                self.endpoint.input_datagram(now, a, b, text.as_bytes());
            }
            Step::Owner(what, which) => {
                let all: Vec<_> = self.endpoint.sessions().collect();
                let Some(id) = all.get(usize::from(which) % all.len().max(1)).copied() else {
                    let from = sip_msg::typed::NameAddr::new(uri("sip:a@h"));
                    let mut invite = sip_session::Invite::new(b, a, uri("sip:b@192.0.2.1"), from);
                    invite.offer = (which % 2 == 0).then(|| sip_msg::Body::sdp("o"));
                    self.begun.extend(self.endpoint.invite(now, invite));
                    return;
                };
                let e = &mut self.endpoint;
                let _ = match what {
                    0 => e.progress(now, id, 180, None, &[]),
                    1 => e.progress(now, id, 183, sdp("e"), &[]),
                    2 | 3 => e.answer(now, id, sdp("a"), &[]),
                    4 => e.reject(now, id, 486, &[]),
                    5 => e.hangup(now, id, &[]),
                    6 => e.reinvite(now, id, sdp("r"), &[]),
                    7 => e.reinvite(now, id, None, &[]),
                    8 => e.accept_offer(now, id, sdp("k"), &[]),
                    9 => e.reject_offer(now, id, 488, &[]),
                    10 => e.acknowledge(now, id, sdp("k")),
                    _ => {
                        let from = sip_msg::typed::NameAddr::new(uri("sip:a@h"));
                        let invite = sip_session::Invite::new(b, a, uri("sip:b@192.0.2.1"), from);
                        self.begun.extend(e.invite(now, invite));
                        Ok(())
                    }
                };
            }
            Step::Wait(time) => {
                self.now += ms(u64::from(time));
                self.endpoint.handle_timeout(self.now);
            }
            Step::Bytes(bytes) => self.endpoint.input_datagram(now, a, b, &bytes),
        }
        self.drain();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_messages_is_survived_and_all_is_freed(
        steps in prop::collection::vec(step(), 1..60),
        small in any::<bool>(),
    ) {
        let mut config = Config::default();
        if small {
            config.bounds = Bounds { sessions: 3, transactions: 6, outputs: 8, early_dialogs: 2 };
        }
        let mut run = Run {
            endpoint: Endpoint::new(config, [4; 32]),
            now: secs(1),
            sent: Vec::new(),
            tag: None,
            begun: Vec::new(),
            ended: Vec::new(),
        };
        for step in steps {
            run.step(step);
            if small {
                prop_assert!(run.endpoint.sessions().count() <= 3);
            }
        }
        for id in run.endpoint.sessions().collect::<Vec<_>>() {
            let _ = run.endpoint.hangup(run.now, id, &[]);
            run.drain();
        }
        for _ in 0..10_000 {
            let Some(at) = run.endpoint.poll_timeout() else { break };
            prop_assert!(at >= run.now || at <= run.now + secs(3_600));
            run.now = run.now.max(at);
            run.endpoint.handle_timeout(run.now);
            run.drain();
            // An outgoing call that rings for ever is its owner's to end.
            for id in run.endpoint.sessions().collect::<Vec<_>>() {
                let _ = run.endpoint.hangup(run.now, id, &[]);
                run.drain();
            }
        }
        prop_assert_eq!(run.endpoint.poll_timeout(), None);
        prop_assert_eq!(run.endpoint.sessions().count(), 0);
        prop_assert_eq!(run.endpoint.transactions(), 0);
        run.begun.sort();
        run.ended.sort();
        prop_assert_eq!(run.begun, run.ended);
    }
}
