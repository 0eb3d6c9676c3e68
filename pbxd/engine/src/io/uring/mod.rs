// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exchange over one io_uring.
//!
//! Every socket has a multishot `recvmsg` with a ring of provided buffers of its own, so that a flood on one call's port starves
//! only that call. Sends are `SENDMSG` from slots of an [`Arena`] that stay untouched until their completion is seen. A port is
//! given back when its receives have ended and none of its sends is in flight.

mod arena;
mod buffers;
mod ring;

use super::address;
use super::{Backend, Body, Datagram, IoCounters, Port, Sent, Sink, Stream, Unsent};
use crate::settings::BackendKind;
use arena::Arena;
use buffers::Buffers;
use io_uring::cqueue;
use ring::Ring;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;

/// Buffers of one RTP socket, and of one RTCP socket.
const BUFFERS: [u16; 2] = [32, 4];
/// Passes over the completion queue in one exchange: what a flood leaves waits for the next tick.
const PASSES: usize = 64;

/// What a completion belongs to, packed into its user data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Send(usize),
    Receive(usize, Stream),
    Cancel,
}

impl Token {
    fn pack(self) -> u64 {
        match self {
            Self::Cancel => 0,
            Self::Send(slot) => 1 << 56 | slot as u64,
            Self::Receive(port, Stream::Rtp) => 2 << 56 | port as u64,
            Self::Receive(port, Stream::Rtcp) => 3 << 56 | port as u64,
        }
    }

    fn unpack(data: u64) -> Self {
        let index = (data & 0xffff_ffff) as usize;
        match data >> 56 {
            1 => Self::Send(index),
            2 => Self::Receive(index, Stream::Rtp),
            3 => Self::Receive(index, Stream::Rtcp),
            _ => Self::Cancel,
        }
    }
}

/// One socket's receive.
#[derive(Debug)]
struct Receive {
    buffers: Buffers,
    /// The kernel has a receive of ours that has not ended.
    armed: bool,
}

struct Slot {
    port: Port,
    receive: [Receive; 2],
    in_flight: u32,
    closing: bool,
}

impl Slot {
    fn idle(&self) -> bool {
        self.in_flight == 0 && self.receive.iter().all(|receive| !receive.armed)
    }
}

pub(super) struct Uring {
    ring: Ring,
    arena: Arena,
    slots: Vec<Option<Slot>>,
    /// Buffers of closed ports, by stream, to be used again: no set-up in a storm of calls.
    spare: [Vec<Buffers>; 2],
    groups: u16,
    /// Ports that are being closed.
    closing: usize,
    /// Receives to arm before the next enter.
    rearm: Vec<(usize, Stream)>,
    counters: IoCounters,
}

impl Uring {
    pub(super) fn new(ports: usize) -> io::Result<Self> {
        let mut ring = Ring::new(ports)?;
        // Prove now that the kernel has rings of provided buffers, rather than at the first call.
        let probe = Buffers::new(&mut ring, 0, 2)?;
        let mut spare = [Vec::with_capacity(ports), Vec::with_capacity(ports)];
        probe.release(&mut ring);
        for spare in &mut spare {
            spare.clear();
        }
        Ok(Self {
            ring,
            arena: Arena::new((ports * 4).max(256)),
            slots: (0..ports).map(|_| None).collect(),
            spare,
            groups: 0,
            closing: 0,
            rearm: Vec::with_capacity(ports * 4 + 8),
            counters: IoCounters::default(),
        })
    }

    fn buffers(&mut self, stream: Stream) -> io::Result<Buffers> {
        if let Some(spare) = self.spare[stream.index()].pop() {
            return Ok(spare);
        }
        let group = self.groups;
        let buffers = Buffers::new(&mut self.ring, group, BUFFERS[stream.index()])?;
        self.groups += 1;
        Ok(buffers)
    }

    /// Arms what is to be armed; what finds no room in the queue stays for the next time.
    fn arm(&mut self) {
        while let Some((index, stream)) = self.rearm.pop() {
            let Some(Some(slot)) = self.slots.get_mut(index) else {
                continue;
            };
            let receive = &mut slot.receive[stream.index()];
            if slot.closing || receive.armed {
                continue;
            }
            let fd = slot.port.sockets[stream.index()].as_raw_fd();
            let token = Token::Receive(index, stream).pack();
            if !self.ring.receive(fd, receive.buffers.group(), token) {
                self.rearm.push((index, stream));
                return;
            }
            receive.armed = true;
        }
    }

    fn completed(&mut self, entry: &cqueue::Entry, sink: &mut dyn Sink) {
        match Token::unpack(entry.user_data()) {
            Token::Cancel => {}
            Token::Send(number) => {
                let Some(flight) = self.arena.release(number) else {
                    return;
                };
                let result = usize::try_from(entry.result()).map_err(|_| -entry.result());
                if let Some(Some(slot)) = self.slots.get_mut(flight.port) {
                    slot.in_flight = slot.in_flight.saturating_sub(1);
                }
                sink.sent(Sent {
                    port: flight.port,
                    rtp: flight.rtp,
                    window: flight.window,
                    result,
                });
                self.finish(flight.port, sink);
            }
            Token::Receive(index, stream) => self.received(index, stream, entry, sink),
        }
    }

