// SPDX-License-Identifier: MIT OR Apache-2.0
//! The tables of `docs/calls.md` are those of the code. `UPDATE_DOCS=1` writes them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use pbx_core::{Cause, DEFAULT_RETRY, Direction, ROWS, Source, Timing};
use std::fmt::Write as _;
use std::path::Path;

fn causes() -> String {
    let mut text = "| cause | | SIP | name | source |\n|---|---|---|---|---|\n".to_owned();
    for row in ROWS {
        let arrow = match row.direction {
            Direction::Both => "↔",
            Direction::ToSip => "→",
            Direction::ToCause => "←",
        };
        let source = match row.source {
            Source::Rfc3398 => "RFC 3398",
            Source::Rfc4497 => "RFC 4497",
            Source::Tandem => "ours",
        };
        let name = Cause::new(row.cause).unwrap().name();
        let _ = writeln!(
            text,
            "| {} | {arrow} | {} | {name} | {source} |",
            row.cause, row.status
        );
    }
    text
}

fn times() -> String {
    let t = Timing::default();
    let mut text = "| time | default | key in `[calls]` |\n|---|---|---|\n".to_owned();
    for (what, time, key) in [
        ("until the first digit", t.first_digit, "first_digit_s"),
        (
            "between digits, the number matches nothing yet",
            t.interdigit,
            "interdigit_s",
        ),
        (
            "between digits, the number matches but could go on",
            t.interdigit_matched,
            "interdigit_matched_s",
        ),
        (
            "until the answer, where the target says nothing",
            t.no_answer,
            "no_answer_s",
        ),
        ("busy or congestion tone", t.failure_tone, "failure_tone_s"),
        (
            "announcement of an end that disconnected",
            t.announcement,
            "announcement_s",
        ),
    ] {
        let _ = writeln!(text, "| {what} | {} s | `{key}` |", time.as_secs());
    }
    let _ = writeln!(
        text,
        "| a leg's clearing, until it is abandoned | {} s | |",
        t.clearing.as_secs()
    );
    text
}

fn retry() -> String {
    let values: Vec<String> = DEFAULT_RETRY.iter().map(u8::to_string).collect();
    format!("{}\n", values.join(", "))
}

#[test]
fn the_page_shows_the_tables_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/calls.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let mut expected = page.clone();
    for (name, table) in [("causes", causes()), ("times", times()), ("retry", retry())] {
        let (begin, end) = (
            format!("<!-- {name}: begin -->\n"),
            format!("<!-- {name}: end -->"),
        );
        let from = expected.find(&begin).expect("the table's begin") + begin.len();
        let to = expected.find(&end).expect("the table's end");
        expected.replace_range(from..to, &table);
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &expected).unwrap();
        return;
    }
    assert_eq!(
        page, expected,
        "docs/calls.md is not what the code says; UPDATE_DOCS=1 writes it"
    );
}
