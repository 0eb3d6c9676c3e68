// SPDX-License-Identifier: MIT OR Apache-2.0
//! What every request and response must carry (RFC 3261).

use crate::error::{HeaderError, UriError};
use crate::header::Header;
use crate::message::Message;
use crate::typed::{CSeq, CallId, From, MaxForwards, NameAddr, To, Via};

/// The headers that every message must have, read once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mandatory {
    /// The topmost Via.
    pub via: Via,
    /// From.
    pub from: NameAddr,
    /// To.
    pub to: NameAddr,
    /// Call-ID.
    pub call_id: String,
    /// CSeq.
    pub cseq: CSeq,
    /// Max-Forwards. RFC 2543 elements leave it out, and so may a request.
    pub max_forwards: Option<u8>,
}

/// Why a message that parses must not be acted on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Invalid {
    /// Another version than SIP/2.0.
    #[error("unknown SIP version")]
    Version,
    /// A mandatory header is missing.
    #[error("missing {0}")]
    Missing(&'static str),
    /// A header does not follow its grammar, or is there too often.
    #[error("bad {0}")]
    Header(#[from] HeaderError),
    /// The Request-URI is not a URI.
    #[error("bad Request-{0}")]
    RequestUri(UriError),
    /// The Request-URI has a header part, which only a URI elsewhere may have.
    #[error("headers in the Request-URI")]
    RequestUriHeaders,
    /// CSeq names another method than the request line.
    #[error("CSeq method is not the request's")]
    CSeqMethod,
}

impl Invalid {
    /// The status code that says this to the sender of a request.
    pub fn status(&self) -> u16 {
        match self {
            Self::Version => 505,
            _ => 400,
        }
    }
}

impl Message {
    /// Reads the headers every message must have and checks what RFC 3261 says about
    /// them and about the request line.
    ///
    /// # Errors
    /// [`Invalid`], in the order a reader would notice.
    pub fn mandatory(&self) -> Result<Mandatory, Invalid> {
        if !self.is_version_2_0() {
            return Err(Invalid::Version);
        }
        let via = self.get::<Via>()?.ok_or(Invalid::Missing("Via"))?;
        let from = self.get::<From>()?.ok_or(Invalid::Missing("From"))?.0;
        let to = self.get::<To>()?.ok_or(Invalid::Missing("To"))?.0;
        let call_id = self.get::<CallId>()?.ok_or(Invalid::Missing("Call-ID"))?.0;
        let cseq = self.get::<CSeq>()?.ok_or(Invalid::Missing("CSeq"))?;
        let max_forwards = self.get::<MaxForwards>()?.map(|m| m.0);
        if self.all(Header::ContentType).nth(1).is_some() {
            return Err(Invalid::Header(HeaderError {
                header: Header::ContentType.name(),
                what: "more than one field",
            }));
        }
        if let Some(method) = self.method() {
            if cseq.method != *method {
                return Err(Invalid::CSeqMethod);
            }
            let uri = self.request_uri().map_err(Invalid::RequestUri)?;
            if uri.as_sip().is_some_and(|u| u.headers.is_some()) {
                return Err(Invalid::RequestUriHeaders);
            }
        }
        Ok(Mandatory {
            via,
            from,
            to,
            call_id,
            cseq,
            max_forwards,
        })
    }
}
