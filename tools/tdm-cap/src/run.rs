// SPDX-License-Identifier: MIT OR Apache-2.0
//! The two captures, from their arguments to their files and summaries.

use crate::audio::Recording;
use crate::cli::{Audio, Cli, Command, Common, DChannel};
use crate::dchannel::Capture;
use crate::follow::{Chunk, Follower, Missed};
use crate::linetime::{LineTime, wall_offset};
use crate::pcap::Writer;
use clap::CommandFactory;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::time::Duration;
use tdm::abi::config::law;
use tdm::{Slot, Span};
use tdm_cli::{Failure, Stop};
use tdm_line::hdlc::Counters;

/// The exit code of a capture from which frames are missing.
pub const EXIT_INCOMPLETE: u8 = 1;

/// How often a capture looks whether it is to stop while nothing comes.
const PATIENCE: Duration = Duration::from_millis(100);

/// Runs the program and returns its exit code.
///
/// # Errors
/// What is to be reported; a file that was begun is finished.
pub fn run(cli: &Cli) -> Result<u8, Failure> {
    match &cli.command {
        Command::Dchannel(arguments) => dchannel(arguments, cli.json),
        Command::Audio(arguments) => audio(arguments, cli.json),
        Command::Packaging(packaging) => packaging
            .write(Cli::command(), &mut io::stdout().lock())
            .map(|()| 0)
            .map_err(Failure::new),
    }
}

fn dchannel(arguments: &DChannel, json: bool) -> Result<u8, Failure> {
    let mut follower = follow(&arguments.common, arguments.slot)?;
    let to_stdout = arguments.out == Path::new("-");
    let out: Box<dyn Write> = if to_stdout {
        Box::new(io::stdout())
    } else {
        Box::new(create(&arguments.out)?)
    };
    let offset = wall_offset().map_err(Failure::new)?;
    let time = LineTime::new(&follower.span().positions(), offset);
    let written = |error| cannot_write(&arguments.out, &error);
    let writer = Writer::new(out, arguments.network).map_err(written)?;
    let mut capture = Capture::new(writer, time, arguments.count);
    let mut left = arguments.common.seconds.map_or(u64::MAX, |frames| frames.0);
    let end = pump(&mut follower, |chunk| {
        let part = shorten(chunk, &mut left);
        let done = capture.feed(&part)? || left == 0;
        Ok(done)
    });
    let (received, sent) = capture.counters();
    let missed = follower.missed();
    let errors = |side: &Counters| {
        json!({
            "frames": side.frames,
            "fcs_errors": side.fcs_errors,
            "aborts": side.aborts,
            "runts": side.runts,
            "giants": side.giants,
            "unaligned": side.unaligned,
            "idles": side.idles,
        })
    };
    let summary = json!({
        "file": arguments.out,
        "packets": capture.packets(),
        "received": errors(&received),
        "sent": errors(&sent),
        "missed": missed_json(&missed),
    });
    let side = |name: &str, side: &Counters| {
        format!(
            "{name}: {} LAPD frames, {} FCS errors, {} aborts, {} runts, {} giants, {} unaligned",
            side.frames, side.fcs_errors, side.aborts, side.runts, side.giants, side.unaligned
        )
    };
    let text = [
        format!("{} packets", capture.packets()),
        side("received", &received),
        side("sent", &sent),
        missed_text(&missed),
    ];
    summarise(json, to_stdout, &summary, &text);
    end.or_else(|end| end.settle(&arguments.out))?;
    Ok(exit(&missed))
}

