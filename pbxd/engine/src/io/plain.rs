// SPDX-License-Identifier: MIT OR Apache-2.0
//! The same without io_uring: `sendmsg` for each packet, and `recvmmsg` for the sockets that epoll says have something.
//!
//! Every channel has a socket of its own, so `sendmmsg`, which takes packets for one socket, would save nothing.

use super::address::{self, Name};
use super::{Backend, Body, DATAGRAM, Datagram, IoCounters, Port, Sent, Sink, Stream, Unsent};
use crate::settings::BackendKind;
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;

/// Datagrams read from one socket in one tick.
const BATCH: usize = 32;
/// Sockets looked at in one tick.
const READY: usize = 512;

/// Memory for one call of `recvmmsg`.
struct Batch {
    messages: [libc::mmsghdr; BATCH],
    parts: [libc::iovec; BATCH],
    names: [Name; BATCH],
    octets: [[u8; DATAGRAM]; BATCH],
}

pub(super) struct Plain {
    epoll: Epoll,
    ports: Vec<Option<Port>>,
    ready: Vec<EpollEvent>,
    sent: Vec<Sent>,
    closing: Vec<usize>,
    batch: Box<Batch>,
    counters: IoCounters,
}

impl Plain {
    pub(super) fn new(ports: usize) -> io::Result<Self> {
        // SAFETY: all-zero is a valid value of every field: pointers, integers and octets.
        let batch: Box<Batch> = unsafe { Box::new(std::mem::zeroed()) };
        Ok(Self {
            epoll: Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?,
            ports: (0..ports).map(|_| None).collect(),
            ready: vec![EpollEvent::empty(); READY],
            sent: Vec::with_capacity(ports * 8 + 64),
            closing: Vec::with_capacity(ports),
            batch,
            counters: IoCounters::default(),
        })
    }

    fn read(&mut self, index: usize, stream: Stream, sink: &mut dyn Sink) {
        let Some(Some(port)) = self.ports.get(index) else {
            return;
        };
        let fd = port.sockets[stream.index()].as_raw_fd();
        let count = self.batch.receive(fd);
        self.counters.enters += 1;
        let count = match count {
            Ok(count) => count,
            Err(Errno::EAGAIN | Errno::EINTR) => return,
            Err(_) => {
                self.counters.receive_errors += 1;
                return;
            }
        };
        for n in 0..count {
            let message = &self.batch.messages[n];
            if message.msg_hdr.msg_flags & libc::MSG_TRUNC != 0 {
                self.counters.oversize += 1;
                continue;
            }
            let octets = self.batch.octets[n].get(..message.msg_len as usize);
            let from = address::read(self.batch.names[n].octets());
            if let (Some(octets), Some(from)) = (octets, from) {
                sink.arrived(Datagram {
                    port: index,
                    stream,
                    from,
                    octets,
                });
            }
        }
    }
}

impl Batch {
    fn receive(&mut self, fd: i32) -> Result<usize, Errno> {
        for n in 0..BATCH {
            self.names[n] = Name::EMPTY;
            self.parts[n] = libc::iovec {
                iov_base: self.octets[n].as_mut_ptr().cast(),
                iov_len: DATAGRAM,
            };
            // SAFETY: all-zero is a valid message header without anything.
            let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
            header.msg_name = self.names[n].as_mut_ptr();
            header.msg_namelen = address::NAME as u32;
            header.msg_iov = &raw mut self.parts[n];
            header.msg_iovlen = 1;
            self.messages[n] = libc::mmsghdr {
                msg_hdr: header,
                msg_len: 0,
            };
        }
        let messages = self.messages.as_mut_ptr();
        // SAFETY: BATCH headers, each with a name of its stated length and one iovec of its stated length, all inside self,
        // which nothing else touches during the call. MSG_DONTWAIT makes it return at once, so no timeout is given.
        let count = unsafe {
            libc::recvmmsg(
                fd,
                messages,
                BATCH as u32,
                libc::MSG_DONTWAIT,
                std::ptr::null_mut(),
            )
        };
        Errno::result(count).map(|count| count as usize)
    }
}

