// SPDX-License-Identifier: MIT OR Apache-2.0
//! A SIP phone as small as can be, written against RFC 3261 and not against our own stack: one call, over UDP on the loopback.

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

/// A phone.
pub(super) struct Phone {
    sip: UdpSocket,
    exchange: SocketAddr,
    local: SocketAddr,
    /// Where it speaks and hears.
    pub(super) media: UdpSocket,
    dialog: std::cell::RefCell<Option<Dialog>>,
}

/// What stands in the headers of a request that ends the call.
#[derive(Clone)]
struct Dialog {
    target: String,
    from: String,
    to: String,
    call_id: String,
}

/// A message: its start line, headers and body.
struct Message(String);

impl Message {
    fn start(&self) -> &str {
        self.0.lines().next().unwrap_or_default()
    }

    fn status(&self) -> Option<u16> {
        self.start()
            .strip_prefix("SIP/2.0 ")?
            .get(..3)?
            .parse()
            .ok()
    }

    /// Every header of this name, in order.
    fn headers(&self, name: &str) -> Vec<&str> {
        let head = self.0.split("\r\n\r\n").next().unwrap_or_default();
        head.lines()
            .skip(1)
            .filter_map(|line| line.split_once(':'))
            .filter(|(key, _)| key.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .collect()
    }

    fn header(&self, name: &str) -> Result<&str> {
        self.headers(name)
            .first()
            .copied()
            .with_context(|| format!("no {name} in {}", self.start()))
    }

    /// Where the sender wants its media.
    fn media(&self) -> Result<SocketAddr> {
        let line = |prefix: &str| {
            self.0
                .lines()
                .find_map(|line| line.strip_prefix(prefix))
                .with_context(|| format!("no {prefix} in {}", self.start()))
        };
        let address = line("c=IN IP4 ")?.trim().parse()?;
        let port = line("m=audio ")?
            .split(' ')
            .next()
            .context("m=audio without a port")?;
        Ok(SocketAddr::new(address, port.parse()?))
    }

    /// The request URI of later requests.
    fn contact(&self) -> Result<String> {
        let contact = self.header("Contact")?;
        let uri = contact.split(['<', '>']).nth(1).unwrap_or(contact);
        Ok(uri.to_owned())
    }
}

impl Phone {
    /// A phone at an address, beside an exchange.
    pub(super) fn new(local: SocketAddr, exchange: SocketAddr) -> Result<Self> {
        let sip = UdpSocket::bind(local).with_context(|| format!("the phone at {local}"))?;
        sip.set_read_timeout(Some(Duration::from_millis(200)))?;
        Ok(Self {
            sip,
            exchange,
            local,
            media: UdpSocket::bind((local.ip(), local.port() + 2))?,
            dialog: std::cell::RefCell::new(None),
        })
    }

    /// Calls a number and waits for the answer; tells where to speak to.
    pub(super) fn call(&self, number: &str, limit: Duration) -> Result<SocketAddr> {
        let Self {
            local, exchange, ..
        } = self;
        let mut dialog = Dialog {
            target: format!("sip:{number}@{exchange}"),
            from: format!("<sip:1001@{local}>;tag=here"),
            to: format!("<sip:{number}@{exchange}>"),
            call_id: format!("guest-{}@{local}", std::process::id()),
        };
        self.request(&dialog, "INVITE", 1, &self.offer()?)?;
        let deadline = Instant::now() + limit;
        loop {
            let message = self.receive(deadline).context("waiting for an answer")?;
            match message.status() {
                Some(100..200) | None => {}
                Some(200) => {
                    dialog.to = message.header("To")?.to_owned();
                    dialog.target = message.contact()?;
                    self.request(&dialog, "ACK", 1, "")?;
                    *self.dialog.borrow_mut() = Some(dialog);
                    return message.media();
                }
                Some(status) => bail!("refused: {status}: {}", message.start()),
            }
        }
    }

