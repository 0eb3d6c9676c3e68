// SPDX-License-Identifier: MIT OR Apache-2.0
//! Our Q.921 and Q.931 against libpri, on both sides of the interface: one line a case, and at the end
//! how many passed. tshark then decodes every frame and must find no fault.
//!
//! `libpri_matrix [--only TEXT] [--capture FILE] [--corpus DIR]`
#![forbid(unsafe_code)]

use peers::bench::{Bench, Capture, Outcome, Setting};
use peers::cases::{self, Case};
use peers::{exchange, tshark};
use q931::Side;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

const HELP: &str = "libpri_matrix [--only TEXT] [--capture FILE] [--corpus DIR]

Runs our Q.921 and Q.931 against libpri, which must be installed (libpri-dev, gcc, tshark).
  --only TEXT     only the cases whose name holds TEXT
  --capture FILE  keep the pcap there
  --corpus DIR    write the frames, without repetitions, to DIR/q921 and the messages to DIR/q931";

#[derive(Default)]
struct Arguments {
    only: Option<String>,
    capture: Option<PathBuf>,
    corpus: Option<PathBuf>,
}

fn main() -> ExitCode {
    let mut arguments = Arguments::default();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match (word.as_str(), words.next()) {
            ("--only", Some(text)) => arguments.only = Some(text),
            ("--capture", Some(path)) => arguments.capture = Some(path.into()),
            ("--corpus", Some(path)) => arguments.corpus = Some(path.into()),
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
            eprintln!("libpri_matrix: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<usize, String> {
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    let program = exchange::build(scratch.path())?;
    let path = arguments
        .capture
        .clone()
        .unwrap_or_else(|| scratch.path().join("libpri.pcap"));
    let mut capture = Capture::create(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let only = arguments.only.as_deref().unwrap_or_default();
    let cases = cases::all()
        .into_iter()
        .filter(|case| case.name.contains(only));
    let (mut passed, mut failed) = (0, 0);
    let mut benches = Benches {
        program,
        dir: scratch.path().to_owned(),
        ready: HashMap::new(),
    };
    for case in cases {
        let started = Instant::now();
        let outcome = benches.run(&case, &mut capture);
        let seconds = started.elapsed().as_secs_f32();
        match outcome {
            Ok(()) => {
                passed += 1;
                println!("ok    {seconds:6.2} s  {}", case.name);
            }
            Err(error) => {
                failed += 1;
                println!("FAIL  {seconds:6.2} s  {}: {error}", case.name);
            }
        }
    }
    drop(benches);
    if let Some(corpus) = &arguments.corpus {
        write_corpus(corpus, &capture.frames).map_err(|e| format!("{}: {e}", corpus.display()))?;
    }
    let frames = capture.writer.frames();
    capture.writer.finish().map_err(|error| error.to_string())?;
    let faults = tshark::faults(&path)?;
    let messages = tshark::q931_messages(&path)?;
    if faults.is_empty() && (messages > 0 || passed == 0) {
        passed += 1;
        println!("ok    tshark: {frames} frames, {messages} of them Q.931, nothing malformed");
    } else {
        failed += 1;
        println!("FAIL  tshark: {frames} frames, {messages} of them Q.931; {faults:#?}");
    }
    println!("{passed} passed, {failed} failed");
    Ok(failed)
}

/// One peer for all cases of the same setting; a failed case ends it.
struct Benches {
    program: PathBuf,
    dir: PathBuf,
    ready: HashMap<(Side, bool, bool), Bench>,
}

impl Benches {
    fn run(&mut self, case: &Case, capture: &mut Capture) -> Outcome {
        let key = Self::key(&case.setting);
        // Only one peer at a time: the others would go without service and lose their link.
        self.ready.retain(|other, _| *other == key);
        let mut bench = match self.ready.remove(&key) {
            Some(bench) => bench,
            None => Bench::start(&self.program, &self.dir, case.setting, capture)?,
        };
        bench.events.clear();
        bench.reports.clear();
        (case.run)(&mut bench, capture)?;
        let counters = bench.interface.counters();
        if counters.illegal_transitions + counters.illegal_requests > 0 {
            return Err(format!("the machine went wrong: {counters:?}"));
        }
        if counters.unexpected_message + counters.unknown_message + counters.harmless_faults > 0 {
            return Err(format!("the peers misunderstood each other: {counters:?}"));
        }
        let link = bench.link().counters();
        if link.rejected + link.invalid + link.bad_nr + link.wrong_direction > 0 {
            return Err(format!("the data link went wrong: {link:?}"));
        }
        self.ready.insert(key, bench);
        Ok(())
    }

    fn key(setting: &Setting) -> (Side, bool, bool) {
        let quick = setting.pace.t200 < std::time::Duration::from_secs(1);
        (setting.side, setting.manual_connect, quick)
    }
}

/// Frames and messages without those that differ in numbers of sequence and call only.
fn write_corpus(dir: &Path, frames: &[Vec<u8>]) -> std::io::Result<()> {
    let mut kinds: HashMap<Vec<u8>, ()> = HashMap::new();
    let (frame_dir, message_dir) = (dir.join("q921"), dir.join("q931"));
    std::fs::create_dir_all(&frame_dir)?;
    std::fs::create_dir_all(&message_dir)?;
    for frame in frames {
        let control = frame.get(2).copied().unwrap_or_default();
        let numbered = control & 3 != 3;
        let mut kind = frame.clone();
        if numbered {
            let masked = if control & 1 == 0 { 0 } else { control };
            for (at, value) in [
                (2, masked),
                (3, frame.get(3).copied().unwrap_or_default() & 1),
            ] {
                if let Some(octet) = kind.get_mut(at) {
                    *octet = value;
                }
            }
        }
        // Thirty RESTARTs that differ in their channel are one.
        if let Some(at) = kind
            .windows(4)
            .position(|w| matches!(w, [0x18, 3, _, 0x83]))
        {
            if let Some(channel) = kind.get_mut(at + 4) {
                *channel = 0;
            }
        }
        let message = (control & 1 == 0).then(|| frame.get(4..).unwrap_or_default());
        if let Some([8, 2, ..]) = message {
            for at in [6, 7] {
                if let Some(octet) = kind.get_mut(at) {
                    *octet &= 0x80;
                }
            }
        }
        if kinds.insert(kind, ()).is_some() {
            continue;
        }
        let name = format!("libpri-{:03}", kinds.len());
        match message {
            Some(message) => std::fs::write(message_dir.join(&name), message)?,
            None => std::fs::write(frame_dir.join(&name), frame)?,
        }
        // One in eight of the I frames is enough for the data link.
        if message.is_some() && kinds.len() % 8 == 0 {
            std::fs::write(frame_dir.join(&name), frame)?;
        }
    }
    Ok(())
}
