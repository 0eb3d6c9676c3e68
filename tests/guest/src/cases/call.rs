// SPDX-License-Identifier: MIT OR Apache-2.0
//! The main job: a call crosses the kernel's rings. Two pbxds stand at the two ends of a pair of software spans, as user and
//! network side of a PRI; a SIP phone calls through both of them to another one, and both speak.

mod conductor;
mod phone;
mod sound;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use crate::control::Control;
use conductor::Conductor;
use phone::Phone;
use sound::{Ear, Mouth};

/// The number that the caller dials.
const NUMBER: &str = "5551234";
/// Packets of 20 ms that each side speaks.
const PACKETS: usize = 100;
/// Of the octets that were spoken, how many must be heard as they were, in per cent. Line time waits for the two pbxds, so nothing is late;
/// what may be lost is the beginning, before both ways are through.
const LEAST_PERCENT: f64 = 98.0;
/// How long any step may take.
const WAIT: Duration = Duration::from_secs(60);

/// Sockets of one pbxd and of the phone beside it.
struct Side {
    name: &'static str,
    end: &'static str,
    span: u32,
    sip: SocketAddr,
    phone: SocketAddr,
    rtp: &'static str,
}

impl Side {
    fn new(name: &'static str, end: &'static str, span: u32, port: u16, rtp: &'static str) -> Self {
        let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Self {
            name,
            end,
            span,
            sip: at(port),
            phone: at(port + 10),
            rtp,
        }
    }

    /// pbxd's configuration: one span, one phone, and a way between them in both directions.
    fn config(&self, folder: &Path) -> String {
        let folder = folder.display();
        let Self {
            end,
            span,
            sip,
            phone,
            rtp,
            ..
        } = self;
        format!(
            r#"[node]
state_dir = "{folder}"
control_socket = "{folder}/control.sock"

[[span]]
name = "line"
address = "/dev/tdm/span{span}"
side = "{end}"

[[trunk_group]]
name = "trunk"
channels = ["line"]

[sip]
listen = "{sip}"
rtp_ports = "{rtp}"

[[sip_peer]]
name = "phone"
address = "{phone}"
codecs = ["pcma"]
options_interval_s = 0

[[route]]
name = "out"
from = ["phone"]
match = "X."
targets = [{{ trunk_group = "trunk" }}]

[[route]]
name = "in"
from = ["trunk"]
match = "5551234"
targets = [{{ sip_peer = "phone" }}]

[cdr]
path = "{folder}/cdr.db"
"#
        )
    }
}

/// A pbxd; killed on drop.
struct Pbxd {
    child: Child,
    log: String,
}

impl Pbxd {
    fn start(side: &Side) -> Result<Self> {
        let folder = Path::new("/tmp").join(side.name);
        fs::create_dir_all(&folder)?;
        let file = folder.join("pbxd.toml");
        fs::write(&file, side.config(&folder))?;
        let log = folder.join("log");
        let output = fs::File::create(&log)?;
        let child = Command::new("pbxd")
            .arg("--config")
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .context("cannot start pbxd")?;
        Ok(Self {
            child,
            log: log.display().to_string(),
        })
    }

    /// Waits until its log says this.
    fn wait_for(&mut self, words: &str, limit: Duration) -> Result<()> {
        let start = Instant::now();
        loop {
            let text = fs::read_to_string(&self.log)?;
            if text.contains(words) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                anyhow::bail!("pbxd ended: {status}\n{text}");
            }
            ensure!(
                start.elapsed() < limit,
                "pbxd does not say {words:?} within {} s:\n{text}",
                limit.as_secs()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Asks it to end, as systemd would.
    fn stop(&mut self) -> Result<()> {
        let id = self.child.id().to_string();
        crate::module::command(Command::new("kill").args(["-TERM", &id]))?;
        let start = Instant::now();
        while self.child.try_wait()?.is_none() {
            ensure!(
                start.elapsed() < Duration::from_secs(20),
                "pbxd does not end"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Pbxd {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Ok(text) = fs::read_to_string(&self.log) {
            println!("--- {}\n{text}", self.log);
        }
    }
}

/// SIP phone → pbxd → kernel rings → pbxd → SIP phone, speech both ways, compared octet for octet.
pub(crate) fn crosses() -> Result<String> {
    let pair = Control::open()?.create(0, 1)?;
    let conductor = Conductor::start(pair.first)?;
    let caller = Side::new("caller", "user", pair.first, 5060, "20000-20100");
    let called = Side::new("called", "network", pair.second, 5160, "21000-21100");
    let mut near = Pbxd::start(&caller)?;
    let mut far = Pbxd::start(&called)?;
    for side in [&near, &far] {
        conductor.watch(side.child.id());
    }
    let here = Phone::new(caller.phone, caller.sip)?;
    let there = Phone::new(called.phone, called.sip)?;
    for side in [&mut near, &mut far] {
        side.wait_for("data link up", WAIT)?;
    }

    let answering = std::thread::spawn(move || -> Result<_> {
        let media = there.answer(WAIT)?;
        Ok((there, media))
    });
    let media = here.call(NUMBER, WAIT)?;
    let (there, far_media) = answering
        .join()
        .map_err(|_| anyhow::anyhow!("the called phone died"))??;
    let (spoken, answer) = (sound::speech(1, PACKETS), sound::speech(2, PACKETS));
    let (ear, far_ear) = (Ear::open(&here.media)?, Ear::open(&there.media)?);
    conductor.speak(Mouth::new(&here.media, media, spoken.clone())?);
    conductor.speak(Mouth::new(&there.media, far_media, answer.clone())?);
    let start = Instant::now();
    while !conductor.is_quiet() {
        ensure!(
            start.elapsed() < WAIT * 2,
            "the phones do not finish speaking"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    // What is still under way: less than half a second of line time.
    std::thread::sleep(Duration::from_secs(2));
    here.hang_up(WAIT)?;
    there.wait_for_end(WAIT)?;
    let heard = [
        sound::identical_percent(&spoken, &far_ear.close()?),
        sound::identical_percent(&answer, &ear.close()?),
    ];
    near.stop()?;
    far.stop()?;
    let figures = conductor.end()?;
    let said = format!(
        "{:.2} % and {:.2} % of {} octets each way arrived as they were spoken; {} ticks, {} of them given early",
        heard[0],
        heard[1],
        spoken.len(),
        figures.ticks,
        figures.unsettled
    );
    ensure!(
        heard.iter().all(|percent| *percent >= LEAST_PERCENT),
        "{said}"
    );
    Ok(said)
}
