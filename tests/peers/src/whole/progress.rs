// SPDX-License-Identifier: MIT OR Apache-2.0
//! Ringing, early media and overlap.

use super::{List, Outcome, holds, tag};
use crate::script::{AUDIO, Script};
use crate::site::{Expected, PATIENCE, Site};

const WITH_SDP: &str = "m=audio [0-9]+ RTP/AVP 8";

pub(super) fn add(list: &mut List) {
    list.add("ALERTING is 180", |site| towards_sip(site, "ring", 180));
    list.add("ALERTING with PI 8 is 183 with SDP", |site| {
        towards_sip(site, "alert", 183)
    });
    list.add("PROGRESS with PI 8 is 183 with SDP", |site| {
        towards_sip(site, "progress", 183)
    });
    list.add("CONNECT without ALERTING", connect_at_once);
    list.add("180 is ALERTING with our ringback, PI 8", |site| {
        towards_pri(site, 180, false)
    });
    list.add("180 with SDP is ALERTING with PI 8", |site| {
        towards_pri(site, 180, true)
    });
    list.add("183 with SDP is PROGRESS with PI 8", |site| {
        towards_pri(site, 183, true)
    });
    list.add("PRI dials digit by digit", overlap);
    list.add("PRI stops dialling too early: cause 28", overlap_incomplete);
}

fn towards_sip(site: &mut Site, what: &str, status: u16) -> Outcome {
    site.libpri.tell("policy proceeding")?;
    let check = if status == 183 { WITH_SDP } else { "!m=audio" };
    let script = Script::call("", AUDIO)
        .perhaps(&[100])
        .response(status, &[check])
        .response(200, &[WITH_SDP])
        .ack()
        .received("BYE", &[])
        .respond(200, "", "");
    let mut sipp = site.sipp_calls("1234", &script)?;
    let call = tag(&site.libpri.expect("ring ", PATIENCE)?)?;
    site.libpri.tell(&format!("{what} {call}"))?;
    std::thread::sleep(std::time::Duration::from_millis(300));
    site.libpri.tell(&format!("answer {call}"))?;
    site.await_calls(1, "talking")?;
    site.libpri.tell(&format!("hangup {call} 16"))?;
    sipp.finish()?;
    site.recorded(Expected::talked("callee"))
}

fn connect_at_once(site: &mut Site) -> Outcome {
    site.libpri.tell("policy answer-now")?;
    let script = Script::call("", AUDIO)
        .perhaps(&[100])
        .response(200, &[WITH_SDP])
        .ack()
        .further("BYE", "", "")
        .response(200, &[]);
    site.sipp_calls("1234", &script)?.finish()?;
    site.recorded(Expected::talked("caller"))
}

fn towards_pri(site: &mut Site, status: u16, sdp: bool) -> Outcome {
    let script = Script::callee()
        .respond(status, "", if sdp { AUDIO } else { "" })
        .pause(300)
        .finish(200, "", AUDIO)
        .received("ACK", &[])
        .received("BYE", &[])
        .respond(200, "", "");
    let mut sipp = site.sipp_is_called(&script)?;
    site.libpri.tell("call t1 4001 5551 3 preferred complete")?;
    let word = if status == 180 {
        "ringing "
    } else {
        "progress "
    };
    let line = site.libpri.expect(word, PATIENCE)?;
    // libpri's bit for progress indicator 8.
    holds(&line, "progress", "8")?;
    site.libpri.expect("answer ", PATIENCE)?;
    site.libpri.tell("hangup t1 16")?;
    sipp.finish()?;
    site.recorded(Expected::talked("caller"))
}

fn overlap(site: &mut Site) -> Outcome {
    let script = Script::callee_of(&["INVITE sip:4321@"])
        .respond(180, "", "")
        .finish(200, "", AUDIO)
        .received("ACK", &[])
        .received("BYE", &[])
        .respond(200, "", "");
    let mut sipp = site.sipp_is_called(&script)?;
    site.libpri.tell("call t1 4 5551 3 preferred overlap")?;
    site.libpri.expect("setup_ack ", PATIENCE)?;
    site.libpri.tell("digits t1 321")?;
    site.libpri.expect("proceeding ", PATIENCE)?;
    site.libpri.expect("answer ", PATIENCE)?;
    site.libpri.tell("hangup t1 16")?;
    sipp.finish()?;
    site.recorded(Expected::talked("caller"))
}

fn overlap_incomplete(site: &mut Site) -> Outcome {
    site.libpri.tell("call t1 43 5551 3 preferred complete")?;
    let line = site.libpri.expect("hangup", PATIENCE)?;
    holds(&line, "cause", "28")?;
    site.recorded(Expected::failed(28, "exchange"))
}
