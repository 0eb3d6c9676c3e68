// SPDX-License-Identifier: MIT OR Apache-2.0
//! Our data link and call machine on one end of a D channel, libpri on the other, in real time.

use crate::exchange::Exchange;
use crate::pcap::{Way, Writer};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use q921::{Indication, Link};
use q931::cause::CauseValue;
use q931::{CallEvent, CallId, CallState, Config, Event, Interface, Output, Side, Timer};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long an expected thing may take.
const PATIENCE: Duration = Duration::from_secs(4);

/// What a case gives: nothing, or what went wrong.
pub type Outcome = Result<(), String>;

/// Timer values for one bench, the same on both ends.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// T200 of the data link.
    pub t200: Duration,
    /// T203 of the data link.
    pub t203: Duration,
    /// T309.
    pub t309: Duration,
}

impl Pace {
    /// The usual values, which no case waits for.
    pub const USUAL: Pace = Pace {
        t200: Duration::from_secs(1),
        t203: Duration::from_secs(10),
        t309: Duration::from_secs(6),
    };
    /// Quick detection of a lost link, for the cases that lose it.
    pub const QUICK: Pace = Pace {
        t200: Duration::from_millis(200),
        t203: Duration::from_millis(700),
        t309: Duration::from_secs(4),
    };
}

/// How a bench is set up.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Our side; libpri has the other.
    pub side: Side,
    /// Timers.
    pub pace: Pace,
    /// CONNECT ACKNOWLEDGE only on command, on both ends.
    pub manual_connect: bool,
}

/// Both ends and what they reported.
#[derive(Debug)]
pub struct Bench {
    /// Our call machine.
    pub interface: Interface,
    /// No frame crosses.
    pub cut: bool,
    /// Events of ours not yet asked for.
    pub events: Vec<Event>,
    /// Lines of the peer not yet asked for.
    pub reports: Vec<String>,
    /// Layer 3 messages received since the start, for those who count.
    pub messages_in: Vec<Vec<u8>>,
    link: Link,
    peer: Exchange,
    side: Side,
    start: Instant,
}

/// The captured frames of a run, shared by its benches.
#[derive(Debug)]
pub struct Capture {
    /// The pcap.
    pub writer: Writer<BufWriter<File>>,
    /// All frames, for the corpus.
    pub frames: Vec<Vec<u8>>,
    start: Instant,
}

impl Capture {
    /// Starts a capture file.
    ///
    /// # Errors
    /// What the file system says.
    pub fn create(path: &Path) -> std::io::Result<Capture> {
        Ok(Capture {
            writer: Writer::new(BufWriter::new(File::create(path)?))?,
            frames: Vec::new(),
            start: Instant::now(),
        })
    }

    fn note(&mut self, way: Way, side: Side, frame: &[u8]) {
        let at = self.start.elapsed();
        // A capture that cannot be written shows itself in the check of its frames.
        let _ = self.writer.frame(at, way, side == Side::Network, frame);
        self.frames.push(frame.to_vec());
    }
}

impl Bench {
    /// Starts libpri and brings the data link up.
    ///
    /// # Errors
    /// The peer does not start or the link does not come up.
    pub fn start(
        program: &Path,
        dir: &Path,
        setting: Setting,
        capture: &mut Capture,
    ) -> Result<Bench, String> {
        let role = match setting.side {
            Side::Network => "cpe",
            Side::User => "net",
        };
        let timer = |name: &str, value: Duration| format!("{name}={}", value.as_millis());
        let timers = [
            timer("T200", setting.pace.t200),
            timer("T203", setting.pace.t203),
            timer("T309", setting.pace.t309),
        ];
        let mut arguments = vec!["--role", role, "--overlap"];
        for timer in &timers {
            arguments.extend(["--timer", timer]);
        }
        if setting.manual_connect {
            arguments.push("--manual-connect-ack");
        }
        let peer = Exchange::start(program, dir, &arguments)?;
        let mut data_link = q921::Config::pri(setting.side);
        data_link.t200 = setting.pace.t200;
        data_link.t203 = setting.pace.t203;
        let mut config = Config::e1(setting.side);
        config.timers.set(Timer::T309, Some(setting.pace.t309));
        config.acknowledge_connect = !setting.manual_connect;
        let mut bench = Bench {
            interface: Interface::new(config),
            cut: false,
            events: Vec::new(),
            reports: Vec::new(),
            messages_in: Vec::new(),
            link: Link::new(data_link),
            peer,
            side: setting.side,
            start: Instant::now(),
        };
        bench.link.layer1(bench.now(), true);
        bench.until(capture, "the data link comes up", |b| {
            b.interface.is_link_up() && b.reports.iter().any(|r| r == "up")
        })?;
        Ok(bench)
    }

    /// The time of both machines.
    pub fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// Our data link.
    pub fn link(&self) -> &Link {
        &self.link
    }

    /// Gives the peer a command.
    ///
    /// # Errors
    /// It has ended.
    pub fn tell(&mut self, command: &str) -> Outcome {
        self.peer.command(command)
    }

