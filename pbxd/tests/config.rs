// SPDX-License-Identifier: MIT OR Apache-2.0
//! Configurations, good and broken.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use pbx_core::{Cause, Digits, Hunt, Lookup, Side};
use pbxd::config::{
    Codec, Config, Country, Diagnostic, Law, Network, SpanAddress, Succession, check, load, read,
};
use proptest::prelude::*;
use std::path::Path;
use std::time::Duration;

const EXAMPLE: &str = include_str!("../../docs/examples/pbxd.toml");

fn errors(text: &str) -> Vec<String> {
    read(text, "pbxd.toml")
        .err()
        .unwrap_or_default()
        .iter()
        .map(Diagnostic::to_string)
        .collect()
}

/// The configuration all pieces of which the broken ones change.
const SMALL: &str = r#"
[[span]]
name = "e1"
address = "/dev/tdm/span0"
side = "network"

[[trunk_group]]
name = "g"
channels = ["e1"]

[sip]

[[sip_peer]]
name = "p"
address = "192.0.2.1"

[[route]]
name = "all"
match = "."
targets = [{ sip_peer = "p" }, { trunk_group = "g" }]
"#;

fn small() -> Config {
    read(SMALL, "small.toml").unwrap()
}

#[test]
fn the_example_is_good() {
    let config = read(EXAMPLE, "docs/examples/pbxd.toml").unwrap();
    assert_eq!(config.node.country, Country::Etsi);
    assert_eq!(config.spans.len(), 1);
    let address = SpanAddress::Served {
        socket: "/run/tdm/emu.sock".into(),
        span: "span0".to_owned(),
    };
    assert_eq!(config.spans[0].address, address);
    assert_eq!(
        (config.spans[0].side, config.groups[0].hunt),
        (Side::User, Hunt::Ascending)
    );
    assert_eq!(config.groups[0].channels.len(), 30);
    assert_eq!(config.calls.limits.calls, 60);
    assert_eq!(config.plan.causes().status(Cause::REJECTED), 603);
    assert_eq!(config.plan.causes().cause(480, None), Cause::NO_ANSWER);
    let number = Digits::parse("493020042").unwrap();
    let Lookup::Found { route, .. } = config.plan.routes().lookup("provider", &number, false)
    else {
        panic!("no route for {number}")
    };
    assert_eq!((&*route.name, route.targets.len()), ("extensions", 2));
    assert_eq!(route.targets[0].called(&number).unwrap().as_str(), "42");
    assert_eq!(route.targets[0].no_answer, Some(Duration::from_secs(60)));
    let barred = config
        .plan
        .routes()
        .explain(&Digits::parse("09001234").unwrap(), "office");
    assert!(barred.contains("route premium takes it"), "{barred}");
}

#[test]
fn defaults_are_as_documented() {
    let config = small();
    let span = &config.spans[0];
    assert_eq!(
        (
            span.d_channel,
            span.channels.len(),
            span.law,
            span.overlap,
            span.tones
        ),
        (16, 30, Law::Alaw, true, true)
    );
    assert!(span.report_harmless_faults);
    let silent = SMALL.replace(
        "side = \"network\"",
        "side = \"network\"\nreport_harmless_faults = false",
    );
    assert!(!read(&silent, "f").unwrap().spans[0].report_harmless_faults);
    assert_eq!(config.groups[0].hunt, Hunt::Descending);
    let sip = config.sip.as_ref().unwrap();
    assert_eq!(
        (sip.listen.to_string().as_str(), sip.rtp_ports.clone()),
        ("0.0.0.0:5060", 16384..=32767)
    );
    let peer = &config.peers[0];
    assert_eq!(peer.address.to_string(), "192.0.2.1:5060");
    assert_eq!(peer.sources, [Network::parse("192.0.2.1").unwrap()]);
    assert_eq!(peer.codecs, [Codec::Pcma, Codec::Pcmu]);
    assert_eq!(
        (peer.ptime, peer.telephone_event, peer.early_media),
        (Duration::from_millis(20), true, true)
    );
    assert_eq!(config.cdr.path, Path::new("/var/lib/pbxd/cdr.db"));
    let empty = read("", "empty.toml").unwrap();
    assert!(empty.sip.is_none() && empty.spans.is_empty());
}

/// What a file of these changes to the small one would change in an exchange that runs.
fn succession(changes: &[(&str, &str)]) -> Succession {
    let mut text = SMALL.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    small().succeed(read(&text, "f").unwrap())
}

