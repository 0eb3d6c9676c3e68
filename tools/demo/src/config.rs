// SPDX-License-Identifier: MIT OR Apache-2.0
//! The two files that the demo writes: one for the emulator, one for pbxd.

use std::net::SocketAddr;
use std::path::Path;

/// pbxd's span at the emulator.
pub(crate) const LINE: &str = "line";
/// The far exchange's span at the emulator.
pub(crate) const EXCHANGE: &str = "exchange";
/// The trunk group of pbxd's span.
pub(crate) const TRUNK: &str = "pri";
/// The phone, as pbxd knows it.
pub(crate) const PEER: &str = "phone";

/// emu.toml: two E1s at the two ends of a cable.
pub(crate) fn emulator(socket: &Path) -> String {
    format!(
        r#"# Two E1s, cabled to each other. See docs/emulator.md.
socket = {socket}

[clock]
mode = "real-time"
late_ms = 250

[[span]]
name = "{LINE}"

[[span]]
name = "{EXCHANGE}"

[[cable]]
ends = ["{LINE}", "{EXCHANGE}"]
"#,
        socket = quoted(socket),
    )
}

/// What pbxd.toml depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pbxd<'a> {
    /// The folder for what pbxd keeps.
    pub(crate) state: &'a Path,
    /// Its control socket.
    pub(crate) control: &'a Path,
    /// The emulator's socket.
    pub(crate) emulator: &'a Path,
    /// Its database of call records.
    pub(crate) records: &'a Path,
    /// Where it listens for SIP.
    pub(crate) sip: SocketAddr,
    /// The phone's SIP address.
    pub(crate) phone: SocketAddr,
}

/// pbxd.toml: the user side of the PRI, and the phone.
pub(crate) fn pbxd(wanted: &Pbxd<'_>) -> String {
    let address = format!("unix:{}#{LINE}", wanted.emulator.display());
    format!(
        r#"# One E1 towards the exchange, one SIP phone. See docs/configuration.md.
[node]
state_dir = {state}
control_socket = {control}

[[span]]
name = "{LINE}"
address = {address}
side = "user"

[[trunk_group]]
name = "{TRUNK}"
channels = ["{LINE}"]

[sip]
listen = "{sip}"

[[sip_peer]]
name = "{PEER}"
address = "{phone}"
codecs = ["pcma"]
options_interval_s = 0

[[route]]
name = "out"
from = ["{PEER}"]
match = "X."
targets = [{{ trunk_group = "{TRUNK}" }}]

[cdr]
path = {records}
"#,
        state = quoted(wanted.state),
        control = quoted(wanted.control),
        address = quoted(Path::new(&address)),
        sip = wanted.sip,
        phone = wanted.phone,
        records = quoted(wanted.records),
    )
}

/// A path as a TOML string.
fn quoted(path: &Path) -> String {
    let escaped: String = path
        .display()
        .to_string()
        .chars()
        .map(|c| match c {
            '"' | '\\' => format!("\\{c}"),
            c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
            c => c.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::quoted;
    use std::path::Path;

    #[test]
    fn odd_paths_stay_one_string() {
        assert_eq!(quoted(Path::new("/tmp/a b")), "\"/tmp/a b\"");
        assert_eq!(
            quoted(Path::new("/tmp/\"x\"\\\n")),
            "\"/tmp/\\\"x\\\"\\\\\\u000A\""
        );
    }
}
