// SPDX-License-Identifier: MIT OR Apache-2.0
//! The program as a child.

use crate::support::Server;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tdm-cap"));
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Starts a capture and waits until it follows the span.
pub(crate) fn start(server: &Server, arguments: &[&str]) -> Child {
    let mut child = command(arguments).spawn().unwrap();
    let started = Instant::now();
    while server.subscribers() == 0 {
        assert!(started.elapsed() < Duration::from_secs(20), "no subscriber");
        assert!(child.try_wait().unwrap().is_none(), "it ended at once");
        std::thread::sleep(Duration::from_millis(2));
    }
    child
}

/// Waits for its end and checks the exit code.
pub(crate) fn end(child: Child, exit: i32) -> Output {
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(exit),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// The summary that `--json` printed.
pub(crate) fn summary(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

pub(crate) fn interrupt(child: &Child) {
    let pid = nix::unistd::Pid::from_raw(child.id() as i32);
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).unwrap();
}

#[test]
fn wrong_command_lines_end_with_2() {
    for arguments in [
        &["dchannel"][..],
        &["dchannel", "span0", "--out", "x"],
        &["dchannel", "unix:/s#a", "--out", "x", "--slot", "32"],
        &["dchannel", "unix:/s#a", "--out", "x", "--network", "--user"],
        &["audio", "unix:/s#a", "--out", "x"],
        &[
            "audio",
            "unix:/s#a",
            "--slot",
            "1",
            "--out",
            "x",
            "--seconds",
            "-1",
        ],
    ] {
        let output = command(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_span_that_cannot_be_opened_is_an_error_in_both_forms() {
    let arguments = [
        "audio",
        "unix:/nonexistent#a",
        "--slot",
        "1",
        "--out",
        "/dev/null",
    ];
    let output = command(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.starts_with("tdm-cap: cannot open /nonexistent"),
        "{text}"
    );
    let output = command(&arguments).arg("--json").output().unwrap();
    let error: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    let message = error["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("is tdm-emu running"), "{message}");
}

#[test]
fn completions_and_manual_pages_come_from_the_definition() {
    for shell in ["bash", "zsh", "fish"] {
        let output = command(&["completions", shell]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success());
        assert!(text.contains("dchannel"), "{text}");
    }
    let page = |arguments: &[&str]| {
        let output = command(arguments).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    let page = [page(&["man"]), page(&["man", "audio"])];
    assert!(page[0].contains("Exit codes"), "{}", page[0]);
    assert!(page[1].contains("mulaw"), "{}", page[1]);
    let output = command(&["man", "nothing"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_commands_of_the_page_are_understood() {
    use clap::Parser;
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/tools.md");
    let page = std::fs::read_to_string(page).unwrap();
    let commands: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("$ tdm-cap "))
        .collect();
    assert_eq!(commands.len(), 4);
    for command in commands {
        let arguments = std::iter::once("tdm-cap").chain(command.split(' '));
        assert!(
            tdm_cap::cli::Cli::try_parse_from(arguments).is_ok(),
            "{command}"
        );
    }
}
