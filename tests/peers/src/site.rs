// SPDX-License-Identifier: MIT OR Apache-2.0
//! A whole system of processes: tdm-emu with one E1, pbxd at one end of it, libpri at the other, tdm-cap on its D channel,
//! SIPp on demand.

mod checks;
mod programs;
mod sipp;

pub use checks::Expected;
pub use programs::{NetworkCapture, Programs, build};
pub use sipp::{LOOPBACK, Sipp};

use crate::program::Program;
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// How long an expected thing may take, on a machine that is busy with other things.
pub const PATIENCE: Duration = Duration::from_secs(8);

/// A running system.
#[derive(Debug)]
pub struct Site {
    /// libpri.
    pub libpri: Program,
    /// Where pbxd takes SIP.
    pub sip: u16,
    /// Where it calls SIPp.
    pub callee: u16,
    /// pbxd is the network side.
    pub network: bool,
    /// Where files of this system are.
    pub dir: PathBuf,
    cap: PathBuf,
    capture: Program,
    pbxd: Program,
    emulator: Program,
    /// The highest call id there was before the case.
    seen: u64,
    scripts: u32,
}

impl Site {
    /// Starts everything and waits until the data link is up.
    ///
    /// # Errors
    /// What does not start or come up.
    pub fn start(programs: &Programs, dir: &Path, network: bool) -> Result<Site, String> {
        std::fs::create_dir_all(dir).map_err(|error| error.to_string())?;
        let (sip, callee) = (free_port()?, free_port()?);
        let path = |name: &str| dir.join(name);
        let write = |name: &str, text: String| {
            std::fs::write(path(name), text).map_err(|error| format!("{name}: {error}"))
        };
        write("emu.toml", emulator_file(dir))?;
        write("pbxd.toml", pbxd_file(dir, network, sip, callee))?;

        let mut command = Command::new(&programs.emulator);
        command.arg("--config").arg(path("emu.toml"));
        let mut emulator = Program::start(command, &path("emu.log"), "cargo build")?;
        await_file(&path("emu.sock"), &mut emulator, PATIENCE)?;
        await_file(&path("d-channel"), &mut emulator, PATIENCE)?;

        let mut command = Command::new(&programs.cap);
        command
            .args([
                "dchannel",
                &format!("unix:{}#line", path("emu.sock").display()),
                "--out",
            ])
            .arg(path("d.pcap"));
        if network {
            command.arg("--network");
        }
        let capture = Program::start(command, &path("cap.log"), "cargo build")?;

        let mut command = Command::new(&programs.pbxd);
        command.arg("--config").arg(path("pbxd.toml"));
        let mut pbxd = Program::start(command, &path("pbxd.log"), "cargo build")?;
        await_file(&path("control.sock"), &mut pbxd, PATIENCE)?;

        let mut command = Command::new(&programs.libpri);
        command.arg("--socket").arg(path("d-channel")).args([
            "--role",
            if network { "cpe" } else { "net" },
            "--overlap",
        ]);
        let mut libpri = Program::start(command, &path("libpri.log"), "apt install libpri-dev")?;
        libpri.expect("up", PATIENCE)?;
        let mut site = Site {
            libpri,
            sip,
            callee,
            network,
            dir: dir.to_owned(),
            cap: programs.cap.clone(),
            capture,
            pbxd,
            emulator,
            seen: 0,
            scripts: 0,
        };
        site.settle()?;
        Ok(site)
    }

    /// Records what pbxd sends on a slot, for so many seconds or until it is told to end.
    ///
    /// # Errors
    /// tdm-cap does not start.
    pub fn capture_slot(
        &self,
        slot: u8,
        wav: &Path,
        seconds: Option<&str>,
    ) -> Result<Program, String> {
        let span = format!("unix:{}#line", self.dir.join("emu.sock").display());
        let mut command = Command::new(&self.cap);
        command
            .args([
                "audio",
                &span,
                "--side",
                "sent",
                "--slot",
                &slot.to_string(),
                "--out",
            ])
            .arg(wav);
        if let Some(seconds) = seconds {
            command.args(["--seconds", seconds]);
        }
        Program::start(command, &self.dir.join("cap.log"), "cargo build")
    }

    /// Ends everything, and gives the capture of the D channel.
    ///
    /// # Errors
    /// A program that does not end by itself, or ends with an error.
    pub fn end(mut self) -> Result<PathBuf, String> {
        let mut wrong = Vec::new();
        for (name, program) in [
            ("pbxd", &mut self.pbxd),
            ("tdm-cap", &mut self.capture),
            ("tdm-emu", &mut self.emulator),
        ] {
            match program.terminate() {
                Ok(status) if status.success() => {}
                // Frames that a busy machine made the capture miss are its exit code 1.
                Ok(status) => wrong.push(format!("{name}: {status}")),
                Err(error) => wrong.push(error),
            }
        }
        let log = std::fs::read_to_string(self.dir.join("pbxd.log")).unwrap_or_default();
        wrong.extend(
            log.lines()
                .filter(|line| line.contains("panicked") || line.contains("ERROR"))
                .map(str::to_owned),
        );
        if wrong.is_empty() {
            Ok(self.dir.join("d.pcap"))
        } else {
            Err(wrong.join("; "))
        }
    }
}

fn emulator_file(dir: &Path) -> String {
    format!(
        "socket = \"{dir}/emu.sock\"\n[clock]\nmode = \"real-time\"\n[[span]]\nname = \"line\"\n\
         [[dchannel]]\nspan = \"line\"\nsocket = \"{dir}/d-channel\"\nchannels = \"loop\"\n",
        dir = dir.display()
    )
}

fn pbxd_file(dir: &Path, network: bool, sip: u16, callee: u16) -> String {
    let side = if network { "network" } else { "user" };
    format!(
        r#"[node]
state_dir = "{dir}/state"
control_socket = "{dir}/control.sock"
[[span]]
name = "pri"
address = "unix:{dir}/emu.sock#line"
side = "{side}"
[[trunk_group]]
name = "line"
channels = ["pri"]
[sip]
listen = "127.0.0.1:{sip}"
rtp_ports = "20000-21999"
[[sip_peer]]
name = "phone"
address = "127.0.0.1:{callee}"
options_interval_s = 0
[calls]
failure_tone_s = 1
announcement_s = 1
[[route]]
name = "out"
from = ["phone"]
match = "1XXX"
targets = [{{ trunk_group = "line" }}]
[[route]]
name = "in"
from = ["line"]
match = "4XXX"
targets = [{{ sip_peer = "phone" }}]
[[route]]
name = "through"
from = ["line"]
match = "6XXX"
targets = [{{ trunk_group = "line", strip = 1, prepend = "1" }}]
[cdr]
path = "{dir}/cdr.db"
[log]
level = "debug"
"#,
        dir = dir.display()
    )
}

/// Waits for a file that a program makes.
///
/// # Errors
/// The program has ended, or the time is over.
pub fn await_file(path: &Path, by: &mut Program, patience: Duration) -> Result<(), String> {
    let end = Instant::now() + patience;
    while !path.exists() {
        if let Some(status) = by.ended() {
            return Err(format!("{} is not there: {status}", path.display()));
        }
        if Instant::now() > end {
            return Err(format!("{} does not come", path.display()));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

/// A UDP port that nobody uses now; SIPp needs a number.
///
/// # Errors
/// No socket can be had.
pub fn free_port() -> Result<u16, String> {
    UdpSocket::bind("127.0.0.1:0")
        .and_then(|socket| socket.local_addr())
        .map(|address| address.port())
        .map_err(|error| error.to_string())
}
