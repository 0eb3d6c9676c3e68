// SPDX-License-Identifier: MIT OR Apache-2.0
//! What survives a restart, and that storage never loses step.

use crate::support::{Site, at, bob, read};
use proptest::prelude::*;
use sip_registrar::{Cause, Registrar, Restored};

fn restart(site: &Site, now: u64) -> (Registrar, Restored) {
    let mut registrar = Registrar::new(site.config.clone()).expect("a good configuration");
    let restored = registrar.restore(at(now), site.stored.values().cloned());
    (registrar, restored)
}

#[test]
fn a_restart_loses_nothing_but_time() {
    let mut site = Site::new(|_| {});
    site.ask(
        0,
        "a",
        9,
        "Contact: <sip:1@h>;expires=600;q=0.3;x=y\nPath: <sip:p;lr>",
    );
    site.ask(0, "b", 1, "Contact: <sip:2@h>;expires=60");
    site.ask(0, "c", 1, "Contact: <sip:3@h>;expires=900");
    let before = site.registrar.lookup(at(100), &bob());
    let (mut registrar, restored) = restart(&site, 100);
    assert_eq!(
        restored,
        Restored {
            restored: 2,
            expired: 1,
            refused: 0
        }
    );
    assert_eq!(registrar.lookup(at(100), &bob()), before);
    assert_eq!(registrar.poll_timeout(), Some(at(600)));
    // What ran out meanwhile is deleted from storage too.
    let gone: Vec<_> = std::iter::from_fn(|| registrar.poll_output()).collect();
    assert_eq!(gone.len(), 1);
    assert_eq!(gone[0].event.cause, Cause::Expired);
    // The sequences and the ids go on.
    let old = read("a", 9, "Contact: <sip:1@h>").unwrap();
    assert_eq!(registrar.register(at(101), &old).code, 500);
    let new = read("d", 1, "Contact: <sip:4@h>").unwrap();
    registrar.register(at(101), &new);
    let highest = site.stored.keys().max().unwrap();
    assert!(registrar.bindings().last().unwrap().id > *highest);
}

#[test]
fn a_smaller_table_takes_what_fits_and_a_clock_set_back_makes_nothing_endless() {
    let mut site = Site::new(|_| {});
    site.ask(10_000, "a", 1, "Contact: <sip:1@h>, <sip:2@h>, <sip:3@h>");
    site.config.limits.contacts = 2;
    let (registrar, restored) = restart(&site, 0);
    assert_eq!((restored.restored, restored.refused), (2, 1));
    assert!(registrar.bindings().all(|b| b.expires <= at(7_200)));
    assert!(registrar.bindings().all(|b| b.refreshed <= at(0)));
}

#[test]
fn connections_do_not_survive() {
    let mut site = Site::new(|_| {});
    let mut request = read("a", 1, "Contact: <sip:1@h>").unwrap();
    request.flow = crate::support::flow(4_000, Some(7));
    site.serve(0, &request);
    let (mut registrar, _) = restart(&site, 1);
    let way = registrar.bindings().next().unwrap();
    assert_eq!(way.flow.connection, None);
    assert_eq!(way.flow.remote.port(), 4_000);
    assert_eq!(registrar.flow_lost(7), 0);
}

#[test]
fn a_hundred_thousand_contacts_are_kept_in_step() {
    let mut site = Site::new(|c| c.limits.outputs = 1_000_000);
    let base = read("a", 1, "Contact: <sip:1@192.0.2.7:5061>;expires=600").unwrap();
    for n in 0..100_000_u32 {
        let mut request = base.clone();
        request.aor = sip_registrar::Aor::from_stored(&format!("{n}@pbx.example"));
        assert_eq!(site.registrar.register(at(n.into()), &request).code, 200);
        if n % 97 == 0 {
            site.registrar.handle_timeout(at(n.into()));
        }
        while site.registrar.poll_output().is_some() {}
    }
    // Ten minutes' worth are left, and at most what the last call of the timer did not see.
    assert!(site.registrar.contacts() <= 700);
    assert_eq!(site.registrar.addresses(), site.registrar.contacts());
}

