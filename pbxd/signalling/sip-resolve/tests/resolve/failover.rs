// SPDX-License-Identifier: MIT OR Apache-2.0
//! The way through the targets.

use core::net::SocketAddr;

use sip_resolve::{DeadConfig, DeadTargets, Failover, LARGE, Target, Transport, is_failover};

use super::{at, texts};

fn target(transport: Transport, last: u8) -> Target {
    Target {
        transport,
        address: SocketAddr::from(([192, 0, 2, last], 5060)),
        name: "h".to_string(),
    }
}

fn udp(last: u8) -> Target {
    target(Transport::Udp, last)
}

fn way(now: u64, targets: &[Target], octets: usize, dead: &DeadTargets) -> Vec<String> {
    let mut failover = Failover::new(at(now), targets, octets, true, dead);
    let mut order = Vec::new();
    while let Some(target) = failover.next_target() {
        order.push(target);
    }
    assert_eq!((failover.attempts(), failover.left()), (order.len(), 0));
    texts(&order)
}

#[test]
fn the_dead_come_last_and_back() {
    let mut dead = DeadTargets::default();
    let all = [udp(1), udp(2), udp(3)];
    dead.failed(at(0), &udp(1), None);
    let last = [
        "UDP 192.0.2.2:5060",
        "UDP 192.0.2.3:5060",
        "UDP 192.0.2.1:5060",
    ];
    assert_eq!(way(29, &all, 0, &dead), last);
    assert_eq!(way(30, &all, 0, &dead)[0], "UDP 192.0.2.1:5060");
    // When all are dead the one that comes back first is tried first.
    dead.failed(at(31), &udp(1), None);
    dead.failed(at(32), &udp(2), None);
    dead.failed(at(33), &udp(3), None);
    assert_eq!(way(40, &all, 0, &dead), last);
    dead.answered(&udp(3));
    assert_eq!(way(40, &all, 0, &dead)[0], "UDP 192.0.2.3:5060");
    // Another transport of the same address is another target.
    assert_eq!(dead.dead_until(at(40), &target(Transport::Tcp, 1)), None);
}

#[test]
fn each_failure_doubles_the_time_up_to_the_longest() {
    let mut dead = DeadTargets::default();
    let mut now = 0;
    for seconds in [30, 60, 120, 240, 480, 600, 600] {
        dead.failed(at(now), &udp(1), None);
        // Others that fail meanwhile are the same failure.
        dead.failed(at(now + 1), &udp(1), None);
        assert_eq!(dead.dead_until(at(now), &udp(1)), Some(at(now + seconds)));
        now += seconds;
        assert_eq!(dead.dead_until(at(now), &udp(1)), None);
    }
    dead.answered(&udp(1));
    dead.failed(at(now), &udp(1), None);
    assert_eq!(dead.dead_until(at(now), &udp(1)), Some(at(now + 30)));
    dead.failed(at(now), &udp(2), Some(at(90)));
    assert_eq!(dead.dead_until(at(now), &udp(2)), Some(at(now + 90)));
    dead.failed(at(now), &udp(3), Some(at(1_000_000)));
    assert_eq!(dead.dead_until(at(now), &udp(3)), Some(at(now + 600)));
}

#[test]
fn the_memory_is_bounded() {
    let mut dead = DeadTargets::new(DeadConfig {
        limit: 3,
        ..DeadConfig::default()
    });
    for last in 1..=4 {
        dead.failed(at(last.into()), &udp(last), None);
    }
    assert_eq!(dead.remembered(), (3, 1));
    assert_eq!(dead.dead_until(at(5), &udp(1)), None);
    assert!(dead.dead_until(at(5), &udp(4)).is_some());
    // What is long past goes without being missed.
    dead.failed(at(10_000), &udp(9), None);
    assert_eq!(dead.remembered(), (1, 1));
}

#[test]
fn large_requests_go_over_tcp_first() {
    let dead = DeadTargets::default();
    let all = [udp(1), target(Transport::Tcp, 1), target(Transport::Tls, 2)];
    let plain = [
        "UDP 192.0.2.1:5060",
        "TCP 192.0.2.1:5060",
        "TLS 192.0.2.2:5060",
    ];
    assert_eq!(way(0, &all, LARGE, &dead), plain);
    assert_eq!(
        way(0, &all, LARGE + 1, &dead),
        [
            "TCP 192.0.2.1:5060",
            "UDP 192.0.2.1:5060",
            "TLS 192.0.2.2:5060"
        ]
    );
    let mut without = Failover::new(at(0), &all, 9_999, false, &dead);
    assert_eq!(without.next_target(), Some(udp(1)));
    assert_eq!(without.left(), 2);
}

#[test]
fn the_responses_that_try_the_next_target() {
    assert!(is_failover(503) && is_failover(408));
    for code in [200, 302, 404, 480, 486, 500, 501, 502, 504, 600, 603] {
        assert!(!is_failover(code), "{code}");
    }
    assert_eq!(Failover::stagger(Transport::Udp), None);
    assert!(Failover::stagger(Transport::Tls).is_some());
}
