// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card of emulated spans whose ticks the test gives itself, one by one.

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::eventfd::EventFd;
use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, UnixAddr, accept, bind, listen, socket,
};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use tdm::abi::message::{Open, kind};
use tdm::abi::ring::{self, Place};
use tdm::abi::status::{ABI_VERSION, Head, MAGIC, feature};
use tdm::abi::words::Words;
use tdm::abi::{claim, config::LineConfig, position, text, wake, word};
use tdm::serve::{Region, Request, Writer};
use tdm::{Geometry, Positions, Slot, SlotSet, Span, SpanAddress};

/// Frames between what has been received and what is beyond recall.
pub(crate) const DEPTH: u64 = 16;
pub(crate) const TICK: u64 = 8;
const EVENTS: u64 = 64;
const STATUS_BYTES: u64 = 4096;
const RING: u64 = 4096;

struct Subscriber {
    id: u32,
    period: u64,
    phase: u64,
    eventfd: EventFd,
    lock_step: Option<(Region, Arc<EventFd>)>,
    owner: u64,
}

struct ClaimState {
    id: u32,
    slots: SlotSet,
    region: Region,
    owner: u64,
}

struct SpanState {
    name: String,
    status: Region,
    receive: Region,
    sent: Region,
    now: Positions,
    claims: Vec<ClaimState>,
    subscribers: Vec<Subscriber>,
}

struct State {
    spans: Vec<SpanState>,
    next_id: u32,
    ended: bool,
}

/// Eight bytes that a slot receives from this frame on.
pub(crate) type Source = Box<dyn FnMut(usize, Slot, u64, &Sent<'_>) -> [u8; 8] + Send>;

/// What the spans have sent.
pub(crate) struct Sent<'a>(&'a [SpanState]);

impl Sent<'_> {
    /// The row that a span sent at a frame.
    pub(crate) fn row(&self, span: usize, slot: Slot, frame: u64) -> [u8; 8] {
        let state = &self.0[span];
        let place = Place::whole(geometry(), slot);
        state.sent.load(place.word(frame)).to_ne_bytes()
    }
}

pub(crate) struct Card {
    state: Arc<Mutex<State>>,
    source: Source,
    path: PathBuf,
    _folder: tempfile::TempDir,
}

fn geometry() -> Geometry {
    Geometry::for_page(RING).unwrap()
}

fn new_span(name: &str, index: u64, clock_domain: u64) -> SpanState {
    let bytes = geometry().region_bytes(32);
    let status = Region::new("status", STATUS_BYTES, Writer::Server).unwrap();
    let head = Head {
        magic: MAGIC,
        abi_version: ABI_VERSION,
        features: feature::LOCK_STEP | feature::EMULATED,
        slots: 32,
        ring_frames: RING,
        ring_stride: RING,
        row_frames: 8,
        skew_frames: 64,
        status_bytes: STATUS_BYTES,
        event_offset: 1792,
        event_capacity: EVENTS,
        tx_lead: 8,
        tick_frames: TICK,
        clock_domain,
        span_index: index,
        name: text::to_words(&text::pack(name)),
        reserved: [0; 9],
    };
    head.write(&status);
    let config = LineConfig::E1_CCS_CRC4;
    status.store(word::CONFIG, config.pack());
    status.store(word::USABLE_SLOTS, u64::from(config.usable_slots()));
    for slot in Slot::all() {
        status.store(word::of_slot(slot, word::SLOT_IDLE), 0xd5);
    }
    let now = Positions {
        epoch: 1,
        epoch_frame: 8000,
        rx_frame: 8000,
        tx_taken: 8000 + DEPTH,
        tick_ns: monotonic(),
        rate_ppb: 0,
    };
    position::publish(&status, &now);
    SpanState {
        name: name.to_owned(),
        status,
        receive: Region::new("receive", bytes, Writer::Server).unwrap(),
        sent: Region::new("sent", bytes, Writer::Server).unwrap(),
        now,
        claims: Vec::new(),
        subscribers: Vec::new(),
    }
}

pub(crate) fn monotonic() -> u64 {
    let now = nix::time::clock_gettime(nix::time::ClockId::CLOCK_MONOTONIC).unwrap();
    now.tv_sec() as u64 * 1_000_000_000 + now.tv_nsec() as u64
}

