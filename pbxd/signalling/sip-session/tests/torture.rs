// SPDX-License-Identifier: MIT OR Apache-2.0
//! How an endpoint answers each message of RFC 4475, as the crate `sipx-testkit` carries
//! them.
#![allow(clippy::unwrap_used)]
mod support;

use sip_session::{Config, Endpoint, Output};
use sipx_testkit::rfc4475;
use support::*;

/// The first response to each message; 0 is none.
const ANSWERS: [(&str, u16); 50] = [
    // A To tag of no dialog.
    ("wsinv", 481),
    ("intmeth", 501),
    ("esc01", 100),
    ("escnull", 405),
    ("esc02", 501),
    ("lwsdisp", 200),
    ("longreq", 100),
    ("dblreq", 405),
    ("semiuri", 200),
    ("transports", 200),
    ("mpart01", 405),
    ("unreason", 0),
    ("noreason", 0),
    // No readable Via to answer to.
    ("badinv01", 0),
    ("clerr", 400),
    ("ncl", 400),
    ("scalar02", 400),
    ("scalarlg", 0),
    ("quotbal", 400),
    ("ltgtruri", 400),
    ("lwsruri", 400),
    ("lwsstart", 400),
    ("trws", 400),
    ("escruri", 400),
    // A Date nobody needs.
    ("baddate", 100),
    ("regbadct", 405),
    ("badaspec", 400),
    // Not terminated: half a message.
    ("baddn", 0),
    ("badvers", 505),
    ("mismatch01", 400),
    ("mismatch02", 400),
    ("bigcode", 0),
    ("badbranch", 200),
    ("insuf", 400),
    ("unkscm", 416),
    ("novelsc", 416),
    ("unksm2", 405),
    ("bext01", 420),
    ("invut", 415),
    ("regaut01", 405),
    ("multi01", 400),
    ("mcl01", 400),
    ("bcast", 0),
    ("zeromf", 200),
    ("cparam01", 405),
    ("cparam02", 405),
    ("regescrt", 405),
    ("sdp01", 406),
    ("inv2543", 100),
    // Not referenced by the RFC.
    ("test", 0),
];

#[test]
fn every_message_of_the_archive_is_answered_as_it_should_be() {
    for (name, expected) in ANSWERS {
        let mut endpoint = Endpoint::new(Config::default(), [6; 32]);
        let bytes = rfc4475::case(name).unwrap().bytes;
        endpoint.input_datagram(secs(1), addr(A), addr(B), bytes);
        let mut first = 0;
        while let Some(output) = endpoint.poll_output() {
            if let Output::Transmit(t) = output {
                let answer =
                    sip_msg::Message::from_datagram(&t.bytes, &Default::default()).unwrap();
                first = if first == 0 {
                    answer.status().unwrap()
                } else {
                    first
                };
            }
        }
        if name != "test" {
            assert_eq!(first, expected, "{name}");
        }
    }
    assert!(
        rfc4475::CASES
            .iter()
            .all(|c| ANSWERS.iter().any(|a| a.0 == c.name))
    );
}
