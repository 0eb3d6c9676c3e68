// SPDX-License-Identifier: MIT OR Apache-2.0
//! The processes of one case in a folder of their own, with the files that they are started from.

use super::phone::Handset;
use super::process::Process;
use super::watch::Line;
use super::{Outcome, RECOVERY, wait_for};
use pbx_api::{Client, Span};
use pbx_store::{Filter, Record, Store};
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tdm::SpanAddress;
use tempfile::TempDir;

/// What is at the other end of the exchange's line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FarEnd {
    /// The emulator's scripted exchange, which answers and echoes.
    Scripted,
    /// A second pbxd on a cabled span, with a phone behind it.
    Cabled,
    /// A second pbxd on a cabled span, which hands calls on to the scripted exchange on a span of its own.
    Tandem,
}

/// The programs under test.
#[derive(Clone, Debug)]
pub struct Programs {
    /// The exchange.
    pub pbxd: PathBuf,
    /// The emulator.
    pub tdm_emu: PathBuf,
}

/// The media time-out of every exchange here.
pub const MEDIA_TIMEOUT: Duration = Duration::from_secs(3);

/// One pbxd, alive or not.
#[derive(Debug)]
pub struct Exchange {
    name: &'static str,
    folder: PathBuf,
    program: PathBuf,
    process: Option<Process>,
    /// Its SIP address.
    pub sip: SocketAddr,
    /// Its span, watched.
    pub line: Line,
}

/// All processes of a case.
#[derive(Debug)]
pub struct Site {
    folder: TempDir,
    programs: Programs,
    emulator: Option<Process>,
    /// The exchange that the caller's phone uses; user side.
    pub near: Exchange,
    /// The exchange at the other end of the cable; network side.
    pub far: Option<Exchange>,
    /// The caller.
    pub caller: Handset,
    /// The called phone, behind the far exchange.
    pub callee: Option<Handset>,
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// A port that was free a moment ago.
fn free_address() -> Outcome<SocketAddr> {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|socket| socket.local_addr())
        .map_err(text)
}

impl Site {
    /// Starts everything and waits until layer 2 is up.
    ///
    /// # Errors
    /// What does not come up.
    pub fn start(programs: &Programs, far_end: FarEnd) -> Outcome<Self> {
        let folder = tempfile::Builder::new()
            .prefix("tandem-kill-")
            .tempdir()
            .map_err(text)?;
        let socket = folder.path().join("emu.sock");
        let lines = match far_end {
            FarEnd::Scripted => {
                "[[span]]\nname = \"near\"\n[[exchange]]\nspan = \"near\"\nside = \"network\"\n\
                 [[exchange.rule]]\ncalled = \"1???\"\nanswer_ms = 200\nplay = \"echo\"\n"
            }
            FarEnd::Cabled => {
                "[[span]]\nname = \"near\"\n[[span]]\nname = \"far\"\n\
                 [[cable]]\nends = [\"near\", \"far\"]\n"
            }
            FarEnd::Tandem => {
                "[[span]]\nname = \"near\"\n[[span]]\nname = \"far\"\n\
                 [[cable]]\nends = [\"near\", \"far\"]\n\
                 [[span]]\nname = \"out\"\n[[exchange]]\nspan = \"out\"\nside = \"network\"\n\
                 [[exchange.rule]]\ncalled = \"1???\"\nanswer_ms = 200\nplay = \"echo\"\n"
            }
        };
        let emulator = format!("socket = {socket:?}\n[clock]\nmode = \"real-time\"\n{lines}");
        std::fs::write(folder.path().join("emu.toml"), emulator).map_err(text)?;
        let process = emulator_process(programs, folder.path())?;
        let caller = Handset::start(free_address()?, &folder.path().join("caller.log"))?;
        let near = Exchange::prepare(programs, folder.path(), "near", "user", caller.address)?;
        let (far, callee) = match far_end {
            FarEnd::Scripted => (None, None),
            FarEnd::Cabled => {
                let callee = Handset::start(free_address()?, &folder.path().join("callee.log"))?;
                let far =
                    Exchange::prepare(programs, folder.path(), "far", "network", callee.address)?;
                (Some(far), Some(callee))
            }
            FarEnd::Tandem => {
                let nobody = free_address()?;
                let far = Exchange::prepare(programs, folder.path(), "far", "network", nobody)?;
                far.hand_on(&socket)?;
                (Some(far), None)
            }
        };
        let mut site = Self {
            folder,
            programs: programs.clone(),
            emulator: Some(process),
            near,
            far,
            caller,
            callee,
        };
        site.near.start()?;
        if let Some(far) = &mut site.far {
            far.start()?;
        }
        site.wait_up(Duration::from_secs(10))?;
        Ok(site)
    }

