// SPDX-License-Identifier: MIT OR Apache-2.0
#![allow(clippy::unwrap_used)]

use super::registers::{self as reg, frs0};
use super::*;
use crate::model::{Arrival, Burst, Errors, Inserted};
use tdm_line::framing::Signal;

const fn framed(crc4: bool, remote_alarm: bool) -> Signal {
    Signal::Framed { crc4, remote_alarm }
}

fn arrival(signal: Signal) -> Arrival {
    Arrival {
        burst: Burst {
            signal,
            ..Burst::SILENT
        },
        errors: Errors::default(),
        slip: None,
    }
}

/// A port as the driver sets it up for E1, CRC-4, HDB3.
fn started() -> Port {
    let mut port = Port::new();
    for (register, value) in [
        (reg::FMR1, 0x4C),
        (reg::FMR2, 0xC3),
        (reg::FMR0, 0xF0),
        (reg::XSW, 0x9F),
        (reg::XSP, 0x1C),
        (0x14, 0x7E),
        (0x15, 0x2E),
        (0x16, 0x00),
        (0x17, 0x2C),
        (0x18, 0x3F),
    ] {
        port.write(register, value);
    }
    port
}

fn ticks(port: &mut Port, signal: Signal, count: usize) {
    for _ in 0..count {
        port.leave(&Burst::SILENT);
        port.arrive(&arrival(signal));
    }
}

fn sent_signal(port: &mut Port) -> Signal {
    port.leave(&Burst::SILENT).signal
}

#[test]
fn the_version_shows_with_compatibility_off() {
    let mut chip = QuadFalc::new(Version::V31);
    assert_eq!(chip.read(0, reg::VSTR), 0x05);
    chip.write(0, reg::COMPATIBILITY, 0x20);
    assert_eq!(chip.read(0, reg::VSTR), 0x20);
    let mut old = QuadFalc::new(Version::V21);
    old.write(0, reg::COMPATIBILITY, 0x20);
    assert_eq!(old.read(0, reg::VSTR), 0x05);
}

#[test]
fn status_follows_the_line() {
    let mut port = started();
    ticks(&mut port, Signal::None, 2);
    assert_eq!(port.read(reg::FRS0), 0xA2);
    ticks(&mut port, framed(true, false), 20);
    assert_eq!(port.read(reg::FRS0), 0);
    ticks(&mut port, Signal::AllOnes, 3);
    assert_eq!(port.read(reg::FRS0), 0x60);
    ticks(&mut port, framed(true, true), 20);
    assert_eq!(port.read(reg::FRS0), frs0::RRA);
    ticks(&mut port, Signal::Unframed, 3);
    assert_eq!(port.read(reg::FRS0), frs0::LFA);
}

#[test]
fn changes_interrupt_and_reading_clears() {
    let mut port = started();
    ticks(&mut port, framed(true, false), 20);
    port.read(reg::ISR0 + 2);
    ticks(&mut port, Signal::None, 2);
    assert_eq!(port.interrupts().global(), 0x04);
    assert_eq!(port.read(reg::ISR0 + 2), 0x44, "LOS and LFA");
    assert_eq!(port.read(reg::ISR0 + 2), 0);
    ticks(&mut port, framed(true, false), 20);
    assert_eq!(
        port.read(reg::ISR0 + 2),
        0x80 | 0x20 | 0x04,
        "FAR, MFAR, LOS gone"
    );
}

#[test]
fn masked_events_are_not_latched() {
    let mut port = started();
    port.write(0x16, 0xFF);
    ticks(&mut port, framed(true, false), 20);
    port.write(0x16, 0x00);
    assert_eq!(port.read(reg::ISR0 + 2), 0);
}

#[test]
fn no_multiframe_in_400_ms() {
    let mut port = started();
    ticks(&mut port, framed(false, false), 390);
    assert_eq!(port.read(reg::FRS0), frs0::LMFA);
    ticks(&mut port, framed(false, false), 20);
    assert_eq!(port.read(reg::FRS0), frs0::LMFA | frs0::NMF);
    ticks(&mut port, framed(true, false), 20);
    assert_eq!(port.read(reg::FRS0), 0);
}

#[test]
fn what_it_sends_follows_its_registers() {
    let mut port = Port::new();
    assert_eq!(sent_signal(&mut port), Signal::None, "no line code is set");
    let mut port = started();
    ticks(&mut port, framed(true, false), 20);
    assert_eq!(sent_signal(&mut port), framed(true, false));
    port.write(reg::XSW, 0xBF);
    assert_eq!(sent_signal(&mut port), framed(true, true));
    port.write(reg::XSW, 0x9F);
    // FMR2 bit 1: the remote alarm goes out by itself.
    ticks(&mut port, Signal::None, 2);
    assert_eq!(sent_signal(&mut port), framed(true, true));
    port.write(reg::FMR2, 0xC1);
    assert_eq!(sent_signal(&mut port), framed(true, false));
    port.write(reg::FMR1, 0x4D);
    assert_eq!(sent_signal(&mut port), Signal::AllOnes);
}

