// SPDX-License-Identifier: MIT OR Apache-2.0
//! The guard against telephones, guessers, scanners and floods.

use core::net::{IpAddr, Ipv4Addr};
use core::time::Duration;

use proptest::prelude::*;
use sip_guard::{
    Access, Acl, Action, Config, Event, Evidence, Guard, Offence, Request, Source, Verdict,
};

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn host(last: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(198, 51, 100, last))
}

fn guard(change: impl FnOnce(&mut Config)) -> Guard {
    let mut config = Config::default();
    change(&mut config);
    Guard::new(config).expect("a good configuration")
}

fn register(source: IpAddr) -> Request<'static> {
    Request {
        source,
        method: "REGISTER",
        user_agent: "Acme Phone 1.0",
        from: "<sip:bob@pbx.example>;tag=1",
        emergency: false,
        established: false,
    }
}

fn events(guard: &mut Guard) -> Vec<Event> {
    std::iter::from_fn(|| guard.poll_event()).collect()
}

/// What happened, as the log's first words.
fn actions(guard: &mut Guard) -> Vec<String> {
    events(guard)
        .iter()
        .map(|e| {
            let line = e.to_string();
            let first = line.split(' ').next().unwrap_or_default();
            first.trim_start_matches("action=").to_string()
        })
        .collect()
}

fn wrong(guard: &mut Guard, now: u64, source: IpAddr, user: &str) {
    let offence = Offence::WrongPassword;
    guard.offence(at(now), source, offence, Evidence::Proven, Some(user));
}

#[test]
fn a_guesser_is_banned_for_longer_each_time_and_forgiven_in_the_end() {
    let mut guard = guard(|_| {});
    let mut now = 0;
    for (ban, seconds) in [(1, 600), (2, 1_200), (3, 2_400)] {
        for guess in 0..10 {
            assert!(guard.check(at(now), &register(host(1))).is_serve());
            wrong(&mut guard, now, host(1), "1001");
            assert_eq!(
                guard.banned_until(at(now), Source::of(host(1))).is_some(),
                guess == 9
            );
        }
        let told = events(&mut guard);
        let Action::Banned {
            offence,
            duration,
            count,
        } = told.last().unwrap().action
        else {
            panic!("{told:?}")
        };
        assert_eq!(
            (offence, duration, count),
            (Offence::WrongPassword, at(seconds), ban)
        );
        let until = at(now + seconds);
        for _ in 0..3 {
            assert_eq!(
                guard.check(at(now + 1), &register(host(1))),
                Verdict::Banned { until }
            );
        }
        assert_eq!(guard.poll_timeout(), Some(until));
        assert_eq!(
            guard.bans().collect::<Vec<_>>(),
            [(Source::of(host(1)), until)]
        );
        now += seconds;
        assert!(guard.check(at(now), &register(host(1))).is_serve());
        assert_eq!(
            events(&mut guard).last().map(|e| e.action.clone()),
            Some(Action::Released { dropped: 3 })
        );
    }
    now += 8 * 86_400;
    for _ in 0..10 {
        wrong(&mut guard, now, host(1), "1001");
    }
    let told = events(&mut guard);
    assert!(matches!(
        told.last().unwrap().action,
        Action::Banned { count: 1, .. }
    ));
}

#[test]
fn a_ban_never_lasts_longer_than_the_longest() {
    let mut guard = guard(|c| c.longest_ban = at(700));
    let mut now = 0;
    for _ in 0..40 {
        for _ in 0..10 {
            wrong(&mut guard, now, host(1), "1001");
        }
        let until = guard.banned_until(at(now), Source::of(host(1))).unwrap();
        assert!(until <= at(now + 700));
        now += 700;
    }
}

#[test]
fn somebody_who_mistypes_now_and_then_is_not_banned() {
    let mut guard = guard(|_| {});
    for hour in 0..1_000 {
        for _ in 0..4 {
            wrong(&mut guard, hour * 3_600, host(1), "1001");
        }
    }
    assert_eq!(guard.counters().bans, 0);
    assert!(guard.check(at(3_600_000), &register(host(1))).is_serve());
}

