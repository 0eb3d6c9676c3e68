// SPDX-License-Identifier: MIT OR Apache-2.0
//! The registers of BAR 0: 32 bits each, little-endian.

/// Octets of BAR 0.
pub const BAR_BYTES: u32 = 128;

/// A register; its number is its offset divided by four.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Register {
    /// Bus address of what the line brings.
    RxAddress = 0,
    /// Bus address of what the line is sent.
    TxAddress = 1,
    /// First generation: the buffer's last word, twice. Zero stops.
    Count = 2,
    /// DMA, clock source, timeslot interchange.
    DmaControl = 3,
    /// Read: what is pending. Written: acknowledged, all of it.
    Interrupt = 4,
    /// Fifth generation: number of buffers and milliseconds to the interrupt; read: the buffer in use.
    BufferControl = 5,
    /// The FPGA's version.
    Version = 6,
    /// Written: LEDs and the framer's reset. Read: jumpers and rotary switch.
    Leds = 7,
    /// General pins: direction.
    GpioDirection = 8,
    /// General pins.
    Gpio = 9,
    /// Local bus: address and strobes.
    LocalAddress = 10,
    /// Local bus: data.
    LocalData = 11,
    /// Eight-port cards only.
    Leds2 = 12,
    /// Eight-port cards only.
    Spi = 13,
}

impl Register {
    /// All of them, by number.
    pub const ALL: [Register; 14] = [
        Register::RxAddress,
        Register::TxAddress,
        Register::Count,
        Register::DmaControl,
        Register::Interrupt,
        Register::BufferControl,
        Register::Version,
        Register::Leds,
        Register::GpioDirection,
        Register::Gpio,
        Register::LocalAddress,
        Register::LocalData,
        Register::Leds2,
        Register::Spi,
    ];

    /// The register that holds this offset.
    #[must_use]
    pub fn at(offset: u32) -> Option<Register> {
        Register::ALL.get(offset as usize / 4).copied()
    }

    /// Its offset.
    #[must_use]
    pub const fn offset(self) -> u32 {
        self as u32 * 4
    }

    /// Its name in register traces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Register::RxAddress => "RX_ADDR",
            Register::TxAddress => "TX_ADDR",
            Register::Count => "COUNT",
            Register::DmaControl => "DMACTRL",
            Register::Interrupt => "INTR",
            Register::BufferControl => "BUFCTL",
            Register::Version => "VERSION",
            Register::Leds => "LEDS",
            Register::GpioDirection => "GPIO_DIR",
            Register::Gpio => "GPIO",
            Register::LocalAddress => "LADDR",
            Register::LocalData => "LDATA",
            Register::Leds2 => "LEDS2",
            Register::Spi => "SPI",
        }
    }
}

/// Bits of [`Register::DmaControl`].
pub(super) mod dmactrl {
    /// DMA and interrupts run; both bits.
    pub(crate) const RUN: u32 = 0xC000_0000;
    /// Write strobe of the timeslot interchange.
    pub(crate) const TSI_STROBE: u32 = 1 << 14;
    /// What a strobe word carries, and what is not stored.
    pub(crate) const TSI: u32 = 0x7FFF;
}

/// Bits of [`Register::Interrupt`].
pub(super) mod interrupt {
    /// The framer's line; first generation: the first half is done.
    pub(crate) const FRAMER: u32 = 1 << 0;
    /// A tick; first generation: the second half is done.
    pub(crate) const TICK: u32 = 1 << 1;
    /// Everything that pulls the line.
    pub(crate) const ANY: u32 = 0x7;
    /// Where the running number stands.
    pub(crate) const IDENT_SHIFT: u32 = 16;
}

/// Bits of [`Register::Leds`].
pub(super) mod leds {
    /// Written: the framer is out of reset.
    pub(crate) const ACTIVE: u32 = 1 << 12;
    /// Read: where the line-mode jumpers stand, a set bit for E1.
    pub(crate) const JUMPERS_SHIFT: u32 = 8;
    /// Read: where the rotary switch stands.
    pub(crate) const SWITCH_SHIFT: u32 = 28;
}
