// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wake-ups, events and timed commands, in lock-step: each at its frame and no other.

use std::os::fd::AsFd as _;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use tdm::abi::command::{Command, kind};
use tdm::abi::config::{LineConfig, framing};
use tdm::abi::event::Kind;
use tdm::{Error, Notice, SlotSet, Span, Wake, Wakeups};

use super::spans::{open, slot};
use crate::control::Control;

const LIMIT: Duration = Duration::from_secs(10);

fn wake(period: u32, phase: u32) -> Wake {
    Wake {
        period,
        phase,
        events: false,
        lock_step: true,
    }
}

/// Consumes wake-ups until line time has reached a frame.
fn run_to(span: &Span, wakeups: &Wakeups, frame: u64) -> Result<()> {
    while span.positions().rx_frame < frame {
        ensure!(wakeups.wait(LIMIT)?, "no wake-up in {LIMIT:?}");
        wakeups.consumed(span.positions().rx_frame);
    }
    Ok(())
}

/// Period and phase, to the frame.
pub(crate) fn periods() -> Result<String> {
    let pair = Control::open()?.create(0, 1)?;
    let span = open(pair.first)?;
    for (period, phase, granted) in [(80, 16, (80, 16)), (75, 20, (80, 16)), (1, 0, (8, 0))] {
        let wakeups = span.subscribe(wake(period, phase))?;
        ensure!((wakeups.period(), wakeups.phase()) == granted);
        let mut last = None;
        for _ in 0..20 {
            ensure!(wakeups.wait(LIMIT)?, "no wake-up in {LIMIT:?}");
            let now = span.positions().rx_frame;
            ensure!(
                now % u64::from(granted.0) == u64::from(granted.1),
                "period {period}, phase {phase}: woken at {now}"
            );
            if let Some(last) = last {
                ensure!(now - last == u64::from(granted.0), "from {last} to {now}");
            }
            last = Some(now);
            std::thread::sleep(Duration::from_millis(1));
            ensure!(span.positions().rx_frame == now, "the clock did not wait");
            wakeups.consumed(now);
        }
    }
    // A clock that goes by consent waits for everybody, and goes on when one leaves.
    let one = span.subscribe(wake(8, 0))?;
    ensure!(one.wait(LIMIT)?, "no wake-up in {LIMIT:?}");
    let other = span.subscribe(wake(8, 0))?;
    one.consumed(span.positions().rx_frame);
    ensure!(one.wait(LIMIT)? && other.wait(LIMIT)?, "one is left out");
    let now = span.positions().rx_frame;
    one.consumed(now);
    ensure!(
        span.positions().rx_frame == now,
        "the other one has not consumed"
    );
    drop(other);
    ensure!(
        span.positions().rx_frame > now,
        "nobody holds the clock any more"
    );
    // Who says that it has consumed the future does not run the clock away.
    ensure!(one.wait(LIMIT)?, "no wake-up in {LIMIT:?}");
    let now = span.positions().rx_frame;
    one.consumed(u64::MAX);
    let then = span.positions().rx_frame;
    ensure!(then == now + 8, "from {now} to {then} in one step");
    drop(one);
    let many: Vec<_> = (0..32)
        .map(|_| span.subscribe(Wake::every(80)))
        .collect::<tdm::Result<_>>()?;
    match span.subscribe(Wake::every(80)) {
        Err(Error::Refused {
            errno: Errno::ENOSPC,
            ..
        }) => {}
        outcome => bail!("a 33rd subscriber: {outcome:?}"),
    }
    drop(many);
    let real = open(0)?;
    match real.subscribe(wake(8, 0)) {
        Err(Error::Refused {
            errno: Errno::EOPNOTSUPP,
            ..
        }) => {}
        outcome => bail!("lock-step on a clock of its own: {outcome:?}"),
    }
    Ok("60 wake-ups at their frames, 32 subscribers and no more".to_owned())
}