impl Card {
    /// A card of `spans` spans, named `0`, `1`, and so on, in one clock domain.
    pub(crate) fn new(spans: usize, source: Source) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("card");
        let listener = socket(
            AddressFamily::Unix,
            SockType::SeqPacket,
            SockFlag::SOCK_CLOEXEC,
            None,
        )
        .unwrap();
        bind(listener.as_raw_fd(), &UnixAddr::new(&path).unwrap()).unwrap();
        listen(&listener, Backlog::new(64).unwrap()).unwrap();
        let spans = (0..spans)
            .map(|n| new_span(&n.to_string(), n as u64, 1))
            .collect();
        let state = Arc::new(Mutex::new(State {
            spans,
            next_id: 1,
            ended: false,
        }));
        let shared = state.clone();
        std::thread::spawn(move || {
            for owner in 1.. {
                let Ok(fd) = accept(listener.as_raw_fd()) else {
                    return;
                };
                // SAFETY: accept just made this descriptor.
                let fd = unsafe { OwnedFd::from_raw_fd(fd) };
                if lock(&shared).ended {
                    return;
                }
                let shared = shared.clone();
                std::thread::spawn(move || serve(&shared, &fd, owner));
            }
        });
        Self {
            state,
            source,
            path,
            _folder: folder,
        }
    }

    /// A pair of cabled spans: what `0` sends `1` receives, and the other way round.
    pub(crate) fn cable() -> Self {
        Self::new(
            2,
            Box::new(|span, slot, frame, sent| sent.row(1 - span, slot, frame)),
        )
    }

    pub(crate) fn span(&self, index: usize) -> Span {
        Span::open(&SpanAddress::Emulated {
            socket: self.path.clone(),
            span: index.to_string(),
        })
        .unwrap()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    pub(crate) fn positions(&self, span: usize) -> Positions {
        self.state().spans[span].now
    }

    /// One millisecond of line time, then waits for every subscriber in lock-step.
    pub(crate) fn tick(&mut self) {
        self.advance(TICK);
    }

    pub(crate) fn ticks(&mut self, count: u64) {
        for _ in 0..count {
            self.tick();
        }
    }

    /// Moves line time by `frames` in one tick, as a card does that lost interrupts, without loss of data.
    pub(crate) fn advance(&mut self, frames: u64) {
        let mut due = Vec::new();
        {
            let mut state = lock(&self.state);
            for index in 0..state.spans.len() {
                for row in 0..frames / 8 {
                    receive_row(&mut state.spans, index, row * 8, &mut self.source);
                }
            }
            // The taker publishes first and takes then.
            for span in &mut state.spans {
                span.now.rx_frame += frames;
                span.now.tx_taken += frames;
                span.now.tick_ns = monotonic();
                position::publish(&span.status, &span.now);
                for row in 0..frames / 8 {
                    take_row(span, span.now.tx_taken - frames + row * 8);
                }
            }
            for (index, span) in state.spans.iter_mut().enumerate() {
                let before = span.now.rx_frame - frames;
                for subscriber in &span.subscribers {
                    if wake::due(
                        before,
                        span.now.rx_frame,
                        subscriber.period,
                        subscriber.phase,
                    ) {
                        subscriber.eventfd.write(1).unwrap();
                        if subscriber.lock_step.is_some() {
                            due.push((index, subscriber.id, span.now.rx_frame));
                        }
                    }
                }
            }
        }
        for (span, id, frame) in due {
            self.wait(span, id, frame);
        }
    }

    fn wait(&self, span: usize, id: u32, frame: u64) {
        for _ in 0..100 {
            let acknowledge = {
                let state = self.state();
                let subscriber = state.spans[span].subscribers.iter().find(|s| s.id == id);
                let Some(subscriber) = subscriber else { return };
                let (consumed, eventfd) = subscriber.lock_step.as_ref().unwrap();
                let _ = eventfd.read();
                consumed.acquire();
                if consumed.load(0) >= frame {
                    return;
                }
                eventfd.clone()
            };
            readable(&*acknowledge, 1000);
        }
        panic!("the subscriber did not consume frame {frame}");
    }

    /// Begins a new epoch after a hole of `frames` frames.
    pub(crate) fn restart(&mut self, frames: u64) {
        let mut state = self.state();
        for span in &mut state.spans {
            span.now.epoch += 1;
            span.now.rx_frame += frames;
            span.now.tx_taken += frames;
            span.now.epoch_frame = span.now.rx_frame;
            position::publish(&span.status, &span.now);
        }
    }

    /// What a slot has sent from frame `first` up to what is beyond recall; at most a ring's length ago.
    pub(crate) fn sent(&self, span: usize, slot: Slot, first: u64) -> Vec<u8> {
        let state = self.state();
        let span = &state.spans[span];
        let mut octets = vec![0; (span.now.tx_taken - first) as usize];
        assert!(octets.len() as u64 <= RING - TICK);
        ring::copy_out(
            &span.sent,
            &Place::whole(geometry(), slot),
            first,
            &mut octets,
        );
        octets
    }

    /// Subscribers of a span.
    pub(crate) fn subscribers(&self, span: usize) -> usize {
        self.state().spans[span].subscribers.len()
    }

    /// Whether a slot is claimed.
    pub(crate) fn claimed(&self, span: usize, slot: Slot) -> bool {
        self.state().spans[span]
            .claims
            .iter()
            .any(|claim| claim.slots.contains(slot))
    }
}

