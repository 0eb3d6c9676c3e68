// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who dies in the middle of a call, and what must come of it.

use super::site::{FarEnd, MEDIA_TIMEOUT, Programs, Site};
use super::watch::Line;
use super::{Outcome, RECOVERY};
use q931::message::MessageType;
use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

/// How soon the emulator frees what a dead process held.
const FREED: Duration = Duration::from_secs(1);
/// How soon the others hear of an end.
const SOON: Duration = Duration::from_secs(2);

/// One case.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Its name.
    pub name: &'static str,
    /// What is at the other end of the line.
    pub far_end: FarEnd,
    /// What it does; a remark about times.
    run: fn(&mut Site) -> Outcome<String>,
}

/// All cases.
pub const CASES: &[Case] = &[
    Case {
        name: "kill -9 of pbxd, scripted exchange",
        far_end: FarEnd::Scripted,
        run: pbxd_scripted,
    },
    Case {
        name: "kill -9 of pbxd while the line is gone, scripted exchange",
        far_end: FarEnd::Scripted,
        run: pbxd_without_line,
    },
    Case {
        name: "kill -9 of pbxd twice, before layer 2 was up again, cabled pair",
        far_end: FarEnd::Cabled,
        run: pbxd_twice,
    },
    Case {
        name: "kill -9 of tdm-emu, scripted exchange",
        far_end: FarEnd::Scripted,
        run: emulator,
    },
    Case {
        name: "kill -9 of the phone, scripted exchange",
        far_end: FarEnd::Scripted,
        run: caller,
    },
    Case {
        name: "SIGTERM to pbxd, scripted exchange",
        far_end: FarEnd::Scripted,
        run: terminate_near,
    },
    Case {
        name: "kill -9 of the caller's pbxd, cabled pair",
        far_end: FarEnd::Cabled,
        run: pbxd_near,
    },
    Case {
        name: "kill -9 of the called pbxd, cabled pair",
        far_end: FarEnd::Cabled,
        run: pbxd_far,
    },
    Case {
        name: "kill -9 of a pbxd between two trunks",
        far_end: FarEnd::Tandem,
        run: pbxd_between,
    },
    Case {
        name: "kill -9 of tdm-emu, cabled pair",
        far_end: FarEnd::Cabled,
        run: emulator,
    },
    Case {
        name: "kill -9 of the called phone, cabled pair",
        far_end: FarEnd::Cabled,
        run: callee,
    },
    Case {
        name: "SIGTERM to the called pbxd, cabled pair",
        far_end: FarEnd::Cabled,
        run: terminate_far,
    },
];

impl Case {
    /// Runs it. A failed case keeps its folder.
    ///
    /// # Errors
    /// What was not as it must be, and where the logs are.
    pub fn run(&self, programs: &Programs) -> Outcome<String> {
        let mut site = Site::start(programs, self.far_end)?;
        (self.run)(&mut site)
            .map_err(|error| format!("{error}\n    logs: {}", site.keep().display()))
    }
}

/// Three calls, one of which is over: the slots of the other two.
fn two_calls(site: &mut Site) -> Outcome<BTreeSet<u8>> {
    for number in ["1001", "1002", "1003"] {
        site.call(number)?;
    }
    site.caller.hang_up("1002")?;
    site.near
        .line
        .wait_message(true, MessageType::ReleaseComplete, SOON)?;
    let began = std::time::Instant::now();
    loop {
        let slots = site.near.slots_with_calls()?;
        if slots.len() == 2 {
            site.near
                .wait_record("1002", "closed", Some(16), Some("caller"))?;
            return Ok(slots);
        }
        if began.elapsed() > SOON {
            return Err(format!("expected two calls, found slots {slots:?}"));
        }
        thread::sleep(Duration::from_millis(20));
    }
}

fn pbxd_scripted(site: &mut Site) -> Outcome<String> {
    let slots = two_calls(site)?;
    site.near.line.forget();
    site.near.kill()?;
    let freed = site.near.line.wait_free(FREED)?;
    site.near.start()?;
    let up = site.near.wait_up(RECOVERY)?;
    site.near.line.wait_restarted(&slots, RECOVERY)?;
    site.near.line.wait_idle(&slots, SOON)?;
    site.near.wait_in_service(SOON)?;
    for number in ["1001", "1003"] {
        site.near.wait_record(number, "interrupted", None, None)?;
    }
    site.near
        .wait_record("1002", "closed", Some(16), Some("caller"))?;
    site.prove("1004")?;
    Ok(format!(
        "slots free in {freed:.2?}, layer 2 up in {up:.2?}, restarted {slots:?}"
    ))
}

