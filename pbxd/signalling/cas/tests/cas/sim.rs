// SPDX-License-Identifier: MIT OR Apache-2.0
//! Two channels, a line between them, and users who call and answer.

use cas::timing::ms;
use cas::{Channel, Config, Event, Frame, Kind, Notice, Output, State};
use std::collections::VecDeque;
use tdm_line::abcd::Abcd;

/// What is wrong with the line from end 1 to end 0 and back, and when.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fault {
    pub(crate) at: Frame,
    pub(crate) what: What,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum What {
    #[default]
    Nothing,
    /// Other bits for so many frames, towards this end.
    Glitch(usize, Frame, u8),
    /// Nothing new comes through towards this end for so many frames.
    Frozen(usize, Frame),
    /// Carrier failure at both ends for so many frames.
    Failure(Frame),
}

pub(crate) struct End {
    pub(crate) channel: Channel,
    /// What the far end sent and has not arrived: when, stamp, bits.
    arriving: VecDeque<(Frame, Abcd)>,
    /// What the line shows this end now.
    shown: Abcd,
    /// What is to be asked for, and when.
    pub(crate) wishes: Vec<(Frame, Event)>,
    pub(crate) notices: Vec<(Frame, Notice)>,
    pub(crate) digits: Vec<u8>,
    pub(crate) sent: Vec<(Frame, Abcd)>,
    /// Who hangs up after an answer, and digits to pulse.
    hangs_up: bool,
    dial: Option<&'static str>,
}

impl End {
    fn count(&self, notice: Notice) -> u64 {
        self.notices.iter().filter(|(_, n)| *n == notice).count() as u64
    }
}

pub(crate) struct Line {
    pub(crate) now: Frame,
    pub(crate) ends: [End; 2],
    delay: Frame,
    jitter: u64,
    seed: u64,
    fault: Fault,
    fault_state: u8,
}

impl Line {
    pub(crate) fn new(configs: [Config; 2], delay: Frame, jitter: u64) -> Line {
        let end = |config: Config| End {
            channel: Channel::new(config, 0),
            arriving: VecDeque::new(),
            shown: Abcd::from_bits(
                config
                    .kind
                    .far()
                    .robbed_bits()
                    .bits(config.kind.far().idle())
                    .unwrap()
                    .bits(),
            ),
            wishes: Vec::new(),
            notices: Vec::new(),
            digits: Vec::new(),
            sent: Vec::new(),
            hangs_up: false,
            dial: None,
        };
        let mut line = Line {
            now: 0,
            ends: configs.map(end),
            delay,
            jitter,
            seed: 1,
            fault: Fault::default(),
            fault_state: 0,
        };
        line.drain();
        line
    }

    pub(crate) fn of(kind: Kind) -> Line {
        Line::new([kind, kind.far()].map(Config::robbed_bit), ms(5), ms(3))
    }

    pub(crate) fn with(mut self, fault: Fault) -> Line {
        self.fault = fault;
        self
    }

    /// End `caller` calls now; `first` hangs up two seconds after the answer.
    pub(crate) fn call(&mut self, caller: usize, first: usize, dial: Option<&'static str>) {
        self.ends[first].hangs_up = true;
        self.ends[1 - first].hangs_up = false;
        self.ends[caller].dial = dial;
        let now = self.now;
        self.ends[caller].wishes.push((now, Event::Seize));
        self.wish();
    }

    fn random(&mut self) -> u64 {
        self.seed = self
            .seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.seed >> 33
    }

    /// The users' wishes that are due.
    fn wish(&mut self) {
        for end in &mut self.ends {
            let now = self.now;
            let due: Vec<Event> = end
                .wishes
                .iter()
                .filter(|w| w.0 <= now)
                .map(|w| w.1)
                .collect();
            end.wishes.retain(|wish| wish.0 > now);
            for event in due {
                let state = end.channel.state();
                let dial = end
                    .dial
                    .filter(|_| event == Event::DigitsSent && state == State::Sending);
                if let Some(digits) = dial {
                    let _ = end.channel.dial_pulses(now, digits);
                } else {
                    // What does not fit any more is refused, as it must be.
                    let _ = end.channel.request(now, event);
                }
            }
        }
        self.drain();
    }

    fn drain(&mut self) {
        for side in 0..2 {
            while let Some(output) = self.ends[side].channel.poll_output() {
                match output {
                    Output::Bits { frame, bits } => {
                        assert!(frame >= self.now, "a command must not be late");
                        self.ends[side].sent.push((frame, bits));
                        let jitter = if self.jitter == 0 {
                            0
                        } else {
                            self.random() % self.jitter
                        };
                        let queue = &mut self.ends[1 - side].arriving;
                        let soonest = queue.back().map_or(0, |last| last.0 + 1);
                        queue.push_back(((frame + self.delay + jitter).max(soonest), bits));
                    }
                    Output::Notice(notice) => self.noticed(side, notice),
                    Output::Digit(pulses) => self.ends[side].digits.push(pulses % 10),
                    Output::Tone { .. } => panic!("no tone on a line of bits"),
                }
            }
        }
    }

