// SPDX-License-Identifier: MIT OR Apache-2.0
//! Supplementary services: contents of Facility elements.
//!
//! What decodes must encode to something that decodes to the same, in every dialect; and an
//! association that is given the bytes, before and after it invoked something itself, must come to
//! rest with nothing outstanding.

use core::time::Duration;
use facility::{
    Argument, Association, Component, Config, Contents, Dialect, Indication, InvokeProblem,
    Outcome, Output, etsi,
};

/// Outputs that one step may cause at most.
const BOUND: usize = 64;

/// One run.
pub fn run(data: &[u8]) {
    if let Ok(decoded) = Contents::decode(data) {
        if let Ok(octets) = decoded.contents.encode() {
            let again = Contents::decode(&octets).expect("what we encode decodes");
            assert_eq!(again.contents, decoded.contents);
        }
        for component in &decoded.contents.components {
            typed(component);
        }
    }
    for dialect in Dialect::ALL {
        let mut side = Association::new(Config::new(*dialect));
        let request = Argument::Etsi(etsi::Argument::TransferLinkIdRequest(()));
        let _ = side.invoke(Duration::ZERO, request);
        let mut rest = data;
        while let Some((&length, tail)) = rest.split_first() {
            let (part, tail) = tail.split_at(usize::from(length).min(tail.len()));
            side.input(Duration::ZERO, part);
            drain(&mut side);
            rest = tail;
        }
        side.input(Duration::ZERO, data);
        drain(&mut side);
        while let Some(due) = side.poll_timeout() {
            side.handle_timeout(due);
            drain(&mut side);
        }
        assert_eq!(side.outstanding(), 0);
        assert_eq!(side.counters().outputs_lost, 0);
    }
}

fn typed(component: &Component) {
    let (Component::Invoke {
        code,
        argument: octets,
        ..
    }
    | Component::ReturnResult {
        result: Some((code, octets)),
        ..
    }) = component
    else {
        return;
    };
    for dialect in Dialect::ALL {
        let Some(operation) = dialect.operation(*code) else {
            continue;
        };
        if let Ok(value) = Argument::decode(operation, octets) {
            assert_eq!(Argument::decode(operation, &value.encode()), Ok(value));
        }
        if let Ok(value) = Outcome::decode(operation, octets) {
            assert_eq!(Outcome::decode(operation, &value.encode()), Ok(value));
        }
    }
}

/// Takes all outputs; refuses every other invocation.
fn drain(side: &mut Association) {
    for _ in 0..BOUND {
        match side.poll_output() {
            None => return,
            Some(Output::Indication(Indication::Invoked { id, .. })) if id & 1 == 0 => {
                let _ = side.refuse(id, InvokeProblem::ResourceLimitation);
            }
            Some(Output::Send(octets)) => {
                let decoded = Contents::decode(&octets).expect("what we send decodes");
                assert!(decoded.bad.is_empty());
            }
            Some(_) => {}
        }
    }
    panic!("a step must not cause endless output");
}
