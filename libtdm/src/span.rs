// SPDX-License-Identifier: MIT OR Apache-2.0
//! An open span: its facts, positions and state, and the way to everything else.

mod open;

use crate::claim::{self, Claim};
use crate::emulated::Connection;
use crate::error::{Error, Result};
use crate::event::Events;
use crate::node::Node;
use crate::shared::Mapping;
use crate::wake::{Wake, Wakeups};
use crate::window::{Side, Tap};
use crate::{Geometry, Positions, Slot, SlotSet};
use kernel_rust_abi::config::LineConfig;
use kernel_rust_abi::message::kind;
use kernel_rust_abi::words::Words;
use kernel_rust_abi::{event, position, status, word};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;

pub use open::{Description, list};

/// What does not change while a span is open.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// The span's name.
    pub name: String,
    /// The size of its rings.
    pub geometry: Geometry,
    /// Bits of [`kernel_rust_abi::status::feature`].
    pub features: u64,
    /// Spans with the same number share one clock.
    pub clock_domain: u64,
    /// Frames that a writer keeps clear of `tx_taken`.
    pub tx_lead: u64,
    /// The most frames between two publications of the positions.
    pub tick_frames: u64,
    /// The span's number at its server.
    pub index: u64,
}

/// An open span. Clones share one open file description.
#[derive(Clone, Debug)]
pub struct Span {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) transport: Transport,
    pub(crate) facts: Facts,
    pub(crate) events: event::Ring,
    pub(crate) status: Mapping,
    pub(crate) receive: Mapping,
    pub(crate) sent: Mapping,
}

#[derive(Debug)]
pub(crate) enum Transport {
    Emulated(Connection),
    Node(Node),
}

impl Inner {
    /// The positions, or the positions of a writer that died at work: all zero in epoch 0, at which nothing is held.
    pub(crate) fn positions(&self) -> Positions {
        position::read(&self.status).unwrap_or_default()
    }
}

impl Span {
    /// What does not change.
    pub fn facts(&self) -> &Facts {
        &self.inner.facts
    }

    /// The positions now, consistent with each other.
    pub fn positions(&self) -> Positions {
        self.inner.positions()
    }

    /// The line's configuration in force.
    pub fn config(&self) -> LineConfig {
        LineConfig::unpack(self.inner.status.load(word::CONFIG))
    }

    /// Alarms present, bits of [`kernel_rust_abi::event::alarm`].
    pub fn alarms(&self) -> u64 {
        self.inner.status.load(word::ALARMS)
    }

    /// Slots that carry payload under the configuration in force.
    pub fn usable_slots(&self) -> SlotSet {
        SlotSet::from_bits(self.inner.status.load(word::USABLE_SLOTS) as u32)
    }

    /// The monotonic counters with their names.
    pub fn counters(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        let read = |(index, name)| (name, self.inner.status.load(word::COUNTERS + index));
        status::COUNTER_NAMES.into_iter().enumerate().map(read)
    }

    /// The claim that holds a slot, 0 for none.
    pub fn claim_of(&self, slot: Slot) -> u64 {
        self.inner
            .status
            .load(word::of_slot(slot, word::SLOT_CLAIM))
    }

    /// A slot's idle code.
    pub fn idle_of(&self, slot: Slot) -> u8 {
        self.inner.status.load(word::of_slot(slot, word::SLOT_IDLE)) as u8
    }

    /// A slot's received ABCD bits, A highest.
    pub fn abcd_of(&self, slot: Slot) -> u8 {
        (self.inner.status.load(word::of_slot(slot, word::SLOT_ABCD)) & 0xf) as u8
    }

    /// Reads what a slot received, or what it sent.
    pub fn tap(&self, slot: Slot, side: Side) -> Tap {
        Tap::new(self.inner.clone(), slot, side)
    }

    /// Claims slots for sending. `holder` is what others are told when they want them too.
    ///
    /// # Errors
    /// [`Error::Busy`] names the holder; [`Error::Slots`] if some slots carry no payload on this line.
    pub fn claim(&self, slots: SlotSet, holder: &str) -> Result<Claim> {
        let unusable = slots.difference(self.usable_slots());
        if slots.is_empty() || !unusable.is_empty() {
            return Err(Error::Slots {
                slots: unusable,
                of: "the slots that this line can carry",
            });
        }
        claim::transmit(&self.inner, slots, holder)
    }

    /// Events from now on.
    pub fn events(&self) -> Events {
        Events::new(self.inner.clone())
    }

    /// Subscribes to wake-ups.
    ///
    /// # Errors
    /// Refused if the span has no place for another subscriber or cannot do what is asked.
    pub fn subscribe(&self, wake: Wake) -> Result<Wakeups> {
        Wakeups::new(self.inner.clone(), wake)
    }

    /// Configures the line. A new epoch begins.
    ///
    /// # Errors
    /// Refused if the fields do not go together, or the span cannot be configured by this caller.
    pub fn configure(&self, mut config: LineConfig) -> Result<()> {
        if let Err(unfit) = config.check() {
            return Err(Error::Layout {
                what: unfit.field,
                found: u64::from(unfit.value),
                expected: "a value that goes with the line type",
            });
        }
        match &self.inner.transport {
            Transport::Emulated(connection) => connection
                .request(kind::CONFIGURE, &config, &[])
                .and_then(crate::emulated::Answer::success)
                .map(|_| ()),
            Transport::Node(node) => node.configure(&mut config),
        }
        .map_err(|errno| Error::refused("configuring the line", errno))
    }
}

/// The descriptor to poll for the span's end: it hangs up when the card or the emulator is gone.
impl AsFd for Span {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.inner.transport {
            Transport::Emulated(connection) => connection.as_fd(),
            Transport::Node(node) => node.as_fd(),
        }
    }
}
