// SPDX-License-Identifier: MIT OR Apache-2.0
//! Samples of the QSIG services.

use super::parts::{
    address, elements, hidden, hidden_name, name, name_argument, none, nsap, own_subaddress,
    private, public, rates, recorded, screened, screened_address, time, unknown, unscreened,
};
use facility::ber::{List, Null, Numeric, SetOf};
use facility::charge::ChargingAssociation;
use facility::etsi::BasicService;
use facility::name::{NameArgument, NameSequence};
use facility::qsig::{
    Argument as A, Dummy, Outcome as O, charge, completion, diversion, transfer, waiting,
};

fn identity() -> transfer::Identity {
    transfer::Identity {
        call: Numeric::new("1234").unwrap(),
        rerouteing: private(),
        more: none(),
    }
}

fn identity_only() -> transfer::IdentityOnly {
    transfer::IdentityOnly {
        call: Numeric::new("7").unwrap(),
        more: none(),
    }
}

const fn nothing() -> Dummy {
    Dummy::Nothing(Null)
}

fn transfers() -> Vec<A> {
    vec![
        A::PathReplacePropose(identity()),
        A::PathReplaceSetup(identity_only()),
        A::PathReplaceRetain(identity()),
        A::PathReplaceInvite(nothing()),
        A::CallTransferIdentify(nothing()),
        A::CallTransferAbandon(nothing()),
        A::CallTransferInitiate(identity()),
        A::CallTransferSetup(identity_only()),
        A::CallTransferActive(transfer::Active {
            connected: screened_address(),
            elements: Some(elements()),
            name: Some(name()),
            more: none(),
        }),
        A::CallTransferComplete(transfer::Complete {
            end: transfer::EndDesignation::Secondary,
            redirection: screened(),
            elements: Some(elements()),
            name: Some(hidden_name()),
            status: transfer::CallStatus::Alerting,
            more: none(),
        }),
        A::CallTransferUpdate(transfer::Update {
            redirection: screened(),
            name: Some(name()),
            elements: Some(elements()),
            more: none(),
        }),
        A::SubaddressTransfer(transfer::Subaddress {
            subaddress: own_subaddress(),
            more: none(),
        }),
    ]
}

fn diversions() -> Vec<A> {
    use diversion::{DiversionReason, Procedure, SubscriptionOption};
    vec![
        A::ActivateDiversion(diversion::Activate {
            procedure: Procedure::Busy,
            service: BasicService::All,
            to: address(),
            served_user: private(),
            activating_user: unknown(),
            more: none(),
        }),
        A::DeactivateDiversion(diversion::Deactivate {
            procedure: Procedure::Busy,
            service: BasicService::All,
            served_user: private(),
            deactivating_user: unknown(),
            more: none(),
        }),
        A::InterrogateDiversion(diversion::Interrogate {
            procedure: Procedure::Busy,
            service: BasicService::Speech,
            served_user: private(),
            interrogating_user: unknown(),
            more: none(),
        }),
        A::CheckRestriction(diversion::CheckRestriction {
            served_user: private(),
            service: BasicService::Speech,
            to: public(),
            more: none(),
        }),
        A::CallRerouteing(diversion::CallRerouteing {
            reason: DiversionReason::Unconditional,
            original_reason: Some(DiversionReason::Busy),
            called: address(),
            counter: 15,
            elements: elements(),
            last_rerouteing: unscreened(),
            subscription: SubscriptionOption::WithNumber,
            calling_subaddress: Some(nsap()),
            calling: screened(),
            calling_name: Some(name()),
            original_called: Some(hidden()),
            redirecting_name: Some(hidden_name()),
            original_called_name: Some(name()),
            more: none(),
        }),
        A::DivertingLegInformation1(diversion::DivertingLegInformation1 {
            reason: DiversionReason::NoReply,
            subscription: SubscriptionOption::WithNumber,
            nominated: private(),
            more: none(),
        }),
        A::DivertingLegInformation2(diversion::DivertingLegInformation2 {
            counter: 2,
            reason: DiversionReason::NoReply,
            original_reason: Some(DiversionReason::Busy),
            diverting: Some(unscreened()),
            original_called: Some(hidden()),
            redirecting_name: Some(name()),
            original_called_name: Some(hidden_name()),
            more: none(),
        }),
        A::DivertingLegInformation3(diversion::DivertingLegInformation3 {
            presentation_allowed: true,
            redirection_name: Some(name()),
            more: none(),
        }),
        A::DivertedLegFailed(nothing()),
    ]
}

fn request() -> completion::Request {
    completion::Request {
        number_a: unscreened(),
        number_b: private(),
        service: elements(),
        subaddress_a: Some(nsap()),
        subaddress_b: Some(own_subaddress()),
        can_retain_service: true,
        retain_connection: Some(false),
        more: none(),
    }
}

