// SPDX-License-Identifier: MIT OR Apache-2.0
//! A SIP endpoint under a script: datagrams, time and its owner's wishes in any order.
//!
//! The script is a row of records. A record is an octet saying what, an octet of
//! argument, two octets of length (big-endian) and that many octets:
//! 0 a datagram, 1 time passes (argument · 100 ms), 2 the owner does something.
//! In a datagram `{tag}`, `{branch}`, `{from}`, `{call}` and `{cseq}` stand for what the
//! endpoint itself said last: its To tag, and the Via branch, From tag, Call-ID and CSeq
//! number of its last request.

use std::net::SocketAddr;
use std::time::Duration;

use sip_msg::typed::NameAddr;
use sip_msg::{Body, Limits, Message, Method, Uri};
use sip_session::{Config, Endpoint, Event, Invite, Output};

const LOCAL: SocketAddr = SocketAddr::new(
    std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2)),
    5060,
);
const PEER: SocketAddr = SocketAddr::new(
    std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)),
    5060,
);

#[derive(Default)]
struct Said {
    tag: String,
    branch: String,
    from: String,
    call: String,
    cseq: String,
}

/// Plays the script, then hangs everything up and lets all timers run out.
///
/// # Panics
/// If something is left when all is over, if a session ends twice or never, or if the
/// endpoint writes what is no SIP message.
pub fn run(data: &[u8]) {
    let mut config = Config::default();
    config.bounds.sessions = 20;
    config.bounds.transactions = 200;
    let mut endpoint = Endpoint::new(config, [1; 32]);
    let mut now = Duration::from_secs(1);
    let mut said = Said::default();
    let (mut begun, mut ended) = (0_u32, 0_u32);
    let mut rest = data;
    while let [what, argument, high, low, tail @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(tail.len());
        let (octets, next) = tail.split_at(length);
        rest = next;
        match what % 3 {
            0 => {
                let datagram = fill_in(octets, &said);
                endpoint.input_datagram(now, PEER, LOCAL, &datagram);
            }
            1 => {
                now += Duration::from_millis(u64::from(*argument) * 100);
                endpoint.handle_timeout(now);
            }
            _ => begun += owner(&mut endpoint, now, *argument),
        }
        drain(&mut endpoint, &mut said, &mut begun, &mut ended);
    }
    for _ in 0..5_000 {
        for session in endpoint.sessions().collect::<Vec<_>>() {
            let _ = endpoint.hangup(now, session, &[]);
        }
        drain(&mut endpoint, &mut said, &mut begun, &mut ended);
        let Some(at) = endpoint.poll_timeout() else {
            break;
        };
        now = now.max(at);
        endpoint.handle_timeout(now);
        drain(&mut endpoint, &mut said, &mut begun, &mut ended);
    }
    assert_eq!(endpoint.sessions().count(), 0, "sessions are left");
    assert_eq!(endpoint.transactions(), 0, "transactions are left");
    assert_eq!(begun, ended, "every session ends once");
}

fn owner(endpoint: &mut Endpoint, now: Duration, what: u8) -> u32 {
    let body = || Some(Body::sdp("v=0\r\n"));
    let sessions: Vec<_> = endpoint.sessions().collect();
    let chosen = sessions.get(usize::from(what >> 4) % sessions.len().max(1));
    let Some(&id) = chosen.filter(|_| what & 15 != 15) else {
        let Ok(uri) = Uri::parse("sip:b@192.0.2.1") else {
            return 0;
        };
        let mut invite = Invite::new(LOCAL, PEER, uri.clone(), NameAddr::new(uri));
        invite.offer = body().filter(|_| what & 16 == 0);
        return u32::from(endpoint.invite(now, invite).is_ok());
    };
    let _ = match what & 15 {
        0 => endpoint.progress(now, id, 180, None, &[]),
        1 => endpoint.progress(now, id, 183, body(), &[]),
        2..=4 => endpoint.answer(now, id, body(), &[]),
        5 => endpoint.reject(now, id, 486, &[]),
        6 => endpoint.hangup(now, id, &[]),
        7 => endpoint.reinvite(now, id, body(), &[]),
        8 => endpoint.reinvite(now, id, None, &[]),
        9 | 10 => endpoint.accept_offer(now, id, body(), &[]),
        11 => endpoint.reject_offer(now, id, 488, &[]),
        _ => endpoint.acknowledge(now, id, body()),
    };
    0
}

fn drain(endpoint: &mut Endpoint, said: &mut Said, begun: &mut u32, ended: &mut u32) {
    while let Some(output) = endpoint.poll_output() {
        match output {
            Output::Transmit(transmit) => {
                let message = Message::from_datagram(&transmit.bytes, &Limits::default());
                let message = message.unwrap_or_else(|e| panic!("wrote what is no message: {e}"));
                if let Ok(head) = message.mandatory() {
                    listen(said, &message, &head);
                }
            }
            Output::Event(Event::Incoming { .. }) => *begun += 1,
            Output::Event(Event::Ended { .. }) => *ended += 1,
            Output::Event(_) => {}
        }
    }
}

fn listen(said: &mut Said, message: &Message, head: &sip_msg::Mandatory) {
    if !message.is_request() {
        said.tag = head.to.tag().unwrap_or_default().to_string();
    } else if head.cseq.method != Method::Ack {
        said.branch = head.via.branch().unwrap_or_default().to_string();
        said.from = head.from.tag().unwrap_or_default().to_string();
        said.call = head.call_id.clone();
        said.cseq = head.cseq.number.to_string();
    }
}

fn fill_in(octets: &[u8], said: &Said) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(octets) else {
        return octets.to_vec();
    };
    text.replace("{tag}", &said.tag)
        .replace("{branch}", &said.branch)
        .replace("{from}", &said.from)
        .replace("{call}", &said.call)
        .replace("{cseq}", &said.cseq)
        .into_bytes()
}
