// SPDX-License-Identifier: MIT OR Apache-2.0
//! The table of operations in `docs/facility.md` is the one of the code.

use facility::{Answers, Dialect};
use std::fmt::Write;

#[test]
fn the_page_lists_every_operation() {
    let mut table = String::from("| operation | code | answered by |\n|---|---|---|\n");
    for operation in Dialect::ALL.iter().flat_map(|dialect| dialect.operations()) {
        let answers = match operation.answers() {
            Answers::Result => "result or error",
            Answers::ErrorOnly => "error, or nothing",
            Answers::None => "nothing",
        };
        let (name, code) = (operation.name(), operation.code());
        writeln!(table, "| `{name}` | {code} | {answers} |").unwrap();
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/facility.md");
    let page = std::fs::read_to_string(path).unwrap();
    assert!(
        page.contains(&table),
        "docs/facility.md should hold:\n{table}"
    );
}
