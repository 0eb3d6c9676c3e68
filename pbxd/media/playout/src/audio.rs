// SPDX-License-Identifier: MIT OR Apache-2.0
//! Packets of audio.

use dsp::{FADE_END, Meter};
use g711::Law;
use rtp::{Header, Received, Verdict};

use crate::mapping::Mapping;
use crate::playout::{MAX_PACKET, RANGE};
use crate::progress::Span;
use crate::steering::Step;
use crate::{Plan, Playout, Write};

/// A packet, while its writes are planned.
struct Source<'a> {
    law: Law,
    payload: &'a [u8],
}

/// A stretch of a payload and the frame where it belongs.
#[derive(Clone, Copy)]
struct Piece {
    frame: i64,
    start: usize,
    len: usize,
}

/// Frames over which a packet that comes late is overlapped with what was concealed.
const REWRITE_JOINT: i64 = 32;

impl Playout {
    /// Takes a packet of audio in law `law` and says what of it to write where. `arrival` is the
    /// time of its arrival in frames of any steady clock, modulo 2³², for the jitter; `edge` the
    /// first frame that may be written.
    pub fn audio(
        &mut self,
        edge: u64,
        arrival: u32,
        header: &Header,
        law: Law,
        payload: &[u8],
    ) -> Plan {
        let mut plan = Plan::default();
        self.advance(edge);
        if payload.is_empty() || payload.len() > MAX_PACKET {
            self.counters.bad_length = self.counters.bad_length.wrapping_add(1);
            return plan;
        }
        let newest = match self.receiver.input(header, arrival, true) {
            Received::Foreign | Received::Current(Verdict::Jump | Verdict::Probation) => {
                self.counters.foreign = self.counters.foreign.wrapping_add(1);
                return plan;
            }
            Received::Changed(_) | Received::Current(Verdict::Restarted { .. }) => {
                self.source_changed();
                true
            }
            Received::Current(verdict) => match self.note(verdict) {
                Some(newest) => newest,
                None => return plan,
            },
        };
        let source = Source { law, payload };
        let len = payload.len() as i64;
        let placed = if newest {
            Some(self.place_newest(header, len))
        } else {
            self.place_older(header, len)
        };
        let Some(frame) = placed else { return plan };
        let Some(piece) = self.unmuted(Piece {
            frame,
            start: 0,
            len: payload.len(),
        }) else {
            return plan;
        };
        let steered = newest && piece.len == payload.len() && self.steering.is_due();
        let before = self.counters.written_frames;
        if steered && frame == self.progress.front && self.loss.is_none() {
            self.steer(&mut plan, &source, piece);
        } else {
            self.put(&mut plan, &source, piece);
        }
        if self.counters.written_frames != before || !plan.is_empty() {
            self.counters.written_packets = self.counters.written_packets.wrapping_add(1);
            if !newest {
                self.counters.reordered = self.counters.reordered.wrapping_add(1);
            }
        }
        plan
    }

    /// A new source or sequence: everything about order begins anew, and the mapping with it.
    pub(crate) fn source_changed(&mut self) {
        self.seen = 1;
        if self.mapping.is_some() {
            self.events.reset();
            self.mapping = None;
            self.steering.restart();
            self.counters.resyncs = self.counters.resyncs.wrapping_add(1);
            self.resume = true;
        }
    }

    /// Books a sequence number. Returns whether it is the newest; `None` for a duplicate or one
    /// too old to tell.
    pub(crate) fn note(&mut self, verdict: Verdict) -> Option<bool> {
        match verdict {
            Verdict::Ahead { missing, .. } => {
                let shift = u32::from(missing) + 1;
                self.seen = self.seen.checked_shl(shift).unwrap_or(0) | 1;
                self.counters.lost = self.counters.lost.wrapping_add(u32::from(missing));
                Some(true)
            }
            Verdict::Behind { behind, .. } => {
                let Some(bit) = 1_u64.checked_shl(u32::from(behind)) else {
                    self.counters.late = self.counters.late.wrapping_add(1);
                    return None;
                };
                if self.seen & bit != 0 {
                    self.counters.duplicates = self.counters.duplicates.wrapping_add(1);
                    return None;
                }
                self.seen |= bit;
                self.counters.lost = self.counters.lost.saturating_sub(1);
                Some(false)
            }
            Verdict::Probation | Verdict::Jump | Verdict::Restarted { .. } => None,
        }
    }

