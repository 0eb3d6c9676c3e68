// SPDX-License-Identifier: MIT OR Apache-2.0
//! Opens, answers and closes records as fast as it can until it is killed, and says on stdout, one line each, what was
//! acknowledged: `open N`, `answer N`, `close N`. The store's tests kill it and compare.
#![forbid(unsafe_code)]

use pbx_core::{
    CallId, Cause, CdrAnswer, CdrClose, CdrEvent, CdrOpen, Destination, Digits, Origin, Party,
    Releaser,
};
use pbx_store::{Anchor, UnixMs, Writer};
use std::io::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        eprintln!("usage: cdr-kill-target DATABASE");
        return ExitCode::from(2);
    };
    match run(path.as_ref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(path: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
    let writer = Writer::start(path, 64)?;
    let start = Instant::now();
    let mut out = std::io::stdout().lock();
    for id in writer.next_call_id().. {
        let call = CallId(id);
        let anchor = || Anchor {
            wall: UnixMs::now(),
            exchange: start.elapsed(),
        };
        let open = CdrOpen {
            call,
            offered: start.elapsed(),
            origin: Origin::Peer("a".into()),
            from: "a".into(),
            calling: Party::default(),
            called: Digits::parse("112")?,
            route: None,
            to: Some(Destination::Peer("b".into())),
            sent: None,
        };
        writer.write(anchor(), CdrEvent::Open(open))?;
        writeln!(out, "open {id}")?;
        if id % 3 == 0 {
            continue;
        }
        writer.write(
            anchor(),
            CdrEvent::Answer(CdrAnswer {
                call,
                at: start.elapsed(),
            }),
        )?;
        writeln!(out, "answer {id}")?;
        if id % 3 == 1 {
            continue;
        }
        let close = CdrClose {
            call,
            at: start.elapsed(),
            cause: Cause::NORMAL,
            released: Releaser::Caller,
            total: Duration::from_millis(3),
            ringing: Duration::ZERO,
            talking: Duration::from_millis(2),
            attempts: 1,
        };
        writer.write(anchor(), CdrEvent::Close(close))?;
        writeln!(out, "close {id}")?;
    }
    Ok(())
}
