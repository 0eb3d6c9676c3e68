// SPDX-License-Identifier: MIT OR Apache-2.0
//! Arbitrary octets, and octets near to right ones.

use crate::samples;
use core::time::Duration;
use facility::{Argument, Association, Component, Config, Contents, Dialect, Outcome, Output};
use proptest::prelude::*;

/// Whatever decodes encodes to something that decodes to the same.
fn stable(octets: &[u8]) {
    if let Ok(decoded) = Contents::decode(octets) {
        if let Ok(again) = decoded.contents.encode() {
            let twice = Contents::decode(&again).unwrap();
            assert_eq!(twice.contents, decoded.contents);
            assert!(twice.bad.is_empty());
        }
        for component in &decoded.contents.components {
            let Component::Invoke { code, argument, .. } = component else {
                continue;
            };
            for dialect in Dialect::ALL {
                let Some(operation) = dialect.operation(*code) else {
                    continue;
                };
                if let Ok(value) = Argument::decode(operation, argument) {
                    let encoded = value.encode();
                    assert_eq!(Argument::decode(operation, &encoded), Ok(value));
                }
                if let Ok(value) = Outcome::decode(operation, argument) {
                    let encoded = value.encode();
                    assert_eq!(Outcome::decode(operation, &encoded), Ok(value));
                }
            }
        }
    }
    for dialect in Dialect::ALL {
        let mut side = Association::new(Config::new(*dialect));
        side.input(Duration::ZERO, octets);
        let mut outputs = 0;
        while let Some(output) = side.poll_output() {
            outputs += 1;
            assert!(outputs <= 64, "one input causes few outputs");
            if let Output::Send(octets) = output {
                assert!(Contents::decode(&octets).is_ok());
            }
        }
        assert_eq!(side.counters().outputs_lost, 0);
        while let Some(due) = side.poll_timeout() {
            side.handle_timeout(due);
        }
    }
}

fn encoded_samples() -> Vec<Vec<u8>> {
    let arguments = samples::arguments()
        .into_iter()
        .map(|argument| Component::Invoke {
            id: 1,
            linked: None,
            code: argument.operation().code(),
            argument: argument.encode(),
        });
    arguments
        .map(|component| Contents::rose(vec![component]).encode().unwrap())
        .collect()
}

proptest! {
    #[test]
    fn octets(octets in prop::collection::vec(any::<u8>(), 0..80)) {
        let mut profiled = vec![0x91];
        profiled.extend(&octets);
        stable(&profiled);
        stable(&octets);
    }

    #[test]
    fn damaged_samples(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(),
        octet in any::<u8>(), cut in any::<prop::sample::Index>(), what in 0..3) {
        let samples = encoded_samples();
        let mut octets = which.get(&samples).clone();
        match what {
            0 => *at.get_mut(&mut octets) = octet,
            1 => octets.truncate(cut.index(octets.len())),
            _ => octets.insert(at.index(octets.len()), octet),
        }
        stable(&octets);
    }
}

#[test]
fn every_octet_of_every_sample_changed() {
    for sample in encoded_samples() {
        for place in 0..sample.len() {
            for change in [0x01, 0x20, 0x80, 0xFF] {
                let mut octets = sample.clone();
                octets[place] ^= change;
                stable(&octets);
            }
        }
    }
}
