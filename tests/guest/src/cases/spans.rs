// SPDX-License-Identifier: MIT OR Apache-2.0
//! Software spans: what is written at one end arrives at the other; who holds which slot; what becomes of it when its holder dies.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::os::fd::AsFd as _;
use tdm::abi::event::Kind;
use tdm::{Error, Notice, Side, Slot, SlotSet, Span, SpanAddress, Wake};

use crate::control::Control;

/// Set in the environment of a second process of a test.
const ROLE: &str = "GUEST_TEST_ROLE";
/// How long anything may take.
const LIMIT: Duration = Duration::from_secs(60);

/// Opens a span.
pub(super) fn open(span: u32) -> Result<Span> {
    Ok(Span::open(&address(span))?)
}

pub(super) fn address(span: u32) -> SpanAddress {
    SpanAddress::Node(format!("/dev/tdm/span{span}").into())
}

pub(super) fn slot(number: u8) -> Slot {
    Slot::new(number).unwrap_or_else(|| unreachable!("a constant below 32"))
}

/// Waits until something holds.
pub(super) fn until(what: &str, mut holds: impl FnMut() -> Result<bool>) -> Result<()> {
    let start = Instant::now();
    while !holds()? {
        ensure!(start.elapsed() < LIMIT, "{what}: not within {LIMIT:?}");
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}

/// A second process of this test, in a role of its own; killed on drop.
struct Second(Child);

impl Second {
    fn start(case: &str, role: &str) -> Result<Self> {
        let child = Command::new(std::env::current_exe()?)
            .args(["case", case])
            .env(ROLE, role)
            .stdin(Stdio::null())
            .spawn()?;
        Ok(Self(child))
    }
}

impl Drop for Second {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Frames of the pattern, behind those in which both ends start.
const FRAMES: u64 = 8_000;
const START: u64 = 1_600;

/// The octet of a counting pattern: it depends on the end, the slot and the frame.
fn pattern(end: u64, slot: Slot, frame: u64) -> u8 {
    let place = frame.wrapping_mul(7).wrapping_add(frame >> 8);
    (place.wrapping_add(u64::from(slot.number()) * 37) ^ (end * 0x5a)) as u8
}

/// One end of the pattern's line: writes its own and compares the other one's, frame by frame.
fn exchange(span: u32, end: u64) -> Result<()> {
    let span = open(span)?;
    let slots = span.usable_slots();
    let claim = span.claim(slots, "pattern")?;
    let writers: Vec<_> = slots
        .iter()
        .map(|slot| claim.transmit(slot))
        .collect::<tdm::Result<_>>()?;
    let taps: Vec<_> = slots.iter().map(|s| span.tap(s, Side::Receive)).collect();
    let wakeups = span.subscribe(Wake {
        period: 160,
        phase: 0,
        events: false,
        lock_step: true,
    })?;
    let (mut written, mut read) = (START, START);
    let deadline = Instant::now() + LIMIT;
    while read < START + FRAMES {
        ensure!(Instant::now() < deadline, "line time stands at {read}");
        if !wakeups.wait(Duration::from_millis(200))? {
            continue;
        }
        let now = span.positions();
        ensure!(now.epoch == 1, "a new epoch began");
        let ahead = now.tx_taken + 800;
        if written < ahead {
            for writer in &writers {
                let octets: Vec<u8> = (written..ahead)
                    .map(|frame| pattern(end, writer.slot(), frame))
                    .collect();
                let done = writer.write(written, &octets);
                ensure!(
                    done.written == octets.len() as u64,
                    "slot {}: {done:?}",
                    writer.slot().number()
                );
            }
            written = ahead;
        }
        if now.rx_frame > read {
            let count = now.rx_frame - read;
            for tap in &taps {
                let mut octets = vec![0; count as usize];
                tap.window(read, count)?.copy_to(&mut octets)?;
                for (octet, frame) in octets.iter().zip(read..) {
                    let right = pattern(1 - end, tap.slot(), frame);
                    ensure!(
                        *octet == right,
                        "slot {} frame {frame}: {octet:#x}, not {right:#x}",
                        tap.slot().number()
                    );
                }
            }
            read = now.rx_frame;
        }
        wakeups.consumed(now.rx_frame);
    }
    Ok(())
}

/// Two processes, one at each end, in lock-step.
pub(crate) fn pattern_crosses() -> Result<String> {
    const CASE: &str = "pattern-crosses-lock-step";
    if std::env::var(ROLE).is_ok() {
        exchange(1, 1)?;
        return Ok("the far end agrees".to_owned());
    }
    let pair = Control::open()?.create(0, 2)?;
    ensure!((pair.first, pair.second) == (0, 1), "{pair:?}");
    let mut far = Second::start(CASE, "far")?;
    exchange(pair.first, 0)?;
    until("the far end's verdict", || Ok(far.0.try_wait()?.is_some()))?;
    ensure!(far.0.wait()?.success(), "the far end disagrees");
    Ok(format!(
        "{FRAMES} frames of 31 slots each way, every octet as it was written"
    ))
}

/// Slots are held by one; EBUSY says by whom; a release, a last close and a revocation free them.
pub(crate) fn claims() -> Result<String> {
    let (one, other) = (open(0)?, open(0)?);
    let claim = one.claim(SlotSet::of(slot(7)), "first")?;
    let wanted = SlotSet::of(slot(7)).with(slot(8));
    match other.claim(wanted, "second") {
        Err(Error::Busy { slots, holder }) => {
            ensure!(slots == [7] && holder == "first", "{slots:?} by {holder}");
        }
        outcome => bail!("not refused: {outcome:?}"),
    }
    ensure!(other.claim_of(slot(7)) == u64::from(claim.id()));
    ensure!(other.claim_of(slot(8)) == 0, "a refusal took a slot");
    drop(claim);
    let claim = other.claim(wanted, "second")?;
    ensure!(one.claim(SlotSet::of(slot(8)), "x").is_err());
    let mut events = one.events();
    Control::open()?.revoke(0, claim.id())?;
    let ended = events.find_map(|notice| match notice {
        Notice::Event(event) if event.kind == Kind::ClaimEnded as u32 => event.slot,
        _ => None,
    });
    ensure!(ended == Some(slot(7)), "no event tells of the revocation");
    ensure!(
        claim.set_idle(SlotSet::of(slot(7)), 0).is_err(),
        "still a claim"
    );
    ensure!(one.claim_of(slot(7)) == 0);
    // Slot 0 carries no payload, and a claim without slots is none.
    ensure!(one.claim(SlotSet::of(slot(0)), "x").is_err());
    for number in 1..32 {
        std::mem::forget(one.claim(SlotSet::of(slot(number)), "many")?);
    }
    ensure!(other.claim(SlotSet::of(slot(31)), "x").is_err());
    drop(one);
    // Claims that were forgotten in userspace keep the span open; the process's end closes it.
    Ok("held, named, released, revoked".to_owned())
}

/// What stands in the received ring of the other end in the last tick.
fn heard(span: &Span, number: u8) -> Result<u8> {
    let tap = span.tap(slot(number), Side::Receive);
    let mut octet = [0];
    let frame = span.positions().rx_frame.saturating_sub(1);
    tap.window(frame, 1)?.copy_to(&mut octet)?;
    Ok(octet[0])
}

/// kill -9 of whoever holds slots: they are free at once, and the line idles.
pub(crate) fn holder_dies() -> Result<String> {
    const CASE: &str = "killed-holder-frees-its-slots";
    const CODE: u8 = 0x42;
    if std::env::var(ROLE).is_ok() {
        let span = open(0)?;
        let claim = span.claim(SlotSet::of(slot(9)), "doomed")?;
        claim.set_idle(SlotSet::of(slot(9)), CODE)?;
        let writer = claim.transmit(slot(9))?;
        loop {
            let from = writer.writable().start;
            writer.write(from, &[CODE ^ 0xff; 64]);
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    let (here, there) = (open(0)?, open(1)?);
    let mut events = here.events();
    let mut holder = Second::start(CASE, "holder")?;
    until("the holder's code at the other end", || {
        Ok(matches!(heard(&there, 9), Ok(octet) if octet == CODE || octet == CODE ^ 0xff))
    })?;
    ensure!(here.claim_of(slot(9)) != 0);
    holder.0.kill()?;
    holder.0.wait()?;
    until("the slot is free", || Ok(here.claim_of(slot(9)) == 0))?;
    let ended = |notice| matches!(notice, Notice::Event(e) if e.kind == Kind::ClaimEnded as u32);
    ensure!(events.any(ended), "no event tells of it");
    until("idle at the other end", || {
        Ok(matches!(heard(&there, 9), Ok(0xd5)))
    })?;
    let claim = here.claim(SlotSet::of(slot(9)), "heir")?;
    drop(claim);
    Ok("free at once, and idle on the line".to_owned())
}

/// A span that goes while it is open: everybody is told, mappings stay, the other pair does not notice.
pub(crate) fn goes() -> Result<String> {
    let control = Control::open()?;
    let pair = control.create(1_000, 0)?;
    let neighbour = open(0)?;
    let span = open(pair.first)?;
    let claim = span.claim(SlotSet::of(slot(1)), "left behind")?;
    let writer = claim.transmit(slot(1))?;
    let wakeups = span.subscribe(Wake::every(80))?;
    let mut events = span.events();
    ensure!(control.destroy(pair.first, false) == Err(Errno::EBUSY));
    control.destroy(pair.second, true)?;
    let mut fds = [PollFd::new(span.as_fd(), PollFlags::empty())];
    poll(&mut fds, PollTimeout::ZERO)?;
    let seen = fds[0].revents().context("no answer")?;
    ensure!(seen.contains(PollFlags::POLLHUP), "poll says {seen:?}");
    until("the wake-up's end", || {
        Ok(matches!(wakeups.wait(Duration::ZERO), Err(Error::Gone)))
    })?;
    let gone = |notice| matches!(notice, Notice::Event(e) if e.kind == Kind::Gone as u32);
    ensure!(events.any(gone), "no event tells of it");
    ensure!(matches!(span.configure(span.config()), Err(Error::Gone)));
    ensure!(matches!(
        span.claim(SlotSet::of(slot(2)), "x"),
        Err(Error::Gone)
    ));
    // What is mapped stays, and nobody listens.
    let before = span.positions();
    writer.write(writer.writable().start, &[1; 160]);
    std::thread::sleep(Duration::from_millis(50));
    ensure!(
        span.positions() == before,
        "line time passes without a line"
    );
    match Span::open(&address(pair.first)) {
        Err(error) => ensure!(error.to_string().contains("no such span"), "{error}"),
        Ok(_) => bail!("it can still be opened"),
    }
    let ticks = neighbour.positions().rx_frame;
    until("the neighbour's ticks", || {
        Ok(neighbour.positions().rx_frame > ticks + 80)
    })?;
    let again = control.create(1_000, 0)?;
    ensure!(again == pair, "{again:?} in the place of {pair:?}");
    Ok("told, and survived".to_owned())
}

/// The machine does not go to sleep while a span is open.
pub(crate) fn stays_awake() -> Result<String> {
    let states = std::fs::read_to_string("/sys/power/state")?;
    ensure!(
        states.contains("freeze"),
        "this kernel cannot sleep: {states:?}"
    );
    let span = open(0)?;
    let Err(error) = std::fs::write("/sys/power/state", "freeze") else {
        bail!("it slept while a span was open");
    };
    ensure!(error.raw_os_error() == Some(Errno::EBUSY as i32), "{error}");
    drop(span);
    Ok("EBUSY".to_owned())
}
