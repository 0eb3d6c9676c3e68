// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a user of the canceller expects of it.

use echo::{Config, Settings};
use g168_bench::{
    Kit, Scenario, add, answer_tone, at, dbm0, enhancement, part, power, silence, tone,
};
use g711::Law;
use simd_dispatch::Instance;

use crate::{LINEAR, group, play};

fn line(kit: &Kit, path: usize, loss: f64, delay: usize, seconds: f64, near: &[f32]) -> Scenario {
    let far = kit.single(-10.0, at(seconds));
    let echo = |far: &[f32]| kit.paths[path].echo(far, loss, delay);
    Scenario::through(Law::Mu, &far, echo, near, Vec::new())
}

fn run(config: Config, lines: &[Scenario], settings: Settings) -> Vec<Vec<f32>> {
    play(
        &mut group(config, Instance::best(), lines, settings),
        lines,
        160,
    )
}

#[test]
fn echoes_anywhere_in_the_tail_are_found() {
    let kit = Kit::own();
    let lines: Vec<Scenario> = (0..8)
        .map(|n| line(&kit, n, 10.0, 125 * n, 3.0, &[]))
        .collect();
    let mut group = group(Config::default(), Instance::best(), &lines, LINEAR);
    for (n, out) in play(&mut group, &lines, 160).iter().enumerate() {
        let loss = enhancement(&lines[n].echo, out, at(2.0), at(3.0));
        assert!(loss > 28.0, "path {n}: {loss:.1} dB");
        let figures = group.figures(n);
        let window = 125 * n..125 * n + 96;
        assert!(
            window.contains(&figures.delay),
            "path {n}: {} samples",
            figures.delay
        );
        assert!(figures.converged && !figures.bypass);
        assert!(
            (figures.return_loss_db - 10.0).abs() < 1.0,
            "{}",
            figures.return_loss_db
        );
        assert!(figures.enhancement_db > 15.0, "{}", figures.enhancement_db);
    }
}

#[test]
fn two_reflectors_are_cancelled() {
    let kit = Kit::own();
    let far = kit.single(-10.0, at(5.0));
    let echo = |far: &[f32]| {
        add(
            &kit.paths[0].echo(far, 10.0, 20),
            &kit.paths[1].echo(far, 14.0, 520),
        )
    };
    let line = Scenario::through(Law::A, &far, echo, &[], Vec::new());
    let out = run(Config::default(), std::slice::from_ref(&line), LINEAR).remove(0);
    let loss = enhancement(&line.echo, &out, at(4.0), at(5.0));
    assert!(loss > 18.0, "{loss:.1} dB");
}

#[test]
fn short_and_long_tails_work() {
    let kit = Kit::own();
    for (tail, delay) in [(24, 60), (64, 380), (256, 1900)] {
        let line = line(&kit, 2, 10.0, delay, 4.0, &[]);
        let config = Config::new(tail).unwrap();
        let out = run(config, std::slice::from_ref(&line), LINEAR).remove(0);
        let loss = enhancement(&line.echo, &out, at(3.0), at(4.0));
        assert!(loss > 25.0, "tail {tail}: {loss:.1} dB");
    }
}

#[test]
fn double_talk_leaves_the_filter_alone() {
    let kit = Kit::own();
    let mut near = silence(at(2.0));
    near.extend(kit.double(-15.0, at(2.0)));
    let line = line(&kit, 3, 10.0, 200, 5.0, &near);
    let out = run(Config::default(), std::slice::from_ref(&line), LINEAR).remove(0);
    let loss = enhancement(&line.echo, &out, at(4.0), at(4.35));
    assert!(loss > 25.0, "{loss:.1} dB");
}

#[test]
fn a_changed_path_is_learned_again() {
    let kit = Kit::own();
    let far = kit.single(-10.0, at(5.0));
    let echo = |far: &[f32]| {
        let mut echo = kit.paths[4].echo(far, 8.0, 0);
        let after = kit.paths[5].echo(far, 12.0, 400);
        echo[at(2.0)..].copy_from_slice(&after[at(2.0)..]);
        echo
    };
    let line = Scenario::through(Law::Mu, &far, echo, &[], Vec::new());
    let out = run(Config::default(), std::slice::from_ref(&line), LINEAR).remove(0);
    let loss = enhancement(&line.echo, &out, at(4.0), at(5.0));
    assert!(loss > 25.0, "{loss:.1} dB");
}

#[test]
fn a_frozen_canceller_learns_nothing() {
    let kit = Kit::own();
    let line = line(&kit, 0, 10.0, 0, 1.0, &[]);
    let frozen = Settings {
        adapt: false,
        ..LINEAR
    };
    let out = run(Config::default(), std::slice::from_ref(&line), frozen).remove(0);
    assert_eq!(out, line.received());
}

#[test]
fn a_gap_holds_the_learning_until_the_tail_is_whole() {
    let kit = Kit::own();
    let lines = [line(&kit, 0, 10.0, 0, 0.128, &[])];
    let mut group = group(Config::default(), Instance::best(), &lines, LINEAR);
    group.gap(0);
    assert_eq!(play(&mut group, &lines, 160)[0], lines[0].received());
    let later = [line(&kit, 0, 10.0, 0, 2.0, &[])];
    let out = play(&mut group, &later, 160).remove(0);
    assert!(enhancement(&later[0].echo, &out, at(1.0), at(2.0)) > 25.0);
}

#[test]
fn the_processor_silences_what_is_left_and_lets_talkers_through() {
    let kit = Kit::own();
    let mut near = silence(at(3.0));
    near.extend(kit.double(-15.0, at(1.0)));
    let line = line(&kit, 1, 10.0, 100, 4.0, &near);
    let settings = Settings {
        nlp: true,
        ..LINEAR
    };
    let out = run(Config::default(), std::slice::from_ref(&line), settings).remove(0);
    assert!(dbm0(power(part(&out, at(2.0), at(3.0)))) < -65.0);
    let change =
        dbm0(power(part(&out, at(3.0), at(4.0)))) - dbm0(power(part(&near, at(3.0), at(4.0))));
    assert!(change.abs() < 1.0, "{change:.2} dB");
}

#[test]
fn answer_tones_switch_off_what_they_should() {
    let off = |near: Vec<f32>| {
        let far = silence(near.len());
        let line = Scenario::through(Law::A, &far, |far| vec![0.0; far.len()], &near, Vec::new());
        let lines = [line];
        let mut group = group(
            Config::default(),
            Instance::best(),
            &lines,
            Settings::default(),
        );
        play(&mut group, &lines, 160);
        let figures = group.figures(0);
        (figures.disabled, figures.nlp_disabled)
    };
    assert_eq!(
        off(answer_tone(2100.0, -20.0, 0.45, 0.0, at(2.0))),
        (true, true)
    );
    assert_eq!(off(tone(2100.0, -20.0, at(2.0))), (false, true));
    assert_eq!(off(tone(2000.0, -20.0, at(2.0))), (false, false));
    let mut ended = answer_tone(2100.0, -20.0, 0.45, 0.0, at(2.0));
    ended.extend(silence(at(0.4)));
    assert_eq!(off(ended), (false, false));
}

#[test]
fn a_tone_of_the_far_end_is_seen() {
    let far = tone(1004.0, -10.0, at(0.5));
    let line = Scenario::through(Law::Mu, &far, |far| vec![0.0; far.len()], &[], Vec::new());
    let lines = [line];
    let mut group = group(Config::default(), Instance::best(), &lines, LINEAR);
    play(&mut group, &lines, 160);
    assert!(group.figures(0).narrow_band);
}
