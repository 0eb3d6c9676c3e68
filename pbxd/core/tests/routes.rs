// SPDX-License-Identifier: MIT OR Apache-2.0
//! The route table as a whole: which route takes a number, what is refused, and what `explain` says.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use pbx_core::{
    Cause, CauseMap, ChannelId, Digits, Hunt, Lookup, PeerSpec, Plan, PlanPart, RouteSpec,
    TargetSpec, TargetTo, TrunkGroupSpec,
};

fn digits(text: &str) -> Digits {
    Digits::parse(text).unwrap()
}

fn spec(name: &str, from: &[&str], pattern: &str) -> RouteSpec {
    RouteSpec {
        name: name.to_owned(),
        from: from.iter().map(|from| (*from).to_owned()).collect(),
        pattern: pattern.to_owned(),
        targets: vec![TargetSpec::plain(TargetTo::Peer("p".into()))],
        ..RouteSpec::default()
    }
}

fn build(routes: &[RouteSpec]) -> Result<Plan, Vec<pbx_core::PlanError>> {
    let channels = vec![ChannelId {
        span: "s".into(),
        slot: 1,
    }];
    let groups = vec![TrunkGroupSpec {
        name: "g".into(),
        channels,
        hunt: Hunt::Ascending,
    }];
    let peers = vec![PeerSpec {
        name: "p".into(),
        max_calls: None,
        early_media: true,
        clear_mode: false,
    }];
    Plan::new(groups, peers, routes, CauseMap::new())
}

fn taken(plan: &Plan, from: &str, number: &str) -> String {
    match plan.routes().lookup(from, &digits(number), true) {
        Lookup::Found { route, .. } => route.name.to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn the_number_decides_before_the_caller() {
    let plan = build(&[
        spec("rest", &[], "."),
        spec("rest-of-g", &["g"], "."),
        spec("emergency", &[], "112"),
        spec("hundreds", &[], "1XX"),
        spec("feature", &[], "*72#"),
    ])
    .unwrap();
    assert_eq!(taken(&plan, "g", "112"), "emergency");
    assert_eq!(taken(&plan, "g", "113"), "hundreds");
    assert_eq!(taken(&plan, "g", "+4930"), "rest-of-g");
    assert_eq!(taken(&plan, "p", "+4930"), "rest");
    assert_eq!(
        taken(&plan, "p", "112#"),
        "emergency",
        "a final # that nobody wants ends the number"
    );
    assert_eq!(taken(&plan, "p", "*72#"), "feature");
    assert_eq!(
        taken(&plan, "p", "#"),
        "TooShort",
        "only a final # and no number before it"
    );
}

#[test]
fn everything_wrong_is_reported_at_its_place() {
    let mut broken = spec("a", &["nobody"], "_0X.");
    broken.targets = vec![
        TargetSpec::plain(TargetTo::Group("nogroup".into())),
        TargetSpec::plain(TargetTo::Peer("nopeer".into())),
    ];
    broken.targets[1].prepend = "x".to_owned();
    let mut empty = spec("a", &[], "1");
    empty.targets.clear();
    let errors = build(&[broken, empty]).unwrap_err();
    let parts: Vec<PlanPart> = errors.iter().map(|error| error.part).collect();
    let expected = [
        PlanPart::Pattern(0),
        PlanPart::From(0, 0),
        PlanPart::Target(0, 0),
        PlanPart::Target(0, 1),
        PlanPart::Target(0, 1),
        PlanPart::Route(1),
        PlanPart::Route(1),
    ];
    assert_eq!(parts, expected, "{errors:#?}");
}

#[test]
fn ambiguity_is_an_error_only_where_it_is_one() {
    assert!(build(&[spec("a", &[], "[1-3]X"), spec("b", &[], "[4-6]X")]).is_ok());
    assert!(build(&[spec("a", &["g"], "1X"), spec("b", &["p"], "1X")]).is_ok());
    assert!(build(&[spec("a", &["g"], "1X"), spec("b", &[], "1X")]).is_ok());
    let errors = build(&[spec("a", &[], "[1-3]X"), spec("b", &[], "[3-5]X")]).unwrap_err();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].part, PlanPart::Pattern(1));
    let errors = build(&[spec("a", &["g", "p"], "1X"), spec("b", &["p"], "1X")]).unwrap_err();
    assert_eq!(errors.len(), 1);
}