/// Sends a header and parts at once.
fn send(fd: i32, to: SocketAddr, header: &[u8], parts: &[libc::iovec]) -> Result<usize, i32> {
    let mut name = Name::new(to);
    let mut vector = [libc::iovec {
        iov_base: header.as_ptr().cast_mut().cast(),
        iov_len: header.len(),
    }; 3];
    let mut used = 1;
    for (place, part) in vector.iter_mut().skip(1).zip(parts) {
        *place = *part;
        used += 1;
    }
    // SAFETY: all-zero is a valid message header without anything.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    message.msg_name = name.as_mut_ptr();
    message.msg_namelen = name.length();
    message.msg_iov = vector.as_mut_ptr();
    message.msg_iovlen = used;
    // SAFETY: the name and the iovecs live until the call returns; it only reads what they point to: a slice of the caller's, and
    // parts that are octets of the caller's or pieces of a mapping that the caller's tap keeps mapped.
    let sent = unsafe {
        libc::sendmsg(
            fd,
            &raw const message,
            libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL,
        )
    };
    Errno::result(sent)
        .map(|octets| octets as usize)
        .map_err(|errno| errno as i32)
}

fn part(octets: &[u8]) -> libc::iovec {
    libc::iovec {
        iov_base: octets.as_ptr().cast_mut().cast(),
        iov_len: octets.len(),
    }
}

impl Backend for Plain {
    fn open(&mut self, index: usize, port: Port) -> io::Result<()> {
        for stream in Stream::BOTH {
            let token = (index as u64) << 1 | stream.index() as u64;
            let event = EpollEvent::new(EpollFlags::EPOLLIN, token);
            self.epoll.add(&port.sockets[stream.index()], event)?;
        }
        match self.ports.get_mut(index) {
            Some(place) => *place = Some(port),
            None => return Err(io::ErrorKind::InvalidInput.into()),
        }
        Ok(())
    }

    fn close(&mut self, index: usize) {
        self.closing.push(index);
    }

    fn send(
        &mut self,
        index: usize,
        stream: Stream,
        to: SocketAddr,
        body: Body<'_>,
    ) -> Result<(), Unsent> {
        let port = self.ports.get(index).and_then(Option::as_ref);
        let Some(port) = port.filter(|_| self.sent.len() < self.sent.capacity()) else {
            return Err(Unsent::Full);
        };
        let fd = port.sockets[stream.index()].as_raw_fd();
        let (window, result) = match body {
            Body::Window {
                header,
                first,
                count,
            } => {
                let window = port.tap.window(first, count).map_err(|_| Unsent::Lost)?;
                let parts = window.iovecs();
                (
                    Some((first, count)),
                    send(fd, to, &header, parts.as_slice()),
                )
            }
            Body::Octets { header, octets } => (None, send(fd, to, &header, &[part(octets)])),
            Body::Datagram(octets) => (None, send(fd, to, octets, &[])),
        };
        self.counters.enters += 1;
        self.sent.push(Sent {
            port: index,
            rtp: body.rtp(),
            window,
            result,
        });
        Ok(())
    }

    fn exchange(&mut self, sink: &mut dyn Sink) -> io::Result<()> {
        for sent in self.sent.drain(..) {
            sink.sent(sent);
        }
        while let Some(index) = self.closing.pop() {
            if let Some(port) = self.ports.get_mut(index).and_then(Option::take) {
                for socket in &port.sockets {
                    self.epoll.delete(socket)?;
                }
                sink.closed(index, port);
            }
        }
        self.counters.enters += 1;
        let mut ready = std::mem::take(&mut self.ready);
        let count = match self.epoll.wait(&mut ready, EpollTimeout::ZERO) {
            Ok(count) => count,
            Err(Errno::EINTR) => 0,
            Err(errno) => return Err(errno.into()),
        };
        for event in ready.iter().take(count) {
            let token = event.data();
            let stream = if token & 1 == 0 {
                Stream::Rtp
            } else {
                Stream::Rtcp
            };
            self.read((token >> 1) as usize, stream, sink);
        }
        self.ready = ready;
        Ok(())
    }

    fn kind(&self) -> BackendKind {
        BackendKind::Plain
    }

    fn counters(&self) -> IoCounters {
        self.counters
    }
}
