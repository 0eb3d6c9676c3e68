// SPDX-License-Identifier: MIT OR Apache-2.0
//! Date: always GMT, always in the long form.

use core::fmt;

use super::Typed;
use crate::header::Header;

/// A date as SIP writes it: `Sat, 13 Nov 2010 23:29:00 GMT`. The day of the week is not
/// compared with the date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Date {
    /// Four digits.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 60.
    pub second: u8,
    /// 0 is Monday.
    pub weekday: u8,
}

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

fn index(table: &[&str], word: &str) -> Option<u8> {
    let at = table.iter().position(|w| w.eq_ignore_ascii_case(word))?;
    u8::try_from(at).ok()
}

fn number(text: &str, width: usize, most: u16) -> Option<u16> {
    let fine = text.len() == width && text.bytes().all(|c| c.is_ascii_digit());
    fine.then(|| text.parse().ok())?.filter(|n| *n <= most)
}

fn small(text: &str, most: u16) -> Option<u8> {
    number(text, 2, most).and_then(|n| u8::try_from(n).ok())
}

fn read(text: &str) -> Option<Date> {
    let mut words = text.split_ascii_whitespace();
    let weekday = index(&WEEKDAYS, words.next()?.strip_suffix(',')?)?;
    let day = small(words.next()?, 31).filter(|d| *d > 0)?;
    let month = index(&MONTHS, words.next()?)? + 1;
    let year = number(words.next()?, 4, 9_999)?;
    let mut clock = words.next()?.split(':');
    let hour = small(clock.next()?, 23)?;
    let minute = small(clock.next()?, 59)?;
    let second = small(clock.next()?, 60)?;
    let end = clock.next().is_none() && words.next()? == "GMT" && words.next().is_none();
    end.then_some(Date {
        year,
        month,
        day,
        hour,
        minute,
        second,
        weekday,
    })
}

impl Typed for Date {
    const HEADER: Header = Header::Date;

    fn parse(text: &str) -> Result<Self, &'static str> {
        read(text).ok_or("expected `Sat, 13 Nov 2010 23:29:00 GMT`")
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weekday = WEEKDAYS.get(usize::from(self.weekday)).unwrap_or(&"Mon");
        let month = MONTHS
            .get(usize::from(self.month).wrapping_sub(1))
            .unwrap_or(&"Jan");
        write!(
            f,
            "{weekday}, {:02} {month} {:04} {:02}:{:02}:{:02} GMT",
            self.day, self.year, self.hour, self.minute, self.second
        )
    }
}
