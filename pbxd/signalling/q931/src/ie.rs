// SPDX-License-Identifier: MIT OR Apache-2.0
//! The information elements, each a type of its own with [`Content`](crate::Content).

mod bearer;
mod channel;
mod compatibility;
mod number;
mod plain;
mod progress;

pub use bearer::{Bearer, Capability, Layer1, Layer1Protocol};
pub use channel::{ChannelIdentification, ChannelList, Selection, UNIT_B};
pub use compatibility::{HighLayerCompatibility, LowLayerCompatibility};
pub use number::{
    CalledNumber, CalledSubaddress, CallingNumber, CallingSubaddress, ConnectedNumber,
    ConnectedSubaddress, NumberingPlan, PartyNumber, Presentation, RedirectingNumber,
    RedirectionReason, Screening, Subaddress, TypeOfNumber,
};
pub use plain::{
    CallStateElement, DateTime, Display, Facility, Keypad, Notification, RestartClass,
    RestartIndicator, UserUser,
};
pub use progress::{ProgressDescription, ProgressIndicator};

/// Element identifiers of codeset 0. Those from 0x80 on are single octets.
#[allow(missing_docs)]
pub mod id {
    pub const SEGMENTED_MESSAGE: u8 = 0x00;
    pub const BEARER_CAPABILITY: u8 = 0x04;
    pub const CAUSE: u8 = 0x08;
    pub const CALL_IDENTITY: u8 = 0x10;
    pub const CALL_STATE: u8 = 0x14;
    pub const CHANNEL_IDENTIFICATION: u8 = 0x18;
    pub const FACILITY: u8 = 0x1c;
    pub const PROGRESS_INDICATOR: u8 = 0x1e;
    pub const NETWORK_SPECIFIC_FACILITIES: u8 = 0x20;
    pub const NOTIFICATION_INDICATOR: u8 = 0x27;
    pub const DISPLAY: u8 = 0x28;
    pub const DATE_TIME: u8 = 0x29;
    pub const KEYPAD_FACILITY: u8 = 0x2c;
    pub const SIGNAL: u8 = 0x34;
    pub const INFORMATION_RATE: u8 = 0x40;
    pub const END_TO_END_TRANSIT_DELAY: u8 = 0x42;
    pub const TRANSIT_DELAY_SELECTION: u8 = 0x43;
    pub const PACKET_LAYER_BINARY: u8 = 0x44;
    pub const PACKET_LAYER_WINDOW: u8 = 0x45;
    pub const PACKET_SIZE: u8 = 0x46;
    pub const CLOSED_USER_GROUP: u8 = 0x47;
    pub const REVERSE_CHARGING: u8 = 0x4a;
    pub const CONNECTED_NUMBER: u8 = 0x4c;
    pub const CONNECTED_SUBADDRESS: u8 = 0x4d;
    pub const CALLING_NUMBER: u8 = 0x6c;
    pub const CALLING_SUBADDRESS: u8 = 0x6d;
    pub const CALLED_NUMBER: u8 = 0x70;
    pub const CALLED_SUBADDRESS: u8 = 0x71;
    pub const REDIRECTING_NUMBER: u8 = 0x74;
    pub const REDIRECTION_NUMBER: u8 = 0x76;
    pub const TRANSIT_NETWORK_SELECTION: u8 = 0x78;
    pub const RESTART_INDICATOR: u8 = 0x79;
    pub const LOW_LAYER_COMPATIBILITY: u8 = 0x7c;
    pub const HIGH_LAYER_COMPATIBILITY: u8 = 0x7d;
    pub const USER_USER: u8 = 0x7e;
    pub const ESCAPE: u8 = 0x7f;
    /// Shift, locking (0x90) and non-locking (0x98), the codeset in the low three bits.
    pub const SHIFT: u8 = 0x90;
    pub const MORE_DATA: u8 = 0xa0;
    pub const SENDING_COMPLETE: u8 = 0xa1;
    pub const CONGESTION_LEVEL: u8 = 0xb0;
    pub const REPEAT_INDICATOR: u8 = 0xd0;
}

/// Whether `id` of codeset 0 is one we know by name. Single octets count by their group.
pub fn is_known(id: u8) -> bool {
    match id {
        0x80.. => {
            matches!(id & 0xf0, 0x90 | 0xb0 | 0xd0)
                || id == id::MORE_DATA
                || id == id::SENDING_COMPLETE
        }
        id::SEGMENTED_MESSAGE
        | id::BEARER_CAPABILITY
        | id::CAUSE
        | id::CALL_IDENTITY
        | id::CALL_STATE
        | id::CHANNEL_IDENTIFICATION
        | id::FACILITY
        | id::PROGRESS_INDICATOR
        | id::NETWORK_SPECIFIC_FACILITIES
        | id::NOTIFICATION_INDICATOR
        | id::DISPLAY
        | id::DATE_TIME
        | id::KEYPAD_FACILITY
        | id::SIGNAL
        | id::INFORMATION_RATE
        | id::END_TO_END_TRANSIT_DELAY..=id::CLOSED_USER_GROUP
        | id::REVERSE_CHARGING
        | id::CONNECTED_NUMBER
        | id::CONNECTED_SUBADDRESS
        | id::CALLING_NUMBER
        | id::CALLING_SUBADDRESS
        | id::CALLED_NUMBER
        | id::CALLED_SUBADDRESS
        | id::REDIRECTING_NUMBER
        | id::REDIRECTION_NUMBER
        | id::TRANSIT_NETWORK_SELECTION
        | id::RESTART_INDICATOR
        | id::LOW_LAYER_COMPATIBILITY
        | id::HIGH_LAYER_COMPATIBILITY
        | id::USER_USER => true,
        _ => false,
    }
}

/// Whether an unknown element of this identifier must be understood for its message to be acted on:
/// bits 8 to 5 are zero.
pub const fn comprehension_required(id: u8) -> bool {
    id & 0xf0 == 0
}
