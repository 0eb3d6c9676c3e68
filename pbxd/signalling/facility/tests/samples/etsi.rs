// SPDX-License-Identifier: MIT OR Apache-2.0
//! Samples of the ETSI services.

use super::parts::{
    address, elements, hidden, none, nsap, own_subaddress, private, public, rates, recorded,
    screened_address, time, unknown, unscreened,
};
use facility::ber::{List, Null, SetOf};
use facility::charge::ChargingAssociation;
use facility::etsi::{
    Argument as A, BasicService, CompatibilityMode, Outcome as O, StatusRequest, UserStatus,
    UserUserRequest, charge, completion, diversion, transfer, waiting,
};

fn registration() -> diversion::Registration {
    diversion::Registration {
        procedure: diversion::Procedure::NoReply,
        service: BasicService::Speech,
        served_user: diversion::ServedUser::All(Null),
        more: none(),
    }
}

fn diversions() -> Vec<A> {
    use diversion::{DiversionReason, Procedure, ServedUser, SubscriptionOption};
    vec![
        A::ActivateDiversion(diversion::Activate {
            procedure: Procedure::Busy,
            service: BasicService::All,
            to: address(),
            served_user: ServedUser::Number(unknown()),
            no_reply_timer: None,
            more: none(),
        }),
        A::DeactivateDiversion(registration()),
        A::DiversionActivated(diversion::Activated {
            procedure: Procedure::Unconditional,
            service: BasicService::Telephony3k1Hz,
            to: address(),
            served_user: ServedUser::Number(unknown()),
            more: none(),
        }),
        A::DiversionDeactivated(registration()),
        A::InterrogateDiversion(diversion::Interrogate {
            procedure: Procedure::Busy,
            service: BasicService::All,
            served_user: ServedUser::Number(unknown()),
            more: none(),
        }),
        A::DiversionInformation(diversion::DiversionInformation {
            reason: DiversionReason::Busy,
            service: BasicService::Speech,
            served_subaddress: Some(nsap()),
            calling: Some(screened_address()),
            original_called: Some(unscreened()),
            last_diverting: Some(hidden()),
            last_reason: Some(DiversionReason::NoReply),
            user_information: Some(elements()),
            more: none(),
        }),
        A::CallDeflection(diversion::CallDeflection {
            to: address(),
            presentation_allowed: Some(true),
            more: none(),
        }),
        A::CallRerouteing(diversion::CallRerouteing {
            reason: DiversionReason::Unconditional,
            called: address(),
            counter: 1,
            elements: elements(),
            last_rerouteing: unscreened(),
            subscription: SubscriptionOption::WithNumber,
            calling_subaddress: Some(own_subaddress()),
            more: none(),
        }),
        A::DivertingLegInformation1(diversion::DivertingLegInformation1 {
            reason: DiversionReason::DeflectedImmediately,
            subscription: SubscriptionOption::WithoutNumber,
            diverted_to: Some(unscreened()),
            more: none(),
        }),
        A::DivertingLegInformation2(diversion::DivertingLegInformation2 {
            counter: 5,
            reason: DiversionReason::NoReply,
            diverting: Some(unscreened()),
            original_called: Some(hidden()),
            more: none(),
        }),
        A::DivertingLegInformation3(true),
        A::InterrogateServedUserNumbers(()),
    ]
}

fn units() -> charge::UnitList {
    List::new(vec![
        charge::RecordedUnits {
            count: charge::UnitCount::Units(70_000),
            type_of_unit: Some(16),
            more: none(),
        },
        charge::RecordedUnits {
            count: charge::UnitCount::NotAvailable(Null),
            type_of_unit: None,
            more: none(),
        },
    ])
    .unwrap()
}

fn charges() -> Vec<A> {
    use charge::{BillingId, ChargeKind};
    vec![
        A::ChargingRequest(charge::ChargingCase::During),
        A::AocSCurrency(charge::Rates::Rates(rates())),
        A::AocSSpecialArrangement(charge::SpecialArrangement::Arrangement(10)),
        A::AocDCurrency(charge::DuringCurrency::Charge(charge::DuringMoney {
            recorded: recorded(),
            kind: ChargeKind::Subtotal,
            billing: Some(BillingId::CreditCard),
            more: none(),
        })),
        A::AocDUnits(charge::DuringUnits::Charge(charge::DuringCount {
            recorded: units(),
            kind: ChargeKind::Total,
            billing: None,
            more: none(),
        })),
        A::AocECurrency(charge::EndCurrency::Information(
            charge::EndMoneyInformation {
                charge: charge::MoneyOrFree::Charge(charge::EndMoney {
                    recorded: recorded(),
                    billing: Some(BillingId::Transfer),
                    more: none(),
                }),
                association: Some(ChargingAssociation::Number(public())),
                more: none(),
            },
        )),
        A::AocEUnits(charge::EndUnits::Information(charge::EndCountInformation {
            charge: charge::CountOrFree::Free(Null),
            association: Some(ChargingAssociation::Identifier(-5)),
            more: none(),
        })),
    ]
}

fn private_request() -> completion::PrivateRequest {
    completion::PrivateRequest {
        destination: address(),
        elements: elements(),
        retention: true,
        presentation_allowed: Some(false),
        originating: Some(address()),
        more: none(),
    }
}

fn interrogate() -> completion::Interrogate {
    completion::Interrogate {
        reference: Some(127),
        number: Some(unknown()),
        more: none(),
    }
}

