// SPDX-License-Identifier: MIT OR Apache-2.0
//! Two links on a line with a virtual clock and knobs for what a line does to frames.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use core::time::Duration;
use q921::frame::{Control, Frame, Supervisory, Unnumbered};
use q921::{Config, Indication, Link, Output, Side};

pub const NETWORK: usize = 0;
pub const USER: usize = 1;

/// What the line does, each in per mille; deterministic from the seed.
#[derive(Clone, Copy, Default)]
pub struct Line {
    pub loss: u32,
    pub duplicate: u32,
    pub reorder: u32,
    /// The line is cut.
    pub cut: bool,
}

struct Flying {
    at: Duration,
    order: u64,
    to: usize,
    octets: Vec<u8>,
}

pub struct Pair {
    pub now: Duration,
    pub links: [Link; 2],
    pub line: Line,
    pub delay: Duration,
    pub heard: [Vec<Indication>; 2],
    pub transcript: String,
    flying: Vec<Flying>,
    order: u64,
    random: u64,
}

impl Pair {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    pub fn with(change: impl Fn(&mut Config)) -> Self {
        let make = |side| {
            let mut config = Config::pri(side);
            change(&mut config);
            Link::new(config)
        };
        Pair {
            now: Duration::ZERO,
            links: [make(Side::Network), make(Side::User)],
            line: Line::default(),
            delay: Duration::from_millis(2),
            heard: [Vec::new(), Vec::new()],
            transcript: String::new(),
            flying: Vec::new(),
            order: 0,
            random: 0x9e37_79b9_7f4a_7c15,
        }
    }

    /// Both layers 1 up and the link established.
    pub fn up() -> Self {
        let mut pair = Pair::new();
        pair.connect();
        pair
    }

    pub fn connect(&mut self) {
        for end in [NETWORK, USER] {
            self.links[end].layer1(self.now, true);
        }
        self.run(Duration::from_millis(100));
        assert!(self.established());
        self.heard = [Vec::new(), Vec::new()];
        self.transcript.clear();
    }

    pub fn established(&self) -> bool {
        self.links.iter().all(|l| l.state().established())
    }

    fn chance(&mut self, per_mille: u32) -> bool {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % 1000 < u64::from(per_mille)
    }

    pub fn inject(&mut self, to: usize, octets: &[u8]) {
        self.links[to].input_frame(self.now, octets);
        self.drain();
    }

    pub fn send(&mut self, from: usize, message: &[u8]) {
        self.links[from]
            .data_request(self.now, message.to_vec())
            .unwrap();
        self.drain();
    }

    pub fn drain(&mut self) {
        for end in [NETWORK, USER] {
            while let Some(output) = self.links[end].poll_output() {
                match output {
                    Output::Indication(indication) => {
                        self.note(&format!("{} {indication:?}", ["N ^", "U ^"][end]));
                        self.heard[end].push(indication);
                    }
                    Output::Frame(octets) => self.launch(end, octets),
                }
            }
        }
    }

    fn note(&mut self, text: &str) {
        let ms = self.now.as_millis();
        self.transcript.push_str(&format!("{ms:>6} {text}\n"));
    }

    fn launch(&mut self, from: usize, octets: Vec<u8>) {
        let text = describe(&octets);
        if self.line.cut || self.chance(self.line.loss) {
            return self.note(&format!("{} {text} (lost)", ["N>", "U>"][from]));
        }
        self.note(&format!("{} {text}", ["N>", "U>"][from]));
        let copies = if self.chance(self.line.duplicate) {
            2
        } else {
            1
        };
        for _ in 0..copies {
            let late = if self.chance(self.line.reorder) { 4 } else { 1 };
            self.order += 1;
            self.flying.push(Flying {
                at: self.now + self.delay * late,
                order: self.order,
                to: 1 - from,
                octets: octets.clone(),
            });
        }
    }

    /// Lets `span` of virtual time pass.
    pub fn run(&mut self, span: Duration) {
        let end = self.now + span;
        self.drain();
        for _ in 0..2_000_000 {
            let frame = self.flying.iter().map(|f| f.at).min();
            let timer = self.links.iter().filter_map(Link::poll_timeout).min();
            let Some(next) = frame.into_iter().chain(timer).min().filter(|n| *n <= end) else {
                self.now = end;
                return;
            };
            self.now = next.max(self.now);
            self.flying.sort_by_key(|f| (f.at, f.order));
            while self.flying.first().is_some_and(|f| f.at <= self.now) {
                let flying = self.flying.remove(0);
                self.links[flying.to].input_frame(self.now, &flying.octets);
                self.drain();
            }
            for end in [NETWORK, USER] {
                if self.links[end]
                    .poll_timeout()
                    .is_some_and(|at| at <= self.now)
                {
                    self.links[end].handle_timeout(self.now);
                }
            }
            self.drain();
        }
        panic!("the pair never comes to rest");
    }

    pub fn data(&self, end: usize) -> Vec<Vec<u8>> {
        self.heard[end]
            .iter()
            .filter_map(|i| match i {
                Indication::Data(data) => Some(data.clone()),
                _ => None,
            })
            .collect()
    }
}

pub fn describe(octets: &[u8]) -> String {
    let Ok(frame) = Frame::decode(octets) else {
        return format!("? {octets:02x?}");
    };
    let bit = |b: bool| u8::from(b);
    let what = match frame.control {
        Control::Information { ns, nr, poll, .. } => format!("I ns={ns} nr={nr} p={}", bit(poll)),
        Control::Supervisory { kind, nr, pf } => {
            let name = match kind {
                Supervisory::Rr => "RR",
                Supervisory::Rnr => "RNR",
                Supervisory::Rej => "REJ",
            };
            format!("{name} nr={nr} pf={}", bit(pf))
        }
        Control::Unnumbered { kind, pf } => {
            let name = match kind {
                Unnumbered::Sabme => "SABME",
                Unnumbered::Dm => "DM",
                Unnumbered::Ui(_) => "UI",
                Unnumbered::Disc => "DISC",
                Unnumbered::Ua => "UA",
                Unnumbered::Frmr(_) => "FRMR",
                Unnumbered::Xid(_) => "XID",
            };
            format!("{name} pf={}", bit(pf))
        }
    };
    format!("{what} cr={}", bit(frame.address.cr))
}
