// SPDX-License-Identifier: MIT OR Apache-2.0
//! The span itself: its memory, its claims and its subscribers.

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use tdm::abi::config::LineConfig;
use tdm::abi::event::{Event, Kind, Ring};
use tdm::abi::geometry::{Geometry, ROW_FRAMES, SKEW_FRAMES, Slot, SlotSet};
use tdm::abi::position::{Positions, publish};
use tdm::abi::ring::{Place, fill, put_row, row_of, take_row};
use tdm::abi::status::{ABI_VERSION, Head, MAGIC, STATUS_PAGE_BYTES, feature};
use tdm::abi::words::Words;
use tdm::abi::{text, wake, word};
use tdm::serve::{Region, Writer};

pub(crate) const TICK: u64 = 8;
const EVENTS: u64 = 64;

pub(crate) struct Claimed {
    pub(crate) id: u32,
    pub(crate) slots: SlotSet,
    pub(crate) holder: [u8; text::TEXT_BYTES],
    pub(crate) region: Region,
    pub(crate) session: usize,
}

pub(crate) struct Subscriber {
    pub(crate) id: u32,
    pub(crate) period: u64,
    pub(crate) phase: u64,
    pub(crate) events: bool,
    pub(crate) eventfd: OwnedFd,
    pub(crate) lock_step: Option<Arc<LockStep>>,
    pub(crate) session: usize,
}

pub(crate) struct LockStep {
    pub(crate) consumed: Region,
    pub(crate) eventfd: OwnedFd,
}

/// A lock-step subscriber that was woken for this frame.
pub(crate) struct Waiting(Arc<LockStep>, u64);

impl Waiting {
    /// Waits until it has consumed the frames, or is gone.
    pub(crate) fn wait(&self) {
        for _ in 0..50 {
            self.0.consumed.acquire();
            if self.0.consumed.load(0) >= self.1 || Arc::strong_count(&self.0) == 1 {
                return;
            }
            let mut fds = [PollFd::new(self.0.eventfd.as_fd(), PollFlags::POLLIN)];
            if poll(&mut fds, PollTimeout::from(200u8)).unwrap() > 0 {
                nix::unistd::read(&self.0.eventfd, &mut [0; 8]).unwrap();
            }
        }
        panic!("a lock-step subscriber did not consume frame {}", self.1);
    }
}

pub(crate) struct State {
    pub(crate) status: Region,
    pub(crate) receive: Region,
    pub(crate) sent: Region,
    pub(crate) geometry: Geometry,
    pub(crate) positions: Positions,
    pub(crate) config: LineConfig,
    pub(crate) claims: Vec<Claimed>,
    pub(crate) subscribers: Vec<Subscriber>,
    pub(crate) last_id: u32,
    /// Copies of the clients' sockets, to hang up on them.
    pub(crate) connections: Vec<OwnedFd>,
    ring: Ring,
}

impl State {
    pub(crate) fn new(config: LineConfig) -> Self {
        let geometry = Geometry::for_page(4096).unwrap();
        let status_bytes = STATUS_PAGE_BYTES as u64 + EVENTS * 32;
        let region = |name, bytes| Region::new(name, bytes, Writer::Server).unwrap();
        let head = Head {
            magic: MAGIC,
            abi_version: ABI_VERSION,
            features: feature::LOCK_STEP | feature::CONFIGURE | feature::EMULATED,
            slots: 32,
            ring_frames: geometry.frames(),
            ring_stride: geometry.stride(),
            row_frames: ROW_FRAMES,
            skew_frames: SKEW_FRAMES,
            status_bytes,
            event_offset: STATUS_PAGE_BYTES as u64,
            event_capacity: EVENTS,
            tx_lead: TICK,
            tick_frames: TICK,
            clock_domain: 1,
            span_index: 0,
            name: text::to_words(&text::pack("a")),
            reserved: [0; 9],
        };
        let mut state = Self {
            status: region("status", status_bytes),
            receive: region("receive", geometry.region_bytes(32)),
            sent: region("sent", geometry.region_bytes(32)),
            geometry,
            positions: Positions {
                epoch: 1,
                tx_taken: TICK,
                tick_ns: 1_000_000_000,
                ..Positions::default()
            },
            config,
            claims: Vec::new(),
            subscribers: Vec::new(),
            last_id: 0,
            connections: Vec::new(),
            ring: Ring::of(&head).unwrap(),
        };
        for slot in Slot::all() {
            let code = u64::from(config.idle_code());
            state
                .status
                .store(word::of_slot(slot, word::SLOT_IDLE), code);
            fill(
                &state.sent,
                &Place::whole(geometry, slot),
                0,
                TICK,
                config.idle_code(),
            );
        }
        state.apply(config);
        publish(&state.status, &state.positions);
        head.write(&state.status);
        state
    }

