// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the documentation shows is what the program does.

use super::program::run;
use crate::support::Server;
use std::path::PathBuf;
use tempfile::TempDir;

fn docs(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(name);
    std::fs::read_to_string(path).unwrap()
}

/// The sessions of docs/tools.md, with their commands and what follows each.
fn sessions(page: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if inside {
            match (line.strip_prefix("$ "), commands.last_mut()) {
                (Some(command), _) => commands.push((command.to_owned(), String::new())),
                (None, Some((_, output))) => *output += &format!("{line}\n"),
                (None, None) => panic!("output before a command: {line}"),
            }
        }
    }
    commands
}

#[test]
fn the_sessions_of_the_page_run_as_shown() {
    let servers = [Server::new(), Server::new()];
    let names = [
        "unix:/tmp/tandem-emu.sock#e1-0",
        "unix:/tmp/tandem-emu.sock#e1-1",
    ];
    let real = |text: &str| {
        let text = text.replace(names[0], &servers[0].address().to_string());
        text.replace(names[1], &servers[1].address().to_string())
    };
    let folder = TempDir::new().unwrap();
    let file = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    file("spans.toml", &real(&docs("examples/spans.toml")));
    file(
        "wrong.toml",
        "[[span]]\naddress = '/a'\nframing = 'esf'\ncrc = true\nline = 'e1'\n",
    );
    let mut ran = 0;
    for (command, expected) in sessions(&docs("tools.md")) {
        let Some(arguments) = command.strip_prefix("tdm-config ") else {
            continue;
        };
        let arguments = real(arguments);
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let output = run(&folder, &arguments);
        let mut found = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        for (server, name) in servers.iter().zip(names) {
            found = found.replace(&server.address().to_string(), name);
        }
        match output.status.code() {
            Some(0) => {}
            code => found += &format!("[exit {}]\n", code.unwrap()),
        }
        assert_eq!(found, expected, "$ {command}");
        ran += 1;
    }
    assert_eq!(ran, 8);
}

#[test]
fn the_page_quotes_the_example() {
    let page = docs("tools.md");
    let quoted = page
        .split("```toml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    assert!(docs("examples/spans.toml").contains(quoted));
}