#[test]
fn a_new_file_says_what_it_changes_and_what_needs_a_restart() {
    let none: [&str; 0] = [];
    let same = succession(&[]);
    assert_eq!((same.changed, same.restart), (vec![], vec![]));

    let live = succession(&[
        ("side = \"network\"", "side = \"network\"\ntones = false"),
        ("192.0.2.1", "192.0.2.2"),
        ("[sip]", "[sip]\nmedia_timeout_s = 5"),
        ("match = \".\"", "match = \"1.\""),
        ("[[route]]", "[calls]\nno_answer_s = 20\n[[route]]"),
    ]);
    assert_eq!(
        live.changed,
        [
            "times of calls",
            "sip.media_timeout_s",
            "span \"e1\" tones",
            "sip_peer \"p\" changed",
            "routes"
        ]
    );
    assert_eq!(live.restart, none);
    assert!(!live.config.spans[0].tones);

    let fixed = succession(&[
        (
            "side = \"network\"",
            "side = \"user\"\ntimers = { t310 = 20000 }",
        ),
        ("[sip]", "[sip]\nlisten = \"127.0.0.1:5070\""),
        ("[[route]]", "[node]\nname = \"Other\"\n[[route]]"),
    ]);
    assert_eq!(
        fixed.restart,
        [
            "node.name",
            "sip.listen",
            "span \"e1\" side",
            "span \"e1\" timers"
        ]
    );
    let (old, new) = (small(), fixed.config);
    assert_eq!(
        (&new.spans, &new.sip, &new.node),
        (&old.spans, &old.sip, &old.node)
    );
    // The hunting order follows the side as the file has it.
    assert_eq!(fixed.changed, ["trunk_group \"g\" changed"]);
}

#[test]
fn spans_come_while_calls_go_on_and_leave_with_a_restart() {
    let second = "[[span]]\nname = \"e2\"\naddress = \"/dev/tdm/span1\"\nside = \"user\"\n[sip]";
    let more = succession(&[("[sip]", second)]);
    assert_eq!(more.changed, ["span \"e2\" new"]);
    assert_eq!((more.restart.len(), more.config.spans.len()), (0, 2));
    // Back to one: the second stays open, and its place among the spans stays its own.
    let less = more.config.succeed(small());
    assert_eq!(
        (less.changed, less.restart),
        (vec![], vec!["span \"e2\" gone".to_owned()])
    );
    assert_eq!(less.config.spans, more.config.spans);
    let renamed = succession(&[("name = \"e1\"", "name = \"e9\""), ("[\"e1\"]", "[\"e9\"]")]);
    assert_eq!(
        renamed.restart,
        [
            "span \"e1\" gone",
            "span \"e9\" new, at the address of span \"e1\""
        ]
    );
    assert_eq!(&*renamed.config.spans[0].name, "e1");
    assert_eq!(renamed.config.spans.len(), 1);
}

#[test]
fn networks_of_a_peer() {
    let more = "[[sip_peer]]\nname = \"wide\"\naddress = \"198.51.100.1\"\nmatch = [\"0.0.0.0/0\", \"2001:db8::/32\"]\n";
    let config = read(&format!("{SMALL}{more}"), "f").unwrap();
    let from = |peer: usize, address: &str| {
        let address = address.parse().unwrap();
        config.peers[peer]
            .sources
            .iter()
            .any(|network| network.contains(address))
    };
    assert!(from(0, "192.0.2.1") && !from(0, "192.0.2.2"));
    assert!(from(1, "192.0.2.2") && from(1, "2001:db8::7") && !from(1, "2001:db9::7"));
    assert_eq!(Network::parse("192.0.2.1/24"), None, "host bits");
    assert_eq!(Network::parse("192.0.2.0/33"), None);
}

