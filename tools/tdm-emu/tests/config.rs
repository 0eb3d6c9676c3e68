// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files: the example, and what is said about wrong ones.

use tdm_emu::Config;

fn error(text: &str) -> String {
    match text.parse::<Config>() {
        Ok(_) => panic!("accepted: {text}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_example_is_good() {
    let text = include_str!("../../../docs/examples/emu.toml");
    let config: Config = text.parse().unwrap();
    assert_eq!(config.span.len(), 4);
}

#[test]
fn errors_name_the_place_and_what_is_expected() {
    let span = "socket = \"/tmp/x\"\n[[span]]\nname = \"a\"\n";
    for (rest, wants) in [
        (
            "[[cable]]\nends = [\"a\", \"b\"]\n",
            vec!["cable 1.ends", "no span \"b\"", "there are: a"],
        ),
        (
            "[[cable]]\nends = [\"a\", \"a\"]\n",
            vec!["cable 1.ends", "[[loop]]"],
        ),
        (
            "[[loop]]\nspan = \"a\"\n[[loop]]\nspan = \"a\"\n",
            vec!["loop 2.span", "used by loop 1.span"],
        ),
        ("[[span]]\nname = \"a\"\n", vec!["span 2.name", "twice"]),
        ("[[span]]\nname = \"b:c\"\n", vec!["span 2.name"]),
        (
            "[[span]]\nname = \"b\"\ndepth = 12\n",
            vec!["span 2.depth", "multiple of 8"],
        ),
        (
            "[[span]]\nname = \"b\"\ndomain = \"x\"\n",
            vec!["span 2.domain", "no [[domain]]"],
        ),
        (
            "[[cross]]\nends = [\"a:1-2\", \"a:3\"]\n",
            vec!["cross 1.ends", "2 slots on one side and 1"],
        ),
        (
            "[[cross]]\nends = [\"a:0-2\", \"a:3\"]\n",
            vec!["cross 1.ends", "slots from 1 to 31"],
        ),
        (
            "[[impair]]\nspan = \"a\"\nkind = \"bit-errors\"\n",
            vec!["impair 1.rate"],
        ),
        (
            "[[impair]]\nspan = \"a\"\nkind = \"slip\"\nframes = 3\n",
            vec!["impair 1.frames", "1 or -1"],
        ),
        (
            "[[impair]]\nspan = \"a\"\nkind = \"noise\"\n",
            vec!["line 6", "noise"],
        ),
        (
            "[clock]\nmode = \"lock-step\"\nsubscribers = 0\n",
            vec!["clock.subscribers"],
        ),
        (
            "[clock]\nmode = \"scaled\"\nfactor = 0.0\n",
            vec!["clock.factor"],
        ),
        (
            "[[exchange]]\nspan = \"a\"\n[[exchange.rule]]\ncalled = \"1x\"\n",
            vec!["exchange 1.rule 1.called"],
        ),
        (
            "[[exchange]]\nspan = \"a\"\n[[exchange.rule]]\ncalled = \"1\"\nanswer = 3\n",
            vec!["line", "`answer`", "answer_ms"],
        ),
        (
            "[[exchange]]\nspan = \"a\"\n[[exchange.rule]]\ncalled = \"1\"\nreject = 0\n",
            vec!["rule 1.reject", "1 to 127"],
        ),
        (
            "[[exchange]]\nspan = \"a\"\n[[exchange.rule]]\ncalled = \"1\"\nplay = \"jazz\"\n",
            vec!["rule 1.play", "jazz"],
        ),
        (
            "[[exchange]]\nspan = \"a\"\n[[exchange.call]]\ncalled = \"1\"\nverify = \"prbs7\"\n",
            vec!["call 1.verify"],
        ),
        (
            "[[dchannel]]\nspan = \"a\"\nsocket = \"x\"\nconnect = [[1, 16]]\n",
            vec!["dchannel 1.connect", "slot 16"],
        ),
        ("speed = 3\n", vec!["line 4", "speed"]),
    ] {
        let text = format!("{span}{rest}");
        let message = error(&text);
        for want in wants {
            assert!(
                message.contains(want),
                "{want:?} is not in {message:?} of\n{text}"
            );
        }
    }
    assert!(error("[[span]]\nname = \"a\"\n").contains("socket"));
}

#[test]
fn errors_of_cards_name_what_there_is() {
    let top = "socket = \"/tmp/x\"\n";
    for (rest, wants) in [
        (
            "[[card]]\nname = \"c\"\nsocket = \"/tmp/c\"\nmodel = \"TE999\"\n",
            vec!["card 1.model", "TE999", "TE420"],
        ),
        (
            "[[card]]\nname = \"c\"\nsocket = \"/tmp/c\"\ngeneration = 1\n",
            vec!["card 1.generation", "there are: 5, 4"],
        ),
        (
            "[[card]]\nname = \"c\"\nsocket = \"/tmp/x\"\n",
            vec!["card 1.socket", "used twice"],
        ),
        (
            "[[card]]\nname = \"c\"\nsocket = \"/tmp/c\"\nswitch = 16\n",
            vec!["card 1.switch", "0 to 15"],
        ),
        (
            "[[card]]\nname = \"c\"\nsocket = \"/tmp/c\"\nlines = [\"a\", \"b\"]\n",
            vec!["card 1.lines", "has 4 lines"],
        ),
        (
            "[[card]]\nname = \"c\"\nsocket = \"/tmp/c\"\nlines = [\"a\", \"a\", \"b\", \"d\"]\n",
            vec!["card 1.lines", "\"a\" is there twice"],
        ),
        (
            "[[card]]\nname = \"c\"\nsocket = \"/tmp/c\"\ndomain = \"d\"\n",
            vec!["card 1.domain", "no [[domain]]"],
        ),
        (
            "[[card]]\nname = \"c\"\nsocket = \"/tmp/c\"\n[[cable]]\nends = [\"c/1\", \"c/5\"]\n",
            vec!["cable 1.ends", "no span \"c/5\"", "c/4"],
        ),
        (
            "[clock]\nmode = \"lock-step\"\nsubscribers = 0\n[[span]]\nname = \"a\"\n",
            vec!["clock.subscribers", "at least 1"],
        ),
    ] {
        let message = error(&format!("{top}{rest}"));
        for want in wants {
            assert!(message.contains(want), "{want:?} is not in {message:?}");
        }
    }
    let config: Config = format!(
        "{top}[[card]]\nname = \"c\"\nsocket = \"/tmp/c\"\nmodel = \"TE205P\"\ngeneration = 2\n"
    )
    .parse()
    .unwrap();
    assert_eq!(config.line_names(), ["c/1", "c/2"]);
}

#[test]
fn every_problem_is_named_at_once() {
    let message = error(
        "socket = \"/tmp/x\"\nspan = []\n[[loop]]\nspan = \"q\"\n[clock]\nmode = \"scaled\"\nfactor = -1\n",
    );
    assert_eq!(message.lines().count(), 3, "{message}");
}

proptest::proptest! {
    #[test]
    fn arbitrary_text_is_no_panic(text in ".{0,200}") {
        let _ = text.parse::<Config>();
    }
}
