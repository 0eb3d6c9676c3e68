// SPDX-License-Identifier: MIT OR Apache-2.0
use crate::support::Server;
use std::process::{Command, Output};
use tdm::abi::config::LineConfig;
use tdm::{Slot, SlotSet, Span};
use tempfile::TempDir;

/// Runs the program in a folder.
pub(crate) fn run(folder: &TempDir, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tdm-config"))
        .args(arguments)
        .current_dir(folder.path())
        .output()
        .unwrap()
}

fn json(bytes: &[u8]) -> serde_json::Value {
    serde_json::from_slice(bytes).unwrap()
}

/// A folder with a file for this server's span.
fn folder(server: &Server, keys: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let text = format!(
        "[[span]]\naddress = '{}'\nline = 'e1'\n{keys}",
        server.address()
    );
    std::fs::write(folder.path().join("s.toml"), text).unwrap();
    folder
}

#[test]
fn json_results_have_the_values_of_the_file() {
    let server = Server::new();
    let folder = folder(&server, "crc4 = false\n");
    let output = run(&folder, &["diff", "--config", "s.toml", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let expected = serde_json::json!({"spans": [{
        "address": server.address().to_string(),
        "changes": [{"field": "crc4", "now": true, "wanted": false}],
        "claimed_slots": [],
    }]});
    assert_eq!(json(&output.stdout), expected);
    let output = run(&folder, &["apply", "--config", "s.toml", "--json"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(json(&output.stdout)["spans"][0]["applied"], true);
    let output = run(&folder, &["apply", "--config", "s.toml", "--json"]);
    assert_eq!(json(&output.stdout)["spans"][0]["applied"], false);
    let output = run(&folder, &["dump", "--config", "s.toml", "--json"]);
    assert_eq!(json(&output.stdout)["spans"][0]["crc4"], false);
    assert_eq!(json(&output.stdout)["spans"][0]["framing"], "ccs");
}

#[test]
fn applying_twice_changes_once() {
    let server = Server::new();
    let span = Span::open(&server.address()).unwrap();
    let folder = folder(&server, "framing = 'cas'\n");
    let epoch = span.positions().epoch;
    for _ in 0..2 {
        let output = run(&folder, &["apply", "--config", "s.toml"]);
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(span.positions().epoch, epoch + 1);
    }
    assert_eq!(span.usable_slots().bits(), 0xfffe_fffe);
}

#[test]
fn claimed_slots_are_not_changed_without_force() {
    let server = Server::new();
    let span = Span::open(&server.address()).unwrap();
    let slots = SlotSet::of(Slot::new(4).unwrap()).with(Slot::new(16).unwrap());
    let _claim = span.claim(slots, "call").unwrap();
    let folder = folder(&server, "crc4 = false\n");
    let output = run(&folder, &["apply", "--config", "s.toml"]);
    assert_eq!(output.status.code(), Some(3));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.contains("s.toml:2:11") && text.contains("slots [4, 16] are claimed"),
        "{text}"
    );
    assert_eq!(span.config(), LineConfig::E1_CCS_CRC4);
    let output = run(&folder, &["apply", "--config", "s.toml", "--dry-run"]);
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("warning: slots [4, 16] are claimed"),
        "{text}"
    );
    assert_eq!(span.config(), LineConfig::E1_CCS_CRC4);
    let output = run(&folder, &["apply", "--config", "s.toml", "--force"]);
    assert_eq!(output.status.code(), Some(0));
    assert_ne!(span.config(), LineConfig::E1_CCS_CRC4);
    // A span that runs as wanted may be in use.
    let output = run(&folder, &["apply", "--config", "s.toml"]);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn spans_that_do_not_exist_are_told_with_those_that_do_and_nothing_is_changed() {
    let server = Server::new();
    let span = Span::open(&server.address()).unwrap();
    let folder = folder(&server, "crc4 = false\n");
    let path = folder.path().join("s.toml");
    let mut text = std::fs::read_to_string(&path).unwrap();
    let socket = server.socket();
    text.push_str(&format!(
        "[[span]]\naddress = 'unix:{}#b'\nline = 'e1'\n",
        socket.display()
    ));
    text.push_str("[[span]]\naddress = 'unix:/nonexistent#c'\nline = 'e1'\n");
    std::fs::write(&path, text).unwrap();
    let output = run(&folder, &["apply", "--config", "s.toml", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    let errors = json(&output.stderr);
    assert_eq!(errors["errors"][0]["line"], 6);
    let message = errors["errors"][0]["message"].as_str().unwrap();
    assert!(message.ends_with("it has: a"), "{message}");
    assert_eq!(errors["errors"][1]["line"], 9);
    assert_eq!(span.config(), LineConfig::E1_CCS_CRC4);
}

#[test]
fn a_dump_is_a_file_without_difference() {
    let server = Server::new();
    let folder = TempDir::new().unwrap();
    let all = format!("unix:{}", server.socket().display());
    let output = run(&folder, &["dump", &all]);
    assert_eq!(output.status.code(), Some(0));
    std::fs::write(folder.path().join("s.toml"), &output.stdout).unwrap();
    let output = run(&folder, &["diff", "--config", "s.toml"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_span_that_is_not_configured_is_dumped_as_a_remark() {
    let server = Server::with_config(LineConfig::default());
    let folder = TempDir::new().unwrap();
    let output = run(&folder, &["dump", &server.address().to_string()]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.ends_with("#a is not configured\n"), "{text}");
}

#[test]
fn files_that_cannot_be_read_are_errors() {
    let folder = TempDir::new().unwrap();
    for arguments in [
        &["check", "--config", "none.toml"][..],
        &["diff", "--config", "."],
        &["dump", "span0"],
        &["dump", "unix:/nonexistent"],
        &["apply"],
    ] {
        let output = run(&folder, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        assert!(!output.stderr.is_empty());
    }
}
