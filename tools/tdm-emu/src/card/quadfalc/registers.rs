// SPDX-License-Identifier: MIT OR Apache-2.0
//! Register addresses and bits of a port, E1 names. Where a register is another one in T1 it is so named in [`name`].

/// HDLC FIFOs: written the transmitter's, read the receiver's.
pub const FIFO: u8 = 0x00;
/// The same, for word accesses.
pub const FIFO_HIGH: u8 = 0x01;
/// Commands.
pub const CMDR: u8 = 0x02;
/// HDLC mode.
pub const MODE: u8 = 0x03;
/// HDLC receive timeslots, four registers.
pub const RTR1: u8 = 0x0C;
/// HDLC transmit timeslots, four registers.
pub const TTR1: u8 = 0x10;
/// Interrupt masks, five registers.
pub const IMR0: u8 = 0x14;
/// Single defect insertion.
pub const IERR: u8 = 0x1B;
/// Line codes, resynchronisation, alarm simulation.
pub const FMR0: u8 = 0x1C;
/// Framing, counters, AIS.
pub const FMR1: u8 = 0x1D;
/// Receive framing, payload loop.
pub const FMR2: u8 = 0x1E;
/// Spare bits and remote alarm (T1: FMR4).
pub const XSW: u8 = 0x20;
/// Spare bits and signalling (T1: FMR5).
pub const XSP: u8 = 0x21;
/// Line interface: local loop.
pub const LIM0: u8 = 0x36;
/// Line interface: remote loop.
pub const LIM1: u8 = 0x37;
/// Version.
pub const VSTR: u8 = 0x4A;
/// Receive status 0.
pub const FRS0: u8 = 0x4C;
/// Receive status 1.
pub const FRS1: u8 = 0x4D;
/// Receive status 2: alarm simulation.
pub const FRS2: u8 = 0x4E;
/// First of the counters, low octet; 16 bits each.
pub const COUNTERS: u8 = 0x50;
/// Last octet of them.
pub const COUNTERS_END: u8 = 0x5B;
/// HDLC signalling status.
pub const SIS: u8 = 0x64;
/// HDLC receive status.
pub const RSIS: u8 = 0x65;
/// HDLC receive byte count.
pub const RBCL: u8 = 0x66;
/// Its high octet.
pub const RBCH: u8 = 0x67;
/// Interrupt status, five registers.
pub const ISR0: u8 = 0x68;
/// Last of them.
pub const ISR4: u8 = 0x6C;
/// Which of ISR0 to ISR4.
pub const GIS: u8 = 0x6E;
/// Which port.
pub const CIS: u8 = 0x6F;
/// Signalling, sixteen registers; written what is sent, read what is received.
pub const SIGNALLING: u8 = 0x70;
/// Last of them.
pub const SIGNALLING_END: u8 = 0x7F;
/// HDLC bits of a timeslot.
pub const TSBS1: u8 = 0xA1;
/// Compatibility with version 2.
pub const COMPATIBILITY: u8 = 0xD6;
/// In it: off.
pub const COMP_DIS: u8 = 0x20;

/// Bits of CMDR.
pub mod cmdr {
    /// Receive message complete: the FIFO is released.
    pub const RMC: u8 = 0x80;
    /// Receiver reset.
    pub const RRES: u8 = 0x40;
    /// Transmitter's line part reset.
    pub const XRES: u8 = 0x10;
    /// Transmit what is in the FIFO.
    pub const XHF: u8 = 0x08;
    /// The same, transparently.
    pub const XTF: u8 = 0x04;
    /// With the former: it ends the frame.
    pub const XME: u8 = 0x02;
    /// HDLC transmitter reset.
    pub const SRES: u8 = 0x01;
}

/// Bits of FRS0.
pub mod frs0 {
    /// Loss of signal.
    pub const LOS: u8 = 0x80;
    /// All ones.
    pub const AIS: u8 = 0x40;
    /// Loss of frame alignment.
    pub const LFA: u8 = 0x20;
    /// Remote alarm received.
    pub const RRA: u8 = 0x10;
    /// No CRC-4 multiframe in 400 ms.
    pub const NMF: u8 = 0x04;
    /// Loss of CRC-4 multiframe alignment.
    pub const LMFA: u8 = 0x02;
}