    /// Waits for a call and answers it; tells where to speak to.
    pub(super) fn answer(&self, limit: Duration) -> Result<SocketAddr> {
        let deadline = Instant::now() + limit;
        loop {
            let message = self.receive(deadline).context("waiting for a call")?;
            if message.start().starts_with("OPTIONS ") {
                self.respond(&message, "200 OK", "")?;
            }
            if !message.start().starts_with("INVITE ") {
                continue;
            }
            self.respond(&message, "180 Ringing", "")?;
            std::thread::sleep(Duration::from_millis(200));
            self.respond(&message, "200 OK", &self.offer()?)?;
            let media = message.media()?;
            while !self.receive(deadline)?.start().starts_with("ACK ") {
                // Retransmissions of the INVITE; the answer went out.
            }
            return Ok(media);
        }
    }

    /// Ends the call.
    pub(super) fn hang_up(&self, limit: Duration) -> Result<()> {
        let dialog = self.dialog.borrow_mut().take().context("no call to end")?;
        self.request(&dialog, "BYE", 2, "")?;
        let deadline = Instant::now() + limit;
        loop {
            let message = self
                .receive(deadline)
                .context("waiting for the BYE's answer")?;
            if message.header("CSeq")?.ends_with("BYE") {
                ensure!(message.status() == Some(200), "{}", message.start());
                return Ok(());
            }
        }
    }

    /// Waits until the other side ends the call.
    pub(super) fn wait_for_end(&self, limit: Duration) -> Result<()> {
        let deadline = Instant::now() + limit;
        loop {
            let message = self.receive(deadline).context("waiting for the BYE")?;
            if message.start().starts_with("BYE ") {
                return self.respond(&message, "200 OK", "");
            }
        }
    }

    fn offer(&self) -> Result<String> {
        let media = self.media.local_addr()?;
        let (ip, port) = (media.ip(), media.port());
        Ok(format!(
            "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP 8\r\n\
             a=rtpmap:8 PCMA/8000\r\na=ptime:20\r\na=sendrecv\r\n"
        ))
    }

    fn request(&self, dialog: &Dialog, method: &str, number: u32, body: &str) -> Result<()> {
        let local = self.local;
        let Dialog {
            target,
            from,
            to,
            call_id,
        } = dialog;
        let text = format!(
            "{method} {target} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bK-{method}-{number}\r\nMax-Forwards: 70\r\n\
             From: {from}\r\nTo: {to}\r\nCall-ID: {call_id}\r\nCSeq: {number} {method}\r\nContact: <sip:1001@{local}>\r\n{}",
            tail(body)
        );
        self.sip.send_to(text.as_bytes(), self.exchange)?;
        Ok(())
    }

    fn respond(&self, request: &Message, status: &str, body: &str) -> Result<()> {
        let vias: String = request
            .headers("Via")
            .iter()
            .map(|via| format!("Via: {via}\r\n"))
            .collect();
        let to = request.header("To")?;
        let tag = if to.contains("tag=") {
            ""
        } else {
            ";tag=there"
        };
        let text = format!(
            "SIP/2.0 {status}\r\n{vias}From: {}\r\nTo: {to}{tag}\r\nCall-ID: {}\r\nCSeq: {}\r\nContact: <sip:1002@{}>\r\n{}",
            request.header("From")?,
            request.header("Call-ID")?,
            request.header("CSeq")?,
            self.local,
            tail(body)
        );
        self.sip.send_to(text.as_bytes(), self.exchange)?;
        Ok(())
    }

    fn receive(&self, deadline: Instant) -> Result<Message> {
        let mut buffer = [0; 65_535];
        loop {
            if let Ok((length, _)) = self.sip.recv_from(&mut buffer) {
                let bytes = buffer.get(..length).unwrap_or_default();
                let message = Message(String::from_utf8_lossy(bytes).into_owned());
                println!("{}: {}", self.local.port(), message.start());
                return Ok(message);
            }
            ensure!(Instant::now() < deadline, "nothing came in time");
        }
    }
}

/// The last headers, and the body.
fn tail(body: &str) -> String {
    let kind = if body.is_empty() {
        ""
    } else {
        "Content-Type: application/sdp\r\n"
    };
    format!("{kind}Content-Length: {}\r\n\r\n{body}", body.len())
}
