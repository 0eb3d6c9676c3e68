// SPDX-License-Identifier: MIT OR Apache-2.0
//! An authenticator and a client against each other, and against strangers.

use core::net::{IpAddr, Ipv4Addr};
use core::time::Duration;

use proptest::prelude::*;
use sip_auth::{
    Accepted, Algorithm, Authenticator, Challenge, Claim, Client, ClientConfig, Config,
    Credentials, Login, Qop, Refusal, Request, Secret, Target, UriPolicy, Verdict,
};

const REALM: &str = "pbx.example";
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const NOW: Duration = Duration::from_secs(1_000);
const REGISTER: Request<'_> = Request {
    method: "REGISTER",
    uri: "sip:pbx.example",
    body: b"",
};

fn server(change: impl FnOnce(&mut Config)) -> Authenticator {
    let mut config = Config::new(REALM);
    change(&mut config);
    Authenticator::new(config, [9; 32]).expect("a good configuration")
}

fn bob() -> Client {
    client(|_| {})
}

fn client(change: impl FnOnce(&mut ClientConfig)) -> Client {
    let mut config = ClientConfig::new(vec![Login::with_password(None, "bob", "secret")]);
    change(&mut config);
    Client::new(config, [5; 32])
}

/// The users of the server: bob.
fn users(name: &str) -> Option<Secret> {
    (name == "bob").then(|| Secret::from_password("bob", REALM, "secret"))
}

fn judge(server: &mut Authenticator, now: Duration, fields: &[(Target, String)]) -> Verdict {
    judge_request(server, now, &REGISTER, fields)
}

fn judge_request(
    server: &mut Authenticator,
    now: Duration,
    request: &Request<'_>,
    fields: &[(Target, String)],
) -> Verdict {
    server.verify(
        now,
        HERE,
        request,
        fields.iter().map(|(_, f)| f.as_str()),
        users,
    )
}

fn claim(username: &str) -> Claim {
    Claim {
        username: username.to_string(),
        proven: true,
    }
}

fn wrong(username: &str) -> Refusal {
    Refusal::WrongResponse(claim(username))
}

fn unknown(username: &str) -> Refusal {
    Refusal::UnknownUser(claim(username))
}

