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
            build(folder, &["pbxd", "tdm-emu", "tdm-cap"])?;
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

/// Builds the binaries of packages into the folder of the running program, with its profile.
///
/// # Errors
/// What cannot be built.
pub fn build(folder: &Path, packages: &[&str]) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--locked", "--bins"])
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    for package in packages {
        command.args(["-p", package]);
    }
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

/// A capture of UDP on the loopback interface.
#[derive(Debug)]
pub struct NetworkCapture {
    tshark: Program,
    file: PathBuf,
    socket: UdpSocket,
}

impl NetworkCapture {
    /// Starts it.
    ///
    /// # Errors
    /// tshark is missing, or may not capture.
    pub fn start(file: &Path, log: &Path) -> Result<NetworkCapture, String> {
        // An earlier capture would look as if this one ran.
        let _ = std::fs::remove_file(file);
        let mut command = Command::new("tshark");
        command
            .args(["-q", "-i", "lo", "-f", "udp", "-B", "16", "-w"])
            .arg(file);
        let mut capture = NetworkCapture {
            tshark: Program::start(command, log, "apt install tshark")?,
            file: file.to_owned(),
            socket: UdpSocket::bind("127.0.0.1:0").map_err(|error| error.to_string())?,
        };
        capture.await_probe(b"the capture runs").map_err(|error| {
            format!(
                "tshark cannot capture on the loopback interface (run as root, or with cap_net_raw): {error}: {}",
                std::fs::read_to_string(log).unwrap_or_default().trim()
            )
        })?;
        Ok(capture)
    }

    /// Ends it, when everything sent until now is in the file.
    ///
    /// # Errors
    /// It has ended before, or does not end.
    pub fn finish(mut self) -> Result<(), String> {
        self.await_probe(b"the capture ends")?;
        self.tshark.terminate().map(|_| ())
    }

    /// Sends a datagram until it is in the file.
    fn await_probe(&mut self, probe: &[u8]) -> Result<(), String> {
        let end = Instant::now() + super::PATIENCE;
        loop {
            // To the discard port; that nobody listens there does not matter.
            let _ = self.socket.send_to(probe, "127.0.0.1:9");
            std::thread::sleep(Duration::from_millis(50));
            let octets = std::fs::read(&self.file).unwrap_or_default();
            if octets.windows(probe.len()).any(|window| window == probe) {
                return Ok(());
            }
            if self.tshark.ended().is_some() || Instant::now() > end {
                return Err("what was sent is not in the capture".into());
            }
        }
    }
}
