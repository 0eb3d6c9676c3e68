// SPDX-License-Identifier: MIT OR Apache-2.0
//! One argument of every operation, and one result of those that have results, with as many optional
//! parts as there are. The tests of the peers read this file too.

#![allow(clippy::unwrap_used, reason = "values that are known to fit")]

mod etsi;
mod parts;
mod qsig;

use facility::ber::{Implicit, Null};
use facility::{Argument, Outcome, dms100, ni2};

/// Arguments of all operations of all dialects.
pub(crate) fn arguments() -> Vec<Argument> {
    let mut all: Vec<Argument> = etsi::arguments().into_iter().map(Argument::Etsi).collect();
    all.extend(qsig::arguments().into_iter().map(Argument::Qsig));
    all.extend(ni2_arguments().into_iter().map(Argument::Ni2));
    all.extend(dms100_arguments().into_iter().map(Argument::Dms100));
    all
}

/// Results of all operations that have results.
pub(crate) fn outcomes() -> Vec<Outcome> {
    let mut all: Vec<Outcome> = etsi::outcomes().into_iter().map(Outcome::Etsi).collect();
    all.extend(qsig::outcomes().into_iter().map(Outcome::Qsig));
    all.push(Outcome::Ni2(ni2::Outcome::InitiateTransfer(Some(Null))));
    all.push(Outcome::Dms100(dms100::Outcome::OperationIndication(Some(
        Implicit(130_363),
    ))));
    all.push(Outcome::Dms100(dms100::Outcome::ThirdParty(())));
    all
}

fn ni2_arguments() -> Vec<ni2::Argument> {
    use ni2::Argument as A;
    vec![
        A::CallingName(parts::name_argument()),
        A::CalledName(parts::name_argument()),
        A::ConnectedName(parts::name_argument()),
        A::BusyName(parts::name_argument()),
        A::InformationFollowing(Some(ni2::Following::Name)),
        A::InitiateTransfer(ni2::InitiateTransfer {
            call_reference: 5,
            more: parts::none(),
        }),
    ]
}

fn dms100_arguments() -> Vec<dms100::Argument> {
    use dms100::Argument as A;
    vec![
        A::OperationIndication(()),
        A::ThirdParty(dms100::ThirdParty {
            call_id: 120_047,
            reason: Some(1),
            more: parts::none(),
        }),
    ]
}