fn refusal(verdict: Verdict) -> Refusal {
    match verdict {
        Verdict::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

/// Challenges as they stand in the response's fields.
fn asked(server: &mut Authenticator, now: Duration, why: &Refusal) -> Vec<String> {
    server
        .challenge(now, HERE, why)
        .iter()
        .map(Challenge::to_string)
        .collect()
}

fn take(client: &mut Client, fields: &[String]) -> Result<(), sip_auth::Declined> {
    client.challenged(fields.iter().map(|f| (Target::Server, f.as_str())))
}

/// The request, the challenge, the request again.
fn log_in(
    server: &mut Authenticator,
    client: &mut Client,
    now: Duration,
    request: &Request<'_>,
) -> Verdict {
    client.begin();
    let first = client.authorize(request);
    assert!(first.is_empty());
    let why = refusal(judge_request(server, now, request, &first));
    assert_eq!(why, Refusal::NoCredentials);
    let fields = asked(server, now, &why);
    take(client, &fields).expect("an answer");
    let second = client.authorize(request);
    judge_request(server, now, request, &second)
}

#[test]
fn every_algorithm_and_quality_logs_in() {
    for algorithm in Algorithm::ALL {
        for qop in [Qop::Auth, Qop::AuthInt] {
            let mut server = server(|c| {
                c.algorithms = vec![algorithm];
                c.qops = vec![qop];
            });
            let request = Request {
                body: b"v=0\r\n",
                ..REGISTER
            };
            let verdict = log_in(&mut server, &mut bob(), NOW, &request);
            let accepted = Accepted {
                username: "bob".into(),
                algorithm,
                qop: Some(qop),
            };
            assert_eq!(verdict, Verdict::Accepted(accepted), "{algorithm} {qop}");
        }
    }
}

#[test]
fn auth_int_covers_the_body_and_auth_the_method() {
    let mut server = server(|c| c.qops = vec![Qop::AuthInt]);
    let mut bob = bob();
    let why = Refusal::NoCredentials;
    let fields = asked(&mut server, NOW, &why);
    take(&mut bob, &fields).unwrap();
    let answer = bob.authorize(&REGISTER);
    for other in [
        Request {
            body: b"x",
            ..REGISTER
        },
        Request {
            method: "INVITE",
            ..REGISTER
        },
    ] {
        let verdict = judge_request(&mut server, NOW, &other, &answer);
        assert_eq!(refusal(verdict), wrong("bob"));
    }
    assert!(matches!(
        judge(&mut server, NOW, &answer),
        Verdict::Accepted(_)
    ));
}

#[test]
fn challenges_come_in_the_order_of_preference_and_the_client_takes_the_first_it_may() {
    let mut server = server(|c| {
        c.algorithms = vec![Algorithm::Sha512_256, Algorithm::Sha256, Algorithm::Md5];
    });
    let fields = asked(&mut server, NOW, &Refusal::NoCredentials);
    let names: Vec<_> = fields
        .iter()
        .map(|f| {
            f.split("algorithm=")
                .nth(1)
                .unwrap()
                .split(',')
                .next()
                .unwrap()
        })
        .collect();
    assert_eq!(names, ["SHA-512-256", "SHA-256", "MD5"]);
    for (allowed, wanted) in [
        (Algorithm::ALL.to_vec(), "algorithm=SHA-512-256,"),
        (
            vec![Algorithm::Md5, Algorithm::Sha256],
            "algorithm=SHA-256,",
        ),
        (vec![Algorithm::Md5], "algorithm=MD5,"),
    ] {
        let mut bob = client(|c| c.algorithms = allowed);
        let fields = asked(&mut server, NOW, &Refusal::NoCredentials);
        take(&mut bob, &fields).unwrap();
        let answer = bob.authorize(&REGISTER);
        assert!(answer[0].1.contains(wanted), "{answer:?}");
        assert!(matches!(
            judge(&mut server, NOW, &answer),
            Verdict::Accepted(_)
        ));
    }
}

#[test]
fn a_weaker_algorithm_than_the_policy_is_refused_on_both_sides() {
    let mut strict = server(|c| c.algorithms = vec![Algorithm::Sha256]);
    let mut weak = server(|c| c.algorithms = vec![Algorithm::Md5]);
    let md5 = asked(&mut weak, NOW, &Refusal::NoCredentials);
    // The server: a right MD5 response to a nonce of its own, since the keys are the same.
    let mut bob = bob();
    take(&mut bob, &md5).unwrap();
    let verdict = judge(&mut strict, NOW, &bob.authorize(&REGISTER));
    assert_eq!(refusal(verdict), Refusal::Algorithm);
    assert_eq!(strict.counters().algorithm, 1);
    assert_eq!(strict.counters().responses_computed, 0);
    // The client.
    let mut careful = client(|c| c.algorithms = vec![Algorithm::Sha256]);
    assert_eq!(
        take(&mut careful, &md5),
        Err(sip_auth::Declined::Algorithm(REALM.into()))
    );
}

#[test]
fn each_count_serves_once_and_a_window_of_them_in_any_order() {
    let mut server = server(|_| {});
    let mut bob = bob();
    assert!(matches!(
        log_in(&mut server, &mut bob, NOW, &REGISTER),
        Verdict::Accepted(_)
    ));
    let mut answers: Vec<_> = (0..40).map(|_| bob.authorize(&REGISTER)).collect();
    answers.reverse();
    for answer in &answers {
        assert!(matches!(
            judge(&mut server, NOW, answer),
            Verdict::Accepted(_)
        ));
    }
    for answer in &answers {
        let why = refusal(judge(&mut server, NOW, answer));
        assert_eq!(why, Refusal::Replayed("bob".into()));
        assert!(why.is_stale() && !why.is_failure());
    }
    assert_eq!(server.counters().replayed, 40);
    assert_eq!(server.remembered(), 1);
}

#[test]
fn an_old_nonce_is_stale_for_the_right_password_and_wrong_for_any_other() {
    let mut server = server(|_| {});
    let mut bob = bob();
    log_in(&mut server, &mut bob, NOW, &REGISTER);
    let later = NOW + Duration::from_secs(301);
    let answer = bob.authorize(&REGISTER);
    let why = refusal(judge(&mut server, later, &answer));
    assert_eq!(why, Refusal::Stale("bob".into()));
    // The client goes on without asking anybody.
    bob.begin();
    let fields = asked(&mut server, later, &why);
    assert!(fields.iter().all(|f| f.contains("stale=true")));
    take(&mut bob, &fields).unwrap();
    let again = bob.authorize(&REGISTER);
    assert!(matches!(
        judge(&mut server, later, &again),
        Verdict::Accepted(_)
    ));

    let mut mallory = client(|c| {
        c.logins = vec![Login::with_password(None, "bob", "guess")];
    });
    take(
        &mut mallory,
        &asked(&mut server, NOW, &Refusal::NoCredentials),
    )
    .unwrap();
    let why = refusal(judge(&mut server, later, &mallory.authorize(&REGISTER)));
    assert_eq!(why, wrong("bob"));
    assert!(!why.is_stale() && why.is_failure());
}

#[test]
fn nonces_of_another_key_or_from_the_future_are_stale() {
    let mut before = Authenticator::new(Config::new(REALM), [1; 32]).unwrap();
    let mut after = server(|_| {});
    for now in [NOW, Duration::ZERO] {
        let mut bob = bob();
        let source = if now == NOW { &mut before } else { &mut after };
        let fields = asked(source, NOW, &Refusal::NoCredentials);
        take(&mut bob, &fields).unwrap();
        let why = refusal(judge(&mut after, now, &bob.authorize(&REGISTER)));
        assert_eq!(why, Refusal::ForeignNonce("bob".into()));
        assert!(why.is_stale());
    }
}

#[test]
fn a_nonce_tells_whether_its_sender_is_who_was_sent_it() {
    let there: IpAddr = "198.51.100.9".parse().unwrap();
    for bind_source in [false, true] {
        let mut server = server(|c| c.bind_source = bind_source);
        let mut bob = bob();
        take(&mut bob, &asked(&mut server, NOW, &Refusal::NoCredentials)).unwrap();
        let good = bob.authorize(&REGISTER).remove(0).1;
        let bad = good.replace("sip:pbx.example", "sip:pbx.exampl");
        for (source, proven) in [(HERE, true), (there, false)] {
            let verdict = server.verify(NOW, source, &REGISTER, [bad.as_str()], users);
            let claim = Claim {
                proven,
                ..claim("bob")
            };
            assert_eq!(refusal(verdict), Refusal::WrongResponse(claim));
        }
        // A nonce that was sent to another serves, unless it is bound.
        let verdict = server.verify(NOW, there, &REGISTER, [good.as_str()], users);
        match bind_source {
            false => assert!(matches!(verdict, Verdict::Accepted(_))),
            true => assert_eq!(refusal(verdict), Refusal::ForeignNonce("bob".into())),
        }
    }
}

#[test]
fn memory_is_bounded_and_what_falls_out_is_stale() {
    let mut server = server(|c| c.remembered_nonces = 8);
    let mut clients: Vec<_> = (0..9).map(|_| bob()).collect();
    for client in &mut clients {
        assert!(matches!(
            log_in(&mut server, client, NOW, &REGISTER),
            Verdict::Accepted(_)
        ));
        assert!(server.remembered() <= 8);
    }
    assert_eq!(server.counters().dropped_nonces, 1);
    let why = refusal(judge(&mut server, NOW, &clients[0].authorize(&REGISTER)));
    assert_eq!(why, Refusal::Stale("bob".into()));
    let second = clients[1].authorize(&REGISTER);
    assert!(matches!(
        judge(&mut server, NOW, &second),
        Verdict::Accepted(_)
    ));
    // Challenges alone, and wrong answers, take no memory.
    for _ in 0..1_000 {
        server.challenge(NOW, HERE, &Refusal::NoCredentials);
    }
    assert_eq!(server.remembered(), 8);
}

#[test]
fn counts_of_nonces_that_are_too_old_are_forgotten() {
    let mut server = server(|_| {});
    for minute in 0..60 {
        let now = NOW + Duration::from_secs(60 * minute);
        log_in(&mut server, &mut bob(), now, &REGISTER);
    }
    let kept = server.remembered();
    assert!(kept <= 12, "{kept} nonces of ten minutes");
    assert_eq!(server.counters().dropped_nonces, 0);
}

#[test]
fn credentials_without_qop_serve_once_or_not_at_all() {
    let text = |nonce: &str| {
        let bare = format!("Digest realm=\"{REALM}\", nonce=\"{nonce}\", algorithm=MD5");
        let mut bob = bob();
        take(&mut bob, &[bare]).unwrap();
        let fields = bob.authorize(&REGISTER);
        assert!(!fields[0].1.contains("qop"));
        fields
    };
    let mut server = server(|_| {});
    let nonce = server.challenge(NOW, HERE, &Refusal::NoCredentials)[0]
        .nonce
        .clone();
    let fields = text(&nonce);
    let verdict = judge(&mut server, NOW, &fields);
    assert!(matches!(
        verdict,
        Verdict::Accepted(Accepted { qop: None, .. })
    ));
    let why = refusal(judge(&mut server, NOW, &fields));
    assert_eq!(why, Refusal::Replayed("bob".into()));

    let mut strict = self::server(|c| c.without_qop = false);
    let nonce = strict.challenge(NOW, HERE, &Refusal::NoCredentials)[0]
        .nonce
        .clone();
    assert_eq!(
        refusal(judge(&mut strict, NOW, &text(&nonce))),
        Refusal::Qop
    );
}

#[test]
fn the_dialled_number_cannot_be_exchanged() {
    let mut server = server(|_| {});
    let mut bob = bob();
    let dialled = Request {
        method: "INVITE",
        uri: "sip:5551@pbx.example",
        body: b"",
    };
    take(&mut bob, &asked(&mut server, NOW, &Refusal::NoCredentials)).unwrap();
    let answer = bob.authorize(&dialled);
    let stolen = Request {
        uri: "sip:9001234@pbx.example",
        ..dialled
    };
    let why = refusal(judge_request(&mut server, NOW, &stolen, &answer));
    assert_eq!(why, Refusal::Uri);
    let rewritten = Request {
        uri: "sip:5551@192.0.2.7:5070;transport=udp",
        ..dialled
    };
    let verdict = judge_request(&mut server, NOW, &rewritten, &answer);
    assert!(matches!(verdict, Verdict::Accepted(_)));
    let mut exact = self::server(|c| c.uri = UriPolicy::Exact);
    let why = refusal(judge_request(&mut exact, NOW, &rewritten, &answer));
    assert_eq!(why, Refusal::Uri);
}

#[test]
fn of_several_fields_the_one_for_the_realm_counts() {
    let mut server = server(|_| {});
    let mut bob = bob();
    take(&mut bob, &asked(&mut server, NOW, &Refusal::NoCredentials)).unwrap();
    let ours = bob.authorize(&REGISTER).remove(0).1;
    let others = [
        "Bearer abc.def".to_string(),
        "Digest username=b, realm=elsewhere, nonce=n, uri=u, response=0".to_string(),
        "Digest realm=\"open".to_string(),
    ];
    let all: Vec<_> = others.iter().chain([&ours]).map(String::as_str).collect();
    let verdict = server.verify(NOW, HERE, &REGISTER, all, users);
    assert!(matches!(verdict, Verdict::Accepted(_)));
    let broken = server.verify(
        NOW,
        HERE,
        &REGISTER,
        others.iter().map(String::as_str),
        users,
    );
    assert!(matches!(broken, Verdict::Malformed(_)));
    let none = server.verify(NOW, HERE, &REGISTER, [others[1].as_str()], users);
    assert_eq!(refusal(none), Refusal::NoCredentials);
}

#[test]
fn a_user_without_a_digest_for_the_algorithm_cannot_log_in_with_it() {
    let sha = Secret::from_password("bob", REALM, "secret")
        .ha1(Algorithm::Sha256)
        .unwrap();
    let find = |_: &str| Secret::empty().with_ha1(Algorithm::Sha256, &sha).ok();
    let mut server = server(|_| {});
    let fields = asked(&mut server, NOW, &Refusal::NoCredentials);
    for (algorithm, good) in [(Algorithm::Sha256, true), (Algorithm::Md5, false)] {
        let mut bob = client(|c| c.algorithms = vec![algorithm]);
        take(&mut bob, &fields).unwrap();
        let answer = bob.authorize(&REGISTER);
        let verdict = server.verify(
            NOW,
            HERE,
            &REGISTER,
            answer.iter().map(|(_, f)| f.as_str()),
            find,
        );
        assert_eq!(matches!(verdict, Verdict::Accepted(_)), good, "{algorithm}");
    }
}

/// A challenge with its nonce blanked.
fn masked(server: &mut Authenticator, why: &Refusal) -> Vec<String> {
    let challenges = server.challenge(NOW, HERE, why);
    challenges
        .into_iter()
        .map(|c| c.to_string().replace(&c.nonce, "NONCE"))
        .collect()
}

#[test]
fn strangers_cannot_tell_users_apart_from_the_answer_or_the_work() {
    let mut server = server(|_| {});
    let answers = |server: &mut Authenticator, name: &str, algorithm: Algorithm| {
        let mut guess = client(|c| {
            c.logins = vec![Login::with_password(None, name, "guess")];
            c.algorithms = vec![algorithm];
        });
        let mut seen = Vec::new();
        let bare = judge(server, NOW, &[]);
        seen.push(masked(server, &refusal(bare)));
        take(&mut guess, &asked(server, NOW, &Refusal::NoCredentials)).unwrap();
        let before = server.counters().responses_computed;
        let why = refusal(judge(server, NOW, &guess.authorize(&REGISTER)));
        assert_eq!(server.counters().responses_computed, before + 1, "{name}");
        assert!(why.is_failure());
        seen.push(masked(server, &why));
        seen
    };
    let mut all = Vec::new();
    for algorithm in [Algorithm::Md5, Algorithm::Sha256] {
        for name in ["bob", "nobody", "", "root' OR 1=1"] {
            all.push(answers(&mut server, name, algorithm));
        }
    }
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(server.counters().unknown_user, 6);
    assert_eq!(server.counters().wrong_response, 2);
}

#[test]
fn the_secret_of_users_who_do_not_exist_is_nobodys() {
    let mut server = server(|_| {});
    for (user, password) in [("", ""), ("nobody", ""), ("", "nobody")] {
        let mut guess = client(|c| {
            c.logins = vec![Login::with_password(None, user, password)];
        });
        take(
            &mut guess,
            &asked(&mut server, NOW, &Refusal::NoCredentials),
        )
        .unwrap();
        let why = refusal(judge(&mut server, NOW, &guess.authorize(&REGISTER)));
        assert_eq!(why, unknown(user));
    }
}

#[test]
fn configurations_that_cannot_work_are_refused() {
    let refused = |change: fn(&mut Config)| {
        let mut config = Config::new(REALM);
        change(&mut config);
        Authenticator::new(config, [0; 32]).is_err()
    };
    assert!(refused(|c| c.algorithms.clear()));
    assert!(refused(|c| c.algorithms.push(Algorithm::Md5)));
    assert!(refused(|c| c.qops.clear()));
    assert!(refused(|c| c.realm.clear()));
    assert!(refused(|c| c.realm = "a\nb".into()));
    assert!(refused(|c| c.nonce_lifetime = Duration::ZERO));
    assert!(refused(|c| c.remembered_nonces = 0));
    assert!(!refused(|_| {}));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_name_password_and_realm_log_in(
        user in "[^\\p{C}]{1,24}",
        password in "[^\\p{C}]{0,24}",
        realm in "[^\\p{C}]{1,24}",
        body in proptest::collection::vec(any::<u8>(), 0..64),
        loose in any::<bool>(),
    ) {
        let mut config = Config::new(&realm);
        config.qops = vec![Qop::AuthInt];
        let mut server = Authenticator::new(config, [1; 32]).unwrap();
        let login = Login::with_password(Some(&realm), &user, &password);
        let mut client = Client::new(ClientConfig::new(vec![login]), [2; 32]);
        let fields: Vec<_> = server
            .challenge(NOW, HERE, &Refusal::NoCredentials)
            .iter()
            .map(|c| if loose { c.to_string().replace(", ", ",\r\n\t ") } else { c.to_string() })
            .collect();
        // A realm or a name may hold the very blanks that were changed.
        prop_assume!(!loose || !(realm.contains(", ") || user.contains(", ")));
        client.challenged(fields.iter().map(|f| (Target::Proxy, f.as_str()))).unwrap();
        let request = Request { method: "INVITE", uri: "sip:1@h", body: &body };
        let answer = client.authorize(&request);
        let verdict = server.verify(NOW, HERE, &request, [answer[0].1.as_str()], |name: &str| {
            (name == user).then(|| Secret::from_password(&user, &realm, &password))
        });
        prop_assert!(matches!(verdict, Verdict::Accepted(_)), "{verdict:?} {answer:?}");
    }

    #[test]
    fn arbitrary_fields_do_no_harm(text in "\\PC*", spice in "[\", =\\\\DigestrealmQOPnc0-9]{0,200}") {
        let mut server = server(|_| {});
        for field in [text.clone(), format!("Digest {spice}"), format!("{spice}{text}")] {
            let verdict = server.verify(NOW, HERE, &REGISTER, [field.as_str()], users);
            prop_assert!(!matches!(verdict, Verdict::Accepted(_)));
            let _ = bob().challenged([(Target::Server, field.as_str())]);
            if let Ok(read) = Credentials::parse(&field) {
                let again = Credentials::parse(&read.to_string());
                prop_assert!(again.is_ok_and(|again| again == read));
            }
        }
    }
}