#[test]
fn a_channel_is_in_one_group_and_names_are_unique() {
    let group = |name: &str| TrunkGroupSpec {
        name: name.into(),
        channels: vec![ChannelId {
            span: "s".into(),
            slot: 1,
        }],
        hunt: Hunt::Ascending,
    };
    let peer = PeerSpec {
        name: "a".into(),
        max_calls: None,
        early_media: true,
        clear_mode: false,
    };
    let errors = Plan::new(
        vec![group("a"), group("b")],
        vec![peer],
        &[],
        CauseMap::new(),
    )
    .unwrap_err();
    let parts: Vec<PlanPart> = errors.iter().map(|error| error.part).collect();
    assert_eq!(parts, [PlanPart::Group(1), PlanPart::Peer(0)]);
}

#[test]
fn overlap_waits_only_while_more_digits_could_matter() {
    let plan = common::plan();
    let look = |number: &str| plan.routes().lookup("pri", &digits(number), false);
    assert!(matches!(look("200"), Lookup::More { matched: false }));
    assert!(matches!(look("2001"), Lookup::Found { .. }));
    assert!(matches!(look("5"), Lookup::More { matched: true }));
    assert!(matches!(look("112"), Lookup::Found { .. }));
    assert!(matches!(look("6"), Lookup::Nothing));
    assert!(matches!(
        plan.routes().lookup("pri", &digits("200"), true),
        Lookup::TooShort
    ));
}

#[test]
fn explain_says_why() {
    let plan = common::plan();
    let explain = |number: &str, from: &str| plan.routes().explain(&digits(number), from);
    assert_eq!(
        explain("112", "pri"),
        "112 from pri\nroute emergency takes it (match 112)\nroute rest would too (match 1.), but is less specific\n\
         target 1: trunk_group pri, called number 112\n"
    );
    assert_eq!(
        explain("3123#", "sip"),
        "3123# from sip\nthe final # ends the number: 3123\nroute failover takes it (match 3XXX)\n\
         target 1: trunk_group two, called number 3123\ntarget 2: sip_peer sip, called number 3123\n\
         the next target is tried after causes 2, 3, 27, 34, 38, 41, 42, 44, 47, 58, 102\n"
    );
    assert_eq!(
        explain("2001", "sip"),
        "2001 from sip\nno route takes it\nroute in would (match 20XX), but not from sip\n"
    );
    assert_eq!(
        explain("31", "sip"),
        "31 from sip\nno route takes it: it is too short. These want more digits:\nroute failover (match 3XXX)\n"
    );
    assert!(explain("999", "sip").ends_with("target 1: reject with cause 21 (call rejected)\n"));
}

#[test]
fn a_target_rewrites_both_numbers() {
    let mut route = spec("r", &[], "0.");
    route.retry = Some(vec![Cause::BUSY]);
    let target = &mut route.targets[0];
    target.strip = 1;
    target.prepend = "+49".to_owned();
    target.calling = Some("4930100".to_owned());
    target.presentation = Some(pbx_core::Presentation::Restricted);
    let plan = build(&[route]).unwrap();
    let Lookup::Found { route, digits } = plan.routes().lookup("p", &digits("0301"), true) else {
        panic!("no route")
    };
    assert_eq!(route.targets[0].called(&digits).unwrap().as_str(), "+49301");
    let party = route.targets[0].calling(&pbx_core::Party {
        number: Some("7".to_owned()),
        ..Default::default()
    });
    assert_eq!(party.number.as_deref(), Some("4930100"));
    assert_eq!(party.presentation, pbx_core::Presentation::Restricted);
    assert!(route.retries(Cause::BUSY) && !route.retries(Cause::NO_CIRCUIT));
}
