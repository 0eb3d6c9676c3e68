// SPDX-License-Identifier: MIT OR Apache-2.0
//! The table at the end.

use super::{Call, Direction, Latency, Report};
use std::fmt;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, call) in self.calls.iter().enumerate() {
            if self.calls.len() > 1 {
                writeln!(f, "\nCall {} of {}", number + 1, self.calls.len())?;
            }
            write!(f, "\n{call}")?;
        }
        for reason in &self.reasons {
            writeln!(f, "\nNOT GOOD  {reason}")?;
        }
        if self.good {
            writeln!(
                f,
                "\nThe call went through; both directions were heard; everything is idle again."
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let both = |figure: &dyn Fn(&Direction) -> String| {
            [figure(&self.sip_to_pri), figure(&self.pri_to_sip)]
        };
        let rows: [(&str, [String; 2]); 9] = [
            ("", ["SIP to PRI".to_owned(), "PRI to SIP".to_owned()]),
            ("samples of speech", both(&|d| d.samples.to_string())),
            (
                "identical after alignment",
                both(&|d| format!("{:.3} %", d.identical_percent)),
            ),
            ("slips", both(&|d| d.slips.to_string())),
            ("level sent, heard", both(&level)),
            (
                "packets, lost",
                both(&|d| format!("{}, {}", d.packets, d.packets_lost)),
            ),
            (
                "one-way latency: median",
                both(&|d| latency(d, |l| l.median_ms)),
            ),
            ("  99th percentile", both(&|d| latency(d, |l| l.p99_ms))),
            ("  largest", both(&|d| latency(d, |l| l.max_ms))),
        ];
        for (name, [one, other]) in rows {
            writeln!(f, "{name:<34}{one:>24}{other:>24}")?;
        }
        let copies = both(&|d| format!("{}, {}", d.octets, d.copied_octets));
        writeln!(
            f,
            "{:<34}{:>24}{:>24}",
            "octets carried, copied by pbxd", copies[0], copies[1]
        )?;
        let per = both(&|d| {
            if d.octets == 0 {
                "-".to_owned()
            } else {
                format!("{:.2}", d.copied_octets as f64 / d.octets as f64)
            }
        });
        writeln!(
            f,
            "{:<34}{:>24}{:>24}",
            "  copies of each octet", per[0], per[1]
        )?;
        let setup = &self.setup;
        writeln!(
            f,
            "\nsetup: INVITE to 180 {:.1} ms, of which the far end waited {:.0} ms; to 200 {:.1} ms, of which {:.0} ms",
            setup.ringing_ms, setup.far_ringing_ms, setup.answered_ms, setup.far_answered_ms
        )?;
        let w = &self.worker;
        writeln!(
            f,
            "media worker since its start, from the tick that completes a packet to its send: median {:.0} us, p99 {:.0} us, p99.9 {:.0} us, \
            largest {:.0} us",
            w.p50_us, w.p99_us, w.p999_us, w.max_us
        )?;
        writeln!(
            f,
            "CPU time of pbxd: {:.1} ms in {:.1} s, {:.2} % of one core",
            self.cpu_ms,
            self.seconds,
            self.cpu_ms / 10.0 / self.seconds.max(0.001)
        )?;
        let waited = &self.waited;
        writeln!(
            f,
            "waiting for a processor: pbxd {:.0} ms, tdm-emu {:.0} ms, demo {:.0} ms",
            waited.pbxd_ms, waited.emulator_ms, waited.demo_ms
        )
    }
}

fn level(direction: &Direction) -> String {
    match direction.level_heard_dbm0 {
        Some(heard) => format!("{:.2}, {heard:.2} dBm0", direction.level_sent_dbm0),
        None => format!("{:.2}, - dBm0", direction.level_sent_dbm0),
    }
}

fn latency(direction: &Direction, figure: impl Fn(&Latency) -> f64) -> String {
    direction.latency.as_ref().map_or_else(
        || "-".to_owned(),
        |latency| format!("{:.2} ms", figure(latency)),
    )
}
