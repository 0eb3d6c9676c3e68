// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! Framing, alarms and ABCD bits.

use proptest::prelude::*;
use tdm_line::abcd::{self, Abcd};
use tdm_line::alarm::{Alarm, AlarmSet, Defects, Integrations, Monitor, sends_remote_alarm};
use tdm_line::framing::{Alignment, Framer, Signal, Times};

const GOOD: Signal = Signal::Framed {
    crc4: true,
    remote_alarm: false,
};

#[test]
fn a_receiver_aligns_step_by_step_and_loses_at_once() {
    let mut f = Framer::new(true, Times::default());
    assert!(f.defects().loss_of_signal && f.defects().loss_of_frame);
    f.input(100, GOOD);
    assert_eq!(f.poll_timeout(), Some(103));
    f.handle_timeout(103);
    assert_eq!(f.alignment(), Alignment::Frame);
    assert!(f.defects().loss_of_multiframe);
    assert_eq!(f.poll_timeout(), Some(167));
    f.handle_timeout(200);
    assert_eq!(f.alignment(), Alignment::Multiframe);
    assert_eq!(f.defects(), Defects::default());
    assert_eq!(f.poll_timeout(), None);
    f.input(300, Signal::AllOnes);
    assert!(f.defects().all_ones);
    f.handle_timeout(306);
    assert_eq!(f.alignment(), Alignment::None);
    assert!(sends_remote_alarm(&f.defects()));
}

#[test]
fn a_sender_without_crc4_gives_frame_alignment_only() {
    let mut f = Framer::new(true, Times::default());
    f.input(
        0,
        Signal::Framed {
            crc4: false,
            remote_alarm: true,
        },
    );
    f.handle_timeout(10_000);
    assert_eq!(f.alignment(), Alignment::Frame);
    assert!(f.defects().loss_of_multiframe && f.defects().remote_alarm);
    f.set_crc4(10_000, false);
    assert!(!f.defects().loss_of_multiframe);
}

#[test]
fn an_alarm_is_declared_after_its_time_and_not_by_a_flicker() {
    let mut m = Monitor::new(Integrations::all(800, 1600));
    let los = Defects {
        loss_of_signal: true,
        loss_of_frame: true,
        ..Defects::default()
    };
    assert!(m.input(0, los).is_empty());
    assert!(m.input(799, Defects::default()).is_empty());
    assert_eq!(m.poll_timeout(), None);
    m.input(1000, los);
    assert_eq!(m.poll_timeout(), Some(1800));
    assert!(m.handle_timeout(1799).is_empty());
    let set = m.handle_timeout(1800);
    assert_eq!(set.to_string(), "LOS");
    m.input(
        2000,
        Defects {
            all_ones: true,
            loss_of_frame: true,
            ..Defects::default()
        },
    );
    assert_eq!(m.handle_timeout(2800).to_string(), "LOS+AIS");
    assert_eq!(m.handle_timeout(3600).to_string(), "AIS");
    m.input(4000, Defects::default());
    assert!(m.handle_timeout(5600).is_empty());
}

#[test]
fn graver_defects_hide_what_follows_from_them() {
    let all = Defects {
        loss_of_signal: true,
        all_ones: true,
        loss_of_frame: true,
        loss_of_multiframe: true,
        remote_alarm: true,
    };
    let now = Integrations::all(0, 0);
    let mut m = Monitor::new(now);
    assert_eq!(m.input(0, all).to_string(), "LOS");
    assert_eq!(
        m.input(
            1,
            Defects {
                loss_of_signal: false,
                ..all
            }
        )
        .to_string(),
        "AIS"
    );
    let lof = Defects {
        loss_of_signal: false,
        all_ones: false,
        ..all
    };
    assert_eq!(m.input(2, lof).to_string(), "LOF");
    let set = m.input(
        3,
        Defects {
            loss_of_frame: false,
            ..lof
        },
    );
    assert_eq!(set.to_string(), "LOMF+RAI");
    assert_eq!(set.iter().collect::<Vec<_>>(), [Alarm::Lomf, Alarm::Rai]);
    assert_eq!(AlarmSet::from_bits(set.bits()), set);
    assert_eq!(AlarmSet::NONE.to_string(), "none");
}

#[test]
fn abcd_bits_sit_where_the_multiframe_has_them() {
    let mut bits = [Abcd::default(); 32];
    bits[1] = Abcd::from_bits(0b1001);
    bits[17] = Abcd::from_bits(0b0101);
    bits[31] = Abcd::from_bits(0b1101);
    assert_eq!(abcd::pack(1, &bits), Some(0b1001_0101));
    assert_eq!(abcd::pack(15, &bits), Some(0b0000_1101));
    assert_eq!(abcd::pack(0, &bits), None);
    assert_eq!(abcd::pack(16, &bits), None);
    assert!(abcd::unpack_frame0(abcd::pack_frame0(false)).aligned);
    assert!(!abcd::unpack_frame0(abcd::pack_frame0(false)).remote_alarm);
    assert!(abcd::unpack_frame0(abcd::pack_frame0(true)).remote_alarm);
    assert!(!abcd::unpack_frame0(0x1B).aligned);
}

proptest! {
    #[test]
    fn a_multiframe_survives_packing(raw in prop::collection::vec(0u8..16, 32)) {
        let mut bits = [Abcd::default(); 32];
        for (n, r) in raw.iter().enumerate() {
            if n % 16 != 0 { bits[n] = Abcd::from_bits(*r); }
        }
        let mut back = [Abcd::default(); 32];
        for frame in 1..16 {
            prop_assert!(abcd::unpack(frame, abcd::pack(frame, &bits).unwrap(), &mut back));
        }
        prop_assert!(!abcd::unpack(0, 0xFF, &mut back));
        prop_assert_eq!(bits, back);
    }

    /// Calls in any order at any times agree with calls at every frame.
    #[test]
    fn timeouts_may_be_handled_late(changes in prop::collection::vec((1u64..40, 0u8..4), 1..40)) {
        let times = Times { align: 3, lose: 6, multiframe: 16 };
        let integrations = Integrations::all(10, 15);
        let (mut lazy, mut eager) = (Framer::new(true, times), Framer::new(true, times));
        let mut m = Monitor::new(integrations);
        let mut n = Monitor::new(integrations);
        n.input(0, lazy.defects());
        let mut now = 0;
        for (wait, kind) in changes {
            for t in now..now + wait {
                eager.handle_timeout(t);
                m.input(t, eager.defects());
            }
            // The lazy one visits only the frames that it was told to visit.
            let end = now + wait;
            while let Some(t) = [lazy.poll_timeout(), n.poll_timeout()].into_iter().flatten().min() {
                if t >= end { break; }
                lazy.handle_timeout(t);
                n.input(t, lazy.defects());
            }
            now = end;
            let signal = match kind {
                0 => Signal::None,
                1 => Signal::AllOnes,
                2 => Signal::Unframed,
                _ => GOOD,
            };
            for (f, m) in [(&mut lazy, &mut n), (&mut eager, &mut m)] {
                f.input(now, signal);
                m.input(now, f.defects());
            }
            prop_assert_eq!(lazy.alignment(), eager.alignment());
            prop_assert_eq!(n.alarms(), m.alarms());
        }
    }
}
