// SPDX-License-Identifier: MIT OR Apache-2.0
//! Path, instances, flows and GRUU.

use crate::support::{Site, at, flow, message, read};
use sip_msg::Uri;
use sip_registrar::{Cause, Register, Transport};

const DESK: &str = "+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>\"";
const MOBILE: &str = "+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-0000000000aa>\"";

fn over(connection: Option<u64>, call_id: &str, cseq: u32, lines: &str) -> Register {
    let limits = sip_registrar::Config::default().limits;
    let flow = flow(40_000 + u16::try_from(cseq).unwrap_or(0), connection);
    Register::read(&message(call_id, cseq, lines), flow, &limits).expect("a readable request")
}

#[test]
fn path_is_kept_in_its_order_and_echoed() {
    let mut site = Site::new(|c| c.service_route = vec!["<sip:pbx.example;lr>".into()]);
    let lines =
        "Contact: <sip:1@h>\nSupported: path\nPath: <sip:p2;lr>, <sip:p1;lr>\nPath: <sip:p0;lr>";
    let reply = site.ask(0, "a", 1, lines);
    let hops = ["<sip:p2;lr>", "<sip:p1;lr>", "<sip:p0;lr>"];
    assert_eq!(reply.values("Path").collect::<Vec<_>>(), hops);
    assert_eq!(reply.values("Service-Route").count(), 1);
    let branches = site.registrar.lookup(at(0), &crate::support::bob());
    let path: Vec<_> = branches[0].ways[0].path.iter().map(|p| &**p).collect();
    assert_eq!(path, hops);
}

#[test]
fn two_flows_of_one_instance_are_two_ways_of_one_branch() {
    let mut site = Site::new(|c| c.flow_timer = Some(at(120)));
    let lines = |n: u32| {
        format!("Supported: path, outbound\nContact: <sip:1@10.0.0.1>;reg-id={n};{DESK};q=0.{n}")
    };
    let reply = site.serve(0, &over(Some(1), "a", 1, &lines(1)));
    assert_eq!(reply.code, 200);
    assert_eq!(reply.values("Require").collect::<Vec<_>>(), ["outbound"]);
    assert_eq!(reply.values("Flow-Timer").collect::<Vec<_>>(), ["120"]);
    assert!(
        reply
            .values("Contact")
            .next()
            .unwrap()
            .contains(";reg-id=1;")
    );
    site.serve(1, &over(Some(2), "b", 1, &lines(2)));
    let other = format!("Contact: <sip:1@10.0.0.2>;{MOBILE};q=0.5");
    site.serve(2, &over(Some(3), "c", 1, &other));
    assert_eq!(site.stored.len(), 3);
    // The mobile is preferred; the desk telephone's flow that was heard of last comes first.
    let branches = site.registrar.lookup(at(3), &crate::support::bob());
    let seen: Vec<Vec<_>> = branches
        .iter()
        .map(|b| b.ways.iter().map(|w| w.flow.connection).collect())
        .collect();
    assert_eq!(seen, [vec![Some(3)], vec![Some(2), Some(1)]]);
    assert_eq!(branches[1].q, 200);

    // The telephone comes back over another connection and under another address.
    let moved = lines(1).replace("10.0.0.1", "10.9.9.9");
    site.serve(4, &over(Some(4), "d", 1, &moved));
    assert_eq!(site.stored.len(), 3);
    assert_eq!(site.registrar.flow_lost(1), 0);
    assert_eq!(site.registrar.flow_lost(4), 1);
    site.drain();
    assert_eq!(site.causes().last(), Some(&Cause::FlowLost));
    assert_eq!(site.branches(5).len(), 2);
}

#[test]
fn the_first_hop_has_to_keep_flows() {
    let contact = format!("Supported: outbound\nContact: <sip:1@10.0.0.1>;reg-id=1;{DESK}");
    let two_hops = format!("Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx\n{contact}");
    for (connection, lines, code, outbound) in [
        (Some(1), contact.clone(), 200, true),
        // Directly over UDP without STUN: an ordinary registration.
        (None, contact.clone(), 200, false),
        (
            None,
            format!("{contact}\nPath: <sip:edge;lr;ob>"),
            200,
            true,
        ),
        (
            None,
            format!("{contact}\nPath: <sip:in;lr>, <sip:edge;lr;ob>"),
            200,
            true,
        ),
        (
            None,
            format!("{contact}\nPath: <sip:in;lr;ob>, <sip:edge;lr>"),
            439,
            false,
        ),
        (None, two_hops, 439, false),
        // Nobody asked for it.
        (
            Some(1),
            contact.replace("Supported: outbound\n", ""),
            200,
            false,
        ),
        (Some(1), contact.replace("reg-id=1", "reg-id=0"), 200, false),
    ] {
        let mut site = Site::new(|_| {});
        let reply = site.serve(0, &over(connection, "a", 1, &lines));
        assert_eq!(reply.code, code, "{lines}");
        assert_eq!(reply.values("Require").count() == 1, outbound, "{lines}");
        let kept = site.stored.values().filter(|b| b.reg_id.is_some()).count();
        assert_eq!(kept == 1, outbound, "{lines}");
        if code == 439 {
            assert_eq!(site.registrar.counters().first_hop_lacks_outbound, 1);
            assert!(site.stored.is_empty());
        }
    }
}