/// The calls ended with the line, and in order; that their channels are to be restarted must not die with pbxd.
fn pbxd_without_line(site: &mut Site) -> Outcome<String> {
    let slots = two_calls(site)?;
    site.near.line.forget();
    site.kill_emulator()?;
    for number in ["1001", "1003"] {
        site.near
            .wait_record(number, "closed", Some(38), Some("callee"))?;
    }
    site.near.kill()?;
    site.start_emulator()?;
    site.near.start()?;
    let up = site.near.wait_up(RECOVERY)?;
    site.near.line.wait_restarted(&slots, RECOVERY)?;
    site.near.wait_in_service(SOON)?;
    site.near.line.wait_idle(&slots, SOON)?;
    site.prove("1004")?;
    restarted_once(site)?;
    Ok(format!("layer 2 up in {up:.2?}, restarted {slots:?}"))
}

/// The second process finds the calls of the first, and is killed before it could tell the far end.
fn pbxd_twice(site: &mut Site) -> Outcome<String> {
    let slots = two_calls(site)?;
    site.near.line.forget();
    site.near.kill()?;
    let far = site.far.as_mut().ok_or("no far exchange")?;
    // Without it layer 2 cannot come up.
    far.kill()?;
    far.line.forget();
    site.near.line.wait_free(FREED)?;
    site.near.start()?;
    for number in ["1001", "1003"] {
        site.near.wait_record(number, "interrupted", None, None)?;
    }
    site.near.wait_claimed(RECOVERY)?;
    let sent = site.near.line.channels(true, MessageType::Restart);
    if !sent.is_empty() {
        return Err(format!("RESTART for {sent:?} without a far end"));
    }
    site.near.kill()?;
    site.near.line.wait_free(FREED)?;
    site.near.start()?;
    site.far.as_mut().ok_or("no far exchange")?.start()?;
    let up = site.wait_up(RECOVERY)?;
    site.near.line.wait_restarted(&slots, RECOVERY)?;
    site.near.wait_in_service(SOON)?;
    site.near.line.wait_idle(&slots, SOON)?;
    site.prove("1004")?;
    restarted_once(site)?;
    Ok(format!("layer 2 up in {up:.2?}, restarted {slots:?}"))
}

/// What the far end has confirmed is not done again by the next process.
fn restarted_once(site: &mut Site) -> Outcome {
    site.near.line.forget();
    site.near.terminate()?;
    site.near.start()?;
    site.near.wait_up(RECOVERY)?;
    site.prove("1005")?;
    nothing_restarted(&site.near.line)
}

fn pbxd_near(site: &mut Site) -> Outcome<String> {
    let slots = two_calls(site)?;
    site.near.line.forget();
    site.near.kill()?;
    let freed = site.near.line.wait_free(FREED)?;
    site.near.start()?;
    let up = site.wait_up(RECOVERY)?;
    site.near.line.wait_restarted(&slots, RECOVERY)?;
    site.near.line.wait_idle(&slots, SOON)?;
    site.near.wait_in_service(SOON)?;
    for number in ["1001", "1003"] {
        site.near.wait_record(number, "interrupted", None, None)?;
        let end = bye(site.callee.as_mut(), number)?;
        if end != "bye Q.850:41" {
            return Err(format!(
                "the called phone: {end}, expected BYE with cause 41"
            ));
        }
        let far = site.far.as_ref().ok_or("no far exchange")?;
        far.wait_record(number, "closed", Some(41), Some("caller"))?;
        far.line.wait_idle(&slots, SOON)?;
    }
    site.prove("1004")?;
    Ok(format!(
        "slots free in {freed:.2?}, layer 2 up in {up:.2?}, restarted {slots:?}"
    ))
}

