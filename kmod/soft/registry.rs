// SPDX-License-Identifier: GPL-2.0-only
//! All pairs of software spans, and their nodes.

use super::pair::{
    Mode,
    Pair,
    Running, //
};
use crate::{
    abi::{
        config::LineConfig,
        status::feature,
        text, //
    },
    node::{
        Place,
        SpanFile, //
    },
    span::{
        Setup,
        Span, //
    },
    sys::{
        self,
        chrdev::{
            Class,
            Node, //
        }, //
    }, //
};
use kernel::{
    device::Device,
    faux,
    new_mutex,
    prelude::*,
    str::CString,
    sync::{
        atomic::Relaxed,
        Arc,
        Mutex, //
    }, //
};

/// Pairs that there may be.
const MAX_PAIRS: u32 = 32;
/// Minor numbers of the class: the control node and all spans.
pub(crate) const MINORS: u32 = 1 + 2 * MAX_PAIRS;
/// The clock domain of everything that runs by CLOCK_MONOTONIC in real time. Others have one each.
const REAL_TIME_DOMAIN: u64 = 1;

/// A pair as it stands. Fields are dropped in this order: no more opens, no more ticks, then the spans as their last users let
/// them go.
struct Entry {
    number: u32,
    nodes: [Node<SpanFile>; 2],
    running: Option<Running>,
    places: [Arc<Place>; 2],
    pair: Arc<Pair>,
}

/// The pairs.
#[pin_data]
pub(crate) struct Registry {
    class: Arc<Class>,
    parent: faux::Registration,
    #[pin]
    entries: Mutex<KVec<Entry>>,
}

impl Registry {
    /// No pairs.
    pub(crate) fn new(class: Arc<Class>) -> Result<Arc<Self>> {
        let parent = faux::Registration::new(c"tdm-soft", None)?;
        let entries = KVec::with_capacity(MAX_PAIRS as usize, GFP_KERNEL)?;
        Arc::pin_init(
            pin_init!(Self {
                class,
                parent,
                entries <- new_mutex!(entries, "tdm_pairs"),
            }),
            GFP_KERNEL,
        )
    }

    /// Creates a pair and returns the numbers of its spans.
    pub(crate) fn create(&self, tick_us: u32, lock_step: u32) -> Result<(u32, u32)> {
        let mode = Mode::new(tick_us, lock_step)?;
        let mut entries = self.entries.lock();
        let free = |number: &u32| entries.iter().all(|entry| entry.number != *number);
        let number = (0..MAX_PAIRS).find(free).ok_or(ENOSPC)?;
        let first = number.wrapping_mul(2);
        let second = first.wrapping_add(1);
        let pair = Pair::new(mode, [span(first, mode)?, span(second, mode)?])?;
        let [one, other] = pair.ends();
        let places = [
            Place::new(one.clone(), pair.clone())?,
            Place::new(other.clone(), pair.clone())?,
        ];
        let [one, other] = &places;
        let nodes = [self.node(one)?, self.node(other)?];
        let entry = Entry {
            number,
            nodes,
            running: pair.start(),
            places,
            pair,
        };
        // There is room: the capacity is the most pairs that there may be.
        entries.push_within_capacity(entry).map_err(|_| ENOSPC)?;
        Ok((first, second))
    }

    fn node(&self, place: &Arc<Place>) -> Result<Node<SpanFile>> {
        let index = place.span.index();
        let name = CString::try_from_fmt(fmt!("tdm!span{index}"))?;
        let parent: &faux::Device<_> = self.parent.as_ref();
        let parent: &Device<_> = parent.as_ref();
        self.class.add(
            index.wrapping_add(1),
            &name,
            Some(parent),
            sys::attributes::groups(),
            place.clone(),
        )
    }

    /// Destroys the pair that this span belongs to. Without `force` EBUSY if somebody has one of its spans open; with it they
    /// learn that the span is gone.
    pub(crate) fn destroy(&self, span: u32, force: bool) -> Result {
        // The lock is held to the end: the numbers are not free before the nodes are gone.
        let mut entries = self.entries.lock();
        let number = span / 2;
        let index = entries
            .iter()
            .position(|entry| entry.number == number)
            .ok_or(ENOENT)?;
        let used = entries
            .get(index)
            .is_some_and(|entry| entry.places.iter().any(|p| p.open.load(Relaxed) > 0));
        if used && !force {
            return Err(EBUSY);
        }
        let entry = entries.remove(index).map_err(|_| ENOENT)?;
        entry.end();
        Ok(())
    }
}

impl Registry {
    /// Takes a claim away from its holder.
    pub(crate) fn revoke(&self, span: u32, claim: u32) -> Result {
        let place = {
            let entries = self.entries.lock();
            let mut places = entries.iter().flat_map(|entry| &entry.places);
            let found = places.find(|place| place.span.index() == span);
            found.cloned().ok_or(ENOENT)?
        };
        place.span.revoke(claim)
    }
}

impl Entry {
    /// The nodes go, the clock stops, and whoever still has a span open is told. In this order: nobody can open a span that is
    /// about to stop, and no tick comes after the end.
    fn end(self) {
        drop(self.nodes);
        drop(self.running);
        self.pair.stop();
        for place in &self.places {
            place.span.go();
        }
    }
}

/// A span of a new pair: an E1 in service.
fn span(index: u32, mode: Mode) -> Result<Arc<Span>> {
    let name = CString::try_from_fmt(fmt!("soft{index}"))?;
    let mut features = feature::LINE_COMMANDS | feature::CONFIGURE | feature::EMULATED;
    if mode.is_lock_step() {
        features |= feature::LOCK_STEP;
    }
    Span::new(Setup {
        index,
        name: text::pack(name.to_str().unwrap_or("")),
        config: LineConfig::E1_CCS_CRC4,
        features,
        domain: if mode.is_real_time() {
            REAL_TIME_DOMAIN
        } else {
            REAL_TIME_DOMAIN
                .wrapping_add(1)
                .wrapping_add(u64::from(index / 2))
        },
        lock_step: mode.is_lock_step(),
    })
}
