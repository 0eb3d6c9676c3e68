// SPDX-License-Identifier: MIT OR Apache-2.0
//! Two clocks that drift apart, for an hour.

use g711::Law;

use crate::ring::{LEAD, Ring, Stream, config};

/// An hour of a far end whose clock is `ppm` faster than the line's, with packets up to `jitter`
/// frames late. Returns the ring and least and greatest fill seen.
fn hour(ppm: i64, visit: u64, jitter: u64, silent: bool) -> (Ring, i64, i64) {
    let mut ring = Ring::new(config());
    ring.keep = false;
    let mut stream = Stream::new();
    let mut random = 1_u64;
    let (mut least, mut greatest) = (i64::MAX, i64::MIN);
    let mut sent = 0_i64;
    let mut arrives = 0_u64;
    let payload: Vec<u8> = match silent {
        true => vec![0xD5; 160],
        false => stream.packet(160).1,
    };
    stream = Stream::new();
    let mut now = 0;
    while now < 3600 * 8000 {
        while arrives <= now {
            let header = stream.header(8, 160);
            let before = *ring.playout.counters();
            ring.audio(&header, Law::A, &payload);
            let after = *ring.playout.counters();
            assert_eq!(
                after.late_frames + after.late,
                before.late_frames + before.late
            );
            sent += 1;
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let late = if jitter == 0 {
                0
            } else {
                (random >> 33) % jitter
            };
            arrives = (sent * 160 * 1_000_000 / (1_000_000 + ppm)) as u64 + late;
        }
        ring.visit(visit);
        // What is written beyond the edge after the visit.
        let c = ring.playout.counters();
        let end = 16 + 200 + c.written_frames as i64;
        let fill = end - (now + LEAD) as i64;
        if now > 8000 {
            least = least.min(fill);
            greatest = greatest.max(fill);
        }
        ring.run(visit);
        now += visit;
    }
    (ring, least, greatest)
}

#[test]
fn an_hour_of_drift_costs_no_frame_and_no_delay() {
    for (ppm, visit, jitter, silent) in [
        (50, 160, 0, false),
        (-50, 160, 0, true),
        (200, 160, 0, false),
        (-200, 160, 0, false),
        (200, 80, 40, true),
        (-200, 80, 40, true),
        (-50, 80, 40, false),
    ] {
        let (ring, least, greatest) = hour(ppm, visit, jitter, silent);
        let c = *ring.playout.counters();
        let name = format!("{ppm} ppm, visits of {visit}, jitter {jitter}: {c:?}");
        assert_eq!(
            (c.late, c.late_frames, c.concealed_frames, c.starved_frames),
            (0, 0, 0, 0),
            "{name}"
        );
        assert_eq!((c.resyncs, c.shifts, c.lost), (0, 0, 0), "{name}");
        let slip = 3600 * 8 * ppm / 1000; // frames in an hour
        let steered = i64::from(c.dropped_for_drift) - i64::from(c.repeated_for_drift);
        assert!((steered - slip).abs() <= 400, "{name}");
        // Window and packet: the delay never leaves them.
        assert!(
            least >= 0 && greatest <= 360 + 160 + 160,
            "{least} to {greatest}: {name}"
        );
        assert_eq!(c.dropped_for_drift.min(c.repeated_for_drift), 0, "{name}");
    }
}
