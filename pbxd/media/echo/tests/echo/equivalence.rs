// SPDX-License-Identifier: MIT OR Apache-2.0
//! The lanes against the reference model, and against each other.

use echo::reference::Reference;
use echo::{Config, LANES, Settings};
use g168_bench::{Kit, Scenario, at, enhancement, power};
use g711::Law;
use simd_dispatch::Instance;

use crate::{LINEAR, group, play};

/// Sout of the reference model for a lane.
fn model(line: &Scenario, lane: usize, settings: Settings) -> Vec<f32> {
    let mut model = Reference::new(Config::default(), settings, lane as u32);
    let blocks = line.rin.chunks_exact(8).zip(line.sin.chunks_exact(8));
    blocks
        .flat_map(|(rin, sin)| {
            let block =
                |codes: &[u8]| core::array::from_fn(|i| f64::from(line.law.decode(codes[i])));
            model.block(&block(rin), &block(sin))
        })
        .map(|v| v as f32)
        .collect()
}

/// Lines that differ in path, loss, delay and law; some have a path change, some double talk.
fn lines(count: usize, seconds: f64) -> Vec<Scenario> {
    let kit = Kit::own();
    let line = |n: usize| {
        let far = kit.single(-10.0 - n as f64, at(seconds));
        let law = if n % 2 == 0 { Law::A } else { Law::Mu };
        let mut near = kit.double(-20.0, far.len());
        near[..if n % 3 == 1 {
            at(seconds / 2.0)
        } else {
            far.len()
        }]
            .fill(0.0);
        let echo = |far: &[f32]| {
            let mut echo = kit.paths[n % 8].echo(far, 8.0, 60 * n);
            if n % 3 == 2 {
                let after = kit.paths[(n + 1) % 8].echo(far, 10.0, 30 * n);
                let change = at(seconds / 2.0);
                echo[change..].copy_from_slice(&after[change..]);
            }
            echo
        };
        Scenario::through(law, &far, echo, &near, Vec::new())
    };
    (0..count).map(line).collect()
}

#[test]
fn lanes_follow_the_model_sample_by_sample_at_first() {
    let lines = lines(6, 0.4);
    for instance in Instance::available() {
        let mut group = group(Config::default(), instance, &lines, LINEAR);
        for (lane, (line, out)) in lines.iter().zip(play(&mut group, &lines, 160)).enumerate() {
            let wanted = model(line, lane, LINEAR);
            let pairs = out.iter().zip(&wanted);
            let worst = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(worst < 3.0, "{} lane {lane}: {worst} off", instance.name());
        }
    }
}

#[test]
fn lanes_cancel_as_much_as_the_model() {
    let lines = lines(6, 4.0);
    let mut group = group(Config::default(), Instance::best(), &lines, LINEAR);
    for (lane, (line, out)) in lines.iter().zip(play(&mut group, &lines, 160)).enumerate() {
        let wanted = model(line, lane, LINEAR);
        let residual =
            |out: &[f32]| -> Vec<f32> { out.iter().zip(&line.near).map(|(a, b)| a - b).collect() };
        for (from, to) in [(1.0, 2.0), (3.0, 4.0)] {
            let loss = |out: &[f32]| enhancement(&line.echo, &residual(out), at(from), at(to));
            let (lanes, model) = (loss(&out), loss(&wanted));
            assert!(
                (lanes - model).abs() < 1.5,
                "lane {lane} at {from} s: {lanes:.1} and {model:.1} dB"
            );
        }
    }
}

#[test]
fn the_processor_and_its_noise_are_the_models() {
    let kit = Kit::own();
    let far = kit.single(-10.0, at(3.0));
    let near = g168_bench::hoth(-50.0, far.len(), 5);
    let echo = |far: &[f32]| kit.paths[0].echo(far, 10.0, 0);
    let line = Scenario::through(Law::Mu, &far, echo, &near, Vec::new());
    let mut group = group(
        Config::default(),
        Instance::best(),
        std::slice::from_ref(&line),
        Settings::default(),
    );
    let out = play(&mut group, std::slice::from_ref(&line), 160).remove(0);
    let wanted = model(&line, 0, Settings::default());
    let level = |v: &[f32]| 10.0 * power(&v[at(2.0)..]).log10();
    assert!((level(&out) - level(&wanted)).abs() < 0.5);
}

#[test]
fn how_the_time_is_cut_makes_no_difference() {
    let lines = lines(4, 0.5);
    let whole = play(
        &mut group(
            Config::default(),
            Instance::best(),
            &lines,
            Settings::default(),
        ),
        &lines,
        4000,
    );
    for visit in [8, 40, 160] {
        let mut group = group(
            Config::default(),
            Instance::best(),
            &lines,
            Settings::default(),
        );
        assert_eq!(play(&mut group, &lines, visit), whole, "{visit}");
    }
}

#[test]
fn a_lane_does_not_feel_its_neighbours() {
    let lines = lines(LANES, 1.0);
    let mut together = group(
        Config::default(),
        Instance::best(),
        &lines,
        Settings::default(),
    );
    let together = play(&mut together, &lines, 160);
    for lane in [0, 5, 15] {
        let mut alone = echo::Group::new(Config::default(), Instance::best());
        alone.open(lane, lines[lane].law, Settings::default());
        let line = &lines[lane];
        let mut out = vec![0i16; line.rin.len()];
        let mut ports = [const { None }; LANES];
        ports[lane] = Some(echo::Port {
            rin: &line.rin,
            sin: &line.sin,
            out: echo::Output::Linear(&mut out),
        });
        alone.visit(&mut ports).unwrap();
        let out: Vec<f32> = out.into_iter().map(f32::from).collect();
        assert_eq!(out, together[lane], "{lane}");
    }
}

#[test]
fn a_lane_opened_again_knows_nothing() {
    let lines = lines(2, 1.0);
    let mut used = group(
        Config::default(),
        Instance::best(),
        &lines,
        Settings::default(),
    );
    // 1.024 s: the counters that a group's lanes share are where they began.
    let first = play(&mut used, &lines, 160);
    let rest: Vec<Scenario> = lines
        .iter()
        .map(|line| silent(line.law, at(0.28)))
        .collect();
    play(&mut used, &rest, 160);
    for (lane, line) in lines.iter().enumerate() {
        used.open(lane, line.law, Settings::default());
    }
    assert_eq!(play(&mut used, &lines, 160), first);
}

fn silent(law: Law, samples: usize) -> Scenario {
    Scenario::through(
        law,
        &vec![0.0; samples],
        |far| vec![0.0; far.len()],
        &[],
        Vec::new(),
    )
}
