// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command: what it says of files that it cannot use, and how it describes itself.

#![allow(clippy::unwrap_used)]

use std::process::{Command, Output};

fn tdm_emu(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tdm-emu"))
        .args(arguments)
        .output()
        .unwrap()
}

/// Checks a file with this text; the exit code and what stands on standard error.
fn check(text: &str, more: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("emu.toml");
    std::fs::write(&path, text).unwrap();
    let path = path.display().to_string();
    let output = tdm_emu(&[&["--config", &path, "--check"], more].concat());
    assert!(output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), said.replace(&path, "FILE"))
}

const GOOD: &str = "socket = \"s\"\n[[span]]\nname = \"a\"\n";

#[test]
fn a_good_file_is_good() {
    assert_eq!(check(GOOD, &[]), (Some(0), String::new()));
}

#[test]
fn an_error_has_its_line_and_column() {
    let (code, said) = check("socket = \"s\"\ncolour = 3\n", &[]);
    assert_eq!(code, Some(2));
    assert!(
        said.starts_with("tdm-emu: FILE:2:1: unknown field `colour`"),
        "{said}"
    );
}

#[test]
fn with_json_the_same_for_programs() {
    let (code, said) = check("socket = \"s\"\ncolour = 3\n", &["--json"]);
    assert_eq!(code, Some(2));
    assert!(said.starts_with("{\"errors\":[{"), "{said}");
    for part in ["\"file\":\"FILE\"", "\"line\":2", "\"column\":1", "colour"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn every_problem_of_a_file_is_told() {
    let wrong = "socket = \"s\"\n[[span]]\nname = \"a\"\n[[loop]]\nspan = \"b\"\n[[exchange]]\nspan = \"c\"\nside = \"user\"\n";
    let (code, said) = check(wrong, &[]);
    assert_eq!(code, Some(2));
    assert!(said.lines().count() >= 2, "{said}");
    assert!(
        said.lines().all(|line| line.starts_with("tdm-emu: FILE: ")),
        "{said}"
    );
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let output = tdm_emu(&["--config", "/nowhere/emu.toml", "--check"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("cannot read /nowhere/emu.toml"), "{said}");
}

#[test]
fn it_describes_itself_to_packagers() {
    let manual = tdm_emu(&["man"]);
    assert!(manual.status.success());
    assert!(
        String::from_utf8(manual.stdout)
            .unwrap()
            .contains(".TH tdm-emu")
    );
    let completions = tdm_emu(&["completions", "bash"]);
    assert!(completions.status.success());
    assert!(
        String::from_utf8(completions.stdout)
            .unwrap()
            .contains("tdm-emu")
    );
}
