// SPDX-License-Identifier: MIT OR Apache-2.0
//! Calls both ways, and who ends them when.

use super::{List, Outcome, holds, tag};
use crate::script::{AUDIO, Script};
use crate::site::{Expected, LOOPBACK, PATIENCE, Site};

const NORMAL: &str = "Reason: Q.850;cause=16";

pub(super) fn add(list: &mut List) {
    list.add("SIP calls PRI, answered, SIP hangs up", sip_hangs_up);
    list.add("SIP calls PRI, answered, PRI hangs up", pri_hangs_up);
    list.add("SIP calls PRI and gives up while it rings", cancelled);
    list.add("PRI calls SIP, answered, PRI hangs up", |site| {
        from_pri(site, true)
    });
    list.add("PRI calls SIP, answered, SIP hangs up", |site| {
        from_pri(site, false)
    });
    list.add("PRI calls SIP and gives up while it rings", pri_gives_up);
    list.add("both hang up at once", both);
    list.add("an operator ends the call", operator);
    list.add("libpri restarts the channel of a call", restarted);
    list.add("30 calls at once, the 31st finds no channel", burst);
}

fn answered() -> Script {
    Script::call("", AUDIO)
        .perhaps(&[100, 180, 183])
        .response(200, &["m=audio [0-9]+ RTP/AVP 8", "telephone-event"])
        .ack()
}

fn sip_hangs_up(site: &mut Site) -> Outcome {
    site.libpri.tell("policy answer")?;
    let script = answered()
        .pause(400)
        .further("BYE", "Reason: Q.850;cause=16", "")
        .response(200, &[]);
    let mut sipp = site.sipp_calls("1234", &script)?;
    let ring = site.libpri.expect("ring ", PATIENCE)?;
    holds(&ring, "called", "1234")?;
    holds(&ring, "calling", "5550")?;
    holds(&ring, "complete", "1")?;
    site.await_calls(1, "talking")?;
    sipp.finish()?;
    holds(&site.libpri.expect("hangup", PATIENCE)?, "cause", "16")?;
    site.recorded(Expected::talked("caller"))
}

fn pri_hangs_up(site: &mut Site) -> Outcome {
    site.libpri.tell("policy answer")?;
    let script = answered().received("BYE", &[NORMAL]).respond(200, "", "");
    let mut sipp = site.sipp_calls("1234", &script)?;
    let call = tag(&site.libpri.expect("ring ", PATIENCE)?)?;
    site.await_calls(1, "talking")?;
    site.libpri.tell(&format!("hangup {call} 16"))?;
    sipp.finish()?;
    site.recorded(Expected::talked("callee"))
}

fn cancelled(site: &mut Site) -> Outcome {
    site.libpri.tell("policy ring")?;
    let script = Script::call("", AUDIO)
        .perhaps(&[100])
        .response(180, &[])
        .pause(200)
        .cancel("")
        .response(200, &[])
        .response(487, &[])
        .ack_refusal();
    let mut sipp = site.sipp_calls("1234", &script)?;
    site.libpri.expect("ring ", PATIENCE)?;
    sipp.finish()?;
    holds(&site.libpri.expect("hangup", PATIENCE)?, "cause", "16")?;
    site.recorded(Expected::failed(16, "caller"))
}

fn from_pri(site: &mut Site, pri_ends: bool) -> Outcome {
    let script = Script::callee_of(&["INVITE sip:4001@", "From: .*5551"])
        .respond(100, "", "")
        .respond(180, "", "")
        .pause(200)
        .finish(200, "", AUDIO)
        .received("ACK", &[]);
    let script = if pri_ends {
        script.received("BYE", &[NORMAL]).respond(200, "", "")
    } else {
        script
            .pause(400)
            .callee_sends("BYE", "", "")
            .response(200, &[])
    };
    let mut sipp = site.sipp_is_called(&script)?;
    site.libpri.tell("call t1 4001 5551 3 preferred complete")?;
    site.libpri.expect("ringing ", PATIENCE)?;
    site.libpri.expect("answer ", PATIENCE)?;
    if pri_ends {
        site.await_calls(1, "talking")?;
        site.libpri.tell("hangup t1 16")?;
    } else {
        holds(&site.libpri.expect("hangup", PATIENCE)?, "cause", "16")?;
    }
    sipp.finish()?;
    site.recorded(Expected::talked(if pri_ends { "caller" } else { "callee" }))
}

fn pri_gives_up(site: &mut Site) -> Outcome {
    let script = Script::callee()
        .respond(180, "", "")
        .received("CANCEL", &[NORMAL])
        .respond(200, "", "")
        .finish(487, "", "")
        .received("ACK", &[]);
    let mut sipp = site.sipp_is_called(&script)?;
    site.libpri.tell("call t1 4001 5551 3 preferred complete")?;
    site.libpri.expect("ringing ", PATIENCE)?;
    site.libpri.tell("hangup t1 16")?;
    sipp.finish()?;
    site.recorded(Expected::failed(16, "caller"))
}

