// SPDX-License-Identifier: MIT OR Apache-2.0
#![allow(clippy::unwrap_used)]

use super::super::bus::{Bus, Fault};
use super::super::models::MODELS;
use super::super::registers::Register;
use super::super::trace;
use super::*;
use crate::model::{Arrival, Errors};

/// Memory from address 0 on.
struct Ram(Vec<u8>);

impl Bus for Ram {
    fn read(&mut self, address: u64, to: &mut [u8]) -> Result<(), Fault> {
        let (at, length) = (address as usize, to.len());
        let from = self.0.get(at..at + length);
        to.copy_from_slice(from.ok_or(Fault { address, length })?);
        Ok(())
    }

    fn write(&mut self, address: u64, from: &[u8]) -> Result<(), Fault> {
        let (at, length) = (address as usize, from.len());
        let to = self.0.get_mut(at..at + length);
        to.ok_or(Fault { address, length })?.copy_from_slice(from);
        Ok(())
    }
}

const TX: u32 = 0x1000;
const RX: u32 = 0x8000;

struct Rig {
    card: Card,
    ram: Ram,
    now: Duration,
}

impl Rig {
    fn new(name: &str, generation: Generation) -> Self {
        let options = Options {
            model: Model::find(name, generation).unwrap(),
            switch: 5,
            trace: 1000,
        };
        Rig {
            card: Card::new(options),
            ram: Ram(vec![0; 0x10000]),
            now: Duration::ZERO,
        }
    }

    fn read(&mut self, register: Register) -> u32 {
        let mut word = [0; 4];
        self.card.read(self.now, register.offset(), &mut word);
        u32::from_le_bytes(word)
    }

    fn write(&mut self, register: Register, value: u32) {
        self.card
            .write(self.now, register.offset(), &value.to_le_bytes());
    }

    fn framer_write(&mut self, unit: u32, register: u8, value: u8) {
        let address = 0x4000 | unit << 8 | u32::from(register);
        self.write(Register::LocalAddress, address);
        self.write(Register::LocalData, value.into());
        self.write(Register::LocalAddress, address | 0x10400);
        self.write(Register::LocalAddress, address);
    }

    fn framer_read(&mut self, unit: u32, register: u8) -> u8 {
        let address = 0x4000 | unit << 8 | u32::from(register);
        self.write(Register::LocalAddress, address);
        self.write(Register::LocalAddress, address | 0x8400);
        let mut octet = [0];
        self.card
            .read(self.now, Register::LocalData.offset(), &mut octet);
        self.write(Register::LocalAddress, address);
        octet[0]
    }

    /// As the driver starts it, with port 0 in local loop.
    fn start(&mut self, buffers: u32) {
        self.card.config_write(self.now, 4, &[0x06, 0x00]);
        self.write(Register::Leds, 0);
        self.write(Register::Leds, 0xFF);
        self.write(Register::Leds, 0x1000);
        for (register, value) in [(0x1D, 0x4C), (0x1E, 0xC3), (0x1C, 0xF0), (0x36, 0x0A)] {
            self.framer_write(0, register, value);
        }
        self.write(Register::RxAddress, RX);
        self.write(Register::TxAddress, TX);
        self.write(Register::BufferControl, buffers);
        self.write(Register::Interrupt, 0x0C);
        self.write(Register::DmaControl, 0xC000_0000);
    }

    fn tick(&mut self) {
        self.now += Duration::from_millis(1);
        self.card.begin_tick(&mut self.ram);
        let silent = Arrival {
            burst: Burst::SILENT,
            errors: Errors::default(),
            slip: None,
        };
        for port in 0..self.card.ports() {
            self.card.leave(port);
            self.card.arrive(port, &silent);
        }
        self.card.end_tick(self.now, &mut self.ram);
    }

    /// A tick, its handler and the acknowledgement; gives the interrupt register.
    fn served(&mut self) -> u32 {
        self.tick();
        assert!(self.card.poll_interrupt(self.now));
        let value = self.read(Register::Interrupt);
        self.write(Register::Interrupt, 0);
        value
    }
}

fn gen5() -> Rig {
    Rig::new("TE420", Generation::Fifth)
}