fn completions() -> Vec<A> {
    use completion::{Identified, Nothing};
    let nothing = || Nothing::Nothing(Null);
    vec![
        A::CcnrRequest(request()),
        A::CcbsRequest(request()),
        A::CcCancel(Identified::Full(completion::Full {
            number_a: public(),
            number_b: private(),
            service: elements(),
            subaddress_a: Some(nsap()),
            subaddress_b: Some(nsap()),
            more: none(),
        })),
        A::CcExecutionPossible(Identified::Connection(Null)),
        A::CcPathReserve(nothing()),
        A::CcRingout(nothing()),
        A::CcSuspend(nothing()),
        A::CcResume(nothing()),
    ]
}

fn charges() -> Vec<A> {
    let charge = || {
        charge::Charge::Charge(charge::Recorded {
            recorded: recorded(),
            billing: Some(charge::BillingId::CreditCard),
            more: none(),
        })
    };
    let association = || Some(ChargingAssociation::Number(public()));
    vec![
        A::ChargeRequest(charge::Request {
            modes: List::new(vec![charge::AdviceMode::Rate, charge::AdviceMode::All]).unwrap(),
            more: none(),
        }),
        A::GetFinalCharge(nothing()),
        A::AocFinal(charge::Final {
            charge: charge(),
            association: association(),
            more: none(),
        }),
        A::AocInterim(charge::Interim {
            charge: charge::Charge::Free(Null),
            more: none(),
        }),
        A::AocInterim(charge::Interim {
            charge: charge(),
            more: none(),
        }),
        A::AocRate(charge::Rates {
            rates: charge::RateChoice::Rates(rates()),
            more: none(),
        }),
        A::AocComplete(charge::Complete {
            charged_user: public(),
            association: Some(ChargingAssociation::Identifier(300)),
            more: none(),
        }),
        A::AocDivertedCharge(charge::Diverted {
            diverting_user: public(),
            association: association(),
            kind: charge::DiversionType::Deflection,
            more: none(),
        }),
    ]
}

fn waits() -> Vec<A> {
    let gone = || waiting::Deactivate {
        served_user: private(),
        service: BasicService::Speech,
        centre: Some(waiting::MessageCentre::Integer(532)),
        more: none(),
    };
    vec![
        A::MwiActivate(waiting::Activate {
            served_user: private(),
            service: BasicService::Speech,
            centre: Some(waiting::MessageCentre::Number(public())),
            messages: Some(3),
            originating: Some(unknown()),
            time: Some(time()),
            priority: Some(9),
            more: none(),
        }),
        A::MwiDeactivate(gone()),
        A::MwiInterrogate(gone()),
    ]
}

pub(crate) fn arguments() -> Vec<A> {
    let mut all = vec![
        A::CallingName(name_argument()),
        A::CalledName(NameArgument::Plain(hidden_name())),
        A::ConnectedName(NameArgument::Sequence(NameSequence {
            name: name(),
            more: none(),
        })),
        A::BusyName(name_argument()),
    ];
    all.extend(transfers());
    all.extend(diversions());
    all.extend(completions());
    all.extend(charges());
    all.extend(waits());
    all
}

pub(crate) fn outcomes() -> Vec<O> {
    let accepted = || completion::Accepted {
        no_path_reservation: true,
        retain_service: true,
        more: none(),
    };
    vec![
        O::PathReplaceSetup(nothing()),
        O::PathReplaceRetain(nothing()),
        O::CallTransferIdentify(identity()),
        O::CallTransferInitiate(nothing()),
        O::CallTransferSetup(nothing()),
        O::ActivateDiversion(nothing()),
        O::DeactivateDiversion(nothing()),
        O::InterrogateDiversion(
            SetOf::new(vec![diversion::Entry {
                served_user: private(),
                service: BasicService::All,
                procedure: diversion::Procedure::Busy,
                to: address(),
                remote_enabled: true,
                more: none(),
            }])
            .unwrap(),
        ),
        O::CheckRestriction(nothing()),
        O::CallRerouteing(nothing()),
        O::CcnrRequest(accepted()),
        O::CcPathReserve(completion::Nothing::Nothing(Null)),
        O::CcbsRequest(accepted()),
        O::ChargeRequest(charge::Answer {
            mode: charge::AdviceMode::Final,
            more: none(),
        }),
        O::AocComplete(charge::CompleteAnswer {
            option: charge::ChargingOption::Stop,
            more: none(),
        }),
        O::MwiActivate(nothing()),
        O::MwiDeactivate(nothing()),
        O::MwiInterrogate(
            List::new(vec![waiting::State {
                service: BasicService::Speech,
                centre: Some(waiting::MessageCentre::Digits(
                    Numeric::new("0123456789").unwrap(),
                )),
                messages: Some(2),
                originating: Some(public()),
                time: Some(time()),
                priority: Some(0),
                more: none(),
            }])
            .unwrap(),
        ),
    ]
}