#[test]
fn enumeration_is_found_by_different_users() {
    let mut guard = guard(|_| {});
    for user in ["1001", "1002", "1003", "1003", "1004"] {
        guard.offence(
            at(0),
            host(1),
            Offence::UnknownUser,
            Evidence::Proven,
            Some(user),
        );
    }
    assert_eq!(guard.counters().bans, 0);
    guard.offence(
        at(0),
        host(1),
        Offence::UnknownUser,
        Evidence::Proven,
        Some("1005"),
    );
    let told = events(&mut guard);
    assert!(matches!(
        told.last().unwrap().action,
        Action::Banned {
            offence: Offence::Enumeration,
            ..
        }
    ));
    // Over hours it is somebody's many telephones with an old password.
    let mut slow = self::guard(|_| {});
    for hour in 0..20 {
        wrong(&mut slow, hour * 3_600, host(1), &hour.to_string());
    }
    assert_eq!(slow.counters().bans, 0);
}

#[test]
fn what_may_be_forged_weighs_less() {
    let bans_after = |evidence, times: u32| {
        let mut guard = guard(|_| {});
        for _ in 0..times {
            guard.offence(
                at(0),
                host(1),
                Offence::WrongPassword,
                evidence,
                Some("1001"),
            );
        }
        guard.counters().bans
    };
    assert_eq!(bans_after(Evidence::Proven, 9), 0);
    assert_eq!(bans_after(Evidence::Proven, 10), 1);
    assert_eq!(bans_after(Evidence::Unproven, 39), 0);
    assert_eq!(bans_after(Evidence::Unproven, 40), 1);
    let mut deaf = guard(|c| c.unproven_percent = 0);
    for _ in 0..1_000 {
        deaf.offence(at(0), host(1), Offence::Malformed, Evidence::Unproven, None);
    }
    assert_eq!(deaf.counters().bans, 0);
}

#[test]
fn a_flood_is_limited_told_once_and_banned_when_it_goes_on() {
    let mut guard = guard(|c| c.unproven_percent = 100);
    let verdicts: Vec<_> = (0..150)
        .map(|_| guard.check(at(0), &register(host(1))))
        .collect();
    assert!(verdicts[..100].iter().all(|v| v.is_serve()));
    assert!(verdicts[100..].iter().all(|v| *v == Verdict::Limited));
    assert_eq!(actions(&mut guard), ["limit"]);
    assert!(guard.check(at(1), &register(host(1))).is_serve());
    let told = events(&mut guard);
    assert_eq!(told[0].action, Action::Unlimited { dropped: 50 });
    // Others are not touched.
    assert!(guard.check(at(1), &register(host(2))).is_serve());
    for second in 2..6 {
        for _ in 0..100 {
            guard.check(at(second), &register(host(1)));
        }
    }
    assert_eq!(guard.counters().bans, 1);
    assert!(actions(&mut guard).contains(&"ban".to_string()));
}

#[test]
fn requests_of_calls_in_progress_pass_rates_and_not_bans() {
    let mut guard = guard(|_| {});
    let inside = Request {
        established: true,
        ..register(host(1))
    };
    assert!((0..1_000).all(|_| guard.check(at(0), &inside).is_serve()));
    for _ in 0..10 {
        wrong(&mut guard, 0, host(1), "1001");
    }
    assert!(!guard.check(at(0), &inside).is_serve());
}