    /// Lets time pass while both ends work.
    pub fn run(&mut self, capture: &mut Capture, span: Duration) {
        let end = Instant::now() + span;
        while Instant::now() < end {
            self.step(capture);
        }
    }

    /// Waits until something holds.
    ///
    /// # Errors
    /// It does not within a few seconds; says what, and what was seen instead.
    pub fn until(
        &mut self,
        capture: &mut Capture,
        what: &str,
        holds: impl Fn(&Bench) -> bool,
    ) -> Outcome {
        self.within(capture, PATIENCE, what, holds)
    }

    /// As [`Bench::until`], with its own patience.
    ///
    /// # Errors
    /// As [`Bench::until`].
    pub fn within(
        &mut self,
        capture: &mut Capture,
        patience: Duration,
        what: &str,
        holds: impl Fn(&Bench) -> bool,
    ) -> Outcome {
        let end = Instant::now() + patience;
        while !holds(self) {
            if Instant::now() > end {
                let calls: Vec<_> = self.interface.calls().collect();
                let states: Vec<CallState> =
                    calls.iter().map(|c| self.interface.state(*c)).collect();
                return Err(format!(
                    "expected: {what}; peer said {:?}; we heard {:?}; states {states:?}",
                    self.reports, self.events
                ));
            }
            self.step(capture);
        }
        Ok(())
    }

    /// Waits for a line of the peer that begins so, and takes it.
    ///
    /// # Errors
    /// It does not come.
    pub fn report(&mut self, capture: &mut Capture, prefix: &str) -> Result<String, String> {
        self.until(capture, &format!("peer reports {prefix}"), |b| {
            b.reports.iter().any(|r| r.starts_with(prefix))
        })?;
        let at = self.reports.iter().position(|r| r.starts_with(prefix));
        Ok(at.map(|at| self.reports.remove(at)).unwrap_or_default())
    }

    /// Waits until a call of ours is in a state.
    ///
    /// # Errors
    /// It does not get there.
    pub fn state(&mut self, capture: &mut Capture, call: CallId, number: u8) -> Outcome {
        self.until(capture, &format!("state {number}"), |b| {
            b.interface.state(call).number() == number
        })
    }

    /// The cause that a call was released with.
    pub fn released(&self, call: CallId) -> Option<CauseValue> {
        self.events.iter().find_map(|event| match event {
            Event::Call {
                call: of,
                event: CallEvent::Released { cause },
            } if *of == call => Some(cause.value),
            _ => None,
        })
    }

    /// The latest call of the peer.
    pub fn incoming(&self) -> Option<&q931::Incoming> {
        self.events.iter().rev().find_map(|event| match event {
            Event::Incoming(incoming) => Some(&**incoming),
            _ => None,
        })
    }

    fn step(&mut self, capture: &mut Capture) {
        self.drain(capture);
        let deadlines = [self.link.poll_timeout(), self.interface.poll_timeout()];
        let now = self.now();
        let wait = deadlines
            .into_iter()
            .flatten()
            .min()
            .map_or(5, |at| at.saturating_sub(now).as_millis().min(5) as u8);
        let mut fds = [PollFd::new(self.peer.line(), PollFlags::POLLIN)];
        let _ = poll(&mut fds, PollTimeout::from(wait));
        while let Some(frame) = self.peer.receive() {
            if !self.cut {
                capture.note(Way::In, self.side, &frame);
                self.link.input_frame(self.now(), &frame);
                self.drain(capture);
            }
        }
        let now = self.now();
        self.link.handle_timeout(now);
        self.interface.handle_timeout(now);
        while let Some(report) = self.peer.report() {
            self.reports.push(report);
        }
        self.drain(capture);
    }

    /// Moves what each layer has to say to the next, until all are silent.
    fn drain(&mut self, capture: &mut Capture) {
        loop {
            let now = self.now();
            if let Some(output) = self.interface.poll_output() {
                match output {
                    // Refused only while the link is down, when the machine sends nothing.
                    Output::Data(message) => drop(self.link.data_request(now, message)),
                    Output::LinkEstablish => drop(self.link.establish_request(now)),
                    Output::Event(event) => self.events.push(event),
                }
            } else if let Some(output) = self.link.poll_output() {
                match output {
                    q921::Output::Frame(frame) => {
                        if !self.cut {
                            capture.note(Way::Out, self.side, &frame);
                            self.peer.send(&frame);
                        }
                    }
                    q921::Output::Indication(Indication::Established) => {
                        self.interface.input_link(now, true);
                    }
                    q921::Output::Indication(Indication::Released) => {
                        self.interface.input_link(now, false);
                    }
                    q921::Output::Indication(Indication::Data(message)) => {
                        self.messages_in.push(message.clone());
                        self.interface.input_data(now, &message);
                    }
                    q921::Output::Indication(_) => {}
                }
            } else {
                return;
            }
        }
    }
}
