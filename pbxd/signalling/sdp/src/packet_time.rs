// SPDX-License-Identifier: MIT OR Apache-2.0
//! Packet times.

/// The packet times Tandem sends, in milliseconds, ascending.
const SERVED: [u8; 6] = [10, 20, 30, 40, 50, 60];

/// Media in one packet: 10, 20, 30, 40, 50 or 60 ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PacketTime(u8);

impl PacketTime {
    /// 20 ms, the usual packet time of telephony and the default of RFC 3551's audio profile.
    pub const DEFAULT: PacketTime = PacketTime(20);
    /// 60 ms, the longest that is served; written as `a=maxptime`.
    pub const MAX: PacketTime = PacketTime(60);

    /// A packet time from milliseconds, if it is one of those served.
    #[must_use]
    pub fn from_millis(millis: u8) -> Option<Self> {
        SERVED.contains(&millis).then_some(PacketTime(millis))
    }

    /// Milliseconds in a packet.
    #[must_use]
    pub const fn millis(self) -> u8 {
        self.0
    }

    /// G.711 octets, which are samples and 125 µs frames, in a packet: 80 to 480.
    #[must_use]
    pub const fn octets(self) -> u16 {
        self.0 as u16 * 8
    }

    /// The packet time to send to a far end that wrote `ptime` and `maxptime`.
    ///
    /// `ptime` is a wish: the longest served time not above it is taken, at least 10 ms. Without it
    /// `own` is. `maxptime` is a limit: `None` is returned when it is under 10 ms.
    #[must_use]
    pub fn to_send(own: Self, ptime: Option<u32>, maxptime: Option<u32>) -> Option<Self> {
        let wish = ptime
            .filter(|p| *p > 0)
            .map_or(u32::from(own.0), |p| p.max(10));
        let bound = wish.min(maxptime.unwrap_or(u32::MAX));
        SERVED
            .into_iter()
            .rev()
            .find(|served| u32::from(*served) <= bound)
            .map(PacketTime)
    }
}

impl Default for PacketTime {
    fn default() -> Self {
        PacketTime::DEFAULT
    }
}