fn both(site: &mut Site) -> Outcome {
    site.libpri.tell("policy answer")?;
    // BYE of the one may cross DISCONNECT and so BYE of the other: either order is right.
    let script = answered()
        .pause(500)
        .further("BYE", "", "")
        .response(200, &[]);
    let mut sipp = site.sipp_calls("1234", &script)?;
    let call = tag(&site.libpri.expect("ring ", PATIENCE)?)?;
    site.await_calls(1, "talking")?;
    std::thread::sleep(std::time::Duration::from_millis(450));
    site.libpri.tell(&format!("hangup {call} 16"))?;
    // SIPp gives a request that it does not expect no answer, so its own outcome is not asked.
    let _ = sipp.finish();
    let records = {
        site.await_calls(0, "talking")?;
        site.new_records()?
    };
    match records.as_slice() {
        [record] if record.cause == Some(16) && record.answered.is_some() => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

fn burst(site: &mut Site) -> Outcome {
    site.libpri.tell("policy answer")?;
    let script = answered().received("BYE", &[NORMAL]).respond(200, "", "");
    let mut thirty = site.sipp_calls_often("1234", 30, LOOPBACK, &script)?;
    let mut tags = Vec::new();
    for _ in 0..30 {
        tags.push(tag(&site.libpri.expect("ring ", PATIENCE)?)?);
    }
    site.await_calls(30, "talking")?;
    let script = Script::call("", AUDIO)
        .perhaps(&[100])
        .response(503, &["Reason: Q.850;cause=34"])
        .ack_refusal();
    site.sipp_calls("1234", &script)?.finish()?;
    for call in tags {
        site.libpri.tell(&format!("hangup {call} 16"))?;
    }
    thirty.finish()?;
    let records = site.new_records()?;
    let ended = |cause: u8| records.iter().filter(|r| r.cause == Some(cause)).count();
    if (records.len(), ended(16), ended(34)) != (31, 30, 1) {
        return Err(format!(
            "not 30 records of cause 16 and one of 34: {records:?}"
        ));
    }
    Ok(())
}

fn operator(site: &mut Site) -> Outcome {
    site.libpri.tell("policy answer")?;
    let script = answered().received("BYE", &[NORMAL]).respond(200, "", "");
    let mut sipp = site.sipp_calls("1234", &script)?;
    site.await_calls(1, "talking")?;
    // The record must show that they talked.
    std::thread::sleep(std::time::Duration::from_millis(50));
    let id = site.calls()?.first().map_or(0, |call| call.id);
    site.hang_up(id)?;
    sipp.finish()?;
    holds(&site.libpri.expect("hangup", PATIENCE)?, "cause", "16")?;
    site.recorded(Expected::talked("operator"))
}

fn restarted(site: &mut Site) -> Outcome {
    site.libpri.tell("policy answer")?;
    let script = answered()
        .received("BYE", &["Reason: Q.850;cause="])
        .respond(200, "", "");
    let mut sipp = site.sipp_calls("1234", &script)?;
    let ring = site.libpri.expect("ring ", PATIENCE)?;
    let channel = crate::program::value(&ring, "channel").unwrap_or_default();
    site.await_calls(1, "talking")?;
    site.libpri.tell(&format!("restart {channel}"))?;
    site.libpri
        .expect(&format!("restart_ack channel={channel}"), PATIENCE)?;
    sipp.finish()?;
    site.libpri.tell(&format!("forget {}", tag(&ring)?))?;
    site.await_calls(0, "talking")?;
    match site.new_records()?.as_slice() {
        [record] if record.answered.is_some() && record.released.as_deref() == Some("callee") => {
            Ok(())
        }
        other => Err(format!("{other:?}")),
    }
}

/// pbxd shuts down in a call: both ends are told, and the record says so. The system is of no more use afterwards.
///
/// # Errors
/// What goes wrong.
pub fn shutdown(site: &mut Site) -> Outcome {
    site.libpri.forget();
    site.libpri.tell("policy answer")?;
    let script = answered()
        .received("BYE", &["Reason: Q.850;cause="])
        .respond(200, "", "");
    let mut sipp = site.sipp_calls("1234", &script)?;
    site.await_calls(1, "talking")?;
    site.shut_down()?;
    sipp.finish()?;
    site.libpri.expect("hangup", PATIENCE)?;
    match site.new_records()?.as_slice() {
        [record] if record.released.as_deref() == Some("shutdown") => Ok(()),
        other => Err(format!("{other:?}")),
    }
}
