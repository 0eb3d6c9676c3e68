// SPDX-License-Identifier: MIT OR Apache-2.0
//! The processes: tdm-emu with the spans and an exchange that answers and echoes on each, pbxd, and SIPp with its streams.

use pbx_api::{Call, Client, Command as Ask, Reply};
use peers::program::Program;
use peers::script::{AUDIO, Script};
use peers::site::{await_file, free_port};
use std::fmt::Write;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// pbxd's RTP ports.
pub(crate) const PORTS: RangeInclusive<u16> = 20_000..=21_999;
/// Calls that SIPp begins in a second.
const RATE: &str = "15";
const PATIENCE: Duration = Duration::from_secs(20);

/// What is run.
pub(crate) struct Plan {
    pub(crate) programs: PathBuf,
    pub(crate) dir: PathBuf,
    pub(crate) spans: u32,
    pub(crate) calls: u32,
}

/// What runs.
pub(crate) struct Site {
    dir: PathBuf,
    pub(crate) pbxd: Program,
    pub(crate) emulator: Program,
    sip: u16,
}

impl Site {
    pub(crate) fn start(plan: &Plan) -> Result<Self, String> {
        let dir = plan.dir.clone();
        let sip = free_port()?;
        let write = |name: &str, text: String| {
            std::fs::write(dir.join(name), text).map_err(|error| format!("{name}: {error}"))
        };
        write("emu.toml", emulator_file(&dir, plan.spans))?;
        write("pbxd.toml", pbxd_file(&dir, plan.spans, sip))?;
        let start = |name: &str| {
            let mut command = Command::new(plan.programs.join(name));
            let file = name.rsplit('-').next().unwrap_or(name);
            command
                .arg("--config")
                .arg(dir.join(format!("{file}.toml")));
            Program::start(command, &dir.join(format!("{name}.log")), "cargo build")
        };
        let mut emulator = start("tdm-emu")?;
        await_file(&dir.join("emu.sock"), &mut emulator, PATIENCE)?;
        let mut pbxd = start("pbxd")?;
        await_file(&dir.join("control.sock"), &mut pbxd, PATIENCE)?;
        let site = Self {
            dir: dir.clone(),
            pbxd,
            emulator,
            sip,
        };
        let end = Instant::now() + PATIENCE;
        while !site.is_up()? {
            if Instant::now() > end {
                return Err("layer 2 does not come up on every span".into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(site)
    }

    /// SIPp begins its calls; each sends speech until it gets BYE.
    pub(crate) fn sipp(&self, calls: u32, speech: &Path) -> Result<Program, String> {
        let sdp = AUDIO.replace("[media_port]", "[rtpstream_audio_port]");
        let script = Script::call("", &sdp)
            .perhaps(&[100, 180, 183])
            .response(200, &[])
            .ack()
            .play_on(&speech.display().to_string())
            .received("BYE", &[])
            .respond(200, "", "");
        let file = self.dir.join("sipp.xml");
        std::fs::write(&file, script.xml()).map_err(|error| error.to_string())?;
        let mut command = Command::new("sipp");
        command
            .arg(format!("127.0.0.1:{}", self.sip))
            .args(["-s", "1234", "-i", "127.0.0.1", "-mi", "127.0.0.1", "-sf"])
            .arg(&file)
            .args(["-p", &free_port()?.to_string()])
            .args(["-m", &calls.to_string(), "-l", &calls.to_string()])
            .args(["-r", RATE, "-nostdin"])
            .args(["-mp", "30000"])
            .args(["-timeout", "900s", "-timeout_error", "-trace_err"])
            .arg("-error_file")
            .arg(self.errors())
            .current_dir(&self.dir);
        Program::start(
            command,
            &self.dir.join("sipp.log"),
            "apt install sip-tester",
        )
    }

    /// What SIPp says is wrong, the beginning of it.
    pub(crate) fn sipp_errors(&self) -> String {
        let told = std::fs::read_to_string(self.errors()).unwrap_or_default();
        told.chars().take(1500).collect()
    }

    fn errors(&self) -> PathBuf {
        self.dir.join("sipp.err")
    }

    fn client(&self) -> Result<Client, String> {
        Client::connect(&self.dir.join("control.sock"), PATIENCE).map_err(|e| e.to_string())
    }

    fn is_up(&self) -> Result<bool, String> {
        match self.client()?.ask(Ask::Spans {}) {
            Ok(Reply::Spans { spans }) => Ok(spans.iter().all(|span| span.signalling_up)),
            other => Err(format!("pbxd: {other:?}")),
        }
    }

    pub(crate) fn calls(&self) -> Result<Vec<Call>, String> {
        self.client()?.calls().map_err(|error| error.to_string())
    }

    pub(crate) fn hang_up(&self, calls: &[Call]) -> Result<(), String> {
        let mut client = self.client()?;
        for call in calls {
            let command = Ask::Hangup {
                call: call.id,
                cause: 16,
            };
            client.ask(command).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    pub(crate) fn counters(&self) -> Result<Counters, String> {
        match self.client()?.ask(Ask::Status {}) {
            Ok(Reply::Status(status)) => Ok(Counters(status.counters)),
            other => Err(format!("pbxd: {other:?}")),
        }
    }

    /// Ends both; what their logs hold that must not be there.
    pub(crate) fn end(mut self) -> Result<(), String> {
        for program in [&mut self.pbxd, &mut self.emulator] {
            let status = program.terminate()?;
            if !status.success() {
                return Err(format!("a program ended with {status}"));
            }
        }
        let log = std::fs::read_to_string(self.dir.join("pbxd.log")).unwrap_or_default();
        let bad = |line: &&str| line.contains("panicked") || line.contains("ERROR");
        match log.lines().find(bad) {
            None => Ok(()),
            Some(line) => Err(line.to_owned()),
        }
    }
}

/// pbxd's counters.
pub(crate) struct Counters(Vec<pbx_api::Counter>);

impl Counters {
    pub(crate) fn get(&self, name: &str) -> u64 {
        let counter = self.0.iter().find(|counter| counter.name == name);
        counter.map_or(0, |counter| counter.value)
    }
}

fn emulator_file(dir: &Path, spans: u32) -> String {
    let mut text = format!(
        "socket = \"{}/emu.sock\"\n[clock]\nmode = \"real-time\"\n",
        dir.display()
    );
    for span in 0..spans {
        let _ = write!(
            text,
            "[[span]]\nname = \"e{span}\"\n[[exchange]]\nspan = \"e{span}\"\nside = \"network\"\n\
             [[exchange.rule]]\ncalled = \"1???\"\nanswer_ms = 200\nplay = \"echo\"\n"
        );
    }
    text
}

fn pbxd_file(dir: &Path, spans: u32, sip: u16) -> String {
    let dir = dir.display();
    let mut text = format!(
        "[node]\nstate_dir = \"{dir}/state\"\ncontrol_socket = \"{dir}/control.sock\"\n\
         [cdr]\npath = \"{dir}/cdr.db\"\n[log]\nlevel = \"warn\"\n\
         [sip]\nlisten = \"127.0.0.1:{sip}\"\nrtp_ports = \"{}-{}\"\n\
         [[sip_peer]]\nname = \"phone\"\naddress = \"127.0.0.1\"\noptions_interval_s = 0\n\
         [[route]]\nname = \"out\"\nfrom = [\"phone\"]\nmatch = \"1XXX\"\ntargets = [{{ trunk_group = \"lines\" }}]\n",
        PORTS.start(),
        PORTS.end()
    );
    let names: Vec<String> = (0..spans).map(|span| format!("\"e{span}\"")).collect();
    let _ = writeln!(
        text,
        "[[trunk_group]]\nname = \"lines\"\nchannels = [{}]\nhunt = \"round_robin\"",
        names.join(", ")
    );
    for span in 0..spans {
        let _ = write!(
            text,
            "[[span]]\nname = \"e{span}\"\naddress = \"unix:{dir}/emu.sock#e{span}\"\nside = \"user\"\n"
        );
    }
    text
}
