// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the scenario tests share.

use sdp::{Codec, Description, LocalAudio, Negotiator};

/// Our side: 192.0.2.1:4000, PCMA before PCMU.
pub(crate) fn local() -> LocalAudio {
    let address = "192.0.2.1".parse().expect("an address");
    LocalAudio::new(address, 4000, &[Codec::Pcma, Codec::Pcmu]).expect("a stream")
}

pub(crate) fn negotiator() -> Negotiator {
    Negotiator::new(local(), 77, 5)
}

/// A description with these lines after the time line, one per line of `rest`.
pub(crate) fn description(rest: &str) -> Description {
    let mut body = String::from("v=0\r\no=bob 9 1 IN IP4 198.51.100.7\r\ns=-\r\n");
    body.push_str("c=IN IP4 198.51.100.7\r\nt=0 0\r\n");
    for line in rest.lines() {
        body.push_str(line.trim());
        body.push_str("\r\n");
    }
    Description::parse(body.as_bytes()).expect("a description")
}
