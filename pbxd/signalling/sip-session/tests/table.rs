// SPDX-License-Identifier: MIT OR Apache-2.0
//! The transaction table, and that nothing is in it twice or leads nowhere.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use sip_session::transaction::{Action, Input, Kind, ROWS, State, initial, row};

const KINDS: [Kind; 4] = [
    Kind::ClientInvite,
    Kind::ClientOther,
    Kind::ServerInvite,
    Kind::ServerOther,
];

#[test]
fn every_pair_of_state_and_input_stands_once() {
    let keys: BTreeSet<_> = ROWS.iter().map(|r| (r.0, r.1, r.2)).collect();
    assert_eq!(keys.len(), ROWS.len());
}

#[test]
fn every_state_can_be_reached_and_left() {
    for kind in KINDS {
        let mut reached = BTreeSet::from([initial(kind).0]);
        loop {
            let more: BTreeSet<_> = ROWS
                .iter()
                .filter(|r| r.0 == kind && reached.contains(&r.1))
                .map(|r| r.3)
                .collect();
            let before = reached.len();
            reached.extend(more);
            if reached.len() == before {
                break;
            }
        }
        let listed: BTreeSet<_> = ROWS.iter().filter(|r| r.0 == kind).map(|r| r.1).collect();
        assert!(reached.contains(&State::Terminated), "{kind:?}");
        assert_eq!(
            reached.difference(&listed).collect::<Vec<_>>(),
            [&State::Terminated],
            "{kind:?}"
        );
        // Without any message, timers alone end every state but those that wait for the
        // user or, in Proceeding of an INVITE, for the peer.
        for state in listed {
            let by_timer = [Input::Timeout, Input::Linger]
                .iter()
                .any(|i| row(kind, state, *i).is_some_and(|r| r.0 == State::Terminated));
            let waits_for_user = matches!(
                (kind, state),
                (Kind::ServerInvite, State::Proceeding)
                    | (Kind::ServerOther, State::Trying | State::Proceeding)
            );
            assert!(by_timer || waits_for_user, "{kind:?} {state:?}");
        }
    }
}

#[test]
fn a_state_that_lingers_was_entered_by_a_row_that_starts_the_timer() {
    for (kind, _, _, state, actions) in ROWS.iter().filter(|r| r.1 != r.3) {
        let lingers = row(*kind, *state, Input::Linger).is_some();
        let starts = actions.iter().any(|a| {
            matches!(
                a,
                Action::LingerT4 | Action::LingerD | Action::LingerJ | Action::LingerAccepted
            )
        });
        assert_eq!(lingers, starts, "{kind:?} {state:?}");
    }
}

#[test]
fn the_machines_of_rfc_3261_and_rfc_6026() {
    use Input::*;
    use State::*;
    let walk = |kind: Kind, inputs: &[Input]| {
        inputs.iter().try_fold(initial(kind).0, |state, input| {
            row(kind, state, *input).map(|r| r.0)
        })
    };
    for (kind, inputs, end) in [
        (
            Kind::ClientInvite,
            &[Resend, Resend, Timeout][..],
            Some(Terminated),
        ),
        (
            Kind::ClientInvite,
            &[Provisional, Provisional, Success, Success, Linger],
            Some(Terminated),
        ),
        (
            Kind::ClientInvite,
            &[Provisional, Failure, Failure, Linger],
            Some(Terminated),
        ),
        (Kind::ClientInvite, &[Success, Failure], None),
        (Kind::ClientInvite, &[Failure, Success], None),
        (Kind::ClientInvite, &[Provisional, Resend], None),
        (
            Kind::ClientOther,
            &[Resend, Provisional, Resend, Failure, Failure, Linger],
            Some(Terminated),
        ),
        (Kind::ClientOther, &[Provisional, Timeout], Some(Terminated)),
        (
            Kind::ServerInvite,
            &[
                SendProvisional,
                Request,
                SendFailure,
                Resend,
                Ack,
                Ack,
                Linger,
            ],
            Some(Terminated),
        ),
        (
            Kind::ServerInvite,
            &[SendFailure, Timeout],
            Some(Terminated),
        ),
        (
            Kind::ServerInvite,
            &[SendSuccess, Request, Ack, SendSuccess, Linger],
            Some(Terminated),
        ),
        (Kind::ServerInvite, &[Ack], None),
        (Kind::ServerInvite, &[SendSuccess, SendFailure], None),
        (
            Kind::ServerOther,
            &[
                Request,
                SendProvisional,
                Request,
                SendSuccess,
                Request,
                Linger,
            ],
            Some(Terminated),
        ),
        (Kind::ServerOther, &[SendFailure, SendSuccess], None),
    ] {
        assert_eq!(walk(kind, inputs), end, "{kind:?} {inputs:?}");
    }
    let acts = |kind, state, input| row(kind, state, input).unwrap().1;
    // A 2xx is acknowledged by the user, a refusal by the transaction.
    assert!(!acts(Kind::ClientInvite, Trying, Success).contains(&Action::SendAck));
    assert_eq!(
        acts(Kind::ClientInvite, Completed, Failure),
        [Action::SendAck]
    );
    // An accepted INVITE that comes again is swallowed, a refused one answered again.
    assert!(acts(Kind::ServerInvite, Accepted, Request).is_empty());
    assert_eq!(
        acts(Kind::ServerInvite, Completed, Request),
        [Action::Repeat]
    );
}
