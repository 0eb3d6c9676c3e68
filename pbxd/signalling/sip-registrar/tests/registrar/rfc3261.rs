// SPDX-License-Identifier: MIT OR Apache-2.0
//! Registration as RFC 3261 has it.

use crate::support::{Site, at, bob, read};
use sip_registrar::{Cause, Config, ContactSet, Overflow, ReadError, Registrar};

#[test]
fn a_contact_is_registered_refreshed_and_taken_away() {
    let mut site = Site::new(|_| {});
    let reply = site.ask(0, "a", 1, "Contact: <sip:bob@192.0.2.99>\nExpires: 600");
    assert_eq!(reply.code, 200);
    assert_eq!(
        reply.values("Contact").collect::<Vec<_>>(),
        ["<sip:bob@192.0.2.99>;expires=600"]
    );
    let reply = site.ask(
        100,
        "a",
        2,
        "Contact: <sip:bob@192.0.2.99>;expires=900;q=0.25",
    );
    assert_eq!(
        reply.values("Contact").collect::<Vec<_>>(),
        ["<sip:bob@192.0.2.99>;q=0.250;expires=900"]
    );
    let kept = site.stored.values().next().unwrap();
    assert_eq!((kept.created, kept.refreshed), (at(0), at(100)));
    let reply = site.ask(200, "a", 3, "Contact: <sip:bob@192.0.2.99>;expires=0");
    assert_eq!(reply.code, 200);
    assert_eq!(reply.values("Contact").count(), 0);
    assert!(site.stored.is_empty());
    assert_eq!(
        site.causes(),
        [Cause::Created, Cause::Refreshed, Cause::Unregistered]
    );
    let counters = site.registrar.counters();
    assert_eq!(
        (
            counters.served,
            counters.created,
            counters.refreshed,
            counters.unregistered
        ),
        (3, 1, 1, 1)
    );
}

#[test]
fn the_contacts_own_time_goes_before_the_header_and_the_default_behind_both() {
    let mut site = Site::new(|_| {});
    let reply = site.ask(
        0,
        "a",
        1,
        "Contact: <sip:1@h>;expires=100, <sip:2@h>, <sip:3@h>;expires=soon\nExpires: 200",
    );
    let all: Vec<_> = reply.values("Contact").collect();
    assert_eq!(
        all,
        [
            "<sip:1@h>;expires=100",
            "<sip:2@h>;expires=200",
            "<sip:3@h>;expires=200"
        ]
    );
    let reply = site.ask(
        0,
        "b",
        1,
        "Contact: <sip:4@h>, <sip:5@h>;expires=99999999999",
    );
    let all: Vec<_> = reply.values("Contact").skip(3).collect();
    assert_eq!(all, ["<sip:4@h>;expires=3600", "<sip:5@h>;expires=7200"]);
    let reply = site.ask(0, "c", 1, "Contact: <sip:6@h>\nExpires: Sun, 22 Nov 2026");
    assert_eq!(
        reply.values("Contact").nth(5),
        Some("<sip:6@h>;expires=3600")
    );
}

#[test]
fn too_short_a_time_is_refused_with_the_shortest() {
    let mut site = Site::new(|_| {});
    let reply = site.ask(0, "a", 1, "Contact: <sip:1@h>;expires=59, <sip:2@h>");
    assert_eq!(reply.code, 423);
    assert_eq!(reply.values("Min-Expires").collect::<Vec<_>>(), ["60"]);
    assert!(site.stored.is_empty());
    assert_eq!(site.registrar.counters().too_brief, 1);
}

#[test]
fn a_request_without_contacts_asks_only() {
    let mut site = Site::new(|_| {});
    site.ask(0, "a", 1, "Contact: <sip:1@h>;expires=100");
    let reply = site.ask(30, "other", 1, "");
    assert_eq!(
        reply.values("Contact").collect::<Vec<_>>(),
        ["<sip:1@h>;expires=70"]
    );
    assert_eq!(site.causes(), [Cause::Created]);
    assert_eq!(site.registrar.counters().queries, 1);
}

#[test]
fn an_older_request_changes_nothing() {
    let mut site = Site::new(|_| {});
    site.ask(0, "a", 5, "Contact: <sip:1@h>, <sip:2@h>");
    for cseq in [5, 4] {
        // The new contact stands first: it must not be registered either.
        let reply = site.ask(10, "a", cseq, "Contact: <sip:3@h>, <sip:1@h>");
        assert_eq!(reply.code, 500);
        assert_eq!(site.uris(), ["sip:1@h", "sip:2@h"]);
    }
    let reply = site.ask(10, "a", 5, "Contact: *\nExpires: 0");
    assert_eq!(reply.code, 500);
    assert_eq!(site.registrar.counters().out_of_order, 3);
    // Another Call-ID is another sequence: the telephone was started anew.
    assert_eq!(site.ask(20, "b", 1, "Contact: <sip:1@h>").code, 200);
    // And now the old sequence no longer owns the contact.
    assert_eq!(site.ask(30, "a", 4, "Contact: <sip:1@h>").code, 200);
}

