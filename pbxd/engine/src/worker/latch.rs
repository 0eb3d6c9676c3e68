// SPDX-License-Identifier: MIT OR Apache-2.0
//! Symmetric RTP: whose packets are taken, and where ours go.

use std::net::SocketAddr;

/// Frames of silence after which another source may take over: two seconds.
const SILENCE: u64 = 16_000;

/// What to do with a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judged {
    /// It is the far end's.
    Taken,
    /// It is the far end's, whose address is new.
    Moved,
    /// It is somebody else's.
    Stray,
}

/// The far end's address, as agreed and as seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Latch {
    symmetric: bool,
    agreed: Option<SocketAddr>,
    learnt: Option<SocketAddr>,
    /// Source and frame of the last packet taken.
    last: Option<(u32, u64)>,
}

impl Latch {
    pub(crate) const fn new(symmetric: bool, agreed: Option<SocketAddr>) -> Self {
        Self {
            symmetric,
            agreed,
            learnt: None,
            last: None,
        }
    }

    /// A new agreement. What was learnt counts on unless the agreed address changed.
    pub(crate) fn agree(&mut self, symmetric: bool, agreed: Option<SocketAddr>) {
        if agreed != self.agreed || !symmetric {
            *self = Self::new(symmetric, agreed);
        }
        self.symmetric = symmetric;
    }

    /// Where to send.
    pub(crate) fn destination(&self) -> Option<SocketAddr> {
        self.learnt.or(self.agreed)
    }

    /// Judges a packet that is RTP of an agreed payload type.
    ///
    /// The first source is taken, wherever it is, since that is how a far end behind a NAT shows its address. After that another
    /// address is taken only if it is the agreed one, if it goes on with the same source (a NAT that changed its mind; who does
    /// not see our media cannot know the number), or if the old one has been silent for two seconds.
    pub(crate) fn judge(&mut self, from: SocketAddr, ssrc: u32, now: u64) -> Judged {
        if !self.symmetric {
            return if self.agreed == Some(from) {
                Judged::Taken
            } else {
                Judged::Stray
            };
        }
        let known = self.learnt == Some(from);
        let may_move = match (self.learnt, self.last) {
            (Some(_), Some((source, at))) => {
                self.agreed == Some(from) || source == ssrc || now.saturating_sub(at) >= SILENCE
            }
            _ => true,
        };
        if !known && !may_move {
            return Judged::Stray;
        }
        let moved = self.destination() != Some(from);
        self.learnt = Some(from);
        self.last = Some((ssrc, now));
        if moved { Judged::Moved } else { Judged::Taken }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    #[test]
    fn only_the_agreed_address_without_symmetry() {
        let mut latch = Latch::new(false, Some(address(1)));
        assert_eq!(latch.judge(address(1), 7, 0), Judged::Taken);
        assert_eq!(latch.judge(address(2), 7, 0), Judged::Stray);
        assert_eq!(latch.destination(), Some(address(1)));
        assert_eq!(
            Latch::new(false, None).judge(address(1), 7, 0),
            Judged::Stray
        );
    }

    #[test]
    fn the_first_source_is_taken_and_kept() {
        let mut latch = Latch::new(true, Some(address(1)));
        assert_eq!(latch.judge(address(2), 7, 0), Judged::Moved);
        assert_eq!(latch.destination(), Some(address(2)));
        assert_eq!(latch.judge(address(3), 8, 100), Judged::Stray);
        assert_eq!(latch.judge(address(2), 9, 200), Judged::Taken);
        assert_eq!(latch.destination(), Some(address(2)));
    }

    #[test]
    fn the_same_source_may_move_and_silence_ends_a_claim() {
        let mut latch = Latch::new(true, None);
        assert_eq!(latch.judge(address(2), 7, 0), Judged::Moved);
        assert_eq!(latch.judge(address(3), 7, 80), Judged::Moved);
        assert_eq!(latch.judge(address(4), 8, SILENCE), Judged::Stray);
        assert_eq!(latch.judge(address(4), 8, 80 + SILENCE), Judged::Moved);
    }

    #[test]
    fn the_agreed_address_takes_back_what_a_stranger_took() {
        let mut latch = Latch::new(true, Some(address(1)));
        assert_eq!(latch.judge(address(66), 666, 0), Judged::Moved);
        assert_eq!(latch.judge(address(1), 7, 1), Judged::Moved);
        assert_eq!(latch.destination(), Some(address(1)));
        assert_eq!(latch.judge(address(66), 666, 2), Judged::Stray);
    }

    #[test]
    fn a_new_agreement_forgets_what_was_learnt() {
        let mut latch = Latch::new(true, Some(address(1)));
        latch.judge(address(2), 7, 0);
        latch.agree(true, Some(address(1)));
        assert_eq!(latch.destination(), Some(address(2)));
        latch.agree(true, Some(address(9)));
        assert_eq!(latch.destination(), Some(address(9)));
    }
}
