// SPDX-License-Identifier: MIT OR Apache-2.0
//! How far the ring is written: up to a front, with stretches beyond it and holes before it.

/// A stretch of frames: first, and one past the last.
pub(crate) type Span = (i64, i64);

/// Stretches beyond the front that are kept account of; the sixth is refused.
const ISLANDS: usize = 5;
/// Concealed stretches before the front that a late packet may still fill.
const HOLES: usize = 4;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    /// Every frame before it is decided.
    pub(crate) front: i64,
    islands: [Option<Span>; ISLANDS],
    holes: [Option<Span>; HOLES],
    next_hole: usize,
}

impl Progress {
    pub(crate) fn new(front: i64) -> Self {
        Self {
            front,
            islands: [None; ISLANDS],
            holes: [None; HOLES],
            next_hole: 0,
        }
    }

    /// The beginning of the next written stretch beyond the front.
    pub(crate) fn next_island(&self) -> Option<Span> {
        self.islands.iter().flatten().copied().min()
    }

    /// Moves the front on, over what is written there already.
    pub(crate) fn advance(&mut self, to: i64) {
        self.front = self.front.max(to);
        // Each pass removes an island or ends.
        while let Some((start, end)) = self.next_island().filter(|(start, _)| *start <= self.front)
        {
            self.remove(start);
            self.front = self.front.max(end);
        }
    }

    /// Moves the front back: what was written from there on is decided anew.
    pub(crate) fn back_to(&mut self, front: i64) {
        self.front = self.front.min(front);
    }

    /// Forgets the stretches beyond the front.
    pub(crate) fn clear_islands(&mut self) {
        self.islands = [None; ISLANDS];
    }

    /// Takes account of a stretch beyond the front; false if there are too many.
    pub(crate) fn add_island(&mut self, span: Span) -> bool {
        let adjacent = |known: &Span| known.1 == span.0 || known.0 == span.1;
        if let Some(known) = self.islands.iter_mut().flatten().find(|k| adjacent(k)) {
            *known = (known.0.min(span.0), known.1.max(span.1));
            return true;
        }
        match self.islands.iter_mut().find(|place| place.is_none()) {
            Some(place) => {
                *place = Some(span);
                true
            }
            None => false,
        }
    }

    fn remove(&mut self, start: i64) {
        for island in &mut self.islands {
            if island.is_some_and(|(s, _)| s == start) {
                *island = None;
                return;
            }
        }
    }

    /// The part of `span` before the first island that it would run into.
    pub(crate) fn before_islands(&self, span: Span) -> Span {
        let hit = self
            .islands
            .iter()
            .flatten()
            .filter(|(start, end)| *start < span.1 && span.0 < *end);
        let limit = hit.map(|(start, _)| *start).min();
        (
            span.0,
            limit.map_or(span.1, |limit| span.1.min(limit).max(span.0)),
        )
    }

    /// Remembers a concealed stretch; the oldest is forgotten.
    pub(crate) fn add_hole(&mut self, hole: Span) {
        if let Some(place) = self.holes.get_mut(self.next_hole) {
            *place = Some(hole);
        }
        self.next_hole = (self.next_hole + 1) % HOLES;
    }

    /// The part of `span` that lies in a concealed stretch; it counts as filled from then on.
    pub(crate) fn fill_hole(&mut self, span: Span) -> Option<Span> {
        for place in &mut self.holes {
            let Some((start, end)) = *place else { continue };
            let part = (span.0.max(start), span.1.min(end));
            if part.0 < part.1 {
                // What is left before the filled part has been taken or will be filled by an
                // earlier packet; keep the larger rest.
                let (head, tail) = ((start, part.0), (part.1, end));
                let rest = if head.1 - head.0 > tail.1 - tail.0 {
                    head
                } else {
                    tail
                };
                *place = (rest.0 < rest.1).then_some(rest);
                return Some(part);
            }
        }
        None
    }

    pub(crate) fn clear_holes(&mut self) {
        self.holes = [None; HOLES];
    }
}