fn audio(arguments: &Audio, json: bool) -> Result<u8, Failure> {
    let mut follower = follow(&arguments.common, arguments.slot)?;
    let law = arguments.law.map_or_else(
        || match follower.span().config().law {
            law::MU => g711::Law::Mu,
            _ => g711::Law::A,
        },
        Into::into,
    );
    let frames = arguments.common.seconds.map(|frames| frames.0);
    let out = create(&arguments.out)?;
    let written = |error| cannot_write(&arguments.out, &error);
    let mut recording =
        Recording::new(out, arguments.side, law, arguments.pcm, frames).map_err(written)?;
    let end = pump(&mut follower, |chunk| recording.feed(chunk));
    recording.finish().map_err(written)?;
    let missed = follower.missed();
    let summary = json!({
        "file": arguments.out,
        "samples": recording.samples(),
        "silence": recording.silence(),
        "missed": missed_json(&missed),
    });
    let text = [
        format!(
            "{} samples ({} s), {} of them silence for lost frames",
            recording.samples(),
            recording.samples() as f64 / 8000.0,
            recording.silence()
        ),
        missed_text(&missed),
    ];
    summarise(json, false, &summary, &text);
    end.or_else(|end| end.settle(&arguments.out))?;
    Ok(exit(&missed))
}

/// Opens the span and follows the slot from now on.
fn follow(common: &Common, slot: Slot) -> Result<Follower, Failure> {
    let span = Span::open(&common.span).map_err(Failure::new)?;
    Follower::new(span, slot, common.lock_step).map_err(Failure::new)
}

/// Why a capture ended before its time.
enum End {
    Span(tdm::Error),
    Output(io::Error),
}

impl End {
    /// A reader that has enough of a pipe ends a capture in order.
    fn settle(self, out: &Path) -> Result<(), Failure> {
        match self {
            Self::Output(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            Self::Output(error) => Err(cannot_write(out, &error)),
            Self::Span(error) => Err(Failure::new(error)),
        }
    }
}

/// Feeds frames until `feed` has enough or a signal comes.
fn pump(
    follower: &mut Follower,
    mut feed: impl FnMut(&Chunk<'_>) -> io::Result<bool>,
) -> Result<(), End> {
    let stop = Stop::on_signals().map_err(End::Output)?;
    while !stop.requested() {
        if let Some(chunk) = follower.next(PATIENCE).map_err(End::Span)? {
            if feed(&chunk).map_err(End::Output)? {
                break;
            }
        }
    }
    Ok(())
}

/// Cuts a chunk to the line time that is left, in which lost frames count.
fn shorten<'a>(chunk: &Chunk<'a>, left: &mut u64) -> Chunk<'a> {
    *left = left.saturating_sub(chunk.lost);
    let count = (chunk.receive.len() as u64).min(*left);
    *left -= count;
    Chunk {
        receive: chunk.receive.get(..count as usize).unwrap_or(&[]),
        sent: chunk.sent.get(..count as usize).unwrap_or(&[]),
        ..*chunk
    }
}

fn create(path: &Path) -> Result<File, Failure> {
    File::create(path).map_err(|error| cannot_write(path, &error))
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("cannot write {}: {error}", path.display()))
}

fn missed_json(missed: &Missed) -> Value {
    json!({
        "lost_frames": missed.lost_frames,
        "gap_frames": missed.gap_frames,
        "epochs": missed.epochs,
    })
}

fn missed_text(missed: &Missed) -> String {
    format!(
        "{} frames lost here, {} lost by the span, {} new epochs",
        missed.lost_frames, missed.gap_frames, missed.epochs
    )
}

fn exit(missed: &Missed) -> u8 {
    if missed.lost_frames > 0 || missed.gap_frames > 0 {
        EXIT_INCOMPLETE
    } else {
        0
    }
}

/// Prints the summary: JSON to standard output unless the capture itself is there, text to standard error.
fn summarise(json: bool, stdout_is_taken: bool, summary: &Value, text: &[String]) {
    // A summary that nobody reads is no reason to fail.
    let _ = match (json, stdout_is_taken) {
        (true, false) => writeln!(io::stdout(), "{summary}"),
        (true, true) => writeln!(io::stderr(), "{summary}"),
        (false, _) => text
            .iter()
            .try_for_each(|line| writeln!(io::stderr(), "tdm-cap: {line}")),
    };
}
