// SPDX-License-Identifier: MIT OR Apache-2.0
//! The table of connections.

use core::net::{IpAddr, Ipv6Addr, SocketAddr};

use proptest::prelude::*;
use sip_stream::{
    CloseReason, Config, ConnectionId, Connections, Direction, Output, Prefix, Refused, Stage,
    Transport,
};

use super::at;

const LOCAL: SocketAddr = SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 5060);

fn table(change: impl FnOnce(&mut Config)) -> Connections {
    let mut config = Config::default();
    change(&mut config);
    Connections::new(config).expect("a good configuration")
}

fn peer(host: u8, port: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, host], port))
}

fn accept(table: &mut Connections, now: u64, remote: SocketAddr) -> Result<ConnectionId, Refused> {
    table.open(at(now), Transport::Tcp, Direction::Incoming, LOCAL, remote)
}

fn closes(table: &mut Connections) -> Vec<(u64, CloseReason)> {
    std::iter::from_fn(|| table.poll_output())
        .map(|Output::Close { id, reason }| (id.0, reason))
        .collect()
}

#[test]
fn half_open_silent_and_idle_connections_are_let_go() {
    let mut table = table(|_| {});
    let half = accept(&mut table, 0, peer(1, 1)).unwrap();
    let silent = accept(&mut table, 0, peer(2, 1)).unwrap();
    let idle = accept(&mut table, 0, peer(3, 1)).unwrap();
    let held = accept(&mut table, 0, peer(4, 1)).unwrap();
    for id in [silent, idle, held] {
        table.established(at(1), id, None);
    }
    table.used(at(2), idle);
    table.used(at(2), held);
    table.hold(held);
    assert_eq!(table.poll_timeout(), Some(at(10)));
    table.handle_timeout(at(10));
    assert_eq!(closes(&mut table), [(half.0, CloseReason::HandshakeTime)]);
    // Keep-alives are no message, and keep a connection only that has had one.
    table.kept_alive(at(30), silent);
    table.kept_alive(at(30), idle);
    table.handle_timeout(at(31));
    assert_eq!(closes(&mut table), [(silent.0, CloseReason::Silent)]);
    table.handle_timeout(at(629));
    assert_eq!(closes(&mut table), []);
    table.handle_timeout(at(630));
    assert_eq!(closes(&mut table), [(idle.0, CloseReason::Idle)]);
    assert_eq!(table.poll_timeout(), None);
    table.release(at(700), held);
    assert_eq!(table.poll_timeout(), Some(at(1_300)));
    table.handle_timeout(at(1_300));
    assert_eq!(closes(&mut table), [(held.0, CloseReason::Idle)]);
    assert!(table.is_empty());
    assert_eq!(table.closed_for(CloseReason::Idle), 2);
}

#[test]
fn a_source_has_its_bound_and_a_network_of_ipv6_is_one_source() {
    let mut table = table(|c| c.per_source = 2);
    let v6 = |host: &str| SocketAddr::new(host.parse().unwrap(), 9);
    accept(&mut table, 0, v6("2001:db8::1")).unwrap();
    let second = accept(&mut table, 0, v6("2001:db8::ffff:2")).unwrap();
    let third = accept(&mut table, 0, v6("2001:db8::3"));
    assert_eq!(third, Err(Refused::Source));
    accept(&mut table, 0, v6("2001:db8:0:1::3")).unwrap();
    accept(&mut table, 0, v6("192.0.2.1")).unwrap();
    accept(&mut table, 0, v6("::ffff:192.0.2.1")).unwrap();
    assert_eq!(accept(&mut table, 0, v6("192.0.2.1")), Err(Refused::Source));
    // Ours are not counted against the far end.
    let ours = table.open(
        at(0),
        Transport::Tcp,
        Direction::Outgoing,
        LOCAL,
        v6("192.0.2.1"),
    );
    assert!(ours.is_ok());
    table.closed(second, CloseReason::Peer);
    assert!(accept(&mut table, 0, v6("2001:db8::3")).is_ok());
    assert_eq!(table.refused(), (2, 0));
    assert_eq!(
        table.of_source(Prefix::of("2001:db8::77".parse().unwrap())),
        2
    );
}

#[test]
fn a_full_table_gives_up_what_is_worth_least() {
    let mut table = table(|c| c.total = 4);
    let ours = table
        .open(
            at(0),
            Transport::Tcp,
            Direction::Outgoing,
            LOCAL,
            peer(9, 9),
        )
        .unwrap();
    let old = accept(&mut table, 1, peer(1, 1)).unwrap();
    let held = accept(&mut table, 2, peer(2, 1)).unwrap();
    let half = accept(&mut table, 3, peer(3, 1)).unwrap();
    for id in [old, held] {
        table.established(at(3), id, None);
        table.used(at(4), id);
    }
    table.hold(held);
    // The one that is only half open goes first, though it is the youngest.
    let next = accept(&mut table, 5, peer(4, 1)).unwrap();
    assert_eq!(closes(&mut table), [(half.0, CloseReason::Evicted)]);
    table.established(at(5), next, None);
    table.used(at(6), next);
    let last = accept(&mut table, 7, peer(5, 1)).unwrap();
    assert_eq!(closes(&mut table), [(old.0, CloseReason::Evicted)]);
    for id in [next, last] {
        table.hold(id);
    }
    assert_eq!(accept(&mut table, 8, peer(6, 1)), Err(Refused::Total));
    assert!(table.get(ours).is_some());
    assert_eq!(table.refused(), (0, 1));
}