impl Drop for Card {
    fn drop(&mut self) {
        self.state().ended = true;
        // Wake the listener.
        if let Ok(fd) = socket(
            AddressFamily::Unix,
            SockType::SeqPacket,
            SockFlag::SOCK_CLOEXEC,
            None,
        ) {
            let _ = nix::sys::socket::connect(fd.as_raw_fd(), &UnixAddr::new(&self.path).unwrap());
        }
    }
}

fn receive_row(spans: &mut [SpanState], index: usize, ahead: u64, source: &mut Source) {
    for slot in Slot::all() {
        let rx = spans[index].now.rx_frame + ahead;
        let row = u64::from_ne_bytes(source(index, slot, rx, &Sent(spans)));
        let place = Place::whole(geometry(), slot);
        ring::put_row(&spans[index].receive, &place, rx, row);
    }
}

fn take_row(span: &SpanState, frame: u64) {
    let geometry = geometry();
    for slot in Slot::all() {
        let idle = span.status.load(word::of_slot(slot, word::SLOT_IDLE)) as u8;
        let claim = span.claims.iter().find(|claim| claim.slots.contains(slot));
        let row = match claim {
            Some(claim) => {
                let ring = u64::from(claim.slots.rank(slot));
                let place = Place {
                    geometry,
                    slot,
                    ring,
                };
                ring::take_row(&claim.region, &place, frame, idle)
            }
            None => ring::row_of(idle),
        };
        ring::put_row(&span.sent, &Place::whole(geometry, slot), frame, row);
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    // A failed test must not fail again while it is cleared away.
    state
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn serve(state: &Mutex<State>, fd: &OwnedFd, owner: u64) {
    let mut opened = None;
    while let Ok(Some(mut request)) = Request::receive(fd.as_fd()) {
        let mut state = lock(state);
        if answer(&mut state, &mut opened, &mut request, fd, owner).is_err() {
            break;
        }
    }
    let mut state = lock(state);
    for span in &mut state.spans {
        span.claims.retain(|claim| claim.owner != owner);
        span.subscribers
            .retain(|subscriber| subscriber.owner != owner);
    }
}

fn answer(
    state: &mut State,
    opened: &mut Option<usize>,
    request: &mut Request,
    fd: &OwnedFd,
    owner: u64,
) -> Result<(), Errno> {
    let id = state.next_id;
    state.next_id += 1;
    let fds = request.take_fds();
    if request.kind() == kind::OPEN {
        let mut argument: Open = request.argument()?;
        let name = text::unpack(&argument.name).to_owned();
        let index = state
            .spans
            .iter()
            .position(|span| span.name == name)
            .ok_or(Errno::ENOENT)?;
        *opened = Some(index);
        let span = &state.spans[index];
        argument.status_bytes = STATUS_BYTES;
        argument.ring_bytes = span.receive.bytes();
        return request.answer(
            fd.as_fd(),
            None,
            &argument,
            &[span.status.as_fd(), span.receive.as_fd(), span.sent.as_fd()],
        );
    }
    let span = &mut state.spans[opened.ok_or(Errno::EINVAL)?];
    match request.kind() {
        kind::CLAIM => {
            let mut argument: claim::Claim = request.argument()?;
            let slots = SlotSet::from_bits(argument.slots);
            if span
                .claims
                .iter()
                .any(|claim| !claim.slots.intersection(slots).is_empty())
            {
                return request.answer(fd.as_fd(), Some(Errno::EBUSY), &argument, &[]);
            }
            argument.id = id;
            argument.bytes = geometry().region_bytes(u64::from(slots.len()));
            let region = Region::new("transmit", argument.bytes, Writer::Client).unwrap();
            for slot in slots.iter() {
                let place = Place {
                    geometry: geometry(),
                    slot,
                    ring: u64::from(slots.rank(slot)),
                };
                ring::fill(&region, &place, 0, RING, 0xd5);
            }
            request.answer(fd.as_fd(), None, &argument, &[region.as_fd()])?;
            span.claims.push(ClaimState {
                id,
                slots,
                region,
                owner,
            });
            Ok(())
        }
        kind::RELEASE => {
            let argument: claim::Release = request.argument()?;
            span.claims.retain(|claim| claim.id != argument.id);
            request.answer(fd.as_fd(), None, &argument, &[])
        }
        kind::SET_IDLE => {
            let argument: claim::SetIdle = request.argument()?;
            let claim = span
                .claims
                .iter()
                .find(|claim| claim.id == argument.id)
                .ok_or(Errno::EINVAL)?;
            for slot in SlotSet::from_bits(argument.slots).iter() {
                span.status.store(
                    word::of_slot(slot, word::SLOT_IDLE),
                    u64::from(argument.code),
                );
                let place = Place {
                    geometry: geometry(),
                    slot,
                    ring: u64::from(claim.slots.rank(slot)),
                };
                ring::fill(&claim.region, &place, 0, RING, argument.code as u8);
            }
            request.answer(fd.as_fd(), None, &argument, &[])
        }
        kind::SUBSCRIBE => {
            let mut argument: wake::Subscribe = request.argument()?;
            let period = u64::from(argument.period).next_multiple_of(TICK).max(TICK);
            let phase = (u64::from(argument.phase) / TICK * TICK) % period;
            argument.period = period as u32;
            argument.phase = phase as u32;
            argument.id = id;
            let mut fds = fds.into_iter();
            let eventfd = eventfd_of(fds.next().ok_or(Errno::EINVAL)?);
            let lock_step = if argument.flags & wake::flag::LOCK_STEP != 0 {
                let region = Region::new("consumed", 4096, Writer::Client).unwrap();
                Some((
                    region,
                    Arc::new(eventfd_of(fds.next().ok_or(Errno::EINVAL)?)),
                ))
            } else {
                None
            };
            let regions: Vec<_> = lock_step.iter().map(|(region, _)| region.as_fd()).collect();
            request.answer(fd.as_fd(), None, &argument, &regions)?;
            span.subscribers.push(Subscriber {
                id,
                period,
                phase,
                eventfd,
                lock_step,
                owner,
            });
            Ok(())
        }
        kind::UNSUBSCRIBE => {
            let argument: wake::Unsubscribe = request.argument()?;
            span.subscribers
                .retain(|subscriber| subscriber.id != argument.id);
            request.answer(fd.as_fd(), None, &argument, &[])
        }
        _ => Err(Errno::EPROTO),
    }
}

fn eventfd_of(fd: OwnedFd) -> EventFd {
    // SAFETY: the client sent an eventfd, and nobody else owns this descriptor.
    unsafe { EventFd::from_owned_fd(fd) }
}

/// Waits until a descriptor can be read.
pub(crate) fn readable(fd: impl AsFd, milliseconds: u16) -> bool {
    let mut fds = [PollFd::new(fd.as_fd(), PollFlags::POLLIN)];
    poll(&mut fds, PollTimeout::from(milliseconds)).unwrap() > 0
}
