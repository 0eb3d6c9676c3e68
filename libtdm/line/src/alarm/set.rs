// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! A set of alarms.

/// One alarm of a digital span, as seen by the receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Alarm {
    /// Loss of signal.
    Los = 0,
    /// Alarm indication signal: unframed all ones.
    Ais = 1,
    /// Loss of frame alignment.
    Lof = 2,
    /// Loss of CRC-4 multiframe alignment.
    Lomf = 3,
    /// Remote alarm indication: the far end does not receive us.
    Rai = 4,
}

impl Alarm {
    /// All, the most significant first.
    pub const ALL: [Alarm; 5] = [Alarm::Los, Alarm::Ais, Alarm::Lof, Alarm::Lomf, Alarm::Rai];

    /// The short name that operators know it by.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Alarm::Los => "LOS",
            Alarm::Ais => "AIS",
            Alarm::Lof => "LOF",
            Alarm::Lomf => "LOMF",
            Alarm::Rai => "RAI",
        }
    }
}

/// A set of [`Alarm`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AlarmSet(u8);

impl AlarmSet {
    /// No alarm.
    pub const NONE: AlarmSet = AlarmSet(0);

    /// Bit n is the alarm of number n; other bits are dropped.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        AlarmSet(bits & 0x1F)
    }

    /// Bit n is the alarm of number n.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether `alarm` is in it.
    #[must_use]
    pub const fn contains(self, alarm: Alarm) -> bool {
        self.0 & (1 << alarm as u8) != 0
    }

    /// With `alarm` put in (`on`) or taken out.
    #[must_use]
    pub const fn with(self, alarm: Alarm, on: bool) -> Self {
        let bit = 1 << alarm as u8;
        AlarmSet(if on { self.0 | bit } else { self.0 & !bit })
    }

    /// The alarms in it, the most significant first.
    pub fn iter(self) -> impl Iterator<Item = Alarm> {
        Alarm::ALL.into_iter().filter(move |&a| self.contains(a))
    }
}

impl core::fmt::Display for AlarmSet {
    /// The names joined by `+`, or `none`.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        if self.is_empty() {
            return f.write_str("none");
        }
        for (n, alarm) in self.iter().enumerate() {
            if n > 0 {
                f.write_str("+")?;
            }
            f.write_str(alarm.name())?;
        }
        Ok(())
    }
}
