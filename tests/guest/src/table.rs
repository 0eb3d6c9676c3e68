// SPDX-License-Identifier: MIT OR Apache-2.0
//! The tests: one row each.

use std::time::Duration;

use anyhow::{Result, bail};

use crate::cases::{call, card, dahdi, hostile, loading, planted, rights, spans, wakeups};

/// A test.
pub(crate) struct Case {
    /// Its name, and that of its results.
    pub(crate) name: &'static str,
    /// What it shows, in a line.
    pub(crate) what: &'static str,
    /// The boot it runs in: a row of `tools/xtask/src/guest/boots.rs`.
    pub(crate) group: &'static str,
    /// How the module stands when it starts.
    pub(crate) module: Module,
    /// It has failed when it takes longer. Generous: the guest's processors are emulated, and the host's are shared.
    pub(crate) limit: Duration,
    /// The test. What it returns is shown behind its name.
    pub(crate) run: fn() -> Result<String>,
}

/// The module before a test. After it, the module is unloaded in any case.
pub(crate) enum Module {
    /// Not loaded.
    Absent,
    /// Just loaded, with these parameters.
    Loaded(&'static [&'static str]),
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// All of them, in the order in which they run.
pub(crate) const CASES: &[Case] = &[
    Case {
        name: "module-identity",
        what: "tdm.ko is GPL, is for this kernel, and carries no kernel's version magic but this one's",
        group: "software",
        module: Module::Absent,
        limit: seconds(10),
        run: loading::identity,
    },
    Case {
        name: "module-loads",
        what: "the module loads, shows itself and its nodes, and unloads",
        group: "software",
        module: Module::Loaded(&[]),
        limit: seconds(20),
        run: loading::loaded,
    },
    Case {
        name: "module-loads-again",
        what: "10 rounds of loading and unloading leave nothing in /dev, /sys/class and /proc/devices",
        group: "software",
        module: Module::Absent,
        limit: seconds(60),
        run: loading::again,
    },
    Case {
        name: "module-refuses-parameters",
        what: "a parameter that does not exist, or is no number, is refused or ignored as the kernel does, and nothing stays",
        group: "software",
        module: Module::Absent,
        limit: seconds(20),
        run: loading::parameters,
    },
    Case {
        name: "pattern-crosses-lock-step",
        what: "two processes exchange a counting pattern over a software pair, every octet compared",
        group: "software",
        module: Module::Loaded(&[]),
        limit: seconds(60),
        run: spans::pattern_crosses,
    },
    Case {
        name: "claims-and-their-holders",
        what: "EBUSY names the holder; release, revocation and close free the slots",
        group: "software",
        module: Module::Loaded(&["soft_pairs=1"]),
        limit: seconds(30),
        run: spans::claims,
    },
    Case {
        name: "killed-holder-frees-its-slots",
        what: "after kill -9 of a holder its slots are free and the line idles",
        group: "software",
        module: Module::Loaded(&["soft_pairs=1"]),
        limit: seconds(60),
        run: spans::holder_dies,
    },
    Case {
        name: "span-goes-while-open",
        what: "a pair is destroyed under open files and mappings: all are told, the neighbour does not notice",
        group: "software",
        module: Module::Loaded(&["soft_pairs=1"]),
        limit: seconds(60),
        run: spans::goes,
    },
    Case {
        name: "no-sleep-while-open",
        what: "suspend is refused while a span is open",
        group: "software",
        module: Module::Loaded(&["soft_pairs=1"]),
        limit: seconds(30),
        run: spans::stays_awake,
    },
    Case {
        name: "mapping-rights",
        what: "what the kernel writes cannot be mapped writable, private or executable, nor made so",
        group: "software",
        module: Module::Loaded(&["soft_pairs=1"]),
        limit: seconds(30),
        run: rights::mappings,
    },
    Case {
        name: "zero-copy-from-the-ring",
        what: "io_uring sends a datagram from the read-only mapping",
        group: "software",
        module: Module::Loaded(&["soft_pairs=1"]),
        limit: seconds(30),
        run: rights::zero_copy,
    },
    Case {
        name: "wake-ups-at-their-frames",
        what: "period and phase to the frame; a lock-step clock waits for all; 32 subscribers",
        group: "software",
        module: Module::Loaded(&["soft_pairs=1"]),
        limit: seconds(60),
        run: wakeups::periods,
    },
    Case {
        name: "events-and-overruns",
        what: "poll tells of events once, and a slow reader how many it missed",
        group: "software",
        module: Module::Loaded(&["soft_pairs=1"]),
        limit: seconds(30),
        run: wakeups::events,
    },
    Case {
        name: "commands-at-their-frames",
        what: "ABCD bits leave at their frame, late ones are told so, the queue is bounded",
        group: "software",
        module: Module::Loaded(&[]),
        limit: seconds(60),
        run: wakeups::commands,
    },
    Case {
        name: "hostile-requests",
        what: "30,000 random requests from a seed; the neighbour is not affected",
        group: "software",
        module: Module::Loaded(&[]),
        limit: seconds(180),
        run: hostile::some_requests,
    },
    Case {
        name: "hostile-races",
        what: "threads open, claim, map, configure and close while pairs come and go",
        group: "software",
        module: Module::Loaded(&[]),
        limit: seconds(60),
        run: hostile::races,
    },
    Case {
        name: "module-leaves-nothing",
        what: "5 times loaded, used and unloaded: areas and slabs as before; not unloaded while in use",
        group: "software",
        module: Module::Absent,
        limit: seconds(60),
        run: hostile::leaks_short,
    },
    Case {
        name: "call-crosses-kernel-rings",
        what: "a SIP phone calls through two pbxds and a pair of software spans to another one; speech both ways is compared",
        group: "software",
        module: Module::Loaded(&[]),
        limit: seconds(300),
        run: call::crosses,
    },
    // The long tier.
    Case {
        name: "hostile-requests-million",
        what: "1,000,000 random requests from a seed",
        group: "soak",
        module: Module::Loaded(&[]),
        limit: seconds(3600),
        run: hostile::many_requests,
    },
    Case {
        name: "module-leaves-nothing-100",
        what: "100 times loaded, used and unloaded: areas and slabs as before",
        group: "soak",
        module: Module::Absent,
        limit: seconds(900),
        run: hostile::leaks_long,
    },
    // These must fail: `cargo xtask test --long --shard guest` looks at how.
    Case {
        name: "planted-good",
        what: "passes, beside one that does not",
        group: "planted",
        module: Module::Absent,
        limit: seconds(10),
        run: planted::good,
    },
    Case {
        name: "planted-failure",
        what: "fails",
        group: "planted",
        module: Module::Absent,
        limit: seconds(10),
        run: planted::failure,
    },
    Case {
        name: "planted-warning",
        what: "passes, but the kernel prints a warning meanwhile",
        group: "planted",
        module: Module::Absent,
        limit: seconds(10),
        run: planted::warning,
    },
    Case {
        name: "planted-hang",
        what: "does not return",
        group: "planted",
        module: Module::Absent,
        limit: seconds(2),
        run: planted::hang,
    },
    Case {
        name: "planted-leftover",
        what: "leaves a process behind that keeps the module in use",
        group: "planted",
        module: Module::Loaded(&[]),
        limit: seconds(10),
        run: planted::leftover,
    },
    Case {
        name: "planted-panic",
        what: "crashes the kernel",
        group: "planted",
        module: Module::Absent,
        limit: seconds(10),
        run: planted::panic,
    },
    Case {
        name: "dahdi-loads",
        what: "the original C driver loads and its tools find no card",
        group: "dahdi",
        module: Module::Absent,
        limit: seconds(60),
        run: dahdi::loads,
    },
    Case {
        name: "card-probe",
        what: "level 1: the original C driver finds the emulated card and its four spans",
        group: "card",
        module: Module::Absent,
        limit: seconds(90),
        run: card::probe,
    },
    Case {
        name: "card-spans",
        what: "level 2: four E1 spans are configured and without alarm; no interrupt is lost or raised in vain",
        group: "card",
        module: Module::Absent,
        limit: seconds(180),
        run: card::spans,
    },
    Case {
        name: "card-rate",
        what: "level 3: dahdi_test against the lock-step card",
        group: "card",
        module: Module::Absent,
        limit: seconds(180),
        run: card::rate,
    },
    Case {
        name: "card-loops",
        what: "level 4: patlooptest through local, line and payload loop",
        group: "card",
        module: Module::Absent,
        limit: seconds(300),
        run: card::loops,
    },
    Case {
        name: "card-alarms",
        what: "level 5: LOS, AIS and remote alarm come and go with the driver's times",
        group: "card",
        module: Module::Absent,
        limit: seconds(400),
        run: card::alarms,
    },
    Case {
        name: "card-cas",
        what: "level 6: signalling bits cross",
        group: "card",
        module: Module::Absent,
        limit: seconds(180),
        run: card::cas,
    },
    Case {
        name: "card-hdlc",
        what: "level 7: frames through the chip's HDLC controllers",
        group: "card",
        module: Module::Absent,
        limit: seconds(180),
        run: card::hdlc,
    },
    Case {
        name: "card-defects",
        what: "inserted defects and slips are counted at the far end",
        group: "card",
        module: Module::Absent,
        limit: seconds(180),
        run: card::defects,
    },
    Case {
        name: "card-cycles",
        what: "level 9: 10 rounds of loading, configuring, stopping and unloading",
        group: "card",
        module: Module::Absent,
        limit: seconds(500),
        run: card::cycles,
    },
];