fn completions() -> Vec<A> {
    use completion::{EraseReason, RecallMode};
    let notice = || completion::Notice {
        recall: RecallMode::Specific,
        reference: 7,
        address: address(),
        elements: elements(),
        more: none(),
    };
    vec![
        A::CallInformationRetain(1),
        A::CcbsRequest(1),
        A::CcbsDeactivate(2),
        A::CcbsInterrogate(interrogate()),
        A::CcbsErase(completion::Erase {
            recall: RecallMode::Global,
            reference: 7,
            address: address(),
            elements: elements(),
            reason: EraseReason::TimerT3,
            more: none(),
        }),
        A::CcbsRemoteUserFree(notice()),
        A::CcbsCall(3),
        A::CcbsStatusRequest(completion::StatusRequest {
            recall: RecallMode::Global,
            reference: 7,
            elements: elements(),
            more: none(),
        }),
        A::CcbsBFree(notice()),
        A::EraseCallLinkage(4),
        A::CcbsStopAlerting(5),
        A::CcbsTRequest(private_request()),
        A::CcbsTCall(()),
        A::CcbsTSuspend(()),
        A::CcbsTResume(()),
        A::CcbsTRemoteUserFree(()),
        A::CcbsTAvailable(()),
        A::CcnrRequest(6),
        A::CcnrInterrogate(interrogate()),
        A::CcnrTRequest(private_request()),
    ]
}

fn message() -> waiting::MessageId {
    waiting::MessageId {
        reference: 65_535,
        status: waiting::MessageStatus::Removed,
        more: none(),
    }
}

pub(crate) fn arguments() -> Vec<A> {
    let mut all = vec![
        A::UserUserService(UserUserRequest {
            service: 1,
            preferred: true,
            more: none(),
        }),
        A::MaliciousCallIdentification(()),
        A::BeginThreeParty(()),
        A::EndThreeParty(()),
        A::TransferExecute(()),
        A::StatusRequest(StatusRequest {
            mode: CompatibilityMode::OneOrMoreBasicServices,
            elements: elements(),
            more: none(),
        }),
        A::ExplicitTransferExecute(-32_768),
        A::RequestSubaddress(()),
        A::SubaddressTransfer(own_subaddress()),
        A::TransferLinkIdRequest(()),
        A::TransferInform(transfer::Inform {
            status: transfer::CallStatus::Active,
            redirection: Some(hidden()),
            more: none(),
        }),
        A::TransferLoopTest(-128),
        A::MwiActivate(waiting::Activate {
            receiving_user: public(),
            service: BasicService::Speech,
            controlling_user: Some(unknown()),
            messages: Some(3),
            controlling_user_provided: Some(private()),
            time: Some(time()),
            message: Some(message()),
            mode: Some(waiting::InvocationMode::Combined),
            more: none(),
        }),
        A::MwiDeactivate(waiting::Deactivate {
            receiving_user: public(),
            service: BasicService::Speech,
            controlling_user: Some(unknown()),
            mode: Some(waiting::InvocationMode::Immediate),
            more: none(),
        }),
        A::MwiIndicate(waiting::Indicate {
            controlling_user: Some(unknown()),
            service: Some(BasicService::Speech),
            messages: Some(0),
            controlling_user_provided: Some(public()),
            time: Some(time()),
            message: Some(message()),
            more: none(),
        }),
    ];
    all.extend(diversions());
    all.extend(charges());
    all.extend(completions());
    all
}

fn requests() -> completion::Requests {
    completion::Requests {
        recall: completion::RecallMode::Specific,
        calls: Some(
            List::new(vec![completion::CallInformation {
                address: address(),
                elements: elements(),
                reference: 9,
                subaddress: Some(nsap()),
                more: none(),
            }])
            .unwrap(),
        ),
        more: none(),
    }
}

fn accepted() -> completion::Accepted {
    completion::Accepted {
        recall: completion::RecallMode::Global,
        reference: 9,
        more: none(),
    }
}

pub(crate) fn outcomes() -> Vec<O> {
    vec![
        O::UserUserService(()),
        O::MaliciousCallIdentification(()),
        O::BeginThreeParty(()),
        O::EndThreeParty(()),
        O::TransferExecute(()),
        O::ActivateDiversion(()),
        O::DeactivateDiversion(()),
        O::InterrogateDiversion(
            SetOf::new(vec![diversion::Entry {
                served_user: diversion::ServedUser::Number(unknown()),
                service: BasicService::All,
                procedure: diversion::Procedure::Busy,
                to: address(),
                more: none(),
            }])
            .unwrap(),
        ),
        O::CallDeflection(()),
        O::CallRerouteing(()),
        O::InterrogateServedUserNumbers(SetOf::new(vec![public(), unknown()]).unwrap()),
        O::ChargingRequest(charge::ChargingAnswer::Rates(rates())),
        O::ChargingRequest(charge::ChargingAnswer::Follows(Null)),
        O::StatusRequest(UserStatus::CompatibleAndBusy),
        O::ExplicitTransferExecute(()),
        O::TransferLinkIdRequest(300),
        O::TransferLoopTest(transfer::LoopResult::NoLoop),
        O::CcbsRequest(accepted()),
        O::CcbsDeactivate(()),
        O::CcbsInterrogate(requests()),
        O::CcbsStatusRequest(true),
        O::CcbsTRequest(false),
        O::CcnrRequest(accepted()),
        O::CcnrInterrogate(requests()),
        O::CcnrTRequest(true),
        O::MwiActivate(()),
        O::MwiDeactivate(()),
    ]
}
