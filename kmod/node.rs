// SPDX-License-Identifier: GPL-2.0-only
//! A span's node: open files, and their requests as userspace makes them.

use crate::{
    abi::{
        claim::{
            Claim,
            Release,
            SetIdle, //
        },
        command::Batch,
        config::LineConfig,
        geometry::SlotSet,
        ioctl,
        text,
        wake::{
            Consumed,
            Subscribe,
            Unsubscribe, //
        }, //
    },
    argument,
    compat::PollCondVar,
    soft::Pair,
    span::{
        Owner,
        Refused,
        Span, //
    },
    sys::{
        chrdev::Ops,
        pm::Awake, //
    }, //
};
use kernel::{
    bindings,
    mm::virt::VmaNew,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    },
    uaccess::UserPtr, //
};

/// The number of the last file that was opened. It does not come round.
static LAST_OWNER: Atomic<u64> = Atomic::new(0);

/// What stands behind a node.
pub(crate) struct Place {
    /// The span.
    pub(crate) span: Arc<Span>,
    /// Whoever gives it its ticks.
    pub(crate) clock: Arc<Pair>,
    /// Files that are open on it.
    pub(crate) open: Atomic<u32>,
}

impl Place {
    /// A span that nobody has open.
    pub(crate) fn new(span: Arc<Span>, clock: Arc<Pair>) -> Result<Arc<Self>> {
        Ok(Arc::new(
            Self {
                span,
                clock,
                open: Atomic::new(0),
            },
            GFP_KERNEL,
        )?)
    }
}

/// An open file.
pub(crate) struct SpanFile {
    place: Arc<Place>,
    owner: Owner,
    writable: bool,
    /// Events that `poll` has reported.
    reported: Atomic<u64>,
    _awake: Awake,
}

impl SpanFile {
    fn span(&self) -> &Span {
        &self.place.span
    }

    /// Requests that change something need a file that is open for writing.
    fn writable(&self) -> Result {
        if self.writable {
            Ok(())
        } else {
            Err(EPERM)
        }
    }

    fn claim(&self, at: UserPtr) -> Result {
        let mut ask: Claim = argument::read(at)?;
        let slots = SlotSet::from_bits(ask.slots);
        // As text, so that what others are shown ends somewhere.
        let holder = text::pack(text::unpack(&ask.holder));
        let span = self.span();
        match span.claim(self.owner, slots, ask.purpose, ask.peer, holder) {
            Ok((id, bytes)) => {
                (ask.id, ask.bytes) = (id, bytes);
                argument::write(at, &ask).inspect_err(|_| {
                    // Nobody knows its number.
                    let _ = span.release(id, self.owner);
                })
            }
            Err(Refused::Busy(busy)) => {
                ask.slots = busy.slots.bits();
                ask.holder = busy.holder;
                argument::write(at, &ask)?;
                Err(EBUSY)
            }
            Err(Refused::Because(error)) => Err(error),
        }
    }

    fn subscribe(&self, at: UserPtr) -> Result {
        let mut ask: Subscribe = argument::read(at)?;
        self.span().subscribe(self.owner, &mut ask)?;
        argument::write(at, &ask).inspect_err(|_| {
            // Nobody knows its number.
            let _ = self.span().unsubscribe(ask.id, self.owner);
        })?;
        // It may be the one that a lock-step clock has waited for.
        self.place.clock.advance();
        Ok(())
    }

    fn command(&self, at: UserPtr) -> Result {
        let mut batch: Batch = argument::read(at)?;
        let count = usize::try_from(batch.count).map_err(|_| EINVAL)?;
        let commands = batch.commands.get(..count).ok_or(EINVAL)?;
        let (accepted, done) = self.span().command(batch.id, self.owner, commands);
        batch.count = accepted;
        argument::write(at, &batch)?;
        done
    }
}

impl Ops for SpanFile {
    type Context = Place;

    fn open(place: &Arc<Place>, writable: bool) -> Result<KBox<Self>> {
        let (reported, gone) = place.span.progress();
        if gone {
            return Err(ENODEV);
        }
        let file = KBox::new(
            Self {
                place: place.clone(),
                owner: Owner(LAST_OWNER.fetch_add(1, Relaxed).wrapping_add(1)),
                writable,
                reported: Atomic::new(reported),
                _awake: Awake::new(),
            },
            GFP_KERNEL,
        )?;
        place.open.add(1, Relaxed);
        Ok(file)
    }

    fn wait_queue(&self) -> Option<&PollCondVar> {
        Some(self.span().news())
    }

    /// Events are reported once to whoever waits for them on this file.
    fn poll(&self, wanted: u32) -> u32 {
        let (events, gone) = self.span().progress();
        let mut seen = 0;
        if wanted & bindings::POLLPRI != 0
            && self.reported.xchg(events, kernel::sync::atomic::Full) != events
        {
            seen |= bindings::POLLPRI;
        }
        if gone {
            seen |= bindings::POLLHUP | bindings::POLLERR;
        }
        seen
    }

    fn map(&self, offset: u64, vma: &VmaNew) -> Result {
        let (_, gone) = self.span().progress();
        if gone {
            return Err(ENODEV);
        }
        match offset {
            ioctl::MAP_STATUS => self.span().status().map(vma, false),
            ioctl::MAP_RECEIVE => self.span().receive().map(vma, false),
            ioctl::MAP_SENT => self.span().sent().map(vma, false),
            _ => {
                let id = u32::try_from(offset >> 40).map_err(|_| EINVAL)?;
                if id == 0 || offset != ioctl::map_transmit(id) {
                    return Err(EINVAL);
                }
                self.span().transmit(id, self.owner)?.map(vma, true)
            }
        }
    }

    fn request(&self, number: u32, at: UserPtr) -> Result {
        match number {
            ioctl::CLAIM => {
                self.writable()?;
                self.claim(at)
            }
            ioctl::RELEASE => {
                let ask: Release = argument::read(at)?;
                argument::zero(ask.reserved)?;
                self.span().release(ask.id, self.owner)
            }
            ioctl::SET_IDLE => {
                let ask: SetIdle = argument::read(at)?;
                argument::zero(ask.reserved)?;
                let slots = SlotSet::from_bits(ask.slots);
                self.span().set_idle(ask.id, self.owner, slots, ask.code)
            }
            ioctl::SUBSCRIBE => self.subscribe(at),
            ioctl::UNSUBSCRIBE => {
                let ask: Unsubscribe = argument::read(at)?;
                argument::zero(ask.reserved)?;
                self.span().unsubscribe(ask.id, self.owner)?;
                self.place.clock.advance();
                Ok(())
            }
            ioctl::COMMAND => self.command(at),
            ioctl::CONFIGURE => {
                self.writable()?;
                let config: LineConfig = argument::read(at)?;
                self.span().configure(config)
            }
            ioctl::CONSUMED => {
                let ask: Consumed = argument::read(at)?;
                argument::zero(ask.reserved)?;
                self.span().consumed(ask.id, self.owner, ask.frame)?;
                self.place.clock.advance();
                Ok(())
            }
            _ => Err(ENOTTY),
        }
    }
}

impl Drop for SpanFile {
    /// The last close.
    fn drop(&mut self) {
        self.span().forget(self.owner);
        self.place.open.fetch_sub(1, Relaxed);
        // Nobody waits for this one any more.
        self.place.clock.advance();
    }
}