fn pbxd_far(site: &mut Site) -> Outcome<String> {
    let slots = two_calls(site)?;
    let far = site.far.as_mut().ok_or("no far exchange")?;
    far.line.forget();
    far.kill()?;
    let freed = far.line.wait_free(FREED)?;
    far.start()?;
    let up = site.wait_up(RECOVERY)?;
    let far = site.far.as_ref().ok_or("no far exchange")?;
    far.line.wait_restarted(&slots, RECOVERY)?;
    far.line.wait_idle(&slots, SOON)?;
    far.wait_in_service(SOON)?;
    for number in ["1001", "1003"] {
        far.wait_record(number, "interrupted", None, None)?;
        let end = bye(Some(&mut site.caller), number)?;
        if end != "bye Q.850:41" {
            return Err(format!(
                "the caller's phone: {end}, expected BYE with cause 41"
            ));
        }
        site.near
            .wait_record(number, "closed", Some(41), Some("callee"))?;
        site.near.line.wait_idle(&slots, SOON)?;
    }
    site.prove("1004")?;
    Ok(format!(
        "slots free in {freed:.2?}, layer 2 up in {up:.2?}, restarted {slots:?}"
    ))
}

/// Speech goes through a pbxd from one trunk to another, to an echo and back; then that pbxd dies.
fn pbxd_between(site: &mut Site) -> Outcome<String> {
    site.call("1001")?;
    site.caller.hang_up("1001")?;
    let far = site.far.as_ref().ok_or("no far exchange")?;
    far.wait_record("1001", "closed", Some(16), Some("caller"))?;
    far.wait_no_calls(RECOVERY)?;
    site.call("1002")?;
    let far = site.far.as_mut().ok_or("no far exchange")?;
    let slots = far.slots_with_calls()?;
    far.line.forget();
    far.kill()?;
    let freed = far.line.wait_free(FREED)?;
    far.start()?;
    let up = site.wait_up(RECOVERY)?;
    let far = site.far.as_ref().ok_or("no far exchange")?;
    far.line.wait_restarted(&slots, RECOVERY)?;
    far.line.wait_idle(&slots, SOON)?;
    far.wait_in_service(SOON)?;
    far.wait_record("1002", "interrupted", None, None)?;
    let end = bye(Some(&mut site.caller), "1002")?;
    if end != "bye Q.850:41" {
        return Err(format!("the phone: {end}, expected BYE with cause 41"));
    }
    site.prove("1003")?;
    Ok(format!(
        "slots free in {freed:.2?}, layer 2 up in {up:.2?}, restarted {slots:?}"
    ))
}

fn bye(phone: Option<&mut super::phone::Handset>, number: &str) -> Outcome<String> {
    phone
        .ok_or("no phone")?
        .wait(&format!("ended {number}"), RECOVERY)
}

fn emulator(site: &mut Site) -> Outcome<String> {
    let slots = two_calls(site)?;
    site.near.line.forget();
    if let Some(far) = &site.far {
        far.line.forget();
    }
    site.kill_emulator()?;
    for number in ["1001", "1003"] {
        let mut ends = vec![bye(Some(&mut site.caller), number)?];
        if site.callee.is_some() {
            ends.push(bye(site.callee.as_mut(), number)?);
        }
        if ends.iter().any(|end| end != "bye Q.850:38") {
            return Err(format!("the phones: {ends:?}, expected BYE with cause 38"));
        }
        site.near
            .wait_record(number, "closed", Some(38), Some("callee"))?;
        if let Some(far) = &site.far {
            far.wait_record(number, "closed", Some(38), Some("caller"))?;
        }
    }
    site.start_emulator()?;
    let up = site.wait_up(RECOVERY)?;
    site.near.line.wait_restarted(&slots, RECOVERY)?;
    site.near.wait_in_service(SOON)?;
    if let Some(far) = &site.far {
        far.line.wait_restarted(&slots, RECOVERY)?;
        far.wait_in_service(SOON)?;
    }
    site.near.line.wait_idle(&slots, SOON)?;
    site.prove("1004")?;
    Ok(format!("layer 2 up in {up:.2?}, restarted {slots:?}"))
}

fn caller(site: &mut Site) -> Outcome<String> {
    site.call("1001")?;
    let slots = site.near.slots_with_calls()?;
    site.near.line.forget();
    site.caller.kill()?;
    let line = &site.near.line;
    line.wait_message(true, MessageType::Disconnect, MEDIA_TIMEOUT + SOON)?;
    line.wait_message(true, MessageType::ReleaseComplete, SOON)?;
    line.wait_idle(&slots, SOON)?;
    site.near
        .wait_record("1001", "closed", Some(102), Some("exchange"))?;
    site.caller.revive()?;
    site.near.wait_no_calls(RECOVERY)?;
    site.prove("1004")?;
    Ok(format!("slot {slots:?} cleared by the media time-out"))
}

