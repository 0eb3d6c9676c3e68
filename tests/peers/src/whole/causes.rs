// SPDX-License-Identifier: MIT OR Apache-2.0
//! Refusals and their causes, both ways: the table of docs/calls.md as the two peers see it.

use super::{List, Outcome, holds};
use crate::script::{AUDIO, Script};
use crate::site::{Expected, PATIENCE, Site};

/// Causes that libpri refuses with, and the status that SIPp must get.
const TO_SIP: [(u8, u16); 10] = [
    (1, 404),
    (17, 486),
    (18, 408),
    (19, 480),
    (21, 403),
    (28, 484),
    (34, 503),
    (38, 503),
    (41, 503),
    (102, 504),
];

/// Statuses that SIPp refuses with, its Reason header, and the cause that libpri must get.
const TO_PRI: [(u16, &str, u8); 14] = [
    (404, "", 1),
    (486, "", 17),
    (600, "", 17),
    (480, "", 18),
    (480, "Reason: Q.850;cause=19;text=\"no answer\"", 19),
    (603, "", 21),
    (410, "", 22),
    (484, "", 28),
    (500, "", 41),
    (503, "", 41),
    (501, "", 79),
    (488, "", 88),
    (408, "", 102),
    (504, "", 102),
];

pub(super) fn add(list: &mut List) {
    for (cause, status) in TO_SIP {
        list.add(
            format!("PRI refuses with cause {cause}: {status}"),
            move |site| to_sip(site, cause, status),
        );
    }
    for (status, reason, cause) in TO_PRI {
        let with = if reason.is_empty() {
            ""
        } else {
            " and a Reason"
        };
        list.add(
            format!("SIP refuses with {status}{with}: cause {cause}"),
            move |site| to_pri(site, status, reason, cause),
        );
    }
}

fn to_sip(site: &mut Site, cause: u8, status: u16) -> Outcome {
    site.libpri.tell(&format!("policy reject {cause}"))?;
    let reason = format!("Reason: Q.850;cause={cause}[^0-9]");
    let script = Script::call("", AUDIO)
        .perhaps(&[100])
        .response(status, &[&reason])
        .ack_refusal();
    site.sipp_calls("1234", &script)?.finish()?;
    site.recorded(Expected::failed(cause, "callee"))
}

fn to_pri(site: &mut Site, status: u16, reason: &str, cause: u8) -> Outcome {
    let script = Script::callee()
        .respond(100, "", "")
        .finish(status, reason, "")
        .received("ACK", &[]);
    let mut sipp = site.sipp_is_called(&script)?;
    site.libpri.tell("call t1 4001 5551 3 preferred complete")?;
    let line = site.libpri.expect("hangup", PATIENCE)?;
    holds(&line, "cause", &cause.to_string())?;
    sipp.finish()?;
    site.recorded(Expected::failed(cause, "callee"))
}
