// SPDX-License-Identifier: MIT OR Apache-2.0
//! The demo: a SIP phone dials through a PRI, speech crosses both ways, and what it was like is measured.
#![forbid(unsafe_code)]

mod align;
mod call;
mod clock;
mod config;
mod ear;
mod exchange;
mod interrupt;
mod level;
mod measure;
mod phone;
mod process;
mod report;
mod stage;
mod steps;
mod stream;

use anyhow::{Context, Result};
use call::Plan;
use clap::Parser;
use exchange::Script;
use interrupt::Children;
use report::Report;
use stage::Stage;
use std::process::ExitCode;
use std::time::Duration;
use steps::Steps;

/// Ten seconds of synthesised speech, A-law; `speech/make.sh` makes it.
const SPEECH: &[u8] = include_bytes!("../speech/speech.alaw");
/// The number that the phone dials.
const NUMBER: &str = "5551234";

/// A SIP phone calls through an emulated E1 to a far exchange: speech both ways, everything measured.
///
/// Starts tdm-emu and pbxd, which stand beside it, as processes of their own. Needs no root and no network but the loopback.
#[derive(Debug, Parser)]
#[command(
    name = "demo",
    version,
    after_help = "Exit codes: 0 the call went through as it should, 1 it did not."
)]
struct Arguments {
    /// Print the figures as JSON on standard output; the steps go to standard error.
    #[arg(long)]
    json: bool,
    /// How many of the samples, in per cent, must arrive as they were sent.
    #[arg(long, value_name = "PERCENT", default_value_t = report::GOOD_PERCENT)]
    least: f64,
    /// Keep the folder with the configurations, logs and call records.
    #[arg(long)]
    keep: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("demo: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<bool> {
    let children = Children::watch()?;
    let mut steps = Steps::new(arguments.json);
    // The two directions say the same in another order, so that neither can be taken for the other.
    let (first, second) = SPEECH.split_at(SPEECH.len() / 2);
    let plan = Plan {
        far: Script {
            number: NUMBER.to_owned(),
            alert: Duration::from_millis(300),
            answer: Duration::from_millis(1500),
            speech: [second, first].concat().into(),
        },
        speech: SPEECH.into(),
    };
    let mut stage = Stage::set(&mut steps, plan.far.clone(), arguments.keep, &children)?;
    let mut calls = vec![call::play(&mut stage, &mut steps, &plan)?];
    let losses = calls
        .last()
        .map(|call| call.losses(arguments.least))
        .unwrap_or_default();
    if !losses.is_empty() {
        for loss in losses {
            steps.say("demo", loss);
        }
        steps.say(
            "demo",
            "calling once more: a machine that is busy with other things can lose a tick",
        );
        calls.push(call::play(&mut stage, &mut steps, &plan)?);
    }
    let ended = stage.strike(&mut steps);
    let report = Report::new(
        calls,
        ended.err().map(|error| format!("{error:#}")),
        arguments.least,
    );
    if arguments.json {
        println!(
            "{}",
            serde_json::to_string_pretty(&report).context("the report as JSON")?
        );
    } else {
        steps.plain(&report.to_string());
    }
    Ok(report.good)
}