/// Each broken line of a good file gives its own error at its own place.
#[test]
fn each_error_has_its_place() {
    let cases: &[(&str, &str, &str)] = &[
        (
            "side = \"network\"",
            "side = \"nobody\"",
            "5:8: error: in span: unknown variant `nobody`",
        ),
        (
            "side = \"network\"",
            "sides = \"network\"",
            "5:1: error: in span: unknown field `sides`",
        ),
        ("side = \"network\"\n", "\n", "missing field `side`"),
        (
            "side = \"network\"",
            "side = \"network\"\nd_channel = 300",
            "6:13: error: in span: invalid value: integer `300`",
        ),
        (
            "side = \"network\"",
            "side = \"network\"\nd_channel = 40",
            "6:13: error: d_channel 40: expected a slot",
        ),
        (
            "side = \"network\"",
            "side = \"network\"\nchannels = \"1-16\"",
            "6:12: error: channels: slot 16 is the D channel",
        ),
        (
            "side = \"network\"",
            "side = \"network\"\nchannels = \"0\"",
            "6:12: error: channels: slot 0: expected 1 to 31",
        ),
        (
            "side = \"network\"",
            "side = \"network\"\ntimers = { t999 = 100 }",
            "6:12: error: unknown timer \"t999\"",
        ),
        (
            "side = \"network\"",
            "side = \"network\"\ntimers = { t305 = 1 }",
            "6:19: error: timer t305: found 1, expected 50",
        ),
        (
            "side = \"network\"",
            "side = \"network\"\nk = 0",
            "6:5: error: k: found 0, expected 1 to 127",
        ),
        (
            "\"/dev/tdm/span0\"",
            "\"span0\"",
            "4:11: error: address \"span0\": expected \"unix:",
        ),
        (
            "\"/dev/tdm/span0\"",
            "\"unix:/run/x\"",
            "4:11: error: address \"unix:/run/x\": expected",
        ),
        (
            "name = \"e1\"",
            "name = \"e 1\"",
            "3:8: error: name \"e 1\": expected 1 to 32 letters",
        ),
        (
            "[\"e1\"]",
            "[\"e2\"]",
            "9:13: error: there is no span \"e2\"",
        ),
        (
            "[\"e1\"]",
            "[\"e1:1-40\"]",
            "9:13: error: channels of span \"e1\": slot 40: expected 1 to 31",
        ),
        (
            "[\"e1\"]",
            "[\"e1:16\"]",
            "9:13: error: slot 16 is no channel of span \"e1\"",
        ),
        (
            "[\"e1\"]",
            "[\"e1\", \"e1:3\"]",
            "8:8: error: channel e1/3 is in trunk group \"g\" already",
        ),
        (
            "[\"e1\"]",
            "[]",
            "8:8: error: trunk group \"g\" has no channels",
        ),
        (
            "name = \"g\"",
            "name = \"p\"",
            "14:8: error: the name \"p\" is taken",
        ),
        (
            "[sip]",
            "[sip]\nlisten = \"5060\"",
            "12:10: error: listen \"5060\": expected an address and port",
        ),
        (
            "[sip]",
            "[sip]\nrtp_ports = \"5001-6000\"",
            "12:13: error: rtp_ports \"5001-6000\": expected",
        ),
        (
            "[sip]",
            "[sip]\nadvertised = \"0.0.0.0\"",
            "12:14: error: advertised \"0.0.0.0\": expected an IP address",
        ),
        ("[sip]\n", "\n", "error: a SIP peer needs the section [sip]"),
        (
            "\"192.0.2.1\"",
            "\"sip.example.com\"",
            "15:11: error: address \"sip.example.com\": expected an IP address",
        ),
        (
            "\"192.0.2.1\"",
            "\"192.0.2.1\"\nptime = 25",
            "16:9: error: ptime: found 25, expected 10, 20",
        ),
        (
            "\"192.0.2.1\"",
            "\"192.0.2.1\"\ncodecs = [\"g729\"]",
            "16:11: error: in sip_peer: unknown variant `g729`",
        ),
        (
            "\"192.0.2.1\"",
            "\"192.0.2.1\"\ncodecs = []",
            "16:10: error: codecs: expected",
        ),
        (
            "\"192.0.2.1\"",
            "\"192.0.2.1\"\nmatch = [\"192.0.2.1/24\"]",
            "16:10: error: match \"192.0.2.1/24\": expected",
        ),
        (
            "\"192.0.2.1\"",
            "\"192.0.2.1\"\nmax_calls = 0",
            "16:13: error: max_calls: found 0",
        ),
        (
            "match = \".\"",
            "match = \"1.2\"",
            "19:9: error: match \"1.2\": '.' at place 2 must stand at the end",
        ),
        (
            "match = \".\"",
            "match = \".\"\nfrom = [\"x\"]",
            "20:9: error: there is no trunk group and no SIP peer \"x\"",
        ),
        (
            "match = \".\"",
            "match = \".\"\nretry_causes = [0]",
            "20:17: error: retry_causes: found 0, expected 1 to 127",
        ),
        (
            "trunk_group = \"g\"",
            "trunk_group = \"h\"",
            "20:48: error: there is no trunk group \"h\"",
        ),
        (
            "trunk_group = \"g\"",
            "trunk_group = \"g\", reject = 1",
            "20:32: error: a target needs exactly one of",
        ),
        (
            "trunk_group = \"g\"",
            "reject = 0",
            "20:43: error: reject: found cause 0",
        ),
        (
            "sip_peer = \"p\"",
            "sip_peer = \"p\", prepend = \"x\"",
            "20:25: error: prepend \"x\": 'X' at place 1 is no digit",
        ),
        (
            "[sip]",
            "[calls]\nmax_calls = 0\n[sip]",
            "12:13: error: max_calls: found 0, expected 1 to 1000000",
        ),
        (
            "[sip]",
            "[causes]\nto_sip = { 300 = 404 }\n[sip]",
            "12:12: error: to_sip \"300\": expected a Q.850 cause",
        ),
        (
            "[sip]",
            "[causes]\nto_cause = { 480 = 0 }\n[sip]",
            "12:20: error: to_cause: found cause 0",
        ),
        (
            "[sip]",
            "[log]\nlevel = \"loud\"\n[sip]",
            "12:9: error: in log: unknown variant `loud`",
        ),
        (
            "[sip]",
            "[node]\nstate_dir = \"x\"\n[sip]",
            "12:13: error: \"x\": expected an absolute path",
        ),
        (
            "[sip]",
            "[nodes]\n[sip]",
            "11:2: error: unknown section \"nodes\", expected one of node, span",
        ),
        ("[sip]", "[[sip]]", "error: expected a section [sip]"),
        (
            "[[route]]",
            "[route]",
            "error: found table route, expected [[route]]",
        ),
        ("[sip]", "[sip", "error: "),
        ("[sip]", "[sip]\nlisten = ", "error: "),
    ];
    let mut several = Vec::new();
    for (from, to, expected) in cases {
        assert!(SMALL.contains(from), "{from}");
        let found = errors(&SMALL.replacen(from, to, 1));
        assert!(
            found.iter().any(|error| error.contains(expected)),
            "{to}: expected {expected}, found {found:#?}"
        );
        assert!(
            found.iter().all(|error| error.starts_with("pbxd.toml:")),
            "{found:#?}"
        );
        if found.len() > 1 {
            several.push(*to);
        }
    }
    // Only these are several mistakes: a name that others refer to, a key too many and one missing, a broken section.
    let expected = [
        "sides = \"network\"",
        "name = \"e 1\"",
        "name = \"p\"",
        "[sip",
        "[sip]\nlisten = ",
    ];
    assert_eq!(several, expected);
}

