// SPDX-License-Identifier: MIT OR Apache-2.0
//! The protocol on the wire, and the client against a server of the test's own.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use core::time::Duration;
use pbx_api::{
    Call, ChannelState, Client, ClientError, CodecError, Command, Counter, ErrorCode, LineReader,
    MAX_LINE, Party, Reply, Request, Response, Span, Status, VERSION, decode_request,
    decode_response, encode,
};
use proptest::prelude::*;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixListener;

fn request(id: u64, command: Command) -> Request {
    Request {
        version: VERSION,
        id,
        command,
    }
}

#[test]
fn requests_look_like_this() {
    let cases = [
        (
            Command::Calls {
                after: 3,
                limit: 10,
            },
            r#"{"name":"calls","after":3,"limit":10}"#,
        ),
        (
            Command::Hangup { call: 7, cause: 16 },
            r#"{"name":"hangup","call":7,"cause":16}"#,
        ),
        (Command::Spans {}, r#"{"name":"spans"}"#),
        (Command::Status {}, r#"{"name":"status"}"#),
        (Command::Reload {}, r#"{"name":"reload"}"#),
        (
            Command::Explain {
                number: "112".to_owned(),
                from: "pri".to_owned(),
            },
            r#"{"name":"explain","number":"112","from":"pri"}"#,
        ),
        (
            Command::Shutdown { grace_s: 5 },
            r#"{"name":"shutdown","grace_s":5}"#,
        ),
    ];
    for (command, json) in cases {
        let line = format!("{{\"version\":1,\"id\":9,\"command\":{json}}}\n");
        let message = request(9, command);
        assert_eq!(String::from_utf8(encode(&message).unwrap()).unwrap(), line);
        assert_eq!(decode_request(line.trim_end().as_bytes()).unwrap(), message);
    }
    let short =
        decode_request(br#"{"version":1,"id":1,"command":{"name":"hangup","call":7}}"#).unwrap();
    assert_eq!(short.command, Command::Hangup { call: 7, cause: 16 });
}

fn replies() -> Vec<Response> {
    let call = Call {
        id: 1,
        state: "talking".to_owned(),
        age_ms: 5000,
        talking_ms: Some(3),
        calling: None,
        called: "112".to_owned(),
        route: Some("r".to_owned()),
        from: Party {
            name: "pri".to_owned(),
            channel: Some("pri/1".to_owned()),
        },
        to: None,
    };
    let span = Span {
        name: "pri".to_owned(),
        address: "unix:/run/tdm/emu.sock#span0".to_owned(),
        side: "user".to_owned(),
        alarms: vec![],
        signalling_up: true,
        channels: vec![ChannelState {
            slot: 1,
            call: Some(1),
            outages: vec!["alarm".to_owned()],
        }],
    };
    let status = Status {
        program: "0.1.0".to_owned(),
        uptime_ms: 1,
        calls: 2,
        shutting_down: false,
        counters: vec![Counter {
            name: "core.offered".to_owned(),
            value: 9,
        }],
    };
    vec![
        Response::ok(
            1,
            Reply::Calls {
                calls: vec![call],
                more: true,
            },
        ),
        Response::ok(2, Reply::Hangup {}),
        Response::ok(3, Reply::Spans { spans: vec![span] }),
        Response::ok(4, Reply::Status(status)),
        Response::ok(
            5,
            Reply::Explain {
                text: "a\nb".to_owned(),
            },
        ),
        Response::ok(6, Reply::Shutdown {}),
        Response::error(7, ErrorCode::NotFound, "there is no call 7"),
        Response::ok(
            8,
            Reply::Reload {
                changed: vec!["routes".to_owned()],
                restart: vec!["sip.listen".to_owned()],
            },
        ),
    ]
}

#[test]
fn responses_come_back_as_sent() {
    for response in replies() {
        let line = encode(&response).unwrap();
        assert_eq!(line.iter().filter(|octet| **octet == b'\n').count(), 1);
        assert_eq!(decode_response(&line[..line.len() - 1]).unwrap(), response);
    }
    let error = String::from_utf8(encode(&replies()[6]).unwrap()).unwrap();
    assert_eq!(
        error,
        "{\"version\":1,\"id\":7,\"error\":{\"code\":\"not_found\",\"message\":\"there is no call 7\"}}\n"
    );
}

#[test]
fn what_is_wrong_is_said_with_the_id() {
    let check = |line: &str, id: u64, code: ErrorCode, part: &str| {
        let (found, error) = decode_request(line.as_bytes()).unwrap_err();
        assert_eq!(found, id, "{line}");
        let pbx_api::Done::Error(answer) = error.response(found).outcome else {
            panic!("no error")
        };
        assert_eq!(answer.code, code, "{line}");
        assert!(
            answer.message.contains(part),
            "{} lacks {part}",
            answer.message
        );
    };
    check("", 0, ErrorCode::Malformed, "EOF");
    check("hello", 0, ErrorCode::Malformed, "column 1");
    check(
        r#"{"version":2,"id":4,"command":{"name":"fly"}}"#,
        4,
        ErrorCode::Version,
        "expected 1",
    );
    check(
        r#"{"version":1,"id":4,"command":{"name":"fly"}}"#,
        4,
        ErrorCode::Malformed,
        "unknown variant `fly`",
    );
    check(
        r#"{"version":1,"id":4,"command":{"name":"hangup"}}"#,
        4,
        ErrorCode::Malformed,
        "missing field `call`",
    );
    check(
        r#"{"version":1,"id":4,"command":{"name":"hangup","call":1,"x":1}}"#,
        4,
        ErrorCode::Malformed,
        "x",
    );
    check(
        r#"{"version":1,"id":4,"command":{"name":"hangup","call":1,"cause":0}}"#,
        4,
        ErrorCode::Invalid,
        "1 to 127",
    );
    let long = format!(
        r#"{{"version":1,"id":4,"command":{{"name":"explain","number":"{}","from":""}}}}"#,
        "1".repeat(300)
    );
    check(&long, 4, ErrorCode::Invalid, "at most 256");
}

#[test]
fn a_line_has_a_bound() {
    let mut reader = LineReader::default();
    reader.push(&vec![b'x'; MAX_LINE - 1]);
    assert_eq!(reader.next_line(), Ok(None));
    reader.push(b"\nab\r\nc");
    assert_eq!(
        reader.next_line().unwrap().map(|line| line.len()),
        Some(MAX_LINE - 1)
    );
    assert_eq!(reader.next_line().unwrap().as_deref(), Some(&b"ab"[..]));
    assert_eq!(reader.next_line(), Ok(None));
    reader.push(&vec![b'x'; MAX_LINE]);
    assert_eq!(reader.next_line(), Err(CodecError::TooLong));
    reader.push(b"\nok\n");
    assert_eq!(reader.next_line(), Err(CodecError::TooLong));
    let huge = Response::ok(
        1,
        Reply::Explain {
            text: "x".repeat(MAX_LINE),
        },
    );
    assert_eq!(encode(&huge), Err(CodecError::TooLong));
}

#[test]
fn the_client_asks_and_pages() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pbxd.sock");
    let wait = Duration::from_secs(20);
    assert!(matches!(
        Client::connect(&path, wait),
        Err(ClientError::Connect { .. })
    ));
    let listener = UnixListener::bind(&path).unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = LineReader::default();
        let mut octets = [0; 7];
        loop {
            let count = stream.read(&mut octets).unwrap();
            if count == 0 {
                return;
            }
            reader.push(&octets[..count]);
            while let Some(line) = reader.next_line().unwrap() {
                let request = decode_request(&line).unwrap();
                let response = match request.command {
                    Command::Calls { after, .. } => {
                        let Response {
                            outcome: pbx_api::Done::Ok(Reply::Calls { mut calls, .. }),
                            ..
                        } = replies().remove(0)
                        else {
                            panic!("the first reply lists calls")
                        };
                        calls[0].id = after + 1;
                        Response::ok(
                            request.id,
                            Reply::Calls {
                                calls,
                                more: after < 2,
                            },
                        )
                    }
                    Command::Hangup { call, .. } => Response::error(
                        request.id,
                        ErrorCode::NotFound,
                        format!("there is no call {call}"),
                    ),
                    Command::Status {} => Response::ok(request.id + 1, Reply::Hangup {}),
                    _ => return,
                };
                stream.write_all(&encode(&response).unwrap()).unwrap();
            }
        }
    });
    let mut client = Client::connect(&path, wait).unwrap();
    let ids: Vec<u64> = client.calls().unwrap().iter().map(|call| call.id).collect();
    assert_eq!(ids, [1, 2, 3]);
    let refused = client
        .ask(Command::Hangup { call: 5, cause: 16 })
        .unwrap_err();
    assert!(matches!(&refused, ClientError::Refused(error) if error.code == ErrorCode::NotFound));
    assert_eq!(refused.to_string(), "there is no call 5");
    assert!(matches!(
        client.ask(Command::Status {}),
        Err(ClientError::WrongId {
            found: 6,
            expected: 5
        })
    ));
    assert!(matches!(
        client.ask(Command::Spans {}),
        Err(ClientError::Io(_))
    ));
    server.join().unwrap();
}

proptest! {
    #[test]
    fn any_octets_are_a_request_or_an_error(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut reader = LineReader::default();
        for part in octets.chunks(7) {
            reader.push(part);
            while let Ok(Some(line)) = reader.next_line() {
                let _ = decode_request(&line);
                let _ = decode_response(&line);
            }
        }
    }

    #[test]
    fn lines_survive_any_cut(lines in prop::collection::vec("[a-z]{0,20}", 0..10), cut in 1usize..9) {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let mut reader = LineReader::default();
        let mut found = Vec::new();
        for part in text.as_bytes().chunks(cut) {
            reader.push(part);
            while let Some(line) = reader.next_line().unwrap() {
                found.push(String::from_utf8(line).unwrap());
            }
        }
        prop_assert_eq!(found, lines);
    }
}
