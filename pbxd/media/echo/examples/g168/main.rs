// SPDX-License-Identifier: MIT OR Apache-2.0
//! The G.168 bench over our canceller and its peers.
//!
//! `cargo run --release -p echo --example g168 -- --help`
#![forbid(unsafe_code)]

mod lanes;
mod model;
mod peers;
mod speech;

use g168_bench::{Canceller, Case, HEADER, Kit, TESTS, Test, Verdict, Wire, summarise};
use simd_dispatch::Instance;
use std::process::ExitCode;

const HELP: &str = "usage: g168 [--canceller lanes|model|none|spandsp|oslec] [--cases quick|mu|full] [--detail] [TEST…]

Runs the tests named, or all, and prints for each figure the mean, the range, and the worst margin.
Cases: m1 to m8; mu and full take ERL 6, 10, 15 dB and delays 0, 60, 111 ms, full also A-law at -20 dBm0.
Needs Debian's libspandsp-dev (echo-path models) and asterisk-core-sounds-en-wav (speech); oslec downloads dahdi-dkms.
Exit code 0: all ran; 1: something is missing or wrong.
";

struct Options {
    canceller: String,
    cases: Vec<Case>,
    detail: bool,
    tests: Vec<&'static Test>,
}

fn options() -> Result<Option<Options>, String> {
    let mut options = Options {
        canceller: "lanes".to_owned(),
        cases: cases("quick")?,
        detail: false,
        tests: Vec::new(),
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--help" => return Ok(None),
            "--detail" => options.detail = true,
            "--canceller" => options.canceller = words.next().unwrap_or_default(),
            "--cases" => {
                options.cases = cases(&words.next().unwrap_or_default())?;
            }
            id => {
                let test = g168_bench::test(id);
                options
                    .tests
                    .push(test.ok_or(format!("{id:?}: no such test"))?);
            }
        }
    }
    if options.tests.is_empty() {
        options.tests = TESTS.iter().collect();
    }
    Ok(Some(options))
}

fn canceller(name: &str) -> Result<Box<dyn Canceller>, String> {
    match name {
        "none" => Ok(Box::new(Wire)),
        "lanes" => Ok(Box::new(lanes::Lanes::new(Instance::best()))),
        "spandsp" => Ok(Box::new(peers::Peer::spandsp()?)),
        "oslec" => Ok(Box::new(peers::Peer::oslec()?)),
        "model" => Ok(Box::new(model::Model::new())),
        _ => Err(format!(
            "--canceller {name:?}: expected lanes, model, none, spandsp or oslec"
        )),
    }
}

/// Models m1 to m8 with 10 dB and no delay; or also 6 and 15 dB, 60 and 111 ms; or also a second level and law.
fn cases(name: &str) -> Result<Vec<Case>, String> {
    use g711::Law::{A, Mu};
    let (losses, delays) = ([6.0, 10.0, 15.0], [0, 480, 888]);
    match name {
        "quick" => Ok(Case::grid(8, &[10.0], &[0], &[(-10.0, Mu)])),
        "mu" => Ok(Case::grid(8, &losses, &delays, &[(-10.0, Mu)])),
        "full" => Ok(Case::grid(8, &losses, &delays, &[(-10.0, Mu), (-20.0, A)])),
        _ => Err(format!("--cases {name:?}: expected quick, mu or full")),
    }
}

fn run() -> Result<(), String> {
    let Some(options) = options()? else {
        print!("{HELP}");
        return Ok(());
    };
    let mut canceller = canceller(&options.canceller)?;
    let advice = "the echo-path models come from Debian's package: apt-get install libspandsp-dev";
    let header = std::fs::read_to_string(HEADER).map_err(|e| format!("{HEADER}: {e}; {advice}"))?;
    let mut kit = Kit::standard(&header).map_err(|e| e.to_string())?;
    if options.tests.iter().any(|t| t.speech) {
        let (far, near) = speech::talkers()?;
        kit = kit.with_speech(far, near);
    }
    println!("{}", canceller.name());
    println!(
        "{:<36} {:>5} {:>8} {:>8} {:>8} {:>5} {:>8} {:>6}  worst case",
        "figure", "cases", "mean", "least", "most", "unit", "margin", "pass"
    );
    for test in options.tests {
        let (results, refused) = test.run(canceller.as_mut(), &kit, &options.cases);
        if !refused.is_empty() {
            println!("{}: this canceller has no {refused:?}", test.id);
        }
        report(&results, &kit, options.detail);
    }
    Ok(())
}

fn report(results: &[(Case, Vec<Verdict>)], kit: &Kit, detail: bool) {
    let name = |case: &Case| {
        let path = &kit.path(case).name;
        format!(
            "{path} ERL {} delay {} {} dBm0 {:?}",
            case.loss, case.delay, case.level, case.law
        )
    };
    for summary in summarise(results) {
        print!(
            "{:<36} {:>5} {:>8.2} {:>8.2} {:>8.2} {:>5}",
            summary.name,
            summary.values.len(),
            summary.mean(),
            summary.at(0.0),
            summary.at(1.0),
            summary.unit
        );
        if let Some((case, margin)) = summary.worst() {
            print!(
                " {margin:>8.2} {:>5.0}%  {}",
                summary.share(0.0),
                name(case)
            );
        }
        println!();
        for (case, value, margin) in summary.values.iter().filter(|_| detail) {
            println!(
                "    {:<40} {value:>8.2} {:>8.2}",
                name(case),
                margin.unwrap_or(f64::NAN)
            );
        }
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("g168: {error}");
            ExitCode::FAILURE
        }
    }
}
