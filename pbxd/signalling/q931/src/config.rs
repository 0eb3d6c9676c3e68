// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an interface is told when it is made.

use crate::{Location, Slots, Timers};
use q921::Side;

/// Which protocol the other end speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SwitchType {
    /// EuroISDN (ETS 300 102, EN 300 403).
    EuroIsdn,
}

/// In what a switch type differs from others, as data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Its name.
    pub name: &'static str,
    /// Two-octet call references; otherwise one octet.
    pub wide_references: bool,
    /// The user side acknowledges CONNECT too.
    pub user_acknowledges_connect: bool,
    /// The network side sends CALL PROCEEDING before anything else that does not ask for digits.
    pub network_proceeds_first: bool,
}

const EURO_ISDN: Dialect = Dialect {
    name: "EuroISDN",
    wide_references: true,
    user_acknowledges_connect: true,
    network_proceeds_first: true,
};

impl SwitchType {
    /// Its differences.
    pub const fn dialect(self) -> &'static Dialect {
        match self {
            SwitchType::EuroIsdn => &EURO_ISDN,
        }
    }
}

/// Where the search for a free channel begins. The two sides should begin at opposite ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hunt {
    /// The lowest free slot.
    Ascending,
    /// The highest free slot.
    Descending,
}

/// The parameters of one interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Our side.
    pub side: Side,
    /// The protocol.
    pub switch: SwitchType,
    /// The B channels of the interface.
    pub slots: Slots,
    /// The order of channel selection.
    pub hunt: Hunt,
    /// Timer values.
    pub timers: Timers,
    /// Calls at most, those that are clearing included; more are refused with cause 42.
    pub max_calls: usize,
    /// Octets of a message at most (N201 of the data link).
    pub max_message: usize,
    /// The location in causes that arise here.
    pub location: Location,
    /// The network side awards the call at once: CONNECT ACKNOWLEDGE goes out by itself. Otherwise
    /// the caller calls [`Interface::connect_acknowledge`](crate::Interface::connect_acknowledge).
    pub acknowledge_connect: bool,
    /// On the user side, a DISCONNECT that announces tones waits for
    /// [`Interface::release`](crate::Interface::release); otherwise RELEASE goes out by itself.
    pub wait_for_tones: bool,
    /// RESTART ACKNOWLEDGE goes out by itself; otherwise on
    /// [`Interface::restart_complete`](crate::Interface::restart_complete), supervised by T317.
    pub acknowledge_restart: bool,
    /// How often RESTART is sent before its channels count as out of service.
    pub restart_attempts: u32,
    /// How often STATUS ENQUIRY is sent before its call is cleared.
    pub enquiry_attempts: u32,
    /// A channel whose call went without RELEASE COMPLETE is restarted.
    pub restart_after_t308: bool,
    /// After a loss or reset of the data link, the peer is asked for the state of every active call.
    pub enquire_after_link: bool,
    /// Unknown or invalid elements that do no harm are answered with STATUS (cause 99 or 100).
    pub report_harmless_faults: bool,
}

impl Config {
    /// EuroISDN on an E1: 30 B channels, the network hunting upwards and the user downwards.
    pub fn e1(side: Side) -> Self {
        Config {
            side,
            switch: SwitchType::EuroIsdn,
            slots: Slots::E1,
            hunt: match side {
                Side::Network => Hunt::Ascending,
                Side::User => Hunt::Descending,
            },
            timers: Timers::of(side),
            max_calls: 64,
            max_message: 260,
            location: match side {
                Side::Network => Location::PublicLocal,
                Side::User => Location::User,
            },
            acknowledge_connect: true,
            wait_for_tones: true,
            acknowledge_restart: true,
            restart_attempts: 2,
            enquiry_attempts: 2,
            restart_after_t308: true,
            enquire_after_link: true,
            report_harmless_faults: true,
        }
    }
}
