// SPDX-License-Identifier: MIT OR Apache-2.0
//! The stage: a temporary folder, the emulator and pbxd as processes, the far exchange and the phone.

use crate::config::{self, EXCHANGE, LINE};
use crate::exchange::{Exchange, Script};
use crate::interrupt::Children;
use crate::phone::Phone;
use crate::process::{Cpu, Process};
use crate::steps::Steps;
use anyhow::{Context, Result};
use pbx_api::{Client, Command, Reply};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tdm::{Span, SpanAddress};
use tempfile::TempDir;

/// How long the programs may take to come up.
const START: Duration = Duration::from_secs(20);
/// How long an answer of pbxd may take.
const ANSWER: Duration = Duration::from_secs(5);
/// How long a program may take to end.
const END: Duration = Duration::from_secs(10);

/// Everything that runs. Dropping it ends and removes it all.
#[derive(Debug)]
pub(crate) struct Stage {
    /// pbxd; before the emulator in the order of ending.
    pub(crate) pbxd: Process,
    emulator: Process,
    /// The far exchange.
    pub(crate) exchange: Exchange,
    /// The phone.
    pub(crate) phone: Phone,
    /// pbxd's command line socket.
    pub(crate) client: Client,
    /// The far exchange's span, to listen on.
    pub(crate) span: Span,
    /// pbxd's database of call records.
    pub(crate) records: PathBuf,
    children: Children,
    folder: Option<TempDir>,
}

impl Stage {
    /// Starts everything and waits until the PRI's layer 2 is up.
    pub(crate) fn set(
        steps: &mut Steps,
        script: Script,
        keep: bool,
        children: &Children,
    ) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("tandem-demo-")
            .tempdir()
            .context("a temporary folder")?;
        children.remove(folder.path());
        let path = |name: &str| folder.path().join(name);
        let (emu_toml, emu_socket) = (path("emu.toml"), path("emu.sock"));
        write(&emu_toml, &config::emulator(&emu_socket))?;
        let mut emulator = Process::start(
            "tdm-emu",
            &[Path::new("--config"), &emu_toml],
            folder.path(),
        )?;
        children.add(&emulator);
        steps.say(
            "demo",
            format!(
                "tdm-emu started (process {}): two E1s, cabled to each other, in real time",
                emulator.id()
            ),
        );
        let span = wait(&mut emulator, "the emulator's spans", || {
            let address = SpanAddress::Emulated {
                socket: emu_socket.clone(),
                span: EXCHANGE.to_owned(),
            };
            Ok(Span::open(&address).ok())
        })?;
        let exchange = Exchange::start(&span, script)?;

        let phone_socket =
            UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).context("the phone's SIP socket")?;
        let wanted = config::Pbxd {
            state: folder.path(),
            control: &path("pbxd.sock"),
            emulator: &emu_socket,
            records: &path("cdr.db"),
            sip: free_address()?,
            phone: phone_socket.local_addr()?,
        };
        let pbxd_toml = path("pbxd.toml");
        write(&pbxd_toml, &config::pbxd(&wanted))?;
        let mut pbxd = Process::start("pbxd", &[Path::new("--config"), &pbxd_toml], folder.path())?;
        children.add(&pbxd);
        steps.say(
            "demo",
            format!(
                "pbxd started (process {}): SIP on {}",
                pbxd.id(),
                wanted.sip
            ),
        );
        let mut client = wait(&mut pbxd, "pbxd's control socket", || {
            Ok(Client::connect(wanted.control, ANSWER).ok())
        })?;
        wait(&mut pbxd, "layer 2 of the PRI", || {
            Ok((span_of(&mut client)?.signalling_up && exchange.is_up()).then_some(()))
        })?;
        // What the exchange told until now is said in one line.
        while exchange.notices.try_recv().is_ok() {}
        steps.say("pbxd", "layer 2 of the PRI is up at both ends");
        let phone = Phone::start(phone_socket, wanted.sip)?;
        let records = wanted.records.to_owned();
        let mut stage = Self {
            pbxd,
            emulator,
            exchange,
            phone,
            client,
            span,
            records,
            children: children.clone(),
            folder: Some(folder),
        };
        if keep {
            let path = stage.folder.take().map(TempDir::keep).unwrap_or_default();
            children.keep();
            steps.say("demo", format!("files stay in {}", path.display()));
        }
        Ok(stage)
    }

    /// Fails if a part of it has died.
    pub(crate) fn check(&mut self) -> Result<()> {
        self.emulator.check()?;
        self.pbxd.check()?;
        self.exchange.check()
    }

    /// The state of pbxd's span.
    pub(crate) fn line(&mut self) -> Result<pbx_api::Span> {
        span_of(&mut self.client)
    }

    /// A counter of pbxd by its name.
    pub(crate) fn counters(&mut self) -> Result<Counters> {
        match self.client.ask(Command::Status {})? {
            Reply::Status(status) => Ok(Counters(status.counters)),
            other => anyhow::bail!("pbxd answered {other:?} to status"),
        }
    }

    /// What pbxd, the emulator and the demo itself have had of the processors.
    pub(crate) fn cpu(&self) -> Result<[Cpu; 3]> {
        Ok([self.pbxd.cpu()?, self.emulator.cpu()?, Cpu::own()?])
    }

    /// Ends everything as an operator would: pbxd, the exchange, the emulator.
    pub(crate) fn strike(mut self, steps: &mut Steps) -> Result<()> {
        self.phone.stop()?;
        self.pbxd.end(END)?;
        self.exchange.stop()?;
        drop(self.span);
        self.emulator.end(END)?;
        self.children.forget();
        steps.say("demo", "pbxd and tdm-emu have ended");
        Ok(())
    }
}

/// Counters of pbxd.
#[derive(Clone, Debug)]
pub(crate) struct Counters(Vec<pbx_api::Counter>);

impl Counters {
    /// A counter; 0 when pbxd has none of that name.
    pub(crate) fn get(&self, name: &str) -> u64 {
        self.0
            .iter()
            .find(|counter| counter.name == name)
            .map_or(0, |counter| counter.value)
    }
}

fn span_of(client: &mut Client) -> Result<pbx_api::Span> {
    match client.ask(Command::Spans {})? {
        Reply::Spans { spans } => spans
            .into_iter()
            .find(|span| span.name == LINE)
            .context("pbxd does not list its span"),
        other => anyhow::bail!("pbxd answered {other:?} to spans"),
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// A UDP address on the loopback that is free now.
fn free_address() -> Result<SocketAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).context("a free UDP port")?;
    Ok(socket.local_addr()?)
}

/// Waits until `look` finds something; fails with the log's end when that takes too long or the program has ended.
fn wait<T>(
    process: &mut Process,
    what: &str,
    mut look: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let deadline = Instant::now() + START;
    loop {
        process.check()?;
        if let Some(found) = look().with_context(|| process.tail())? {
            return Ok(found);
        }
        if Instant::now() >= deadline {
            anyhow::bail!("{what}: not there after {START:?}\n{}", process.tail());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
