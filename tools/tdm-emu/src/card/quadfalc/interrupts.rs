// SPDX-License-Identifier: MIT OR Apache-2.0
//! Interrupt status and masks of a port.

/// Bits of the status registers.
pub(super) mod isr {
    /// ISR0: end of a received message.
    pub(crate) const RME: u8 = 0x80;
    /// ISR0: received signalling changed.
    pub(crate) const CASC: u8 = 0x08;
    /// ISR0: 32 octets of a message that goes on.
    pub(crate) const RPF: u8 = 0x01;
    /// ISR1: receive data overflow.
    pub(crate) const RDO: u8 = 0x40;
    /// ISR1: all sent.
    pub(crate) const ALLS: u8 = 0x20;
    /// ISR1: transmit data underrun.
    pub(crate) const XDU: u8 = 0x10;
    /// ISR1: the transmit FIFO takes 32 octets.
    pub(crate) const XPR: u8 = 0x01;
    /// ISR2: frame alignment recovered.
    pub(crate) const FAR: u8 = 0x80;
    /// ISR2: loss of frame alignment.
    pub(crate) const LFA: u8 = 0x40;
    /// ISR2: multiframe alignment recovered.
    pub(crate) const MFAR: u8 = 0x20;
    /// ISR2: 400 ms without a multiframe.
    pub(crate) const T400MS: u8 = 0x10;
    /// ISR2: all ones.
    pub(crate) const AIS: u8 = 0x08;
    /// ISR2: loss of signal.
    pub(crate) const LOS: u8 = 0x04;
    /// ISR2: remote alarm gone.
    pub(crate) const RAR: u8 = 0x02;
    /// ISR2: remote alarm.
    pub(crate) const RA: u8 = 0x01;
    /// ISR3: errored second.
    pub(crate) const ES: u8 = 0x80;
    /// ISR3: a second.
    pub(crate) const SEC: u8 = 0x40;
    /// ISR3: a slip that drops a frame.
    pub(crate) const RSN: u8 = 0x02;
    /// ISR3: a slip that repeats a frame.
    pub(crate) const RSP: u8 = 0x01;
}

/// Status registers and their masks.
#[derive(Clone, Debug)]
pub struct Interrupts {
    status: [u8; 5],
    mask: [u8; 5],
}

impl Interrupts {
    pub(super) fn new() -> Self {
        Interrupts {
            status: [0; 5],
            mask: [0xFF; 5],
        }
    }

    /// An event in ISR`number`. Masked events are not latched (GCR.VIS is off on these cards).
    pub(super) fn raise(&mut self, number: usize, bits: u8) {
        if let (Some(status), Some(mask)) = (self.status.get_mut(number), self.mask.get(number)) {
            *status |= bits & !mask;
        }
    }

    pub(super) fn set_mask(&mut self, number: usize, mask: u8) {
        if let Some(place) = self.mask.get_mut(number) {
            *place = mask;
        }
    }

    /// Reads ISR`number`, which clears it.
    pub(super) fn take(&mut self, number: usize) -> u8 {
        let visible = self.visible(number);
        if let Some(status) = self.status.get_mut(number) {
            *status = 0;
        }
        visible
    }

    fn visible(&self, number: usize) -> u8 {
        let mask = self.mask.get(number).copied().unwrap_or(0xFF);
        self.status.get(number).copied().unwrap_or(0) & !mask
    }

    /// GIS: bit n says that ISRn has something.
    #[must_use]
    pub fn global(&self) -> u8 {
        (0..5).fold(0, |gis, n| gis | u8::from(self.visible(n) != 0) << n)
    }
}