    /// What a user does about a notice.
    fn noticed(&mut self, side: usize, notice: Notice) {
        let now = self.now;
        let end = &mut self.ends[side];
        end.notices.push((now, notice));
        let state = end.channel.state();
        let mut wish = |after: u32, event| end.wishes.push((now + ms(after), event));
        match notice {
            Notice::Ready | Notice::SendNumber => wish(1_000, Event::DigitsSent),
            Notice::Seized if matches!(state, State::RingIn | State::Active) => {
                wish(3_000, Event::Answer);
                // A station of loop start is not told that the office has gone; its user hears it.
                wish(20_000, Event::Hangup);
            }
            Notice::Seized => {
                wish(9_000, Event::Accept);
                wish(11_500, Event::Accept);
                wish(10_500, Event::Answer);
                wish(30_000, Event::Hangup);
            }
            Notice::Disconnected | Notice::DigitTimeout => wish(500, Event::Hangup),
            Notice::Answered => {
                wish(20_000, Event::Hangup);
                if end.hangs_up {
                    wish(2_000, Event::Hangup);
                }
            }
            Notice::Released => end.wishes.clear(),
            _ => {}
        }
        // The one who is to hang up may be the one who answers.
        if notice == Notice::Seized && end.hangs_up {
            end.wishes.push((now + ms(14_000), Event::Hangup));
        }
    }

    fn inject(&mut self) {
        let Fault { at, what } = self.fault;
        let (end, length) = match what {
            What::Nothing => return,
            What::Glitch(end, length, _) | What::Frozen(end, length) => (Some(end), length),
            What::Failure(length) => (None, length),
        };
        if self.fault_state == 0 && self.now >= at {
            self.fault_state = 1;
            match (what, end) {
                (What::Glitch(_, _, bits), Some(end)) => {
                    let other = Abcd::from_bits(bits);
                    self.ends[end].channel.input(self.now, self.now, other);
                }
                (What::Failure(_), _) => {
                    for end in &mut self.ends {
                        end.channel.carrier_failure(self.now, true);
                    }
                }
                _ => {}
            }
        } else if self.fault_state == 1 && self.now >= at + length {
            self.fault_state = 2;
            if let Some(end) = end {
                let shown = self.ends[end].shown;
                self.ends[end].channel.input(self.now, self.now, shown);
            } else {
                for end in &mut self.ends {
                    end.channel.carrier_failure(self.now, false);
                    let shown = end.shown;
                    end.channel.input(self.now, self.now, shown);
                }
            }
        }
    }

    /// Lets time go on until nothing happens any more, or until `end`.
    pub(crate) fn run(&mut self, end: Frame) {
        for _ in 0..100_000 {
            let mut next = end;
            for side in &self.ends {
                let arrival = side.arriving.front().map(|a| a.0);
                let wish = side.wishes.iter().map(|w| w.0).min();
                for time in [arrival, wish, side.channel.poll_timeout()]
                    .into_iter()
                    .flatten()
                {
                    next = next.min(time);
                }
            }
            let fault = match self.fault_state {
                0 if self.fault.what != What::Nothing => self.fault.at,
                1 => match self.fault.what {
                    What::Glitch(_, l, _) | What::Frozen(_, l) | What::Failure(l) => {
                        self.fault.at + l
                    }
                    What::Nothing => end,
                },
                _ => end,
            };
            self.now = self.now.max(next.min(fault));
            if self.now >= end {
                return;
            }
            self.inject();
            let hidden = self.fault_state == 1;
            for (place, side) in self.ends.iter_mut().enumerate() {
                while let Some((at, bits)) =
                    side.arriving.front().copied().filter(|a| a.0 <= self.now)
                {
                    side.arriving.pop_front();
                    side.shown = bits;
                    let frozen = matches!(self.fault.what, What::Frozen(e, _) if e == place)
                        || matches!(self.fault.what, What::Failure(_));
                    if !(hidden && frozen) {
                        side.channel.input(self.now, at, bits);
                    }
                }
                side.channel.handle_timeout(self.now);
            }
            self.drain();
            self.wish();
        }
        panic!("time does not come to rest");
    }

    /// Both are at rest, every call has ended once.
    pub(crate) fn assert_at_rest(&self, what: &str) {
        for (place, end) in self.ends.iter().enumerate() {
            let place = if place == 0 { "first" } else { "second" };
            assert_eq!(
                end.channel.state(),
                State::Idle,
                "{what}: {place} end, {:?}",
                end.notices
            );
            assert_eq!(
                end.channel.counters().calls,
                end.count(Notice::Released),
                "{what}: {place}, {:?}",
                end.notices
            );
            assert_eq!(end.channel.counters().outputs_lost, 0, "{what}");
        }
    }

    pub(crate) fn violations(&self) -> u64 {
        self.ends
            .iter()
            .map(|end| end.channel.counters().violations)
            .sum()
    }

    pub(crate) fn told(&self, side: usize) -> Vec<Notice> {
        self.ends[side].notices.iter().map(|n| n.1).collect()
    }
}
