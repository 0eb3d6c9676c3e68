// SPDX-License-Identifier: MIT OR Apache-2.0
//! The client against challenges as they are found.

use sip_auth::{Client, ClientConfig, Credentials, Declined, Login, Qop, Request, Secret, Target};

const INVITE: Request<'_> = Request {
    method: "INVITE",
    uri: "sip:5551@trunk.example",
    body: b"",
};

fn client(logins: Vec<Login>) -> Client {
    Client::new(ClientConfig::new(logins), [5; 32])
}

fn trunk() -> Client {
    client(vec![Login::with_password(None, "tandem", "pw")])
}

fn one(client: &mut Client, challenge: &str) -> Result<Credentials, Declined> {
    client.challenged([(Target::Server, challenge)])?;
    let mut fields = client.authorize(&INVITE);
    assert_eq!(fields.len(), 1);
    Ok(Credentials::parse(&fields.remove(0).1).expect("readable credentials"))
}

#[test]
fn counts_go_on_within_a_nonce_and_begin_anew_with_another() {
    let mut client = trunk();
    let first = one(&mut client, r#"Digest realm="r", nonce="n1", qop="auth""#).unwrap();
    assert_eq!((first.count(), first.nonce.as_str()), (Some(1), "n1"));
    client.begin();
    let second = Credentials::parse(&client.authorize(&INVITE)[0].1).unwrap();
    assert_eq!(second.count(), Some(2));
    assert_eq!(second.cnonce, first.cnonce);
    let same = one(&mut client, r#"Digest realm="r", nonce="n1", qop="auth""#).unwrap();
    assert_eq!(same.count(), Some(3));
    client.begin();
    let other = one(&mut client, r#"Digest realm="r", nonce="n2", qop="auth""#).unwrap();
    assert_eq!(other.count(), Some(1));
    assert_ne!(other.cnonce, first.cnonce);
}

#[test]
fn a_refused_login_is_not_sent_again_and_a_stale_nonce_is_not_a_refusal() {
    let mut client = trunk();
    let fresh = |n: u32| format!(r#"Digest realm="r", nonce="n{n}", qop="auth""#);
    one(&mut client, &fresh(1)).unwrap();
    assert_eq!(
        one(&mut client, &fresh(2)),
        Err(Declined::Rejected("r".into()))
    );
    let mut client = trunk();
    one(&mut client, &fresh(1)).unwrap();
    let stale = |n: u32| format!(r#"Digest realm="r", nonce="n{n}", qop="auth", stale=true"#);
    for n in 2..=4 {
        one(&mut client, &stale(n)).unwrap();
    }
    assert_eq!(
        one(&mut client, &stale(5)),
        Err(Declined::Endless("r".into()))
    );
    // After `begin` one challenge may come without `stale`: many servers leave it out when the
    // nonce of an answer given in advance is too old.
    let mut client = trunk();
    one(&mut client, &fresh(1)).unwrap();
    client.begin();
    assert!(one(&mut client, &fresh(2)).is_ok());
}

#[test]
fn several_realms_and_proxies_are_answered_together() {
    let mut client = client(vec![
        Login::with_password(Some("a"), "one", "x"),
        Login::with_password(None, "two", "y"),
    ]);
    client
        .challenged([
            (Target::Proxy, r#"Digest realm="a", nonce="1", qop="auth""#),
            (Target::Proxy, r#"Digest realm="b", nonce="2", qop="auth""#),
            (Target::Server, r#"Digest realm="a", nonce="3", qop="auth""#),
        ])
        .unwrap();
    let fields = client.authorize(&INVITE);
    let mut seen: Vec<_> = fields
        .iter()
        .map(|(target, text)| {
            let read = Credentials::parse(text).unwrap();
            (target.credentials_header(), read.realm, read.username)
        })
        .collect();
    seen.sort();
    assert_eq!(
        seen,
        [
            ("Authorization", "a".into(), "one".into()),
            ("Proxy-Authorization", "a".into(), "one".into()),
            ("Proxy-Authorization", "b".into(), "two".into()),
        ]
    );
    client.forget();
    assert!(client.authorize(&INVITE).is_empty());
}

#[test]
fn what_cannot_be_answered_is_named() {
    let mut none = client(vec![Login::with_password(Some("a"), "u", "p")]);
    let declined = |c: &mut Client, text: &str| one(c, text).unwrap_err();
    assert_eq!(
        declined(&mut none, r#"Digest realm="b", nonce="n""#),
        Declined::NoLogin("b".into())
    );
    assert_eq!(
        declined(
            &mut trunk(),
            r#"Digest realm="b", nonce="n", algorithm=AKAv1-MD5"#
        ),
        Declined::Algorithm("b".into())
    );
    assert_eq!(
        declined(&mut trunk(), r#"Digest realm="b", nonce="n", qop="token""#),
        Declined::Qop("b".into())
    );
    assert_eq!(
        declined(&mut trunk(), r#"Basic realm="b""#),
        Declined::NoChallenge
    );
    assert!(matches!(
        declined(&mut trunk(), "Digest realm=b"),
        Declined::Malformed(_)
    ));
    // An HA1 for MD5 alone cannot answer SHA-256.
    let ha1 = Secret::from_password("u", "b", "p")
        .ha1(sip_auth::Algorithm::Md5)
        .unwrap();
    let secret = Secret::empty()
        .with_ha1(sip_auth::Algorithm::Md5, &ha1)
        .unwrap();
    let mut stored = client(vec![Login::with_secret("b", "u", secret)]);
    assert_eq!(
        declined(
            &mut stored,
            r#"Digest realm="b", nonce="n", algorithm=SHA-256"#
        ),
        Declined::Algorithm("b".into())
    );
    assert!(one(&mut stored, r#"Digest realm="b", nonce="n", algorithm=MD5"#).is_ok());
}

#[test]
fn the_challenge_decides_what_is_written() {
    let bare = one(&mut trunk(), r#"Digest realm="r", nonce="n", opaque="o""#).unwrap();
    assert!(!bare.named && bare.counted.is_none() && bare.cnonce.is_none());
    assert_eq!(bare.opaque.as_deref(), Some("o"));
    let session = one(
        &mut trunk(),
        r#"Digest realm="r", nonce="n", algorithm=MD5-sess, qop="auth-int,auth""#,
    )
    .unwrap();
    assert!(session.session && session.cnonce.is_some());
    assert_eq!(session.counted.map(|(q, _)| q), Some(Qop::Auth));
    let mut config = ClientConfig::new(vec![Login::with_password(None, "u", "p")]);
    config.prefer_integrity = true;
    config.without_qop = false;
    let mut careful = Client::new(config, [1; 32]);
    let covered = one(
        &mut careful,
        r#"Digest realm="r", nonce="n", qop="auth,auth-int""#,
    );
    assert_eq!(covered.unwrap().counted.map(|(q, _)| q), Some(Qop::AuthInt));
    assert_eq!(
        one(&mut careful, r#"Digest realm="s", nonce="n""#),
        Err(Declined::Qop("s".into()))
    );
}

#[test]
fn nothing_of_a_password_shows() {
    let login = Login::with_password(None, "user", "hunter2");
    let client = client(vec![login.clone()]);
    assert!(!format!("{login:?} {client:?}").contains("hunter2"));
}
