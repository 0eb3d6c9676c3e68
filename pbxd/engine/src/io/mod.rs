// SPDX-License-Identifier: MIT OR Apache-2.0
//! Datagrams in and out for one worker: one interface, io_uring or plain system calls behind it.
//!
//! A *port* is a channel's pair of sockets and the tap that its windows come from. Sends are queued and leave, and arrivals are
//! handed over, in [`Backend::exchange`], once a tick. Nothing here waits for the network.

mod address;
mod plain;
mod uring;
mod wait;

use crate::settings::BackendKind;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use tdm::Tap;

pub(crate) use wait::Waiter;

/// The longest datagram that is taken; longer ones are dropped and counted.
pub(crate) const DATAGRAM: usize = 900;
/// The longest payload that is sent: 60 ms of G.711, or a report.
pub(crate) const PAYLOAD: usize = 512;

/// Which of a port's two sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Rtp,
    Rtcp,
}

impl Stream {
    pub(crate) const BOTH: [Self; 2] = [Self::Rtp, Self::Rtcp];
    const fn index(self) -> usize {
        match self {
            Self::Rtp => 0,
            Self::Rtcp => 1,
        }
    }
}

/// A channel's sockets and the tap that its windows come from. It lives until nothing refers to it any more.
#[derive(Debug)]
pub(crate) struct Port {
    pub(crate) sockets: [UdpSocket; 2],
    pub(crate) tap: Tap,
}

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Body<'a> {
    /// An RTP header and a window of the port's tap, not copied.
    Window {
        header: [u8; rtp::HEADER_OCTETS],
        first: u64,
        count: u64,
    },
    /// An RTP header and octets, copied into the send slot.
    Octets {
        header: [u8; rtp::HEADER_OCTETS],
        octets: &'a [u8],
    },
    /// A whole datagram, copied into the send slot.
    Datagram(&'a [u8]),
}

impl Body<'_> {
    /// Octets of payload, if this is an RTP packet.
    const fn rtp(&self) -> Option<usize> {
        match self {
            Self::Window { count, .. } => Some(*count as usize),
            Self::Octets { octets, .. } => Some(octets.len()),
            Self::Datagram(_) => None,
        }
    }
}

/// Why nothing was queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unsent {
    /// All send slots are in use.
    Full,
    /// The window's frames do not stand.
    Lost,
}

/// What became of a send.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    /// The port's index.
    pub(crate) port: usize,
    /// The window that was sent, if it was one.
    pub(crate) window: Option<(u64, u64)>,
    /// Octets of payload, if it was an RTP packet.
    pub(crate) rtp: Option<usize>,
    /// The octets sent, or the errno.
    pub(crate) result: Result<usize, i32>,
}

/// A datagram that arrived.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Datagram<'a> {
    /// The port's index.
    pub(crate) port: usize,
    pub(crate) stream: Stream,
    pub(crate) from: SocketAddr,
    pub(crate) octets: &'a [u8],
}

/// Takes what an exchange brings.
pub(crate) trait Sink {
    fn arrived(&mut self, datagram: Datagram<'_>);
    fn sent(&mut self, sent: Sent);
    /// The port that was closed; nothing refers to it any more.
    fn closed(&mut self, index: usize, port: Port);
}

/// What happened in a backend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IoCounters {
    /// Datagrams longer than any that we understand.
    pub oversize: u64,
    /// Times that a socket's receive buffers were all in use; the datagrams waited in the socket.
    pub no_buffers: u64,
    /// Receives that had to be armed again.
    pub rearmed: u64,
    /// Receives that failed otherwise: ICMP errors of the far end, for instance.
    pub receive_errors: u64,
    /// System calls made for the exchange.
    pub enters: u64,
}

/// Datagrams in and out.
pub(crate) trait Backend {
    /// Takes a port at a free index below the bound given at start.
    fn open(&mut self, index: usize, port: Port) -> io::Result<()>;
    /// Ends a port; [`Sink::closed`] gives it back.
    fn close(&mut self, index: usize);
    /// Queues one send.
    fn send(
        &mut self,
        index: usize,
        stream: Stream,
        to: SocketAddr,
        body: Body<'_>,
    ) -> Result<(), Unsent>;
    /// Sends what is queued and hands over what arrived and what was sent.
    fn exchange(&mut self, sink: &mut dyn Sink) -> io::Result<()>;
    /// Which one it is.
    fn kind(&self) -> BackendKind;
    fn counters(&self) -> IoCounters;
}

/// Makes the backend that was asked for. With [`BackendKind::Auto`] it is io_uring unless the kernel refuses what we need.
pub(crate) fn make(kind: BackendKind, ports: usize) -> io::Result<Box<dyn Backend>> {
    match kind {
        BackendKind::Plain => Ok(Box::new(plain::Plain::new(ports)?)),
        BackendKind::Uring => Ok(Box::new(uring::Uring::new(ports)?)),
        BackendKind::Auto => match uring::Uring::new(ports) {
            Ok(uring) => Ok(Box::new(uring)),
            Err(_) => Ok(Box::new(plain::Plain::new(ports)?)),
        },
    }
}
