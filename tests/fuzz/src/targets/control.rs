// SPDX-License-Identifier: MIT OR Apache-2.0
//! The control protocol of pbxd, as it arrives on its socket.
//!
//! The first octet picks how the stream is cut. Lines must be the same whatever the cut, and a request that was read must
//! come out of encoder and decoder unchanged.

use pbx_api::{LineReader, decode_request, decode_response, encode};

/// The lines of one pass; the end of the stream or a line that is too long ends it.
fn lines(stream: &[u8], chunk: usize) -> Vec<Vec<u8>> {
    let mut reader = LineReader::default();
    let mut lines = Vec::new();
    for part in stream.chunks(chunk) {
        reader.push(part);
        while let Ok(Some(line)) = reader.next_line() {
            lines.push(line);
        }
    }
    lines
}

/// One run.
pub fn run(data: &[u8]) {
    let Some((&first, stream)) = data.split_first() else {
        return;
    };
    let found = lines(stream, usize::from(first).max(1));
    assert_eq!(found, lines(stream, stream.len().max(1)), "the cut matters");
    for line in found {
        match decode_request(&line) {
            Ok(request) => {
                if let Ok(again) = encode(&request) {
                    assert_eq!(decode_request(again.trim_ascii_end()), Ok(request));
                }
            }
            Err((id, error)) => {
                assert!(
                    encode(&error.response(id)).is_ok(),
                    "an error that cannot be told"
                );
            }
        }
        if let Ok(response) = decode_response(&line) {
            assert!(encode(&response).is_ok());
        }
    }
}
