// SPDX-License-Identifier: MIT OR Apache-2.0
use super::*;

#[track_caller]
fn round<T: Typed + std::fmt::Display>(text: &str) {
    match T::parse(text) {
        Ok(value) => assert_eq!(value.to_string(), text),
        Err(e) => panic!("{text}: {e}"),
    }
}

#[test]
fn what_was_written_comes_back() {
    round::<Via>("SIP/2.0/UDP pc33.example.com:5066;branch=z9hG4bK87asdks7;rport");
    round::<Via>("SIP/2.0/TLS [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3");
    round::<Via>("SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255");
    round::<From>("\"A. G. \\\"Al\\\" Bell\" <sip:agb@bell.example.com>;tag=a48s");
    round::<To>("<tel:+15551234>;tag=x");
    round::<Contact>("*");
    round::<Contact>("<sip:a@[2001:db8::1]:5070;transport=tcp>;expires=60;q=0.7");
    round::<Diversion>("<tel:+15550001>;reason=user-busy;counter=1;privacy=off");
    round::<CSeq>("4711 INVITE");
    round::<CSeq>("2147483647 NewMethod");
    round::<MaxForwards>("70");
    round::<SessionExpires>("1800;refresher=uas");
    round::<Reason>("Q.850;cause=16;text=\"Terminated\"");
    round::<Reason>("SIP;cause=200;text=\"Call completed elsewhere\"");
    round::<Warning>("399 gw.example.com \"No circuit\"");
    round::<Privacy>("id;critical");
    round::<ContentType>("multipart/mixed;boundary=\"a b\"");
    round::<Date>("Sat, 13 Nov 2010 23:29:00 GMT");
    round::<Timestamp>("54.2 0.1");
    round::<RetryAfter>("120");
}

#[track_caller]
fn refused<T: Typed>(text: &str) {
    assert!(T::parse(text).is_err(), "{text} was accepted");
}

#[test]
fn what_breaks_the_grammar_is_refused() {
    refused::<Via>("SIP/2.0/UDP");
    refused::<Via>("SIP/2.0 UDP host");
    refused::<Via>("HTTP/1.1/TCP host");
    refused::<Via>("SIP/2.0/UDP host:99999");
    refused::<Via>("SIP/2.0/UDP host;;branch=x");
    refused::<From>("\"open <sip:a@b>");
    refused::<From>("Bell, Alexander <sip:a.g.bell@example.com>;tag=43");
    refused::<To>("<sip:a@b");
    refused::<To>("\"A\" < sip:a@b >");
    refused::<To>("");
    refused::<Contact>("sip:user@example.com?Route=%3Csip:x%3E");
    refused::<CSeq>("2147483648 INVITE");
    refused::<CSeq>("-1 INVITE");
    refused::<CSeq>("1");
    refused::<CSeq>("1 IN VITE");
    refused::<MaxForwards>("256");
    refused::<MaxForwards>("+1");
    refused::<Expires>("4294967296");
    refused::<Reason>("Q.850;cause=x");
    refused::<Reason>("Q.850;cause=99999");
    refused::<Warning>("1812 overture \"In Progress\"");
    refused::<Date>("Fri, 01 Jan 2010 16:00:00 EST");
    refused::<Date>("Fri, 32 Jan 2010 16:00:00 GMT");
    refused::<CallId>("");
    refused::<CallId>("a b");
}

#[test]
fn liberal_where_telephones_are_careless() {
    let from = From::parse("Zoë (desk)<sip:zoe@example.com>;tag=1")
        .unwrap()
        .0;
    assert_eq!(from.display.as_deref(), Some("Zoë (desk)"));
    assert_eq!(from.tag(), Some("1"));
    let bare = To::parse("sip:+1555@h;user=phone ; tag = 9").unwrap().0;
    assert_eq!(bare.uri.to_string(), "sip:+1555@h");
    assert_eq!(
        (bare.tag(), bare.params.value("user")),
        (Some("9"), Some("phone"))
    );
    let via = Via::parse("SIP / 2.0 / UDP  192.0.2.2 : 5061 ; branch = z9hG4bK1").unwrap();
    assert_eq!((via.port, via.branch()), (Some(5061), Some("z9hG4bK1")));
    assert_eq!(
        RetryAfter::parse("18000 (in a meeting);duration=3600")
            .unwrap()
            .seconds,
        18_000
    );
    assert!(Privacy::parse("id, user").unwrap().asks("USER"));
}

#[test]
fn the_response_follows_rport_and_never_maddr() {
    let source = "203.0.113.9:40001".parse().unwrap();
    let mut via =
        Via::parse("SIP/2.0/UDP 10.0.0.1:5062;rport;maddr=198.51.100.7;branch=z9hG4bKa").unwrap();
    via.mark_received(source);
    assert_eq!(
        via.to_string(),
        "SIP/2.0/UDP 10.0.0.1:5062;rport=40001;maddr=198.51.100.7;branch=z9hG4bKa;received=203.0.113.9"
    );
    assert_eq!(via.response_address(source), source);
    let mut plain = Via::parse("SIP/2.0/UDP 203.0.113.9:5062;branch=z9hG4bKa").unwrap();
    plain.mark_received(source);
    assert_eq!(plain.received(), None);
    assert_eq!(
        plain.response_address(source),
        "203.0.113.9:5062".parse().unwrap()
    );
}

#[test]
fn only_a_branch_with_the_cookie_and_more_names_a_transaction() {
    let of = |b: &str| {
        Via::parse(&format!("SIP/2.0/UDP h;branch={b}"))
            .unwrap()
            .transaction_branch()
            .is_some()
    };
    assert!(of("z9hG4bKx"));
    assert!(of("Z9HG4BKx"));
    assert!(!of("z9hG4bK"));
    assert!(!of("1234567890"));
}

#[test]
fn q850_causes_are_told_from_others() {
    let q850 = |text: &str| Reason::parse(text).unwrap().as_q850();
    assert_eq!(q850("q.850;cause=17"), Some(17));
    assert_eq!(q850("Q.850;cause=\"21\""), Some(21));
    assert_eq!(q850("Q.850;cause=128"), None);
    assert_eq!(q850("SIP;cause=200"), None);
}
