// SPDX-License-Identifier: MIT OR Apache-2.0
//! The SIP phone: one call at a time, on a thread of its own.

use crate::clock::now_ns;
use anyhow::{Context, Result};
use sdp::{Codec, Description, Direction, LocalAudio, Negotiator, PacketTime};
use sip_msg::typed::NameAddr;
use sip_msg::{Body, Host, SipUri};
use sip_session::{Config, EndCause, Endpoint, Event, Invite, Output, SessionId};
use std::io::{ErrorKind, Read as _};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The phone's own number.
pub(crate) const NUMBER: &str = "1001";
/// How long it waits for a datagram before it looks for requests and timers.
const WAIT: Duration = Duration::from_millis(10);
/// The media type of session descriptions.
const SDP: &str = "application/sdp";

/// Something that happened at the phone.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    /// When.
    pub(crate) at_ns: u64,
    /// What.
    pub(crate) what: What,
}

/// What happened.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// A message left; its start line without URI and version.
    Sent(String),
    /// A message came.
    Received(String),
    /// The call is answered; send RTP there.
    Answered(SocketAddr),
    /// The call is over.
    Ended(String),
}

/// What the phone is asked to do.
enum Request {
    Call(String),
    HangUp,
}

/// The running phone. It ends on drop.
#[derive(Debug)]
pub(crate) struct Phone {
    /// What happens there.
    pub(crate) notices: Receiver<Notice>,
    requests: Option<Sender<Request>>,
    thread: Option<JoinHandle<Result<()>>>,
    /// Where it receives RTP.
    pub(crate) media: UdpSocket,
}

impl Phone {
    /// A phone on `socket` whose calls go to `exchange`.
    pub(crate) fn start(socket: UdpSocket, exchange: SocketAddr) -> Result<Self> {
        let media = media_socket()?;
        let (requests, asked) = channel();
        let (tell, notices) = channel();
        let mut line = Line::new(socket, exchange, media.local_addr()?, tell)?;
        let thread = std::thread::spawn(move || line.run(&asked));
        Ok(Self {
            notices,
            requests: Some(requests),
            thread: Some(thread),
            media,
        })
    }

    /// Calls a number.
    pub(crate) fn call(&self, number: &str) -> Result<()> {
        self.ask(Request::Call(number.to_owned()))
    }

    /// Hangs up.
    pub(crate) fn hang_up(&self) -> Result<()> {
        self.ask(Request::HangUp)
    }

    fn ask(&self, request: Request) -> Result<()> {
        let sent = self
            .requests
            .as_ref()
            .map(|requests| requests.send(request));
        anyhow::ensure!(matches!(sent, Some(Ok(()))), "the phone is out of order");
        Ok(())
    }

    /// Ends it.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.requests = None;
        match self.thread.take() {
            Some(thread) => thread
                .join()
                .map_err(|_| anyhow::anyhow!("the phone died"))?,
            None => Ok(()),
        }
    }
}

/// An even port with its odd neighbour free, so that RTCP disturbs nobody.
fn media_socket() -> Result<UdpSocket> {
    for _ in 0..100 {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = socket.local_addr()?.port();
        if port % 2 == 0 && UdpSocket::bind((Ipv4Addr::LOCALHOST, port + 1)).is_ok() {
            return Ok(socket);
        }
    }
    anyhow::bail!("no pair of free UDP ports for RTP and RTCP")
}

struct Line {
    socket: UdpSocket,
    local: SocketAddr,
    exchange: SocketAddr,
    media: SocketAddr,
    endpoint: Endpoint,
    negotiator: Option<Negotiator>,
    session: Option<SessionId>,
    tell: Sender<Notice>,
    started: Instant,
}

impl Line {
    fn new(
        socket: UdpSocket,
        exchange: SocketAddr,
        media: SocketAddr,
        tell: Sender<Notice>,
    ) -> Result<Self> {
        let mut seed = [0; 32];
        std::fs::File::open("/dev/urandom")
            .and_then(|mut random| random.read_exact(&mut seed))
            .context("/dev/urandom")?;
        let config = Config {
            product: "Tandem demo phone".to_owned(),
            ..Config::default()
        };
        socket.set_read_timeout(Some(WAIT))?;
        Ok(Self {
            local: socket.local_addr()?,
            socket,
            exchange,
            media,
            endpoint: Endpoint::new(config, seed),
            negotiator: None,
            session: None,
            tell,
            started: Instant::now(),
        })
    }

