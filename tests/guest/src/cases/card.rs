// SPDX-License-Identifier: MIT OR Apache-2.0
//! The original C driver on an emulated card: the ladder that the card must climb (docs/te4xx-card.md).

mod channel;
mod desk;
mod driver;

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use crate::module::command;
use channel::Channel;
use desk::Desk;
use driver::{Driver, Signalling, alarm, green, loopback, node, output, scan};

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Level 1: probe, identity, spans.
pub(crate) fn probe() -> Result<String> {
    let driver = Driver::load()?;
    let kinds = scan("devicetype")?;
    ensure!(
        kinds == ["Wildcard TE420 (5th Gen)"; 4],
        "dahdi_scan shows {kinds:?}"
    );
    let types = scan("type")?;
    ensure!(types == ["digital-E1"; 4], "dahdi_scan shows {types:?}");
    let listed = output("dahdi_span_assignments", &["list"])?;
    ensure!(
        listed.matches("@Board_ID_Switch_3").count() == 4,
        "the rotary switch stands at 3; dahdi_span_assignments: {listed}"
    );
    driver.stop()?;
    Ok(kinds.join(", "))
}

/// Level 2: four spans configured, all without alarm.
pub(crate) fn spans() -> Result<String> {
    let mut desk = Desk::open()?;
    let before = desk.card()?;
    let driver = Driver::start(Signalling::Ccs)?;
    desk.pass(3000)?;
    let after = desk.card()?;
    driver.stop()?;
    after.check_since(&before)
}

/// Level 3 in lock-step: what the guest's clock and the card's ticks make of each other. Reported; a stolen processor makes it less.
pub(crate) fn rate() -> Result<String> {
    let mut desk = Desk::open()?;
    let driver = Driver::start(Signalling::Ccs)?;
    let (start, before) = (Instant::now(), desk.card()?.get("dma_ticks")?);
    let said = output("dahdi_test", &["-c", "10"])?;
    let elapsed = start.elapsed().as_secs_f64();
    let ticks = desk.card()?.get("dma_ticks")? - before;
    let rate = ticks as f64 / elapsed;
    let cumulative = said
        .lines()
        .rev()
        .find(|line| line.starts_with("Cumulative"));
    let cumulative = cumulative.with_context(|| format!("dahdi_test: {said}"))?;
    driver.stop()?;
    ensure!(
        rate < 1002.0,
        "{rate:.1} ticks a second: the card runs ahead of the line"
    );
    Ok(format!("{rate:.2} ticks/s; {cumulative}"))
}

/// Runs patlooptest on a channel of span 1; it must end without an error.
fn pattern(channel: usize) -> Result<()> {
    let said = output("patlooptest", &[&node(1, channel), "-t", "5"])?;
    ensure!(
        said.lines().any(|line| line.ends_with("with 0 errors")),
        "patlooptest: {said}"
    );
    Ok(())
}

/// Level 4: octets come back unchanged through each kind of loop.
pub(crate) fn loops() -> Result<String> {
    let mut desk = Desk::open()?;
    let driver = Driver::start(Signalling::Ccs)?;
    for (span, kind) in [(1, "localhost"), (2, "networkline"), (2, "networkpayload")] {
        loopback(span, kind)?;
        desk.pass(1000)?;
        pattern(5).with_context(|| format!("{kind} on span {span}"))?;
        loopback(span, "off")?;
        green(seconds(60))?;
    }
    driver.stop()?;
    Ok("patlooptest through local, line and payload loop: no error".to_owned())
}

/// Level 5: alarms come and go as the driver's own times have them.
pub(crate) fn alarms() -> Result<String> {
    let mut desk = Desk::open()?;
    let driver = Driver::start(Signalling::Ccs)?;
    desk.ask("impair c1/1 los")?;
    let red = alarm(1, "RED", seconds(30))?;
    ensure!(
        red > seconds(2),
        "RED after {red:?}: the driver waits for 2.5 s"
    );
    alarm(2, "YEL", seconds(30))?;
    desk.ask("clear c1/1")?;
    let clear = green(seconds(60))?;
    ensure!(
        clear > seconds(4),
        "OK after {clear:?}: the driver waits for 5 s"
    );
    desk.ask("impair c1/3 ais")?;
    alarm(3, "BLU", seconds(30))?;
    desk.ask("clear c1/3")?;
    green(seconds(60))?;
    desk.ask("impair c1/4 rai")?;
    alarm(4, "YEL", seconds(30))?;
    desk.ask("clear c1/4")?;
    green(seconds(60))?;
    driver.stop()?;
    Ok(format!(
        "RED after {:.1} s, clear after {:.1} s",
        red.as_secs_f64(),
        clear.as_secs_f64()
    ))
}

