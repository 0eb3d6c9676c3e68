// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every target over its committed corpus, the prefixes of its entries, and fixed mutations of them.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use fuzz::Run;
use fuzz::mutate::{Numbers, mutate};
use fuzz::targets::TARGETS;

/// Mutations of each target's corpus.
const MUTATIONS: usize = 4_000;
/// Prefixes of each entry that are tried, spread over its length.
const PREFIXES: usize = 256;

fn folder(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(part)
}

/// The entries of a target's corpus, sorted by name.
fn corpus(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = folder("corpus").join(name);
    let entries = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{name} has no corpus, {}: {error}", folder.display()));
    let mut all: Vec<(String, Vec<u8>)> = entries
        .map(|entry| {
            let path = entry.expect("an entry of the corpus").path();
            let label = path.file_name().map(|n| n.to_string_lossy().into_owned());
            (
                label.unwrap_or_default(),
                std::fs::read(&path).expect("a readable entry"),
            )
        })
        .collect();
    all.sort();
    assert!(!all.is_empty(), "{} is empty", folder.display());
    all
}

/// Runs the target; on a panic keeps the input and says how to run it again.
fn check(name: &str, run: Run, label: &str, input: &[u8]) {
    if catch_unwind(AssertUnwindSafe(|| run(input))).is_err() {
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-crash"));
        std::fs::write(&kept, input).expect("the input can be kept");
        let kept = kept.display();
        panic!(
            "{name} panicked on {label}; again: cargo run -p fuzz --bin replay -- {name} {kept}"
        );
    }
}

#[test]
fn corpus_entries_and_their_prefixes_return() {
    for (name, run) in TARGETS {
        check(name, *run, "the empty input", &[]);
        for (label, input) in corpus(name) {
            check(name, *run, &label, &input);
            let step = input.len() / PREFIXES + 1;
            for length in (0..input.len()).step_by(step) {
                let prefix = input.get(..length).unwrap_or_default();
                check(name, *run, &format!("{length} bytes of {label}"), prefix);
            }
        }
    }
}

#[test]
fn mutations_of_the_corpus_return() {
    for (name, run) in TARGETS {
        let corpus = corpus(name);
        let mut numbers = Numbers::new(2026);
        for round in 0..MUTATIONS {
            let (label, input) = &corpus[round % corpus.len()];
            let (_, other) = &corpus[numbers.below(corpus.len())];
            let mutated = mutate(input, other, &mut numbers);
            check(
                name,
                *run,
                &format!("mutation {round}, of {label}"),
                &mutated,
            );
        }
    }
}

#[test]
fn every_target_file_is_listed_and_every_corpus_has_a_target() {
    let listed: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let stems = |part: &str| -> BTreeSet<String> {
        let entries = std::fs::read_dir(folder(part)).expect("a folder of this crate");
        entries
            .filter_map(|entry| {
                Some(
                    entry
                        .ok()?
                        .path()
                        .file_stem()?
                        .to_string_lossy()
                        .into_owned(),
                )
            })
            .collect()
    };
    assert_eq!(
        stems("src/targets"),
        listed,
        "src/targets/ and the list in src/targets.rs"
    );
    assert_eq!(
        stems("corpus"),
        listed,
        "corpus/ and the list in src/targets.rs"
    );
}

#[test]
fn mutations_change_inputs_and_repeat_themselves() {
    let make = || {
        let mut numbers = Numbers::new(7);
        (0..200)
            .map(|_| mutate(b"INVITE sip:a@b SIP/2.0", b"\x08\x01\x05", &mut numbers))
            .collect::<Vec<_>>()
    };
    let first = make();
    assert_eq!(first, make());
    assert!(first.iter().collect::<BTreeSet<_>>().len() > 150);
}