    fn received(
        &mut self,
        index: usize,
        stream: Stream,
        entry: &cqueue::Entry,
        sink: &mut dyn Sink,
    ) {
        let Some(Some(slot)) = self.slots.get_mut(index) else {
            return;
        };
        let receive = &mut slot.receive[stream.index()];
        if let Some(buffer) = cqueue::buffer_select(entry.flags()) {
            let length = usize::try_from(entry.result()).unwrap_or(0);
            if let Some(datagram) = receive.buffers.read(buffer, length, self.ring.template()) {
                if datagram.is_payload_truncated() {
                    self.counters.oversize += 1;
                } else if let Some(from) = address::read(datagram.name_data()) {
                    if !slot.closing {
                        sink.arrived(Datagram {
                            port: index,
                            stream,
                            from,
                            octets: datagram.payload_data(),
                        });
                    }
                }
            }
            receive.buffers.give_back(buffer);
        } else if entry.result() == -libc::ENOBUFS {
            self.counters.no_buffers += 1;
        } else if entry.result() < 0 && entry.result() != -libc::ECANCELED {
            self.counters.receive_errors += 1;
        }
        if !cqueue::more(entry.flags()) {
            receive.armed = false;
            if slot.closing {
                self.finish(index, sink);
            } else {
                self.counters.rearmed += 1;
                self.rearm.push((index, stream));
            }
        }
    }

    /// Gives a closed port back once nothing refers to it.
    fn finish(&mut self, index: usize, sink: &mut dyn Sink) {
        let Some(place) = self.slots.get_mut(index) else {
            return;
        };
        if !place
            .as_ref()
            .is_some_and(|slot| slot.closing && slot.idle())
        {
            return;
        }
        if let Some(slot) = place.take() {
            self.closing -= 1;
            for (receive, spare) in slot.receive.into_iter().zip(&mut self.spare) {
                spare.push(receive.buffers);
            }
            sink.closed(index, slot.port);
        }
    }
}

impl Backend for Uring {
    fn open(&mut self, index: usize, port: Port) -> io::Result<()> {
        if !matches!(self.slots.get(index), Some(None)) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let rtp = self.buffers(Stream::Rtp)?;
        let rtcp = match self.buffers(Stream::Rtcp) {
            Ok(rtcp) => rtcp,
            Err(error) => {
                self.spare[0].push(rtp);
                return Err(error);
            }
        };
        let receive = [rtp, rtcp].map(|buffers| Receive {
            buffers,
            armed: false,
        });
        if let Some(place) = self.slots.get_mut(index) {
            *place = Some(Slot {
                port,
                receive,
                in_flight: 0,
                closing: false,
            });
        }
        for stream in Stream::BOTH {
            self.rearm.push((index, stream));
        }
        Ok(())
    }

    fn close(&mut self, index: usize) {
        let Some(Some(slot)) = self.slots.get_mut(index) else {
            return;
        };
        if slot.closing {
            return;
        }
        slot.closing = true;
        self.closing += 1;
        for stream in Stream::BOTH {
            if slot.receive[stream.index()].armed {
                let token = Token::Receive(index, stream).pack();
                self.ring.cancel(token, Token::Cancel.pack());
            }
        }
    }

    fn send(
        &mut self,
        index: usize,
        stream: Stream,
        to: SocketAddr,
        body: Body<'_>,
    ) -> Result<(), Unsent> {
        let Some(Some(slot)) = self
            .slots
            .get_mut(index)
            .filter(|slot| slot.as_ref().is_some_and(|slot| !slot.closing))
        else {
            return Err(Unsent::Full);
        };
        let (number, message) = self.arena.fill(index, &slot.port.tap, to, body)?;
        let fd = slot.port.sockets[stream.index()].as_raw_fd();
        if !self.ring.send(fd, message, Token::Send(number).pack()) {
            self.arena.release(number);
            return Err(Unsent::Full);
        }
        slot.in_flight += 1;
        Ok(())
    }

    fn exchange(&mut self, sink: &mut dyn Sink) -> io::Result<()> {
        // A port that was closed before anything was armed has no completion to wait for.
        if self.closing > 0 {
            for index in 0..self.slots.len() {
                self.finish(index, sink);
            }
        }
        self.arm();
        for _ in 0..PASSES {
            let mut more = self.ring.enter()?;
            self.counters.enters += 1;
            while let Some(entry) = self.ring.next() {
                self.completed(&entry, sink);
                more = true;
            }
            if !more || !self.ring.pending() {
                break;
            }
        }
        Ok(())
    }

    fn kind(&self) -> BackendKind {
        BackendKind::Uring
    }

    fn counters(&self) -> IoCounters {
        self.counters
    }
}

struct Ignore;

impl Sink for Ignore {
    fn arrived(&mut self, _: Datagram<'_>) {}
    fn sent(&mut self, _: Sent) {}
    fn closed(&mut self, _: usize, _: Port) {}
}

impl Drop for Uring {
    /// Ends everything that the kernel may still do with our memory before it is freed.
    fn drop(&mut self) {
        for index in 0..self.slots.len() {
            self.close(index);
        }
        for _ in 0..1000 {
            if self.slots.iter().all(Option::is_none) {
                break;
            }
            if self.exchange(&mut Ignore).is_err() {
                break;
            }
        }
        if self.slots.iter().any(Option::is_some) {
            // The kernel did not end a request: leaking its memory is the sound way out.
            for slot in self.slots.drain(..) {
                std::mem::forget(slot);
            }
            std::mem::forget(std::mem::replace(&mut self.arena, Arena::new(0)));
        }
    }
}
