// SPDX-License-Identifier: MIT OR Apache-2.0
//! A data channel over one slot: HDLC frames in and out of the rings.
//!
//! A [`DChannel`] is visited by its owner, typically every 10 ms, with [`DChannel::poll`]. It reads what was received since the
//! last visit, and keeps flags in the transmit ring for some time ahead, so that the line never falls back to the driver's
//! idle code, which would change the bit phase. A frame that is handed to [`DChannel::send`] goes over those flags at once,
//! as near to the line as the ring allows.
//!
//! Nothing here waits, and nothing here knows what the frames mean.

mod receive;
mod send;

pub use receive::{Arrived, ReceiveCounters};
pub use send::{Refused, SendCounters};

use receive::Receiver;
use send::Sender;
use tdm::{Claim, Side, Slot, SlotSet, Span, Tap, Transmit};
use tdm_line::hdlc::{self, Limits, Rate};

/// How a data channel is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Bits of each octet that carry the channel.
    pub rate: Rate,
    /// Shortest and longest frame in octets, without the check sequence.
    pub limits: Limits,
    /// How far ahead flags are kept, in frames of 125 µs; more than the longest time between two visits. It adds no delay.
    pub horizon: u64,
    /// Frames that may wait to be sent.
    pub queue: usize,
}

impl Settings {
    /// LAPD at 64 kbit/s, with flags for 100 ms and 32 frames of queue.
    pub const LAPD: Self = Self {
        rate: Rate::Full,
        limits: Limits::LAPD,
        horizon: 800,
        queue: 32,
    };
}

/// What happened on a channel since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// What the frame decoder saw.
    pub hdlc: hdlc::Counters,
    /// Receiving.
    pub receive: ReceiveCounters,
    /// Sending.
    pub send: SendCounters,
}

/// HDLC frames over one slot.
#[derive(Debug)]
pub struct DChannel {
    receiver: Receiver,
    sender: Sender,
    claim: Option<Claim>,
}

impl DChannel {
    /// Claims a slot, sets its idle code to flags, and runs a channel over it. `holder` is what others are told who want the
    /// slot too.
    ///
    /// # Errors
    /// Those of [`Span::claim`].
    pub fn open(span: &Span, slot: Slot, holder: &str, settings: Settings) -> tdm::Result<Self> {
        let slots = SlotSet::of(slot);
        let claim = span.claim(slots, holder)?;
        claim.set_idle(slots, hdlc::FLAG)?;
        let transmit = claim.transmit(slot)?;
        let mut channel = Self::new(span.tap(slot, Side::Receive), transmit, settings);
        channel.claim = Some(claim);
        Ok(channel)
    }

    /// A channel over a slot that the caller holds. The slot's idle code should be [`hdlc::FLAG`].
    #[must_use]
    pub fn new(tap: Tap, transmit: Transmit, settings: Settings) -> Self {
        Self {
            receiver: Receiver::new(tap, &settings),
            sender: Sender::new(transmit, &settings),
            claim: None,
        }
    }

    /// Reads what was received since the last visit, hands every good frame to `arrived`, and keeps the transmit ring filled.
    pub fn poll(&mut self, arrived: impl FnMut(Arrived<'_>)) {
        self.receiver.poll(arrived);
        self.sender.fill();
    }

    /// Sends a frame (address to information; the check sequence is added), after those that wait already.
    ///
    /// # Errors
    /// [`Refused`] if the queue is full or the frame's length is outside the limits.
    pub fn send(&mut self, frame: &[u8]) -> Result<(), Refused> {
        self.sender.send(frame)
    }

    /// Frames that wait or are on their way into the ring.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.sender.queued()
    }

    /// Whether every frame that was handed over is beyond recall on its way to the line.
    #[must_use]
    pub fn is_flushed(&self) -> bool {
        self.sender.is_flushed()
    }

    /// Drops the frames that wait and aborts the one in progress: layer 2 starts anew.
    pub fn discard(&mut self) {
        self.sender.discard();
    }

    /// Whether flags are being received.
    #[must_use]
    pub fn in_sync(&self) -> bool {
        self.receiver.in_sync()
    }

    /// The counters.
    #[must_use]
    pub fn counters(&self) -> Counters {
        Counters {
            hdlc: self.receiver.hdlc(),
            receive: self.receiver.counters(),
            send: self.sender.counters(),
        }
    }

    /// The claim, if the channel made it.
    #[must_use]
    pub fn claim(&self) -> Option<&Claim> {
        self.claim.as_ref()
    }
}
