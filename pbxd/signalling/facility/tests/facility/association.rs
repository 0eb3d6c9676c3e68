// SPDX-License-Identifier: MIT OR Apache-2.0
//! Invocations and their answers, in virtual time.

use core::time::Duration;
use facility::address::{Address, PartyNumber};
use facility::ber::Numeric;
use facility::{
    Argument, Association, Component, Config, Contents, Dialect, ErrorProblem, Failure,
    GeneralProblem, Indication, Interpretation, InvokeError, InvokeProblem, MAX_OUTSTANDING,
    Outcome, Output, Problem, RespondError, ResultProblem, ServiceError, etsi, qsig,
};

const NOW: Duration = Duration::ZERO;

fn etsi_side() -> Association {
    Association::new(Config::new(Dialect::Etsi))
}

fn deflect() -> Argument {
    Argument::Etsi(etsi::Argument::CallDeflection(
        etsi::diversion::CallDeflection {
            to: Address {
                number: PartyNumber::Unknown(Numeric::new("123").unwrap()),
                subaddress: None,
                more: Default::default(),
            },
            presentation_allowed: None,
            more: Default::default(),
        },
    ))
}

const DEFLECTED: Outcome = Outcome::Etsi(etsi::Outcome::CallDeflection(()));

/// Moves everything across, both ways, and returns what each side was told.
fn exchange(
    a: &mut Association,
    b: &mut Association,
    now: Duration,
) -> (Vec<Indication>, Vec<Indication>) {
    let (mut told_a, mut told_b) = (Vec::new(), Vec::new());
    loop {
        let mut moved = false;
        while let Some(output) = a.poll_output() {
            moved = true;
            match output {
                Output::Send(octets) => b.input(now, &octets),
                Output::Indication(indication) => told_a.push(indication),
            }
        }
        while let Some(output) = b.poll_output() {
            moved = true;
            match output {
                Output::Send(octets) => a.input(now, &octets),
                Output::Indication(indication) => told_b.push(indication),
            }
        }
        if !moved {
            return (told_a, told_b);
        }
    }
}

fn rejects(side: &mut Association) -> Vec<(Option<i16>, Problem)> {
    let mut all = Vec::new();
    while let Some(output) = side.poll_output() {
        if let Output::Send(octets) = output {
            for component in Contents::decode(&octets).unwrap().contents.components {
                if let Component::Reject { id, problem } = component {
                    all.push((id, problem));
                }
            }
        }
    }
    all
}

#[test]
fn a_result_comes_back() {
    let (mut user, mut network) = (etsi_side(), etsi_side());
    let id = user.invoke(NOW, deflect()).unwrap();
    let (_, told) = exchange(&mut user, &mut network, NOW);
    let argument = deflect();
    assert_eq!(told, [Indication::Invoked { id, argument }]);
    network.respond(id, &DEFLECTED).unwrap();
    let (told, _) = exchange(&mut user, &mut network, NOW);
    let outcome = DEFLECTED;
    assert_eq!(told, [Indication::Result { id, outcome }]);
    assert_eq!(user.poll_timeout(), None);
    assert_eq!(network.poll_timeout(), None);
    assert_eq!(
        network.respond(id, &DEFLECTED),
        Err(RespondError::Unknown(id))
    );
}

#[test]
fn an_error_comes_back() {
    let (mut user, mut network) = (etsi_side(), etsi_side());
    let id = user.invoke(NOW, deflect()).unwrap();
    exchange(&mut user, &mut network, NOW);
    assert!(matches!(
        network.fail(id, ServiceError::Collision, &[]),
        Err(RespondError::OtherError(_))
    ));
    let error = ServiceError::SpecialServiceNumber;
    network.fail(id, error, &[]).unwrap();
    let (told, _) = exchange(&mut user, &mut network, NOW);
    let [Indication::Failed { failure, .. }] = &told[..] else {
        panic!("{told:?}")
    };
    let parameter = Vec::new();
    assert_eq!(*failure, Failure::Error { error, parameter });
}

#[test]
fn a_refusal_comes_back() {
    let (mut user, mut network) = (etsi_side(), etsi_side());
    let id = user.invoke(NOW, deflect()).unwrap();
    exchange(&mut user, &mut network, NOW);
    network
        .refuse(id, InvokeProblem::ResourceLimitation)
        .unwrap();
    let (told, _) = exchange(&mut user, &mut network, NOW);
    let problem = Problem::Invoke(InvokeProblem::ResourceLimitation);
    assert!(matches!(&told[..],
        [Indication::Failed { failure: Failure::Rejected(found), .. }] if *found == problem));
    assert_eq!(user.poll_timeout(), None);
}

