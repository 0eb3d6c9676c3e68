// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! ABCD signalling bits in E1 timeslot 16.
//!
//! With channel-associated signalling, timeslot 16 repeats every 16 frames. Frame 0 of this
//! multiframe carries the alignment signal 0000 and the remote-alarm bit; frame k (1 to 15)
//! carries the four bits of timeslot k in its high half and those of timeslot 16 + k in its low
//! half. A in each half is the bit sent first.

/// Four signalling bits, A in place 3, D in place 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Abcd(u8);

impl Abcd {
    /// From the low four bits.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Abcd(bits & 0x0F)
    }

    /// In the low four bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }
}

/// The ABCD bits of one multiframe, by timeslot; entries 0 and 16 are not used.
pub type Multiframe = [Abcd; 32];

/// Frame 0 of the multiframe, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame0 {
    /// The alignment signal (the high half is zero) is there.
    pub aligned: bool,
    /// The far end has lost multiframe alignment.
    pub remote_alarm: bool,
}

/// The timeslot-16 octet of frame 0, spare bits one.
#[must_use]
pub const fn pack_frame0(remote_alarm: bool) -> u8 {
    if remote_alarm {
        0b0000_1111
    } else {
        0b0000_1011
    }
}

/// Takes a timeslot-16 octet as that of frame 0.
#[must_use]
pub const fn unpack_frame0(octet: u8) -> Frame0 {
    Frame0 {
        aligned: octet & 0xF0 == 0,
        remote_alarm: octet & 0b0100 != 0,
    }
}

/// The timeslot-16 octet of frame `frame` (1 to 15); `None` for any other.
///
/// 0000 must not be sent in timeslots 1 to 15, it would imitate the alignment signal; this
/// function packs what it is given.
#[must_use]
pub fn pack(frame: u8, bits: &Multiframe) -> Option<u8> {
    let (high, low) = slots(frame)?;
    let high = bits.get(usize::from(high))?;
    let low = bits.get(usize::from(low))?;
    Some((high.0 << 4) | low.0)
}

/// Stores the two timeslots' bits of frame `frame` (1 to 15); `false` for any other, with nothing
/// stored.
pub fn unpack(frame: u8, octet: u8, bits: &mut Multiframe) -> bool {
    let Some((high, low)) = slots(frame) else {
        return false;
    };
    if let Some(place) = bits.get_mut(usize::from(high)) {
        *place = Abcd(octet >> 4);
    }
    if let Some(place) = bits.get_mut(usize::from(low)) {
        *place = Abcd(octet & 0x0F);
    }
    true
}

/// The two timeslots whose bits frame `frame` of the multiframe carries.
const fn slots(frame: u8) -> Option<(u8, u8)> {
    match frame {
        1..=15 => Some((frame, frame + 16)),
        _ => None,
    }
}
