// SPDX-License-Identifier: MIT OR Apache-2.0
//! tshark as an independent decoder of captures.

use std::path::Path;
use std::process::Command;

/// Malformed packets, and expert information of severity error or above.
const BAD: &str = "_ws.malformed || _ws.expert.severity >= 0x800000";

/// The frames that tshark finds fault with, one a line; empty when there are none.
///
/// # Errors
/// tshark is missing (which names the package) or does not read the file.
pub fn faults(capture: &Path) -> Result<Vec<String>, String> {
    let output = Command::new("tshark")
        .arg("-r")
        .arg(capture)
        .args(["-Y", BAD])
        .output()
        .map_err(|error| format!("tshark: {error} (apt install tshark)"))?;
    if !output.status.success() {
        return Err(format!(
            "tshark: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        ));
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text.lines().map(str::to_owned).collect())
}

/// How many frames of the capture tshark decodes as Q.931.
///
/// # Errors
/// As [`faults`].
pub fn q931_messages(capture: &Path) -> Result<usize, String> {
    let output = Command::new("tshark")
        .arg("-r")
        .arg(capture)
        .args(["-Y", "q931"])
        .output()
        .map_err(|error| format!("tshark: {error} (apt install tshark)"))?;
    Ok(String::from_utf8_lossy(&output.stdout).lines().count())
}

/// The faults of frames that `filter` selects in a capture of IP, with port `sip` decoded as SIP.
///
/// # Errors
/// As [`faults`].
pub fn sip_faults(capture: &Path, sip: u16) -> Result<Vec<String>, String> {
    sip_lines(capture, sip, &format!("udp.port == {sip} && ({BAD})"), &[])
}

/// The SIP messages that tshark decodes in a capture of IP.
///
/// # Errors
/// As [`faults`].
pub fn sip_messages(capture: &Path, sip: u16) -> Result<usize, String> {
    sip_lines(capture, sip, &format!("sip && udp.port == {sip}"), &[]).map(|lines| lines.len())
}

/// The payloads of the G.711 RTP packets that `filter` selects, one behind the other as they were sent; their
/// addresses are known to tshark from the session descriptions on port `sip`.
///
/// # Errors
/// As [`faults`], and payloads that are not hexadecimal.
pub fn payloads(capture: &Path, sip: u16, filter: &str) -> Result<Vec<u8>, String> {
    let filter = format!("rtp && rtp.p_type == 8 && ({filter})");
    let lines = sip_lines(
        capture,
        sip,
        &filter,
        &["-T", "fields", "-e", "rtp.payload"],
    )?;
    let mut octets = Vec::new();
    for line in lines {
        let digits: String = line.chars().filter(char::is_ascii_hexdigit).collect();
        for pair in digits.as_bytes().chunks(2) {
            let text = std::str::from_utf8(pair).map_err(|e| e.to_string())?;
            octets.push(u8::from_str_radix(text, 16).map_err(|e| e.to_string())?);
        }
    }
    Ok(octets)
}

fn sip_lines(capture: &Path, sip: u16, filter: &str, more: &[&str]) -> Result<Vec<String>, String> {
    let output = Command::new("tshark")
        .arg("-r")
        .arg(capture)
        .args(["-d", &format!("udp.port=={sip},sip"), "-Y", filter])
        .args(more)
        .output()
        .map_err(|error| format!("tshark: {error} (apt install tshark)"))?;
    if !output.status.success() {
        return Err(format!(
            "tshark: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        ));
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text.lines().map(str::to_owned).collect())
}
