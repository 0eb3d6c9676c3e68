// SPDX-License-Identifier: MIT OR Apache-2.0
//! The module as a file, and coming and going.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

use crate::module;

/// The module's own statements: licence, kernel, description, authors.
pub(crate) fn identity() -> Result<String> {
    let file = std::fs::read(module::FILE).context(module::FILE)?;
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let release = release.trim();
    let licence = one(&file, "license")?;
    ensure!(licence == "GPL", "the licence is {licence}");
    let magic = one(&file, "vermagic")?;
    ensure!(
        magic.split(' ').next() == Some(release),
        "it is for {magic}, this is {release}"
    );
    for key in ["name", "description", "author"] {
        let text = one(&file, key)?;
        ensure!(!text.is_empty(), "{key} is empty");
    }
    let name = one(&file, "name")?;
    ensure!(name == module::NAME, "the module's name is {name}");
    Ok(magic.to_owned())
}

/// The one `key=value` of the module's information; none or several are an error.
fn one<'a>(file: &'a [u8], key: &str) -> Result<&'a str> {
    let prefix = format!("{key}=");
    let mut found = values(file, &prefix);
    match (found.next(), found.next()) {
        (Some(value), None) => Ok(value),
        (None, _) => bail!("the module does not say its {key}"),
        (Some(a), Some(b)) => bail!("the module says two of {key}: {a}, {b}"),
    }
}

/// The module is there, live, and has its control node.
pub(crate) fn loaded() -> Result<String> {
    let state = std::fs::read_to_string("/sys/module/tdm/initstate")?;
    ensure!(state.trim() == "live", "the module is {}", state.trim());
    let users = std::fs::read_to_string("/sys/module/tdm/refcnt")?;
    ensure!(
        users.trim() == "0",
        "{} use the module, before anyone does",
        users.trim()
    );
    let control = Path::new("/dev/tdm/ctl");
    ensure!(control.exists(), "{} is not there", control.display());
    Ok(format!("{} is there", control.display()))
}

/// Loads and unloads it, and compares what is there before and after.
pub(crate) fn again() -> Result<String> {
    const ROUNDS: usize = 10;
    let before = traces()?;
    for _ in 0..ROUNDS {
        module::load(&[])?;
        ensure!(module::is_loaded(), "it was loaded and is not there");
        module::unload()?;
        ensure!(!module::is_loaded(), "it was unloaded and is still there");
    }
    let after = traces()?;
    let left: Vec<&String> = after.difference(&before).collect();
    ensure!(left.is_empty(), "left behind: {left:?}");
    Ok(format!("{ROUNDS} rounds"))
}

/// What a module may leave: nodes, classes, devices, numbers.
fn traces() -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let folders = [
        "/dev",
        "/sys/class",
        "/sys/bus",
        "/sys/bus/pci/drivers",
        "/sys/devices",
        "/sys/devices/virtual",
    ];
    for folder in folders {
        for entry in std::fs::read_dir(folder).with_context(|| folder.to_owned())? {
            found.insert(entry?.path().display().to_string());
        }
    }
    let numbers = std::fs::read_to_string("/proc/devices")?;
    found.extend(numbers.lines().map(|line| format!("/proc/devices: {line}")));
    Ok(found)
}

/// The kernel refuses a parameter that is no number; one that does not exist it only reports.
pub(crate) fn parameters() -> Result<String> {
    let file = std::fs::read(module::FILE)?;
    let text = values(&file, "parmtype=")
        .next()
        .context("the module has no parameter")?;
    let name = text.split(':').next().unwrap_or_default().to_owned();
    let wrong = format!("{name}=many");
    if module::load(&[&wrong]).is_ok() {
        module::unload()?;
        bail!("{wrong} was accepted");
    }
    ensure!(!module::is_loaded(), "it was refused and is there");
    module::load(&["no_such_parameter=1"])?;
    module::unload()?;
    Ok(format!("{wrong} is refused"))
}

/// The values behind `key=` in a file of strings that end with a zero.
fn values<'a>(file: &'a [u8], prefix: &str) -> impl Iterator<Item = &'a str> {
    file.split(|&byte| byte == 0)
        .filter_map(move |text| std::str::from_utf8(text.strip_prefix(prefix.as_bytes())?).ok())
}
