// SPDX-License-Identifier: MIT OR Apache-2.0
//! REGISTER requests in a row: storage stays in step with the table, a refusal changes
//! nothing, and every reply can be written and read.

use core::net::SocketAddr;
use core::time::Duration;
use std::collections::BTreeMap;

use sip_msg::typed::Via;
use sip_msg::{Builder, Limits, Message, RawHeader};
use sip_registrar::{Binding, Change, Config, Flow, Register, Registrar, Transport};

/// Reads `data` as messages with NULs between them, ten seconds apart.
///
/// # Panics
/// If storage loses step, a refusal changes something, or a reply cannot be read.
pub fn run(data: &[u8]) {
    let mut config = Config::default();
    config.limits.contacts_per_aor = 3;
    config.limits.contacts = 5;
    let limits = config.limits;
    let Ok(mut registrar) = Registrar::new(config) else {
        panic!("a good configuration is refused");
    };
    let mut stored: BTreeMap<u64, Binding> = BTreeMap::new();
    for (number, text) in data.split(|c| *c == 0).take(16).enumerate() {
        let Ok(message) = Message::from_datagram(text, &Limits::default()) else {
            continue;
        };
        let number = u64::try_from(number).unwrap_or(0);
        let flow = Flow {
            transport: Transport::Tcp,
            local: SocketAddr::from(([127, 0, 0, 1], 5060)),
            remote: SocketAddr::from(([127, 0, 0, 2], 5060)),
            connection: (number % 2 == 0).then_some(number),
        };
        let Ok(request) = Register::read(&message, flow, &limits) else {
            continue;
        };
        let now = Duration::from_secs(number * 10);
        registrar.handle_timeout(now);
        drain(&mut registrar, &mut stored);
        let before = stored.clone();
        let reply = registrar.register(now, &request);
        drain(&mut registrar, &mut stored);
        assert!(reply.code == 200 || before == stored, "a refusal changed something");
        assert!(stored.len() <= 5, "more contacts than there may be");
        if let Ok(Some(via)) = message.get::<Via>() {
            let mut built = Builder::reply_with(&message, reply.code, reply.reason, &via, Some("t"));
            for (name, value) in &reply.fields {
                built = match RawHeader::new(name, value) {
                    Some(field) => built.raw(&field),
                    None => panic!("{name} is not a header name"),
                };
            }
            let read = Message::from_datagram(built.build().as_bytes(), &Limits::default());
            assert!(read.is_ok(), "a reply cannot be read");
        }
        let _ = registrar.lookup_uri(now, &message.request_uri().unwrap_or_else(|_| bob()));
        let _ = registrar.lookup(now, &request.aor);
    }
    let restored = Registrar::new(Config::default()).map(|mut other| {
        other.restore(Duration::ZERO, stored.values().cloned());
        other.contacts()
    });
    assert_eq!(restored, Ok(stored.len()), "storage does not restore the table");
}

fn bob() -> sip_msg::Uri {
    sip_msg::SipUri::new(Some("bob"), sip_msg::Host::Name("h".into()), None).into()
}

fn drain(registrar: &mut Registrar, stored: &mut BTreeMap<u64, Binding>) {
    while let Some(output) = registrar.poll_output() {
        match output.change {
            Change::Put(binding) => drop(stored.insert(binding.id, Binding::clone(&binding))),
            Change::Delete { id } => drop(stored.remove(&id)),
        }
    }
    assert_eq!(stored.len(), registrar.contacts(), "storage lost step");
}