    /// Waits until layer 2 is up at every exchange.
    ///
    /// # Errors
    /// Where it is not.
    pub fn wait_up(&self, limit: Duration) -> Outcome<Duration> {
        let mut longest = Duration::ZERO;
        for exchange in [Some(&self.near), self.far.as_ref()].into_iter().flatten() {
            longest = longest.max(exchange.wait_up(limit)?);
        }
        Ok(longest)
    }

    /// Sets up a call from the caller's phone; sound goes both ways.
    ///
    /// # Errors
    /// What is missing.
    pub fn call(&mut self, number: &str) -> Outcome {
        self.caller.call(number, self.near.sip)?;
        match &mut self.callee {
            Some(callee) => callee.hear(number),
            None => Ok(()),
        }
    }

    /// A new call works, is hung up, and leaves the line idle.
    ///
    /// # Errors
    /// What does not.
    pub fn prove(&mut self, number: &str) -> Outcome {
        self.call(number)
            .map_err(|error| format!("a new call: {error}"))?;
        self.caller.hang_up(number)?;
        if let Some(callee) = &mut self.callee {
            callee.wait(&format!("ended {number}"), RECOVERY)?;
        }
        self.near.wait_no_calls(RECOVERY)
    }

    /// kill -9 of the emulator.
    ///
    /// # Errors
    /// It was dead.
    pub fn kill_emulator(&mut self) -> Outcome {
        self.emulator.take().ok_or("no emulator")?.kill()
    }

    /// Starts the emulator again.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start_emulator(&mut self) -> Outcome {
        self.emulator = Some(emulator_process(&self.programs, self.folder.path())?);
        Ok(())
    }

    /// Keeps the folder with configurations and logs, and says where it is.
    #[must_use]
    pub fn keep(self) -> PathBuf {
        let Self {
            folder,
            emulator,
            near,
            far,
            ..
        } = self;
        drop((emulator, near, far));
        folder.keep()
    }
}

fn emulator_process(programs: &Programs, folder: &Path) -> Outcome<Process> {
    let mut command = Command::new(&programs.tdm_emu);
    command.arg("--config").arg(folder.join("emu.toml"));
    Process::daemon("tdm-emu", &mut command, &folder.join("emu.log"))
}

impl Exchange {
    fn prepare(
        programs: &Programs,
        folder: &Path,
        name: &'static str,
        side: &str,
        phone: SocketAddr,
    ) -> Outcome<Self> {
        let sip = free_address()?;
        let own = folder.join(name);
        std::fs::create_dir_all(&own).map_err(text)?;
        let socket = folder.join("emu.sock");
        let (ports, control, timeout) = match name {
            "near" => ("20000-20399", own.join("control"), MEDIA_TIMEOUT.as_secs()),
            _ => ("20400-20799", own.join("control"), MEDIA_TIMEOUT.as_secs()),
        };
        let address = format!("unix:{}#{name}", socket.display());
        let file = format!(
            "[node]\nstate_dir = {own:?}\ncontrol_socket = {control:?}\n\
             [[span]]\nname = \"{name}\"\naddress = {address:?}\nside = \"{side}\"\n\
             [[trunk_group]]\nname = \"line\"\nchannels = [\"{name}\"]\n\
             [sip]\nlisten = \"{sip}\"\nrtp_ports = \"{ports}\"\nmedia_timeout_s = {timeout}\n\
             [[sip_peer]]\nname = \"phone\"\naddress = \"{phone}\"\noptions_interval_s = 0\n\
             [[route]]\nname = \"out\"\nfrom = [\"phone\"]\nmatch = \"1XXX\"\ntargets = [{{ trunk_group = \"line\" }}]\n\
             [[route]]\nname = \"in\"\nfrom = [\"line\"]\nmatch = \"1XXX\"\ntargets = [{{ sip_peer = \"phone\" }}]\n"
        );
        std::fs::write(own.join("pbxd.toml"), file).map_err(text)?;
        Ok(Self {
            name,
            program: programs.pbxd.clone(),
            process: None,
            sip,
            line: Line::watch(SpanAddress::Emulated {
                socket,
                span: name.into(),
            }),
            folder: own,
        })
    }

    /// Calls from its line go on to the span "out" instead of the phone.
    fn hand_on(&self, socket: &Path) -> Outcome {
        let path = self.folder.join("pbxd.toml");
        let file = std::fs::read_to_string(&path).map_err(text)?;
        let address = format!("unix:{}#out", socket.display());
        let more = format!(
            "[[span]]\nname = \"out\"\naddress = {address:?}\nside = \"user\"\n\
             [[trunk_group]]\nname = \"on\"\nchannels = [\"out\"]\n"
        );
        let file = file.replace("{ sip_peer = \"phone\" }", "{ trunk_group = \"on\" }");
        std::fs::write(&path, file + &more).map_err(text)
    }

