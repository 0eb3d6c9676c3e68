// SPDX-License-Identifier: MIT OR Apache-2.0
//! SIPp scenarios, put together from steps.

use std::fmt::Write;

/// Plain G.711 and telephone events, on the scenario's media port.
pub const AUDIO: &str = "v=0
      o=- 1 1 IN IP4 [local_ip]
      s=-
      c=IN IP4 [local_ip]
      t=0 0
      m=audio [media_port] RTP/AVP 8 0 101
      a=rtpmap:101 telephone-event/8000
      a=fmtp:101 0-15
      a=ptime:20";

/// One side of a call, as SIPp plays it.
#[derive(Clone, Debug, Default)]
pub struct Script {
    body: String,
    /// Steps so far; SIPp counts them to find an earlier branch.
    steps: usize,
    invited_at: usize,
    sequence: u32,
    checks: u32,
    callee: bool,
    established: bool,
}

impl Script {
    /// A caller's scenario, which begins with an INVITE.
    pub fn call(headers: &str, sdp: &str) -> Script {
        let mut script = Script::default();
        script.initial("INVITE", headers, sdp);
        script
    }

    /// A scenario that begins with a request of another kind.
    pub fn request(method: &str) -> Script {
        let mut script = Script::default();
        script.initial(method, "", "");
        script
    }

    /// A callee's scenario, which begins with the INVITE.
    pub fn callee() -> Script {
        Script::callee_of(&[])
    }

    /// A callee's scenario whose INVITE must match.
    pub fn callee_of(holds: &[&str]) -> Script {
        let mut script = Script {
            callee: true,
            ..Script::default()
        };
        script
            .body
            .push_str("  <recv request=\"INVITE\" rrs=\"true\">");
        script.checked(holds);
        script
    }

    fn initial(&mut self, method: &str, headers: &str, sdp: &str) {
        self.sequence = 1;
        self.invited_at = self.steps;
        let text = format!(
            "{method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: \"Peer\" <sip:5550@[local_ip]:[local_port]>;tag=[pid]p[call_number]
      To: <sip:[service]@[remote_ip]:[remote_port]>
      Call-ID: [call_id]
      CSeq: 1 {method}
      Contact: <sip:5550@[local_ip]:[local_port]>
      Max-Forwards: 70{}{}",
            lines(headers),
            content(sdp)
        );
        self.send(&text, true);
    }

    fn send(&mut self, text: &str, again: bool) {
        let retrans = if again { " retrans=\"500\"" } else { "" };
        let _ = write!(
            self.body,
            "  <send{retrans}>\n    <![CDATA[\n\n      {text}\n\n    ]]>\n  </send>\n"
        );
        self.steps += 1;
    }

    /// Responses that may come.
    #[must_use]
    pub fn perhaps(mut self, statuses: &[u16]) -> Script {
        for status in statuses {
            let _ = writeln!(
                self.body,
                "  <recv response=\"{status}\" optional=\"true\" />"
            );
            self.steps += 1;
        }
        self
    }

    /// A response that must come, with what its text must match: regular expressions of SIPp, `!` in front: must not match.
    #[must_use]
    pub fn response(mut self, status: u16, holds: &[&str]) -> Script {
        let _ = write!(self.body, "  <recv response=\"{status}\" rrs=\"true\">");
        self.checked(holds);
        self
    }

    /// A request that must come.
    #[must_use]
    pub fn received(mut self, method: &str, holds: &[&str]) -> Script {
        let _ = write!(self.body, "  <recv request=\"{method}\" rrs=\"true\">");
        self.checked(holds);
        self
    }

    fn checked(&mut self, holds: &[&str]) {
        // The first step of a callee keeps what later messages repeat.
        let kept: &[(&str, &str)] = if self.callee && self.steps == 0 {
            &[("From", "caller")]
        } else {
            &[]
        };
        if !holds.is_empty() || !kept.is_empty() {
            self.body.push_str("\n    <action>\n");
            for (header, name) in kept {
                let _ = writeln!(
                    self.body,
                    "      <ereg regexp=\"[^ ].*\" search_in=\"hdr\" header=\"{header}:\" check_it=\"true\" assign_to=\"{name}\" />"
                );
            }
            for pattern in holds {
                self.checks += 1;
                let (attribute, pattern) = match pattern.strip_prefix('!') {
                    Some(rest) => ("check_it_inverse", rest),
                    None => ("check_it", *pattern),
                };
                let _ = writeln!(
                    self.body,
                    "      <ereg regexp=\"{pattern}\" search_in=\"msg\" {attribute}=\"true\" assign_to=\"c{}\" />",
                    self.checks
                );
            }
            self.body.push_str("    </action>\n  ");
        }
        self.body.push_str("</recv>\n");
        self.steps += 1;
    }

    /// Waits.
    #[must_use]
    pub fn pause(mut self, ms: u32) -> Script {
        let _ = writeln!(self.body, "  <pause milliseconds=\"{ms}\" />");
        self.steps += 1;
        self
    }

    /// Plays a file of A-law octets once, in the background.
    #[must_use]
    pub fn play(mut self, file: &str) -> Script {
        let _ = writeln!(
            self.body,
            "  <nop><action><exec rtp_stream=\"{file},1,8,PCMA/8000\" /></action></nop>"
        );
        self.steps += 1;
        self
    }

    /// Plays a file of A-law octets round and round, until the call ends.
    #[must_use]
    pub fn play_on(mut self, file: &str) -> Script {
        let _ = writeln!(
            self.body,
            "  <nop><action><exec rtp_stream=\"{file},-1,8,PCMA/8000\" /></action></nop>"
        );
        self.steps += 1;
        self
    }

