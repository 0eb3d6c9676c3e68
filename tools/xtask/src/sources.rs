// SPDX-License-Identifier: MIT OR Apache-2.0
//! A name for the committed sources of some packages and of what they use in the workspace: a result holds while it
//! stays the same.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::place;

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `dev` for what only tests use.
    kind: Option<String>,
    /// The folder, for a package of the workspace.
    path: Option<String>,
}

/// The object name of the committed sources of `packages` and their workspace dependencies.
pub(crate) fn name(packages: &[&str]) -> Result<String> {
    let folders = folders(packages)?;
    let mut list = String::new();
    for folder in &folders {
        for part in ["Cargo.toml", "src"] {
            let path = format!("{folder}/{part}");
            let id = git(&["rev-parse", &format!("HEAD:{path}")], "")?;
            list.push_str(&format!("{id} {path}\n"));
        }
    }
    git(&["hash-object", "--stdin"], &list)
}

/// The folders of the packages and of all they use, from the top of the checkout.
fn folders(packages: &[&str]) -> Result<BTreeSet<String>> {
    let out = Command::new("cargo")
        .args([
            "metadata",
            "--no-deps",
            "--locked",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(place::root())
        .output()
        .context("cannot start cargo")?;
    if !out.status.success() {
        bail!(
            "cargo metadata: {}",
            String::from_utf8_lossy(&out.stderr).trim()
        );
    }
    let metadata: Metadata = serde_json::from_slice(&out.stdout).context("cargo metadata")?;
    let known: BTreeMap<&str, &Package> = metadata
        .packages
        .iter()
        .map(|p| (p.name.as_str(), p))
        .collect();
    let mut wanted: Vec<&str> = packages.to_vec();
    let mut seen = BTreeSet::new();
    let mut folders = BTreeSet::new();
    while let Some(name) = wanted.pop() {
        if !seen.insert(name) {
            continue;
        }
        let package = known
            .get(name)
            .with_context(|| format!("the workspace has no package `{name}`"))?;
        let folder = package.manifest_path.trim_end_matches("/Cargo.toml");
        let root = place::root();
        let folder = folder
            .strip_prefix(&format!("{}/", root.display()))
            .with_context(|| format!("{folder} is outside {}", root.display()))?;
        folders.insert(folder.to_owned());
        let used = package.dependencies.iter();
        wanted.extend(
            used.filter(|d| d.path.is_some() && d.kind.as_deref() != Some("dev"))
                .map(|d| d.name.as_str()),
        );
    }
    Ok(folders)
}

fn git(args: &[&str], input: &str) -> Result<String> {
    let mut child = Command::new("git")
        .args(args)
        .current_dir(place::root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start git")?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let out = child.wait_with_output()?;
    if !out.status.success() {
        bail!("git {}: {}", args.join(" "), out.status);
    }
    Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{folders, name};

    #[test]
    fn a_package_stands_for_what_it_uses_too() {
        let folders = folders(&["sip-session"]).unwrap();
        assert!(
            folders.contains("pbxd/signalling/sip-session"),
            "{folders:?}"
        );
        assert!(folders.contains("pbxd/signalling/sip-msg"), "{folders:?}");
        assert!(!folders.contains("pbxd/signalling/q931"), "{folders:?}");
    }

    #[test]
    fn every_package_has_its_own_name() {
        let names = [name(&["q921"]).unwrap(), name(&["sdp"]).unwrap()];
        assert_ne!(names[0], names[1]);
        assert_eq!(names[0], name(&["q921"]).unwrap());
        assert!(name(&["no-such-package"]).is_err());
    }
}