    fn run(&mut self, asked: &Receiver<Request>) -> Result<()> {
        let mut buffer = vec![0; 65_535];
        loop {
            match asked.try_recv() {
                Ok(Request::Call(number)) => self.call(&number)?,
                Ok(Request::HangUp) => self.hang_up()?,
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => return Ok(()),
            }
            self.drain()?;
            match self.socket.recv_from(&mut buffer) {
                Ok((count, source)) => {
                    let octets = buffer.get(..count).unwrap_or_default();
                    self.tell(What::Received(summary(octets)));
                    self.endpoint.input_datagram(
                        self.started.elapsed(),
                        source,
                        self.local,
                        octets,
                    );
                }
                // Refused: pbxd's socket is not there; the endpoint's timers deal with it.
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::WouldBlock
                            | ErrorKind::TimedOut
                            | ErrorKind::ConnectionRefused
                            | ErrorKind::Interrupted
                    ) => {}
                Err(error) => return Err(error).context("the phone's SIP socket"),
            }
            self.endpoint.handle_timeout(self.started.elapsed());
            self.drain()?;
        }
    }

    fn call(&mut self, number: &str) -> Result<()> {
        let audio = LocalAudio::new(self.media.ip(), self.media.port(), &[Codec::Pcma])?
            .with_packet_time(PacketTime::DEFAULT)
            .with_telephone_event(None)?;
        let mut negotiator = Negotiator::new(audio, now_ns() >> 8, 1);
        let offer = negotiator.create_offer(Direction::SendRecv)?;
        self.negotiator = Some(negotiator);
        let uri = |user: &str, at: SocketAddr| {
            SipUri::new(Some(user), Host::from(at.ip()), Some(at.port()))
        };
        let called = uri(number, self.exchange).into();
        let mut invite = Invite::new(
            self.local,
            self.exchange,
            called,
            NameAddr::new(uri(NUMBER, self.local)),
        );
        invite.offer = Some(Body::sdp(offer.to_bytes()));
        self.session = Some(self.endpoint.invite(self.started.elapsed(), invite)?);
        Ok(())
    }

    fn hang_up(&mut self) -> Result<()> {
        if let Some(session) = self.session {
            self.endpoint.hangup(self.started.elapsed(), session, &[])?;
        }
        Ok(())
    }

    fn drain(&mut self) -> Result<()> {
        while let Some(output) = self.endpoint.poll_output() {
            match output {
                Output::Transmit(transmit) => {
                    self.tell(What::Sent(summary(&transmit.bytes)));
                    self.socket
                        .send_to(&transmit.bytes, transmit.destination)
                        .context("sending SIP")?;
                }
                Output::Event(Event::Answered { body, .. }) => self.answered(body.as_ref())?,
                Output::Event(Event::Ended { cause, .. }) => {
                    self.session = None;
                    self.tell(What::Ended(end(&cause)));
                }
                Output::Event(Event::Incoming { session, .. }) => {
                    self.endpoint
                        .reject(self.started.elapsed(), session, 486, &[])?;
                }
                Output::Event(_) => {}
            }
        }
        Ok(())
    }

    fn answered(&mut self, body: Option<&Body>) -> Result<()> {
        let answer = body
            .and_then(|body| body.find(SDP))
            .context("200 without a session description")?;
        let negotiator = self
            .negotiator
            .as_mut()
            .context("an answer without an offer")?;
        let agreed = negotiator
            .apply_answer(&Description::parse(answer)?)
            .context("the answer of pbxd")?;
        let remote = agreed.rtp.context("pbxd holds the call")?;
        self.tell(What::Answered(remote));
        Ok(())
    }

    fn tell(&self, what: What) {
        // Nobody listens any more when the demo ends.
        let _ = self.tell.send(Notice {
            at_ns: now_ns(),
            what,
        });
    }
}

/// A request's method, or a response's status and phrase.
fn summary(octets: &[u8]) -> String {
    let line = octets
        .split(|octet| *octet == b'\r')
        .next()
        .unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    match line.strip_prefix("SIP/2.0 ") {
        Some(status) => status.to_owned(),
        None => line.split(' ').next().unwrap_or_default().to_owned(),
    }
}

fn end(cause: &EndCause) -> String {
    match cause {
        EndCause::Hangup => "hung up".to_owned(),
        EndCause::Refused(failure) => {
            let reasons = failure.reasons.iter().filter_map(|reason| reason.as_q850());
            let reasons: String = reasons
                .map(|cause| format!(", Q.850 cause {cause}"))
                .collect();
            format!("refused: {} {}{reasons}", failure.status, failure.phrase)
        }
        EndCause::RemoteHangup(_) => "pbxd hung up".to_owned(),
        EndCause::NoResponse => "no response".to_owned(),
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn start_lines_in_short() {
        assert_eq!(
            summary(b"INVITE sip:1@127.0.0.1 SIP/2.0\r\nVia: x\r\n"),
            "INVITE"
        );
        assert_eq!(summary(b"SIP/2.0 180 Ringing\r\n\r\n"), "180 Ringing");
        assert_eq!(summary(b""), "");
    }
}
