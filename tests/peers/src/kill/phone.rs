// SPDX-License-Identifier: MIT OR Apache-2.0
//! A SIP phone in a process of its own: `sip-session` on a UDP socket, with G.711 on another.
//!
//! Commands come on standard input, one a line: `call NUMBER PEER`, `hangup NUMBER`, `sound NUMBER`. Events leave on
//! standard output: `incoming NUMBER`, `answered NUMBER`, `ended NUMBER WHY`, `sound NUMBER PACKETS LOUD`. Calls that
//! come are answered. The phone sends every 20 ms what a voice would be: octets that are not idle code.

use super::process::Process;
use super::{Outcome, wait_for};
use sip_msg::typed::{NameAddr, Reason};
use sip_msg::{Body, Header, Host, RawHeader, SipUri};
use sip_session::{Config, EndCause, Endpoint, Event, Invite, Output, SessionId};
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error>;

/// Samples of a packet, and how often one leaves.
const SAMPLES: usize = 160;
const PACKET_TIME: Duration = Duration::from_millis(20);

/// One call of the phone.
struct Call {
    session: SessionId,
    number: String,
    socket: UdpSocket,
    remote: Option<SocketAddr>,
    sequence: u16,
    packets: u64,
    loud: u64,
}

struct Phone {
    socket: UdpSocket,
    local: SocketAddr,
    endpoint: Endpoint,
    began: Instant,
    calls: Vec<Call>,
}

/// Runs a phone at an address until standard input ends.
///
/// # Errors
/// A socket fails.
pub fn run(address: SocketAddr) -> Result<(), Failure> {
    let socket = UdpSocket::bind(address)?;
    socket.set_read_timeout(Some(Duration::from_millis(2)))?;
    let mut seed = [0; 32];
    std::io::Read::read_exact(&mut std::fs::File::open("/dev/urandom")?, &mut seed)?;
    let mut phone = Phone {
        local: socket.local_addr()?,
        socket,
        endpoint: Endpoint::new(Config::default(), seed),
        began: Instant::now(),
        calls: Vec::new(),
    };
    let (sender, commands) = channel();
    thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    say("ready")?;
    let mut packet_at = Instant::now();
    loop {
        match commands.try_recv() {
            Ok(line) => phone.command(&line)?,
            Err(TryRecvError::Disconnected) => return Ok(()),
            Err(TryRecvError::Empty) => {}
        }
        phone.step()?;
        if Instant::now() >= packet_at {
            packet_at += PACKET_TIME;
            phone.media()?;
        }
    }
}

