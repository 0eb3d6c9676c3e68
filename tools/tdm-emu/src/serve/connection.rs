// SPDX-License-Identifier: MIT OR Apache-2.0
//! One client: what it has opened, and the answers to its requests.

use super::hub::Hub;
use crate::model::{ClaimError, ClaimRequest, Owner, Refusal, Span};
use nix::errno::Errno;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use tdm::SlotSet;
use tdm::abi::claim::{Claim, Release, SetIdle};
use tdm::abi::command::Batch;
use tdm::abi::config::LineConfig;
use tdm::abi::message::{Describe, Open, kind};
use tdm::abi::status::{ABI_MAJOR, ABI_VERSION};
use tdm::abi::text;
use tdm::abi::wake::{Subscribe, Unsubscribe};
use tdm::serve::{Region, Request, Writer};

/// A connection: one open file description, as the ABI has it.
#[derive(Debug)]
pub(super) struct Connection {
    socket: OwnedFd,
    owner: Owner,
    span: Option<usize>,
}

/// Why a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The client closed it.
    Closed,
    /// The client sent what is no message of the ABI.
    Malformed,
    /// The client does not read its answers.
    Unread,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Refused(match refusal {
            Refusal::NoClaim => Errno::ENOENT,
            Refusal::Unfit => Errno::EINVAL,
            Refusal::Unsupported => Errno::EOPNOTSUPP,
            Refusal::Full => Errno::ENOSPC,
        })
    }
}

/// An errno for the client.
#[derive(Clone, Copy, Debug)]
struct Refused(Errno);

impl From<Errno> for Refused {
    fn from(errno: Errno) -> Self {
        Refused(errno)
    }
}

impl Connection {
    /// A connection that has opened nothing.
    pub(super) fn new(socket: OwnedFd, owner: Owner) -> Self {
        Connection {
            socket,
            owner,
            span: None,
        }
    }

    /// Ends everything that it held.
    pub(super) fn close(self, hub: &mut Hub) {
        if let Some(span) = self.span {
            hub.forget(self.owner, span);
        }
    }

    /// Reads and answers one request, if there is one. One at a time, so that nobody has to wait behind a flood.
    pub(super) fn serve(&mut self, hub: &mut Hub) -> Result<(), End> {
        let mut request = match Request::receive(self.socket.as_fd()) {
            Ok(Some(request)) => request,
            Ok(None) => return Err(End::Closed),
            Err(Errno::EAGAIN | Errno::EINTR) => return Ok(()),
            Err(Errno::ECONNRESET) => return Err(End::Closed),
            Err(_) => return Err(End::Malformed),
        };
        let fds = request.take_fds();
        hub.statistics.requests += 1;
        self.dispatch(hub, &request, fds)
    }

    fn dispatch(&mut self, hub: &mut Hub, request: &Request, fds: Vec<OwnedFd>) -> Result<(), End> {
        match request.kind() {
            kind::DESCRIBE => self.describe(hub, request),
            kind::OPEN => self.open(hub, request),
            kind::CLAIM => self.claim(hub, request),
            kind::RELEASE => {
                let argument: Release = argument(request)?;
                let done = self.with_span(hub, |span, owner| Ok(span.release(argument.id, owner)?));
                self.finish(hub, request, done, &argument)
            }
            kind::SET_IDLE => {
                let argument: SetIdle = argument(request)?;
                let slots = SlotSet::from_bits(argument.slots);
                let done = self.with_span(hub, |span, owner| {
                    Ok(span.set_idle(argument.id, owner, slots, argument.code)?)
                });
                self.finish(hub, request, done, &argument)
            }
            kind::SUBSCRIBE => self.subscribe(hub, request, fds),
            kind::UNSUBSCRIBE => {
                let argument: Unsubscribe = argument(request)?;
                let found = hub.unsubscribe(self.owner, argument.id);
                let done = if found {
                    Ok(())
                } else {
                    Err(Errno::ENOENT.into())
                };
                self.finish(hub, request, done, &argument)
            }
            kind::COMMAND => self.command(hub, request),
            kind::CONFIGURE => {
                let argument: LineConfig = argument(request)?;
                let done = self.with_span(hub, |span, _| Ok(span.configure(argument)?));
                self.finish(hub, request, done, &argument)
            }
            _ => {
                hub.statistics.refusals += 1;
                sent(request.answer(self.socket.as_fd(), Some(Errno::EOPNOTSUPP), &[0u8; 0], &[]))
            }
        }
    }

    fn with_span(
        &self,
        hub: &mut Hub,
        act: impl FnOnce(&mut Span<Region>, Owner) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        let index = self.span.ok_or(Errno::ENODEV)?;
        let span = hub.plant.span_mut(index).ok_or(Errno::ENODEV)?;
        let done = act(span, self.owner);
        hub.signal_news(index);
        done
    }

    /// Answers with the argument and the result of a request that brings nothing else.
    fn finish<T>(
        &self,
        hub: &mut Hub,
        request: &Request,
        done: Result<(), Refused>,
        argument: &T,
    ) -> Result<(), End>
    where
        T: zerocopy::IntoBytes + zerocopy::Immutable,
    {
        let errno = done.err().map(|refused| refused.0);
        hub.statistics.refusals += u64::from(errno.is_some());
        sent(request.answer(self.socket.as_fd(), errno, argument, &[]))
    }

