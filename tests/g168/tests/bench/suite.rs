// SPDX-License-Identifier: MIT OR Apache-2.0
//! Scenarios, the runner and the verdicts, with cancellers whose result is known.

use g168_bench::*;
use g711::Law;

fn case() -> Case {
    Case {
        path: 0,
        loss: 10.0,
        level: -10.0,
        delay: 0,
        law: Law::Mu,
    }
}

/// Passes nothing: no echo, and no near end either.
struct Mute;

impl Canceller for Mute {
    fn name(&self) -> String {
        "mute".to_owned()
    }
    fn lanes(&self) -> usize {
        2
    }
    fn control(&mut self, control: Control) -> bool {
        !matches!(control, Control::ComfortNoise(_))
    }
    fn process(&mut self, visits: &mut [Visit<'_>]) {
        visits.iter_mut().for_each(|visit| visit.sout.fill(0));
    }
    fn disabled(&self, _lane: usize) -> Option<Disabled> {
        None
    }
}

fn margins(canceller: &mut dyn Canceller, id: &str) -> Vec<(&'static str, f64)> {
    let (results, _) = test(id).unwrap().run(canceller, &Kit::own(), &[case()]);
    let verdicts = results.into_iter().flat_map(|(_, verdicts)| verdicts);
    verdicts.filter_map(|v| Some((v.name, v.margin?))).collect()
}

#[test]
fn a_line_without_a_canceller_fails_what_needs_one() {
    for id in [
        "2A", "2B", "2C", "3A", "3B-a", "after-15", "speed", "6", "5B", "12", "15",
    ] {
        let worst = margins(&mut Wire, id)
            .into_iter()
            .map(|(_, m)| m)
            .fold(f64::MAX, f64::min);
        assert!(worst < 0.0, "{id}: {worst:.1}");
    }
}

#[test]
fn a_line_without_a_canceller_passes_what_must_come_through() {
    for id in ["8", "16", "disabler-other"] {
        for (name, margin) in margins(&mut Wire, id) {
            assert!(margin >= 0.0, "{id}, {name}: {margin:.1}");
        }
    }
    assert_eq!(
        margins(&mut Wire, "10")[0],
        ("10 wrong bits of the called station", 0.0)
    );
}

#[test]
fn silence_passes_masks_and_fails_what_must_come_through() {
    for id in ["2A", "2B", "5A", "6", "7"] {
        for (name, margin) in margins(&mut Mute, id) {
            assert!(margin > 0.0, "{id}, {name}: {margin:.1}");
        }
    }
    for id in ["8", "16", "9", "3C"] {
        let worst = margins(&mut Mute, id)
            .into_iter()
            .map(|(_, m)| m)
            .fold(f64::MAX, f64::min);
        assert!(worst < 0.0, "{id}: {worst:.1}");
    }
}

#[test]
fn switches_that_a_canceller_lacks_are_reported() {
    let (_, refused) = test("2A").unwrap().run(&mut Mute, &Kit::own(), &[case()]);
    assert_eq!(refused, [Control::ComfortNoise(false)]);
    let (_, refused) = test("2A").unwrap().run(&mut Wire, &Kit::own(), &[case()]);
    assert!(refused.is_empty());
}

/// Writes down when it was told what.
#[derive(Default)]
struct Diary {
    now: usize,
    told: Vec<(usize, Control)>,
}

impl Canceller for Diary {
    fn name(&self) -> String {
        "diary".to_owned()
    }
    fn control(&mut self, control: Control) -> bool {
        self.told.push((self.now, control));
        true
    }
    fn process(&mut self, visits: &mut [Visit<'_>]) {
        let length = visits[0].rin.len();
        assert!(length <= 160 && length % 8 == 0);
        self.now += length;
    }
    fn disabled(&self, _lane: usize) -> Option<Disabled> {
        Some(Disabled {
            canceller: self.now > 1000,
            nlp: false,
        })
    }
}

#[test]
fn switches_are_turned_at_their_sample() {
    let script = vec![
        (0, Control::Nlp(true)),
        (328, Control::Freeze(true)),
        (1000, Control::Freeze(false)),
    ];
    let far = silence(2000);
    let scenario = Scenario::through(Law::A, &far, |far| far.to_vec(), &[], script.clone());
    let mut diary = Diary::default();
    let runs = play(&mut diary, &[scenario]);
    assert_eq!(diary.now, 2000);
    assert_eq!(diary.told[0], (0, Control::Reset));
    assert_eq!(diary.told[1..], script);
    let disabled = Disabled {
        canceller: true,
        nlp: false,
    };
    assert_eq!(runs[0].disabled.len(), 1);
    assert_eq!(runs[0].disabled[0].1, disabled);
    assert!((1000..=1168).contains(&runs[0].disabled[0].0));
}

#[test]
fn a_line_codes_both_directions() {
    let far = tone(1000.0, -10.0, 800);
    let near = tone(500.0, -20.0, 400);
    let scenario = Scenario::through(Law::A, &far, |far| scaled(far, -20.0), &near, Vec::new());
    assert_eq!(scenario.rin.len(), 800);
    assert_eq!(scenario.far[17], f32::from(Law::A.decode(scenario.rin[17])));
    let received = scenario.received();
    let sum = add(&scenario.echo, &scenario.near);
    let coding: Vec<f32> = received.iter().zip(&sum).map(|(a, b)| a - b).collect();
    let loss = 10.0 * (power(&sum) / power(&coding)).log10();
    assert!((30.0..42.0).contains(&loss), "{loss:.1} dB");
}

#[test]
fn the_worst_case_is_found() {
    let verdict = |value: f64| {
        vec![
            Verdict::at_most("x", value, "dB", 5.0),
            Verdict::figure("y", 1.0, "s"),
        ]
    };
    let other = Case {
        loss: 6.0,
        ..case()
    };
    let summaries = summarise(&[(case(), verdict(1.0)), (other.clone(), verdict(7.0))]);
    assert_eq!(summaries.len(), 2);
    assert_eq!(summaries[0].worst(), Some((&other, -2.0)));
    assert_eq!(
        (
            summaries[0].mean(),
            summaries[0].at(0.0),
            summaries[0].at(1.0)
        ),
        (4.0, 1.0, 7.0)
    );
    assert_eq!(
        (summaries[0].share(0.0), summaries[0].share(4.5)),
        (50.0, 0.0)
    );
    assert_eq!(summaries[1].worst(), None);
}

#[test]
fn the_masks_have_their_corners() {
    assert_eq!(
        (with_nlp(-30.0), with_nlp(-10.0), with_nlp(0.0)),
        (-65.0, -65.0, -55.0)
    );
    assert_eq!((without_nlp(-30.0), without_nlp(0.0)), (-55.0, -30.0));
    assert!((without_nlp(-10.0) + 38.33).abs() < 0.01);
    assert_eq!((EARLY_LOSS, LOSS), (6.0, 20.0));
}

#[test]
fn a_grid_holds_every_combination_once() {
    let cases = Case::grid(
        2,
        &[6.0, 10.0],
        &[0, 480, 888],
        &[(-10.0, Law::Mu), (-20.0, Law::A)],
    );
    assert_eq!(cases.len(), 24);
    for (n, case) in cases.iter().enumerate() {
        assert!(!cases[..n].contains(case));
    }
}

#[test]
fn tests_have_names_of_their_own() {
    for (n, one) in TESTS.iter().enumerate() {
        assert!(
            TESTS[..n].iter().all(|other| other.id != one.id),
            "{}",
            one.id
        );
        assert!(test(one.id).is_some() && !one.title.is_empty());
    }
    assert!(test("none such").is_none());
}
