// SPDX-License-Identifier: MIT OR Apache-2.0
//! Challenges and credentials: what is read can be written and read again, and nothing
//! arbitrary logs in.

use core::net::{IpAddr, Ipv4Addr};
use core::time::Duration;

use sip_auth::{
    Authenticator, Client, ClientConfig, Config, Credentials, Login, Request, Secret, Target,
    Verdict, parse_challenges,
};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const REQUEST: Request<'_> = Request {
    method: "REGISTER",
    uri: "sip:pbx",
    body: b"",
};

/// Reads `data` as the header values of a challenge and of an answer, one a line.
///
/// # Panics
/// If what was read does not survive being written, an answer of ours cannot be read, or a
/// stranger is let in.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let lines: Vec<&str> = text.split('\n').take(32).collect();
    for line in &lines {
        if let Ok(read) = Credentials::parse(line) {
            let again = Credentials::parse(&read.to_string());
            assert!(
                again.is_err() || again == Ok(blanked(read)),
                "credentials changed by writing"
            );
        }
        for challenge in parse_challenges(line).unwrap_or_default() {
            let written = challenge.to_string();
            assert!(!written.contains(['\r', '\n']), "a line break got out");
        }
    }
    let Ok(mut server) = Authenticator::new(Config::new("r"), [1; 32]) else {
        panic!("a good configuration is refused");
    };
    let verdict = server.verify(Duration::ZERO, HERE, &REQUEST, lines.iter().copied(), |_: &str| {
        None::<Secret>
    });
    assert!(!matches!(verdict, Verdict::Accepted(_)), "a stranger is in");
    let login = Login::with_password(None, "bob", "secret");
    let mut client = Client::new(ClientConfig::new(vec![login]), [2; 32]);
    if client
        .challenged(lines.iter().map(|line| (Target::Server, *line)))
        .is_ok()
    {
        for (_, answer) in client.authorize(&REQUEST) {
            assert!(Credentials::parse(&answer).is_ok(), "our answer: {answer}");
        }
    }
}

/// What writing does on purpose: control characters become blanks.
fn blanked(mut read: Credentials) -> Credentials {
    let clean = |text: &mut String| {
        *text = text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
    };
    for text in [
        &mut read.username,
        &mut read.realm,
        &mut read.nonce,
        &mut read.uri,
        &mut read.response,
    ] {
        clean(text);
    }
    if read.algorithm.is_none() {
        // The name of an algorithm that we do not know is not kept.
        read.algorithm = Some(sip_auth::Algorithm::Md5);
        read.named = false;
    }
    read.cnonce.iter_mut().for_each(clean);
    read.opaque.iter_mut().for_each(clean);
    read.others.iter_mut().for_each(|(_, value)| clean(value));
    read
}
