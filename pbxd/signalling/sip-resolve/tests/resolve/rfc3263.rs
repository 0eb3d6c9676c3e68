// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which transport, which port, which addresses.

use proptest::prelude::*;
use sip_msg::Uri;
use sip_resolve::{
    Answer, Config, Destination, DestinationError, Failure, Family, Kind, Naptr, NoAnswer,
    Question, Resolution, Srv, Transport,
};

use super::{Zone, at, good, resolve, texts};

const ZONE: &str = "
    example.com NAPTR 50 50 SIPS+D2T _sips._tcp.example.com.
    example.com NAPTR 90 50 SIP+D2T _sip._tcp.example.com
    example.com NAPTR 100 50 SIP+D2U _sip._udp.example.com.
    example.com NAPTR 10 50 SIP+D2S _sip._sctp.example.com.
    _sips._tcp.example.com SRV 0 1 5061 s1.example.com.
    _sip._tcp.example.com SRV 0 1 5060 s1.example.com
    _sip._udp.example.com SRV 0 1 5070 s1.example.com
    _sip._udp.example.com SRV 1 1 5060 s2.example.com
    s1.example.com A 192.0.2.1
    s2.example.com A 192.0.2.2
    s2.example.com AAAA 2001:db8::2
    bare.example A 192.0.2.9
    srv.example A 192.0.2.10
    _sip._tcp.srv.example SRV 0 0 5062 bare.example.
";

#[test]
fn naptr_records_choose_the_transport_in_the_domains_order() {
    let zone = Zone::new(ZONE);
    assert_eq!(
        good(&zone, "sip:bob@Example.COM."),
        [
            "TLS 192.0.2.1:5061",
            "TCP 192.0.2.1:5060",
            "UDP 192.0.2.1:5070",
            "UDP [2001:db8::2]:5060",
            "UDP 192.0.2.2:5060"
        ]
    );
    assert_eq!(good(&zone, "sips:bob@example.com"), ["TLS 192.0.2.1:5061"]);
    let udp_only = Config {
        transports: vec![Transport::Udp],
        family: Family::V4Only,
        ..Config::default()
    };
    let (outcome, _) = resolve(&zone, "sip:example.com", udp_only.clone(), 1);
    assert_eq!(
        texts(&outcome.unwrap()),
        ["UDP 192.0.2.1:5070", "UDP 192.0.2.2:5060"]
    );
    let (outcome, _) = resolve(&zone, "sips:example.com", udp_only, 1);
    assert_eq!(outcome, Err(Failure::NoTransport));
}

#[test]
fn tls_has_to_prove_the_name_that_was_asked_for() {
    let zone = Zone::new(ZONE);
    let (outcome, _) = resolve(&zone, "sips:bob@example.com", Config::default(), 1);
    assert_eq!(outcome.unwrap()[0].name, "example.com");
}

#[test]
fn addresses_and_ports_leave_nothing_to_ask() {
    let zone = Zone::new("");
    for (uri, target) in [
        ("sip:192.0.2.7", "UDP 192.0.2.7:5060"),
        ("sips:192.0.2.7", "TLS 192.0.2.7:5061"),
        ("sip:[2001:db8::7]:5080", "UDP [2001:db8::7]:5080"),
        ("sip:192.0.2.7;transport=TCP", "TCP 192.0.2.7:5060"),
        ("sips:192.0.2.7;transport=tcp", "TLS 192.0.2.7:5061"),
        ("sip:192.0.2.7;transport=tls", "TLS 192.0.2.7:5061"),
        ("sip:example.com;maddr=192.0.2.8", "UDP 192.0.2.8:5060"),
        (
            "sip:example.com:5090;maddr=[2001:db8::8]",
            "UDP [2001:db8::8]:5090",
        ),
    ] {
        let (outcome, asked) = resolve(&zone, uri, Config::default(), 1);
        assert_eq!(texts(&outcome.unwrap()), [target], "{uri}");
        assert!(asked.is_empty(), "{uri}: {asked:?}");
    }
}

#[test]
fn what_is_written_is_not_asked() {
    let zone = Zone::new(ZONE);
    let asked = |uri: &str| resolve(&zone, uri, Config::default(), 1).1;
    assert_eq!(
        asked("sip:bare.example:5080"),
        ["Aaaa bare.example", "A bare.example"]
    );
    assert_eq!(
        asked("sip:example.com;transport=tcp"),
        [
            "Srv _sip._tcp.example.com",
            "Aaaa s1.example.com",
            "A s1.example.com"
        ]
    );
    assert_eq!(good(&zone, "sip:bare.example:5080"), ["UDP 192.0.2.9:5080"]);
    assert_eq!(
        good(&zone, "sips:bare.example:5080"),
        ["TLS 192.0.2.9:5080"]
    );
}