    /// Starts it.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(&mut self) -> Outcome {
        let mut command = Command::new(&self.program);
        command.arg("--config").arg(self.folder.join("pbxd.toml"));
        let log = self.folder.join("pbxd.log");
        self.process = Some(Process::daemon("pbxd", &mut command, &log)?);
        Ok(())
    }

    /// kill -9.
    ///
    /// # Errors
    /// It was dead.
    pub fn kill(&mut self) -> Outcome {
        self.process.take().ok_or("no pbxd")?.kill()
    }

    /// SIGTERM: it must end by itself, with exit code 0.
    ///
    /// # Errors
    /// It does not.
    pub fn terminate(&mut self) -> Outcome {
        let mut process = self.process.take().ok_or("no pbxd")?;
        let status = process.terminate(RECOVERY)?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("pbxd ended with {status}"))
        }
    }

    /// Its span; the link counts as up when it is on every span that it has.
    fn ask(&self) -> Option<Span> {
        let mut client =
            Client::connect(&self.folder.join("control"), Duration::from_secs(2)).ok()?;
        let pbx_api::Reply::Spans { spans } = client.ask(pbx_api::Command::Spans {}).ok()? else {
            return None;
        };
        let up = spans.iter().all(|span| span.signalling_up);
        let span = spans.into_iter().next()?;
        Some(Span {
            signalling_up: up,
            ..span
        })
    }

    /// Waits until the span is open and claimed, and layer 2 is up.
    ///
    /// # Errors
    /// What is not.
    pub fn wait_up(&self, limit: Duration) -> Outcome<Duration> {
        let claimed = || self.line.claimed().is_some_and(|slots| slots.len() == 31);
        let up = || (self.ask()?.signalling_up && claimed()).then_some(());
        let state = || format!("{:?}", self.ask());
        wait_for(&format!("{}: layer 2 up", self.name), limit, up, state).map(|(_, took)| took)
    }

    /// Waits until it has claimed its slots.
    ///
    /// # Errors
    /// Those it has.
    pub fn wait_claimed(&self, limit: Duration) -> Outcome {
        let claimed = || self.line.claimed().is_some_and(|slots| slots.len() == 31);
        let all = || claimed().then_some(());
        let state = || format!("claimed {:?}", self.line.claimed());
        wait_for("all slots claimed", limit, all, state).map(|_| ())
    }

    /// Waits until every channel is in service.
    ///
    /// # Errors
    /// Which is not.
    pub fn wait_in_service(&self, limit: Duration) -> Outcome {
        let out = || -> Option<Vec<u8>> {
            let channels = self.ask()?.channels;
            let out = channels
                .iter()
                .filter(|channel| !channel.outages.is_empty());
            Some(out.map(|channel| channel.slot).collect())
        };
        let all = || out().is_some_and(|out| out.is_empty()).then_some(());
        let state = || format!("out of service: {:?}", out());
        wait_for("all channels in service", limit, all, state).map(|_| ())
    }

    /// The slots that have calls.
    ///
    /// # Errors
    /// It does not answer.
    pub fn slots_with_calls(&self) -> Outcome<BTreeSet<u8>> {
        let span = self.ask().ok_or("pbxd does not answer")?;
        let with_call = span
            .channels
            .iter()
            .filter(|channel| channel.call.is_some());
        Ok(with_call.map(|channel| channel.slot).collect())
    }

    /// Waits until no channel has a call.
    ///
    /// # Errors
    /// Which has.
    pub fn wait_no_calls(&self, limit: Duration) -> Outcome {
        let none = || {
            self.slots_with_calls()
                .is_ok_and(|slots| slots.is_empty())
                .then_some(())
        };
        let state = || format!("{:?}", self.slots_with_calls());
        wait_for(&format!("{}: no calls", self.name), limit, none, state).map(|_| ())
    }

    /// Waits until the record of a number is closed so. A crash has no cause.
    ///
    /// # Errors
    /// How it stands.
    pub fn wait_record(
        &self,
        number: &str,
        state: &str,
        cause: Option<u8>,
        released: Option<&str>,
    ) -> Outcome {
        let record = || -> Option<Record> {
            let store = Store::open_read_only(&self.folder.join("cdr.db")).ok()?;
            let records = store.list(&Filter::default()).ok()?;
            records.into_iter().find(|record| record.called == number)
        };
        let right = || {
            let record = record()?;
            (record.state.name() == state
                && record.cause == cause
                && record.released.as_deref() == released
                && record.answered.is_some()
                && record.ended.is_some())
            .then_some(())
        };
        let what = format!(
            "{}: the record of {number} is {state}, cause {cause:?}, by {released:?}",
            self.name
        );
        wait_for(&what, RECOVERY, right, || format!("{:?}", record())).map(|_| ())
    }
}
