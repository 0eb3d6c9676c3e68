// SPDX-License-Identifier: MIT OR Apache-2.0
//! Runs a target on files: `replay TARGET FILE…`. A defect shows as its panic.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let name = args.next().unwrap_or_default();
    let files: Vec<String> = args.collect();
    let (Some(run), false) = (fuzz::target(&name), files.is_empty()) else {
        let names: Vec<&str> = fuzz::targets::TARGETS
            .iter()
            .map(|(name, _)| *name)
            .collect();
        eprintln!("usage: replay TARGET FILE…; targets: {}", names.join(" "));
        return ExitCode::from(2);
    };
    for file in files {
        match std::fs::read(&file) {
            Ok(bytes) => {
                run(&bytes);
                println!("{file}: {} bytes, returned", bytes.len());
            }
            Err(error) => {
                eprintln!("{file}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