/// The test of a name.
pub(crate) fn find(name: &str) -> Option<&'static Case> {
    CASES.iter().find(|case| case.name == name)
}

/// A group's tests: those named, or all.
pub(crate) fn chosen(group: &str, only: &[String]) -> Result<Vec<&'static Case>> {
    let all: Vec<&Case> = CASES.iter().filter(|case| case.group == group).collect();
    if all.is_empty() {
        bail!("no test belongs to the group {group}");
    }
    if let Some(unknown) = only.iter().find(|n| all.iter().all(|c| c.name != *n)) {
        bail!("the group {group} has no test {unknown}");
    }
    Ok(all
        .into_iter()
        .filter(|case| only.is_empty() || only.iter().any(|name| name == case.name))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::{CASES, chosen};

    #[test]
    fn names_are_unique_and_plain() {
        for (index, case) in CASES.iter().enumerate() {
            assert!(
                CASES
                    .iter()
                    .skip(index + 1)
                    .all(|other| other.name != case.name),
                "{}",
                case.name
            );
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(case.name.chars().all(plain), "{}", case.name);
        }
    }

    #[test]
    fn a_test_that_is_not_there_is_an_error() {
        assert!(chosen("software", &["planted-good".to_owned()]).is_err());
        assert!(chosen("nothing", &[]).is_err());
        let two = ["planted-good".to_owned(), "planted-hang".to_owned()];
        assert_eq!(chosen("planted", &two).unwrap().len(), 2);
    }
}
