// SPDX-License-Identifier: MIT OR Apache-2.0
use super::*;

fn uri(text: &str) -> Uri {
    Uri::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"))
}

#[test]
fn what_was_written_comes_back() {
    for text in [
        "sip:example.com",
        "sips:alice:secret@example.com:5061;transport=tls;lr?subject=x%20y&priority=urgent",
        "sip:+15551234;npdi;rn=+15550000@gw.example.com;user=phone",
        "sip:5551234;phone-context=+1@gw.example.com",
        "sip:+16305550100;tgrp=tg-1;trunk-context=example.com@isp.example.net;user=phone",
        "sip:[2001:db8::10]:5070",
        "sip:bob@[::ffff:192.0.2.1]",
        "sip:%2A72%23@pbx",
        "tel:+1-201-555-0123",
        "tel:7042;phone-context=example.com",
        "tel:*123;phone-context=+49",
        "urn:service:sos",
        "soap.beep://192.0.2.103:3002",
    ] {
        assert_eq!(uri(text).to_string(), text);
    }
}

#[test]
fn feature_codes_with_a_bare_hash_are_read_and_written_escaped() {
    let code = uri("sip:*72#@pbx.example.com");
    assert_eq!(code.number().as_deref(), Some("*72#"));
    assert_eq!(code.to_string(), "sip:*72%23@pbx.example.com");
    assert_eq!(uri("sip:100%zz@h").to_string(), "sip:100%25zz@h");
}

#[test]
fn the_number_is_the_user_part_without_its_parameters() {
    let ported = uri("sip:+15551234;npdi;rn=+15550000@gw");
    assert_eq!(ported.number().as_deref(), Some("+15551234"));
    let params = ported.as_sip().unwrap().user_params();
    assert!(params.has("npdi"));
    assert_eq!(params.value("rn"), Some("+15550000"));
    assert_eq!(uri("sip:%61lice@h").number().as_deref(), Some("alice"));
    assert_eq!(uri("tel:+49-30").number().as_deref(), Some("+49-30"));
    assert_eq!(uri("sip:h").number(), None);
}

#[test]
fn a_user_part_with_a_parameter_of_its_own_is_not_lost() {
    let odd = uri("sip:user;par=u%40example.net@example.com");
    let sip = odd.as_sip().unwrap();
    assert_eq!(sip.user.as_deref(), Some("user;par=u%40example.net"));
    assert_eq!(sip.host, Host::Name("example.com".into()));
}

#[test]
fn what_is_not_a_uri_is_refused() {
    for text in [
        "",
        "sip:",
        "sip",
        ":x",
        "1sip:x",
        "sip:@host",
        "sip:a@b@c",
        "sip:a b@c",
        "sip:a@b:",
        "sip:a@b:65536",
        "sip:a@b:-1",
        "sip:a@b:+1",
        "sip:[::1",
        "sip:[::g]",
        "sip:[::1]x",
        "sip:2001:db8::1",
        "sip:h;;x",
        "sip:a<@b",
        "tel:",
        "tel:+",
        "tel:()",
        "tel:abcx",
    ] {
        assert!(Uri::parse(text).is_err(), "{text} was accepted");
    }
}

#[test]
fn new_escapes_what_it_is_given() {
    let built = SipUri::new(Some("a b@c%"), Host::Name("h\r\nX: y".into()), Some(5060));
    assert_eq!(built.to_string(), "sip:a%20b%40c%25@hXy:5060");
    assert_eq!(built.user_text().as_deref(), Some("a b@c%"));
}

#[test]
fn equivalent_as_in_the_examples_of_rfc_3261() {
    for (a, b) in [
        (
            "sip:%61lice@atlanta.com;transport=TCP",
            "sip:alice@AtLanTa.CoM;Transport=tcp",
        ),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
        (
            "sip:carol@chicago.com;newparam=5",
            "sip:carol@chicago.com;security=on",
        ),
        (
            "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
            "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
        ),
        (
            "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
            "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
        ),
        ("tel:+1-201-555", "tel:+1201(555)"),
        ("sip:[2001:db8::1]", "sip:[2001:0DB8:0::1]"),
    ] {
        assert!(uri(a).equivalent(&uri(b)), "{a} {b}");
        assert!(uri(b).equivalent(&uri(a)), "{b} {a}");
    }
}

#[test]
fn different_as_in_the_examples_of_rfc_3261() {
    for (a, b) in [
        (
            "SIP:ALICE@AtLanTa.CoM;Transport=udp",
            "sip:alice@AtLanTa.CoM;Transport=UDP",
        ),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
        (
            "sip:bob@biloxi.com",
            "sip:bob@biloxi.com:6000;transport=tcp",
        ),
        (
            "sip:carol@chicago.com",
            "sip:carol@chicago.com?Subject=next%20meeting",
        ),
        ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
        (
            "sip:carol@chicago.com;newparam=5",
            "sip:carol@chicago.com;newparam=6",
        ),
        ("sip:a@h;user=phone", "sip:a@h"),
        ("sip:a@h", "sips:a@h"),
        ("sip:a%3Bb@h", "sip:a;b@h"),
        ("tel:+1201", "tel:1201;phone-context=+1"),
    ] {
        assert!(!uri(a).equivalent(&uri(b)), "{a} {b}");
        assert!(!uri(b).equivalent(&uri(a)), "{b} {a}");
    }
}
