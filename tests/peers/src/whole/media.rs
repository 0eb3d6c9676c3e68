// SPDX-License-Identifier: MIT OR Apache-2.0
//! Offers within a call.

use super::{List, Outcome, holds, tag};
use crate::script::{AUDIO, Script};
use crate::site::{Expected, PATIENCE, Site};

pub(super) fn add(list: &mut List) {
    list.add("SIP holds the call and takes it back", hold);
    list.add(
        "the SIP callee holds the call and takes it back",
        callee_holds,
    );
    list.add(
        "SIP answers without a description: cleared with cause 88",
        no_answer,
    );
    list.add("SIP's early media, then busy", early_then_busy);
    list.add("SIP refreshes its offer with another law", other_law);
    list.add("SIP calls without an offer", delayed_offer);
    list.add(
        "a re-INVITE that cannot be served: 488, and the call goes on",
        bad_reoffer,
    );
}

fn begin(site: &mut Site) -> Result<Script, String> {
    site.libpri.tell("policy answer")?;
    Ok(Script::call("", AUDIO)
        .perhaps(&[100, 180, 183])
        .response(200, &[])
        .ack())
}

fn end(script: Script) -> Script {
    script.pause(200).further("BYE", "", "").response(200, &[])
}

fn play(site: &mut Site, script: &Script) -> Outcome {
    let mut sipp = site.sipp_calls("1234", script)?;
    tag(&site.libpri.expect("ring ", PATIENCE)?)?;
    sipp.finish()?;
    site.recorded(Expected::talked("caller"))
}

fn next(sdp: &str, version: u32) -> String {
    sdp.replace("o=- 1 1 ", &format!("o=- 1 {version} "))
}

fn hold(site: &mut Site) -> Outcome {
    let held = format!("{}\n      a=sendonly", next(AUDIO, 2));
    let script = begin(site)?
        .pause(100)
        .further("INVITE", "", &held)
        .perhaps(&[100])
        .response(200, &["a=recvonly"])
        .ack()
        .pause(200)
        .further("INVITE", "", &next(AUDIO, 3))
        .perhaps(&[100])
        .response(200, &["!a=recvonly", "!a=inactive"])
        .ack();
    play(site, &end(script))
}

fn other_law(site: &mut Site) -> Outcome {
    let ulaw = next(AUDIO, 2).replace("RTP/AVP 8 0 101", "RTP/AVP 0 101");
    let script = begin(site)?
        .pause(100)
        .further("INVITE", "", &ulaw)
        .perhaps(&[100])
        .response(200, &["m=audio [0-9]+ RTP/AVP 0 101"])
        .ack();
    play(site, &end(script))
}

fn delayed_offer(site: &mut Site) -> Outcome {
    site.libpri.tell("policy answer")?;
    let script = Script::call("", "")
        .perhaps(&[100, 180, 183])
        .response(200, &["m=audio [0-9]+ RTP/AVP 8 0 101"])
        .ack_with(AUDIO);
    play(site, &end(script))
}

fn bad_reoffer(site: &mut Site) -> Outcome {
    let savp = next(AUDIO, 2).replace("RTP/AVP", "RTP/SAVP");
    let script = begin(site)?
        .pause(100)
        .further("INVITE", "", &savp)
        .perhaps(&[100])
        .response(488, &[])
        .ack_refusal();
    play(site, &end(script))
}

fn callee_holds(site: &mut Site) -> Outcome {
    let held = format!("{}\n      a=inactive", next(AUDIO, 2));
    let script = Script::callee()
        .respond(180, "", "")
        .finish(200, "", AUDIO)
        .received("ACK", &[])
        .pause(100)
        .callee_sends("INVITE", "", &held)
        .perhaps(&[100])
        .response(200, &["a=inactive"])
        .callee_sends("ACK", "", "")
        .pause(100)
        .callee_sends("INVITE", "", &next(AUDIO, 3))
        .perhaps(&[100])
        .response(200, &["!a=inactive", "!a=recvonly"])
        .callee_sends("ACK", "", "")
        .pause(100)
        .callee_sends("BYE", "", "")
        .response(200, &[]);
    let mut sipp = site.sipp_is_called(&script)?;
    site.libpri.tell("call t1 4001 5551 3 preferred complete")?;
    site.libpri.expect("answer ", PATIENCE)?;
    sipp.finish()?;
    site.recorded(Expected::talked("callee"))
}

fn no_answer(site: &mut Site) -> Outcome {
    let script = Script::callee()
        .finish(200, "", "")
        .received("ACK", &[])
        .received("BYE", &["Reason: Q.850;cause=88"])
        .respond(200, "", "");
    let mut sipp = site.sipp_is_called(&script)?;
    site.libpri.tell("call t1 4001 5551 3 preferred complete")?;
    let line = site.libpri.expect("hangup", PATIENCE)?;
    holds(&line, "cause", "88")?;
    sipp.finish()?;
    site.recorded(Expected::failed(88, "callee"))
}

fn early_then_busy(site: &mut Site) -> Outcome {
    let script = Script::callee()
        .respond(183, "", AUDIO)
        .pause(200)
        .finish(486, "", "")
        .received("ACK", &[]);
    let mut sipp = site.sipp_is_called(&script)?;
    site.libpri.tell("call t1 4001 5551 3 preferred complete")?;
    site.libpri.expect("progress ", PATIENCE)?;
    let line = site.libpri.expect("hangup", PATIENCE)?;
    holds(&line, "cause", "17")?;
    sipp.finish()?;
    site.recorded(Expected::failed(17, "callee"))
}
