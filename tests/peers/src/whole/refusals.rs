// SPDX-License-Identifier: MIT OR Apache-2.0
//! What pbxd itself refuses or answers.

use super::{List, Outcome, holds};
use crate::script::{AUDIO, Script};
use crate::site::{Expected, PATIENCE, Site};

const SAVP: &str = "v=0
      o=- 1 1 IN IP4 [local_ip]
      s=-
      c=IN IP4 [local_ip]
      t=0 0
      m=audio [media_port] RTP/SAVP 8
      a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";

const T38: &str = "v=0
      o=- 1 1 IN IP4 [local_ip]
      s=-
      c=IN IP4 [local_ip]
      t=0 0
      m=image [media_port] udptl t38
      a=T38FaxVersion:0";

const G729: &str = "v=0
      o=- 1 1 IN IP4 [local_ip]
      s=-
      c=IN IP4 [local_ip]
      t=0 0
      m=audio [media_port] RTP/AVP 18";

pub(super) fn add(list: &mut List) {
    list.add("SIP offers SAVP: 488", |site| offer_refused(site, SAVP));
    list.add("SIP offers T.38: 488", |site| offer_refused(site, T38));
    list.add("SIP offers G.729 only: 488", |site| {
        offer_refused(site, G729)
    });
    list.add("SIP requires what nobody has: 420", |site| {
        let script = Script::call("Require: nothing-has-this", AUDIO)
            .perhaps(&[100])
            .response(420, &["Unsupported: *nothing-has-this"])
            .ack_refusal();
        site.sipp_calls("1234", &script)?.finish()?;
        nothing_recorded(site)
    });
    list.add("SIP calls from an address of no peer: 403", |site| {
        let script = Script::call("", AUDIO)
            .perhaps(&[100])
            .response(403, &["Reason: Q.850;cause=21"])
            .ack_refusal();
        site.sipp_calls_often("1234", 1, "127.0.0.2", &script)?
            .finish()?;
        nothing_recorded(site)
    });
    list.add("OPTIONS", |site| {
        let script = Script::request("OPTIONS")
            .response(200, &["Allow: .*INVITE", "Accept: .*application/sdp"]);
        site.sipp_calls("1234", &script)?.finish()?;
        nothing_recorded(site)
    });
    list.add("SIP calls a number without a route: 404", |site| {
        let script = Script::call("", AUDIO)
            .perhaps(&[100])
            .response(404, &["Reason: Q.850;cause=1[^0-9]"])
            .ack_refusal();
        site.sipp_calls("9999", &script)?.finish()?;
        site.recorded(Expected::failed(1, "exchange"))
    });
    list.add("PRI calls a number without a route: cause 1", |site| {
        site.libpri.tell("call t1 9999 5551 3 preferred complete")?;
        let line = site.libpri.expect("hangup", PATIENCE)?;
        holds(&line, "cause", "1")?;
        site.recorded(Expected::failed(1, "exchange"))
    });
}

fn offer_refused(site: &mut Site, sdp: &str) -> Outcome {
    let script = Script::call("", sdp)
        .perhaps(&[100])
        .response(488, &["Reason: Q.850;cause=88"])
        .ack_refusal();
    site.sipp_calls("1234", &script)?.finish()?;
    nothing_recorded(site)
}

fn nothing_recorded(site: &mut Site) -> Outcome {
    match site.new_records()?.as_slice() {
        [] => Ok(()),
        records => Err(format!(
            "a call that was never taken is recorded: {records:?}"
        )),
    }
}
