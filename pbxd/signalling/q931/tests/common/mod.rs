// SPDX-License-Identifier: MIT OR Apache-2.0
//! Two interfaces on a data link with a virtual clock, which can lose messages and go down.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use core::time::Duration;
use q931::cause::{Cause, CauseValue};
use q931::ie::Bearer;
use q931::message::{Message, MessageType};
use q931::{
    CallEvent, CallId, CallState, ChannelChoice, Config, Event, Extras, Interface, Location,
    Output, Setup, Side,
};

pub const NETWORK: usize = 0;
pub const USER: usize = 1;
pub const SECOND: Duration = Duration::from_secs(1);

pub struct Pair {
    pub now: Duration,
    pub ends: [Interface; 2],
    pub heard: [Vec<Event>; 2],
    /// Messages by each end, as they left.
    pub sent: [Vec<Message>; 2],
    pub transcript: String,
    /// Messages from this end vanish.
    pub deaf: [bool; 2],
    pub link: bool,
    pub establish_asked: usize,
    flying: Vec<(Duration, usize, Vec<u8>)>,
}

pub fn cause(value: CauseValue) -> Cause {
    Cause::new(Location::User, value)
}

pub fn en_bloc() -> Setup {
    Setup::en_bloc(Bearer::speech_alaw(), "5551234")
}

impl Pair {
    pub fn new() -> Self {
        Pair::with(|_| {})
    }

    pub fn with(change: impl Fn(&mut Config)) -> Self {
        let make = |side| {
            let mut config = Config::e1(side);
            change(&mut config);
            Interface::new(config)
        };
        let mut pair = Pair {
            now: Duration::ZERO,
            ends: [make(Side::Network), make(Side::User)],
            heard: [Vec::new(), Vec::new()],
            sent: [Vec::new(), Vec::new()],
            transcript: String::new(),
            deaf: [false, false],
            link: false,
            establish_asked: 0,
            flying: Vec::new(),
        };
        pair.set_link(true);
        pair.forget();
        pair
    }

    pub fn set_link(&mut self, up: bool) {
        self.link = up;
        if !up {
            self.flying.clear();
        }
        for end in &mut self.ends {
            end.input_link(self.now, up);
        }
        self.run(Duration::from_millis(100));
    }

    pub fn forget(&mut self) {
        self.heard = [Vec::new(), Vec::new()];
        self.sent = [Vec::new(), Vec::new()];
        self.transcript.clear();
    }

    pub fn drain(&mut self) {
        for end in [NETWORK, USER] {
            while let Some(output) = self.ends[end].poll_output() {
                match output {
                    Output::Event(event) => self.heard[end].push(event),
                    Output::LinkEstablish => self.establish_asked += 1,
                    Output::Data(octets) => {
                        let (message, cut) = Message::decode(&octets).unwrap();
                        assert_eq!(cut, None);
                        assert_eq!(message.encode(), octets);
                        let lost = self.deaf[end] || !self.link;
                        self.transcript.push_str(&format!(
                            "{} {}{}\n",
                            ["N>", "U>"][end],
                            message.kind,
                            if lost { " (lost)" } else { "" }
                        ));
                        self.sent[end].push(message);
                        if !lost {
                            let at = self.now + Duration::from_millis(5);
                            self.flying.push((at, 1 - end, octets));
                        }
                    }
                }
            }
        }
    }

    pub fn run(&mut self, span: Duration) {
        let end = self.now + span;
        self.drain();
        for _ in 0..500_000 {
            let data = self.flying.first().map(|flying| flying.0);
            let timer = self.ends.iter().filter_map(Interface::poll_timeout).min();
            let Some(next) = data.into_iter().chain(timer).min().filter(|n| *n <= end) else {
                self.now = end;
                return;
            };
            self.now = next.max(self.now);
            while self
                .flying
                .first()
                .is_some_and(|flying| flying.0 <= self.now)
            {
                let (_, to, octets) = self.flying.remove(0);
                self.ends[to].input_data(self.now, &octets);
                self.drain();
            }
            for end in &mut self.ends {
                if end.poll_timeout().is_some_and(|at| at <= self.now) {
                    end.handle_timeout(self.now);
                }
            }
            self.drain();
        }
        panic!("the pair never comes to rest");
    }

    pub fn settle(&mut self) {
        self.run(Duration::from_millis(100));
    }

    pub fn inject(&mut self, to: usize, octets: &[u8]) {
        self.ends[to].input_data(self.now, octets);
        self.drain();
    }

    /// Begins a call at `from`; gives its id there and at the other end.
    pub fn call(&mut self, from: usize, setup: &Setup, channel: ChannelChoice) -> (CallId, CallId) {
        let ours = self.ends[from].setup(self.now, setup, channel).unwrap();
        self.settle();
        let theirs = self.incoming(1 - from).expect("the call arrives");
        (ours, theirs)
    }

    pub fn incoming(&self, end: usize) -> Option<CallId> {
        self.heard[end].iter().rev().find_map(|event| match event {
            Event::Incoming(incoming) => Some(incoming.call),
            _ => None,
        })
    }

    /// An active call.
    pub fn active(&mut self, from: usize) -> (CallId, CallId) {
        let (ours, theirs) = self.call(from, &en_bloc(), ChannelChoice::Pick);
        let to = 1 - from;
        self.ends[to]
            .connect(self.now, theirs, &Extras::default())
            .unwrap();
        self.settle();
        assert_eq!(self.ends[from].state(ours), CallState::Active);
        assert_eq!(self.ends[to].state(theirs), CallState::Active);
        (ours, theirs)
    }

    /// The cause that a call was released with, if it was; it is released once.
    pub fn released(&self, end: usize, call: CallId) -> Option<CauseValue> {
        let mut causes = self.heard[end].iter().filter_map(|event| match event {
            Event::Call {
                call: of,
                event: CallEvent::Released { cause },
            } if *of == call => Some(cause.value),
            _ => None,
        });
        let first = causes.next();
        assert_eq!(causes.next(), None, "released twice");
        first
    }

    pub fn events(&self, end: usize, of: CallId) -> Vec<&CallEvent> {
        self.heard[end]
            .iter()
            .filter_map(|event| match event {
                Event::Call { call, event } if *call == of => Some(event),
                _ => None,
            })
            .collect()
    }

    pub fn last(&self, end: usize) -> &Message {
        self.sent[end].last().expect("a message was sent")
    }

    pub fn kinds(&self, end: usize) -> Vec<MessageType> {
        self.sent[end].iter().map(|message| message.kind).collect()
    }

    pub fn assert_idle(&self) {
        for end in &self.ends {
            assert_eq!(end.calls().count(), 0);
            assert!(end.busy_slots().is_empty());
            assert_eq!(end.counters().illegal_transitions, 0);
        }
    }
}
