// SPDX-License-Identifier: MIT OR Apache-2.0
//! libclang reads the committed header through bindgen; the Rust compiler then proves that sizes,
//! offsets and constants of what it read are those of the ABI crate. Run by `cargo xtask test`.
#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::process::Command;

use abi_check::{assertions, facts, header_path};
use anyhow::{Context, Result, bail};

fn main() -> Result<()> {
    let bindings = bindgen::Builder::default()
        .header(header_path().to_string_lossy())
        .allowlist_item("(tdm|TDM)_.*")
        .derive_default(false)
        .generate()
        .context("bindgen cannot read the header")?
        .to_string();
    let (structs, constants) = (facts::structs(), facts::constants());
    let program = format!(
        "#![allow(dead_code, non_camel_case_types)]\n{bindings}\n{}",
        assertions::rust(&structs, &constants)
    );
    let folder = PathBuf::from(
        std::env::args_os()
            .nth(1)
            .context("usage: bindgen-check FOLDER")?,
    );
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("tdm_abi_read_back.rs");
    std::fs::write(&file, program).with_context(|| format!("cannot write {}", file.display()))?;
    let status = Command::new("rustc")
        .args([
            "--edition=2021",
            "--crate-type=lib",
            "--emit=metadata",
            "--out-dir",
        ])
        .arg(&folder)
        .arg(&file)
        .status()
        .context("cannot start rustc")?;
    if !status.success() {
        bail!(
            "the header does not say what libtdm/abi says: see {}",
            file.display()
        );
    }
    println!(
        "{} structs and {} constants agree",
        structs.len(),
        constants.len()
    );
    Ok(())
}
