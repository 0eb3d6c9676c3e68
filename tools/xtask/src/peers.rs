// SPDX-License-Identifier: MIT OR Apache-2.0
//! The independent programs that Tandem is tested against. One row each; nothing else to edit.

use std::process::Command;

use crate::command::run;
use crate::steps::{Outcome, Steps, count_tests};
use crate::{apt, place, programs};

/// A run against a peer.
pub(crate) struct Peer {
    /// The step's name, also of its log.
    pub(crate) name: &'static str,
    /// One line for the header.
    pub(crate) what: &'static str,
    /// Debian packages, installed before the run.
    pub(crate) packages: &'static [&'static str],
    /// The binary of the package `peers`, and its arguments.
    pub(crate) command: &'static [&'static str],
}

/// All of them, in the order of the run.
pub(crate) const PEERS: &[Peer] = &[
    Peer {
        name: "libpri",
        what: "Q.921 and Q.931 against libpri, both sides; tshark decodes",
        packages: &["libpri-dev", "gcc", "libc6-dev", "tshark"],
        command: &["libpri_matrix"],
    },
    Peer {
        name: "facility",
        what: "supplementary services by libpri's rosetest and by tshark",
        packages: &["gcc", "make", "libc6-dev", "tshark"],
        command: &["facility_judges"],
    },
    Peer {
        name: "sipp",
        what: "the SIP session layer against SIPp, both ways",
        packages: &["sip-tester"],
        command: &["sip_loop", "check"],
    },
    Peer {
        name: "pbxd-calls",
        what: "pbxd between SIPp and libpri, as the user and as the network side; speech; tshark decodes",
        packages: &[
            "libpri-dev",
            "gcc",
            "libc6-dev",
            "sip-tester",
            "tshark",
            "sox",
            "multimon-ng",
            "asterisk-core-sounds-en-wav",
        ],
        command: &["pbxd_calls", "--built"],
    },
    Peer {
        name: "kill-matrix",
        what: "kill -9 and SIGTERM of pbxd, tdm-emu and SIP phones in mid-call",
        packages: &[],
        command: &["kill_matrix", "--no-build"],
    },
];

/// One step a peer.
pub(crate) fn add(steps: &mut Steps) {
    for peer in PEERS {
        steps.step(peer.name, peer.what, |log| {
            apt::ensure(peer.packages, log)?;
            programs::build_for_tests(log)?;
            let mut words = peer.command.iter();
            let program = programs::beside_tests(words.next().copied().unwrap_or_default());
            run(
                Command::new(program).args(words).current_dir(place::root()),
                log,
            )?;
            let text = log.text()?;
            let tests = count_tests(&text);
            Ok(Outcome {
                detail: text.lines().last().unwrap_or_default().to_owned(),
                tests: (tests.passed > 0).then_some(tests),
            })
        });
    }
}
