// SPDX-License-Identifier: MIT OR Apache-2.0
//! A dialog's state (RFC 3261, dialogs): identifiers, sequence numbers, route set and
//! remote target.

use sip_msg::typed::{CSeq, Contact, NameAddr, RecordRoute, Via};
use sip_msg::{Builder, Header, Mandatory, Message, Method, Uri};

/// A dialog, early or confirmed.
#[derive(Debug, Clone)]
pub(crate) struct Dialog {
    pub(crate) call_id: String,
    /// Our side, with our tag.
    pub(crate) local: NameAddr,
    /// The other side, with its tag; an RFC 2543 peer may have none.
    pub(crate) remote: NameAddr,
    pub(crate) local_cseq: u32,
    /// The highest number seen; `None` until the first request comes.
    pub(crate) remote_cseq: Option<u32>,
    /// Where requests are meant to end up.
    pub(crate) target: Uri,
    /// The hops before that.
    pub(crate) route: Vec<NameAddr>,
    /// Whether we generated the Call-ID.
    pub(crate) owns_call_id: bool,
}

/// The address of the first Contact.
fn contact(message: &Message) -> Option<Uri> {
    let contact = message.get::<Contact>().ok()??;
    contact.address().map(|a| a.uri)
}

/// Record-Route values; an unreadable list counts as none.
fn record_route(message: &Message) -> Vec<NameAddr> {
    let routes = message.get_all::<RecordRoute>().unwrap_or_default();
    routes.into_iter().map(|r| r.0).collect()
}

impl Dialog {
    /// The dialog our INVITE makes with a response to it. A response without Contact
    /// leaves the request's target.
    pub(crate) fn as_client(
        request: &Message,
        sent: &Mandatory,
        response: &Message,
        got: &Mandatory,
    ) -> Option<Self> {
        let target = contact(response).or_else(|| request.request_uri().ok())?;
        let mut route = record_route(response);
        route.reverse();
        Some(Self {
            call_id: sent.call_id.clone(),
            local: sent.from.clone(),
            remote: got.to.clone(),
            local_cseq: sent.cseq.number,
            remote_cseq: None,
            target,
            route,
            owns_call_id: true,
        })
    }

    /// The dialog an INVITE we received makes. Without a Contact, which RFC 2543 allowed,
    /// the caller is reached where its From says.
    pub(crate) fn as_server(request: &Message, head: &Mandatory, local_tag: &str) -> Self {
        Self {
            call_id: head.call_id.clone(),
            local: head.to.clone().with_tag(local_tag),
            remote: head.from.clone(),
            local_cseq: 0,
            remote_cseq: Some(head.cseq.number),
            target: contact(request).unwrap_or_else(|| head.from.uri.clone()),
            route: record_route(request),
            owns_call_id: false,
        }
    }

    /// Takes over a new Contact, as an INVITE and its 2xx bring it.
    pub(crate) fn refresh_target(&mut self, message: &Message) {
        if let Some(target) = contact(message) {
            self.target = target;
        }
    }

    /// Whether a message's tag is the other side's.
    pub(crate) fn is_remote_tag(&self, tag: Option<&str>) -> bool {
        self.remote.tag().unwrap_or_default() == tag.unwrap_or_default()
    }

    /// Checks a request's sequence number and takes it over. `false` if it is behind.
    pub(crate) fn take_cseq(&mut self, number: u32) -> bool {
        match self.remote_cseq {
            Some(last) if number < last => false,
            _ => {
                self.remote_cseq = Some(number);
                true
            }
        }
    }

    /// The number of our next request.
    pub(crate) fn next_cseq(&mut self) -> u32 {
        // Numbers stay below 2^31; no dialog lives long enough to wrap.
        self.local_cseq = self.local_cseq.wrapping_add(1) & 0x7fff_ffff;
        self.local_cseq
    }

    /// The first hop of a request.
    pub(crate) fn first_hop(&self) -> &Uri {
        self.route.first().map_or(&self.target, |r| &r.uri)
    }

    /// A request within the dialog up to CSeq.
    pub(crate) fn request(&self, method: Method, cseq: u32, via: &Via) -> Builder {
        let mut routes: Vec<&NameAddr> = self.route.iter().collect();
        let last = NameAddr::new(self.target.clone());
        let mut request_uri = &self.target;
        // A strict router, which has no `lr`, wants itself in the request line and the
        // target at the end of the routes.
        if let Some(first) = routes.first() {
            if first.uri.as_sip().is_some_and(|u| !u.params.has("lr")) {
                request_uri = &first.uri;
                routes.remove(0);
                routes.push(&last);
            }
        }
        let mut out = Builder::request(&method, request_uri)
            .header(Header::Via, via)
            .header(Header::MaxForwards, 70);
        for route in routes {
            out = out.header(Header::Route, route);
        }
        out.header(Header::From, &self.local)
            .header(Header::To, &self.remote)
            .header(Header::CallId, &self.call_id)
            .header(
                Header::CSeq,
                CSeq {
                    number: cseq,
                    method,
                },
            )
    }
}