#[derive(Debug, Clone)]
enum Act {
    Register {
        call: u8,
        cseq: u32,
        contacts: Vec<(u8, Option<u32>, bool)>,
    },
    Clear {
        call: u8,
        cseq: u32,
    },
    Wait(u64),
    Restart,
    Remove(u64),
    Lost(u64),
}

fn act() -> impl Strategy<Value = Act> {
    let contact = (
        0..5_u8,
        prop_oneof![Just(None), Just(Some(0)), (1..4_000_u32).prop_map(Some)],
        any::<bool>(),
    );
    prop_oneof![
        6 => (0..3_u8, 1..20_u32, proptest::collection::vec(contact, 0..4))
            .prop_map(|(call, cseq, contacts)| Act::Register { call, cseq, contacts }),
        1 => (0..3_u8, 1..20_u32).prop_map(|(call, cseq)| Act::Clear { call, cseq }),
        2 => (0..2_000_u64).prop_map(Act::Wait),
        1 => Just(Act::Restart),
        1 => (0..40_u64).prop_map(Act::Remove),
        1 => (0..3_u64).prop_map(Act::Lost),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Storage always equals the table (`Site::drain` compares), a refusal changes nothing,
    /// bounds hold, and a restart gives the same look-ups.
    #[test]
    fn storage_never_loses_step(acts in proptest::collection::vec(act(), 1..60)) {
        let mut site = Site::new(|c| {
            c.limits.contacts_per_aor = 3;
            c.overflow = sip_registrar::Overflow::ReplaceOldest;
        });
        let mut now = 0;
        for act in acts {
            let before = site.stored.clone();
            match act {
                Act::Register { call, cseq, contacts } => {
                    let lines: String = contacts
                        .iter()
                        .map(|(n, expires, instance)| {
                            let expires = expires.map_or(String::new(), |e| format!(";expires={e}"));
                            let instance = if *instance { ";+sip.instance=\"<i>\"" } else { "" };
                            format!("Contact: <sip:{n}@h>{expires}{instance}\n")
                        })
                        .collect();
                    let mut request = read(&call.to_string(), cseq, &lines).expect("readable");
                    request.flow = crate::support::flow(1, Some(u64::from(call)));
                    let reply = site.serve(now, &request);
                    if reply.code != 200 {
                        let alive = before.iter().filter(|(_, b)| b.expires > at(now));
                        prop_assert!(alive.eq(site.stored.iter()), "a refusal changed something");
                    } else {
                        prop_assert_eq!(reply.values("Contact").count(), site.stored.len());
                    }
                }
                Act::Clear { call, cseq } => {
                    site.ask(now, &call.to_string(), cseq, "Contact: *\nExpires: 0");
                }
                Act::Wait(seconds) => {
                    now += seconds;
                    site.wait_until(now);
                    prop_assert!(site.stored.values().all(|b| b.expires > at(now)));
                }
                Act::Restart => {
                    let (mut registrar, _) = restart(&site, now);
                    while let Some(output) = registrar.poll_output() {
                        if let sip_registrar::Change::Delete { id } = output.change {
                            site.stored.remove(&id);
                        }
                    }
                    let addresses = |r: &Registrar| {
                        r.lookup(at(now), &bob())
                            .iter()
                            .map(|b| (b.q, b.ways.iter().map(|w| w.id).collect::<Vec<_>>()))
                            .collect::<Vec<_>>()
                    };
                    prop_assert_eq!(addresses(&registrar), addresses(&site.registrar));
                    site.registrar = registrar;
                    for binding in site.stored.values_mut() {
                        binding.flow.connection = None;
                    }
                    site.drain();
                }
                Act::Remove(id) => {
                    site.registrar.remove(id);
                    site.drain();
                }
                Act::Lost(connection) => {
                    site.registrar.flow_lost(connection);
                    site.drain();
                }
            }
            prop_assert!(site.stored.len() <= 3);
        }
    }
}
