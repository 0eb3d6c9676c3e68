// SPDX-License-Identifier: MIT OR Apache-2.0
//! The order of multifrequency digits on feature group D and CAMA trunks (as usual in North America;
//! clause not checked).

/// A multifrequency signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mf {
    /// A digit, 0 to 9.
    Digit(u8),
    /// Start of a field.
    Kp,
    /// End of a field.
    St,
    /// End of a field, variant with a prime.
    StPrime,
    /// End of a field, two primes.
    StTwoPrimes,
    /// End of a field, three primes.
    StThreePrimes,
}

/// The most digits of one field.
pub const MAX_FIELD: usize = 24;

/// Signals that are not what they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Something else than digits, or too many.
    #[error("a field has at most {MAX_FIELD} digits, and nothing else")]
    Digits,
    /// A field does not start with KP.
    #[error("signal {at}: a field must start with KP")]
    NoStart {
        /// Its place.
        at: usize,
    },
    /// A field does not end.
    #[error("field {field} does not end")]
    NoEnd {
        /// Its number, from 0.
        field: usize,
    },
    /// Other fields than expected.
    #[error("{found} fields, where {expected} were expected")]
    Fields {
        /// Those that were there.
        found: usize,
        /// Those that should be.
        expected: usize,
    },
    /// A field with too few digits.
    #[error("field {field} has too few digits")]
    Short {
        /// Its number, from 0.
        field: usize,
    },
}

/// KP, digits, and an end.
fn field(out: &mut Vec<Mf>, digits: &str, end: Mf) -> Result<(), AddressError> {
    let decimal = digits.bytes().all(|digit| digit.is_ascii_digit());
    if digits.len() > MAX_FIELD || !decimal {
        return Err(AddressError::Digits);
    }
    out.push(Mf::Kp);
    out.extend(digits.bytes().map(|digit| Mf::Digit(digit - b'0')));
    out.push(end);
    Ok(())
}

/// The fields of signals, which must be whole.
fn fields(signals: &[Mf], expected: usize) -> Result<Vec<String>, AddressError> {
    let mut all: Vec<String> = Vec::new();
    let mut open = false;
    for (at, signal) in signals.iter().enumerate() {
        match (signal, open) {
            // A second KP begins the field again.
            (Mf::Kp, true) => {
                if let Some(field) = all.last_mut() {
                    field.clear();
                }
            }
            (Mf::Kp, false) => {
                open = true;
                all.push(String::new());
            }
            (_, false) => return Err(AddressError::NoStart { at }),
            (Mf::Digit(digit), true) => {
                let field = all.last_mut().filter(|field| field.len() < MAX_FIELD);
                let character = char::from_digit(u32::from(*digit), 10);
                match (field, character) {
                    (Some(field), Some(character)) => field.push(character),
                    _ => return Err(AddressError::Digits),
                }
            }
            (_, true) => open = false,
        }
    }
    if open {
        return Err(AddressError::NoEnd {
            field: all.len().saturating_sub(1),
        });
    }
    if all.len() != expected {
        return Err(AddressError::Fields {
            found: all.len(),
            expected,
        });
    }
    Ok(all)
}

/// What a feature group D call brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeatureGroupD {
    /// Two digits that say what the calling line is (ANI II).
    pub information: String,
    /// The calling number, ten digits or none.
    pub calling: String,
    /// The called number.
    pub called: String,
}

impl FeatureGroupD {
    /// KP, II, calling number, ST; KP, called number, ST.
    ///
    /// # Errors
    /// Something else than digits, or too many.
    pub fn signals(&self) -> Result<Vec<Mf>, AddressError> {
        if self.information.len() != 2 {
            return Err(AddressError::Short { field: 0 });
        }
        let mut out = Vec::new();
        let identity = format!("{}{}", self.information, self.calling);
        field(&mut out, &identity, Mf::St)?;
        field(&mut out, &self.called, Mf::St)?;
        Ok(out)
    }

    /// From what came.
    ///
    /// # Errors
    /// It is not two whole fields, or the first has fewer than two digits, or the second none.
    pub fn from_signals(signals: &[Mf]) -> Result<Self, AddressError> {
        let fields = fields(signals, 2)?;
        let [identity, called] = &fields[..] else {
            return Err(AddressError::Fields {
                found: fields.len(),
                expected: 2,
            });
        };
        let (information, calling) = identity
            .split_at_checked(2)
            .ok_or(AddressError::Short { field: 0 })?;
        if called.is_empty() {
            return Err(AddressError::Short { field: 1 });
        }
        Ok(FeatureGroupD {
            information: information.to_owned(),
            calling: calling.to_owned(),
            called: called.clone(),
        })
    }
}

/// One field by itself: the called number of feature group B and CAMA (911, for instance), and the
/// calling number that CAMA asks for (one information digit and seven others).
///
/// # Errors
/// Something else than digits, or too many.
pub fn one_field(digits: &str) -> Result<Vec<Mf>, AddressError> {
    let mut out = Vec::new();
    field(&mut out, digits, Mf::St)?;
    Ok(out)
}

/// The digits of one field, whatever its end.
///
/// # Errors
/// It is not one whole field.
pub fn digits_of_field(signals: &[Mf]) -> Result<String, AddressError> {
    fields(signals, 1).map(|mut fields| fields.pop().unwrap_or_default())
}
