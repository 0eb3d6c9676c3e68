// SPDX-License-Identifier: MIT OR Apache-2.0
//! When in its packet time each call sends, so that packets leave evenly.

/// Milliseconds in which every packet time comes round: the least common multiple of 10 to 60.
const ROUND: usize = 600;

/// Packets due in each millisecond of a round.
#[derive(Debug)]
pub(crate) struct Phases {
    load: [u16; ROUND],
}

impl Phases {
    pub(crate) const fn new() -> Self {
        Self { load: [0; ROUND] }
    }

    /// Takes the phase with the least load for a call that sends every `packet` milliseconds; a phase is below it.
    pub(crate) fn take(&mut self, packet: usize) -> usize {
        let packet = packet.clamp(1, ROUND);
        let worst = |phase: usize| self.load.iter().skip(phase).step_by(packet).max().copied();
        let sum = |phase: usize| -> u32 {
            let each = self.load.iter().skip(phase).step_by(packet);
            each.map(|load| u32::from(*load)).sum()
        };
        let phase = (0..packet)
            .min_by_key(|phase| (worst(*phase), sum(*phase)))
            .unwrap_or(0);
        self.add(packet, phase, 1);
        phase
    }

    /// Gives a phase back.
    pub(crate) fn release(&mut self, packet: usize, phase: usize) {
        self.add(packet.clamp(1, ROUND), phase, -1);
    }

    fn add(&mut self, packet: usize, phase: usize, change: i16) {
        for load in self.load.iter_mut().skip(phase).step_by(packet) {
            *load = load.saturating_add_signed(change);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_calls_spread_evenly() {
        let mut phases = Phases::new();
        let mut seen = [0; 20];
        for _ in 0..240 {
            seen[phases.take(20)] += 1;
        }
        assert_eq!(seen, [12; 20]);
    }

    #[test]
    fn mixed_calls_never_pile_up() {
        let mut phases = Phases::new();
        let mut taken = Vec::new();
        for n in 0..300 {
            let packet = [10, 20, 30, 40, 50, 60][n % 6];
            taken.push((packet, phases.take(packet)));
        }
        let expected: f64 = taken.iter().map(|(packet, _)| 1.0 / *packet as f64).sum();
        let worst = *phases.load.iter().max().unwrap();
        assert!(
            f64::from(worst) < expected * 1.5 + 2.0,
            "{worst} against {expected}"
        );
        for (packet, phase) in taken {
            phases.release(packet, phase);
        }
        assert_eq!(phases.load, [0; ROUND]);
    }
}
