// SPDX-License-Identifier: MIT OR Apache-2.0
//! libpri's `rosetest`: a program that prints how libpri encodes and decodes some 260 messages with
//! supplementary services. It is built from Debian's source package at test time and run; nothing of
//! it is kept.

use std::path::Path;
use std::process::Command;

/// One message of `rosetest`.
#[derive(Debug, Default)]
pub struct Message {
    /// What `rosetest` calls it.
    pub title: String,
    /// Its octets, without protocol profile.
    pub octets: Vec<u8>,
    /// What libpri decodes, a line each.
    pub lines: Vec<String>,
}

impl Message {
    /// The values of lines `key = value`.
    pub fn values<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.lines.iter().filter_map(move |line| {
            let (name, value) = line.trim().split_once(" = ")?;
            (name == key).then_some(value)
        })
    }
}

fn run(command: &mut Command, what: &str) -> Result<Vec<u8>, String> {
    let output = command
        .output()
        .map_err(|error| format!("{what}: {error} (apt install libpri-dev gcc make libc6-dev)"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(format!("{what}: {}", errors.trim()))
}

/// Fetches libpri's source package with apt (its own lists, under `dir`), builds `rosetest` and runs it.
///
/// # Errors
/// Any of that fails.
pub fn messages(dir: &Path) -> Result<Vec<Message>, String> {
    let release = std::fs::read_to_string("/etc/os-release").map_err(|e| e.to_string())?;
    let codename = release
        .lines()
        .find_map(|line| line.strip_prefix("VERSION_CODENAME="))
        .ok_or("/etc/os-release names no release")?;
    let sources = dir.join("sources.list");
    let line = format!("deb-src http://deb.debian.org/debian {codename} main\n");
    std::fs::write(&sources, line).map_err(|error| error.to_string())?;
    for folder in ["lists/partial", "cache/archives/partial"] {
        std::fs::create_dir_all(dir.join(folder)).map_err(|error| error.to_string())?;
    }
    let apt = |words: &[&str]| {
        let mut command = Command::new("apt-get");
        command.current_dir(dir).arg("-qq");
        for (key, value) in [
            ("Dir::Etc::sourcelist", sources.display().to_string()),
            ("Dir::Etc::sourceparts", "-".to_owned()),
            ("Dir::State::lists", dir.join("lists").display().to_string()),
            ("Dir::Cache", dir.join("cache").display().to_string()),
            ("APT::Sandbox::User", "root".to_owned()),
        ] {
            command.arg("-o").arg(format!("{key}={value}"));
        }
        command.args(words);
        command
    };
    run(&mut apt(&["update"]), "apt-get update")?;
    run(
        &mut apt(&["source", "--download-only", "libpri"]),
        "apt-get source libpri",
    )?;
    let archive = std::fs::read_dir(dir)
        .map_err(|error| error.to_string())?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.to_string_lossy().contains(".orig.tar"))
        .ok_or("apt-get source libpri gave no archive")?;
    let source = dir.join("source");
    std::fs::create_dir_all(&source).map_err(|error| error.to_string())?;
    let mut tar = Command::new("tar");
    tar.arg("xf").arg(&archive).arg("-C").arg(&source);
    run(tar.arg("--strip-components=1"), "tar")?;
    let mut make = Command::new("make");
    make.arg("-C").arg(&source).arg("CFLAGS=-O1 -w -fPIC");
    run(make.arg("rosetest"), "make rosetest")?;
    let mut rosetest = Command::new(source.join("rosetest"));
    let text = run(&mut rosetest, "rosetest")?;
    Ok(parse(&String::from_utf8_lossy(&text)))
}

/// Takes the output apart.
fn parse(text: &str) -> Vec<Message> {
    let mut all = Vec::new();
    let mut now = Message::default();
    let (mut dump, mut open) = (false, false);
    for line in text.lines() {
        let line = line.trim_end();
        if line.contains("encoded length is") {
            all.push(core::mem::take(&mut now));
            now.title = line.to_owned();
        } else if line == "ASN.1 dump" {
            dump = true;
        } else if line == "ASN.1 end" {
            dump = false;
        } else if dump {
            now.octets.extend(octets(line.trim(), &mut open));
        } else if !line.is_empty() && !line.starts_with('*') {
            now.lines.push(line.to_owned());
        }
    }
    all.push(now);
    all.retain(|message| !message.octets.is_empty());
    all
}

/// The octets of a line of a dump: `Integer(2 0x02) <02> Len:1 <01>`, or contents, which may go on
/// over several lines: `<52> - "R"`.
fn octets(line: &str, open: &mut bool) -> Vec<u8> {
    let line = line.split(" - \"").next().unwrap_or_default();
    let hexadecimal = |text: &str| -> String {
        let only = text.chars().filter(char::is_ascii_hexdigit);
        only.collect()
    };
    let digits: String = if *open || line.starts_with('<') {
        *open = !line.contains('>');
        hexadecimal(line)
    } else {
        let groups = line.split('<').skip(1);
        groups
            .filter_map(|group| group.split('>').next())
            .map(hexadecimal)
            .collect()
    };
    digits
        .as_bytes()
        .chunks(2)
        .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}
