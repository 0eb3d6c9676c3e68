// SPDX-License-Identifier: MIT OR Apache-2.0
//! Emulated cards: a `tdm-emu` that serves them on sockets (vfio-user).

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::command::{Log, cargo, run};
use crate::place;

/// How long the emulator may take until the sockets are there.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long it may take to end when told to.
const GRACE: Duration = Duration::from_secs(5);
/// Stands in a configuration for the folder of the sockets.
const FOLDER: &str = "{dir}";

/// The running emulator. It ends with this value.
pub(crate) struct Cards {
    dir: PathBuf,
    sockets: Vec<String>,
    control: Option<String>,
    emulator: Option<Child>,
}

/// What is read of the emulator's configuration.
#[derive(Deserialize)]
struct Configuration {
    control: Option<PathBuf>,
    #[serde(default)]
    card: Vec<Card>,
}

#[derive(Deserialize)]
struct Card {
    socket: PathBuf,
}

impl Cards {
    /// Starts `tdm-emu` with this configuration and waits for the sockets of its cards; without a configuration there is
    /// no card. What the emulator prints is beside `log`, in emulator.log.
    pub(crate) fn start(configuration: Option<&Path>, pin: Option<u32>, log: &Log) -> Result<Self> {
        // Not below the build folder: the path of a socket has a limit of about 100 characters.
        let dir = std::env::temp_dir().join(format!("tandem-guest-{}", std::process::id()));
        std::fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
        let mut cards = Self {
            dir,
            sockets: Vec::new(),
            control: None,
            emulator: None,
        };
        if let Some(path) = configuration {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("cannot read {}", path.display()))?
                .replace(FOLDER, &cards.dir.display().to_string());
            cards
                .serve(&text, pin, log)
                .with_context(|| format!("no emulated card from {}", path.display()))?;
        }
        Ok(cards)
    }

    fn serve(&mut self, text: &str, pin: Option<u32>, log: &Log) -> Result<()> {
        (self.sockets, self.control) = sockets(text, &self.dir)?;
        let file = self.dir.join("emulator.toml");
        std::fs::write(&file, text)?;
        let build = ["build", "--locked", "--bins", "--package", "tdm-emu"];
        run(&mut cargo(&build), log)?;
        let path = log.path().with_file_name("emulator.log");
        let output =
            File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]);
        if let Some(cpu) = pin {
            command.args(["taskset", "--cpu-list", &cpu.to_string()]);
        }
        command.arg(place::target().join("debug/tdm-emu"));
        command.arg("--config").arg(&file).stdin(Stdio::null());
        command.stdout(output.try_clone()?).stderr(output);
        let child = self
            .emulator
            .insert(command.spawn().context("cannot start tdm-emu")?);
        let deadline = Instant::now() + PATIENCE;
        for socket in self.sockets.iter().chain(&self.control) {
            while !self.dir.join(socket).exists() {
                if let Some(status) = child.try_wait()? {
                    bail!("tdm-emu: {status}; see {}", path.display());
                }
                if Instant::now() > deadline {
                    bail!("tdm-emu has made no {socket}");
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        Ok(())
    }

    /// The folder of the sockets.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The names of the cards' sockets in that folder, in the order of the configuration.
    pub(crate) fn sockets(&self) -> &[String] {
        &self.sockets
    }

    /// The name of the emulator's control socket, if it has one.
    pub(crate) fn control(&self) -> Option<&str> {
        self.control.as_deref()
    }

    /// Ends the emulator, which is an error if it has failed by itself before or fails now.
    pub(crate) fn finish(mut self) -> Result<()> {
        let Some(child) = &mut self.emulator else {
            return Ok(());
        };
        let id = child.id().to_string();
        // It may have ended already: then its status says how.
        let _ = Command::new("kill")
            .args(["-TERM", &id])
            .stderr(Stdio::null())
            .status();
        let deadline = Instant::now() + GRACE;
        loop {
            match child.try_wait()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => bail!("tdm-emu: {status}"),
                None if Instant::now() > deadline => bail!("tdm-emu does not end when told to"),
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }
}

impl Drop for Cards {
    fn drop(&mut self) {
        if let Some(child) = &mut self.emulator {
            // One that has ended cannot be killed any more, which is all right.
            let _ = child.kill();
            let _ = child.wait();
        }
        // What is left is sockets and the configuration's copy.
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

/// The names of the cards' sockets and of the control socket, all of which are in `dir`.
fn sockets(text: &str, dir: &Path) -> Result<(Vec<String>, Option<String>)> {
    let configuration: Configuration = toml::from_str(text)?;
    if configuration.card.is_empty() {
        bail!("it names no card");
    }
    let name = |socket: &PathBuf| {
        let inside = socket.strip_prefix(dir).ok();
        inside
            .and_then(|name| name.to_str())
            .map(str::to_owned)
            .with_context(|| {
                format!(
                    "{}: a card's socket and the control socket are written `{FOLDER}/NAME`",
                    socket.display()
                )
            })
    };
    let cards = configuration.card.iter().map(|card| name(&card.socket));
    let control = configuration.control.as_ref().map(name).transpose()?;
    Ok((cards.collect::<Result<_>>()?, control))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::sockets;

    #[test]
    fn sockets_are_those_of_the_cards_and_in_the_folder() {
        let text = "socket = \"/d/spans\"\n[[card]]\nname = \"b\"\nsocket = \"/d/b.sock\"\n[[card]]\nsocket = \"/d/a.sock\"\n";
        let names = vec!["b.sock".to_owned(), "a.sock".to_owned()];
        assert_eq!(sockets(text, Path::new("/d")).unwrap(), (names, None));
        let text = format!("control = \"/d/c.sock\"\n{text}");
        let (_, control) = sockets(&text, Path::new("/d")).unwrap();
        assert_eq!(control.as_deref(), Some("c.sock"));
        assert!(sockets(&text, Path::new("/elsewhere")).is_err());
        assert!(sockets("socket = \"/d/spans\"", Path::new("/d")).is_err());
    }
}
