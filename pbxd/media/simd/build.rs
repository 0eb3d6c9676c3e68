// SPDX-License-Identifier: MIT OR Apache-2.0
//! Asks the compiler whether it has AVX-512 without a feature gate: 1.85 has not, 1.89 has.

use std::path::PathBuf;
use std::process::{Command, Stdio};

const PROBE: &str = "#![crate_type = \"lib\"]\n\
    #[target_feature(enable = \"avx512f,avx512bw,avx512dq,avx512vl\")]\n\
    pub unsafe fn probe() {}\n";

fn main() {
    println!("cargo::rustc-check-cfg=cfg(compiler_has_avx512)");
    println!("cargo::rerun-if-changed=build.rs");
    if compiles() {
        println!("cargo::rustc-cfg=compiler_has_avx512");
    }
}

fn compiles() -> bool {
    let value = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let (Some(rustc), Some(folder), Some(target)) =
        (value("RUSTC"), value("OUT_DIR"), value("TARGET"))
    else {
        return false;
    };
    let source = folder.join("probe.rs");
    if std::fs::write(&source, PROBE).is_err() {
        return false;
    }
    let mut command = Command::new(rustc);
    command
        .arg(&source)
        .args(["--emit=metadata", "--target"])
        .arg(target);
    command.arg("--out-dir").arg(folder);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
