// SPDX-License-Identifier: MIT OR Apache-2.0
//! Arbitrary codes, wrong calls, memory.

use echo::{Config, Group, LANES, Output, Port, Settings, VisitError};
use g168_bench::{Random, power};
use g711::Law;
use simd_dispatch::Instance;

#[test]
fn arbitrary_codes_never_make_it_louder_for_long() {
    for instance in Instance::available() {
        let mut group = Group::new(Config::default(), instance);
        let mut random = Random::new(77);
        for lane in 0..LANES {
            let law = if lane % 2 == 0 { Law::A } else { Law::Mu };
            group.open(lane, law, crate::LINEAR);
        }
        let mut loud = 0;
        for _ in 0..20 {
            let mut rin = vec![vec![0u8; 800]; LANES];
            let mut sin = rin.clone();
            let mut out = vec![vec![0i16; 800]; LANES];
            for (lane, (rin, sin)) in rin.iter_mut().zip(&mut sin).enumerate() {
                rin.fill_with(|| random.bits() as u8);
                sin.fill_with(|| random.bits() as u8);
                if lane % 3 == 0 {
                    sin.copy_from_slice(rin); // an echo without loss
                }
            }
            let mut ports = [const { None }; LANES];
            for (lane, (port, out)) in ports.iter_mut().zip(&mut out).enumerate() {
                *port = Some(Port {
                    rin: &rin[lane],
                    sin: &sin[lane],
                    out: Output::Linear(out),
                });
            }
            group.visit(&mut ports).unwrap();
            for lane in 0..LANES {
                let law = if lane % 2 == 0 { Law::A } else { Law::Mu };
                let float = |v: &[i16]| v.iter().map(|s| f32::from(*s)).collect::<Vec<f32>>();
                let heard: Vec<i16> = sin[lane].iter().map(|c| law.decode(*c)).collect();
                loud += i32::from(power(&float(&out[lane])) > 2.0 * power(&float(&heard)));
                let figures = group.figures(lane);
                assert!(figures.leakage_db.is_finite() && figures.return_loss_db.is_finite());
            }
        }
        assert!(
            loud <= 6,
            "{}: {loud} of 320 stretches of 100 ms",
            instance.name()
        );
    }
}

#[test]
fn wrong_visits_are_refused_and_change_nothing() {
    let mut group = Group::new(Config::default(), Instance::best());
    group.open(0, Law::A, Settings::default());
    let codes = [0xD5u8; 16];
    let mut visit = |lane: usize, rin: usize, sin: usize, out: usize| {
        let mut target = [0u8; 16];
        let mut ports = [const { None }; LANES];
        ports[lane] = Some(Port {
            rin: &codes[..rin],
            sin: &codes[..sin],
            out: Output::Codes(&mut target[..out]),
        });
        group.visit(&mut ports)
    };
    assert_eq!(visit(0, 16, 16, 16), Ok(()));
    assert_eq!(visit(3, 16, 16, 16), Err(VisitError::Closed { lane: 3 }));
    let short = VisitError::Length {
        lane: 0,
        found: 8,
        expected: 16,
    };
    assert_eq!(visit(0, 16, 8, 16), Err(short));
    assert_eq!(visit(0, 16, 16, 8), Err(short));
    assert!(matches!(
        visit(0, 12, 12, 12),
        Err(VisitError::Length { found: 12, .. })
    ));
    assert_eq!(
        short.to_string(),
        "lane 0: 8 samples; expected 16 like the first, a multiple of 8"
    );
    let mut none = [const { None }; LANES];
    assert_eq!(group.visit(&mut none), Ok(()));
}

#[test]
fn tails_have_limits() {
    assert!(Config::new(24).is_ok() && Config::new(256).is_ok());
    for tail in [0, 16, 129, 264] {
        let error = Config::new(tail).unwrap_err();
        assert!(
            error.to_string().contains("expected 24 to 256 ms"),
            "{error}"
        );
    }
    assert_eq!(Config::default().tail_ms(), 128);
}

#[test]
fn a_channel_fits_in_eight_kibibytes() {
    let group = Group::new(Config::default(), Instance::best());
    let channel = group.memory() / LANES;
    assert!(channel <= 8192, "{channel} bytes");
}

#[test]
fn a_closed_lane_takes_no_port() {
    let mut group = Group::new(Config::default(), Instance::best());
    group.open(1, Law::Mu, Settings::default());
    assert_eq!(group.settings(1), Settings::default());
    group.close(1);
    let mut out = [0u8; 8];
    let mut ports = [const { None }; LANES];
    ports[1] = Some(Port {
        rin: &[0xFF; 8],
        sin: &[0xFF; 8],
        out: Output::Codes(&mut out),
    });
    assert_eq!(group.visit(&mut ports), Err(VisitError::Closed { lane: 1 }));
}
