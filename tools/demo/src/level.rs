// SPDX-License-Identifier: MIT OR Apache-2.0
//! Levels of A-law octets.

/// The level in A-law of a sine wave whose peaks are at the overload point, dBm0.
#[allow(
    clippy::approx_constant,
    reason = "decibels, nothing to do with a circle"
)]
const FULL_SCALE_SINE_DBM0: f64 = 3.14;
/// The overload point: the last decision value of A-law, in 16-bit samples.
const FULL_SCALE: f64 = 32768.0;
/// What a meter shows at its left end, dBm0.
const FLOOR_DBM0: f64 = -60.0;
/// Characters of a meter.
const WIDTH: usize = 20;

/// The mean level in dBm0 of A-law octets; negative infinity for nothing.
pub(crate) fn dbm0(octets: &[u8]) -> f64 {
    if octets.is_empty() {
        return f64::NEG_INFINITY;
    }
    let power = |octet: &u8| f64::from(g711::Law::A.decode(*octet)).powi(2);
    let mean = octets.iter().map(power).sum::<f64>() / octets.len() as f64;
    let full_scale_sine = FULL_SCALE.powi(2) / 2.0;
    10.0 * (mean / full_scale_sine).log10() + FULL_SCALE_SINE_DBM0
}

/// A meter from -60 to 0 dBm0.
pub(crate) fn bar(level: f64) -> String {
    let share = ((level - FLOOR_DBM0) / -FLOOR_DBM0).clamp(0.0, 1.0);
    let filled = (share * WIDTH as f64).round() as usize;
    format!("[{}{}]", "#".repeat(filled), " ".repeat(WIDTH - filled))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(amplitude: f64) -> Vec<u8> {
        (0..8000)
            .map(|n| {
                let sample =
                    amplitude * (f64::from(n) * std::f64::consts::TAU * 1004.0 / 8000.0).sin();
                g711::Law::A.encode(sample as i16)
            })
            .collect()
    }

    #[test]
    fn a_full_scale_sine_is_at_the_overload_point() {
        let level = dbm0(&sine(FULL_SCALE));
        assert!((level - FULL_SCALE_SINE_DBM0).abs() < 0.2, "{level}");
    }

    #[test]
    fn half_the_amplitude_is_six_decibels_less() {
        let step = dbm0(&sine(20000.0)) - dbm0(&sine(10000.0));
        assert!((step - 6.02).abs() < 0.2, "{step}");
    }

    #[test]
    fn idle_is_quiet_and_nothing_is_nothing() {
        assert!(dbm0(&[0xd5; 160]) < -60.0);
        assert_eq!(dbm0(&[]), f64::NEG_INFINITY);
    }

    #[test]
    fn meters_stay_within_their_frame() {
        for level in [f64::NEG_INFINITY, -100.0, -60.0, -30.0, 0.0, 10.0] {
            assert_eq!(bar(level).len(), WIDTH + 2);
        }
        assert_eq!(bar(-30.0), "[##########          ]");
    }
}
