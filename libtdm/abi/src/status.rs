// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! The status region: what the kernel side tells everyone, read-only for all others.
//!
//! Every field is one 64-bit word in native byte order. A reader takes nothing on trust: geometry is checked by
//! [`super::geometry::Geometry::new`], sizes against the mapping's own, and words out of range read as zero.

use super::geometry::SLOTS;
use super::words::Words;

/// The first word of every status region: `TDMSPAN1` read as a little-endian number.
pub const MAGIC: u64 = u64::from_le_bytes(*b"TDMSPAN1");
/// The ABI's major number: a reader refuses another one.
pub const ABI_MAJOR: u32 = 1;
/// The ABI's minor number: a higher one only adds fields where this one has reserved words.
pub const ABI_MINOR: u32 = 0;
/// Major and minor in one word, as published.
pub const ABI_VERSION: u64 = (ABI_MAJOR as u64) << 32 | ABI_MINOR as u64;

/// What a span can do, published in [`Head::features`]. A reader ignores bits that it does not know.
pub mod feature {
    /// The span grants lock-step subscriptions (emulated spans only).
    pub const LOCK_STEP: u64 = 1 << 0;
    /// Timed line commands are accepted.
    pub const LINE_COMMANDS: u64 = 1 << 1;
    /// The line can be configured through this span.
    pub const CONFIGURE: u64 = 1 << 2;
    /// The span is emulated: no card stands behind it. For display only; nothing may behave differently for it.
    pub const EMULATED: u64 = 1 << 3;
}

/// What does not change while the region exists.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// [`MAGIC`].
    pub magic: u64,
    /// [`ABI_VERSION`].
    pub abi_version: u64,
    /// Bits of [`feature`].
    pub features: u64,
    /// Number of slots: 32.
    pub slots: u64,
    /// Frames of one ring, R.
    pub ring_frames: u64,
    /// Bytes from one ring to the next.
    pub ring_stride: u64,
    /// Frames of one row: 8.
    pub row_frames: u64,
    /// Skew between neighbouring slots in frames: 64.
    pub skew_frames: u64,
    /// Bytes of the status region.
    pub status_bytes: u64,
    /// Byte offset of the event ring in the status region.
    pub event_offset: u64,
    /// Entries of the event ring, a power of two.
    pub event_capacity: u64,
    /// Frames that a writer keeps clear of `tx_taken`.
    pub tx_lead: u64,
    /// The largest number of frames between two publications of the positions.
    pub tick_frames: u64,
    /// Spans with the same number share one clock.
    pub clock_domain: u64,
    /// The span's number at its server, for display.
    pub span_index: u64,
    /// The span's name, NUL-padded UTF-8 in the order of bytes in memory.
    pub name: [u64; 8],
    /// Zero.
    pub reserved: [u64; 9],
}

/// The positions, under a sequence count; see [`super::position`].
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// The sequence count: odd while the block is being written.
    pub sequence: u64,
    /// Counts reconfigurations and restarts; readers drop what they had when it changes.
    pub epoch: u64,
    /// The first frame of this epoch.
    pub epoch_frame: u64,
    /// Below this, everything has been received.
    pub rx_frame: u64,
    /// Below this, everything to transmit is beyond recall.
    pub tx_taken: u64,
    /// CLOCK_MONOTONIC of the last tick, in nanoseconds.
    pub tick_ns: u64,
    /// The line clock's measured deviation from CLOCK_MONOTONIC in parts per billion, two's complement; 0 while unknown.
    pub rate_ppb: u64,
    /// Zero.
    pub reserved: u64,
}

/// The line's present state.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// Alarms present, bits of [`super::event::alarm`].
    pub alarms: u64,
    /// The configuration in force, packed by [`super::config::LineConfig::pack`].
    pub config: u64,
    /// Slots that carry payload under this configuration, bit `c` for slot `c`.
    pub usable_slots: u64,
    /// The frame at which the present second of `second_causes` began.
    pub second_frame: u64,
    /// Causes of errored seconds seen in the last whole second, bits of [`super::event::cause`].
    pub second_causes: u64,
    /// Zero.
    pub reserved: [u64; 3],
}

/// Monotonic counters since the span was created.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Counters {
    /// Ticks served.
    pub ticks: u64,
    /// Ticks that came late enough to lose frames.
    pub missed_ticks: u64,
    /// Holes in line time.
    pub gaps: u64,
    /// Frames lost in those holes.
    pub gap_frames: u64,
    /// Frames repeated because the far clock was slower.
    pub slips_repeated: u64,
    /// Frames dropped because the far clock was faster.
    pub slips_dropped: u64,
    /// Line code violations (E1: HDB3 bipolar violations).
    pub code_violations: u64,
    /// Errored frame alignment words.
    pub fas_errors: u64,
    /// Errored CRC-4 blocks.
    pub crc_errors: u64,
    /// CRC-4 errors that the far end reported by its E bits.
    pub e_bit_errors: u64,
    /// Timed line commands applied at their frame.
    pub commands_applied: u64,
    /// Timed line commands that came after their frame and were applied at once.
    pub commands_late: u64,
    /// Timed line commands refused because the queue was full.
    pub commands_refused: u64,
    /// Events published.
    pub events: u64,
    /// Wake-ups that could not be delivered.
    pub wakeups_lost: u64,
    /// Zero.
    pub reserved: [u64; 17],
}