    /// Dials digits as telephone events with payload type 96, in the background.
    #[must_use]
    pub fn dial(mut self, digits: &str) -> Script {
        let _ = writeln!(
            self.body,
            "  <nop><action><exec play_dtmf=\"{digits}\" /></action></nop>"
        );
        self.steps += 1;
        self
    }

    /// ACK to a 2xx.
    #[must_use]
    pub fn ack(mut self) -> Script {
        let text = self.within("ACK", self.sequence, "", "");
        self.send(&text, false);
        self
    }

    /// ACK to a 2xx, with the answer to its offer.
    #[must_use]
    pub fn ack_with(mut self, sdp: &str) -> Script {
        let text = self.within("ACK", self.sequence, "", sdp);
        self.send(&text, false);
        self
    }

    /// ACK to a final response that refuses.
    #[must_use]
    pub fn ack_refusal(mut self) -> Script {
        let text = self.like_invite("ACK");
        self.send(&text, false);
        self
    }

    /// CANCEL.
    #[must_use]
    pub fn cancel(mut self, headers: &str) -> Script {
        let text = self.like_invite("CANCEL");
        let text = text.replace(
            "\n      Content-Length",
            &format!("{}\n      Content-Length", lines(headers)),
        );
        self.send(&text, true);
        self
    }

    /// A further request of the caller within the dialog.
    #[must_use]
    pub fn further(mut self, method: &str, headers: &str, sdp: &str) -> Script {
        self.sequence += 1;
        let text = self.within(method, self.sequence, headers, sdp);
        self.invited_at = self.steps;
        self.send(&text, true);
        self
    }

    /// A request of the callee within the dialog: From and To change places.
    #[must_use]
    pub fn callee_sends(mut self, method: &str, headers: &str, sdp: &str) -> Script {
        if method != "ACK" {
            self.sequence += 1;
        }
        let text = format!(
            "{method} [next_url] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:[service]@[local_ip]:[local_port]>;tag=[pid]s[call_number]
      To: [$caller]
      Call-ID: [call_id]
      CSeq: {} {method}
      Contact: <sip:[service]@[local_ip]:[local_port]>
      Max-Forwards: 70{}{}",
            self.sequence,
            lines(headers),
            content(sdp)
        );
        self.send(&text, method != "ACK");
        self
    }

    /// A response to the last request, without retransmission: provisional ones, and final ones but to INVITE.
    #[must_use]
    pub fn respond(mut self, status: u16, headers: &str, sdp: &str) -> Script {
        let text = self.reply(status, "[last_CSeq:]", headers, sdp);
        self.send(&text, false);
        self
    }

    /// The final response to the INVITE, which may have been followed by a CANCEL; sent until its ACK comes.
    #[must_use]
    pub fn finish(mut self, status: u16, headers: &str, sdp: &str) -> Script {
        let text = self.reply(status, "CSeq: [last_cseq_number] INVITE", headers, sdp);
        self.send(&text, true);
        self.established = true;
        self
    }

    fn reply(&self, status: u16, sequence: &str, headers: &str, sdp: &str) -> String {
        let tag = if self.established || status == 100 {
            ""
        } else {
            ";tag=[pid]s[call_number]"
        };
        format!(
            "SIP/2.0 {status} Scripted
      [last_Via:]
      [last_From:]
      [last_To:]{tag}
      [last_Call-ID:]
      {sequence}
      Contact: <sip:[service]@[local_ip]:[local_port]>{}{}",
            lines(headers),
            content(sdp)
        )
    }

    fn within(&self, method: &str, sequence: u32, headers: &str, sdp: &str) -> String {
        format!(
            "{method} [next_url] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: \"Peer\" <sip:5550@[local_ip]:[local_port]>;tag=[pid]p[call_number]
      To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
      Call-ID: [call_id]
      CSeq: {sequence} {method}
      Contact: <sip:5550@[local_ip]:[local_port]>
      Max-Forwards: 70{}{}",
            lines(headers),
            content(sdp)
        )
    }

    /// CANCEL and the ACK of a refusal repeat the INVITE's branch.
    fn like_invite(&self, method: &str) -> String {
        let back = self.steps - self.invited_at;
        let tag = if method == "ACK" {
            "[peer_tag_param]"
        } else {
            ""
        };
        let uri = if self.sequence > 1 {
            "[next_url]"
        } else {
            "sip:[service]@[remote_ip]:[remote_port]"
        };
        format!(
            "{method} {uri} SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch-{back}]
      From: \"Peer\" <sip:5550@[local_ip]:[local_port]>;tag=[pid]p[call_number]
      To: <sip:[service]@[remote_ip]:[remote_port]>{tag}
      Call-ID: [call_id]
      CSeq: {} {method}
      Max-Forwards: 70
      Content-Length: 0

",
            self.sequence
        )
    }

    /// The file for SIPp.
    pub fn xml(&self) -> String {
        let mut names: Vec<String> = (1..=self.checks).map(|n| format!("c{n}")).collect();
        if self.callee {
            names.push("caller".to_owned());
        }
        let reference = if names.is_empty() {
            String::new()
        } else {
            format!("  <Reference variables=\"{}\" />\n", names.join(","))
        };
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<scenario name=\"tandem\">\n{}{reference}</scenario>\n",
            self.body
        )
    }
}

fn lines(headers: &str) -> String {
    headers
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| format!("\n      {line}"))
        .collect()
}

fn content(sdp: &str) -> String {
    if sdp.is_empty() {
        return "\n      Content-Length: 0\n\n".to_owned();
    }
    format!("\n      Content-Type: application/sdp\n      Content-Length: [len]\n\n      {sdp}")
}