#[test]
fn inserted_defects_leave_once_and_are_counted_at_the_far_end() {
    let mut near = started();
    near.write(reg::IERR, 0x01 | 0x08 | 0x20 | 0x02);
    let inserted = near.leave(&Burst::SILENT).inserted;
    assert_eq!(
        inserted,
        Inserted {
            code_violations: 1,
            alignment: 1,
            crc: 1,
            pattern: 1
        }
    );
    assert_eq!(near.leave(&Burst::SILENT).inserted, Inserted::default());
    let mut far = started();
    ticks(&mut far, framed(true, false), 20);
    let mut hit = arrival(framed(true, false));
    hit.burst.inserted = inserted;
    far.arrive(&hit);
    // The E bit goes back once.
    assert!(far.leave(&Burst::SILENT).e_bit);
    assert!(!far.leave(&Burst::SILENT).e_bit);
    // Counters show with the end of the second, and for one second.
    assert_eq!(far.read(0x50), 0);
    ticks(&mut far, framed(true, false), 1000);
    let counters = [0x50, 0x52, 0x54, 0x56, 0x58].map(|register| far.read(register));
    assert_eq!(counters, [1, 1, 1, 0, 1]);
    assert_eq!(far.read(reg::ISR0 + 3), 0xC0, "ES and SEC");
    ticks(&mut far, framed(true, false), 1000);
    assert_eq!(far.read(0x52), 0);
    assert_eq!(far.read(reg::ISR0 + 3), 0x40, "SEC alone");
}

#[test]
fn three_errored_alignment_signals_lose_alignment() {
    let mut port = started();
    ticks(&mut port, framed(true, false), 20);
    let mut bad = arrival(framed(true, false));
    bad.errors.alignment = 4;
    for _ in 0..3 {
        port.arrive(&bad);
    }
    assert_ne!(port.read(reg::FRS0) & frs0::LFA, 0);
}

#[test]
fn signalling_crosses_nibble_by_nibble() {
    let mut near = started();
    let mut far = started();
    for port in [&mut near, &mut far] {
        port.write(reg::XSP, 0x5C);
        port.write(0x14, 0xF7);
        ticks(port, framed(true, false), 20);
        port.read(reg::ISR0);
    }
    for at in 1..16 {
        near.write(reg::SIGNALLING + at, at << 4 | (15 - at));
    }
    for _ in 0..4 {
        let mut arrival = arrival(framed(true, false));
        arrival.burst.abcd = near.leave(&Burst::SILENT).abcd;
        assert_eq!(arrival.burst.abcd[3], 3);
        assert_eq!(arrival.burst.abcd[19], 12);
        far.arrive(&arrival);
    }
    for at in 1..16 {
        assert_eq!(far.read(reg::SIGNALLING + at), at << 4 | (15 - at));
    }
    assert_eq!(far.read(reg::ISR0), 0x08, "CASC");
    // A lost line keeps what was received.
    ticks(&mut far, Signal::None, 10);
    assert_eq!(far.read(reg::SIGNALLING + 1), 0x1E);
}

#[test]
fn loops() {
    let mut port = started();
    let mut host = Burst::SILENT;
    host.frames[0][5] = 0x12;
    // Local: its own signal arrives, whatever the line brings.
    port.write(reg::LIM0, 0x0A);
    for _ in 0..20 {
        port.leave(&host);
        port.arrive(&arrival(Signal::None));
    }
    assert_eq!(port.read(reg::FRS0), 0);
    assert_eq!(port.received().frames[0][5], 0x12);
    port.write(reg::LIM0, 0x08);
    // Remote: the line's signal goes back, alarms and all.
    port.write(reg::LIM1, 0xF2);
    let mut line = arrival(framed(true, true));
    line.burst.frames[3][9] = 0x34;
    port.arrive(&line);
    let back = port.leave(&host);
    assert_eq!((back.signal, back.frames[3][9]), (framed(true, true), 0x34));
    port.write(reg::LIM1, 0xF0);
    // Payload: received slots in its own framing.
    port.write(reg::FMR2, 0xC7);
    for _ in 0..20 {
        port.leave(&host);
        port.arrive(&line);
    }
    let back = port.leave(&host);
    assert_eq!(
        (back.signal, back.frames[3][9]),
        (framed(true, false), 0x34)
    );
}

#[test]
fn received_slots_are_ones_without_alignment_and_slot_0_is_the_alignment_word() {
    let mut port = started();
    let mut line = arrival(framed(true, false));
    line.burst.frames = [[0x11; 32]; 8];
    for _ in 0..20 {
        port.arrive(&line);
    }
    assert!(
        port.received()
            .frames
            .iter()
            .all(|f| f[0] == 0x9B && f[1] == 0x11)
    );
    ticks(&mut port, Signal::AllOnes, 3);
    assert!(port.received().frames.iter().all(|f| f[1] == 0xFF));
}

#[test]
fn slips_interrupt() {
    let mut port = started();
    ticks(&mut port, framed(true, false), 20);
    port.read(reg::ISR0 + 3);
    for (slip, bit) in [
        (crate::model::Slip::Repeated, 0x01),
        (crate::model::Slip::Dropped, 0x02),
    ] {
        let mut hit = arrival(framed(true, false));
        hit.slip = Some(slip);
        port.arrive(&hit);
        assert_eq!(port.read(reg::ISR0 + 3), bit);
    }
}

#[test]
fn the_alarm_simulation_counts_rising_edges() {
    let mut port = started();
    for step in 1..=9_u8 {
        port.write(reg::FMR0, 0xF1);
        port.write(reg::FMR0, 0xF1);
        port.write(reg::FMR0, 0xF0);
        assert_eq!(port.read(reg::FRS2), (step & 7) << 5);
    }
}

#[test]
fn ports_share_the_interrupt_output() {
    let mut chip = QuadFalc::new(Version::V31);
    assert!(!chip.interrupt());
    let port = chip.port_mut(2);
    *port = started();
    ticks(port, framed(true, false), 20);
    assert!(chip.interrupt());
    assert_eq!(chip.read(0, reg::CIS), 0x04);
    chip.reset();
    assert!(!chip.interrupt());
}
