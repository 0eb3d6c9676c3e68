// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use tdm::abi::geometry::FRAMES_PER_SECOND;
use tdm::{Slot, SpanAddress};
use tdm_cli::Packaging;

const EXIT_CODES: &str = "\
Exit codes:
  0  the capture is complete
  1  the capture was finished, but frames are missing from it (counted)
  2  an error; what was captured until then is in the file";

/// Capture D channels to pcap and slots to WAV.
///
/// A capture only reads: it claims no slot, and any number of them may run beside the daemon. SPAN is unix:SOCKET#SPAN for an
/// emulated span or the path of a node such as /dev/tdm/span0.
#[derive(Debug, Parser)]
#[command(name = "tdm-cap", version, after_help = EXIT_CODES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Print the summary, and errors, as JSON
    #[arg(long, global = true)]
    pub json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Capture the LAPD frames of a D channel, both directions, to a pcap file (link type 177)
    Dchannel(DChannel),
    /// Record a slot to a WAV file
    Audio(Audio),
    /// Completions and manual pages.
    #[command(flatten)]
    Packaging(Packaging),
}

/// What both captures take.
#[derive(Debug, Args)]
pub struct Common {
    /// The span: unix:SOCKET#SPAN or /dev/tdm/spanN
    pub span: SpanAddress,
    /// Stop after this much line time; without it, on Ctrl-C
    #[arg(long, value_name = "S", value_parser = frames)]
    pub seconds: Option<Frames>,
    /// Hold the line clock until each frame is captured (emulated spans in lock-step only)
    #[arg(long)]
    pub lock_step: bool,
}

/// Capture a D channel.
#[derive(Debug, Args)]
pub struct DChannel {
    /// What both captures take.
    #[command(flatten)]
    pub common: Common,
    /// The slot of the D channel
    #[arg(long, default_value = "16", value_parser = slot)]
    pub slot: Slot,
    /// The file to write; - for standard output
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Our side is the network side
    #[arg(long, conflicts_with = "user")]
    pub network: bool,
    /// Our side is the user side (default)
    #[arg(long)]
    pub user: bool,
    /// Stop after this many LAPD frames
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,
}

/// Record a slot.
#[derive(Debug, Args)]
pub struct Audio {
    /// What both captures take.
    #[command(flatten)]
    pub common: Common,
    /// The slot to record
    #[arg(long, value_parser = slot)]
    pub slot: Slot,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// What to record; both is stereo, received on the left
    #[arg(long, value_enum, default_value_t = Sides::Both)]
    pub side: Sides,
    /// The law of the slot [default: the law that the span is configured for]
    #[arg(long, value_enum)]
    pub law: Option<Law>,
    /// Decode to 16-bit linear samples instead of storing the octets as they are
    #[arg(long)]
    pub pcm: bool,
}

/// What to record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Sides {
    /// What the line brought.
    Receive,
    /// What really left.
    Sent,
    /// Both, in stereo.
    Both,
}

/// A law, by the names that are usual for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Law {
    /// G.711 A-law.
    Alaw,
    /// G.711 mu-law.
    Mulaw,
}

impl From<Law> for g711::Law {
    fn from(law: Law) -> Self {
        match law {
            Law::Alaw => Self::A,
            Law::Mulaw => Self::Mu,
        }
    }
}

/// Line time in frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frames(pub u64);

/// The longest capture that can be asked for: a year.
const MAX_SECONDS: f64 = 366.0 * 86_400.0;

fn frames(text: &str) -> Result<Frames, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| "expected a number of seconds, such as 10 or 0.5".to_owned())?;
    let frames = (seconds * FRAMES_PER_SECOND as f64).round();
    if frames >= 1.0 && seconds <= MAX_SECONDS {
        Ok(Frames(frames as u64))
    } else {
        Err("expected between 0.000125 seconds and a year".to_owned())
    }
}

fn slot(text: &str) -> Result<Slot, String> {
    text.parse()
        .ok()
        .and_then(Slot::new)
        .ok_or_else(|| "expected a slot, 0 to 31".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn seconds_are_exact_frames() {
        assert_eq!(frames("10"), Ok(Frames(80_000)));
        assert_eq!(frames("0.02"), Ok(Frames(160)));
        for wrong in ["", "x", "0", "-1", "nan", "inf", "1e300", "0.00001"] {
            assert!(frames(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn slots_end_at_31() {
        assert_eq!(slot("31").map(Slot::number), Ok(31));
        assert!(slot("32").is_err());
        assert!(slot("-1").is_err());
    }
}