#[test]
fn without_naptr_each_transport_is_asked_and_without_srv_the_host() {
    let zone = Zone::new(ZONE);
    assert_eq!(good(&zone, "sip:srv.example"), ["TCP 192.0.2.9:5062"]);
    let (outcome, asked) = resolve(&zone, "sip:bare.example", Config::default(), 1);
    assert_eq!(texts(&outcome.unwrap()), ["UDP 192.0.2.9:5060"]);
    assert_eq!(
        asked,
        [
            "Naptr bare.example",
            "Srv _sip._udp.bare.example",
            "Srv _sip._tcp.bare.example",
            "Srv _sips._tcp.bare.example",
            "Aaaa bare.example",
            "A bare.example"
        ]
    );
    assert_eq!(good(&zone, "sips:bare.example"), ["TLS 192.0.2.9:5061"]);
    assert_eq!(
        good(&zone, "sip:bare.example;transport=tcp"),
        ["TCP 192.0.2.9:5060"]
    );
}

#[test]
fn a_host_without_udp_uses_what_it_has() {
    let zone = Zone::new(ZONE);
    let config = || Config {
        transports: vec![Transport::Tcp, Transport::Tls],
        ..Config::default()
    };
    for (uri, target) in [
        ("sip:192.0.2.7", "TCP 192.0.2.7:5060"),
        ("sip:bare.example", "TCP 192.0.2.9:5060"),
        ("sip:bare.example:5080", "TCP 192.0.2.9:5080"),
        ("sips:bare.example", "TLS 192.0.2.9:5061"),
    ] {
        let (outcome, _) = resolve(&zone, uri, config(), 1);
        assert_eq!(texts(&outcome.unwrap()), [target], "{uri}");
    }
    let (outcome, _) = resolve(&zone, "sip:192.0.2.7;transport=udp", config(), 1);
    assert_eq!(outcome, Err(Failure::NoTransport));
}

#[test]
fn families_come_by_turns() {
    let zone = Zone::new(
        "h A 192.0.2.1
         h A 192.0.2.2
         h A 192.0.2.3
         h AAAA 2001:db8::1",
    );
    let order = |family| {
        let config = Config {
            family,
            ..Config::default()
        };
        let (outcome, _) = resolve(&zone, "sip:h:5060", config, 1);
        outcome.map(|targets| {
            targets
                .iter()
                .map(|t| t.address.ip().to_string())
                .collect::<Vec<_>>()
        })
    };
    let all = |list: &[&str]| Ok(list.iter().map(|s| (*s).to_string()).collect::<Vec<_>>());
    assert_eq!(
        order(Family::V6First),
        all(&["2001:db8::1", "192.0.2.1", "192.0.2.2", "192.0.2.3"])
    );
    assert_eq!(
        order(Family::V4First),
        all(&["192.0.2.1", "2001:db8::1", "192.0.2.2", "192.0.2.3"])
    );
    assert_eq!(order(Family::V6Only), all(&["2001:db8::1"]));
    assert_eq!(
        order(Family::V4Only),
        all(&["192.0.2.1", "192.0.2.2", "192.0.2.3"])
    );
}

#[test]
fn failures_say_whether_it_is_worth_trying_again() {
    let zone = Zone::new(
        "broken FAIL A
         closed A 192.0.2.1
         _sip._udp.closed SRV 0 0 0 .
         half FAIL AAAA
         half A 192.0.2.3",
    );
    let fails = |uri: &str| resolve(&zone, uri, Config::default(), 1).0.unwrap_err();
    assert_eq!(fails("sip:nowhere"), Failure::NotThere);
    assert_eq!(fails("sip:broken:5060"), Failure::Unanswered);
    // The domain says that there is no such service: its address is not tried.
    assert_eq!(fails("sip:closed"), Failure::NotThere);
    assert_eq!(good(&zone, "sip:half:5060"), ["UDP 192.0.2.3:5060"]);
    assert_eq!(
        fails("tel:123"),
        Failure::Destination(DestinationError::Scheme)
    );
    assert_eq!(
        fails("sips:h;transport=udp"),
        Failure::Destination(DestinationError::Insecure)
    );
    assert_eq!(
        fails("sip:h;transport=sctp"),
        Failure::Destination(DestinationError::Transport("sctp".into()))
    );
    assert_eq!(fails("sip:h;transport=wss"), Failure::NoTransport);
    let bad = Uri::parse("sip:h;maddr=a%20b").unwrap();
    assert!(matches!(
        Destination::of(&bad),
        Err(DestinationError::Maddr(_))
    ));
}

