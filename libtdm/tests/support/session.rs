// SPDX-License-Identifier: MIT OR Apache-2.0
//! One client's requests.

use super::state::{Claimed, LockStep, State, Subscriber, TICK};
use nix::errno::Errno;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tdm::abi::claim::{Claim, Release, SetIdle};
use tdm::abi::config::LineConfig;
use tdm::abi::geometry::SlotSet;
use tdm::abi::message::{Describe, Open, kind};
use tdm::abi::ring::{Place, fill};
use tdm::abi::status::ABI_VERSION;
use tdm::abi::wake::{Subscribe, Unsubscribe, flag};
use tdm::abi::words::Words;
use tdm::abi::{text, word};
use tdm::serve::{Region, Request, Writer};

static SESSIONS: AtomicUsize = AtomicUsize::new(0);

/// Serves a connection until its end.
pub(crate) fn serve(connection: &OwnedFd, state: &Mutex<State>) {
    let session = SESSIONS.fetch_add(1, Ordering::Relaxed);
    while let Ok(Some(request)) = Request::receive(connection.as_fd()) {
        let mut state = state.lock().unwrap();
        if handle(connection.as_fd(), request, &mut state, session).is_err() {
            break;
        }
    }
    state.lock().unwrap().forget(session);
}

fn handle(
    socket: BorrowedFd<'_>,
    mut request: Request,
    state: &mut State,
    session: usize,
) -> Result<(), Errno> {
    let fds = request.take_fds();
    match request.kind() {
        kind::DESCRIBE => {
            let mut argument: Describe = request.argument()?;
            let errno = (argument.index > 0).then_some(Errno::ENOENT);
            argument.clock_domain = 1;
            argument.config = state.config.pack();
            argument.alarms = 0;
            argument.name = text::pack("a");
            request.answer(socket, errno, &argument, &[])
        }
        kind::OPEN => {
            let mut argument: Open = request.argument()?;
            if text::unpack(&argument.name) != "a" {
                return request.answer(socket, Some(Errno::ENOENT), &argument, &[]);
            }
            argument.abi_version = ABI_VERSION;
            argument.status_bytes = state.status.bytes();
            argument.ring_bytes = state.receive.bytes();
            let regions = [
                state.status.as_fd(),
                state.receive.as_fd(),
                state.sent.as_fd(),
            ];
            request.answer(socket, None, &argument, &regions)
        }
        kind::CLAIM => claim(socket, &request, state, session),
        kind::RELEASE => {
            let argument: Release = request.argument()?;
            let found = state.claims.iter().position(|each| each.id == argument.id);
            if let Some(index) = found {
                let ended = state.claims.swap_remove(index);
                state.mark(ended.slots, 0);
            }
            let errno = found.is_none().then_some(Errno::EINVAL);
            request.answer(socket, errno, &argument, &[])
        }
        kind::SET_IDLE => {
            let argument: SetIdle = request.argument()?;
            for slot in SlotSet::from_bits(argument.slots).iter() {
                state.status.store(
                    word::of_slot(slot, word::SLOT_IDLE),
                    u64::from(argument.code),
                );
            }
            request.answer(socket, None, &argument, &[])
        }
        kind::SUBSCRIBE => subscribe(socket, &request, fds, state, session),
        kind::UNSUBSCRIBE => {
            let argument: Unsubscribe = request.argument()?;
            state.subscribers.retain(|each| each.id != argument.id);
            request.answer(socket, None, &argument, &[])
        }
        kind::CONFIGURE => {
            let argument: LineConfig = request.argument()?;
            let errno = argument.check().err().map(|_| Errno::EINVAL);
            if errno.is_none() {
                state.configure(argument);
            }
            request.answer(socket, errno, &argument, &[])
        }
        _ => Err(Errno::EPROTO),
    }
}

fn claim(
    socket: BorrowedFd<'_>,
    request: &Request,
    state: &mut State,
    session: usize,
) -> Result<(), Errno> {
    let mut argument: Claim = request.argument()?;
    let slots = SlotSet::from_bits(argument.slots);
    let held = state
        .claims
        .iter()
        .find(|each| !each.slots.intersection(slots).is_empty());
    if let Some(held) = held {
        argument.slots = held.slots.intersection(slots).bits();
        argument.holder = held.holder;
        return request.answer(socket, Some(Errno::EBUSY), &argument, &[]);
    }
    argument.id = state.next_id();
    argument.bytes = state.geometry.region_bytes(u64::from(slots.len()));
    let region = Region::new("transmit", argument.bytes, Writer::Client).unwrap();
    for slot in slots.iter() {
        let place = Place {
            geometry: state.geometry,
            slot,
            ring: u64::from(slots.rank(slot)),
        };
        fill(
            &region,
            &place,
            0,
            state.geometry.frames(),
            state.idle(slot),
        );
    }
    state.mark(slots, argument.id);
    let sent = request.answer(socket, None, &argument, &[region.as_fd()]);
    state.claims.push(Claimed {
        id: argument.id,
        slots,
        holder: argument.holder,
        region,
        session,
    });
    sent
}

fn subscribe(
    socket: BorrowedFd<'_>,
    request: &Request,
    fds: Vec<OwnedFd>,
    state: &mut State,
    session: usize,
) -> Result<(), Errno> {
    let mut argument: Subscribe = request.argument()?;
    let tick = TICK as u32;
    argument.period = argument.period.max(1).div_ceil(tick) * tick;
    argument.phase = argument.phase % argument.period / tick * tick;
    argument.id = state.next_id();
    let mut fds = fds.into_iter();
    let eventfd = fds.next().ok_or(Errno::EPROTO)?;
    let lock_step = if argument.flags & flag::LOCK_STEP != 0 {
        let consumed = Region::new("consumed", 4096, Writer::Client).unwrap();
        consumed.store(0, state.positions.rx_frame);
        Some(Arc::new(LockStep {
            consumed,
            eventfd: fds.next().ok_or(Errno::EPROTO)?,
        }))
    } else {
        None
    };
    let page: Vec<BorrowedFd<'_>> = lock_step.iter().map(|step| step.consumed.as_fd()).collect();
    request.answer(socket, None, &argument, &page)?;
    state.subscribers.push(Subscriber {
        id: argument.id,
        period: u64::from(argument.period),
        phase: u64::from(argument.phase),
        events: argument.flags & flag::EVENTS != 0,
        eventfd,
        lock_step,
        session,
    });
    Ok(())
}
