// SPDX-License-Identifier: MIT OR Apache-2.0
//! The plan that scenarios and properties run on.
#![allow(dead_code, reason = "each test binary uses a part")]

use core::time::Duration;
use pbx_core::{
    CauseMap, ChannelId, Exchange, Hunt, Limits, PeerSpec, Plan, RouteSpec, TargetSpec, TargetTo,
    Timing, TrunkGroupSpec,
};
use std::sync::Arc;

fn group(name: &str, slots: core::ops::RangeInclusive<u8>, hunt: Hunt) -> TrunkGroupSpec {
    let channels = slots
        .map(|slot| ChannelId {
            span: name.into(),
            slot,
        })
        .collect();
    TrunkGroupSpec {
        name: name.into(),
        channels,
        hunt,
    }
}

fn peer(name: &str) -> PeerSpec {
    PeerSpec {
        name: name.into(),
        max_calls: None,
        early_media: true,
        clear_mode: false,
    }
}

fn route(name: &str, from: &[&str], pattern: &str, targets: Vec<TargetSpec>) -> RouteSpec {
    RouteSpec {
        name: name.to_owned(),
        from: from.iter().map(|from| (*from).to_owned()).collect(),
        pattern: pattern.to_owned(),
        targets,
        ..RouteSpec::default()
    }
}

fn to_group(name: &str) -> TargetSpec {
    TargetSpec::plain(TargetTo::Group(name.into()))
}

fn to_peer(name: &str) -> TargetSpec {
    TargetSpec::plain(TargetTo::Peer(name.into()))
}

pub(crate) fn plan() -> Plan {
    let groups = vec![
        group("pri", 1..=3, Hunt::Descending),
        group("two", 1..=2, Hunt::Ascending),
    ];
    let mut quiet = peer("quiet");
    quiet.early_media = false;
    let mut small = peer("small");
    small.max_calls = Some(1);
    let reject = TargetSpec::plain(TargetTo::Reject(pbx_core::Cause::REJECTED));
    let mut outward = to_group("pri");
    outward.strip = 1;
    outward.calling = Some("4930100".to_owned());
    let mut quick = to_peer("sip");
    quick.no_answer = Some(Duration::from_secs(20));
    let mut emergency = route("emergency", &[], "112", vec![to_group("pri")]);
    emergency.immediate = true;
    let routes = [
        route("in", &["pri"], "20XX", vec![quick]),
        route("in-quiet", &["pri"], "21XX", vec![to_peer("quiet")]),
        route("in-open", &["pri"], "5!", vec![to_peer("sip")]),
        route(
            "failover",
            &[],
            "3XXX",
            vec![to_group("two"), to_peer("sip")],
        ),
        route("out", &["sip", "quiet"], "0.", vec![outward]),
        emergency,
        route("rest", &["pri"], "1.", vec![to_peer("sip")]),
        route("barred", &[], "999", vec![reject]),
        route("small", &[], "4X", vec![to_peer("small")]),
    ];
    Plan::new(
        groups,
        vec![peer("sip"), quiet, small],
        &routes,
        CauseMap::new(),
    )
    .expect("the plan of the tests is valid")
}

pub(crate) fn exchange(limits: Limits) -> Exchange {
    Exchange::new(Arc::new(plan()), Timing::default(), limits, 1)
}