#[test]
fn patience_runs_out_and_what_is_there_has_to_do() {
    let uri = Uri::parse("sip:h:5060").unwrap();
    let question = |kind| Question {
        name: "h".into(),
        kind,
    };
    let mut resolution = Resolution::new(at(0), &uri, Config::default(), 1);
    assert_eq!(resolution.poll_timeout(), Some(at(5)));
    let found = Answer::A(vec!["192.0.2.1".parse().unwrap()]);
    resolution.answer(&question(Kind::A), found.clone());
    // Twice, and what nobody asked.
    resolution.answer(&question(Kind::A), Answer::None(NoAnswer::NotThere));
    resolution.answer(&question(Kind::Srv), found);
    resolution.handle_timeout(at(4));
    assert!(resolution.outcome().is_none());
    resolution.handle_timeout(at(5));
    let targets = resolution.outcome().unwrap().clone().unwrap();
    assert_eq!(texts(&targets), ["UDP 192.0.2.1:5060"]);
    assert_eq!(resolution.poll_timeout(), None);

    let uri = Uri::parse("sip:h").unwrap();
    let mut silent = Resolution::new(at(0), &uri, Config::default(), 1);
    silent.handle_timeout(at(5));
    assert_eq!(silent.outcome(), Some(&Err(Failure::Unanswered)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever a name server says, there is an outcome within the bounds, and the same one
    /// for the same seed.
    #[test]
    fn every_resolution_ends(
        answers in proptest::collection::vec((0..6_u8, any::<u16>(), any::<u16>(), "[a-c.]{0,6}"), 1..60),
        seed in any::<u64>(),
        uri in prop_oneof![Just("sip:a"), Just("sips:a.b"), Just("sip:a;transport=tcp"), Just("sip:b:7")],
    ) {
        let config = Config { questions: 12, targets: 8, ..Config::default() };
        let run = || {
            let uri = Uri::parse(uri).expect("a URI");
            let mut resolution = Resolution::new(at(0), &uri, config.clone(), seed);
            let mut asked = 0;
            while let Some(question) = resolution.poll_question() {
                let records = answers.iter().cycle().skip(asked).take(7);
                asked += 1;
                let answer = match question.kind {
                    _ if answers[asked % answers.len()].0 == 5 => Answer::None(NoAnswer::Failed),
                    Kind::Naptr => Answer::Naptr(records.map(|(kind, a, b, name)| Naptr {
                        order: *a,
                        preference: *b,
                        flags: if *kind == 0 { "u" } else { "S" }.into(),
                        service: ["SIP+D2U", "sip+d2t", "SIPS+D2T", "SIP+D2W", "x"][usize::from(*kind % 5)].into(),
                        replacement: name.clone(),
                    }).collect()),
                    Kind::Srv => Answer::Srv(records.map(|(_, a, b, name)| Srv {
                        priority: *a % 3,
                        weight: *b,
                        port: *a,
                        target: name.clone(),
                    }).collect()),
                    Kind::A => Answer::A(records.map(|(_, a, b, _)| [a.to_be_bytes(), b.to_be_bytes()].concat())
                        .map(|o| [o[0], o[1], o[2], o[3]].into()).collect()),
                    Kind::Aaaa => Answer::Aaaa(records.map(|(_, a, ..)| u128::from(*a).into()).collect()),
                };
                resolution.answer(&question, answer);
            }
            assert!(asked <= 12, "{asked} questions");
            resolution.outcome().cloned()
        };
        let outcome = run();
        prop_assert!(outcome.is_some());
        prop_assert_eq!(&outcome, &run());
        if let Some(Ok(targets)) = outcome {
            prop_assert!((1..=8).contains(&targets.len()));
            prop_assert!(targets.iter().all(|t| config.transports.contains(&t.transport)));
            prop_assert!(!uri.starts_with("sips") || targets.iter().all(|t| t.transport.is_secure()));
        }
    }
}
