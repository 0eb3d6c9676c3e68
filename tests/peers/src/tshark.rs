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
