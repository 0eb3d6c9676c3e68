// SPDX-License-Identifier: MIT OR Apache-2.0
//! The least driver that moves samples through a card of the fifth generation: it sends a pattern on slot 5 of two ports and
//! checks what they bring.

#![allow(clippy::unwrap_used)]

use super::vfio::Client;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::eventfd::{EfdFlags, EventFd};
use std::fs::File;
use std::os::fd::AsFd;
use std::os::unix::fs::FileExt;
use tdm_line::pattern::{Checker, Generator, Pattern};

const BLOCK: u64 = 1024;
const TX: u64 = 0x10_0000;

pub(crate) struct Driver {
    client: Client,
    memory: File,
    eventfd: EventFd,
    buffers: u64,
    last: u64,
    generators: [Generator; 2],
    checkers: [Checker; 2],
}

impl Driver {
    pub(crate) fn new(mut client: Client, buffers: u64) -> Self {
        let memory = client.memory(0x10_0000);
        client.map(&memory, 0, TX, 0x10_0000).unwrap();
        let eventfd = EventFd::from_value_and_flags(0, EfdFlags::EFD_NONBLOCK).unwrap();
        client.interrupts(eventfd.as_fd());
        let mut driver = Driver {
            client,
            memory,
            eventfd,
            buffers,
            last: buffers - 1,
            generators: [Pattern::Prbs15; 2].map(Generator::new),
            checkers: [Pattern::Prbs15; 2].map(Checker::new),
        };
        driver.client.write(7, 4, &[6, 0]).unwrap();
        for leds in [0, 0xFF, 0x1000] {
            driver.write(0x1C, leds);
        }
        driver.write(0x00, (TX + buffers * BLOCK) as u32);
        driver.write(0x04, TX as u32);
        driver.write(0x14, 0x0001_0000 | buffers as u32);
        driver
    }

    fn write(&mut self, offset: u64, value: u32) {
        self.client.post(0, offset, &value.to_le_bytes());
    }

    fn read(&mut self, offset: u64) -> u32 {
        let octets = self.client.read(0, offset, 4).unwrap();
        u32::from_le_bytes([octets[0], octets[1], octets[2], octets[3]])
    }

    fn framer(&mut self, unit: u32, register: u32, value: u32) {
        let address = 0x4000 | unit << 8 | register;
        for (offset, value) in [
            (0x28, address),
            (0x2C, value),
            (0x28, address | 0x10400),
            (0x28, address),
        ] {
            self.write(offset, value);
        }
    }

    /// Starts a port: E1, HDB3, CRC-4.
    pub(crate) fn start(&mut self, unit: u32) {
        for (register, value) in [
            (0x1D, 0x4C),
            (0x1E, 0xC3),
            (0x1C, 0xF0),
            (0x20, 0x9F),
            (0x21, 0x1C),
        ] {
            self.framer(unit, register, value);
        }
        self.write(0x10, 0x0C);
        self.write(0x0C, 0xC000_0000);
    }

    /// Waits for an interrupt and serves it.
    pub(crate) fn serve(&mut self) {
        let mut fds = [PollFd::new(self.eventfd.as_fd(), PollFlags::POLLIN)];
        if poll(&mut fds, PollTimeout::from(200_u16)).unwrap() == 0 {
            return;
        }
        let _ = self.eventfd.read();
        if self.read(0x10) & 7 == 0 {
            return;
        }
        let index = u64::from(self.read(0x14) >> 8 & 0x7F);
        while (self.last + 1) % self.buffers != index {
            self.last = (self.last + 1) % self.buffers;
            self.turn(self.last);
        }
        self.write(0x10, 0);
        self.read(0x18);
    }

    /// Takes and fills slot 5 of a buffer.
    fn turn(&mut self, buffer: u64) {
        let receive = self.buffers * BLOCK;
        for port in 0..2_u64 {
            let at = buffer * BLOCK + (port * 32 + 5) * 8;
            let mut octets = [0; 8];
            self.memory
                .read_exact_at(&mut octets, receive + at)
                .unwrap();
            self.checkers[port as usize].push_all(&octets);
            self.generators[port as usize].fill(&mut octets);
            self.memory.write_all_at(&octets, at).unwrap();
        }
    }

    /// What a port's slot 5 brought.
    pub(crate) fn checker(&self, port: usize) -> &Checker {
        &self.checkers[port]
    }
}
