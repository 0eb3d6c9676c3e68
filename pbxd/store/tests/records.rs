// SPDX-License-Identifier: MIT OR Apache-2.0
//! Records from their opening to their export, and after crashes.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use core::time::Duration;
use pbx_core::{
    CallId, Cause, CdrAnswer, CdrClose, CdrEvent, CdrOpen, CdrRetarget, ChannelId, Destination,
    Digits, Origin, Party, Presentation, Releaser, Screening,
};
use pbx_store::{
    Anchor, COLUMNS, Filter, RestartChange, State, Store, StoreError, UnixMs, Writer, write_csv,
    write_json,
};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

const ANCHOR: Anchor = Anchor {
    wall: UnixMs(1_795_219_200_000),
    exchange: Duration::from_secs(100),
};

fn open(call: u64) -> CdrEvent {
    let channel = ChannelId {
        span: "pri".into(),
        slot: 31,
    };
    CdrEvent::Open(CdrOpen {
        call: CallId(call),
        offered: Duration::from_secs(100),
        origin: Origin::Span {
            span: "pri".into(),
            slot: Some(1),
        },
        from: "trunk".into(),
        calling: Party {
            number: Some("4930100".to_owned()),
            name: Some("M\u{fc}ller, \"A\"".to_owned()),
            presentation: Presentation::Restricted,
            screening: Screening::Network,
        },
        called: Digits::parse("2001").unwrap(),
        route: Some("in".into()),
        to: Some(Destination::Trunk {
            group: "out".into(),
            channel,
        }),
        sent: Some(Digits::parse("01").unwrap()),
    })
}

fn answer(call: u64, at: u64) -> CdrEvent {
    CdrEvent::Answer(CdrAnswer {
        call: CallId(call),
        at: Duration::from_secs(at),
    })
}

fn close(call: u64, at: u64) -> CdrEvent {
    CdrEvent::Close(CdrClose {
        call: CallId(call),
        at: Duration::from_secs(at),
        cause: Cause::BUSY,
        released: Releaser::Callee,
        total: Duration::from_secs(at - 100),
        ringing: Duration::from_millis(1500),
        talking: Duration::from_secs(1),
        attempts: 2,
    })
}

fn retarget(call: u64) -> CdrEvent {
    CdrEvent::Retarget(CdrRetarget {
        call: CallId(call),
        to: Destination::Peer("sip".into()),
        sent: Digits::parse("1").unwrap(),
        attempt: 2,
    })
}

fn apply(store: &mut Store, event: CdrEvent) -> Result<(), StoreError> {
    store.apply(&[(ANCHOR, event)])
}

#[test]
fn a_record_from_start_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, recovery) = Store::open(&folder.path().join("cdr.db")).unwrap();
    assert_eq!(recovery.interrupted, 0);
    assert_eq!(store.next_call_id(), Ok(1));
    apply(&mut store, open(5)).unwrap();
    apply(&mut store, retarget(5)).unwrap();
    apply(&mut store, answer(5, 107)).unwrap();
    apply(&mut store, close(5, 108)).unwrap();
    assert_eq!(store.next_call_id(), Ok(6));
    let records = store.list(&Filter::default()).unwrap();
    let [record] = records.as_slice() else {
        panic!("{records:?}")
    };
    assert_eq!(record.state, State::Closed);
    assert_eq!(record.offered, UnixMs(1_795_219_200_000));
    assert_eq!(record.answered, Some(UnixMs(1_795_219_207_000)));
    assert_eq!(
        (
            record.to.as_deref(),
            record.to_span.as_deref(),
            record.to_slot
        ),
        (Some("sip"), None, None)
    );
    assert_eq!(
        (record.from_slot, record.attempts, record.cause),
        (Some(1), 2, Some(17))
    );
    assert_eq!(
        (record.total_ms, record.ringing_ms, record.talking_ms),
        (Some(8000), Some(1500), Some(1000))
    );

    let mut csv = Vec::new();
    write_csv(&mut csv, &records).unwrap();
    let expected = format!(
        "{}\r\n5,closed,2026-11-21T00:00:00.000Z,2026-11-21T00:00:07.000Z,2026-11-21T00:00:08.000Z,trunk,pri,1,4930100,\
         \"M\u{fc}ller, \"\"A\"\"\",restricted,2001,in,sip,,,1,2,17,callee,8000,1500,1000\r\n",
        COLUMNS.join(",")
    );
    assert_eq!(String::from_utf8(csv).unwrap(), expected);

    let mut json = Vec::new();
    write_json(&mut json, &records).unwrap();
    let back: Vec<pbx_store::Record> = serde_json::from_slice(&json).unwrap();
    assert_eq!(back, records);
    let fields: Vec<serde_json::Value> = serde_json::from_slice(&json).unwrap();
    let mut names: Vec<&str> = fields[0]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let mut columns = COLUMNS.to_vec();
    names.sort_unstable();
    columns.sort_unstable();
    assert_eq!(names, columns, "JSON and CSV have the same fields");
    let mut none = Vec::new();
    write_json(&mut none, []).unwrap();
    assert_eq!(
        serde_json::from_slice::<Vec<pbx_store::Record>>(&none).unwrap(),
        []
    );
}

