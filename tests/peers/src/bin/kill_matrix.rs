// SPDX-License-Identifier: MIT OR Apache-2.0
//! Processes die in the middle of calls, and the others go on: one line a case, and at the end how many passed.
#![forbid(unsafe_code)]

use peers::kill::cases::{CASES, Case};
use peers::kill::phone;
use peers::kill::site::Programs;
use peers::site;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

const HELP: &str = "\
kill_matrix: kill -9 and SIGTERM in mid-call, of pbxd, tdm-emu and SIP phones

usage: kill_matrix [--only TEXT] [--no-build]
       kill_matrix phone ADDRESS   a phone that is told what to do on standard input

  --only TEXT  only the cases whose name holds TEXT
  --no-build   take pbxd and tdm-emu from beside this program as they are; without it cargo builds them first

Needs no root and nothing installed. Exit codes: 0 all passed, 1 a case failed, 2 it could not run.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut words = arguments.iter().map(String::as_str);
    let (mut only, mut build) = ("", true);
    while let Some(word) = words.next() {
        match (word, words.clone().next()) {
            ("phone", Some(address)) => return run_phone(address),
            ("--only", Some(text)) => {
                only = text;
                words.next();
            }
            ("--no-build", _) => build = false,
            ("--help" | "-h", _) => {
                println!("{HELP}");
                return ExitCode::SUCCESS;
            }
            _ => {
                eprintln!("{HELP}");
                return ExitCode::from(2);
            }
        }
    }
    match run(only, build) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("kill_matrix: {error}");
            ExitCode::from(2)
        }
    }
}

fn run_phone(address: &str) -> ExitCode {
    let result = address.parse().map_err(Into::into).and_then(phone::run);
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("phone: {error}");
            ExitCode::FAILURE
        }
    }
}

/// How many failed.
fn run(only: &str, build: bool) -> Result<usize, String> {
    let programs = programs(build)?;
    let cases: Vec<&Case> = CASES
        .iter()
        .filter(|case| case.name.contains(only))
        .collect();
    if cases.is_empty() {
        return Err(format!("no case holds {only:?}"));
    }
    let mut failed = 0;
    for case in &cases {
        let began = Instant::now();
        let result = case.run(&programs);
        let seconds = began.elapsed().as_secs_f64();
        match result {
            Ok(remark) => println!("pass  {} ({seconds:.1} s): {remark}", case.name),
            Err(error) => {
                failed += 1;
                println!("FAIL  {} ({seconds:.1} s): {error}", case.name);
            }
        }
    }
    println!("{} passed, {failed} failed", cases.len() - failed);
    Ok(failed)
}

/// The programs under test stand beside this one.
fn programs(build: bool) -> Result<Programs, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let folder = own.parent().unwrap_or(Path::new("."));
    if build {
        site::build(folder, &["pbxd", "tdm-emu"])?;
    }
    let program = |name: &str| -> Result<PathBuf, String> {
        let path = folder.join(name);
        if path.exists() {
            Ok(path)
        } else {
            Err(format!("{} is not there", path.display()))
        }
    };
    Ok(Programs {
        pbxd: program("pbxd")?,
        tdm_emu: program("tdm-emu")?,
    })
}
