// SPDX-License-Identifier: MIT OR Apache-2.0
//! Call records from the database.

use pbx_store::{Filter, Record, Store, write_csv, write_json};
use std::io;
use std::path::Path;
use tdm_cli::Failure;

pub(super) fn list(path: &Path, limit: u32, csv: bool, json: bool) -> Result<(), Failure> {
    let store = Store::open_read_only(path).map_err(Failure::new)?;
    let filter = Filter {
        limit: Some(limit),
        ..Filter::default()
    };
    let mut out = io::stdout().lock();
    let records = store.list(&filter).map_err(Failure::new)?;
    if csv {
        write_csv(&mut out, &records)
    } else if json {
        write_json(&mut out, &records)
    } else {
        table(&mut out, &records)
    }
    .map_err(Failure::new)
}

fn table(out: &mut impl io::Write, records: &[Record]) -> io::Result<()> {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    writeln!(
        out,
        "{:>6}  {:<24} {:<11} {:<16} {:<16} {:<12} {:<12} {:>5} {:>8}  RELEASED",
        "ID", "OFFERED", "STATE", "CALLING", "CALLED", "FROM", "TO", "CAUSE", "TALKING"
    )?;
    for record in records {
        let talking = record.talking_ms.map_or_else(
            || "-".to_owned(),
            |ms| format!("{:.1} s", ms as f64 / 1000.0),
        );
        let cause = record
            .cause
            .map_or_else(|| "-".to_owned(), |cause| cause.to_string());
        writeln!(
            out,
            "{:>6}  {:<24} {:<11} {:<16} {:<16} {:<12} {:<12} {cause:>5} {talking:>8}  {}",
            record.id,
            record.offered.to_string(),
            record.state.name(),
            text(&record.calling),
            record.called,
            record.from,
            text(&record.to),
            text(&record.released),
        )?;
    }
    Ok(())
}