/// One slot's state.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct SlotStatus {
    /// The claim that holds the slot, 0 for none.
    pub claim: u64,
    /// The idle code that is sent where nobody writes (low byte).
    pub idle: u64,
    /// Received ABCD bits (low four, A highest) and, 32 bits up, those sent.
    pub abcd: u64,
    /// Frames sent from the claim's ring since the claim began.
    pub taken: u64,
}

/// The fixed part of the status region; the event ring follows at [`Head::event_offset`].
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct StatusPage {
    /// Constant facts.
    pub head: Head,
    /// Positions.
    pub clock: Clock,
    /// Line state.
    pub line: Line,
    /// Counters.
    pub counters: Counters,
    /// Zero: keeps the next block on a boundary of 256 bytes.
    pub reserved: [u64; 16],
    /// Slots.
    pub slot: [SlotStatus; SLOTS],
}

/// Bytes of [`StatusPage`].
pub const STATUS_PAGE_BYTES: usize = core::mem::size_of::<StatusPage>();

const _: () = assert!(core::mem::size_of::<Head>() == 256);
const _: () = assert!(core::mem::size_of::<Clock>() == 64);
const _: () = assert!(core::mem::size_of::<Line>() == 64);
const _: () = assert!(core::mem::size_of::<Counters>() == 256);
const _: () = assert!(core::mem::offset_of!(StatusPage, slot) == 768);
const _: () = assert!(STATUS_PAGE_BYTES == 1792);

/// The index of a field's word in the status region, from its path in [`StatusPage`].
macro_rules! word_of {
    ($($path:tt)+) => {
        core::mem::offset_of!(super::status::StatusPage, $($path)+) / 8
    };
}
pub(crate) use word_of;

/// Names of [`Counters`] in the order of its words, for display and metrics.
pub const COUNTER_NAMES: [&str; 15] = [
    "ticks",
    "missed_ticks",
    "gaps",
    "gap_frames",
    "slips_repeated",
    "slips_dropped",
    "code_violations",
    "fas_errors",
    "crc_errors",
    "e_bit_errors",
    "commands_applied",
    "commands_late",
    "commands_refused",
    "events",
    "wakeups_lost",
];

impl Head {
    /// Reads the head out of a status region, unchecked.
    pub fn read(words: &impl Words) -> Self {
        let mut name = [0; 8];
        for (index, part) in name.iter_mut().enumerate() {
            *part = words.load(word_of!(head.name) + index);
        }
        Self {
            magic: words.load(word_of!(head.magic)),
            abi_version: words.load(word_of!(head.abi_version)),
            features: words.load(word_of!(head.features)),
            slots: words.load(word_of!(head.slots)),
            ring_frames: words.load(word_of!(head.ring_frames)),
            ring_stride: words.load(word_of!(head.ring_stride)),
            row_frames: words.load(word_of!(head.row_frames)),
            skew_frames: words.load(word_of!(head.skew_frames)),
            status_bytes: words.load(word_of!(head.status_bytes)),
            event_offset: words.load(word_of!(head.event_offset)),
            event_capacity: words.load(word_of!(head.event_capacity)),
            tx_lead: words.load(word_of!(head.tx_lead)),
            tick_frames: words.load(word_of!(head.tick_frames)),
            clock_domain: words.load(word_of!(head.clock_domain)),
            span_index: words.load(word_of!(head.span_index)),
            name,
            reserved: [0; 9],
        }
    }

    /// Writes the head into a new status region; the magic comes last, behind a release fence.
    pub fn write(&self, words: &impl Words) {
        words.store(word_of!(head.abi_version), self.abi_version);
        words.store(word_of!(head.features), self.features);
        words.store(word_of!(head.slots), self.slots);
        words.store(word_of!(head.ring_frames), self.ring_frames);
        words.store(word_of!(head.ring_stride), self.ring_stride);
        words.store(word_of!(head.row_frames), self.row_frames);
        words.store(word_of!(head.skew_frames), self.skew_frames);
        words.store(word_of!(head.status_bytes), self.status_bytes);
        words.store(word_of!(head.event_offset), self.event_offset);
        words.store(word_of!(head.event_capacity), self.event_capacity);
        words.store(word_of!(head.tx_lead), self.tx_lead);
        words.store(word_of!(head.tick_frames), self.tick_frames);
        words.store(word_of!(head.clock_domain), self.clock_domain);
        words.store(word_of!(head.span_index), self.span_index);
        for (index, part) in self.name.iter().enumerate() {
            words.store(word_of!(head.name) + index, *part);
        }
        words.release();
        words.store(word_of!(head.magic), self.magic);
    }
}