#[test]
fn connections_are_found_again_by_transport_address_and_proved_name() {
    let mut table = table(|_| {});
    let far = peer(1, 5061);
    assert_eq!(table.find(Transport::Tls, far, Some("sip.example")), None);
    let tls = table
        .open(at(0), Transport::Tls, Direction::Outgoing, LOCAL, far)
        .unwrap();
    assert_eq!(table.find(Transport::Tls, far, Some("sip.example")), None);
    table.established(at(0), tls, Some("SIP.example"));
    assert_eq!(table.get(tls).unwrap().stage, Stage::Open);
    assert_eq!(
        table.find(Transport::Tls, far, Some("sip.Example")),
        Some(tls)
    );
    // Another name behind the same address needs a connection of its own.
    assert_eq!(table.find(Transport::Tls, far, Some("evil.example")), None);
    assert_eq!(table.find(Transport::Tls, far, None), None);
    assert_eq!(table.find(Transport::Tcp, far, None), None);
    let tcp = accept(&mut table, 0, peer(2, 40_000)).unwrap();
    table.established(at(0), tcp, None);
    assert_eq!(
        table.find(Transport::Tcp, peer(2, 40_000), Some("x")),
        Some(tcp)
    );
    table.closed(tls, CloseReason::Network);
    assert_eq!(table.find(Transport::Tls, far, Some("sip.example")), None);
}

#[test]
fn the_newest_connection_is_reused_and_the_older_after_it() {
    let mut table = table(|_| {});
    let mut open = || {
        let id = table
            .open(
                at(0),
                Transport::Tcp,
                Direction::Outgoing,
                LOCAL,
                peer(1, 5060),
            )
            .unwrap();
        table.established(at(0), id, None);
        id
    };
    let (first, second) = (open(), open());
    assert_eq!(
        table.find(Transport::Tcp, peer(1, 5060), None),
        Some(second)
    );
    table.closed(second, CloseReason::Peer);
    assert_eq!(table.find(Transport::Tcp, peer(1, 5060), None), Some(first));
}

#[test]
fn aliases_need_a_proved_name_and_the_peers_own_address() {
    let mut table = table(|_| {});
    let mut open = |transport, name: Option<&str>| {
        let id = table
            .open(
                at(0),
                transport,
                Direction::Incoming,
                LOCAL,
                peer(1, 40_000),
            )
            .unwrap();
        table.established(at(0), id, name);
        let alias = table.alias(id, peer(1, 5061));
        (id, alias, table.alias(id, peer(2, 5061)))
    };
    assert!(!open(Transport::Tcp, None).1);
    assert!(!open(Transport::Tls, None).1);
    let (id, own, other) = open(Transport::Tls, Some("peer.example"));
    assert!(own && !other);
    assert_eq!(
        table.find(Transport::Tls, peer(1, 5061), Some("peer.example")),
        Some(id)
    );
    for port in 1..10 {
        table.alias(id, peer(1, port));
    }
    assert_eq!(
        table.find(Transport::Tls, peer(1, 9), Some("peer.example")),
        None
    );
}

#[test]
fn bans_and_shutdown_close_what_they_mean() {
    let mut table = table(|_| {});
    let bad = accept(&mut table, 0, peer(1, 1)).unwrap();
    let good = accept(&mut table, 0, peer(2, 1)).unwrap();
    let held = accept(&mut table, 0, peer(3, 1)).unwrap();
    table.hold(held);
    table.ban(Prefix::of(peer(1, 7).ip()));
    assert_eq!(closes(&mut table), [(bad.0, CloseReason::Banned)]);
    table.shut_down();
    assert_eq!(closes(&mut table), [(good.0, CloseReason::Shutdown)]);
    assert_eq!(accept(&mut table, 1, peer(4, 1)), Err(Refused::Shutdown));
    assert_eq!(table.iter().count(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Bounds hold, every closed connection is told once, and no index outlives it.
    #[test]
    fn the_indices_agree(acts in proptest::collection::vec((0..8_u8, 0..6_u8, 0..40_u64), 1..120)) {
        let mut table = table(|c| {
            c.total = 5;
            c.per_source = 3;
        });
        let mut now = 0;
        let mut ids: Vec<ConnectionId> = Vec::new();
        let mut gone = std::collections::BTreeSet::new();
        for (act, host, number) in acts {
            let id = ids.get(usize::from(host)).copied().unwrap_or(ConnectionId(0));
            match act {
                0 | 1 => {
                    let direction = if act == 0 { Direction::Incoming } else { Direction::Outgoing };
                    let opened = table.open(at(now), Transport::Tcp, direction, LOCAL, peer(host % 3, 1));
                    ids.extend(opened);
                }
                2 => table.established(at(now), id, None),
                3 => table.used(at(now), id),
                4 => table.hold(id),
                5 => table.release(at(now), id),
                6 => {
                    if table.get(id).is_some() {
                        table.closed(id, CloseReason::Done);
                        prop_assert!(gone.insert(id.0));
                    }
                }
                _ => {
                    now += number;
                    table.handle_timeout(at(now));
                    prop_assert!(table.poll_timeout().is_none_or(|due| due > at(now)));
                }
            }
            for (id, _) in closes(&mut table) {
                prop_assert!(gone.insert(id), "closed twice");
            }
            prop_assert!(table.len() <= 5);
            for host in 0..3 {
                let remote = peer(host, 1);
                let incoming = table
                    .iter()
                    .filter(|(_, l)| l.remote == remote && l.direction == Direction::Incoming)
                    .count();
                prop_assert!(incoming <= 3);
                prop_assert_eq!(table.of_source(Prefix::of(remote.ip())), incoming);
                if let Some(found) = table.find(Transport::Tcp, remote, None) {
                    prop_assert!(table.get(found).is_some());
                }
            }
        }
    }
}
