// SPDX-License-Identifier: MIT OR Apache-2.0
//! Listening on a span: what a slot receives and what it sends, octet by octet, and when.

use crate::clock::MILLISECOND;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tdm::{Side, Slot, Span, Tap, Wake};

/// Frames between two looks: one millisecond, so that the time of each tick is seen.
const PERIOD: u32 = 8;
/// Frames kept at most: two minutes.
const LIMIT: usize = 8000 * 120;
/// Nanoseconds of a frame.
const FRAME_NS: u64 = 125_000;
/// The idle code of an A-law line.
pub(crate) const IDLE: u8 = 0xd5;

/// One side of a slot.
#[derive(Clone, Debug, Default)]
pub(crate) struct Track {
    /// The frame of the first octet.
    pub(crate) first: u64,
    /// The octets.
    pub(crate) octets: Vec<u8>,
    /// Frames that were overwritten before they were read; idle stands in their place.
    pub(crate) lost: u64,
}

/// When the span had received how much.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timeline {
    /// The position behind the last frame received, and when it was published; ascending.
    marks: Vec<(u64, u64)>,
}

impl Timeline {
    fn push(&mut self, frame: u64, at_ns: u64) {
        if self.marks.last().is_none_or(|(last, _)| *last < frame) {
            self.marks.push((frame, at_ns));
        }
    }

    /// When a frame had entered the receive ring.
    pub(crate) fn entered(&self, frame: u64) -> Option<u64> {
        let at = self.marks.partition_point(|(behind, _)| *behind <= frame);
        self.marks.get(at).map(|(_, at_ns)| *at_ns)
    }

    /// When a frame began on the line: by the line's clock, whose ticks can be late but never early.
    pub(crate) fn on_line(&self, frame: u64) -> Option<u64> {
        let zero =
            |(behind, at_ns): &(u64, u64)| i128::from(*at_ns) - i128::from(behind * FRAME_NS);
        let zero = self.marks.iter().map(zero).min()?;
        u64::try_from(zero + i128::from(frame * FRAME_NS)).ok()
    }
}

/// What was heard on both sides of a slot.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard {
    /// What the line brought.
    pub(crate) received: Track,
    /// What left.
    pub(crate) sent: Track,
    /// When.
    pub(crate) timeline: Timeline,
}

/// A thread that listens.
#[derive(Debug)]
pub(crate) struct Ear {
    stop: Arc<AtomicBool>,
    heard: Arc<Mutex<Heard>>,
    thread: JoinHandle<tdm::Result<()>>,
}

impl Track {
    /// Whether the last octets are all idle.
    pub(crate) fn ends_idle(&self, count: usize) -> bool {
        let last = self
            .octets
            .get(self.octets.len().saturating_sub(count)..)
            .unwrap_or_default();
        last.len() == count && last.iter().all(|octet| *octet == IDLE)
    }
}

impl Ear {
    /// Starts to listen on both sides of a slot.
    pub(crate) fn open(span: &Span, slot: Slot) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let heard = Arc::new(Mutex::new(Heard::default()));
        let (span, stopped, hearing) = (span.clone(), stop.clone(), heard.clone());
        let thread = std::thread::spawn(move || listen(&span, slot, &hearing, &stopped));
        Self {
            stop,
            heard,
            thread,
        }
    }

    /// The last octets that the line brought, `count` at most.
    pub(crate) fn tail(&self, count: usize) -> Vec<u8> {
        let heard = lock(&self.heard);
        let octets = &heard.received.octets;
        octets
            .get(octets.len().saturating_sub(count)..)
            .unwrap_or_default()
            .to_vec()
    }

    /// Stops and gives what was heard.
    pub(crate) fn close(self) -> anyhow::Result<Heard> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread
            .join()
            .map_err(|_| anyhow::anyhow!("the listening thread died"))??;
        Ok(std::mem::take(&mut *lock(&self.heard)))
    }
}

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn listen(span: &Span, slot: Slot, heard: &Mutex<Heard>, stop: &AtomicBool) -> tdm::Result<()> {
    let taps = [span.tap(slot, Side::Receive), span.tap(slot, Side::Sent)];
    let wakeups = span.subscribe(Wake::every(PERIOD))?;
    let first = span.positions().rx_frame;
    {
        let mut heard = lock(heard);
        heard.received.first = first;
        heard.sent.first = first;
    }
    while !stop.load(Ordering::Relaxed) {
        wakeups.wait(Duration::from_nanos(100 * MILLISECOND))?;
        let now = span.positions();
        let mut heard = lock(heard);
        heard.timeline.push(now.rx_frame, now.tick_ns);
        let Heard { received, sent, .. } = &mut *heard;
        for (tap, track) in taps.iter().zip([received, sent]) {
            follow(tap, track, now.rx_frame);
        }
    }
    Ok(())
}

/// Reads on up to `end`.
fn follow(tap: &Tap, track: &mut Track, end: u64) {
    let oldest = tap.oldest();
    let mut next = track.first + track.octets.len() as u64;
    if next < oldest {
        track.lost += oldest - next;
        track.octets.resize((oldest - track.first) as usize, IDLE);
        next = oldest;
    }
    let mut fresh = vec![0; end.saturating_sub(next) as usize];
    if fresh.is_empty() || track.octets.len() + fresh.len() > LIMIT {
        return;
    }
    // What is overwritten while it is read counts as lost at the next look.
    if tap
        .window(next, fresh.len() as u64)
        .and_then(|window| window.copy_to(&mut fresh))
        .is_ok()
    {
        track.octets.extend_from_slice(&fresh);
    }
}

#[cfg(test)]
mod tests {
    use super::Timeline;

    #[test]
    fn frames_enter_at_the_tick_behind_them_and_stand_on_the_line_by_its_clock() {
        let mut timeline = Timeline::default();
        // Ticks of 8 frames; the second one came 3 ms late, the third was not seen.
        for (frame, at_ns) in [(8, 1_000_000), (16, 5_000_000), (32, 4_100_000)] {
            timeline.push(frame, at_ns);
        }
        assert_eq!(timeline.entered(7), Some(1_000_000));
        assert_eq!(timeline.entered(8), Some(5_000_000));
        assert_eq!(timeline.entered(16), Some(4_100_000));
        assert_eq!(timeline.entered(32), None);
        assert_eq!(timeline.on_line(0), Some(0));
        assert_eq!(timeline.on_line(8), Some(1_000_000));
        assert_eq!(Timeline::default().on_line(0), None);
    }
}