#[test]
fn all_errors_are_reported_in_order() {
    let text = SMALL
        .replace("side = \"network\"", "side = 5\nlaw = \"x\"\nbogus = 1")
        .replace("[\"e1\"]", "[\"e1\", \"zz\"]")
        .replace("match = \".\"", "match = \"_X\"")
        .replace("sip_peer = \"p\"", "sip_peer = \"q\"");
    let found = errors(&text);
    let expected = [
        "pbxd.toml:5:8: error: in span: found `5`, expected string or table",
        "pbxd.toml:6:7: error: in span: unknown variant `x`, expected `alaw` or `ulaw`",
        "pbxd.toml:7:1: error: in span: unknown field `bogus`, expected one of",
        "pbxd.toml:11:19: error: there is no span \"zz\"",
        "pbxd.toml:21:9: error: match \"_X\": a leading _ is not needed",
        "pbxd.toml:22:25: error: there is no SIP peer \"q\"",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            found.starts_with(expected),
            "expected {expected}, found {found}"
        );
    }
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pbxd.toml");
    assert!(
        check(&path)[0]
            .to_string()
            .contains("pbxd.toml: error: cannot read it: ")
    );
    std::fs::write(&path, b"[node]\nname = \"\xff\"\n").unwrap();
    let found = check(&path);
    assert_eq!((found[0].line, found[0].column), (2, 9));
    assert!(found[0].message.contains("octet 0xff is no UTF-8"));
    let json = serde_json::to_value(&found[0]).unwrap();
    assert_eq!(json["severity"], "error");
    std::fs::write(&path, SMALL).unwrap();
    assert!(check(&path).is_empty());
    assert!(load(&path).is_ok());
}

proptest! {
    #[test]
    fn any_text_is_a_configuration_or_errors(text in "\\PC{0,200}") {
        let _ = read(&text, "f");
    }

    #[test]
    fn any_damage_is_read_or_reported(at in 0usize..1000, len in 0usize..40, put in "[\\[\\]=\"a-z0-9,{}\n.#']{0,12}") {
        let mut text: Vec<char> = EXAMPLE.chars().collect();
        let at = at * text.len() / 1000;
        let end = (at + len).min(text.len());
        text.splice(at..end, put.chars());
        let text: String = text.into_iter().collect();
        if let Err(errors) = read(&text, "f") {
            prop_assert!(!errors.is_empty());
            for error in errors {
                prop_assert!(error.line <= text.lines().count() + 1);
            }
        }
    }
}
