// SPDX-License-Identifier: MIT OR Apache-2.0
//! Errors that need a look inside.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use super::*;
use pbx_core::{CallId, Digits, Party};

fn open_event(call: u64) -> (Anchor, CdrEvent) {
    let anchor = Anchor {
        wall: UnixMs(1_000_000),
        exchange: Duration::ZERO,
    };
    let open = CdrOpen {
        call: CallId(call),
        offered: Duration::ZERO,
        origin: Origin::Peer("a".into()),
        from: "a".into(),
        calling: Party {
            name: Some("x".repeat(100)),
            ..Party::default()
        },
        called: Digits::parse("112").unwrap(),
        route: None,
        to: None,
        sent: None,
    };
    (anchor, CdrEvent::Open(open))
}

#[test]
fn a_full_disk_is_said_and_nothing_is_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cdr.db");
    let (mut store, _) = Store::open(&path).unwrap();
    let pages: i64 = store
        .connection()
        .query_row("PRAGMA page_count", [], |row| row.get(0))
        .unwrap();
    store
        .connection()
        .pragma_update(None, "max_page_count", pages + 4)
        .unwrap();
    let events: Vec<_> = (1..=1000).map(open_event).collect();
    assert_eq!(store.apply(&events), Err(StoreError::Full(path.clone())));
    assert!(StoreError::Full(path).is_transient());
    assert_eq!(store.list(&Filter::default()).unwrap(), []);
    store
        .connection()
        .pragma_update(None, "max_page_count", 1_000_000)
        .unwrap();
    store.apply(&events).unwrap();
    assert_eq!(store.list(&Filter::default()).unwrap().len(), 1000);
}

#[test]
fn a_lock_of_another_program_is_waited_for_and_then_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cdr.db");
    let (mut store, _) = Store::open(&path).unwrap();
    store
        .connection()
        .busy_timeout(Duration::from_millis(20))
        .unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(store.apply(&[open_event(1)]), Err(StoreError::Locked(path)));
    other.execute_batch("ROLLBACK").unwrap();
    store.apply(&[open_event(1)]).unwrap();
}

#[test]
fn a_newer_schema_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cdr.db");
    drop(Store::open(&path).unwrap());
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    assert!(matches!(
        Store::open(&path),
        Err(StoreError::Newer {
            found: 99,
            known: 2,
            ..
        })
    ));
}
