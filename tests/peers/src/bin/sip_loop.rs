// SPDX-License-Identifier: MIT OR Apache-2.0
//! Runs `sip-session` over real UDP sockets on this host, against SIPp.
//!
//! `sip_loop check` plays every scenario of the table below with the `sipp` program and
//! says which passed. `sip_loop uas ADDRESS` answers calls until it is interrupted.
//! What the answering side does with a call is in the number that is called.
#![forbid(unsafe_code)]

use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use sip_msg::typed::{NameAddr, Reason};
use sip_msg::{Body, Header, Host, RawHeader, SipUri};
use sip_session::{Config, EndCause, Endpoint, Event, Invite, Output, SessionId};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const HELP: &str = "\
sip_loop: sip-session over UDP, against SIPp

usage: sip_loop check [--sipp PROGRAM] [NAME…]   play the scenarios, all or the named ones
       sip_loop uas ADDRESS                      answer calls; the number called says how:
           busy     486 with Q.850 cause 17
           early    183 with a session description, then 200
           ring     180 and nothing more
           glare    200, and a re-INVITE of our own as soon as the ACK is there
           bye      200, and BYE 100 ms after the ACK
           (other)  180, and 200 after 50 ms
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        [] | ["--help" | "-h", ..] => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        ["check", "--sipp", program, names @ ..] => check(program, names),
        ["check", names @ ..] => check("sipp", names),
        ["uas", address] => address
            .parse()
            .map_err(Failure::from)
            .and_then(|a| Agent::bind(a, Vec::new()))
            .map(|mut agent| agent.run(&AtomicBool::new(false), None)),
        _ => Err(format!("unknown arguments; see --help\n{HELP}").into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("sip_loop: {e}");
            ExitCode::FAILURE
        }
    }
}

fn session_description(port: u16) -> Body {
    Body::sdp(format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0 8\r\n"
    ))
}

/// Something to do later.
struct Later {
    at: Duration,
    session: SessionId,
    what: Deed,
}

#[derive(Clone, Copy, PartialEq)]
enum Deed {
    Answer,
    Hangup,
    Reinvite,
}

/// What a calling agent does with its call.
#[derive(Clone, Copy, PartialEq)]
enum Plan {
    /// Hang up 100 ms after the answer.
    Talk,
    /// Cancel 200 ms after the call began.
    Cancel,
    /// Call without an offer.
    Delayed,
    /// Change the session after the answer, then hang up.
    Reinvite,
    /// Let the other side hang up.
    Wait,
}

/// An endpoint on a socket.
struct Agent {
    socket: UdpSocket,
    local: SocketAddr,
    endpoint: Endpoint,
    began: Instant,
    later: Vec<Later>,
    numbers: Vec<(SessionId, String)>,
    plans: Vec<Plan>,
    /// How the sessions ended, in the order they did.
    ends: Vec<EndCause>,
    /// Events that came, by name, for the checks.
    seen: Vec<&'static str>,
}

