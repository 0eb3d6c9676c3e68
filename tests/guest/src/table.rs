// SPDX-License-Identifier: MIT OR Apache-2.0
//! The tests: one row each.

use std::time::Duration;

use anyhow::{Result, bail};

use crate::cases::{dahdi, loading, planted};

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
