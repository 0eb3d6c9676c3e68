// SPDX-License-Identifier: MIT OR Apache-2.0
//! Lists of slots: `1-15,17-31`.

/// Why a text is no list of slots.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlotsError {
    /// Not a number, a range, or a list of these.
    #[error("{0:?}: expected slots and ranges such as \"1-15,17-31\"")]
    Syntax(String),
    /// A slot that an E1 does not have.
    #[error("slot {0}: expected 1 to 31")]
    Range(u32),
    /// The same slot twice.
    #[error("slot {0} stands twice")]
    Twice(u8),
}

/// Reads a list of slots of an E1 (1 to 31), in the order given; a range may fall, such as `31-17`.
///
/// # Errors
/// What is wrong with it.
pub fn parse_slots(text: &str) -> Result<Vec<u8>, SlotsError> {
    let mut slots = Vec::new();
    for part in text.split(',') {
        let syntax = || SlotsError::Syntax(part.trim().to_owned());
        let number = |text: &str| -> Result<u8, SlotsError> {
            let value: u32 = text.trim().parse().map_err(|_| syntax())?;
            u8::try_from(value)
                .ok()
                .filter(|slot| (1..=31).contains(slot))
                .ok_or(SlotsError::Range(value))
        };
        let (first, last) = match part.split_once('-') {
            Some((first, last)) => (number(first)?, number(last)?),
            None => (number(part)?, number(part)?),
        };
        let range: Vec<u8> = if first <= last {
            (first..=last).collect()
        } else {
            (last..=first).rev().collect()
        };
        for slot in range {
            if slots.contains(&slot) {
                return Err(SlotsError::Twice(slot));
            }
            slots.push(slot);
        }
    }
    Ok(slots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lists() {
        assert_eq!(parse_slots("1, 3-5,9-8"), Ok(vec![1, 3, 4, 5, 9, 8]));
        assert_eq!(parse_slots("1-15,17-31").map(|slots| slots.len()), Ok(30));
        assert_eq!(parse_slots("0"), Err(SlotsError::Range(0)));
        assert_eq!(parse_slots("1-32"), Err(SlotsError::Range(32)));
        assert_eq!(parse_slots("1,1"), Err(SlotsError::Twice(1)));
        for bad in ["", "a", "1-", "1-2-3", "1,,2", "99999999999"] {
            assert!(
                matches!(parse_slots(bad), Err(SlotsError::Syntax(_))),
                "{bad}"
            );
        }
    }
}
