// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! Word indices in the status region of the fields that are read one by one.

use super::status::{SlotStatus, word_of};
use super::words::Words;

/// [`super::status::Line::alarms`].
pub const ALARMS: usize = word_of!(line.alarms);
/// [`super::status::Line::config`].
pub const CONFIG: usize = word_of!(line.config);
/// [`super::status::Line::usable_slots`].
pub const USABLE_SLOTS: usize = word_of!(line.usable_slots);
/// [`super::status::Line::second_frame`].
pub const SECOND_FRAME: usize = word_of!(line.second_frame);
/// [`super::status::Line::second_causes`].
pub const SECOND_CAUSES: usize = word_of!(line.second_causes);
/// The first word of [`super::status::Counters`]; the others follow in the order of its fields.
pub const COUNTERS: usize = word_of!(counters);
/// [`super::status::Counters::ticks`].
pub const TICKS: usize = word_of!(counters.ticks);
/// [`super::status::Counters::missed_ticks`].
pub const MISSED_TICKS: usize = word_of!(counters.missed_ticks);
/// [`super::status::Counters::gaps`].
pub const GAPS: usize = word_of!(counters.gaps);
/// [`super::status::Counters::gap_frames`].
pub const GAP_FRAMES: usize = word_of!(counters.gap_frames);
/// [`super::status::Counters::slips_repeated`].
pub const SLIPS_REPEATED: usize = word_of!(counters.slips_repeated);
/// [`super::status::Counters::slips_dropped`].
pub const SLIPS_DROPPED: usize = word_of!(counters.slips_dropped);
/// [`super::status::Counters::code_violations`].
pub const CODE_VIOLATIONS: usize = word_of!(counters.code_violations);
/// [`super::status::Counters::fas_errors`].
pub const FAS_ERRORS: usize = word_of!(counters.fas_errors);
/// [`super::status::Counters::crc_errors`].
pub const CRC_ERRORS: usize = word_of!(counters.crc_errors);
/// [`super::status::Counters::e_bit_errors`].
pub const E_BIT_ERRORS: usize = word_of!(counters.e_bit_errors);
/// [`super::status::Counters::commands_applied`].
pub const COMMANDS_APPLIED: usize = word_of!(counters.commands_applied);
/// [`super::status::Counters::commands_late`].
pub const COMMANDS_LATE: usize = word_of!(counters.commands_late);
/// [`super::status::Counters::commands_refused`].
pub const COMMANDS_REFUSED: usize = word_of!(counters.commands_refused);
/// [`super::status::Counters::events`].
pub const EVENTS: usize = word_of!(counters.events);
/// [`super::status::Counters::wakeups_lost`].
pub const WAKEUPS_LOST: usize = word_of!(counters.wakeups_lost);
/// The first word of [`super::status::StatusPage::slot`].
pub const SLOTS: usize = word_of!(slot);
/// Words of one [`SlotStatus`].
pub const SLOT_WORDS: usize = core::mem::size_of::<SlotStatus>() / 8;
/// Offset in a slot's words of [`SlotStatus::claim`].
pub const SLOT_CLAIM: usize = 0;
/// Offset in a slot's words of [`SlotStatus::idle`].
pub const SLOT_IDLE: usize = 1;
/// Offset in a slot's words of [`SlotStatus::abcd`].
pub const SLOT_ABCD: usize = 2;
/// Offset in a slot's words of [`SlotStatus::taken`].
pub const SLOT_TAKEN: usize = 3;

/// The word of one field of one slot.
pub const fn of_slot(slot: super::geometry::Slot, field: usize) -> usize {
    SLOTS
        .wrapping_add(slot.index().wrapping_mul(SLOT_WORDS))
        .wrapping_add(field)
}

/// Adds to a counter that only the caller writes.
pub fn add(words: &impl Words, word: usize, amount: u64) {
    words.store(word, words.load(word).wrapping_add(amount));
}