#[test]
fn silence_ends_in_time() {
    let mut user = etsi_side();
    let id = user.invoke(NOW, deflect()).unwrap();
    let due = user.poll_timeout().unwrap();
    assert_eq!(due, Duration::from_secs(15));
    user.handle_timeout(due - Duration::from_millis(1));
    assert_eq!(user.outstanding(), 1);
    user.handle_timeout(due);
    assert!(matches!(user.poll_output(), Some(Output::Send(_))));
    assert!(matches!(user.poll_output(),
        Some(Output::Indication(Indication::Failed { id: found, failure: Failure::TimedOut, .. }))
        if found == id));
    assert_eq!((user.poll_timeout(), user.counters().timed_out), (None, 1));
    // What comes now is late.
    let late = Contents::rose(vec![Component::ReturnResult { id, result: None }]);
    user.input(due, &late.encode().unwrap());
    let problem = Problem::Result(ResultProblem::UnrecognizedInvocation);
    assert_eq!(rejects(&mut user), [(Some(id), problem)]);
}

#[test]
fn silence_after_an_operation_with_errors_only_is_good() {
    let mut user = etsi_side();
    let argument = Argument::Etsi(etsi::Argument::CcbsCall(3));
    let id = user.invoke(NOW, argument.clone()).unwrap();
    let _ = user.poll_output();
    user.handle_timeout(user.poll_timeout().unwrap());
    let operation = argument.operation();
    let good = Indication::NoError { id, operation };
    assert_eq!(user.poll_output(), Some(Output::Indication(good)));
    assert_eq!(user.counters().timed_out, 0);
}

#[test]
fn what_we_do_not_answer_is_forgotten_in_time() {
    let (mut user, mut network) = (etsi_side(), etsi_side());
    let id = user.invoke(NOW, deflect()).unwrap();
    exchange(&mut user, &mut network, NOW);
    let due = network.poll_timeout().unwrap();
    network.handle_timeout(due);
    assert_eq!(network.counters().not_answered_by_us, 1);
    assert_eq!(network.poll_timeout(), None);
    assert_eq!(
        network.respond(id, &DEFLECTED),
        Err(RespondError::Unknown(id))
    );
}

#[test]
fn a_call_that_ends_fails_what_waits() {
    let mut user = etsi_side();
    user.invoke(NOW, deflect()).unwrap();
    let _ = user.poll_output();
    user.close();
    assert!(matches!(
        user.poll_output(),
        Some(Output::Indication(Indication::Failed {
            failure: Failure::Closed,
            ..
        }))
    ));
    assert_eq!(user.poll_timeout(), None);
}

#[test]
fn the_table_is_bounded_each_way() {
    let (mut user, mut network) = (etsi_side(), etsi_side());
    for _ in 0..MAX_OUTSTANDING {
        user.invoke(NOW, deflect()).unwrap();
        exchange(&mut user, &mut network, NOW);
    }
    assert_eq!(user.invoke(NOW, deflect()), Err(InvokeError::TooMany));
    assert_eq!(user.counters().outstanding_full, 1);
    assert_eq!(user.poll_output(), None, "nothing was sent");
    // Another of the peer, who does not keep to it.
    let one_more = Contents::rose(vec![Component::Invoke {
        id: 1000,
        linked: None,
        code: deflect().operation().code(),
        argument: deflect().encode(),
    }]);
    network.input(NOW, &one_more.encode().unwrap());
    let problem = Problem::Invoke(InvokeProblem::ResourceLimitation);
    assert_eq!(rejects(&mut network), [(Some(1000), problem)]);
}

#[test]
fn identifiers_go_round_and_are_not_used_twice() {
    let mut user = etsi_side();
    let first = user.invoke(NOW, deflect()).unwrap();
    let notice = Argument::Etsi(etsi::Argument::DivertingLegInformation3(true));
    let mut last = first;
    for _ in 0..40_000 {
        last = user.invoke(NOW, notice.clone()).unwrap();
        let _ = user.poll_output();
        assert!(last > 0 && last != first);
    }
    assert!(last < 32_767);
}

fn odd(code: i16, interpretation: Option<Interpretation>) -> Vec<u8> {
    let mut contents = Contents::rose(vec![Component::Invoke {
        id: 9,
        linked: None,
        code: facility::Code::Local(code),
        argument: vec![0x05, 0x00],
    }]);
    contents.interpretation = interpretation;
    contents.encode().unwrap()
}

#[test]
fn unrecognised_operations_follow_the_interpretation() {
    let reject = (
        Some(9),
        Problem::Invoke(InvokeProblem::UnrecognizedOperation),
    );
    for (interpretation, expected) in [
        (None, vec![reject]),
        (Some(Interpretation::Reject), vec![reject]),
        (Some(Interpretation::Discard), vec![]),
    ] {
        let mut side = etsi_side();
        side.input(NOW, &odd(99, interpretation));
        assert_eq!(rejects(&mut side), expected, "{interpretation:?}");
        assert_eq!(side.counters().unrecognized, 1);
    }
    let mut side = etsi_side();
    side.input(NOW, &odd(99, Some(Interpretation::ClearCall)));
    let clear = Output::Indication(Indication::ClearCall);
    assert_eq!(side.poll_output(), Some(clear));
    assert_eq!(side.poll_output(), None);
}

