// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was measured, as a table and as JSON, and whether it is good.

mod table;

use serde::Serialize;

/// Identical samples in per cent that make a direction good, where nothing else is asked for.
pub(crate) const GOOD_PERCENT: f64 = 99.9;

/// The whole demo.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    /// Everything went as it should in the last call.
    pub(crate) good: bool,
    /// If not, why.
    pub(crate) reasons: Vec<String>,
    /// The calls: a second one only if something was lost in the first.
    pub(crate) calls: Vec<Call>,
}

/// One call.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Call {
    /// The number called.
    pub(crate) number: String,
    /// The B channel, `span/slot`.
    pub(crate) channel: String,
    /// How long the call took to be set up.
    pub(crate) setup: Setup,
    /// From the phone to the far exchange.
    pub(crate) sip_to_pri: Direction,
    /// From the far exchange to the phone.
    pub(crate) pri_to_sip: Direction,
    /// From the tick that completes a packet to the end of its send, in pbxd's media worker, over its whole life.
    pub(crate) worker: Worker,
    /// CPU time of pbxd from INVITE to idle, in milliseconds.
    pub(crate) cpu_ms: f64,
    /// How long the programs were ready to run and had no processor.
    pub(crate) waited: Waited,
    /// From INVITE to idle, in seconds.
    pub(crate) seconds: f64,
    /// What was not idle at the end.
    pub(crate) not_idle: Vec<String>,
}

/// Call setup, in milliseconds from INVITE.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Setup {
    /// To 180 or 183.
    pub(crate) ringing_ms: f64,
    /// To 200.
    pub(crate) answered_ms: f64,
    /// Of these, what the far end waits from SETUP to ALERTING.
    pub(crate) far_ringing_ms: f64,
    /// And from SETUP to CONNECT.
    pub(crate) far_answered_ms: f64,
}

/// One direction of a call.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Direction {
    /// Some piece of the speech was heard.
    pub(crate) found: bool,
    /// Samples of speech sent.
    pub(crate) samples: usize,
    /// Of these, heard as they were sent.
    pub(crate) identical: usize,
    /// The same in per cent.
    pub(crate) identical_percent: f64,
    /// Times that the speech slipped: samples dropped, repeated or replaced.
    pub(crate) slips: usize,
    /// The level of the speech.
    pub(crate) level_sent_dbm0: f64,
    /// Its level where it was heard.
    pub(crate) level_heard_dbm0: Option<f64>,
    /// The difference.
    pub(crate) level_difference_db: Option<f64>,
    /// One-way latency.
    pub(crate) latency: Option<Latency>,
    /// RTP packets that came: at pbxd, or at the phone.
    pub(crate) packets: u64,
    /// RTP packets that were lost, by their sequence numbers.
    pub(crate) packets_lost: u64,
    /// Octets of payload that pbxd carried.
    pub(crate) octets: u64,
    /// Octets that pbxd copied in userspace for it.
    pub(crate) copied_octets: u64,
    /// Frames that one of the ends was too late with.
    pub(crate) late_frames: u64,
}

/// One-way latency of packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Latency {
    /// Packets measured.
    pub(crate) packets: u64,
    /// The median.
    pub(crate) median_ms: f64,
    /// The 99th percentile.
    pub(crate) p99_ms: f64,
    /// The largest.
    pub(crate) max_ms: f64,
}

/// From INVITE to idle: the time for which threads were ready to run and had to wait for a processor, summed up, in
/// milliseconds. Much of it explains losses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Waited {
    /// pbxd.
    pub(crate) pbxd_ms: f64,
    /// tdm-emu.
    pub(crate) emulator_ms: f64,
    /// The demo: the phone and the far exchange.
    pub(crate) demo_ms: f64,
}

/// Latency in the media worker, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Worker {
    /// The median.
    pub(crate) p50_us: f64,
    /// The 99th percentile.
    pub(crate) p99_us: f64,
    /// The 99.9th percentile.
    pub(crate) p999_us: f64,
    /// The largest.
    pub(crate) max_us: f64,
}

impl Direction {
    /// What was lost or changed, in words.
    fn faults(&self, name: &str, least: f64) -> Option<String> {
        if !self.found {
            return Some(format!("{name}: nothing of the speech was heard"));
        }
        (self.identical_percent < least).then(|| {
            format!(
                "{name}: {:.3} % of the samples are identical, at least {least} % expected; {} samples differ, {} slips, \
                 {} packets lost, {} frames too late",
                self.identical_percent,
                self.samples - self.identical,
                self.slips,
                self.packets_lost,
                self.late_frames,
            )
        })
    }
}

impl Call {
    /// What was lost on the way of the speech, where fewer than `least` per cent of the samples are identical.
    pub(crate) fn losses(&self, least: f64) -> Vec<String> {
        [
            self.sip_to_pri.faults("SIP to PRI", least),
            self.pri_to_sip.faults("PRI to SIP", least),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl Report {
    /// Judges the last call, and the end of it all.
    pub(crate) fn new(calls: Vec<Call>, bad_end: Option<String>, least: f64) -> Self {
        let mut reasons: Vec<String> = match calls.last() {
            Some(call) => call
                .losses(least)
                .into_iter()
                .chain(call.not_idle.iter().cloned())
                .collect(),
            None => vec!["there was no call".to_owned()],
        };
        reasons.extend(bad_end);
        Self {
            good: reasons.is_empty(),
            reasons,
            calls,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn direction(identical: usize) -> Direction {
        Direction {
            found: true,
            samples: 80_000,
            identical,
            identical_percent: identical as f64 / 800.0,
            ..Direction::default()
        }
    }

    fn call(one: usize, other: usize) -> Call {
        Call {
            sip_to_pri: direction(one),
            pri_to_sip: direction(other),
            ..Call::default()
        }
    }

    #[test]
    fn the_last_call_decides() {
        assert!(Report::new(vec![call(80_000, 79_920)], None, GOOD_PERCENT).good);
        assert!(!Report::new(vec![call(80_000, 79_919)], None, GOOD_PERCENT).good);
        assert!(
            Report::new(
                vec![call(70_000, 0), call(80_000, 80_000)],
                None,
                GOOD_PERCENT
            )
            .good
        );
        assert!(!Report::new(Vec::new(), None, GOOD_PERCENT).good);
        assert!(
            !Report::new(
                vec![call(80_000, 80_000)],
                Some("a bad end".to_owned()),
                GOOD_PERCENT
            )
            .good
        );
    }

    #[test]
    fn every_fault_has_its_reason() {
        let mut bad = call(70_000, 80_000);
        bad.pri_to_sip.found = false;
        bad.not_idle.push("channel 1 is busy".to_owned());
        let report = Report::new(vec![bad], None, GOOD_PERCENT);
        assert_eq!(report.reasons.len(), 3);
        assert!(
            report.reasons[0].contains("10000 samples differ"),
            "{report:?}"
        );
    }
}
