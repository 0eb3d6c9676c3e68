// SPDX-License-Identifier: MIT OR Apache-2.0
//! The order of multifrequency digits.

use cas::address::{AddressError, FeatureGroupD, Mf, digits_of_field, one_field};
use proptest::prelude::*;

fn call() -> FeatureGroupD {
    FeatureGroupD {
        information: "00".into(),
        calling: "2125551234".into(),
        called: "8005550199".into(),
    }
}

#[test]
fn feature_group_d_both_ways() {
    let signals = call().signals().unwrap();
    assert_eq!(signals.len(), 2 + 12 + 2 + 10);
    assert_eq!(
        (signals[0], signals[13], signals[14]),
        (Mf::Kp, Mf::St, Mf::Kp)
    );
    assert_eq!(FeatureGroupD::from_signals(&signals), Ok(call()));
    let mut none = call();
    none.calling.clear();
    assert_eq!(
        FeatureGroupD::from_signals(&none.signals().unwrap()),
        Ok(none)
    );
}

#[test]
fn a_second_start_begins_the_field_again() {
    let mut signals = vec![Mf::Kp, Mf::Digit(7)];
    signals.extend(one_field("911").unwrap());
    assert_eq!(digits_of_field(&signals).as_deref(), Ok("911"));
    signals.pop();
    signals.push(Mf::StThreePrimes);
    assert_eq!(digits_of_field(&signals).as_deref(), Ok("911"));
}

#[test]
fn what_is_not_whole_is_refused() {
    let signals = call().signals().unwrap();
    assert_eq!(
        FeatureGroupD::from_signals(&signals[..20]),
        Err(AddressError::NoEnd { field: 1 })
    );
    assert_eq!(
        FeatureGroupD::from_signals(&signals[1..]),
        Err(AddressError::NoStart { at: 0 })
    );
    assert_eq!(
        FeatureGroupD::from_signals(&signals[..14]),
        Err(AddressError::Fields {
            found: 1,
            expected: 2
        })
    );
    assert_eq!(one_field("91A"), Err(AddressError::Digits));
    assert_eq!(one_field(&"1".repeat(25)), Err(AddressError::Digits));
    assert_eq!(
        digits_of_field(&[Mf::Kp, Mf::Digit(10), Mf::St]),
        Err(AddressError::Digits)
    );
    assert_eq!(
        FeatureGroupD::from_signals(&[Mf::Kp, Mf::St, Mf::Kp, Mf::St]),
        Err(AddressError::Short { field: 0 })
    );
}

proptest! {
    #[test]
    fn any_signals(codes in prop::collection::vec(0u8..16, 0..60)) {
        let signals: Vec<Mf> = codes.iter().map(|code| match code {
            10 => Mf::Kp,
            11 => Mf::St,
            12 => Mf::StPrime,
            13 => Mf::StTwoPrimes,
            14 => Mf::StThreePrimes,
            digit => Mf::Digit(*digit),
        }).collect();
        let _ = digits_of_field(&signals);
        if let Ok(call) = FeatureGroupD::from_signals(&signals) {
            let again = call.signals().unwrap();
            prop_assert_eq!(FeatureGroupD::from_signals(&again), Ok(call));
        }
    }
}