#[test]
fn bad_invocations_are_rejected_with_their_problem() {
    let mut side = etsi_side();
    // CallDeflection with NULL for its argument.
    side.input(NOW, &odd(13, None));
    let problem = Problem::Invoke(InvokeProblem::MistypedArgument);
    assert_eq!(rejects(&mut side), [(Some(9), problem)]);
    // The same identifier twice.
    let good = Component::Invoke {
        id: 4,
        linked: None,
        code: deflect().operation().code(),
        argument: deflect().encode(),
    };
    let twice = Contents::rose(vec![good.clone(), good]);
    side.input(NOW, &twice.encode().unwrap());
    let problem = Problem::Invoke(InvokeProblem::DuplicateInvocation);
    assert_eq!(rejects(&mut side), [(Some(4), problem)]);
    // Linked to something.
    let linked = Component::Invoke {
        id: 5,
        linked: Some(77),
        code: deflect().operation().code(),
        argument: deflect().encode(),
    };
    side.input(NOW, &Contents::rose(vec![linked]).encode().unwrap());
    let problem = Problem::Invoke(InvokeProblem::UnrecognizedLinkedId);
    assert_eq!(rejects(&mut side), [(Some(5), problem)]);
}

#[test]
fn bad_components_are_rejected_beside_good_ones() {
    let mut side = etsi_side();
    let mut octets = vec![0x91];
    octets.extend([0xA1, 0x03, 0x02, 0x01, 0x07]); // an invoke without operation
    octets.extend([0xA6, 0x00]); // no component at all
    octets.extend([0xA4, 0x00]); // a broken Reject
    octets.extend([0xA1, 0x06, 0x02, 0x01, 0x08, 0x02, 0x01, 0x04]); // begin3PTY
    side.input(NOW, &octets);
    let mistyped = Problem::General(GeneralProblem::MistypedComponent);
    let unrecognized = Problem::General(GeneralProblem::UnrecognizedComponent);
    let mut told = None;
    let mut found = Vec::new();
    while let Some(output) = side.poll_output() {
        match output {
            Output::Indication(indication) => told = Some(indication),
            Output::Send(octets) => found.push(Contents::decode(&octets).unwrap().contents),
        }
    }
    let reject = |id, problem| Contents::rose(vec![Component::Reject { id, problem }]);
    assert_eq!(
        found,
        [reject(Some(7), mistyped), reject(None, unrecognized)]
    );
    assert!(matches!(told, Some(Indication::Invoked { id: 8, .. })));
    assert_eq!(side.counters().bad_components, 3);
}

#[test]
fn answers_to_nothing_are_rejected_and_rejects_never() {
    let mut side = etsi_side();
    let stray = Contents::rose(vec![
        Component::ReturnResult {
            id: 3,
            result: None,
        },
        Component::ReturnError {
            id: 4,
            code: ServiceError::NotAvailable.code(),
            parameter: Vec::new(),
        },
        Component::Reject {
            id: Some(5),
            problem: Problem::Invoke(InvokeProblem::UnrecognizedOperation),
        },
    ]);
    side.input(NOW, &stray.encode().unwrap());
    assert_eq!(
        rejects(&mut side),
        [
            (
                Some(3),
                Problem::Result(ResultProblem::UnrecognizedInvocation)
            ),
            (
                Some(4),
                Problem::Error(ErrorProblem::UnrecognizedInvocation)
            ),
        ]
    );
    assert_eq!(side.counters().unexpected_answers, 2);
    assert_eq!(side.counters().rejects_received, 1);
}

#[test]
fn a_result_of_the_wrong_type_fails_the_invocation() {
    let mut side = etsi_side();
    let link = Argument::Etsi(etsi::Argument::TransferLinkIdRequest(()));
    let id = side.invoke(NOW, link).unwrap();
    let _ = side.poll_output();
    let empty = Contents::rose(vec![Component::ReturnResult { id, result: None }]);
    side.input(NOW, &empty.encode().unwrap());
    let told: Vec<_> = core::iter::from_fn(|| side.poll_output()).collect();
    assert!(told.iter().any(|output| matches!(
        output,
        Output::Indication(Indication::Failed {
            failure: Failure::Unreadable(_),
            ..
        })
    )));
    assert_eq!(side.outstanding(), 0);
}

#[test]
fn several_operations_go_in_one_element() {
    let mut side = Association::new(Config::new(Dialect::Qsig));
    let leg = Argument::Qsig(qsig::Argument::DivertingLegInformation3(
        qsig::diversion::DivertingLegInformation3 {
            presentation_allowed: true,
            redirection_name: None,
            more: Default::default(),
        },
    ));
    let ids = side.invoke_together(NOW, &[leg.clone(), leg]).unwrap();
    assert_eq!(ids, [1, 2]);
    let Some(Output::Send(octets)) = side.poll_output() else {
        panic!()
    };
    let contents = Contents::decode(&octets).unwrap().contents;
    assert_eq!(contents.components.len(), 2);
    assert!(contents.extension.is_some());
    assert_eq!(side.poll_output(), None);
    assert!(matches!(
        side.invoke(NOW, deflect()),
        Err(InvokeError::Dialect(_))
    ));
    assert_eq!(side.invoke_together(NOW, &[]), Err(InvokeError::Nothing));
}