#[test]
fn a_star_takes_all_away_and_stands_alone() {
    let mut site = Site::new(|_| {});
    site.ask(0, "a", 1, "Contact: <sip:1@h>, <sip:2@h>");
    for lines in [
        "Contact: *",
        "Contact: *\nExpires: 60",
        "Contact: *, <sip:1@h>\nExpires: 0",
        "Contact: *\nContact: *\nExpires: 0",
    ] {
        assert_eq!(read("b", 1, lines), Err(ReadError::Wildcard), "{lines}");
    }
    let reply = site.ask(1, "b", 1, "Contact: *\nExpires: 0");
    assert_eq!((reply.code, site.stored.len()), (200, 0));
    assert_eq!(site.ask(1, "b", 2, "Contact: *\nExpires: 0").code, 200);
}

#[test]
fn contacts_are_the_same_when_their_uris_are_equivalent() {
    let mut site = Site::new(|_| {});
    site.ask(0, "a", 1, "Contact: <sip:bob@Host.example;transport=udp>");
    site.ask(
        1,
        "a",
        2,
        "Contact: \"B\" <sip:%62ob@host.EXAMPLE;Transport=UDP;ob>",
    );
    assert_eq!(site.stored.len(), 1);
    site.ask(2, "a", 3, "Contact: <sip:bob@host.example;transport=tcp>");
    assert_eq!(site.stored.len(), 2);
    // Twice in one request: the last one holds.
    site.ask(3, "a", 4, "Contact: <sip:x@h>;q=0.1, <sip:x@h>;q=0.2");
    let q: Vec<_> = site.stored.values().map(|b| b.q).collect();
    assert_eq!(q, [1_000, 1_000, 200]);
    site.ask(4, "a", 5, "Contact: <sip:y@h>, <sip:y@h>;expires=0");
    assert_eq!(site.stored.len(), 3);
}

#[test]
fn contacts_run_out_in_their_order() {
    let mut site = Site::new(|_| {});
    site.ask(
        0,
        "a",
        1,
        "Contact: <sip:1@h>;expires=300, <sip:2@h>;expires=60",
    );
    assert_eq!(site.registrar.poll_timeout(), Some(at(60)));
    assert_eq!(site.branches(59).len(), 2);
    // A look-up does not wait for the timer.
    assert_eq!(site.branches(60), [["sip:1@h"]]);
    site.wait_until(60);
    assert_eq!(site.uris(), ["sip:1@h"]);
    site.wait_until(299);
    assert_eq!(site.stored.len(), 1);
    site.wait_until(300);
    assert!(site.stored.is_empty());
    assert_eq!(site.registrar.poll_timeout(), None);
    let told: Vec<_> = site.told.iter().skip(2).cloned().collect();
    assert_eq!(
        told,
        [
            (Cause::Expired, "sip:2@h".to_string(), 1),
            (Cause::Expired, "sip:1@h".to_string(), 0)
        ]
    );
}

#[test]
fn a_contact_that_ran_out_comes_back_as_a_new_one() {
    let mut site = Site::new(|_| {});
    site.ask(0, "a", 7, "Contact: <sip:1@h>;expires=60");
    // The timer has not been served yet, and the sequence begins anew.
    assert_eq!(site.ask(60, "a", 1, "Contact: <sip:1@h>").code, 200);
    assert_eq!(
        site.causes(),
        [Cause::Created, Cause::Expired, Cause::Created]
    );
}

#[test]
fn a_full_address_refuses_or_gives_up_its_oldest() {
    let mut site = Site::new(|c| c.limits.contacts_per_aor = 2);
    site.ask(0, "a", 1, "Contact: <sip:1@h>");
    site.ask(1, "b", 1, "Contact: <sip:2@h>");
    let reply = site.ask(2, "c", 1, "Contact: <sip:3@h>");
    assert_eq!(reply.code, 403);
    assert_eq!(site.ask(2, "a", 2, "Contact: <sip:1@h>").code, 200);
    // One goes and another comes in the same request.
    let reply = site.ask(3, "a", 3, "Contact: <sip:1@h>;expires=0, <sip:3@h>");
    assert_eq!(
        (reply.code, site.uris()),
        (200, vec!["sip:2@h".into(), "sip:3@h".into()])
    );

    let mut config = site.config.clone();
    config.overflow = Overflow::ReplaceOldest;
    site.registrar.reconfigure(config).unwrap();
    site.causes();
    assert_eq!(site.ask(4, "d", 1, "Contact: <sip:4@h>").code, 200);
    assert_eq!(site.uris(), ["sip:3@h", "sip:4@h"]);
    assert_eq!(site.causes(), [Cause::Replaced, Cause::Created]);
    // More than fit in one request.
    let reply = site.ask(5, "e", 1, "Contact: <sip:5@h>, <sip:6@h>, <sip:7@h>");
    assert_eq!(reply.code, 403);
    assert_eq!(site.uris(), ["sip:3@h", "sip:4@h"]);
}

