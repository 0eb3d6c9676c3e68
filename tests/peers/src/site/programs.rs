// SPDX-License-Identifier: MIT OR Apache-2.0
//! Our own programs, built and found; the capture of the loopback interface.

use crate::exchange;
use crate::program::Program;
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Where the programs are.
#[derive(Clone, Debug)]
pub struct Programs {
    /// tdm-emu.
    pub emulator: PathBuf,
    /// pbxd.
    pub pbxd: PathBuf,
    /// tdm-cap.
    pub cap: PathBuf,
    /// The libpri peer.
    pub libpri: PathBuf,
}

impl Programs {
    /// Builds ours beside the running program, with its profile, unless `ready`; compiles the peer into `dir`.
    ///
    /// # Errors
    /// What cannot be built.
    pub fn find(dir: &Path, ready: bool) -> Result<Programs, String> {
        let own = std::env::current_exe().map_err(|error| error.to_string())?;
        let folder = own.parent().ok_or("the program has no folder")?;
        if !ready {
            build(folder)?;
        }
        let program = |name: &str| {
            let path = folder.join(name);
            path.exists()
                .then_some(path)
                .ok_or(format!("{name} is not in {}", folder.display()))
        };
        Ok(Programs {
            emulator: program("tdm-emu")?,
            pbxd: program("pbxd")?,
            cap: program("tdm-cap")?,
            libpri: exchange::build(dir)?,
        })
    }
}

fn build(folder: &Path) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args([
            "build", "--locked", "-p", "pbxd", "-p", "tdm-emu", "-p", "tdm-cap",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    if let Some(target) = folder.parent() {
        command.arg("--target-dir").arg(target);
    }
    if folder.ends_with("release") {
        command.arg("--release");
    }
    let status = command.status().map_err(|e| format!("cargo: {e}"))?;
    status
        .success()
        .then_some(())
        .ok_or(format!("cargo build: {status}"))
}

const PROBE: &[u8] = b"the capture runs";

fn holds_probe(file: &Path) -> bool {
    std::fs::read(file).is_ok_and(|octets| octets.windows(PROBE.len()).any(|w| w == PROBE))
}

/// Captures UDP on the loopback interface into `file` until it is dropped or told to end.
///
/// # Errors
/// tshark is missing, or may not capture.
pub fn capture_network(file: &Path, log: &Path) -> Result<Program, String> {
    let mut command = Command::new("tshark");
    command
        .args(["-q", "-i", "lo", "-f", "udp", "-B", "16", "-w"])
        .arg(file);
    let mut capture = Program::start(command, log, "apt install tshark")?;
    // The file is there before the capture runs: it runs once it has seen a datagram of ours.
    let socket = UdpSocket::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let end = Instant::now() + super::PATIENCE;
    while !holds_probe(file) {
        // To the discard port; that nobody listens there does not matter.
        let _ = socket.send_to(PROBE, "127.0.0.1:9");
        if capture.ended().is_some() || Instant::now() > end {
            return Err(format!(
                "tshark cannot capture on the loopback interface (run as root, or with cap_net_raw): {}",
                std::fs::read_to_string(log).unwrap_or_default().trim()
            ));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(capture)
}
