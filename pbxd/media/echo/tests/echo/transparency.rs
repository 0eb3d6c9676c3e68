// SPDX-License-Identifier: MIT OR Apache-2.0
//! What must pass unchanged, bit by bit.

use echo::{Config, Group, LANES, Output, Port, Settings};
use g168_bench::Random;
use g711::Law;
use simd_dispatch::Instance;

fn pass(group: &mut Group, rin: &[u8], sin: &[u8]) -> Vec<u8> {
    let mut out = vec![0; sin.len()];
    let mut ports = [const { None }; LANES];
    ports[2] = Some(Port {
        rin,
        sin,
        out: Output::Codes(&mut out),
    });
    group.visit(&mut ports).unwrap();
    out
}

fn codes(seed: u64, count: usize) -> Vec<u8> {
    let mut random = Random::new(seed);
    (0..count).map(|_| random.bits() as u8).collect()
}

#[test]
fn every_code_passes_while_the_far_end_is_silent() {
    for law in [Law::A, Law::Mu] {
        let mut group = Group::new(Config::default(), Instance::best());
        group.open(2, law, Settings::default());
        let sin = codes(1, 16_000);
        assert!((0..=255).all(|code| sin.contains(&code)));
        assert_eq!(pass(&mut group, &vec![law.idle(); 16_000], &sin), sin);
    }
}

#[test]
fn every_code_passes_where_cancelling_is_off() {
    let settings = Settings {
        cancel: false,
        ..Settings::default()
    };
    for law in [Law::A, Law::Mu] {
        let mut group = Group::new(Config::default(), Instance::best());
        group.open(2, law, settings);
        let sin = codes(2, 8000);
        assert_eq!(pass(&mut group, &codes(3, 8000), &sin), sin);
    }
}