/// Events: poll tells of them once, a reader that is too slow is told how many it missed.
pub(crate) fn events() -> Result<String> {
    let span = open(0)?;
    let pri = |span: &Span| -> Result<bool> {
        let mut fds = [PollFd::new(span.as_fd(), PollFlags::POLLPRI)];
        poll(&mut fds, PollTimeout::ZERO)?;
        Ok(fds[0]
            .revents()
            .context("no answer")?
            .contains(PollFlags::POLLPRI))
    };
    ensure!(!pri(&span)?, "there is news of nothing");
    let mut reader = span.events();
    span.configure(LineConfig::E1_CCS_CRC4)?;
    ensure!(pri(&span)?, "poll does not tell of an event");
    ensure!(!pri(&span)?, "poll tells of it twice");
    let kinds: Vec<u32> = reader
        .by_ref()
        .filter_map(|notice| match notice {
            Notice::Event(event) => Some(event.kind),
            Notice::Overrun(_) => None,
        })
        .collect();
    ensure!(
        kinds == [Kind::Epoch as u32, Kind::Config as u32],
        "{kinds:?}"
    );
    for _ in 0..700 {
        span.configure(LineConfig::E1_CCS_CRC4)?;
    }
    let Some(Notice::Overrun(lost)) = reader.next() else {
        bail!("1,400 events in a ring of 1,024, and none was lost");
    };
    let rest = reader.by_ref().count() as u64;
    ensure!(rest + lost == 1400, "{rest} read and {lost} lost of 1400");
    ensure!(
        span.positions().epoch == 702,
        "epoch {}",
        span.positions().epoch
    );
    Ok(format!("{lost} of 1400 overrun, {rest} read"))
}

/// ABCD bits leave at their frame.
pub(crate) fn commands() -> Result<String> {
    let pair = Control::open()?.create(0, 1)?;
    let (here, there) = (open(pair.first)?, open(pair.second)?);
    let cas = LineConfig {
        framing: framing::CAS,
        ..LineConfig::E1_CCS_CRC4
    };
    let claim = here.claim(SlotSet::of(slot(5)), "cas")?;
    let command = |frame, value| Command {
        frame,
        slot: 5,
        kind: kind::ABCD,
        value,
        reserved: 0,
    };
    ensure!(
        claim.command(&[command(0, 1)]).is_err(),
        "ABCD bits on a line without"
    );
    for span in [&here, &there] {
        span.configure(cas)?;
    }
    let wakeups = here.subscribe(wake(8, 0))?;
    // Beyond frame and multiframe alignment.
    run_to(&here, &wakeups, 800)?;
    let mut news = there.events();
    let base = here.positions().tx_taken + 400;
    // Out of order, within one tick, and to the frame.
    let wanted = [(base + 163, 0b1010), (base, 0b0101), (base + 84, 0b1111)];
    claim.command(&wanted.map(|(frame, value)| command(frame, value)))?;
    run_to(&here, &wakeups, base + 240)?;
    let seen: Vec<(u64, u64)> = news
        .by_ref()
        .filter_map(|notice| match notice {
            Notice::Event(event) if event.kind == Kind::Abcd as u32 => {
                Some((event.frame, event.value))
            }
            _ => None,
        })
        .collect();
    let tick = |frame: u64| frame / 8 * 8;
    let right = [
        (tick(base), 0b0101),
        (tick(base + 84), 0b1111),
        (tick(base + 163), 0b1010),
    ];
    ensure!(seen == right, "{seen:?}, not {right:?}");
    ensure!(there.abcd_of(slot(5)) == 0b1010);
    let mut own = here.events();
    claim.command(&[command(0, 0)])?;
    let late = own.find_map(|notice| match notice {
        Notice::Event(event) if event.kind == Kind::CommandLate as u32 => Some(event.value),
        _ => None,
    });
    ensure!(late == Some(here.positions().tx_taken), "late by {late:?}");
    let far = here.positions().tx_taken + 100_000;
    let mut queued = 1;
    while claim.command(&[command(far, 0)]).is_ok() {
        queued += 1;
    }
    ensure!(queued == 1024, "{queued} commands in a queue of 1024");
    Ok("3 commands at their frames, one late and told so, 1,024 queued and no more".to_owned())
}