#[test]
fn events_out_of_order_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, _) = Store::open(&folder.path().join("cdr.db")).unwrap();
    let out_of_order = |outcome| {
        assert!(
            matches!(outcome, Err(StoreError::OutOfOrder { call: 1, .. })),
            "{outcome:?}"
        )
    };
    out_of_order(apply(&mut store, answer(1, 101)));
    out_of_order(apply(&mut store, close(1, 101)));
    apply(&mut store, open(1)).unwrap();
    out_of_order(apply(&mut store, open(1)));
    apply(&mut store, answer(1, 101)).unwrap();
    out_of_order(apply(&mut store, answer(1, 101)));
    out_of_order(apply(&mut store, retarget(1)));
    apply(&mut store, close(1, 102)).unwrap();
    out_of_order(apply(&mut store, close(1, 102)));
    // One bad event takes its whole transaction back.
    out_of_order(store.apply(&[(ANCHOR, open(2)), (ANCHOR, close(1, 103))]));
    assert_eq!(store.next_call_id(), Ok(2));
}

#[test]
fn filters_choose_and_page() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cdr.db");
    let (mut store, _) = Store::open(&path).unwrap();
    for call in 1..=5 {
        let anchor = Anchor {
            wall: UnixMs(call * 1000),
            exchange: Duration::from_secs(100),
        };
        store.apply(&[(anchor, open(call as u64))]).unwrap();
    }
    apply(&mut store, close(2, 101)).unwrap();
    // A reader works beside the writer.
    let reader = Store::open_read_only(&path).unwrap();
    let ids = |filter: Filter| {
        reader
            .list(&filter)
            .unwrap()
            .iter()
            .map(|record| record.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(Filter::default()), [5, 4, 3, 2, 1]);
    assert_eq!(
        ids(Filter {
            since: Some(UnixMs(2000)),
            until: Some(UnixMs(4000)),
            ..Filter::default()
        }),
        [3, 2]
    );
    assert_eq!(
        ids(Filter {
            state: Some(State::Closed),
            ..Filter::default()
        }),
        [2]
    );
    assert_eq!(
        ids(Filter {
            limit: Some(2),
            before: Some(4),
            ..Filter::default()
        }),
        [3, 2]
    );
    assert_eq!(
        ids(Filter {
            number: Some("4930100".to_owned()),
            limit: Some(1),
            ..Filter::default()
        }),
        [5]
    );
    assert_eq!(
        ids(Filter {
            number: Some("' OR 1 --".to_owned()),
            ..Filter::default()
        }),
        Vec::<u64>::new()
    );
    assert!(matches!(
        Store::open_read_only(&folder.path().join("none.db")),
        Err(StoreError::Io { .. })
    ));
}

