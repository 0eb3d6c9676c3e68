// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tones that pbxd plays towards the line, as tdm-cap, sox and multimon-ng hear them.

use super::{List, Outcome};
use crate::program::Program;
use crate::script::{AUDIO, Script};
use crate::site::{Expected, PATIENCE, Site};
use std::path::Path;
use std::process::Command;

pub(super) fn add(list: &mut List) {
    list.add("a PRI caller hears our ringback, 425 Hz", |site| {
        let script = Script::callee()
            .respond(180, "", "")
            .pause(1500)
            .finish(486, "", "")
            .received("ACK", &[]);
        heard(site, &script, "ringing ", 17)
    });
    list.add("telephone events of SIPp are tones on the line", dtmf);
}

/// Plays the callee to a call of libpri on channel 3, and listens there from `event` on.
fn heard(site: &mut Site, script: &Script, event: &str, cause: u8) -> Outcome {
    let mut sipp = site.sipp_is_called(script)?;
    site.libpri.tell("call t1 4001 5551 3 exclusive complete")?;
    site.libpri.expect(event, PATIENCE)?;
    let wav = site.dir.join("tone.wav");
    // ETSI's ringback begins with its tone, one second long.
    let mut capture = site.capture_slot(3, &wav, Some("0.7"))?;
    capture.wait(PATIENCE)?;
    site.libpri.expect("hangup", PATIENCE)?;
    sipp.finish()?;
    let hertz = frequency(&wav)?;
    if !(420.0..430.0).contains(&hertz) {
        return Err(format!("the tone has {hertz} Hz"));
    }
    site.recorded(Expected::failed(cause, "callee"))
}

/// The frequency as sox measures it.
fn frequency(wav: &Path) -> Result<f64, String> {
    let output = Command::new("sox")
        .arg(wav)
        .args(["-n", "stat"])
        .output()
        .map_err(|error| format!("sox: {error} (apt install sox)"))?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.lines()
        .find(|line| line.starts_with("Rough"))
        .and_then(|line| line.split_whitespace().last()?.parse().ok())
        .ok_or(format!("sox: {text}"))
}

fn dtmf(site: &mut Site) -> Outcome {
    const DIGITS: &str = "1590";
    site.libpri.tell("policy answer")?;
    let sdp = AUDIO.replace("101", "96");
    let script = Script::call("", &sdp)
        .perhaps(&[100, 180, 183])
        .response(200, &["telephone-event"])
        .ack()
        .pause(800)
        .dial(DIGITS)
        .pause(2500)
        .further("BYE", "", "")
        .response(200, &[]);
    let mut sipp = site.sipp_calls("1234", &script)?;
    let ring = site.libpri.expect("ring ", PATIENCE)?;
    let slot = crate::program::value(&ring, "channel")
        .and_then(|channel| channel.parse().ok())
        .ok_or("no channel")?;
    let wav = site.dir.join("dtmf.wav");
    let mut capture: Program = site.capture_slot(slot, &wav, None)?;
    sipp.finish()?;
    capture.terminate()?;
    site.recorded(Expected::talked("caller"))?;
    let raw = wav.with_extension("raw");
    let status = Command::new("sox")
        .arg(&wav)
        .args([
            "-t", "raw", "-r", "22050", "-e", "signed", "-b", "16", "-c", "1",
        ])
        .arg(&raw)
        .status()
        .map_err(|error| format!("sox: {error} (apt install sox)"))?;
    if !status.success() {
        return Err(format!("sox: {status}"));
    }
    let output = Command::new("multimon-ng")
        .args(["-q", "-t", "raw", "-a", "DTMF"])
        .arg(&raw)
        .output()
        .map_err(|error| format!("multimon-ng: {error} (apt install multimon-ng)"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let digits: String = text
        .lines()
        .filter_map(|line| line.strip_prefix("DTMF: "))
        .collect();
    if digits == DIGITS {
        Ok(())
    } else {
        Err(format!("multimon-ng hears {digits:?}, not {DIGITS:?}"))
    }
}