    fn describe(&self, hub: &mut Hub, request: &Request) -> Result<(), End> {
        let mut argument: Describe = argument(request)?;
        let found = usize::try_from(argument.index)
            .ok()
            .and_then(|index| hub.plant.span(index));
        let done = match found {
            Some(span) => {
                argument.clock_domain = span.settings().domain;
                argument.config = span.config().pack();
                argument.alarms = span.alarms();
                argument.name = text::pack(&span.settings().name);
                Ok(())
            }
            None => Err(Errno::ENOENT.into()),
        };
        self.finish(hub, request, done, &argument)
    }

    fn open(&mut self, hub: &mut Hub, request: &Request) -> Result<(), End> {
        let mut argument: Open = argument(request)?;
        let theirs = (argument.abi_version >> 32) as u32;
        argument.abi_version = ABI_VERSION;
        if theirs != ABI_MAJOR {
            // The answer tells our version and brings no regions.
            return self.finish(hub, request, Ok(()), &argument);
        }
        if self.span.is_some() {
            return self.finish(hub, request, Err(Errno::EALREADY.into()), &argument);
        }
        let name = text::unpack(&argument.name);
        let Some(index) = hub
            .plant
            .spans()
            .position(|span| span.settings().name == name)
        else {
            return self.finish(hub, request, Err(Errno::ENOENT.into()), &argument);
        };
        let Some(span) = hub.plant.span(index) else {
            return self.finish(hub, request, Err(Errno::ENOENT.into()), &argument);
        };
        let memory = span.memory();
        argument.status_bytes = memory.status.bytes();
        argument.ring_bytes = memory.receive.bytes();
        let fds = [
            memory.status.as_fd(),
            memory.receive.as_fd(),
            memory.sent.as_fd(),
        ];
        sent(request.answer(self.socket.as_fd(), None, &argument, &fds))?;
        self.span = Some(index);
        Ok(())
    }

    fn claim(&self, hub: &mut Hub, request: &Request) -> Result<(), End> {
        let mut argument: Claim = argument(request)?;
        let ask = ClaimRequest {
            slots: SlotSet::from_bits(argument.slots),
            purpose: argument.purpose,
            peer: argument.peer,
            holder: text::unpack(&argument.holder),
            owner: self.owner,
        };
        let Some(span) = self.span.and_then(|index| hub.plant.span_mut(index)) else {
            return self.finish(hub, request, Err(Errno::ENODEV.into()), &argument);
        };
        let granted = span.claim(&ask, |bytes| {
            Region::new("tdm-transmit", bytes, Writer::Client)
        });
        let errno = match granted {
            Ok(Ok(id)) => {
                argument.id = id;
                let region = span.transmit_region(id);
                argument.bytes = region.map_or(0, Region::bytes);
                let fds: Vec<BorrowedFd<'_>> = region.map(AsFd::as_fd).into_iter().collect();
                return sent(request.answer(self.socket.as_fd(), None, &argument, &fds));
            }
            Ok(Err(ClaimError::Busy(busy))) => {
                argument.slots = busy.slots.bits();
                argument.holder = text::pack(&busy.holder);
                Errno::EBUSY
            }
            Ok(Err(ClaimError::Unfit)) => Errno::EINVAL,
            Ok(Err(ClaimError::Full)) => Errno::ENOSPC,
            Err(_) => Errno::ENOMEM,
        };
        self.finish(hub, request, Err(errno.into()), &argument)
    }

    fn subscribe(&self, hub: &mut Hub, request: &Request, fds: Vec<OwnedFd>) -> Result<(), End> {
        let argument: Subscribe = argument(request)?;
        let Some(span) = self.span else {
            return self.finish(hub, request, Err(Errno::ENODEV.into()), &argument);
        };
        match hub.subscribe(self.owner, span, argument, fds) {
            Ok((granted, word)) => {
                let fds: Vec<BorrowedFd<'_>> = word.map(AsFd::as_fd).into_iter().collect();
                sent(request.answer(self.socket.as_fd(), None, &granted, &fds))
            }
            Err(errno) => self.finish(hub, request, Err(errno.into()), &argument),
        }
    }

    fn command(&self, hub: &mut Hub, request: &Request) -> Result<(), End> {
        let mut argument: Batch = argument(request)?;
        let count = usize::try_from(argument.count).unwrap_or(usize::MAX);
        let mut accepted = 0;
        let done = match argument.commands.get(..count) {
            None => Err(Errno::EINVAL.into()),
            Some(commands) => self.with_span(hub, |span, owner| {
                for command in commands {
                    span.command(argument.id, owner, *command)?;
                    accepted += 1;
                }
                Ok(())
            }),
        };
        argument.count = accepted;
        self.finish(hub, request, done, &argument)
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// A request whose size is not that of its kind's argument is no request.
fn argument<T: zerocopy::FromBytes>(request: &Request) -> Result<T, End> {
    request.argument().map_err(|_| End::Malformed)
}

fn sent(result: Result<(), Errno>) -> Result<(), End> {
    match result {
        Ok(()) => Ok(()),
        Err(Errno::EAGAIN | Errno::ENOBUFS) => Err(End::Unread),
        Err(_) => Err(End::Closed),
    }
}
