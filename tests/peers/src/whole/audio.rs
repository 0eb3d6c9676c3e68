// SPDX-License-Identifier: MIT OR Apache-2.0
//! Speech from SIPp, through a looped B channel, and back to SIPp.

use super::{List, Outcome};
use crate::script::{AUDIO, Script};
use crate::site::{Expected, NetworkCapture, PATIENCE, Site};
use crate::tshark;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Where asterisk-core-sounds-en-wav has its prompts.
const SPEECH: &str = "/usr/share/asterisk/sounds/en_US_f_Allison/vm-options.wav";
/// How long the call lasts, and so how much of the file crosses.
const TALK_MS: u32 = 3000;

pub(super) fn add(list: &mut List) {
    for ptime in [20, 10, 60] {
        list.add(
            format!("speech comes back unchanged from the looped channel, packets of {ptime} ms"),
            move |site| speech(site, ptime),
        );
    }
}

fn speech(site: &mut Site, ptime: u32) -> Outcome {
    let file = alaw_file(&site.dir)?;
    let sent = std::fs::read(&file).map_err(|e| e.to_string())?;
    let pcap = site.dir.join("speech.pcapng");
    let capture = NetworkCapture::start(&pcap, &site.dir.join("tshark.log"))?;
    // SIPp's streams have ports of their own.
    let sdp = AUDIO
        .replace("[media_port]", "[rtpstream_audio_port]")
        .replace("ptime:20", &format!("ptime:{ptime}"));
    site.libpri.tell("policy answer")?;
    let script = Script::call("", &sdp)
        .perhaps(&[100, 180, 183])
        .response(200, &[&format!("a=ptime:{ptime}")])
        .ack()
        .play(&file.display().to_string())
        .pause(TALK_MS)
        .further("BYE", "", "")
        .response(200, &[]);
    let mut sipp = site.sipp_calls("1234", &script)?;
    sipp.finish_within(PATIENCE + Duration::from_millis(TALK_MS.into()))?;
    site.recorded(Expected::talked("caller"))?;
    capture.finish()?;
    // Others may use the interface too.
    let port = sipp.media;
    let towards = tshark::payloads(&pcap, site.sip, &format!("udp.srcport == {port}"))?;
    let back = tshark::payloads(&pcap, site.sip, &format!("udp.dstport == {port}"))?;
    let crossed = common_prefix(&towards, &sent);
    let (same, all) = runs(&towards, &back);
    if crossed < 8000 {
        return Err(format!(
            "SIPp has sent {} octets, {crossed} of the file",
            towards.len()
        ));
    }
    // A second without a change. More depends on how busy the machine is.
    if same < 8000 {
        return Err(format!(
            "{} octets went, {} came back, the longest unchanged run is {same}",
            towards.len(),
            back.len()
        ));
    }
    println!(
        "      {} octets of A-law went, {} came back; {all} of them unchanged, {same} in a row",
        towards.len(),
        back.len()
    );
    Ok(())
}

/// Speech of asterisk-core-sounds-en-wav as a file of A-law octets in `dir`.
///
/// # Errors
/// The speech or sox is missing.
pub fn alaw_file(dir: &Path) -> Result<PathBuf, String> {
    if !Path::new(SPEECH).exists() {
        return Err(format!(
            "{SPEECH} is missing: apt install asterisk-core-sounds-en-wav"
        ));
    }
    let file = dir.join("speech.al");
    let status = Command::new("sox")
        .arg(SPEECH)
        .args(["-t", "al", "-r", "8000", "-c", "1"])
        .arg(&file)
        .status()
        .map_err(|error| format!("sox: {error} (apt install sox)"))?;
    if status.success() {
        Ok(file)
    } else {
        Err(format!("sox: {status}"))
    }
}

fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// The longest run of octets that both have, and the sum of all such runs; they begin at places of `a` that are a
/// packet apart and not silent.
fn runs(a: &[u8], b: &[u8]) -> (usize, usize) {
    const PACKET: usize = 160;
    let (mut longest, mut sum, mut at) = (0, 0, 0);
    while at + PACKET <= a.len() {
        let rest = a.get(at..).unwrap_or_default();
        let probe = rest.get(..PACKET).unwrap_or_default();
        let first = probe.first().copied().unwrap_or_default();
        let found = if probe.iter().all(|octet| *octet == first) {
            0
        } else {
            b.windows(PACKET)
                .enumerate()
                .filter(|(_, window)| *window == probe)
                .map(|(place, _)| common_prefix(rest, b.get(place..).unwrap_or_default()))
                .max()
                .unwrap_or(0)
        };
        longest = longest.max(found);
        sum += found;
        at += found.max(PACKET);
    }
    (longest, sum)
}
