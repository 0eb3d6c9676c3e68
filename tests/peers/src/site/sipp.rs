// SPDX-License-Identifier: MIT OR Apache-2.0
//! SIPp, playing one scenario.

use super::{PATIENCE, Site, free_port};
use crate::program::Program;
use crate::script::Script;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// One run of SIPp.
#[derive(Debug)]
pub struct Sipp {
    program: Program,
    errors: PathBuf,
    /// Where it takes RTP.
    pub media: u16,
}

/// How SIPp calls.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    /// The number.
    pub number: &'a str,
    /// How many calls.
    pub calls: u32,
}

impl Site {
    /// SIPp calls pbxd once.
    ///
    /// # Errors
    /// It does not start.
    pub fn sipp_calls(&mut self, number: &str, script: &Script) -> Result<Sipp, String> {
        self.sipp(Some(Caller { number, calls: 1 }), script)
    }

    /// SIPp waits for one call from pbxd.
    ///
    /// # Errors
    /// It does not start.
    pub fn sipp_is_called(&mut self, script: &Script) -> Result<Sipp, String> {
        let sipp = self.sipp(None, script)?;
        let end = Instant::now() + PATIENCE;
        while std::net::UdpSocket::bind(("127.0.0.1", self.callee)).is_ok() {
            if Instant::now() > end {
                return Err("sipp does not listen".into());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(sipp)
    }

    /// Starts SIPp.
    ///
    /// # Errors
    /// It does not start.
    pub fn sipp(&mut self, caller: Option<Caller<'_>>, script: &Script) -> Result<Sipp, String> {
        self.scripts += 1;
        let file = self.dir.join(format!("script-{}.xml", self.scripts));
        let errors = file.with_extension("err");
        std::fs::write(&file, script.xml()).map_err(|error| error.to_string())?;
        let mut command = Command::new("sipp");
        let (port, calls) = match caller {
            Some(caller) => {
                command
                    .arg(format!("127.0.0.1:{}", self.sip))
                    .args(["-s", caller.number]);
                (free_port()?, caller.calls)
            }
            None => (self.callee, 1),
        };
        // Each run has its own media ports: the last call's may still be in flight.
        let media = 41_000 + u16::try_from(self.scripts % 1000).unwrap_or_default() * 8;
        command
            .arg("-sf")
            .arg(&file)
            .args(["-i", "127.0.0.1", "-mi", "127.0.0.1"])
            .args(["-p", &port.to_string(), "-mp", &media.to_string()])
            .args(["-m", &calls.to_string(), "-r", "100"])
            .args([
                "-timeout",
                "30s",
                "-timeout_error",
                "-nostdin",
                "-trace_err",
            ])
            .arg("-error_file")
            .arg(&errors)
            .current_dir(&self.dir);
        let log = self.dir.join("sipp.log");
        let program = Program::start(command, &log, "apt install sip-tester")?;
        Ok(Sipp {
            program,
            errors,
            media,
        })
    }
}

impl Sipp {
    /// Waits until the scenario is over.
    ///
    /// # Errors
    /// It went another way; the message has what SIPp says.
    pub fn finish(&mut self) -> Result<(), String> {
        self.finish_within(PATIENCE)
    }

    /// [`Sipp::finish`] with a limit of its own.
    ///
    /// # Errors
    /// As there.
    pub fn finish_within(&mut self, limit: Duration) -> Result<(), String> {
        let result = self.program.wait(limit);
        if matches!(&result, Ok(status) if status.success()) {
            return Ok(());
        }
        let told = std::fs::read_to_string(&self.errors).unwrap_or_default();
        let told: String = told.chars().take(1500).collect();
        Err(format!("sipp: {result:?}: {told}"))
    }
}
