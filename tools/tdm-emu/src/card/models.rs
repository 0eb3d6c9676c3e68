// SPDX-License-Identifier: MIT OR Apache-2.0
//! The cards, as a table: what tells one from another.

/// Hardware generations, as their driver counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Generation {
    /// Two halves of one buffer, frame by frame.
    First = 1,
    /// One buffer, channel by channel.
    Second = 2,
    /// As the second.
    Third = 3,
    /// As the second, with PCI bursts.
    Fourth = 4,
    /// A ring of buffers with a running number.
    Fifth = 5,
}

impl Generation {
    /// The generation of this number.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            1 => Generation::First,
            2 => Generation::Second,
            3 => Generation::Third,
            4 => Generation::Fourth,
            5 => Generation::Fifth,
            _ => return None,
        })
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }
}

/// One kind of card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Model {
    /// What is printed on it.
    pub name: &'static str,
    /// Its generation.
    pub generation: Generation,
    /// Ports that are wired to a socket; the framer always has four.
    pub ports: u8,
    /// PCI vendor.
    pub vendor: u16,
    /// PCI device.
    pub device: u16,
    /// PCI subsystem vendor. "Any other" in the driver's table is 0001 here.
    pub subsystem_vendor: u16,
}

/// Positions of the rotary switch.
pub const SWITCH_POSITIONS: u8 = 16;

const fn row(
    name: &'static str,
    generation: Generation,
    ports: u8,
    (vendor, device): (u16, u16),
    subsystem_vendor: u16,
) -> Model {
    Model {
        name,
        generation,
        ports,
        vendor,
        device,
        subsystem_vendor,
    }
}

use Generation::{Fifth, First, Fourth, Second, Third};

/// All cards.
pub const MODELS: &[Model] = &[
    row("TE420", Fifth, 4, (0xD161, 0x1420), 0x0005),
    row("TE410P", Fifth, 4, (0xD161, 0x1410), 0x0005),
    row("TE405P", Fifth, 4, (0xD161, 0x1405), 0x0005),
    row("TE220", Fifth, 2, (0xD161, 0x1220), 0x0005),
    row("TE210P", Fifth, 2, (0xD161, 0x1210), 0x0005),
    row("TE205P", Fifth, 2, (0xD161, 0x1205), 0x0005),
    row("TE420", Fourth, 4, (0xD161, 0x0420), 0x0004),
    row("TE410P", Fourth, 4, (0xD161, 0x0410), 0x0004),
    row("TE405P", Fourth, 4, (0xD161, 0x0405), 0x0004),
    row("TE220", Fourth, 2, (0xD161, 0x0220), 0x0004),
    row("TE210P", Fourth, 2, (0xD161, 0x0210), 0x0004),
    row("TE205P", Fourth, 2, (0xD161, 0x0205), 0x0004),
    row("TE410P", Third, 4, (0xD161, 0x0410), 0x0003),
    row("TE405P", Third, 4, (0xD161, 0x0405), 0x0003),
    row("TE210P", Third, 2, (0xD161, 0x0210), 0x0003),
    row("TE205P", Third, 2, (0xD161, 0x0205), 0x0003),
    row("TE410P", Second, 4, (0xD161, 0x0410), 0x0001),
    row("TE405P", Second, 4, (0xD161, 0x0405), 0x0001),
    row("TE210P", Second, 2, (0xD161, 0x0210), 0x0001),
    row("TE205P", Second, 2, (0xD161, 0x0205), 0x0001),
    row("TE410P", First, 4, (0x10EE, 0x0314), 0x0001),
];

impl Model {
    /// The card of this name and generation.
    #[must_use]
    pub fn find(name: &str, generation: Generation) -> Option<&'static Model> {
        MODELS
            .iter()
            .find(|m| m.name == name && m.generation == generation)
    }
}