fn callee(site: &mut Site) -> Outcome<String> {
    site.call("1001")?;
    let slots = site.near.slots_with_calls()?;
    let far = site.far.as_ref().ok_or("no far exchange")?;
    far.line.forget();
    site.callee.as_mut().ok_or("no phone")?.kill()?;
    far.line
        .wait_message(true, MessageType::Disconnect, MEDIA_TIMEOUT + SOON)?;
    far.line
        .wait_message(true, MessageType::ReleaseComplete, SOON)?;
    let end = bye(Some(&mut site.caller), "1001")?;
    if end != "bye Q.850:102" {
        return Err(format!(
            "the caller's phone: {end}, expected BYE with cause 102"
        ));
    }
    far.line.wait_idle(&slots, SOON)?;
    site.near.line.wait_idle(&slots, SOON)?;
    far.wait_record("1001", "closed", Some(102), Some("exchange"))?;
    site.near
        .wait_record("1001", "closed", Some(102), Some("callee"))?;
    site.callee.as_mut().ok_or("no phone")?.revive()?;
    far.wait_no_calls(RECOVERY)?;
    site.prove("1004")?;
    Ok(format!("slot {slots:?} cleared by the media time-out"))
}

fn terminate_near(site: &mut Site) -> Outcome<String> {
    let slots = two_calls(site)?;
    site.near.line.forget();
    site.near.terminate()?;
    for number in ["1001", "1003"] {
        let end = bye(Some(&mut site.caller), number)?;
        if end != "bye Q.850:41" {
            return Err(format!("the phone: {end}, expected BYE with cause 41"));
        }
        site.near
            .wait_record(number, "closed", Some(41), Some("shutdown"))?;
    }
    cleared_on_line(&site.near.line)?;
    site.near.line.wait_free(FREED)?;
    site.near.start()?;
    let up = site.near.wait_up(RECOVERY)?;
    nothing_restarted(&site.near.line)?;
    site.prove("1004")?;
    Ok(format!("calls on {slots:?} cleared, up again in {up:.2?}"))
}

fn terminate_far(site: &mut Site) -> Outcome<String> {
    let slots = two_calls(site)?;
    let far = site.far.as_mut().ok_or("no far exchange")?;
    far.line.forget();
    far.terminate()?;
    for number in ["1001", "1003"] {
        let ends = [
            bye(site.callee.as_mut(), number)?,
            bye(Some(&mut site.caller), number)?,
        ];
        if ends.iter().any(|end| end != "bye Q.850:41") {
            return Err(format!("the phones: {ends:?}, expected BYE with cause 41"));
        }
        site.near
            .wait_record(number, "closed", Some(41), Some("callee"))?;
        let far = site.far.as_ref().ok_or("no far exchange")?;
        far.wait_record(number, "closed", Some(41), Some("shutdown"))?;
    }
    let far = site.far.as_mut().ok_or("no far exchange")?;
    cleared_on_line(&far.line)?;
    far.line.wait_free(FREED)?;
    far.start()?;
    let up = site.wait_up(RECOVERY)?;
    let far = site.far.as_ref().ok_or("no far exchange")?;
    nothing_restarted(&far.line)?;
    site.prove("1004")?;
    Ok(format!("calls on {slots:?} cleared, up again in {up:.2?}"))
}

/// Both calls were cleared to the end, by us: the last word is on the line too.
fn cleared_on_line(line: &Line) -> Outcome {
    for (sent, kind) in [
        (true, MessageType::Disconnect),
        (false, MessageType::Release),
        (true, MessageType::ReleaseComplete),
    ] {
        let count = line.messages(sent, kind).len();
        if count != 2 {
            return Err(format!("{count} {kind:?}, expected 2: {}", line.story()));
        }
    }
    Ok(())
}

/// After an orderly end there is nothing to restart.
fn nothing_restarted(line: &Line) -> Outcome {
    let channels = line.channels(true, MessageType::Restart);
    if channels.is_empty() {
        Ok(())
    } else {
        Err(format!("RESTART for {channels:?}, no call was lost"))
    }
}