/// Values after a reset, all others zero.
pub(super) const RESET: &[(u8, u8)] = &[
    (0x08, 0x05),
    (0x14, 0xFF),
    (0x15, 0xFF),
    (0x16, 0xFF),
    (0x17, 0xFF),
    (0x18, 0xFF),
    (0x19, 0xFF),
    (0x23, 0x04),
    (0x25, 0x05),
    (0x26, 0x7B),
    (0x27, 0x03),
    (0x28, 0x40),
    (0x37, 0x80),
    (0x3A, 0x20),
    (0x3E, 0x0A),
    (0x40, 0x04),
    (0x44, 0x30),
    (0x46, 0xC0),
    (0x47, 0xFF),
    (0x81, 0x22),
    (0x82, 0x65),
    (0x83, 0x35),
    (0x84, 0x31),
    (0x85, 0x60),
    (0x86, 0x03),
    (0x93, 0x18),
    (0x94, 0xFB),
    (0x95, 0x0B),
    (0x97, 0x0B),
    (0x98, 0xDB),
    (0x99, 0xDF),
    (0xA1, 0xFF),
    (0xA2, 0xFF),
    (0xA3, 0xFF),
];

/// A register's name in traces; empty if drivers of these cards have no use for it. `read` tells the two sides of a register apart.
#[must_use]
pub fn name(register: u8, read: bool) -> &'static str {
    let sides = |r: &'static str, w: &'static str| if read { r } else { w };
    let of = |names: &'static [&'static str], first: u8| {
        let at = usize::from(register - first);
        names.get(at).copied().unwrap_or("")
    };
    match register {
        0x00 | 0x01 => sides("RFIFO", "XFIFO"),
        CMDR => "CMDR",
        MODE => "MODE",
        0x08 => "IPC",
        0x09 => "CCR1",
        0x0A => "CCR2",
        0x0C..=0x0F => of(&["RTR1", "RTR2", "RTR3", "RTR4"], 0x0C),
        0x10..=0x13 => of(&["TTR1", "TTR2", "TTR3", "TTR4"], 0x10),
        0x14..=0x18 => of(&["IMR0", "IMR1", "IMR2", "IMR3", "IMR4"], 0x14),
        IERR => "IERR",
        FMR0 => "FMR0",
        FMR1 => "FMR1",
        FMR2 => "FMR2",
        XSW => "XSW/FMR4",
        XSP => "XSP/FMR5",
        0x22 => "XC0",
        0x23 => "XC1",
        0x24 => "RC0",
        0x25 => "RC1",
        0x26..=0x28 => of(&["XPM0", "XPM1", "XPM2"], 0x26),
        0x2F..=0x31 => of(&["CCB1", "CCB2", "CCB3"], 0x2F),
        LIM0 => "LIM0",
        LIM1 => "LIM1",
        0x38 => "PCD",
        0x39 => "PCR",
        0x3A => "LIM2",
        0x3B => "LCR1",
        0x3E => "SIC1",
        0x3F => "SIC2",
        0x40 => "SIC3",
        0x44 => "CMR1",
        0x45 => "CMR2",
        0x46 => "GCR",
        0x47 => "ESM",
        VSTR => sides("VSTR", ""),
        FRS0 => "FRS0",
        FRS1 => "FRS1",
        FRS2 => "FRS2",
        0x50..=0x5A => of(
            &[
                "FECL", "FECH", "CVCL", "CVCH", "CECL", "CECH", "EBCL", "EBCH", "BECL", "BECH",
                "COEC",
            ],
            0x50,
        ),
        0x60 => "DEC",
        SIS => "SIS",
        RSIS => "RSIS",
        RBCL => "RBCL",
        RBCH => "RBCH",
        0x68..=0x6C => of(&["ISR0", "ISR1", "ISR2", "ISR3", "ISR4"], 0x68),
        GIS => "GIS",
        CIS => "CIS",
        SIGNALLING..=SIGNALLING_END => sides("RS", "XS"),
        0x80..=0x84 => of(&["PC1", "PC2", "PC3", "PC4", "PC5"], 0x80),
        0x85 => "GPC1",
        0x86 => "PC6",
        0x92..=0x99 => of(
            &[
                "GCM1", "GCM2", "GCM3", "GCM4", "GCM5", "GCM6", "GCM7", "GCM8",
            ],
            0x92,
        ),
        0xA0 => "TSEO",
        TSBS1 => "TSBS1",
        0xA8 => "TPC0",
        0xEC => "WID",
        _ => "",
    }
}