#[test]
fn every_card_shows_its_ids() {
    for model in MODELS {
        let rig = Rig::new(model.name, model.generation);
        let mut ids = [0; 4];
        rig.card.config_read(0, &mut ids);
        assert_eq!(ids[..2], model.vendor.to_le_bytes());
        assert_eq!(ids[2..], model.device.to_le_bytes());
        let mut subsystem = [0; 2];
        rig.card.config_read(0x2C, &mut subsystem);
        assert_eq!(subsystem, model.subsystem_vendor.to_le_bytes());
    }
}

#[test]
fn the_bar_is_sized_by_writing_ones() {
    let mut rig = gen5();
    rig.card.config_write(rig.now, 0x10, &[0xFF; 4]);
    let mut bar = [0; 4];
    rig.card.config_read(0x10, &mut bar);
    assert_eq!(u32::from_le_bytes(bar), 0xFFFF_FF80);
    // Identity and everything beyond the header cannot be written.
    rig.card.config_write(rig.now, 0, &[0; 4]);
    rig.card.config_write(rig.now, 0x40, &[0xFF; 300]);
    let mut rest = [1; 300];
    rig.card.config_read(0x40, &mut rest);
    assert!(rest.iter().all(|octet| *octet == 0));
}

#[test]
fn jumpers_switch_and_version_read() {
    let mut rig = gen5();
    assert_eq!(rig.read(Register::Leds), 0x5000_0F00);
    assert_eq!(rig.read(Register::Version) >> 16, 0xC01A);
    rig.write(Register::Leds, 0x1234);
    assert_eq!(rig.read(Register::Leds), 0x5000_0F00);
}

#[test]
fn the_reset_magic_of_express_cards_is_no_strobe() {
    let mut rig = gen5();
    rig.write(Register::Interrupt, 0x4200_0000);
    for value in [0x4200_0000, 0x0008_0000, 0x0018_0000, 0x0008_0000] {
        rig.write(Register::LocalAddress, value);
    }
    let counters = rig.card.counters();
    assert_eq!((counters.framer_reads, counters.framer_writes), (0, 0));
}

#[test]
fn no_echo_canceller_is_a_floating_bus() {
    let mut rig = gen5();
    rig.write(Register::LocalData, 0x1234);
    rig.write(Register::LocalAddress, 0x12800);
    rig.write(Register::LocalAddress, 0xA800);
    assert_eq!(rig.read(Register::LocalData), u32::MAX);
}

#[test]
fn a_framer_register_keeps_its_value_and_reset_takes_it() {
    let mut rig = gen5();
    rig.framer_write(3, 0x44, 0x38);
    assert_eq!(rig.framer_read(3, 0x44), 0x38);
    assert_eq!(rig.framer_read(2, 0x44), 0x30);
    rig.write(Register::Leds, 0);
    assert_eq!(rig.framer_read(3, 0x44), 0x30);
    assert_eq!(rig.card.counters().framer_resets, 1);
}

#[test]
fn a_ring_of_buffers_moves_samples_and_numbers_ticks() {
    let mut rig = gen5();
    rig.start(0x0001_0003);
    // Channel 7 of span 1 in buffers 0, 1 and 2.
    for buffer in 0..3_usize {
        let at = TX as usize + buffer * 1024 + 7 * 8;
        rig.ram.0[at..at + 8].fill(0x40 + buffer as u8);
    }
    for tick in 1..=12_u32 {
        let value = rig.served();
        assert_eq!(value, tick << 16 | 2);
        assert_eq!(rig.read(Register::BufferControl) >> 8 & 0x7F, tick % 3);
    }
    // Twelve ticks of local loop: the receive buffers hold what the transmit buffers held.
    for buffer in 0..3_usize {
        let at = RX as usize + buffer * 1024 + 7 * 8;
        assert_eq!(rig.ram.0[at..at + 8], [0x40 + buffer as u8; 8]);
        // Slot 0 brings the alignment word.
        assert_eq!(rig.ram.0[RX as usize + buffer * 1024], 0x9B);
    }
    assert_eq!(rig.card.counters().dma_faults, 0);
    // Repeating the start changes nothing; a real start begins anew.
    rig.write(Register::BufferControl, 0x0001_0003);
    rig.write(Register::Interrupt, 0x0C);
    rig.write(Register::DmaControl, 0xE000_0000);
    assert_eq!(rig.served() >> 16, 13);
    rig.write(Register::DmaControl, 0);
    rig.write(Register::DmaControl, 0xC000_0000);
    assert_eq!(rig.served() >> 16, 1);
}

