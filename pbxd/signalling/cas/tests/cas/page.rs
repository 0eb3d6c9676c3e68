// SPDX-License-Identifier: MIT OR Apache-2.0
//! The tables in `docs/cas.md` are those of the code, and sound.

use cas::kind::{HOLD, NAMES, YIELD};
use cas::line::{EM_ROBBED_BIT, OFFICE_ROBBED_BIT, STATION_ROBBED_BIT};
use cas::table::{Action, Kinds, TABLES};
use cas::{Kind, State, Timing};
use std::collections::HashSet;
use std::fmt::Write;

fn kinds(set: Kinds) -> String {
    let names: Vec<&str> = NAMES
        .iter()
        .filter(|(kind, _)| set.meets(*kind))
        .map(|(_, name)| *name)
        .collect();
    let all = NAMES.len() - 2;
    if names.len() == all {
        "all".into()
    } else {
        names.join(", ")
    }
}

fn action(action: &Action) -> String {
    match action {
        Action::Send(line) => format!("send {line:?}"),
        Action::SendAfter(line) => format!("send {line:?} after the wink"),
        Action::Arm(timer) => format!("time {timer:?}"),
        Action::Tell(notice) => format!("tell {notice:?}"),
        other => format!("{other:?}"),
    }
}

fn tables() -> String {
    let mut text =
        String::from("| from | state | bits sent | bits looked at |\n|---|---|---|---|\n");
    for (from, code) in [
        ("E&M", EM_ROBBED_BIT),
        ("office", OFFICE_ROBBED_BIT),
        ("station", STATION_ROBBED_BIT),
    ] {
        for row in code.rows() {
            writeln!(
                text,
                "| {from} | {:?} | {:04b} | {:04b} |",
                row.line, row.bits, row.mask
            )
            .unwrap();
        }
    }
    text.push_str("\n| duration | least, ms | most, ms |\n|---|---|---|\n");
    for (name, least, most) in Timing::USUAL.rows() {
        writeln!(text, "| `{name}` | {} | {} |", least / 8, most / 8).unwrap();
    }
    for (name, rows) in TABLES {
        write!(
            text,
            "\n### {name}\n\n| state | event | on | next state | actions |\n|---|---|---|---|---|\n"
        )
        .unwrap();
        for row in rows {
            let actions: Vec<String> = row.actions.iter().map(action).collect();
            writeln!(
                text,
                "| {:?} | {:?} | {} | {:?} | {} |",
                row.state,
                row.event,
                kinds(row.kinds),
                row.next,
                actions.join("; ")
            )
            .unwrap();
        }
    }
    text
}

#[test]
fn the_page_has_the_tables() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/cas.md");
    let page = std::fs::read_to_string(path).unwrap();
    let tables = tables();
    assert!(page.contains(&tables), "docs/cas.md should hold:\n{tables}");
}

#[test]
fn no_two_rows_are_for_the_same() {
    for kind in Kind::ALL {
        for glare in [YIELD, HOLD] {
            let mut seen = HashSet::new();
            for row in kind
                .table()
                .iter()
                .filter(|row| row.kinds.meets(kind.kinds()))
            {
                let about_glare = row.kinds.meets(YIELD) || row.kinds.meets(HOLD);
                if about_glare && !row.kinds.meets(glare) {
                    continue;
                }
                assert!(
                    seen.insert((row.state, row.event)),
                    "{kind:?}: {:?} {:?} twice",
                    row.state,
                    row.event
                );
            }
        }
    }
}

#[test]
fn every_state_can_be_reached_and_left() {
    for kind in Kind::ALL {
        let rows: Vec<_> = kind
            .table()
            .iter()
            .filter(|row| row.kinds.meets(kind.kinds()))
            .collect();
        let mut reached = HashSet::from([State::Idle]);
        loop {
            let before = reached.len();
            for row in &rows {
                if reached.contains(&row.state) {
                    reached.insert(row.next);
                }
            }
            if reached.len() == before {
                break;
            }
        }
        for row in &rows {
            assert!(
                reached.contains(&row.state),
                "{kind:?}: {:?} is never reached",
                row.state
            );
        }
        for state in &reached {
            let left = rows
                .iter()
                .any(|row| row.state == *state && row.next != *state);
            assert!(left, "{kind:?}: {state:?} is never left");
        }
    }
}