/// Level 6: signalling bits cross, all sixteen patterns both ways on channels at the ends and in the middle.
pub(crate) fn cas() -> Result<String> {
    let driver = Driver::start(Signalling::Cas)?;
    let mut worst = Duration::ZERO;
    for (span, peer, channel) in [(1, 2, 1), (2, 1, 15), (3, 4, 17), (4, 3, 31)] {
        let from = Channel::open(span, channel, 160)?;
        let to = Channel::open(peer, channel, 160)?;
        for step in 0..16 {
            let bits = (step * 5 + 3) & 0xF;
            from.send_bits(bits)?;
            let what = format!("bits {bits:x} on channel {channel} of span {peer}");
            let start = Instant::now();
            while to.received_bits()? != bits {
                ensure!(start.elapsed() < seconds(5), "no {what}");
                std::thread::sleep(Duration::from_millis(1));
            }
            worst = worst.max(start.elapsed());
        }
    }
    driver.stop()?;
    Ok(format!(
        "64 patterns, the slowest in {} ms",
        worst.as_millis()
    ))
}

/// Level 7: frames through the chip's HDLC controllers, SABME and UA first.
pub(crate) fn hdlc() -> Result<String> {
    let driver = Driver::start(Signalling::Ccs)?;
    for (one, other) in [(1, 2), (3, 4)] {
        let mut a = Channel::open(one, 16, 512)?;
        let mut b = Channel::open(other, 16, 512)?;
        a.send(&[0x02, 0x01, 0x7F])?;
        let sabme = b.receive(seconds(30))?;
        ensure!(sabme.starts_with(&[0x02, 0x01, 0x7F]), "{sabme:02x?}");
        b.send(&[0x02, 0x01, 0x73])?;
        let ua = a.receive(seconds(30))?;
        ensure!(ua.starts_with(&[0x02, 0x01, 0x73]), "{ua:02x?}");
        for length in [3_usize, 20, 29, 30, 31, 32, 62, 260] {
            let frame: Vec<u8> = (0..length).map(|n| (n * 7 + length) as u8).collect();
            a.send(&frame)?;
            let received = b.receive(seconds(30))?;
            ensure!(
                received.len() == length + 2 && received.starts_with(&frame),
                "a frame of {length} came as {received:02x?}"
            );
        }
    }
    driver.stop()?;
    Ok("SABME, UA and frames of 3 to 260 octets on two pairs".to_owned())
}

/// Maintenance: inserted defects and slips are counted at the far end.
pub(crate) fn defects() -> Result<String> {
    let mut desk = Desk::open()?;
    let driver = Driver::start(Signalling::Ccs)?;
    for kind in ["bipolar", "crc", "fas", "prbs"] {
        command(Command::new("dahdi_maint").args(["-s", "1", "-i", kind]))?;
    }
    desk.ask("impair c1/2 slip 1")?;
    // The chip latches once a second of the line, and the driver reads after that.
    desk.pass(2500)?;
    let text = std::fs::read_to_string("/proc/dahdi/2").context("/proc/dahdi/2")?;
    ensure!(
        text.contains("Timing slips: 1"),
        "no slip is counted: {text}"
    );
    for (span, name) in [
        (2, "Framing Errors"),
        (2, "CRC Errors"),
        (2, "Code Violations"),
        (1, "E-bit Count"),
    ] {
        let counted = output("dahdi_maint", &["-s", &span.to_string()])?;
        ensure!(
            counted.contains(&format!(">{name} : 1:")),
            "one of {name} on span {span} was to be counted: {counted}"
        );
    }
    driver.stop()?;
    Ok("a slip and an error of each kind".to_owned())
}

/// Level 9: loaded, configured, without alarm, stopped and unloaded, again and again.
pub(crate) fn cycles() -> Result<String> {
    const ROUNDS: usize = 10;
    let mut desk = Desk::open()?;
    let before = desk.card()?;
    for round in 1..=ROUNDS {
        let driver = Driver::start(Signalling::Ccs).with_context(|| format!("round {round}"))?;
        driver.stop()?;
    }
    let after = desk.card()?;
    after
        .check_since(&before)
        .map(|text| format!("{ROUNDS} rounds: {text}"))
}
