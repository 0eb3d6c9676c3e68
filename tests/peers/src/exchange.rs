// SPDX-License-Identifier: MIT OR Apache-2.0
//! libpri as a peer in a process of its own: building it, starting it, talking to it.

use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, UnixAddr, bind, listen, socket,
};
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long the process may take to connect and to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// Compiles the peer into `dir`.
///
/// # Errors
/// The compiler or libpri is missing, and from which package it comes.
pub fn build(dir: &Path) -> Result<PathBuf, String> {
    if !Path::new("/usr/include/libpri.h").exists() {
        return Err("libpri.h is missing: apt install libpri-dev".into());
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("libpri/libpri-exchange.c");
    let program = dir.join("libpri-exchange");
    let output = Command::new("cc")
        .args(["-std=c11", "-D_GNU_SOURCE", "-O1", "-Wall", "-Wextra", "-o"])
        .arg(&program)
        .arg(source)
        .arg("-lpri")
        .output()
        .map_err(|error| format!("cc: {error} (apt install gcc libc6-dev)"))?;
    if output.status.success() {
        Ok(program)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// One running peer.
#[derive(Debug)]
pub struct Exchange {
    child: Child,
    commands: ChildStdin,
    reports: Receiver<String>,
    /// A SOCK_SEQPACKET socket in the guise of a stream: each read and write is one packet.
    line: UnixStream,
}

impl Exchange {
    /// Starts the peer, with its socket in `dir`.
    ///
    /// # Errors
    /// What the system says, in words.
    pub fn start(program: &Path, dir: &Path, arguments: &[&str]) -> Result<Exchange, String> {
        let path = dir.join("d-channel");
        let _ = std::fs::remove_file(&path);
        let listener = listen_at(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(dir.join("libpri.log"))
            .map_err(|error| error.to_string())?;
        let mut child = Command::new(program)
            .arg("--socket")
            .arg(&path)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let line = match await_connection(&listener) {
            Ok(line) => line,
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(error);
            }
        };
        let (Some(commands), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the peer has no pipes".into());
        };
        let (to, reports) = channel();
        std::thread::spawn(move || {
            for report in BufReader::new(stdout).lines().map_while(Result::ok) {
                if to.send(report).is_err() {
                    return;
                }
            }
        });
        Ok(Exchange {
            child,
            commands,
            reports,
            line,
        })
    }

    /// The D channel, for polling.
    pub fn line(&self) -> BorrowedFd<'_> {
        self.line.as_fd()
    }

    /// Gives the peer a command line.
    ///
    /// # Errors
    /// It has ended.
    pub fn command(&mut self, line: &str) -> Result<(), String> {
        writeln!(self.commands, "{line}").map_err(|error| format!("peer: {error}"))
    }

    /// The next line that the peer has reported.
    pub fn report(&mut self) -> Option<String> {
        self.reports.try_recv().ok()
    }

    /// Puts one LAPD frame on the D channel.
    pub fn send(&self, frame: &[u8]) {
        // A peer that is gone shows itself by its silence.
        let _ = (&self.line).write(frame);
    }

    /// The next LAPD frame from the D channel, if there is one.
    pub fn receive(&self) -> Option<Vec<u8>> {
        let mut frame = vec![0; 2048];
        let length = (&self.line).read(&mut frame).ok().filter(|n| *n > 0)?;
        frame.truncate(length);
        Some(frame)
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let _ = writeln!(self.commands, "quit");
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listen_at(path: &Path) -> nix::Result<UnixListener> {
    let listener = socket(
        AddressFamily::Unix,
        SockType::SeqPacket,
        SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK,
        None,
    )?;
    bind(listener.as_raw_fd(), &UnixAddr::new(path)?)?;
    listen(&listener, Backlog::new(1)?)?;
    Ok(UnixListener::from(listener))
}

fn await_connection(listener: &UnixListener) -> Result<UnixStream, String> {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        match listener.accept() {
            Ok((line, _)) => {
                line.set_nonblocking(true).map_err(|e| e.to_string())?;
                return Ok(line);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                std::thread::sleep(Duration::from_millis(2));
            }
            Err(error) => return Err(error.to_string()),
        }
    }
    Err("the peer does not connect".into())
}
