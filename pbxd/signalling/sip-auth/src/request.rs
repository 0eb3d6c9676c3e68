// SPDX-License-Identifier: MIT OR Apache-2.0
//! What of a request the digest covers, and the digest over it.

use crate::algorithm::Algorithm;
use crate::hash::{Hex, joined};
use crate::qop::Qop;

/// What of a request the digest covers.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The method, as written.
    pub method: &'a str,
    /// The Request-URI, as written.
    pub uri: &'a str,
    /// The body.
    pub body: &'a [u8],
}

/// Whether a request of this method may be answered 401 or 407. ACK has no response, and
/// CANCEL cannot be sent again with another CSeq (RFC 3261); both carry the credentials of
/// the request that they belong to, so their count has been used before.
pub fn may_challenge(method: &str) -> bool {
    !matches!(method, "ACK" | "CANCEL")
}

/// The parts of the response that come from the credentials.
pub(crate) struct Input<'a> {
    pub(crate) algorithm: Algorithm,
    pub(crate) session: bool,
    pub(crate) nonce: &'a str,
    pub(crate) uri: &'a str,
    /// `qop`, `nc` as written, `cnonce`; `None` for the formula of RFC 2069.
    pub(crate) counted: Option<(Qop, &'a str, &'a str)>,
    /// The client's nonce for `-sess`, which the older formula has too.
    pub(crate) cnonce: &'a str,
}

/// The response of RFC 7616 for a secret and a request.
pub(crate) fn response(ha1: &Hex, request: &Request<'_>, input: &Input<'_>) -> Hex {
    let algorithm = input.algorithm;
    let nonce = input.nonce.as_bytes();
    let a1 = if input.session {
        joined(algorithm, &[ha1.as_bytes(), nonce, input.cnonce.as_bytes()])
    } else {
        *ha1
    };
    let method = request.method.as_bytes();
    let uri = input.uri.as_bytes();
    let a2 = match input.counted {
        Some((Qop::AuthInt, ..)) => {
            let body = joined(algorithm, &[request.body]);
            joined(algorithm, &[method, uri, body.as_bytes()])
        }
        Some((Qop::Auth, ..)) | None => joined(algorithm, &[method, uri]),
    };
    match input.counted {
        Some((qop, count, cnonce)) => joined(
            algorithm,
            &[
                a1.as_bytes(),
                nonce,
                count.as_bytes(),
                cnonce.as_bytes(),
                qop.name().as_bytes(),
                a2.as_bytes(),
            ],
        ),
        None => joined(algorithm, &[a1.as_bytes(), nonce, a2.as_bytes()]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONCE: &str = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
    const CNONCE: &str = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

    fn mufasa(algorithm: Algorithm, session: bool, qop: Option<Qop>, body: &[u8]) -> String {
        let ha1 = joined(
            algorithm,
            &[b"Mufasa", b"http-auth@example.org", b"Circle of Life"],
        );
        let request = Request {
            method: "GET",
            uri: "/dir/index.html",
            body,
        };
        response(
            &ha1,
            &request,
            &Input {
                algorithm,
                session,
                nonce: NONCE,
                uri: request.uri,
                counted: qop.map(|q| (q, "00000001", CNONCE)),
                cnonce: CNONCE,
            },
        )
        .to_string()
    }

    /// The two responses of RFC 7616's example with SHA-256 and MD5 (3.9.1).
    #[test]
    fn the_example_of_rfc_7616_with_sha_256_and_md5() {
        assert_eq!(
            mufasa(Algorithm::Md5, false, Some(Qop::Auth), b""),
            "8ca523f5e9506fed4657c9700eebdbec"
        );
        assert_eq!(
            mufasa(Algorithm::Sha256, false, Some(Qop::Auth), b""),
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
        );
    }

    /// The inputs of RFC 7616's example with SHA-512-256 (3.9.2). The response printed there
    /// (`ae66e67d…`) was made with a truncated SHA-512, as erratum 4897 reports; this one is
    /// SHA-512/256's, computed with OpenSSL through Python's hashlib.
    #[test]
    fn the_inputs_of_rfc_7616s_example_with_sha_512_256() {
        let ha1 = joined(
            Algorithm::Sha512_256,
            &[
                "Jäsøn Doe".as_bytes(),
                b"api@example.org",
                b"Secret, or not?",
            ],
        );
        let request = Request {
            method: "GET",
            uri: "/doe.json",
            body: b"",
        };
        let cnonce = "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v";
        let got = response(
            &ha1,
            &request,
            &Input {
                algorithm: Algorithm::Sha512_256,
                session: false,
                nonce: "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
                uri: request.uri,
                counted: Some((Qop::Auth, "00000001", cnonce)),
                cnonce,
            },
        );
        assert_eq!(
            got.as_str(),
            "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"
        );
    }

    /// Computed with Python's hashlib from the same inputs.
    #[test]
    fn bodies_sessions_and_the_formula_without_qop() {
        assert_eq!(
            mufasa(Algorithm::Md5, false, Some(Qop::AuthInt), b"hello"),
            "1707eaf5c6ed1a8f6ff2e49286b06bc2"
        );
        assert_eq!(
            mufasa(Algorithm::Sha512_256, false, Some(Qop::AuthInt), b"hello"),
            "22967e9d752a22df88ed3b06b4100071cf40f061328f9415ca94ef1adad6e072"
        );
        assert_eq!(
            mufasa(Algorithm::Md5, false, None, b"hello"),
            "7b2cc3b30e75b4777ea31027084363fd"
        );
        assert_eq!(
            mufasa(Algorithm::Sha256, true, Some(Qop::Auth), b""),
            "2fd51b3a77ad75bad6afad6003e818d767133c46d9e2749e7f5232ae1ea3efd7"
        );
    }

    #[test]
    fn ack_and_cancel_are_not_challenged() {
        assert!(may_challenge("REGISTER") && may_challenge("ack"));
        assert!(!may_challenge("ACK") && !may_challenge("CANCEL"));
    }
}
