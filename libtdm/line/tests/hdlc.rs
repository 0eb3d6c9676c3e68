// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! HDLC over a slot: known bit patterns, every phase and chunking, bit errors, arbitrary bits.

use proptest::prelude::*;
use tdm_line::hdlc::{Counters, Decoder, Encoder, Event, Fcs, Limits, Rate, fcs};

const LIMITS: Limits = Limits { min: 1, max: 300 };

#[derive(Debug, Clone, PartialEq, Eq)]
enum Got {
    Frame(Vec<u8>),
    Other(&'static str),
}

fn drain<B: AsRef<[u8]> + AsMut<[u8]>>(
    decoder: &mut Decoder<B>,
    mut input: &[u8],
    out: &mut Vec<Got>,
) {
    while !input.is_empty() {
        let step = decoder.decode(input);
        assert!(step.consumed > 0);
        input = &input[step.consumed..];
        if let Some(event) = step.event {
            out.push(match event {
                Event::Frame(f) => Got::Frame(f.to_vec()),
                Event::FcsError => Got::Other("fcs"),
                Event::Abort => Got::Other("abort"),
                Event::Runt => Got::Other("runt"),
                Event::Giant => Got::Other("giant"),
                Event::Unaligned => Got::Other("unaligned"),
                Event::Idle => Got::Other("idle"),
            });
        }
    }
}

/// Encodes frames with a number of idle octets before each, in output chunks of `chunk`.
fn encode(encoder: &mut Encoder, frames: &[(usize, Vec<u8>)], chunk: usize) -> Vec<u8> {
    let mut line = Vec::new();
    let mut buf = vec![0u8; chunk];
    for (idle, frame) in frames {
        let mut pad = vec![0u8; *idle];
        assert_eq!(encoder.encode(None, &mut pad).octets, *idle);
        line.extend_from_slice(&pad);
        loop {
            let e = encoder.encode(Some(frame), &mut buf);
            line.extend_from_slice(&buf[..e.octets]);
            if e.frame_done {
                break;
            }
            assert_eq!(e.octets, chunk);
        }
    }
    let mut tail = [0u8; 8];
    encoder.encode(None, &mut tail);
    line.extend_from_slice(&tail);
    line
}

fn shift(line: &[u8], phase: u32) -> Vec<u8> {
    // Delays the line by `phase` bits of mark.
    let mut out = Vec::with_capacity(line.len() + 1);
    let mut carry = 0xFFu8;
    for &o in line {
        let v = (u16::from(carry) << 8) | u16::from(o);
        out.push((v >> phase) as u8);
        carry = o;
    }
    out
}

fn bits(line: &[u8], rate: Rate) -> Vec<bool> {
    line.iter()
        .flat_map(|o| (0..rate.bits()).map(move |i| o & (0x80 >> i) != 0))
        .collect()
}

fn pack(bits: &[bool]) -> Vec<u8> {
    bits.chunks(8)
        .map(|c| {
            c.iter()
                .enumerate()
                .fold(0u8, |o, (i, b)| o | (u8::from(*b) << (7 - i)))
        })
        .collect()
}

/// A second encoder, written bit by bit from the definition, as the judge of the first.
fn reference(frame: &[u8]) -> Vec<bool> {
    let flag = [false, true, true, true, true, true, true, false];
    let mut reg = 0xFFFFu16;
    for o in frame {
        for i in 0..8 {
            let bit = (o >> i) & 1;
            let top = (reg & 1) as u8 ^ bit;
            reg >>= 1;
            if top == 1 {
                reg ^= 0x8408;
            }
        }
    }
    let mut whole = frame.to_vec();
    whole.extend_from_slice(&(!reg).to_le_bytes());
    let mut out = flag.to_vec();
    let mut ones = 0;
    for o in whole {
        for i in 0..8 {
            let bit = (o >> i) & 1 == 1;
            out.push(bit);
            ones = if bit { ones + 1 } else { 0 };
            if ones == 5 {
                out.push(false);
                ones = 0;
            }
        }
    }
    out.extend_from_slice(&flag);
    out
}

#[test]
fn the_check_sequence_is_crc16_x25() {
    assert_eq!(fcs(b"123456789"), 0x906E);
    let all = b"123456789\x6E\x90"
        .iter()
        .fold(Fcs::new(), |f, &o| f.push(o));
    assert!(all.is_good());
}

#[test]
fn an_idle_encoder_sends_aligned_flags() {
    let mut out = [0u8; 20];
    let e = Encoder::new(Rate::Full).encode(None, &mut out);
    assert_eq!((e.octets, e.frame_done), (20, false));
    assert_eq!(out, [0x7E; 20]);
}

#[test]
fn bits_on_the_line_are_those_of_the_definition() {
    for frame in [
        vec![0x02, 0x01, 0x7F],
        vec![0xFF; 9],
        vec![0u8; 4],
        vec![0x7E, 0xFE, 0x1F, 0xF8],
    ] {
        let mut enc = Encoder::new(Rate::Full);
        let line = encode(&mut enc, &[(0, frame.clone())], 7);
        let want = reference(&frame);
        assert_eq!(
            bits(&line, Rate::Full)[..want.len()],
            want[..],
            "{frame:02x?}"
        );
    }
}

#[test]
fn flags_may_share_a_zero_and_frames_a_flag() {
    let frame = vec![0x02, 0x01, 0x7F];
    let body = reference(&frame);
    // Flag, shared-zero flag, shared-zero flag, frame, flag shared with the next frame.
    let mut line: Vec<bool> = body[..8].to_vec();
    line.extend_from_slice(&body[1..8]);
    line.extend_from_slice(&body[1..8]);
    line.extend_from_slice(&body[8..]);
    line.extend_from_slice(&body[8..]);
    let mut d = Decoder::new(Rate::Full, LIMITS, [0u8; 302]);
    let mut got = Vec::new();
    drain(&mut d, &pack(&line), &mut got);
    assert_eq!(got, vec![Got::Frame(frame.clone()), Got::Frame(frame)]);
    assert!(d.in_sync());
}

#[test]
fn each_kind_of_bad_frame_is_told_and_counted() {
    let frame = vec![0x02, 0x01, 0x7F, 0x55];
    let good = reference(&frame);
    let mut d = Decoder::new(Rate::Full, Limits { min: 3, max: 4 }, [0u8; 6]);
    let mut got = Vec::new();
    let mut line = Vec::new();
    // Wrong bit.
    let mut bad = good.clone();
    bad[10] = !bad[10];
    line.extend_from_slice(&bad);
    // One bit too many (a zero before the closing flag).
    let mut long = good.clone();
    long.insert(good.len() - 8, false);
    line.extend_from_slice(&long[8..]);
    // Abort in the middle.
    line.extend_from_slice(&good[8..30]);
    line.extend_from_slice(&[true; 8]);
    // Too short, too long, and a good one after all.
    line.extend_from_slice(&reference(&[1, 2]));
    line.extend_from_slice(&reference(&[1, 2, 3, 4, 5]));
    line.extend_from_slice(&good);
    drain(&mut d, &pack(&line), &mut got);
    let o = Got::Other;
    assert_eq!(
        got,
        vec![
            o("fcs"),
            o("unaligned"),
            o("abort"),
            o("runt"),
            o("giant"),
            Got::Frame(frame)
        ]
    );
    let c = *d.counters();
    let want = Counters {
        frames: 1,
        fcs_errors: 1,
        aborts: 1,
        runts: 1,
        giants: 1,
        unaligned: 1,
        idles: 0,
    };
    assert_eq!(c, want);
    assert_eq!(c.errors(), 5);
}

#[test]
fn idle_lines_are_quiet() {
    let mut d = Decoder::new(Rate::Full, Limits::LAPD, [0u8; 266]);
    let mut got = Vec::new();
    drain(&mut d, &[0x7E; 100], &mut got);
    assert!(got.is_empty() && d.in_sync() && !d.is_idle());
    drain(&mut d, &[0xFF; 100], &mut got);
    assert_eq!(got, vec![Got::Other("idle")]);
    assert!(d.is_idle() && !d.in_sync());
    drain(&mut d, &[0x7E; 100], &mut got);
    // A slot of zeros after flags is one endless frame: a giant, told once.
    drain(&mut d, &[0; 1000], &mut got);
    assert_eq!(got, vec![Got::Other("idle"), Got::Other("giant")]);
}

#[test]
fn a_cut_frame_is_sent_again_after_realign() {
    let frame: Vec<u8> = (0..40).collect();
    let mut enc = Encoder::new(Rate::Full);
    let mut line = [0u8; 17];
    let e = enc.encode(Some(&frame), &mut line);
    assert!(!e.frame_done && enc.in_frame());
    assert!(enc.realign());
    assert_eq!(enc.pending_bits(), 0);
    let mut all = line.to_vec();
    all.extend_from_slice(&[0x7E; 3]);
    all.extend_from_slice(&encode(&mut enc, &[(0, frame.clone())], 8));
    let mut d = Decoder::new(Rate::Full, LIMITS, [0u8; 302]);
    let mut got = Vec::new();
    drain(&mut d, &all, &mut got);
    assert_eq!(got.last(), Some(&Got::Frame(frame)));
    assert_eq!(d.counters().frames, 1);
    assert!(!enc.realign());
}

#[test]
fn a_snapshot_rewinds() {
    let frame: Vec<u8> = (0..60u8).map(|i| i.wrapping_mul(5)).collect();
    let mut enc = Encoder::new(Rate::Full).with_gap(2);
    let mut a = [0u8; 24];
    enc.encode(Some(&frame), &mut a);
    let saved = enc;
    let mut b = [0u8; 24];
    enc.encode(Some(&frame), &mut b);
    let mut again = saved;
    let mut c = [0u8; 24];
    again.encode(Some(&frame), &mut c);
    assert_eq!(b, c);
    assert_eq!(enc, again);
}

#[test]
fn an_aborted_frame_is_not_received() {
    let frame: Vec<u8> = vec![0x55; 60];
    let mut enc = Encoder::new(Rate::Full);
    let mut line = vec![0u8; 30];
    enc.encode(Some(&frame), &mut line);
    let mut tail = [0u8; 12];
    enc.encode(None, &mut tail);
    line.extend_from_slice(&tail);
    line.extend_from_slice(&encode(&mut enc, &[(0, frame.clone())], 5));
    let mut d = Decoder::new(Rate::Full, LIMITS, [0u8; 302]);
    let mut got = Vec::new();
    drain(&mut d, &line, &mut got);
    assert_eq!(got, vec![Got::Other("abort"), Got::Frame(frame)]);
}

fn frames() -> impl Strategy<Value = Vec<(usize, Vec<u8>)>> {
    let octet = prop_oneof![any::<u8>(), Just(0xFF), Just(0x7E), Just(0x1F), Just(0xF8)];
    prop::collection::vec((0usize..5, prop::collection::vec(octet, 1..80)), 1..8)
}

proptest! {
    #[test]
    fn what_is_sent_is_received(
        frames in frames(), out_chunk in 1usize..40, in_chunk in 1usize..40,
        phase in 0u32..8, gap in 0u8..4, restricted: bool,
    ) {
        let rate = if restricted { Rate::Restricted } else { Rate::Full };
        let mut enc = Encoder::new(rate).with_gap(gap);
        let line = encode(&mut enc, &frames, out_chunk);
        // Another chunking gives the same bits.
        let mut other = Encoder::new(rate).with_gap(gap);
        prop_assert_eq!(&line, &encode(&mut other, &frames, out_chunk + 13));
        let line = if restricted { line } else { shift(&line, phase) };
        let mut d = Decoder::new(rate, LIMITS, vec![0u8; 302]);
        let mut got = Vec::new();
        for c in line.chunks(in_chunk) {
            drain(&mut d, c, &mut got);
        }
        let want: Vec<Got> = frames.into_iter().map(|(_, f)| Got::Frame(f)).collect();
        prop_assert_eq!(got, want);
        prop_assert_eq!(d.counters().errors(), 0);
    }

    #[test]
    fn octets_one_by_one_or_at_once_make_no_difference(line in prop::collection::vec(
        prop_oneof![any::<u8>(), Just(0x7E), Just(0x7E), Just(0xFF), Just(0x3F), Just(0)], 0..400)
    ) {
        let mut a = Decoder::new(Rate::Full, LIMITS, [0u8; 64]);
        let mut b = Decoder::new(Rate::Full, LIMITS, [0u8; 64]);
        let (mut ga, mut gb) = (Vec::new(), Vec::new());
        drain(&mut a, &line, &mut ga);
        for o in &line {
            drain(&mut b, &[*o], &mut gb);
        }
        prop_assert_eq!(ga, gb);
        prop_assert_eq!(a.counters(), b.counters());
    }

    #[test]
    fn a_burst_up_to_sixteen_bits_never_makes_another_frame(
        frame in prop::collection::vec(0u8..0x10, 4..60), at in 0usize..400, burst in 1u16..,
    ) {
        // Octets below 0x10 hold no five ones, so the burst hits unstuffed bits; a burst no longer
        // than the check sequence is always found unless it makes or breaks a flag, an abort or an
        // inserted zero, and then the frame found must still carry a matching check sequence.
        let mut enc = Encoder::new(Rate::Full);
        let line = encode(&mut enc, &[(2, frame.clone())], 16);
        let mut all = bits(&line, Rate::Full);
        let at = 24 + at % (frame.len() * 8 + 8);
        for i in 0..16 {
            if burst & (1 << i) != 0 {
                if let Some(b) = all.get_mut(at + i) { *b = !*b; }
            }
        }
        let mut d = Decoder::new(Rate::Full, LIMITS, [0u8; 302]);
        let mut got = Vec::new();
        drain(&mut d, &pack(&all), &mut got);
        for g in got {
            if let Got::Frame(f) = g {
                prop_assert!(f.len() != frame.len() || f == frame, "{:02x?}", f);
            }
        }
    }
}

/// Random single and multiple bit errors over a long run: whatever is accepted and was not sent is
/// an undetected error, whose rate a 16-bit check sequence bounds near 2^-16 of the bad frames.
#[test]
fn bit_errors_pass_only_at_the_rate_of_a_sixteen_bit_check() {
    let mut seed = 0x1234_5678_9ABC_DEF1u64;
    let mut next = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    let (mut wrong, mut rejected, mut accepted) = (0u32, 0u32, 0u32);
    let mut d = Decoder::new(Rate::Full, LIMITS, [0u8; 302]);
    for n in 0..20_000u32 {
        let mut frame = n.to_be_bytes().to_vec();
        frame.extend((0..20).map(|_| next() as u8));
        let mut enc = Encoder::new(Rate::Full);
        let mut line = encode(&mut enc, &[(1, frame.clone())], 64);
        for _ in 0..(1 + next() % 6) {
            let bit = next() as usize % (line.len() * 8);
            line[bit / 8] ^= 0x80 >> (bit % 8);
        }
        let mut got = Vec::new();
        drain(&mut d, &line, &mut got);
        for g in got {
            match g {
                Got::Frame(f) if f == frame => accepted += 1,
                Got::Frame(_) => wrong += 1,
                Got::Other(_) => rejected += 1,
            }
        }
    }
    assert!(
        rejected > 10_000,
        "{rejected} rejected, {accepted} accepted"
    );
    assert!(
        wrong <= 8,
        "{wrong} wrong frames accepted of {rejected} bad ones"
    );
}
