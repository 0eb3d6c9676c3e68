// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every code and every sample against an arithmetic reference that shares nothing with the crate:
//! it builds the laws' decision values segment by segment and searches them.

use g711::Law;

/// Decision values (ascending, 128 + 1 of them) and interval middles of the positive half, in
/// 16-bit units.
struct Reference {
    decisions: Vec<i32>,
    middles: Vec<i32>,
}

fn reference(law: Law) -> Reference {
    let mut decisions = vec![0];
    let mut edge = 0;
    match law {
        // 13-bit units: 32 intervals of 2, then six segments of 16 with the step doubling, up to
        // 4,096.
        Law::A => {
            for _ in 0..32 {
                edge += 2;
                decisions.push(edge * 8);
            }
            for segment in 1..7 {
                for _ in 0..16 {
                    edge += 2 << segment;
                    decisions.push(edge * 8);
                }
            }
            assert_eq!(edge, 4096);
        }
        // 14-bit units: one interval of 1, 15 of 2, then seven segments of 16 with the step
        // doubling, up to 8,159.
        Law::Mu => {
            edge = 1;
            decisions.push(edge * 4);
            for _ in 0..15 {
                edge += 2;
                decisions.push(edge * 4);
            }
            for segment in 1..8 {
                for _ in 0..16 {
                    edge += 2 << segment;
                    decisions.push(edge * 4);
                }
            }
            assert_eq!(edge, 8159);
        }
    }
    assert_eq!(decisions.len(), 129);
    let mut middles: Vec<i32> = decisions.windows(2).map(|w| (w[0] + w[1]) / 2).collect();
    if law == Law::Mu {
        middles[0] = 0; // the interval around zero is −1 to 1; its two codes both mean 0
    }
    Reference { decisions, middles }
}

fn on_the_line(law: Law, positive: bool, interval: usize) -> u8 {
    let plain = u8::try_from(interval).expect("128 intervals");
    match (law, positive) {
        (Law::A, true) => (plain | 0x80) ^ 0x55,
        (Law::A, false) => plain ^ 0x55,
        (Law::Mu, true) => 0xFF - plain,
        (Law::Mu, false) => 0x7F - plain,
    }
}

#[test]
fn all_codes_decode_to_the_middle_of_their_interval() {
    for law in [Law::A, Law::Mu] {
        let r = reference(law);
        for (interval, middle) in r.middles.iter().enumerate() {
            assert_eq!(
                i32::from(law.decode(on_the_line(law, true, interval))),
                *middle
            );
            assert_eq!(
                i32::from(law.decode(on_the_line(law, false, interval))),
                -middle
            );
        }
    }
}

#[test]
fn all_samples_encode_to_the_interval_that_holds_them() {
    for law in [Law::A, Law::Mu] {
        let r = reference(law);
        for sample in i16::MIN..=i16::MAX {
            let positive = sample >= 0;
            let magnitude = if positive {
                i32::from(sample)
            } else {
                -i32::from(sample) - 1
            };
            let at_or_below = r.decisions[..128]
                .iter()
                .filter(|d| **d <= magnitude)
                .count();
            let expected = on_the_line(law, positive, at_or_below - 1);
            assert_eq!(law.encode(sample), expected, "{law:?} {sample}");
        }
    }
}

#[test]
fn every_code_survives_a_round_trip_except_the_negative_mu_law_zero() {
    for code in 0..=255 {
        assert_eq!(Law::A.encode(Law::A.decode(code)), code);
        let back = Law::Mu.encode(Law::Mu.decode(code));
        assert_eq!(back, if code == 0x7F { 0xFF } else { code });
    }
}

#[test]
fn decoding_after_encoding_never_falls_as_the_sample_rises() {
    for law in [Law::A, Law::Mu] {
        let mut last = i16::MIN;
        for sample in i16::MIN..=i16::MAX {
            let now = law.decode(law.encode(sample));
            assert!(now >= last);
            last = now;
        }
    }
}

#[test]
fn ones_complement_flips_the_sign_bit_only() {
    for law in [Law::A, Law::Mu] {
        for sample in i16::MIN..=i16::MAX {
            assert_eq!(law.encode(!sample), law.encode(sample) ^ 0x80);
        }
    }
}

#[test]
fn known_codes() {
    // The loudest and quietest codes, as every line tester shows them.
    assert_eq!((Law::A.decode(0xAA), Law::A.decode(0x2A)), (32256, -32256));
    assert_eq!((Law::A.decode(0xD5), Law::A.decode(0x55)), (8, -8));
    assert_eq!(
        (Law::Mu.decode(0x80), Law::Mu.decode(0x00)),
        (32124, -32124)
    );
    assert_eq!((Law::Mu.decode(0xFF), Law::Mu.decode(0x7F)), (0, 0));
    assert_eq!((Law::A.idle(), Law::Mu.idle()), (0xD5, 0xFF));
}

#[test]
fn conversion_keeps_sign_and_order_and_lands_in_the_right_interval() {
    for (from, to) in [(Law::A, Law::Mu), (Law::Mu, Law::A)] {
        let r = reference(to);
        let source = reference(from);
        let mut last = -1;
        for interval in 0..128 {
            let magnitude = source.middles[interval];
            let expected = r.decisions[..128]
                .iter()
                .filter(|d| **d <= magnitude)
                .count()
                - 1;
            for positive in [true, false] {
                let code = on_the_line(from, positive, interval);
                assert_eq!(from.convert(to, code), on_the_line(to, positive, expected));
            }
            let index = i32::try_from(expected).unwrap();
            assert!(index >= last);
            last = index;
        }
    }
}

#[test]
fn a_second_trip_through_both_laws_changes_nothing_more() {
    for code in 0..=255_u8 {
        let a = g711::mu_to_a(code);
        let once = g711::a_to_mu(a);
        assert_eq!(g711::a_to_mu(g711::mu_to_a(once)), once);
        let mu = g711::a_to_mu(code);
        let once = g711::mu_to_a(mu);
        assert_eq!(g711::mu_to_a(g711::a_to_mu(once)), once);
    }
}

#[test]
fn blocks_do_what_single_codes_do_and_stop_at_the_shorter_slice() {
    let codes: Vec<u8> = (0..=255).collect();
    for law in [Law::A, Law::Mu] {
        let mut samples = [0_i16; 300];
        assert_eq!(law.decode_block(&codes, &mut samples), 256);
        assert!(
            codes
                .iter()
                .zip(&samples)
                .all(|(c, s)| law.decode(*c) == *s)
        );
        assert_eq!(samples[256..], [0; 44]);
        let mut back = [0_u8; 100];
        assert_eq!(law.encode_block(&samples, &mut back), 100);
        assert!(back.iter().zip(&samples).all(|(c, s)| law.encode(*s) == *c));
        for to in [Law::A, Law::Mu] {
            let mut block = [0_u8; 256];
            assert_eq!(law.convert_block(to, &codes, &mut block), 256);
            let mut in_place = codes.clone();
            law.convert_in_place(to, &mut in_place);
            assert_eq!(block.to_vec(), in_place);
            assert!(
                codes
                    .iter()
                    .zip(&block)
                    .all(|(c, b)| law.convert(to, *c) == *b)
            );
        }
    }
}