#[test]
fn several_milliseconds_to_an_interrupt() {
    let mut rig = gen5();
    rig.start(0x0004_0008);
    for _ in 0..3 {
        rig.tick();
        assert!(!rig.card.poll_interrupt(rig.now));
    }
    assert_eq!(rig.served(), 4 << 16 | 2);
}

#[test]
fn the_second_generation_has_one_buffer_and_no_numbers() {
    let mut rig = Rig::new("TE410P", Generation::Second);
    rig.start(0x0001_0001);
    for _ in 0..12 {
        let at = TX as usize + 3 * 8;
        rig.ram.0[at..at + 8].copy_from_slice(&[1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(rig.served(), 2);
    }
    let at = RX as usize + 3 * 8;
    assert_eq!(rig.ram.0[at..at + 8], [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(rig.read(Register::BufferControl), 0x0001_0001);
}

#[test]
fn the_first_generation_has_two_halves_frame_by_frame() {
    let mut rig = Rig::new("TE410P", Generation::First);
    rig.start(0);
    // Frame 2, slot 9 of span 1: the highest octet of a word.
    for half in 0..2_usize {
        let at = TX as usize + half * 1024 + (2 * 32 + 9) * 4 + 3;
        rig.ram.0[at] = 0x70 + half as u8;
    }
    for tick in 0..12 {
        assert_eq!(rig.served(), 1 << (tick % 2));
    }
    for half in 0..2_usize {
        let at = RX as usize + half * 1024 + (2 * 32 + 9) * 4 + 3;
        assert_eq!(rig.ram.0[at], 0x70 + half as u8);
        assert_eq!(rig.ram.0[RX as usize + half * 1024 + 3], 0x9B);
    }
}

#[test]
fn only_a_running_bus_master_interrupts_and_transfers() {
    let mut rig = gen5();
    rig.start(0x0001_0002);
    rig.card.config_write(rig.now, 4, &[0x02, 0x00]);
    rig.tick();
    assert!(!rig.card.poll_interrupt(rig.now));
    rig.card.config_write(rig.now, 4, &[0x06, 0x00]);
    rig.write(Register::RxAddress, 0);
    rig.tick();
    assert_eq!(rig.card.counters().dma_ticks, 0);
    rig.write(Register::RxAddress, RX);
    // Interrupt disable keeps the line low; the status bit shows what is pending.
    rig.card.config_write(rig.now, 4, &[0x06, 0x04]);
    rig.tick();
    assert!(!rig.card.poll_interrupt(rig.now));
    let mut status = [0];
    rig.card.config_read(6, &mut status);
    assert_eq!(status[0] & 8, 8);
    rig.card.config_write(rig.now, 4, &[0x06, 0x00]);
    assert!(rig.card.poll_interrupt(rig.now));
}

#[test]
fn a_transfer_without_memory_is_counted() {
    let mut rig = gen5();
    rig.start(0x0001_0002);
    rig.write(Register::RxAddress, 0x00FF_0000);
    rig.write(Register::TxAddress, u32::MAX);
    rig.tick();
    assert_eq!(rig.card.counters().dma_faults, 2);
}

#[test]
fn ticks_are_held_until_the_acknowledgement_and_a_little_longer() {
    let mut rig = gen5();
    assert_eq!(rig.card.hold(rig.now), Hold::Free);
    rig.start(0x0001_0002);
    rig.tick();
    assert_eq!(rig.card.hold(rig.now), Hold::Waits);
    rig.read(Register::Interrupt);
    rig.write(Register::Interrupt, 0);
    let at = rig.now + Duration::from_micros(100);
    assert_eq!(rig.card.hold(rig.now), Hold::Until(at));
    assert_eq!(rig.card.hold(at), Hold::Free);
    // A stop sets the clock free at once.
    rig.tick();
    rig.write(Register::DmaControl, 0);
    assert_eq!(rig.card.hold(rig.now + Duration::from_secs(1)), Hold::Free);
}

#[test]
fn a_tick_over_an_unacknowledged_one_is_an_overrun() {
    let mut rig = gen5();
    rig.start(0x0001_0008);
    rig.tick();
    rig.tick();
    assert_eq!(rig.card.counters().overruns, 1);
    assert_eq!(rig.read(Register::Interrupt) >> 16, 2);
}

#[test]
fn a_framer_event_at_acknowledgement_time_interrupts_again() {
    let mut rig = gen5();
    rig.start(0x0001_0002);
    rig.framer_write(0, 0x16, 0);
    rig.served();
    // Alignment comes during the next ticks; the acknowledgement alone does not clear the framer's line.
    while rig.read(Register::Interrupt) & 1 == 0 {
        rig.tick();
        assert!(rig.now < Duration::from_secs(1));
    }
    rig.card.poll_interrupt(rig.now);
    rig.write(Register::Interrupt, 0);
    assert!(rig.card.poll_interrupt(rig.now), "raised anew");
    assert_eq!(rig.framer_read(0, 0x6F), 1, "CIS");
    rig.framer_read(0, 0x6A);
    rig.write(Register::Interrupt, 0);
    assert!(!rig.card.poll_interrupt(rig.now));
    assert_eq!(rig.read(Register::Interrupt) & 7, 0);
}

#[test]
fn the_interchange_connects_timeslots() {
    let mut rig = gen5();
    rig.start(0x0001_0002);
    // Slot 9 sends what slot 7 receives (port 0 is looped: what slot 7 sends).
    rig.write(Register::DmaControl, 0xC000_4000 | 9 << 7 | 7);
    rig.write(Register::DmaControl, 0xC000_0000);
    for buffer in 0..2 {
        let at = TX as usize + buffer * 1024 + 7 * 8;
        rig.ram.0[at..at + 8].fill(0x77);
    }
    (0..14).for_each(|_| {
        rig.served();
    });
    let at = RX as usize + 9 * 8;
    assert_eq!(rig.ram.0[at..at + 8], [0x77; 8]);
}

#[test]
fn a_device_reset_is_power_on_but_for_counters() {
    let mut rig = gen5();
    rig.start(0x0001_0002);
    rig.served();
    rig.card.reset();
    let mut command = [1; 2];
    rig.card.config_read(4, &mut command);
    assert_eq!(command, [0, 0]);
    assert_eq!(rig.read(Register::DmaControl), 0);
    assert_eq!(rig.card.counters().dma_ticks, 1);
    assert_eq!(rig.card.counters().intx.fired, 1);
}

#[test]
fn the_trace_folds_local_bus_cycles() {
    let mut rig = gen5();
    rig.read(Register::Version);
    rig.framer_write(1, 0x1D, 0x4C);
    rig.framer_read(1, 0x1D);
    rig.write(Register::Gpio, 0);
    let entries = rig.card.recorder().take();
    let lines: Vec<String> = entries.iter().map(|e| e.event.to_string()).collect();
    assert_eq!(
        lines,
        [
            "F1.1d = 4c  FMR1",
            "F1.1d -> 4c  FMR1",
            "W 24 GPIO     = 00000000"
        ]
    );
    assert_eq!(rig.card.recorder().postings(), 1);
    assert_eq!(trace::framer_writes(&entries, 1), [(0x1D, 0x4C)]);
    assert!(trace::text(&entries).contains("F1.1d = 4c"));
}

#[test]
fn two_port_cards_have_two_lines_and_four_framer_units() {
    let mut rig = Rig::new("TE220", Generation::Fifth);
    assert_eq!(rig.card.ports(), 2);
    rig.framer_write(3, 0x44, 0x38);
    assert_eq!(rig.framer_read(3, 0x44), 0x38);
}

#[test]
fn arbitrary_accesses_are_no_panic() {
    use proptest::prelude::*;
    let access = (
        any::<bool>(),
        0_u32..200,
        proptest::collection::vec(any::<u8>(), 0..9),
    );
    proptest!(ProptestConfig::with_cases(64), |(accesses in proptest::collection::vec(access, 0..300))| {
        let mut rig = gen5();
        rig.start(0x0001_0002);
        for (write, offset, mut data) in accesses {
            if write {
                rig.card.write(rig.now, offset, &data);
            } else {
                rig.card.read(rig.now, offset, &mut data);
            }
            rig.card.poll_interrupt(rig.now);
            if data.len() == 8 {
                rig.tick();
            }
        }
    });
}
