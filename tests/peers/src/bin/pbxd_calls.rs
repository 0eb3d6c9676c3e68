// SPDX-License-Identifier: MIT OR Apache-2.0
//! pbxd between SIPp and libpri, in processes of their own: one line a case, and at the end how many passed.
//!
//! `pbxd_calls [--only TEXT] [--role user|network] [--keep DIR] [--built]`
#![forbid(unsafe_code)]

use peers::site::{NetworkCapture, Programs, Site};
use peers::tshark;
use peers::whole;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

const HELP: &str = "pbxd_calls [--only TEXT] [--role user|network] [--keep DIR] [--built]

Builds and runs tdm-emu, pbxd and tdm-cap against libpri and SIPp, with pbxd as the user side and as the network side of an
emulated E1. Needs libpri-dev, gcc, sip-tester, tshark, sox, multimon-ng, asterisk-core-sounds-en-wav, and the right to capture on the
loopback interface.
  --only TEXT  only the cases whose name holds TEXT
  --role ROLE  only with pbxd as this side
  --keep DIR   keep configurations, logs and captures there
  --built      the programs beside this one are up to date";

#[derive(Default)]
struct Arguments {
    only: String,
    role: Option<String>,
    keep: Option<PathBuf>,
    built: bool,
}

fn main() -> ExitCode {
    let mut arguments = Arguments::default();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        if word == "--built" {
            arguments.built = true;
            continue;
        }
        match (word.as_str(), words.next()) {
            ("--only", Some(text)) => arguments.only = text,
            ("--role", Some(role)) if ["user", "network"].contains(&role.as_str()) => {
                arguments.role = Some(role);
            }
            ("--keep", Some(path)) => arguments.keep = Some(path.into()),
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
    match run(&arguments) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("pbxd_calls: {error}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
}

impl Tally {
    fn count(&mut self, name: &str, started: Instant, outcome: &Result<(), String>) {
        let seconds = started.elapsed().as_secs_f32();
        match outcome {
            Ok(()) => {
                self.passed += 1;
                println!("ok    {seconds:6.2} s  {name}");
            }
            Err(error) => {
                self.failed += 1;
                println!("FAIL  {seconds:6.2} s  {name}: {error}");
            }
        }
    }
}

fn run(arguments: &Arguments) -> Result<usize, String> {
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    let dir = arguments.keep.as_deref().unwrap_or(scratch.path());
    std::fs::create_dir_all(dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    let programs = Programs::find(dir, arguments.built)?;
    let mut tally = Tally::default();
    for network in [false, true] {
        let role = if network { "network" } else { "user" };
        if arguments.role.as_deref().is_some_and(|only| only != role) {
            continue;
        }
        side(&programs, &dir.join(role), network, arguments, &mut tally)?;
    }
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(tally.failed)
}

/// All cases with pbxd on one side.
fn side(
    programs: &Programs,
    dir: &Path,
    network: bool,
    arguments: &Arguments,
    tally: &mut Tally,
) -> Result<(), String> {
    let role = if network {
        "pbxd is the network"
    } else {
        "pbxd is the user"
    };
    // What an earlier run left is not ours.
    let _ = std::fs::remove_dir_all(dir);
    std::fs::create_dir_all(dir).map_err(|error| error.to_string())?;
    let pcap = dir.join("sip.pcapng");
    let network_capture = NetworkCapture::start(&pcap, &dir.join("tshark.log"))?;
    let mut site = Site::start(programs, dir, network)?;
    let sip = site.sip;
    for case in whole::all() {
        if !case.name.contains(&arguments.only) {
            continue;
        }
        let started = Instant::now();
        site.libpri.forget();
        let outcome = (case.run)(&mut site).and_then(|()| site.settle());
        tally.count(&format!("{role}: {}", case.name), started, &outcome);
        if outcome.is_err() {
            // What it left would fail the next ones: begin anew.
            drop(site);
            std::thread::sleep(std::time::Duration::from_millis(200));
            site = Site::start(
                programs,
                &dir.join(format!("after-{}", tally.failed)),
                network,
            )?;
        }
    }
    let started = Instant::now();
    let outcome = whole::shutdown(&mut site);
    tally.count(
        &format!("{role}: pbxd shuts down in a call"),
        started,
        &outcome,
    );
    let started = Instant::now();
    let ended = site.end();
    tally.count(
        &format!("{role}: every program ends in order"),
        started,
        &ended.clone().map(|_| ()),
    );
    network_capture.finish()?;
    let d_channel = ended.unwrap_or_else(|_| dir.join("d.pcap"));
    let started = Instant::now();
    let decoded = tshark::faults(&d_channel).and_then(|faults| {
        let messages = tshark::q931_messages(&d_channel)?;
        println!("      tshark: {messages} Q.931 messages on the D channel");
        verdict(messages, faults)
    });
    tally.count(
        &format!("{role}: tshark finds no fault on the D channel"),
        started,
        &decoded,
    );
    let started = Instant::now();
    let decoded = tshark::sip_faults(&pcap, sip).and_then(|faults| {
        let messages = tshark::sip_messages(&pcap, sip)?;
        println!("      tshark: {messages} SIP messages");
        verdict(messages, faults)
    });
    tally.count(
        &format!("{role}: tshark finds no fault in SIP"),
        started,
        &decoded,
    );
    Ok(())
}

fn verdict(messages: usize, faults: Vec<String>) -> Result<(), String> {
    match (messages, faults.as_slice()) {
        (0, _) => Err("nothing was captured".into()),
        (_, []) => Ok(()),
        (_, faults) => Err(format!("{faults:#?}")),
    }
}