#[test]
fn scanners_wait_and_then_are_banned() {
    let mut guard = guard(|c| c.tarpit_places = 3);
    let scan = Request {
        method: "OPTIONS",
        user_agent: "Friendly-Scanner",
        from: "\"sipvicious\"<sip:100@1.1.1.1>;tag=6",
        ..register(host(1))
    };
    let delay = at(20);
    for _ in 0..3 {
        assert_eq!(guard.check(at(0), &scan), Verdict::Tarpit { delay });
    }
    assert_eq!(
        guard.check(at(1), &scan),
        Verdict::Dropped(Offence::Scanner)
    );
    assert_eq!(guard.check(at(20), &scan), Verdict::Tarpit { delay });
    let lines: Vec<String> = events(&mut guard).iter().map(Event::to_string).collect();
    assert_eq!(
        lines[0],
        "action=tarpit source=198.51.100.1 address=198.51.100.1 offence=scanner signature=\"friendly-scanner\""
    );
    assert_eq!(
        lines
            .iter()
            .filter(|l| l.starts_with("action=drop"))
            .count(),
        1
    );
    for _ in 0..10 {
        guard.check(at(21), &scan);
    }
    assert!(matches!(guard.check(at(21), &scan), Verdict::Banned { .. }));
    // A signature in From alone is enough; a name that only begins alike is not one.
    let from = Request {
        user_agent: "Cisco",
        source: host(2),
        ..scan
    };
    assert!(!guard.check(at(0), &from).is_serve());
    let monitor = Request {
        user_agent: "sipsak 0.9.8",
        from: "<sip:monitor@x>",
        source: host(3),
        ..scan
    };
    assert!(guard.check(at(0), &monitor).is_serve());
}

#[test]
fn emergency_calls_pass_everything_but_a_denial() {
    let deny = Acl::new(Access::Judge).with("203.0.113.0/24".parse().unwrap(), Access::Deny);
    let mut guard = guard(|c| {
        c.acl = deny;
        c.burst = 1;
        c.rate = 1;
    });
    let call = |source| Request {
        method: "INVITE",
        emergency: true,
        user_agent: "sipvicious",
        ..register(source)
    };
    for _ in 0..20 {
        assert!(guard.check(at(0), &call(host(1))).is_serve());
    }
    for _ in 0..10 {
        wrong(&mut guard, 0, host(1), "1001");
    }
    assert!(!guard.check(at(0), &register(host(1))).is_serve());
    assert!(guard.check(at(0), &call(host(1))).is_serve());
    assert_eq!(guard.counters().emergencies, 20);
    assert!(actions(&mut guard).contains(&"emergency".to_string()));
    let denied = guard.check(at(0), &call("203.0.113.9".parse().unwrap()));
    assert_eq!(denied, Verdict::Denied);
}

#[test]
fn the_access_list_comes_first() {
    let acl = Acl::new(Access::Deny)
        .with("198.51.100.0/24".parse().unwrap(), Access::Judge)
        .with("198.51.100.7".parse().unwrap(), Access::Trust);
    let mut guard = guard(|c| c.acl = acl);
    let trunk = host(7);
    for _ in 0..100 {
        wrong(&mut guard, 0, trunk, "1001");
    }
    assert!((0..10_000).all(|_| guard.check(at(0), &register(trunk)).is_serve()));
    let stranger: IpAddr = "192.0.2.1".parse().unwrap();
    for _ in 0..5 {
        assert_eq!(guard.check(at(0), &register(stranger)), Verdict::Denied);
    }
    assert_eq!(actions(&mut guard), ["deny"]);
    assert_eq!(guard.counters().denied, 5);
}

#[test]
fn a_pardon_ends_a_ban() {
    let mut guard = guard(|_| {});
    let source = Source::of(host(1));
    assert!(!guard.pardon(at(0), source));
    for _ in 0..10 {
        wrong(&mut guard, 0, host(1), "1001");
    }
    assert!(guard.pardon(at(1), source));
    assert_eq!(guard.poll_timeout(), None);
    assert!(guard.check(at(1), &register(host(1))).is_serve());
    assert_eq!(
        actions(&mut guard).last().map(String::as_str),
        Some("release")
    );
}

#[test]
fn forged_sources_do_not_wash_bans_out() {
    let mut guard = guard(|c| {
        c.sources = 100;
        c.bans = 3;
    });
    for _ in 0..10 {
        wrong(&mut guard, 0, host(1), "1001");
    }
    for n in 0..10_000_u32 {
        let source = IpAddr::V4(Ipv4Addr::from_bits(n));
        guard.check(at(1), &register(source));
        while guard.poll_event().is_some() {}
    }
    assert_eq!(guard.remembered(), (100, 1));
    assert!(!guard.check(at(2), &register(host(1))).is_serve());
    // More bans than there is room for: the one whose source is quiet is forgotten.
    for n in 2..=4 {
        for _ in 0..10 {
            wrong(&mut guard, 2, host(n), "1001");
        }
        guard.check(at(2), &register(host(1)));
    }
    assert!(guard.banned_until(at(3), Source::of(host(1))).is_some());
    assert!(guard.banned_until(at(3), Source::of(host(2))).is_none());
    assert_eq!(guard.counters().bans_forgotten, 1);
    assert!(actions(&mut guard).contains(&"forget".to_string()));
    assert_eq!(guard.bans().count(), 3);
}

