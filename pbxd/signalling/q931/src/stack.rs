// SPDX-License-Identifier: MIT OR Apache-2.0
//! One D channel from frames to calls: the data link and the call machine on it.

use crate::{Config, Event, Interface, Output};
use core::time::Duration;
use q921::{Indication, Link};
use std::collections::VecDeque;

/// One thing to do for the caller of a [`Stack`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StackOutput {
    /// A frame for the D channel, address to information.
    Frame(Vec<u8>),
    /// Something happened to calls, channels or the link.
    Event(Event),
    /// The data link reports an error of procedure.
    LinkError(q921::ErrorCode),
    /// The peer speaks as our own side does: both ends are configured alike, or the line is looped.
    SameSide,
}

/// A [`Link`] with an [`Interface`] on it, and the traffic between the two.
///
/// Requests go to [`Stack::interface`]; after each of them, and after every other call that takes `now`,
/// drain [`Stack::poll_output`] until it returns `None`, then arm one timer for [`Stack::poll_timeout`].
#[derive(Debug)]
pub struct Stack {
    link: Link,
    interface: Interface,
    ready: VecDeque<StackOutput>,
    refused: u64,
}

impl Stack {
    /// A stack whose line is down.
    pub fn new(link: q921::Config, interface: Config) -> Self {
        Stack {
            link: Link::new(link),
            interface: Interface::new(interface),
            ready: VecDeque::new(),
            refused: 0,
        }
    }

    /// The data link, to look at.
    pub fn link(&self) -> &Link {
        &self.link
    }

    /// The call machine, to look at.
    pub fn calls(&self) -> &Interface {
        &self.interface
    }

    /// The call machine, for requests.
    pub fn interface(&mut self) -> &mut Interface {
        &mut self.interface
    }

    /// Messages that the data link did not take, because it was down or its queue full.
    pub fn refused_messages(&self) -> u64 {
        self.refused
    }

    /// The line came up or went down.
    pub fn layer1(&mut self, now: Duration, up: bool) {
        self.link.layer1(now, up);
    }

    /// A frame came over the D channel.
    pub fn input_frame(&mut self, now: Duration, octets: &[u8]) {
        self.link.input_frame(now, octets);
    }

    /// The next thing to do for the caller, oldest first.
    pub fn poll_output(&mut self, now: Duration) -> Option<StackOutput> {
        while self.ready.is_empty() && self.exchange(now) {}
        self.ready.pop_front()
    }

    /// When [`Stack::handle_timeout`] is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Duration> {
        match (self.link.poll_timeout(), self.interface.poll_timeout()) {
            (Some(link), Some(interface)) => Some(link.min(interface)),
            (link, interface) => link.or(interface),
        }
    }

    /// Runs what is due.
    pub fn handle_timeout(&mut self, now: Duration) {
        if self.link.poll_timeout().is_some_and(|due| due <= now) {
            self.link.handle_timeout(now);
        }
        if self.interface.poll_timeout().is_some_and(|due| due <= now) {
            self.interface.handle_timeout(now);
        }
    }

    /// Moves one output between the two machines; false when neither has any.
    fn exchange(&mut self, now: Duration) -> bool {
        if let Some(output) = self.link.poll_output() {
            match output {
                q921::Output::Frame(octets) => self.ready.push_back(StackOutput::Frame(octets)),
                q921::Output::Indication(indication) => self.indication(now, indication),
            }
            return true;
        }
        let Some(output) = self.interface.poll_output() else {
            return false;
        };
        match output {
            Output::Data(octets) => {
                if self.link.data_request(now, octets).is_err() {
                    self.refused += 1;
                }
            }
            // Without layer 1 there is nothing to establish; the link keeps itself up when it returns.
            Output::LinkEstablish => {
                if self.link.establish_request(now).is_err() {
                    self.refused += 1;
                }
            }
            Output::Event(event) => self.ready.push_back(StackOutput::Event(event)),
        }
        true
    }

    fn indication(&mut self, now: Duration, indication: Indication) {
        match indication {
            Indication::Established => self.interface.input_link(now, true),
            Indication::Released => self.interface.input_link(now, false),
            Indication::Data(octets) | Indication::UnitData(octets) => {
                self.interface.input_data(now, &octets);
            }
            Indication::Error(code) => self.ready.push_back(StackOutput::LinkError(code)),
            Indication::SameSide => self.ready.push_back(StackOutput::SameSide),
        }
    }
}
