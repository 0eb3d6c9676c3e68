// SPDX-License-Identifier: MIT OR Apache-2.0
//! Calls that come from a trunk and leave on a trunk.

use super::{List, Outcome, holds, tag};
use crate::site::{Expected, PATIENCE, Site};

pub(super) fn add(list: &mut List) {
    list.add("PRI calls PRI through pbxd, caller hangs up", |site| {
        talk(site, true)
    });
    list.add("PRI calls PRI through pbxd, callee hangs up", |site| {
        talk(site, false)
    });
    list.add("PRI calls PRI through pbxd, which is busy", busy);
}

fn talk(site: &mut Site, caller_ends: bool) -> Outcome {
    site.libpri.tell("policy answer")?;
    site.libpri.tell("call t1 6001 5551 3 preferred complete")?;
    let ring = site.libpri.expect("ring ", PATIENCE)?;
    holds(&ring, "called", "1001")?;
    let called = tag(&ring)?;
    site.libpri.expect("answer ", PATIENCE)?;
    site.await_calls(1, "talking")?;
    std::thread::sleep(std::time::Duration::from_millis(200));
    let (ends, other, by) = if caller_ends {
        ("t1", called.as_str(), "caller")
    } else {
        (called.as_str(), "t1", "callee")
    };
    site.libpri.tell(&format!("hangup {ends} 16"))?;
    // The end that pbxd clears.
    let end = format!("hangup_req tag={other} ");
    holds(&site.libpri.expect(&end, PATIENCE)?, "cause", "16")?;
    site.recorded(Expected::talked(by))
}

fn busy(site: &mut Site) -> Outcome {
    site.libpri.tell("policy reject 17")?;
    site.libpri.tell("call t1 6001 5551 3 preferred complete")?;
    let line = site.libpri.expect("hangup_req tag=t1 ", PATIENCE)?;
    holds(&line, "cause", "17")?;
    site.recorded(Expected::failed(17, "callee"))
}