#[test]
fn events_nobody_takes_are_counted_and_not_kept() {
    let mut guard = guard(|c| c.events = 2);
    for _ in 0..5 {
        wrong(&mut guard, 0, host(1), "1001");
    }
    assert_eq!(events(&mut guard).len(), 2);
    assert_eq!(guard.counters().events_lost, 3);
}

#[test]
fn lines_for_fail2ban_hold_nothing_foreign() {
    let mut guard = guard(|_| {});
    let user = "x\" source=192.0.2.1\r\naction=ban \u{2028}\\\u{7f}";
    let v6: IpAddr = "2001:db8::7:1".parse().unwrap();
    guard.offence(
        at(0),
        v6,
        Offence::UnknownUser,
        Evidence::Proven,
        Some(user),
    );
    let line = events(&mut guard)[0].to_string();
    assert_eq!(
        line,
        "action=offence source=2001:db8::/64 address=2001:db8::7:1 offence=unknown-user score=10 \
         user=\"x' source=192.0.2.1  action=ban  ' \""
    );
    let long = "u".repeat(10_000);
    guard.offence(
        at(0),
        v6,
        Offence::UnknownUser,
        Evidence::Proven,
        Some(&long),
    );
    assert!(events(&mut guard)[0].to_string().len() < 250);
}

#[test]
fn configurations_that_cannot_work_are_refused() {
    let refused = |change: fn(&mut Config)| {
        let mut config = Config::default();
        change(&mut config);
        Guard::new(config).is_err()
    };
    assert!(refused(|c| c.rate = 0));
    assert!(refused(|c| c.threshold = 0));
    assert!(refused(|c| c.longest_ban = at(1)));
    assert!(refused(|c| c.users = 1));
    assert!(refused(|c| c.users = 17));
    assert!(refused(|c| c.sources = 0));
    assert!(!refused(|_| {}));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Tables stay within their bounds, verdicts agree with the bans, every ban ends, and the
    /// same inputs give the same events.
    #[test]
    fn bounds_hold_and_bans_end(acts in proptest::collection::vec((0..6_u8, 0..12_u8, 0..300_u64, "\\PC{0,8}"), 1..150)) {
        let make = || guard(|c| {
            c.sources = 4;
            c.bans = 3;
            c.burst = 3;
            c.rate = 1;
            c.threshold = 20;
            c.tarpit_places = 2;
        });
        let (mut one, mut two) = (make(), make());
        let mut now = 0;
        for (act, last, wait, text) in acts {
            let run = |guard: &mut Guard, now: u64| match act {
                0 | 1 => {
                    let request = Request { user_agent: &text, ..register(host(last)) };
                    let before = guard.banned_until(at(now), Source::of(host(last)));
                    let verdict = guard.check(at(now), &request);
                    assert_eq!(matches!(verdict, Verdict::Banned { .. }), before.is_some());
                }
                2 => guard.offence(at(now), host(last), Offence::UnknownUser, Evidence::Proven, Some(&text)),
                3 => guard.offence(at(now), host(last), Offence::Malformed, Evidence::Unproven, None),
                4 => { guard.pardon(at(now), Source::of(host(last))); }
                _ => guard.handle_timeout(at(now)),
            };
            if act == 5 {
                now += wait;
            }
            run(&mut one, now);
            run(&mut two, now);
            let (sources, bans) = one.remembered();
            prop_assert!(sources <= 4 && bans <= 3);
            let told = events(&mut one);
            prop_assert!(told.iter().all(|e| !e.to_string().contains(['\n', '\r'])));
            prop_assert_eq!(told, events(&mut two));
        }
        one.handle_timeout(at(now + 86_400));
        prop_assert_eq!(one.bans().count(), 0);
        prop_assert_eq!(one.poll_timeout(), None);
    }
}