    fn apply(&mut self, config: LineConfig) {
        self.config = config;
        self.status.store(word::CONFIG, config.pack());
        self.status
            .store(word::USABLE_SLOTS, u64::from(config.usable_slots()));
    }

    /// Configures the line; a new epoch begins.
    pub(crate) fn configure(&mut self, config: LineConfig) {
        self.apply(config);
        self.positions.epoch += 1;
        self.positions.epoch_frame = self.positions.rx_frame;
        publish(&self.status, &self.positions);
        let frame = self.positions.rx_frame;
        for (kind, value) in [
            (Kind::Config, config.pack()),
            (Kind::Epoch, self.positions.epoch),
        ] {
            self.event(&Event {
                frame,
                kind: kind as u32,
                slot: None,
                value,
            });
        }
    }

    pub(crate) fn next_id(&mut self) -> u32 {
        self.last_id += 1;
        self.last_id
    }

    pub(crate) fn idle(&self, slot: Slot) -> u8 {
        self.status.load(word::of_slot(slot, word::SLOT_IDLE)) as u8
    }

    pub(crate) fn event(&mut self, event: &Event) {
        self.ring.publish(&self.status, event);
        for subscriber in self.subscribers.iter().filter(|each| each.events) {
            signal(&subscriber.eventfd);
        }
    }

    pub(crate) fn tick(&mut self, line: impl Fn(u8, u64) -> u8) -> Vec<Waiting> {
        let (before, taken) = (self.positions.rx_frame, self.positions.tx_taken);
        for slot in Slot::all() {
            let mut row = [0; 8];
            for (n, byte) in row.iter_mut().enumerate() {
                *byte = line(slot.number(), before + n as u64);
            }
            let place = Place::whole(self.geometry, slot);
            put_row(&self.receive, &place, before, u64::from_ne_bytes(row));
        }
        self.positions.rx_frame += TICK;
        self.positions.tx_taken += TICK;
        self.positions.tick_ns += 1_000_000;
        publish(&self.status, &self.positions);
        for slot in Slot::all() {
            let holder = self.claims.iter().find(|claim| claim.slots.contains(slot));
            let row = holder.map_or(row_of(self.idle(slot)), |claim| {
                let place = Place {
                    geometry: self.geometry,
                    slot,
                    ring: u64::from(claim.slots.rank(slot)),
                };
                take_row(&claim.region, &place, taken, self.idle(slot))
            });
            put_row(&self.sent, &Place::whole(self.geometry, slot), taken, row);
        }
        let now = self.positions.rx_frame;
        let mut waiting = Vec::new();
        for each in &self.subscribers {
            if wake::due(before, now, each.period, each.phase) {
                signal(&each.eventfd);
                waiting.extend(each.lock_step.clone().map(|step| Waiting(step, now)));
            }
        }
        waiting
    }

    /// Ends everything that belongs to a connection.
    pub(crate) fn forget(&mut self, session: usize) {
        let ended: Vec<SlotSet> = self
            .claims
            .iter()
            .filter(|claim| claim.session == session)
            .map(|claim| claim.slots)
            .collect();
        for slots in ended {
            self.mark(slots, 0);
        }
        self.claims.retain(|claim| claim.session != session);
        self.subscribers.retain(|each| each.session != session);
    }

    /// Publishes who holds these slots.
    pub(crate) fn mark(&self, slots: SlotSet, claim: u32) {
        for slot in slots.iter() {
            self.status
                .store(word::of_slot(slot, word::SLOT_CLAIM), u64::from(claim));
        }
    }
}

fn signal(eventfd: &OwnedFd) {
    nix::unistd::write(eventfd, &1u64.to_ne_bytes()).unwrap();
}