    /// The frame of a packet that is the newest: the mapping changes where it must.
    fn place_newest(&mut self, header: &Header, len: i64) -> i64 {
        let Some(mut mapping) = self.mapping else {
            if core::mem::take(&mut self.resume) {
                return self.place_anew(header);
            }
            self.start(header.timestamp);
            return self.progress.front;
        };
        mapping.follow(header.timestamp);
        self.mapping = Some(mapping);
        let frame = mapping.frame(header.timestamp);
        let fill = frame - self.edge;
        let config = &self.config;
        if fill > i64::from(config.max_fill) {
            // Too far ahead: what waits in the ring is given up for what is new.
            self.counters.resyncs = self.counters.resyncs.wrapping_add(1);
            self.abandon();
            return self.place_anew(header);
        }
        let faded = self
            .loss
            .is_some_and(|l| l.concealment.elapsed() >= FADE_END);
        let window = i64::from(config.low)..=i64::from(config.high);
        if faded && header.marker && !window.contains(&fill) {
            self.counters.spurts = self.counters.spurts.wrapping_add(1);
            return self.place_anew(header);
        }
        if frame + len <= self.edge {
            let front = self.progress.front;
            let shift = front - frame;
            let full = front - self.edge > i64::from(config.max_fill);
            if full || shift > i64::from(config.max_shift) {
                self.counters.resyncs = self.counters.resyncs.wrapping_add(1);
                return self.place_anew(header);
            }
            // The whole stream was held up: it goes on behind what was concealed.
            self.counters.shifts = self.counters.shifts.wrapping_add(1);
            mapping.delay(shift);
            self.mapping = Some(mapping);
            self.steering.restart();
            return front;
        }
        self.steering.observe(fill);
        frame
    }

    /// Gives up what waits in the ring beyond the target.
    fn abandon(&mut self) {
        self.end_loss();
        self.progress
            .back_to(self.edge + i64::from(self.config.target));
        self.progress.clear_holes();
    }

    /// Places the stream anew with this packet, behind what is written.
    fn place_anew(&mut self, header: &Header) -> i64 {
        self.progress.clear_islands();
        if self.progress.front - self.edge > i64::from(self.config.max_fill) {
            self.abandon();
        }
        let frame = self
            .progress
            .front
            .max(self.edge + i64::from(self.config.target));
        self.mapping = Some(Mapping::anchored(header.timestamp, frame));
        self.steering.restart();
        frame
    }

    /// The frame of a packet that comes after a newer one.
    fn place_older(&mut self, header: &Header, len: i64) -> Option<i64> {
        let frame = self.mapping?.frame(header.timestamp);
        let fill = frame - self.edge;
        if fill + len <= 0 {
            self.counters.late = self.counters.late.wrapping_add(1);
            return None;
        }
        if fill > i64::from(self.config.max_fill) {
            self.counters.unplaceable = self.counters.unplaceable.wrapping_add(1);
            return None;
        }
        Some(frame)
    }

    /// The part of a piece that no tone covers: what stands before it, else what follows it.
    fn unmuted(&mut self, piece: Piece) -> Option<Piece> {
        let Some((from, to)) = self.tones.muted(self.progress.front) else {
            return Some(piece);
        };
        let end = piece.frame + piece.len as i64;
        let kept = if piece.frame < from {
            cut(piece, (piece.frame, end.min(from)))
        } else {
            cut(piece, (piece.frame.max(to), end))
        };
        let rest = kept.map_or(0, |k| k.len);
        self.counters.muted_frames += (piece.len - rest) as u64;
        kept
    }