fn say(line: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

impl Phone {
    fn command(&mut self, line: &str) -> Result<(), Failure> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let now = self.began.elapsed();
        match words.as_slice() {
            ["call", number, peer] => {
                let peer: SocketAddr = peer.parse()?;
                let uri = SipUri::new(Some(number), Host::from(peer.ip()), Some(peer.port()));
                let own = SipUri::new(
                    Some("4930100"),
                    Host::from(self.local.ip()),
                    Some(self.local.port()),
                );
                let socket = media_socket()?;
                let mut invite = Invite::new(self.local, peer, uri.into(), NameAddr::new(own));
                invite.offer = Some(description(&socket)?);
                let session = self.endpoint.invite(now, invite)?;
                self.calls.push(Call::new(session, number, socket));
            }
            ["hangup", number] => {
                let why = RawHeader::known(Header::Reason, Reason::q850(16));
                if let Some(call) = self.calls.iter().find(|call| call.number == *number) {
                    self.endpoint.hangup(now, call.session, &[why])?;
                }
            }
            ["sound", number] => {
                if let Some(call) = self.calls.iter().find(|call| call.number == *number) {
                    say(&format!("sound {number} {} {}", call.packets, call.loud))?;
                }
            }
            _ => return Err(format!("unknown command {line:?}").into()),
        }
        Ok(())
    }

    fn step(&mut self) -> Result<(), Failure> {
        while let Some(output) = self.endpoint.poll_output() {
            match output {
                Output::Transmit(transmit) => {
                    // Nobody listens while the other side is dead; the transaction repeats it.
                    let _ = self.socket.send_to(&transmit.bytes, transmit.destination);
                }
                Output::Event(event) => self.event(event)?,
            }
        }
        let mut buffer = [0; 8192];
        match self.socket.recv_from(&mut buffer) {
            Ok((length, source)) => {
                let now = self.began.elapsed();
                let datagram = buffer.get(..length).unwrap_or_default();
                self.endpoint
                    .input_datagram(now, source, self.local, datagram);
            }
            Err(error) if is_quiet(error.kind()) => {}
            Err(error) => return Err(error.into()),
        }
        let now = self.began.elapsed();
        self.endpoint.handle_timeout(now);
        Ok(())
    }

    fn event(&mut self, event: Event) -> Result<(), Failure> {
        let now = self.began.elapsed();
        match event {
            Event::Incoming { session, call } => {
                let number = call.request_uri.number().unwrap_or_default().into_owned();
                let socket = media_socket()?;
                let body = description(&socket)?;
                let mut new = Call::new(session, &number, socket);
                new.remote = call.offer.as_ref().and_then(media_address);
                self.calls.push(new);
                say(&format!("incoming {number}"))?;
                self.endpoint.progress(now, session, 180, None, &[])?;
                self.endpoint.answer(now, session, Some(body), &[])?;
            }
            Event::Progress { session, progress } => {
                if let (Some(call), Some(body)) = (self.call(session), &progress.body) {
                    call.remote = media_address(body);
                }
            }
            Event::Answered { session, body, .. } => {
                if let Some(call) = self.call(session) {
                    call.remote = body.as_ref().and_then(media_address).or(call.remote);
                    let line = format!("answered {}", call.number);
                    say(&line)?;
                }
            }
            Event::Ended { session, cause } => {
                if let Some(at) = self.calls.iter().position(|call| call.session == session) {
                    let call = self.calls.remove(at);
                    say(&format!("ended {} {}", call.number, why(&cause)))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn call(&mut self, session: SessionId) -> Option<&mut Call> {
        self.calls.iter_mut().find(|call| call.session == session)
    }

    fn media(&mut self) -> Result<(), Failure> {
        for call in &mut self.calls {
            let mut buffer = [0; 2048];
            loop {
                match call.socket.recv_from(&mut buffer) {
                    Ok((length, _)) => {
                        call.packets += 1;
                        let payload = buffer.get(12..length).unwrap_or_default();
                        // Idle code, and the one that differs from it by a sign, is silence.
                        call.loud += u64::from(payload.iter().any(|octet| octet | 0x80 != 0xD5));
                    }
                    Err(error) if is_quiet(error.kind()) => break,
                    Err(error) => return Err(error.into()),
                }
            }
            if let Some(remote) = call.remote {
                let mut packet = vec![0x80, 8];
                packet.extend(call.sequence.to_be_bytes());
                packet.extend((u32::from(call.sequence) * SAMPLES as u32).to_be_bytes());
                packet.extend(0x7a17_de4d_u32.to_be_bytes());
                packet.extend((0..SAMPLES).map(|sample| 0x20 | (sample as u8 & 0x0f)));
                call.sequence = call.sequence.wrapping_add(1);
                // While the other side is dead, the port is closed.
                let _ = call.socket.send_to(&packet, remote);
            }
        }
        Ok(())
    }
}

impl Call {
    fn new(session: SessionId, number: &str, socket: UdpSocket) -> Self {
        Self {
            session,
            number: number.to_owned(),
            socket,
            remote: None,
            sequence: 0,
            packets: 0,
            loud: 0,
        }
    }
}

fn is_quiet(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::WouldBlock
            | ErrorKind::TimedOut
            | ErrorKind::Interrupted
            | ErrorKind::ConnectionRefused
    )
}

fn media_socket() -> Result<UdpSocket, Failure> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

fn description(socket: &UdpSocket) -> Result<Body, Failure> {
    let port = socket.local_addr()?.port();
    Ok(Body::sdp(format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 8\r\n"
    )))
}

/// Where the other side takes media. Everything in these tests is at 127.0.0.1.
fn media_address(body: &Body) -> Option<SocketAddr> {
    let text = String::from_utf8_lossy(body.find("application/sdp")?).into_owned();
    let media = text
        .lines()
        .find_map(|line| line.strip_prefix("m=audio "))?;
    let port = media.split(' ').next()?.parse().ok()?;
    Some((Ipv4Addr::LOCALHOST, port).into())
}

fn why(cause: &EndCause) -> String {
    let reasons = |reasons: &[Reason]| {
        let words: Vec<String> = reasons
            .iter()
            .map(|reason| format!("{}:{}", reason.protocol, reason.cause.unwrap_or_default()))
            .collect();
        words.join(",")
    };
    match cause {
        EndCause::RemoteHangup(given) => format!("bye {}", reasons(given)),
        EndCause::Refused(failure) => {
            format!("refused {} {}", failure.status, reasons(&failure.reasons))
        }
        other => format!("{other:?}"),
    }
}

/// A phone's process, as the test sees it.
#[derive(Debug)]
pub struct Handset {
    process: Process,
    commands: ChildStdin,
    lines: Receiver<String>,
    said: Vec<String>,
    log: PathBuf,
    /// Its SIP address.
    pub address: SocketAddr,
}

impl Handset {
    /// Starts a phone.
    ///
    /// # Errors
    /// It does not come up.
    pub fn start(address: SocketAddr, log: &Path) -> Outcome<Self> {
        let own = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut command = Command::new(own);
        command
            .args(["phone", &address.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut process = Process::start("phone", &mut command, log)?;
        let pipes = (process.child().stdin.take(), process.child().stdout.take());
        let (Some(commands), Some(output)) = pipes else {
            return Err("phone: no pipes".into());
        };
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut phone = Self {
            process,
            commands,
            lines,
            said: Vec::new(),
            log: log.to_owned(),
            address,
        };
        phone.wait("ready", Duration::from_secs(5))?;
        Ok(phone)
    }

    /// Gives it a command.
    ///
    /// # Errors
    /// It is gone.
    pub fn tell(&mut self, command: &str) -> Outcome {
        writeln!(self.commands, "{command}").map_err(|error| format!("phone: {error}"))
    }

    /// Waits for a line that begins so, takes it, and gives the rest.
    ///
    /// # Errors
    /// What it said instead.
    pub fn wait(&mut self, what: &str, limit: Duration) -> Outcome<String> {
        let (lines, said) = (&self.lines, &mut self.said);
        let mut find = || {
            said.extend(lines.try_iter());
            let at = said.iter().position(|line| {
                line.strip_prefix(what)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
            })?;
            let line = said.remove(at);
            line.strip_prefix(what).map(|rest| rest.trim().to_owned())
        };
        let found = wait_for(what, limit, &mut find, String::new);
        found
            .map(|(rest, _)| rest)
            .map_err(|error| format!("phone at {}: {error}: {:?}", self.address, self.said))
    }

    /// Calls, and waits for the answer and for a voice from the other side.
    ///
    /// # Errors
    /// What is missing.
    pub fn call(&mut self, number: &str, peer: SocketAddr) -> Outcome {
        self.tell(&format!("call {number} {peer}"))?;
        self.wait(&format!("answered {number}"), Duration::from_secs(5))?;
        self.hear(number)
    }

    /// Waits for a voice from the other side.
    ///
    /// # Errors
    /// It stays silent.
    pub fn hear(&mut self, number: &str) -> Outcome {
        let began = Instant::now();
        let mut before = None;
        loop {
            self.tell(&format!("sound {number}"))?;
            let heard = self.wait(&format!("sound {number}"), Duration::from_secs(2))?;
            let loud: u64 = heard
                .split(' ')
                .nth(1)
                .and_then(|count| count.parse().ok())
                .unwrap_or(0);
            // Ten packets more than at the first look: from now on, and not before.
            if loud >= *before.get_or_insert(loud) + 10 {
                return Ok(());
            }
            if began.elapsed() > Duration::from_secs(5) {
                return Err(format!("call {number}: no sound ({heard})"));
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Hangs up and waits for the end.
    ///
    /// # Errors
    /// It does not end.
    pub fn hang_up(&mut self, number: &str) -> Outcome<String> {
        self.tell(&format!("hangup {number}"))?;
        self.wait(&format!("ended {number}"), Duration::from_secs(5))
    }

    /// kill -9.
    ///
    /// # Errors
    /// It had ended before.
    pub fn kill(&mut self) -> Outcome {
        self.process.kill()
    }

    /// A new process at the same address, which knows nothing of the one before.
    ///
    /// # Errors
    /// It does not come up.
    pub fn revive(&mut self) -> Outcome {
        *self = Self::start(self.address, &self.log)?;
        Ok(())
    }
}
