// SPDX-License-Identifier: MIT OR Apache-2.0
//! Another configuration while a call goes on.

use super::{List, Outcome, tag};
use crate::script::{AUDIO, Script};
use crate::site::{LOOPBACK, PATIENCE, Site};

pub(super) fn add(list: &mut List) {
    list.add("the configuration is read again in a call", in_a_call);
}

/// A route that the configuration does not have yet.
const SEVEN: &str = "[[route]]
name = \"seven\"
from = [\"phone\"]
match = \"7XXX\"
targets = [{ trunk_group = \"line\" }]
";

fn in_a_call(site: &mut Site) -> Outcome {
    let before = site.configuration()?;
    let outcome = play(site, &before);
    // The next case needs the configuration as it was, whatever this one came to.
    let (_, restart) = site.reload(&before)?;
    outcome?;
    if restart.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "the configuration that runs is said to need a restart: {restart:?}"
        ))
    }
}

fn play(site: &mut Site, before: &str) -> Outcome {
    site.libpri.tell("policy answer")?;
    let caller = || {
        Script::call("", AUDIO)
            .perhaps(&[100, 180, 183])
            .response(200, &[])
            .ack()
    };
    let held = caller().received("BYE", &[]).respond(200, "", "");
    let mut first = site.sipp_calls("1234", &held)?;
    let ring = tag(&site.libpri.expect("ring ", PATIENCE)?)?;
    site.await_calls(1, "talking")?;
    let call = site.calls()?;

    // A number that has no route, until the file that has one was read.
    let refused = Script::call("", AUDIO)
        .perhaps(&[100])
        .response(404, &[])
        .ack_refusal();
    site.sipp_calls("7123", &refused)?.finish()?;
    let with_seven = format!("{before}{SEVEN}");
    expect(site.reload(&with_seven)?, &["routes"], &[])?;
    let short = caller()
        .pause(100)
        .further("BYE", "", "")
        .response(200, &[]);
    site.sipp_calls_often("7123", 1, LOOPBACK, &short)?
        .finish()?;
    site.await_calls(0, "ended")?;

    // A file with errors changes nothing, and says where they are.
    let broken = with_seven.replace("trunk_group = \"line\"", "trunk_group = \"nowhere\"");
    match site.reload(&broken) {
        Ok(outcome) => return Err(format!("a broken file was taken: {outcome:?}")),
        Err(message) if message.contains("there is no trunk group \"nowhere\"") => {}
        Err(message) => return Err(message),
    }
    site.await_route("7123", "phone", true)?;

    // What a restart needs is said, and stays as it was; the rest is in force.
    let later = with_seven
        .replace("side = ", "k = 3\nside = ")
        .replace("rtp_ports = \"20000-21999\"", "rtp_ports = \"22000-23999\"")
        .replace("failure_tone_s = 1", "failure_tone_s = 2");
    let restart = ["sip.rtp_ports", "span \"pri\" k"];
    expect(site.reload(&later)?, &["times of calls"], &restart)?;

    // The signal does the same.
    site.reload_by_signal(before)?;
    site.await_route("7123", "phone", false)?;

    let now = site.calls()?;
    let same = |calls: &[pbx_api::Call]| calls.iter().map(|call| call.id).collect::<Vec<_>>();
    if same(&now) != same(&call) || now.iter().any(|call| call.state != "talking") {
        return Err(format!("the call did not stay: {now:?}"));
    }
    site.libpri.tell(&format!("hangup {ring} 16"))?;
    first.finish()?;
    site.await_calls(0, "talking")?;
    let records = site.new_records()?;
    let causes: Vec<_> = records.iter().rev().map(|record| record.cause).collect();
    if causes == [Some(16), Some(1), Some(16)] {
        Ok(())
    } else {
        Err(format!("causes {causes:?}: {records:?}"))
    }
}

fn expect(found: (Vec<String>, Vec<String>), changed: &[&str], restart: &[&str]) -> Outcome {
    if found.0 == changed && found.1 == restart {
        Ok(())
    } else {
        Err(format!(
            "changed {:?} and for a restart {:?}, expected {changed:?} and {restart:?}",
            found.0, found.1
        ))
    }
}
