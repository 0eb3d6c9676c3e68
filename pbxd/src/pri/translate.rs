// SPDX-License-Identifier: MIT OR Apache-2.0
//! Between the words of Q.931 and those of the call model. Pure functions.

use pbx_core::{Bearer, Cause, Party, Presentation, Screening};
use q931::cause::CauseValue;
use q931::ie::{
    self, CalledNumber, CallingNumber, Capability, Display, PartyNumber, ProgressDescription,
    ProgressIndicator,
};
use q931::{Extras, Location, RequestError, Setup};

/// The cause of the call model for a cause element.
pub(super) fn cause(value: CauseValue) -> Cause {
    Cause::new(value.0).unwrap_or(Cause::NORMAL_UNSPECIFIED)
}

/// The cause element for a cause of the call model.
pub(super) fn cause_element(location: Location, cause: Cause) -> q931::cause::Cause {
    q931::cause::Cause::new(location, CauseValue(cause.value()))
}

/// Extras that say that tones are in band, or nothing.
pub(super) fn in_band(location: Location, inband: bool) -> Extras {
    if inband {
        Extras::progress(ProgressIndicator::new(
            location,
            ProgressDescription::InBand,
        ))
    } else {
        Extras::default()
    }
}

/// Extras of a PROGRESS message, which always carries an indicator: 8 when tones are in band, else 1, since a call that leaves
/// for SIP is not end-to-end ISDN.
pub(super) fn progress(location: Location, inband: bool) -> Extras {
    let description = if inband {
        ProgressDescription::InBand
    } else {
        ProgressDescription::NotEndToEndIsdn
    };
    Extras::progress(ProgressIndicator::new(location, description))
}

/// Why a call could not be placed.
pub(super) fn refusal(error: &RequestError) -> Cause {
    match error {
        RequestError::LinkDown => Cause::NETWORK_OUT_OF_ORDER,
        RequestError::NoChannel => Cause::NO_CIRCUIT,
        RequestError::ChannelNotFree(_) => Cause::CHANNEL_UNAVAILABLE,
        RequestError::TooManyCalls(_) => Cause::CONGESTION,
        RequestError::UnknownCall(_)
        | RequestError::WrongState(_)
        | RequestError::TooLong { .. } => Cause::TEMPORARY_FAILURE,
    }
}

/// What the channel must carry.
pub(super) fn bearer(bearer: &ie::Bearer) -> Bearer {
    match bearer.capability {
        Capability::Speech => Bearer::Speech,
        Capability::Audio3k1 | Capability::DigitalWithTones => Bearer::Audio3k1,
        _ => Bearer::Unrestricted,
    }
}

fn bearer_element(bearer: Bearer) -> ie::Bearer {
    match bearer {
        Bearer::Speech => ie::Bearer::speech_alaw(),
        Bearer::Audio3k1 => ie::Bearer::audio_alaw(),
        Bearer::Unrestricted => ie::Bearer::data64(),
    }
}

/// Who calls.
pub(super) fn calling(setup: &Setup) -> Party {
    let Some(CallingNumber(number)) = &setup.calling else {
        return Party {
            name: display(setup),
            ..Party::default()
        };
    };
    let presentation = match number.presentation() {
        ie::Presentation::Allowed => Presentation::Allowed,
        ie::Presentation::Restricted => Presentation::Restricted,
        _ => Presentation::Unavailable,
    };
    let screening = match number.screening() {
        ie::Screening::UserVerified => Screening::Passed,
        ie::Screening::UserFailed => Screening::Failed,
        ie::Screening::Network => Screening::Network,
        _ => Screening::NotScreened,
    };
    let digits = (!number.digits.is_empty()).then(|| number.digits.clone());
    Party {
        number: digits,
        name: display(setup),
        presentation,
        screening,
    }
}

fn display(setup: &Setup) -> Option<String> {
    let Display(text) = setup.display.as_ref()?;
    let text: String = String::from_utf8_lossy(text)
        .chars()
        .filter(|c| !c.is_control())
        .collect();
    (!text.is_empty()).then_some(text)
}

/// A call of ours, en bloc.
pub(super) fn setup(called: &str, calling: &Party, bearer: Bearer) -> Setup {
    let presentation = match calling.presentation {
        Presentation::Allowed => ie::Presentation::Allowed,
        Presentation::Restricted => ie::Presentation::Restricted,
        Presentation::Unavailable => ie::Presentation::NotAvailable,
    };
    let screening = match calling.screening {
        Screening::NotScreened => ie::Screening::UserNotScreened,
        Screening::Passed => ie::Screening::UserVerified,
        Screening::Failed => ie::Screening::UserFailed,
        Screening::Network => ie::Screening::Network,
    };
    // Only dialable characters may stand in the element; a SIP user part can hold anything.
    let number = calling.number.as_deref().and_then(dialable);
    let known = number.is_some() || presentation != ie::Presentation::Allowed;
    Setup {
        called: Some(CalledNumber::new(called)),
        sending_complete: true,
        calling: known.then(|| {
            CallingNumber(PartyNumber {
                shown: Some((presentation, screening)),
                ..PartyNumber::new(number.as_deref().unwrap_or(""))
            })
        }),
        ..Setup::new(bearer_element(bearer))
    }
}

/// The digits of a number without its visual separators and leading plus; `None` if anything else is in it.
fn dialable(number: &str) -> Option<String> {
    let plain: String = number
        .trim_start_matches('+')
        .chars()
        .filter(|c| !"-.() ".contains(*c))
        .collect();
    let fits = !plain.is_empty()
        && plain.len() <= 32
        && plain
            .chars()
            .all(|c| c.is_ascii_digit() || "*#".contains(c));
    fits.then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calling_number_keeps_presentation_and_screening() {
        let party = Party {
            number: Some("+44 20 7946-0000".into()),
            name: None,
            presentation: Presentation::Restricted,
            screening: Screening::Network,
        };
        let setup = setup("5551234", &party, Bearer::Speech);
        let back = calling(&setup);
        assert_eq!(back.number.as_deref(), Some("442079460000"));
        assert_eq!(
            (back.presentation, back.screening),
            (Presentation::Restricted, Screening::Network)
        );
        assert!(setup.sending_complete);
    }

    #[test]
    fn a_user_part_that_is_no_number_is_left_out() {
        let party = Party {
            number: Some("alice".into()),
            ..Party::default()
        };
        assert_eq!(setup("1", &party, Bearer::Speech).calling, None);
    }

    #[test]
    fn progress_always_has_an_indicator() {
        for inband in [false, true] {
            assert_eq!(progress(Location::User, inband).progress.len(), 1);
        }
        assert!(
            in_band(Location::User, true).in_band() && !in_band(Location::User, false).in_band()
        );
    }
}
