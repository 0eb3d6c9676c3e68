// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whether the URI in credentials fits the request.

use sip_msg::Uri;

use crate::config::UriPolicy;

pub(crate) fn fits(policy: UriPolicy, request: &str, credentials: &str) -> bool {
    if policy == UriPolicy::Any || request == credentials {
        return true;
    }
    if policy == UriPolicy::Exact {
        return false;
    }
    let (Ok(a), Ok(b)) = (Uri::parse(request), Uri::parse(credentials)) else {
        return false;
    };
    if a.equivalent(&b) {
        return true;
    }
    policy == UriPolicy::SameUser
        && match (&a, &b) {
            (Uri::Sip(a), Uri::Sip(b)) => a.user_text() == b.user_text(),
            (Uri::Sip(_) | Uri::Tel(_), Uri::Sip(_) | Uri::Tel(_)) => a.number() == b.number(),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_policy_takes_what_it_says() {
        use UriPolicy::{Any, Equivalent, Exact, SameUser};
        for (request, credentials, least) in [
            ("sip:5551@pbx", "sip:5551@pbx", Exact),
            ("sip:5551@pbx", "sip:5551@PBX", Equivalent),
            (
                "sip:5551@192.0.2.1:5070;transport=tcp",
                "sip:5551@pbx",
                SameUser,
            ),
            ("sip:pbx", "sip:192.0.2.1", SameUser),
            ("sip:5551@pbx;user=phone", "tel:5551", SameUser),
            ("sip:9005551@pbx", "sip:5551@pbx", Any),
            ("sip:pbx", "sip:5551@pbx", Any),
            ("sip:5551@pbx", "*", Any),
        ] {
            for policy in [Exact, Equivalent, SameUser, Any] {
                assert_eq!(
                    fits(policy, request, credentials),
                    policy as u8 >= least as u8,
                    "{policy:?}: {request} and {credentials}"
                );
            }
        }
    }
}
