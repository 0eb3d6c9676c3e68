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

/// Where pbxd's peer is.
pub const LOOPBACK: &str = "127.0.0.1";

impl Site {
    /// SIPp calls pbxd once.
    ///
    /// # Errors
    /// It does not start.
    pub fn sipp_calls(&mut self, number: &str, script: &Script) -> Result<Sipp, String> {
        self.start_sipp(Some(number), 1, LOOPBACK, script)
    }

    /// SIPp waits for one call from pbxd.
    ///
    /// # Errors
    /// It does not start.
    pub fn sipp_is_called(&mut self, script: &Script) -> Result<Sipp, String> {
        self.sipp_is_called_often(1, script)
    }

    /// SIPp waits for so many calls from pbxd.
    ///
    /// # Errors
    /// It does not start.
    pub fn sipp_is_called_often(&mut self, calls: u32, script: &Script) -> Result<Sipp, String> {
        let sipp = self.start_sipp(None, calls, LOOPBACK, script)?;
        let end = Instant::now() + PATIENCE;
        while std::net::UdpSocket::bind(("127.0.0.1", self.callee)).is_ok() {
            if Instant::now() > end {
                return Err("sipp does not listen".into());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(sipp)
    }

    /// SIPp calls so many times, from an address of this host.
    ///
    /// # Errors
    /// It does not start.
    pub fn sipp_calls_often(
        &mut self,
        number: &str,
        calls: u32,
        from: &str,
        script: &Script,
    ) -> Result<Sipp, String> {
        self.start_sipp(Some(number), calls, from, script)
    }

    fn start_sipp(
        &mut self,
        number: Option<&str>,
        calls: u32,
        from: &str,
        script: &Script,
    ) -> Result<Sipp, String> {
        self.scripts += 1;
        let file = self.dir.join(format!("script-{}.xml", self.scripts));
        let errors = file.with_extension("err");
        std::fs::write(&file, script.xml()).map_err(|error| error.to_string())?;
        let mut command = Command::new("sipp");
        let port = match number {
            Some(number) => {
                command
                    .arg(format!("{LOOPBACK}:{}", self.sip))
                    .args(["-s", number]);
                free_port()?
            }
            None => self.callee,
        };
        // Each run has its own media ports: the last call's may still be in flight.
        let media = 41_000 + u16::try_from(self.scripts % 1000).unwrap_or_default() * 8;
        command
            .arg("-sf")
            .arg(&file)
            .args(["-i", from, "-mi", from])
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
