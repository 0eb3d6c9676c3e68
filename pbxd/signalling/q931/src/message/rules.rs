// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a message must hold, and what is wrong with one that came.

use super::{Message, MessageType, Truncated};
use crate::codec::{Content, DecodeError};
use crate::ie::{self, id};

/// Elements that a message of this type cannot do without. CHANNEL IDENTIFICATION is judged by the
/// channel negotiation and not here, the cause of a clearing message only when that is the first one
/// of its call.
pub const fn mandatory(kind: MessageType) -> &'static [u8] {
    match kind {
        MessageType::Setup => &[id::BEARER_CAPABILITY],
        MessageType::Progress => &[id::PROGRESS_INDICATOR],
        MessageType::Notify => &[id::NOTIFICATION_INDICATOR],
        MessageType::Disconnect | MessageType::Release | MessageType::ReleaseComplete => {
            &[id::CAUSE]
        }
        MessageType::Restart | MessageType::RestartAcknowledge => &[id::RESTART_INDICATOR],
        MessageType::Status => &[id::CAUSE, id::CALL_STATE],
        _ => &[],
    }
}

/// Whether an element was needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Required {
    /// The message cannot be acted on without it.
    Mandatory,
    /// The message can be acted on without it.
    Optional,
}

/// One thing wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A mandatory element is missing.
    Missing(u8),
    /// An element does not follow its coding; the error is absent where it is cut off by the end of
    /// the message.
    Invalid(u8, Required, Option<DecodeError>),
    /// An element is not known; mandatory if its identifier asks for comprehension.
    Unknown(u8, Required),
}

impl Fault {
    /// The element's identifier.
    pub const fn id(self) -> u8 {
        match self {
            Fault::Missing(id) | Fault::Invalid(id, ..) | Fault::Unknown(id, _) => id,
        }
    }

    /// Whether the message cannot be acted on.
    pub const fn is_fatal(self) -> bool {
        matches!(
            self,
            Fault::Missing(_)
                | Fault::Invalid(_, Required::Mandatory, _)
                | Fault::Unknown(_, Required::Mandatory)
        )
    }
}

/// All faults of a message, in the order of their gravity: missing, unknown but to be comprehended,
/// invalid mandatory ones, then the harmless ones.
pub fn check(message: &Message, truncated: Option<Truncated>) -> Vec<Fault> {
    let mandatory = mandatory(message.kind);
    let mut faults: Vec<Fault> = mandatory
        .iter()
        .filter(|id| !message.elements.has(**id))
        .filter(|id| truncated.is_none_or(|t| t.codeset != 0 || t.id != **id))
        .map(|id| Fault::Missing(*id))
        .collect();
    let mut seen: Vec<u8> = Vec::new();
    for element in message.elements.iter() {
        if element.codeset != 0 || element.is_shift() {
            continue;
        }
        let id = element.id;
        if !ie::is_known(id) {
            let required = if ie::comprehension_required(id) {
                Required::Mandatory
            } else {
                Required::Optional
            };
            faults.push(Fault::Unknown(id, required));
        } else if !element.is_single() {
            // Only the first counts where an element stands twice; progress may stand twice.
            let repeated = seen.contains(&id);
            seen.push(id);
            if let (false, Err(error)) = (repeated, verify(id, &element.contents)) {
                faults.push(Fault::Invalid(id, required(mandatory, id), Some(error)));
            }
        }
    }
    if let Some(cut) = truncated.filter(|t| t.codeset == 0) {
        faults.push(Fault::Invalid(cut.id, required(mandatory, cut.id), None));
    }
    faults.sort_by_key(|fault| match fault {
        Fault::Missing(_) => 0,
        Fault::Unknown(_, Required::Mandatory) => 1,
        Fault::Invalid(_, Required::Mandatory, _) => 2,
        Fault::Invalid(..) => 3,
        Fault::Unknown(..) => 4,
    });
    faults
}

fn required(mandatory: &[u8], id: u8) -> Required {
    if mandatory.contains(&id) {
        Required::Mandatory
    } else {
        Required::Optional
    }
}

/// Whether the contents follow the coding of the element, for those that we decode.
fn verify(id: u8, contents: &[u8]) -> Result<(), DecodeError> {
    fn as_type<T: Content>(contents: &[u8]) -> Result<(), DecodeError> {
        T::decode(contents).map(|_| ())
    }
    match id {
        id::BEARER_CAPABILITY => as_type::<ie::Bearer>(contents),
        id::CAUSE => as_type::<crate::cause::Cause>(contents),
        id::CALL_STATE => as_type::<ie::CallStateElement>(contents),
        id::CHANNEL_IDENTIFICATION => as_type::<ie::ChannelIdentification>(contents),
        id::PROGRESS_INDICATOR => as_type::<ie::ProgressIndicator>(contents),
        id::NOTIFICATION_INDICATOR => as_type::<ie::Notification>(contents),
        id::DATE_TIME => as_type::<ie::DateTime>(contents),
        id::KEYPAD_FACILITY => as_type::<ie::Keypad>(contents),
        id::CONNECTED_NUMBER => as_type::<ie::ConnectedNumber>(contents),
        id::CONNECTED_SUBADDRESS => as_type::<ie::ConnectedSubaddress>(contents),
        id::CALLING_NUMBER => as_type::<ie::CallingNumber>(contents),
        id::CALLING_SUBADDRESS => as_type::<ie::CallingSubaddress>(contents),
        id::CALLED_NUMBER => as_type::<ie::CalledNumber>(contents),
        id::CALLED_SUBADDRESS => as_type::<ie::CalledSubaddress>(contents),
        id::REDIRECTING_NUMBER => as_type::<ie::RedirectingNumber>(contents),
        id::RESTART_INDICATOR => as_type::<ie::RestartIndicator>(contents),
        id::LOW_LAYER_COMPATIBILITY => as_type::<ie::LowLayerCompatibility>(contents),
        id::HIGH_LAYER_COMPATIBILITY => as_type::<ie::HighLayerCompatibility>(contents),
        id::USER_USER => as_type::<ie::UserUser>(contents),
        _ => Ok(()),
    }
}
