// SPDX-License-Identifier: MIT OR Apache-2.0
//! REGISTER requests out of text, and a storage that follows the changes.

use core::net::SocketAddr;
use core::time::Duration;
use std::collections::BTreeMap;

use sip_msg::{Limits as MessageLimits, Message};
use sip_registrar::{
    Aor, Binding, Cause, Change, Config, Flow, ReadError, Register, Registrar, Reply, Transport,
};

/// The address of record of every test that needs one.
pub(crate) fn bob() -> Aor {
    Aor::from_stored("bob@pbx.example")
}

/// A time in seconds.
pub(crate) fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A flow from a port, on a connection or on UDP.
pub(crate) fn flow(port: u16, connection: Option<u64>) -> Flow {
    Flow {
        transport: if connection.is_some() {
            Transport::Tcp
        } else {
            Transport::Udp
        },
        local: SocketAddr::from(([192, 0, 2, 1], 5060)),
        remote: SocketAddr::from(([192, 0, 2, 99], port)),
        connection,
    }
}

/// A REGISTER of bob with a Call-ID, a CSeq and further header lines.
pub(crate) fn message(call_id: &str, cseq: u32, lines: &str) -> Message {
    let lines: String = lines
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .map(|l| format!("{l}\r\n"))
        .collect();
    let text = format!(
        "REGISTER sip:pbx.example SIP/2.0\r\n\
         Via: SIP/2.0/UDP 192.0.2.99;branch=z9hG4bK{cseq}\r\n\
         From: <sip:bob@pbx.example>;tag=1\r\n\
         To: \"Bob\" <sip:bob@pbx.example>\r\n\
         Call-ID: {call_id}\r\n\
         CSeq: {cseq} REGISTER\r\n\
         Max-Forwards: 70\r\n\
         {lines}\
         Content-Length: 0\r\n\r\n"
    );
    Message::from_datagram(text.as_bytes(), &MessageLimits::default()).expect("a message")
}

/// The same, read.
pub(crate) fn read(call_id: &str, cseq: u32, lines: &str) -> Result<Register, ReadError> {
    Register::read(
        &message(call_id, cseq, lines),
        flow(5060, None),
        &Config::default().limits,
    )
}

/// A registrar, its storage, and what watchers were told.
pub(crate) struct Site {
    pub(crate) registrar: Registrar,
    pub(crate) stored: BTreeMap<u64, Binding>,
    pub(crate) told: Vec<(Cause, String, usize)>,
    pub(crate) config: Config,
}

impl Site {
    pub(crate) fn new(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        change(&mut config);
        Self {
            registrar: Registrar::new(config.clone()).expect("a good configuration"),
            stored: BTreeMap::new(),
            told: Vec::new(),
            config,
        }
    }

    /// Serves one of bob's requests over UDP.
    pub(crate) fn ask(&mut self, now: u64, call_id: &str, cseq: u32, lines: &str) -> Reply {
        let request = read(call_id, cseq, lines).expect("a readable request");
        self.serve(now, &request)
    }

    pub(crate) fn serve(&mut self, now: u64, request: &Register) -> Reply {
        let reply = self.registrar.register(at(now), request);
        self.drain();
        reply
    }

    /// Lets time pass.
    pub(crate) fn wait_until(&mut self, now: u64) {
        while self
            .registrar
            .poll_timeout()
            .is_some_and(|due| due <= at(now))
        {
            self.registrar.handle_timeout(at(now));
        }
        self.drain();
    }

    pub(crate) fn drain(&mut self) {
        while let Some(output) = self.registrar.poll_output() {
            match output.change {
                Change::Put(binding) => {
                    self.stored.insert(binding.id, Binding::clone(&binding));
                }
                Change::Delete { id } => {
                    self.stored.remove(&id);
                }
            }
            let event = output.event;
            self.told
                .push((event.cause, event.binding.uri.to_string(), event.remaining));
        }
        let table: BTreeMap<u64, Binding> = self
            .registrar
            .bindings()
            .map(|b| (b.id, Binding::clone(b)))
            .collect();
        assert_eq!(table, self.stored, "storage has lost step with the table");
    }

    /// The URIs registered, in the order of their ids.
    pub(crate) fn uris(&self) -> Vec<String> {
        self.stored.values().map(|b| b.uri.to_string()).collect()
    }

    /// What watchers were told since the last question.
    pub(crate) fn causes(&mut self) -> Vec<Cause> {
        core::mem::take(&mut self.told)
            .into_iter()
            .map(|(cause, ..)| cause)
            .collect()
    }

    /// Where a call at that time would go: the branches' URIs.
    pub(crate) fn branches(&self, now: u64) -> Vec<Vec<String>> {
        self.registrar
            .lookup(at(now), &bob())
            .iter()
            .map(|branch| branch.ways.iter().map(|w| w.uri.to_string()).collect())
            .collect()
    }
}