impl Agent {
    fn bind(address: SocketAddr, plans: Vec<Plan>) -> Result<Self, Failure> {
        let socket = UdpSocket::bind(address)?;
        let local = socket.local_addr()?;
        let mut seed = [0; 32];
        std::io::Read::read_exact(&mut std::fs::File::open("/dev/urandom")?, &mut seed)?;
        Ok(Self {
            socket,
            local,
            endpoint: Endpoint::new(Config::default(), seed),
            began: Instant::now(),
            later: Vec::new(),
            numbers: Vec::new(),
            plans,
            ends: Vec::new(),
            seen: Vec::new(),
        })
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn call(&mut self, peer: SocketAddr, plan: Plan) -> Result<(), Failure> {
        let uri = SipUri::new(Some("service"), Host::from(peer.ip()), Some(peer.port()));
        let own = SipUri::new(
            Some("tandem"),
            Host::from(self.local.ip()),
            Some(self.local.port()),
        );
        let mut invite = Invite::new(self.local, peer, uri.into(), NameAddr::new(own));
        invite.offer = (plan != Plan::Delayed).then(|| session_description(40_000));
        let session = self.endpoint.invite(self.now(), invite)?;
        if plan == Plan::Cancel {
            self.after(Duration::from_millis(200), session, Deed::Hangup);
        }
        Ok(())
    }

    fn after(&mut self, time: Duration, session: SessionId, what: Deed) {
        let at = self.now() + time;
        self.later.push(Later { at, session, what });
    }

    /// Runs until told to stop, or until so many sessions have ended.
    fn run(&mut self, stop: &AtomicBool, ends: Option<usize>) {
        let mut buffer = vec![0; 65_536];
        while !stop.load(Ordering::Relaxed) {
            self.drain();
            if ends.is_some_and(|n| self.ends.len() >= n && self.later.is_empty()) {
                return;
            }
            let now = self.now();
            let next = self
                .later
                .iter()
                .map(|l| l.at)
                .chain(self.endpoint.poll_timeout())
                .min()
                .map_or(Duration::from_millis(50), |at| at.saturating_sub(now));
            let wait = next.clamp(Duration::from_millis(1), Duration::from_millis(50));
            let _ = self.socket.set_read_timeout(Some(wait));
            if let Ok((length, source)) = self.socket.recv_from(&mut buffer) {
                let now = self.now();
                self.endpoint
                    .input_datagram(now, source, self.local, &buffer[..length]);
            }
            let now = self.now();
            self.endpoint.handle_timeout(now);
            let due: Vec<Later> = self.later.extract_if_due(now);
            for Later { session, what, .. } in due {
                let body = Some(session_description(40_002));
                // A session may have ended since.
                let _ = match what {
                    Deed::Answer => self.endpoint.answer(now, session, body, &[]),
                    Deed::Hangup => {
                        let why = RawHeader::known(Header::Reason, Reason::q850(16));
                        self.endpoint.hangup(now, session, &[why])
                    }
                    Deed::Reinvite => self.endpoint.reinvite(now, session, body, &[]),
                };
            }
        }
    }

    fn drain(&mut self) {
        while let Some(output) = self.endpoint.poll_output() {
            match output {
                Output::Transmit(t) => {
                    let _ = self.socket.send_to(&t.bytes, t.destination);
                }
                Output::Event(event) => self.on_event(event),
            }
        }
    }

    fn on_event(&mut self, event: Event) {
        let now = self.now();
        let ms = Duration::from_millis;
        let body = Some(session_description(40_000));
        let plan = self.plans.first().copied();
        match event {
            Event::Incoming { session, call } => {
                let number = call.request_uri.number().unwrap_or_default().into_owned();
                let cause = RawHeader::known(Header::Reason, Reason::q850(17));
                let _ = match number.as_str() {
                    "busy" => self.endpoint.reject(now, session, 486, &[cause]),
                    "early" => self.endpoint.progress(now, session, 183, body, &[]),
                    _ => self.endpoint.progress(now, session, 180, None, &[]),
                };
                if !["busy", "ring"].contains(&number.as_str()) {
                    self.after(ms(50), session, Deed::Answer);
                }
                self.numbers.push((session, number));
            }
            Event::Confirmed { session, .. } => {
                let number = self.numbers.iter().position(|(id, _)| *id == session);
                // Only the first ACK counts.
                match number.map(|at| self.numbers.remove(at).1).as_deref() {
                    Some("glare") => self.after(ms(0), session, Deed::Reinvite),
                    Some("bye") => self.after(ms(100), session, Deed::Hangup),
                    _ => {}
                }
            }
            Event::Reoffer { session, .. } => {
                let _ = self.endpoint.accept_offer(now, session, body, &[]);
            }
            Event::Progress { .. } => self.seen.push("progress"),
            Event::Answered {
                session,
                needs_acknowledge,
                ..
            } => {
                self.seen.push("answered");
                if needs_acknowledge {
                    let _ = self.endpoint.acknowledge(now, session, body);
                }
                match plan {
                    Some(Plan::Reinvite) => self.after(ms(50), session, Deed::Reinvite),
                    Some(Plan::Wait) | None => {}
                    Some(_) => self.after(ms(100), session, Deed::Hangup),
                }
            }
            Event::OfferAnswered { session, .. } => {
                self.seen.push("offer answered");
                if plan.is_some() {
                    self.after(ms(50), session, Deed::Hangup);
                }
            }
            Event::OfferRejected { .. } => self.seen.push("offer rejected"),
            Event::Ended { cause, .. } => self.ends.push(cause),
            _ => {}
        }
    }
}

trait ExtractDue {
    fn extract_if_due(&mut self, now: Duration) -> Vec<Later>;
}

impl ExtractDue for Vec<Later> {
    fn extract_if_due(&mut self, now: Duration) -> Vec<Later> {
        let (due, rest) = std::mem::take(self).into_iter().partition(|l| l.at <= now);
        *self = rest;
        due
    }
}

/// Who calls, and with what scenario SIPp plays its part.
struct Case {
    name: &'static str,
    /// A file under `sipp/`, or one of SIPp's own scenarios (`-sn`).
    scenario: Scenario,
    calls: usize,
    role: Role,
}

enum Scenario {
    Own(&'static str),
    File(&'static str),
}

enum Role {
    /// SIPp calls this number.
    Answer(&'static str),
    /// We call SIPp.
    Call(Plan, fn(&Agent) -> Result<(), String>),
}

const CASES: &[Case] = &[
    Case {
        name: "uac",
        scenario: Scenario::Own("uac"),
        calls: 100,
        role: Role::Answer("100"),
    },
    Case {
        name: "busy",
        scenario: Scenario::File("busy.xml"),
        calls: 10,
        role: Role::Answer("busy"),
    },
    Case {
        name: "reinvite",
        scenario: Scenario::File("reinvite.xml"),
        calls: 10,
        role: Role::Answer("100"),
    },
    Case {
        name: "cancel",
        scenario: Scenario::File("cancel.xml"),
        calls: 10,
        role: Role::Answer("ring"),
    },
    Case {
        name: "early",
        scenario: Scenario::File("early.xml"),
        calls: 10,
        role: Role::Answer("early"),
    },
    Case {
        name: "lost-ack",
        scenario: Scenario::File("lost_ack.xml"),
        calls: 2,
        role: Role::Answer("100"),
    },
    Case {
        name: "delayed-offer",
        scenario: Scenario::File("delayed_offer.xml"),
        calls: 10,
        role: Role::Answer("100"),
    },
    Case {
        name: "require",
        scenario: Scenario::File("require.xml"),
        calls: 10,
        role: Role::Answer("100"),
    },
    Case {
        name: "options",
        scenario: Scenario::File("options.xml"),
        calls: 10,
        role: Role::Answer("100"),
    },
    Case {
        name: "methods",
        scenario: Scenario::File("methods.xml"),
        calls: 5,
        role: Role::Answer("100"),
    },
    Case {
        name: "no-dialog",
        scenario: Scenario::File("no_dialog.xml"),
        calls: 5,
        role: Role::Answer("100"),
    },
    Case {
        name: "glare",
        scenario: Scenario::File("glare.xml"),
        calls: 3,
        role: Role::Answer("glare"),
    },
    Case {
        name: "callee-hangs-up",
        scenario: Scenario::File("callee_hangs_up.xml"),
        calls: 10,
        role: Role::Answer("bye"),
    },
    Case {
        name: "uas",
        scenario: Scenario::Own("uas"),
        calls: 1,
        role: Role::Call(Plan::Talk, hung_up),
    },
    Case {
        name: "uas-early",
        scenario: Scenario::File("uas_early.xml"),
        calls: 1,
        role: Role::Call(Plan::Talk, early_then_hung_up),
    },
    Case {
        name: "uas-cancel",
        scenario: Scenario::File("uas_cancel.xml"),
        calls: 1,
        role: Role::Call(Plan::Cancel, withdrawn),
    },
    Case {
        name: "uas-delayed",
        scenario: Scenario::File("uas_delayed.xml"),
        calls: 1,
        role: Role::Call(Plan::Delayed, hung_up),
    },
    Case {
        name: "uas-491",
        scenario: Scenario::File("uas_491.xml"),
        calls: 1,
        role: Role::Call(Plan::Reinvite, changed_then_hung_up),
    },
    Case {
        name: "uas-bye",
        scenario: Scenario::File("uas_bye.xml"),
        calls: 1,
        role: Role::Call(Plan::Wait, peer_hung_up),
    },
    Case {
        name: "uas-lost-200",
        scenario: Scenario::File("uas_lost_200.xml"),
        calls: 1,
        role: Role::Call(Plan::Talk, acknowledged_twice),
    },
    Case {
        name: "uas-record-route",
        scenario: Scenario::File("uas_record_route.xml"),
        calls: 1,
        role: Role::Call(Plan::Talk, hung_up),
    },
];

fn ended_so(agent: &Agent, wanted: fn(&EndCause) -> bool) -> Result<(), String> {
    match agent.ends.as_slice() {
        [one] if wanted(one) => Ok(()),
        other => Err(format!("ended with {other:?}")),
    }
}

fn seen(agent: &Agent, what: &str) -> Result<(), String> {
    let found = agent.seen.contains(&what);
    found
        .then_some(())
        .ok_or(format!("no {what} in {:?}", agent.seen))
}

fn hung_up(agent: &Agent) -> Result<(), String> {
    ended_so(agent, |c| matches!(c, EndCause::Hangup))
}

fn early_then_hung_up(agent: &Agent) -> Result<(), String> {
    seen(agent, "progress").and_then(|()| hung_up(agent))
}

fn changed_then_hung_up(agent: &Agent) -> Result<(), String> {
    seen(agent, "offer answered").and_then(|()| hung_up(agent))
}

fn acknowledged_twice(agent: &Agent) -> Result<(), String> {
    match agent.endpoint.counters().resent {
        0 => Err("the second 200 got no ACK".to_string()),
        _ => hung_up(agent),
    }
}

fn withdrawn(agent: &Agent) -> Result<(), String> {
    ended_so(agent, |c| matches!(c, EndCause::Withdrawn))
}

fn peer_hung_up(agent: &Agent) -> Result<(), String> {
    ended_so(agent, |c| matches!(c, EndCause::RemoteHangup(_)))
}

fn scenario_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sipp")
}

fn sipp(program: &str, case: &Case, peer: Option<SocketAddr>, port: u16) -> Command {
    let mut command = Command::new(program);
    match case.scenario {
        Scenario::Own(name) => command.args(["-sn", name]),
        Scenario::File(name) => command.arg("-sf").arg(scenario_folder().join(name)),
    };
    if let Some(peer) = peer {
        command.arg(peer.to_string());
    }
    if let Role::Answer(number) = case.role {
        command.args(["-s", number, "-r", "20"]);
    }
    command
        .args(["-i", "127.0.0.1", "-p", &port.to_string()])
        .args([
            "-m",
            &case.calls.to_string(),
            "-timeout",
            "60s",
            "-timeout_error",
        ])
        .args(["-nostdin", "-trace_err", "-error_file"])
        .arg(std::env::temp_dir().join(format!("sip_loop-{}.err", case.name)))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// A port nobody uses now; SIPp needs a number.
fn free_port() -> Result<u16, Failure> {
    Ok(UdpSocket::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn play(program: &str, case: &Case) -> Result<(), Failure> {
    let port = free_port()?;
    match case.role {
        Role::Answer(_) => {
            let mut agent = Agent::bind("127.0.0.1:0".parse()?, Vec::new())?;
            let local = agent.local;
            let stop = Arc::new(AtomicBool::new(false));
            let thread = {
                let stop = Arc::clone(&stop);
                thread::spawn(move || {
                    agent.run(&stop, None);
                    agent
                })
            };
            let status = sipp(program, case, Some(local), port).status();
            // What SIPp sent last may still be on its way.
            thread::sleep(Duration::from_millis(200));
            stop.store(true, Ordering::Relaxed);
            let agent = thread.join().map_err(|_| "the agent panicked")?;
            let status = status?;
            if !status.success() {
                return Err(format!("sipp: {status}").into());
            }
            let counters = agent.endpoint.counters();
            match agent.endpoint.sessions().count() {
                0 if counters.stray_acks == 0 && counters.timeouts == 0 => Ok(()),
                left => Err(format!("{left} sessions are left; {counters:?}").into()),
            }
        }
        Role::Call(plan, verify) => {
            let mut child = sipp(program, case, None, port).spawn()?;
            thread::sleep(Duration::from_millis(500));
            let mut agent = Agent::bind("127.0.0.1:0".parse()?, vec![plan])?;
            agent.call(SocketAddr::new([127, 0, 0, 1].into(), port), plan)?;
            agent.run(&AtomicBool::new(false), Some(1));
            if let Err(e) = verify(&agent) {
                let _ = child.kill();
                let _ = child.wait();
                return Err(e.into());
            }
            let status = child.wait()?;
            if status.success() {
                Ok(())
            } else {
                Err(format!("sipp: {status}").into())
            }
        }
    }
}

fn check(program: &str, names: &[&str]) -> Result<(), Failure> {
    let mut failed = 0;
    for case in CASES {
        if !names.is_empty() && !names.contains(&case.name) {
            continue;
        }
        match play(program, case) {
            Ok(()) => println!("{}: ok", case.name),
            Err(e) => {
                failed += 1;
                println!("{}: FAILED: {e}", case.name);
            }
        }
    }
    match failed {
        0 => Ok(()),
        n => Err(format!("{n} scenarios failed").into()),
    }
}