    /// Plans a packet at the front with frames dropped or repeated.
    fn steer(&mut self, plan: &mut Plan, source: &Source<'_>, piece: Piece) {
        let len = piece.len;
        let mut meter = Meter::new();
        meter.input_codes(source.law, source.payload);
        let silent = meter.mean_square() <= self.silence;
        let step = self.steering.step(len, silent);
        let at = |frame: usize, start, len| Piece {
            frame: piece.frame + frame as i64,
            start,
            len,
        };
        let cut = if silent { None } else { Some(flattest(source)) };
        let (pieces, delay) = match (step, cut) {
            (None, _) => ([at(0, 0, len), at(0, 0, 0)], 0),
            (Some(Step::Drop(n)), None) => ([at(0, 0, len - n), at(0, 0, 0)], -(n as i64)),
            (Some(Step::Drop(_)), Some(k)) => ([at(0, 0, k), at(k, k + 1, len - k - 1)], -1),
            (Some(Step::Repeat(n)), None) => ([at(0, 0, len), at(len, len - n, n)], n as i64),
            (Some(Step::Repeat(_)), Some(k)) => ([at(0, 0, k + 1), at(k + 1, k, len - k)], 1),
        };
        if delay < 0 {
            let dropped = &mut self.counters.dropped_for_drift;
            *dropped = dropped.wrapping_add(delay.unsigned_abs() as u32);
        } else {
            let repeated = &mut self.counters.repeated_for_drift;
            *repeated = repeated.wrapping_add(delay as u32);
        }
        if let Some(mapping) = &mut self.mapping {
            mapping.delay(delay);
        }
        for piece in pieces {
            self.put(plan, source, piece);
        }
    }

    /// Plans a piece: beyond the front, at it, or in a concealed stretch before it.
    fn put(&mut self, plan: &mut Plan, source: &Source<'_>, piece: Piece) {
        let whole = (piece.frame, piece.frame + piece.len as i64);
        let span = (
            whole.0.max(self.edge),
            whole.1.min(self.edge + RANGE as i64),
        );
        let taken = (span.0.min(whole.1) - whole.0) as u32;
        self.counters.late_frames = self.counters.late_frames.wrapping_add(taken);
        if span.0 >= span.1 {
            return;
        }
        let span = self.progress.before_islands(span);
        let front = self.progress.front;
        if span.0 > front {
            let Some(piece) = cut(piece, span) else {
                self.overlap(whole.1 - span.0);
                return;
            };
            if !self.progress.add_island(span) {
                self.counters.unplaceable = self.counters.unplaceable.wrapping_add(1);
                return;
            }
            self.copy(source, piece);
            self.emit(plan, source, piece, span.0);
            return;
        }
        let loss_start = self.loss.map(|loss| loss.start);
        if let Some(start) = loss_start.filter(|start| span.0.max(*start) < front) {
            self.rewrite(plan, source, piece, (span.0.max(start), span.1), start);
            return;
        }
        if span.0 < front {
            let hole = self.progress.fill_hole((span.0, span.1.min(front)));
            match hole.and_then(|hole| cut(piece, hole)) {
                Some(part) => {
                    let rewritten = &mut self.counters.rewritten_frames;
                    *rewritten = rewritten.wrapping_add(part.len as u32);
                    self.copy(source, part);
                    self.emit(plan, source, part, part.frame);
                }
                None => self.overlap(span.1.min(front) - span.0),
            }
        }
        self.append(plan, source, piece, (front, span.1));
    }

    fn overlap(&mut self, frames: i64) {
        let overlapped = &mut self.counters.overlapped_frames;
        *overlapped = overlapped.wrapping_add(frames as u32);
    }

    /// Continues at the front.
    fn append(&mut self, plan: &mut Plan, source: &Source<'_>, piece: Piece, span: Span) {
        let Some(piece) = cut(piece, span) else {
            return;
        };
        let mut joint = span.0;
        self.copy(source, piece);
        if let Some(mut loss) = self.loss.take() {
            self.progress.add_hole((loss.start, span.0));
            joint = self.join(&mut loss, span.0, span.1);
        }
        self.emit(plan, source, piece, joint);
        self.progress.advance(span.1);
        self.no_past = false;
    }

