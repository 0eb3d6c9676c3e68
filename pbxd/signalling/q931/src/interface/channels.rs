// SPDX-License-Identifier: MIT OR Apache-2.0
//! Choosing B channels, on both ends of a SETUP.

use super::Interface;
use crate::call::{Call, Direction};
use crate::cause::CauseValue;
use crate::ie::{ChannelIdentification, Selection};
use crate::message::Message;
use crate::{ChannelChoice, Hunt, RequestError, Slots};
use q921::Side;

impl Interface {
    /// The B channels that calls hold.
    pub fn busy_slots(&self) -> Slots {
        let mut busy = Slots::NONE;
        for slot in self.calls.values().filter_map(|call| call.channel) {
            busy.insert(slot);
        }
        busy
    }

    /// The B channels that are not chosen for calls of ours because a restart of theirs failed.
    pub fn out_of_service(&self) -> Slots {
        self.out_of_service
    }

    /// The B channels that a call of ours may take.
    pub fn free_slots(&self) -> Slots {
        self.acceptable_slots().without(self.out_of_service)
    }

    /// The B channels that a call of the peer may take.
    fn acceptable_slots(&self) -> Slots {
        self.config
            .slots
            .without(self.busy_slots())
            .without(self.restarts.slots())
    }

    fn hunt(&self, among: Slots) -> Option<u8> {
        match self.config.hunt {
            Hunt::Ascending => among.first(),
            Hunt::Descending => among.last(),
        }
    }

    /// The channel for a call of ours, and the element that asks for it.
    pub(super) fn choose(
        &self,
        choice: ChannelChoice,
    ) -> Result<(Option<u8>, bool, ChannelIdentification), RequestError> {
        let free = self.free_slots();
        let (slot, exclusive) = match choice {
            ChannelChoice::Any => {
                return match free.first() {
                    Some(_) => Ok((None, false, ChannelIdentification::any())),
                    None => Err(RequestError::NoChannel),
                };
            }
            ChannelChoice::Pick => (self.hunt(free).ok_or(RequestError::NoChannel)?, true),
            ChannelChoice::PickPreferred => {
                (self.hunt(free).ok_or(RequestError::NoChannel)?, false)
            }
            ChannelChoice::Exclusive(slot) => (slot, true),
            ChannelChoice::Preferred(slot) => (slot, false),
        };
        // A channel asked for by number may be one that a failed restart took out of service.
        if !self.acceptable_slots().contains(slot) {
            return Err(RequestError::ChannelNotFree(slot));
        }
        let element = ChannelIdentification::slot(slot, exclusive);
        Ok((Some(slot), exclusive, element))
    }

    /// The channel for the call of a SETUP that came, or the cause to refuse it with.
    pub(super) fn negotiate(&mut self, message: &Message) -> Result<u8, CauseValue> {
        let wanted = match message.get::<ChannelIdentification>() {
            None => None,
            Some(Err(_)) => return Err(CauseValue::INVALID_CONTENTS),
            Some(Ok(element)) => match element.selection {
                Selection::Any | Selection::Unnamed => None,
                // A call without a B channel is a supplementary service (call waiting).
                Selection::None => return Err(CauseValue::NO_CIRCUIT),
                Selection::Basic(_) => return Err(CauseValue::INVALID_CONTENTS),
                Selection::Channels { .. } => match element.single() {
                    Some(slot) => Some((slot, element.exclusive)),
                    None => return Err(CauseValue::CHANNEL_TYPE_NOT_IMPLEMENTED),
                },
            },
        };
        if let Some((slot, exclusive)) = wanted {
            if !self.config.slots.contains(slot) && exclusive {
                return Err(CauseValue::CHANNEL_DOES_NOT_EXIST);
            }
            self.yield_to_network(slot);
            if self.acceptable_slots().contains(slot) {
                return Ok(slot);
            }
            if exclusive {
                return Err(CauseValue::CHANNEL_NOT_AVAILABLE);
            }
        }
        let free = self.acceptable_slots();
        self.hunt(free.without(self.out_of_service))
            .or_else(|| self.hunt(free))
            .ok_or(CauseValue::NO_CIRCUIT)
    }

    /// Both sides chose the same channel at once: the network's call has it, and the user's waits for
    /// the network to name another or to refuse.
    fn yield_to_network(&mut self, slot: u8) {
        let side = self.config.side;
        let rival = self.calls.values_mut().find(|call| {
            call.channel == Some(slot)
                && call.direction == Direction::Outgoing
                && call.is_initial()
                && !call.responded
        });
        if let Some(rival) = rival {
            self.counters.collisions += 1;
            if side == Side::User {
                rival.channel = None;
            }
        }
    }

    /// Takes the channel that the first response to our SETUP names.
    pub(super) fn take_channel(
        &mut self,
        call: &mut Call,
        message: &Message,
    ) -> Result<(), CauseValue> {
        if call.responded {
            return Ok(());
        }
        let named = match message.legal::<ChannelIdentification>() {
            None if call.channel.is_some() => return Ok(()),
            None => return Err(CauseValue::MANDATORY_MISSING),
            Some(element) => element.single(),
        };
        match named {
            Some(slot) if call.channel == Some(slot) => Ok(()),
            Some(slot) if !call.exclusive && self.acceptable_slots().contains(slot) => {
                call.channel = Some(slot);
                self.out_of_service.remove(slot);
                Ok(())
            }
            _ => Err(CauseValue::CHANNEL_UNACCEPTABLE),
        }
    }

    /// Our first response names the channel.
    pub(super) fn name_channel(call: &mut Call, message: Message) -> Message {
        let name = !core::mem::replace(&mut call.responded, true);
        match call.channel.filter(|_| name) {
            Some(slot) => message.with(&ChannelIdentification::slot(slot, true)),
            None => message,
        }
    }
}