#[test]
fn what_was_open_is_interrupted_at_the_last_heartbeat() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cdr.db");
    let (mut store, _) = Store::open(&path).unwrap();
    for call in 1..=3 {
        apply(&mut store, open(call)).unwrap();
    }
    apply(&mut store, answer(2, 110)).unwrap();
    apply(&mut store, close(3, 111)).unwrap();
    let beat = UnixMs(ANCHOR.wall.0 + 25_000);
    store.heartbeat(beat).unwrap();
    drop(store);
    let (mut store, recovery) = Store::open(&path).unwrap();
    assert_eq!(
        (recovery.interrupted, recovery.last_heartbeat),
        (2, Some(beat))
    );
    let records = store.list(&Filter::default()).unwrap();
    let states: Vec<State> = records.iter().map(|record| record.state).collect();
    assert_eq!(
        states,
        [State::Closed, State::Interrupted, State::Interrupted]
    );
    assert_eq!(
        (records[1].ended, records[1].talking_ms),
        (Some(beat), Some(15_000))
    );
    assert_eq!(
        (records[2].ended, records[2].talking_ms, records[2].total_ms),
        (Some(beat), Some(0), Some(25_000))
    );
    // A call opened after the last heartbeat does not end before it began.
    apply(
        &mut store,
        CdrEvent::Open(match open(4) {
            CdrEvent::Open(mut open) => {
                open.offered = Duration::from_secs(200);
                open
            }
            _ => unreachable!("open gives an opening"),
        }),
    )
    .unwrap();
    drop(store);
    let (store, _) = Store::open(&path).unwrap();
    let record = store
        .list(&Filter {
            limit: Some(1),
            ..Filter::default()
        })
        .unwrap()
        .remove(0);
    assert_eq!(
        (record.ended, record.total_ms),
        (Some(record.offered), Some(0))
    );
}

#[test]
fn channels_of_interrupted_calls_are_owed_a_restart_until_it_is_confirmed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cdr.db");
    let owed = |store: &Store| -> Vec<(String, u8)> {
        let all = store.owed_restarts().unwrap();
        all.into_iter().map(|owed| (owed.span, owed.slot)).collect()
    };
    let pri = |slot: u8| ("pri".to_owned(), slot);
    let (mut store, _) = Store::open(&path).unwrap();
    apply(&mut store, open(1)).unwrap();
    apply(&mut store, open(2)).unwrap();
    apply(&mut store, answer(2, 101)).unwrap();
    apply(&mut store, close(2, 102)).unwrap();
    assert_eq!(owed(&store), [], "nothing is owed while calls go on");
    drop(store);
    // The process dies, and so does the next one before it could restart anything: the debt stays.
    for interrupted in [1, 0] {
        let (store, recovery) = Store::open(&path).unwrap();
        assert_eq!(recovery.interrupted, interrupted);
        assert_eq!(owed(&store), [pri(1), pri(31)]);
    }
    let writer = Writer::start(&path, 8).unwrap();
    assert_eq!(writer.owed_restarts().len(), 2);
    for (slots, owed) in [(vec![7, 8], true), (vec![1, 8], false)] {
        let change = RestartChange {
            span: "pri".into(),
            slots,
            owed,
        };
        writer
            .submit_restarts(change, |outcome| outcome.unwrap())
            .unwrap();
    }
    drop(writer);
    let (store, _) = Store::open(&path).unwrap();
    assert_eq!(owed(&store), [pri(7), pri(31)]);
}

#[test]
fn damaged_and_foreign_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.db");
    std::fs::write(
        &text,
        "this is no database, but it is longer than the header of one: ".repeat(40),
    )
    .unwrap();
    let error = Store::open(&text).unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    assert!(
        error
            .to_string()
            .contains("text.db is damaged or no SQLite database"),
        "{error}"
    );

    let cut = folder.path().join("cut.db");
    let (mut store, _) = Store::open(&cut).unwrap();
    let events: Vec<_> = (1..=2000).map(|call| (ANCHOR, open(call))).collect();
    store.apply(&events).unwrap();
    drop(store);
    let mut bytes = std::fs::read(&cut).unwrap();
    for byte in bytes.iter_mut().skip(4096) {
        *byte = 0xA5;
    }
    std::fs::write(&cut, bytes).unwrap();
    let outcome = Store::open(&cut).and_then(|(store, _)| store.list(&Filter::default()));
    assert!(
        matches!(outcome, Err(StoreError::Corrupt { .. })),
        "{outcome:?}"
    );
    assert!(matches!(
        Store::open(Path::new("/proc/none/cdr.db")),
        Err(StoreError::Io { .. })
    ));
}

