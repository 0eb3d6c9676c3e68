// SPDX-License-Identifier: GPL-2.0-only OR MIT
use kernel_rust_abi::wake::due;
use proptest::prelude::*;

#[test]
fn due_once_a_period_at_its_phase() {
    let ticks: Vec<u64> = (0..100)
        .map(|tick| tick * 8)
        .filter(|rx| due(*rx, rx + 8, 160, 40))
        .map(|rx| rx + 8)
        .collect();
    assert_eq!(ticks, [40, 200, 360, 520, 680]);
    assert!(!due(0, 1000, 0, 0), "no period, never");
}

proptest! {
    #[test]
    fn due_means_that_such_a_frame_was_passed(before in 0..10_000u64, step in 0..2000u64, period in 1..500u64, phase in 0..500u64) {
        let phase = phase % period;
        let expected = (before + 1..=before + step).any(|n| n % period == phase);
        prop_assert_eq!(due(before, before + step, period, phase), expected);
    }
}