    /// A packet comes for what is being concealed: concealment gives way from `span.0` on.
    fn rewrite(
        &mut self,
        plan: &mut Plan,
        source: &Source<'_>,
        piece: Piece,
        span: Span,
        loss_start: i64,
    ) {
        let front = self.progress.front;
        let Some(piece) = cut(piece, span) else {
            return;
        };
        let rewritten = &mut self.counters.rewritten_frames;
        *rewritten = rewritten.wrapping_add((span.1.min(front) - span.0) as u32);
        self.loss = None;
        if span.0 > loss_start {
            self.progress.add_hole((loss_start, span.0));
        }
        // Where the stretch before was heard concealed, its continuation is faded over.
        let joint = if span.0 > loss_start {
            (span.0 + REWRITE_JOINT).min(span.1).min(front)
        } else {
            span.0
        };
        let law = self.config.law;
        let mut faded = [0_u8; REWRITE_JOINT as usize];
        for (n, place) in faded.iter_mut().enumerate().take((joint - span.0) as usize) {
            let weight = (n + 1) as f32 / (REWRITE_JOINT + 1) as f32;
            let old = f32::from(law.decode(self.shadow.at(span.0 + n as i64)));
            let code = source
                .payload
                .get(piece.start + n)
                .copied()
                .unwrap_or(law.idle());
            let new = f32::from(source.law.decode(code));
            *place = law.encode((old + (new - old) * weight).round() as i16);
        }
        self.copy(source, piece);
        for (n, code) in faded.iter().enumerate().take((joint - span.0) as usize) {
            self.shadow.set(span.0 + n as i64, *code);
        }
        self.emit(plan, source, piece, joint);
        // What was concealed behind the packet is decided anew.
        self.progress.back_to(span.1);
        self.progress.advance(span.1);
        self.no_past = false;
    }

    /// Plans a piece that stands in the shadow: up to frame `joint` from there, from there on
    /// from the packet; or wholly from the shadow where the law was converted.
    fn emit(&mut self, plan: &mut Plan, source: &Source<'_>, piece: Piece, joint: i64) {
        let end = piece.frame + piece.len as i64;
        let joint = joint.clamp(piece.frame, end);
        let generated = if source.law == self.config.law {
            joint
        } else {
            end
        };
        plan.push(Write::Generated {
            frame: piece.frame as u64,
            len: (generated - piece.frame) as u16,
        });
        if let Some(rest) = cut(piece, (generated, end)) {
            plan.push(Write::Packet {
                frame: rest.frame as u64,
                start: rest.start as u16,
                len: rest.len as u16,
            });
        }
        self.counters.written_frames += piece.len as u64;
        if source.law != self.config.law {
            self.counters.converted_frames += piece.len as u64;
        }
    }

    /// Copies a piece into the shadow, in the line's law.
    fn copy(&mut self, source: &Source<'_>, piece: Piece) {
        let octets = source
            .payload
            .get(piece.start..piece.start + piece.len)
            .unwrap_or_default();
        self.counters.copied_octets += octets.len() as u64;
        if source.law == self.config.law {
            self.shadow.write(piece.frame, octets);
        } else {
            for (n, code) in octets.iter().enumerate() {
                let code = source.law.convert(self.config.law, *code);
                self.shadow.set(piece.frame + n as i64, code);
            }
        }
    }
}

/// The part of a piece that lies in `span`; `None` if none does.
fn cut(piece: Piece, span: Span) -> Option<Piece> {
    let end = piece.frame + piece.len as i64;
    let (from, to) = (span.0.max(piece.frame), span.1.min(end));
    (from < to).then(|| Piece {
        frame: from,
        start: piece.start + (from - piece.frame) as usize,
        len: (to - from) as usize,
    })
}

/// The place where a sample can be dropped or repeated with the least harm: where it differs
/// least from the next.
fn flattest(source: &Source<'_>) -> usize {
    let next = source.payload.iter().skip(1);
    let steps =
        source.payload.iter().zip(next).map(|(a, b)| {
            i32::from(source.law.decode(*a)).abs_diff(i32::from(source.law.decode(*b)))
        });
    steps
        .enumerate()
        .min_by_key(|(_, step)| *step)
        .map_or(0, |(n, _)| n)
}