#[test]
fn one_flow_is_one_contacts() {
    let mut site = Site::new(|_| {});
    let first = format!("Supported: outbound\nContact: <sip:1@10.0.0.1>;reg-id=1;{DESK}");
    let both = format!("{first}, <sip:2@h>");
    assert_eq!(site.serve(0, &over(Some(1), "a", 1, &both)).code, 400);
    assert!(site.stored.is_empty());
    assert_eq!(site.registrar.counters().several_with_flow, 1);
    // Another may be taken away in the same request.
    site.ask(0, "b", 1, "Contact: <sip:2@h>");
    let move_over = format!("{both};expires=0");
    assert_eq!(site.serve(0, &over(Some(1), "a", 2, &move_over)).code, 200);
    assert_eq!(site.uris(), ["sip:1@10.0.0.1"]);
    // Without outbound `reg-id` means nothing.
    let plain = both.replace("Supported: outbound\n", "");
    assert_eq!(site.serve(0, &over(Some(1), "c", 1, &plain)).code, 200);
}

#[test]
fn a_telephone_that_moved_leaves_no_ghost() {
    for (replace, left) in [(true, 1), (false, 2)] {
        let mut site = Site::new(|c| c.replace_same_instance = replace);
        site.ask(0, "a", 1, &format!("Contact: <sip:1@10.0.0.1>;{DESK}"));
        site.ask(1, "b", 1, &format!("Contact: <sip:1@10.0.0.2>;{DESK}"));
        assert_eq!(site.stored.len(), left);
        // Either way it rings once.
        assert_eq!(site.branches(2).len(), 1);
        assert_eq!(site.branches(2)[0][0], "sip:1@10.0.0.2");
        // An old request in the old sequence does not bring the ghost back.
        assert_eq!(
            site.ask(2, "b", 1, &format!("Contact: <sip:1@10.0.0.2>;{DESK}"))
                .code,
            500
        );
    }
}

#[test]
fn a_telephone_with_two_addresses_keeps_both() {
    let mut site = Site::new(|_| {});
    let lines = format!("Contact: <sip:1@10.0.0.1>;{DESK}, <sip:1@[2001:db8::1]>;{DESK}");
    for cseq in 1..4 {
        assert_eq!(site.ask(0, "a", cseq, &lines).code, 200);
        assert_eq!(site.stored.keys().collect::<Vec<_>>(), [&1, &2]);
    }
    let refreshed = site.causes();
    assert_eq!(refreshed[2..], [Cause::Refreshed; 4]);
}

#[test]
fn branches_are_ordered_by_preference_and_then_by_freshness() {
    let mut site = Site::new(|_| {});
    site.ask(0, "a", 1, "Contact: <sip:1@h>;q=0.5");
    site.ask(1, "b", 1, "Contact: <sip:2@h>;q=0.5");
    site.ask(2, "c", 1, "Contact: <sip:3@h>;q=0.1");
    site.ask(3, "d", 1, "Contact: <sip:4@h>");
    let order = |site: &Site| site.branches(10).concat();
    assert_eq!(order(&site), ["sip:4@h", "sip:2@h", "sip:1@h", "sip:3@h"]);
    site.ask(4, "a", 2, "Contact: <sip:1@h>;q=0.5");
    assert_eq!(order(&site), ["sip:4@h", "sip:1@h", "sip:2@h", "sip:3@h"]);
}

#[test]
fn a_public_gruu_means_one_instance() {
    let mut site = Site::new(|_| {});
    let lines = format!("Supported: gruu\nContact: <sip:1@10.0.0.1>;{DESK}, <sip:2@h>");
    let reply = site.ask(0, "a", 1, &lines);
    let first = reply.values("Contact").next().unwrap();
    let gruu = "sip:bob@pbx.example;gr=urn:uuid:00000000-0000-1000-8000-000a95a0e128";
    assert!(first.contains(&format!(";pub-gruu=\"{gruu}\"")), "{first}");
    let ways = |text: &str| {
        let uri = Uri::parse(text).unwrap();
        site.registrar
            .lookup_uri(at(1), &uri)
            .iter()
            .map(|b| b.ways[0].uri.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(ways(gruu), ["sip:1@10.0.0.1"]);
    assert_eq!(
        ways(&gruu.replace("urn:uuid", "URN:UUID")),
        ["sip:1@10.0.0.1"]
    );
    assert_eq!(ways("sip:bob@pbx.example").len(), 2);
    assert!(ways("sip:bob@pbx.example;gr=urn:uuid:1").is_empty());
    assert!(ways("sip:bob@pbx.example;gr").is_empty());
    assert!(ways("sip:pbx.example").is_empty());
    // Without the extension nobody is told.
    let reply = site.ask(1, "b", 1, "");
    assert!(reply.values("Contact").all(|c| !c.contains("gruu")));
}

#[test]
fn other_parameters_come_back() {
    let mut site = Site::new(|_| {});
    let lines = "Contact: \"B\" <sip:1@h>;methods=\"INVITE,BYE\";audio;q=0.3;expires=70";
    let reply = site.ask(0, "a", 1, lines);
    assert_eq!(
        reply.values("Contact").collect::<Vec<_>>(),
        ["<sip:1@h>;q=0.300;methods=\"INVITE,BYE\";audio;expires=70"]
    );
}

#[test]
fn transports_have_names() {
    for transport in Transport::ALL {
        assert_eq!(
            Transport::parse(&transport.name().to_lowercase()),
            Some(transport)
        );
    }
    assert_eq!(Transport::parse("SCTP"), None);
    let request = read("a", 1, "User-Agent: x\nContact: <sip:1@h>").unwrap();
    assert_eq!(request.user_agent, "x");
}