#[test]
fn a_second_exchange_is_kept_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cdr.db");
    let writer = Writer::start(&path, 8).unwrap();
    assert_eq!(
        Writer::start(&path, 8).unwrap_err(),
        StoreError::InUse(path.clone())
    );
    drop(writer);
    assert!(Writer::start(&path, 8).is_ok());
}

#[test]
fn the_writer_tells_each_its_outcome() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cdr.db");
    let writer = Writer::start(&path, 4096).unwrap();
    let (tell, hear) = std::sync::mpsc::channel();
    for call in 1..=500u64 {
        let tell = tell.clone();
        // Call 7 comes twice; everything else must be written all the same.
        let id = if call == 8 { 7 } else { call };
        writer
            .submit(ANCHOR, open(id), move |outcome| {
                tell.send((call, outcome)).unwrap()
            })
            .unwrap();
    }
    drop(tell);
    let outcomes: BTreeMap<u64, _> = hear.iter().collect();
    assert_eq!(outcomes.len(), 500);
    for (call, outcome) in outcomes {
        assert_eq!(outcome.is_err(), call == 8, "call {call}: {outcome:?}");
    }
    let stats = writer.stats();
    assert_eq!((stats.written, stats.refused, stats.waiting), (499, 1, 0));
    drop(writer);
    let (store, recovery) = Store::open(&path).unwrap();
    assert_eq!(recovery.interrupted, 499);
    assert_eq!(store.list(&Filter::default()).unwrap().len(), 499);
}

#[test]
fn a_lock_delays_ends_but_loses_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cdr.db");
    let writer = Writer::start(&path, 64).unwrap();
    writer.write(ANCHOR, open(1)).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(
        writer.write(ANCHOR, open(2)),
        Err(StoreError::Locked(_))
    ));
    assert!(matches!(
        writer.write(ANCHOR, answer(1, 101)),
        Err(StoreError::Locked(_))
    ));
    assert!(matches!(
        writer.write(ANCHOR, close(1, 102)),
        Err(StoreError::Backlog(1))
    ));
    other.execute_batch("ROLLBACK").unwrap();
    drop(writer);
    let (store, recovery) = Store::open(&path).unwrap();
    assert_eq!(recovery.interrupted, 0);
    let records = store.list(&Filter::default()).unwrap();
    assert_eq!(records.len(), 1);
    assert_eq!(
        (records[0].state, records[0].answered.is_some()),
        (State::Closed, true)
    );
}

/// What the killed process said was acknowledged must be there, whatever it was doing.
#[test]
fn a_kill_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cdr.db");
    let mut acknowledged: BTreeMap<u64, String> = BTreeMap::new();
    for round in 0..4 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_cdr-kill-target"))
            .arg(&path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut note = |line: &str| {
            // A line cut short by the kill was never a promise.
            let Some((what, id)) = line.split_once(' ') else {
                return;
            };
            acknowledged.insert(id.parse().unwrap(), what.to_owned());
        };
        for _ in 0..100 + round * 37 {
            note(&lines.next().unwrap().unwrap());
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let mut rest: Vec<String> = lines.map_while(Result::ok).collect();
        rest.pop();
        rest.iter().for_each(|line| note(line));
    }
    let (store, recovery) = Store::open(&path).unwrap();
    assert!(recovery.last_heartbeat.is_some());
    let records: BTreeMap<u64, _> = store
        .list(&Filter::default())
        .unwrap()
        .into_iter()
        .map(|record| (record.id, record))
        .collect();
    assert!(acknowledged.len() > 200);
    for (id, what) in acknowledged {
        let record = records
            .get(&id)
            .unwrap_or_else(|| panic!("record {id} is lost after {what}"));
        match what.as_str() {
            "open" => assert!(record.ended.is_some(), "record {id} was left open"),
            "answer" => assert!(record.answered.is_some(), "the answer of {id} is lost"),
            "close" => assert_eq!(record.state, State::Closed, "the end of {id} is lost"),
            other => panic!("{other}"),
        }
    }
    assert!(
        records
            .values()
            .all(|record| record.state == State::Closed || record.state == State::Interrupted)
    );
}