#[test]
fn a_full_table_refuses_and_still_refreshes() {
    let mut site = Site::new(|c| c.limits.contacts = 2);
    site.ask(0, "a", 1, "Contact: <sip:1@h>, <sip:2@h>");
    let reply = site.ask(1, "b", 1, "Contact: <sip:3@h>");
    assert_eq!(reply.code, 503);
    assert_eq!(reply.values("Retry-After").count(), 1);
    assert_eq!(site.ask(2, "a", 2, "Contact: <sip:1@h>").code, 200);
    let reply = site.ask(3, "a", 3, "Contact: <sip:1@h>;expires=0, <sip:3@h>");
    assert_eq!(reply.code, 200);
    assert_eq!(site.registrar.counters().table_full, 1);
}

#[test]
fn outputs_that_nobody_takes_stop_the_registrar() {
    let mut site = Site::new(|c| c.limits.outputs = 2);
    for (cseq, code) in [(1, 200), (2, 200), (3, 503)] {
        let request = read("a", cseq, "Contact: <sip:1@h>").unwrap();
        assert_eq!(site.registrar.register(at(0), &request).code, code);
    }
    assert_eq!(site.registrar.pending_outputs(), 2);
    site.drain();
    assert_eq!(site.ask(0, "a", 3, "Contact: <sip:1@h>").code, 200);
}

#[test]
fn what_is_required_and_not_there_is_named() {
    let mut site = Site::new(|_| {});
    let reply = site.ask(
        0,
        "a",
        1,
        "Contact: <sip:1@h>\nRequire: path, foo, Outbound, bar",
    );
    assert_eq!(reply.code, 420);
    assert_eq!(
        reply.values("Unsupported").collect::<Vec<_>>(),
        ["foo, bar"]
    );
    assert!(site.stored.is_empty());
}

#[test]
fn requests_that_cannot_be_served_are_refused_when_read() {
    let bad = |lines: &str| read("a", 1, lines).unwrap_err();
    assert!(matches!(bad("Contact: <sip:1@h"), ReadError::Header(_)));
    assert_eq!(
        bad("Contact: <sip:1@h?Replaces=x>"),
        ReadError::Contact("header parts in the URI")
    );
    let many = ["<sip:1@h>"; 17].join(", ");
    assert!(matches!(
        bad(&format!("Contact: {many}")),
        ReadError::Bound {
            what: "Contact",
            limit: 16
        }
    ));
    let long = "x".repeat(1_025);
    assert!(matches!(
        bad(&format!("Contact: <sip:{long}@h>")),
        ReadError::Bound {
            what: "Contact octets",
            ..
        }
    ));
    assert!(matches!(bad("Path: <sip:p"), ReadError::Header(_)));
    let hops = ["<sip:p;lr>"; 9].join(", ");
    assert!(matches!(
        bad(&format!("Path: {hops}")),
        ReadError::Bound {
            what: "Path",
            limit: 8
        }
    ));
    assert_eq!(read("a", 1, "").unwrap().contacts, ContactSet::Query);
}

#[test]
fn the_operator_takes_contacts_away() {
    let mut site = Site::new(|_| {});
    site.ask(0, "a", 1, "Contact: <sip:1@h>, <sip:2@h>, <sip:3@h>");
    let id = *site.stored.keys().next().unwrap();
    assert!(site.registrar.remove(id));
    assert!(!site.registrar.remove(id));
    assert_eq!(site.registrar.remove_all(&bob()), 2);
    site.drain();
    assert_eq!(site.registrar.addresses(), 0);
    assert_eq!(
        site.causes()
            .iter()
            .filter(|c| **c == Cause::Deactivated)
            .count(),
        3
    );
}

#[test]
fn configurations_that_cannot_work_are_refused() {
    let refused = |change: fn(&mut Config)| {
        let mut config = Config::default();
        change(&mut config);
        Registrar::new(config).is_err()
    };
    assert!(refused(|c| c.min_expires = at(0)));
    assert!(refused(|c| c.min_expires = at(3_601)));
    assert!(refused(|c| c.default_expires = at(30)));
    assert!(refused(|c| c.max_expires = at(100)));
    assert!(refused(|c| c.limits.contacts = 0));
    assert!(!refused(|_| {}));
}
