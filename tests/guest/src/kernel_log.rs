// SPDX-License-Identifier: MIT OR Apache-2.0
//! The kernel's log: what it printed during a test, and whether that is a complaint.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;

use anyhow::{Context as _, Result};

/// `O_NONBLOCK` of x86-64 and every architecture with the generic values.
const NONBLOCK: i32 = 0o4000;

/// What stands in a message when the kernel found something wrong: its own checks, lock order, sanitizers, watchdogs.
const COMPLAINTS: &[&str] = &[
    "WARNING:",
    "BUG:",
    "kernel BUG at",
    "Oops",
    "general protection fault",
    "unable to handle",
    "Unable to handle",
    "Kernel panic",
    "cut here",
    "Call Trace:",
    "possible circular locking",
    "possible recursive locking",
    "inconsistent lock state",
    "suspicious RCU usage",
    "Invalid wait context",
    "bad unlock balance",
    "held lock freed",
    "scheduling while atomic",
    "sleeping function called from invalid context",
    "KASAN:",
    "KFENCE:",
    "KCSAN:",
    "UBSAN:",
    "kmemleak:",
    "refcount_t:",
    "list_add corruption",
    "list_del corruption",
    "soft lockup",
    "hard LOCKUP",
    "self-detected stall",
    "detected stalls",
    "blocked for more than",
    "Bad page state",
    "page allocation failure",
    "nobody cared",
    "sysfs: cannot create duplicate",
    "does not have a release() function",
    "panicked at",
];

/// Messages as they come.
pub(crate) struct KernelLog {
    records: File,
}

impl KernelLog {
    /// All messages from the first one on.
    pub(crate) fn open() -> Result<Self> {
        let records = OpenOptions::new()
            .read(true)
            .custom_flags(NONBLOCK)
            .open("/dev/kmsg")
            .context("cannot read /dev/kmsg")?;
        Ok(Self { records })
    }

    /// The messages since the last call. Lost ones are a message of their own.
    pub(crate) fn new_messages(&mut self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        let mut record = [0; 8192];
        loop {
            match self.records.read(&mut record) {
                Ok(length) => {
                    let bytes = record.get(..length).unwrap_or_default();
                    found.push(message(&String::from_utf8_lossy(bytes)));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(found),
                Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                    found.push("(messages were lost here)".to_owned());
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error).context("cannot read /dev/kmsg"),
            }
        }
    }
}

/// `[seconds] text` of a record `priority,sequence,microseconds,flags;text`, whose further lines are its dictionary.
fn message(record: &str) -> String {
    let (head, text) = record.split_once(';').unwrap_or(("", record));
    let microseconds: u64 = head
        .split(',')
        .nth(2)
        .and_then(|t| t.parse().ok())
        .unwrap_or(0);
    let text = text.lines().next().unwrap_or_default();
    format!(
        "[{:5}.{:06}] {text}",
        microseconds / 1_000_000,
        microseconds % 1_000_000
    )
}

/// The first message that is a complaint.
pub(crate) fn complaint(messages: &[String]) -> Option<&String> {
    messages
        .iter()
        .find(|message| COMPLAINTS.iter().any(|sign| message.contains(sign)))
}

/// True if the kernel is not to be trusted any more: what follows says nothing about the next tests.
pub(crate) fn is_broken(messages: &[String]) -> bool {
    let fatal = [
        "Oops",
        "kernel BUG at",
        "general protection fault",
        "nable to handle",
    ];
    messages
        .iter()
        .any(|message| fatal.iter().any(|sign| message.contains(sign)))
}

#[cfg(test)]
mod tests {
    use super::{complaint, is_broken, message};

    #[test]
    fn a_record_becomes_a_line() {
        let record = "6,339,5140900,-;tdm: module verification failed\n SUBSYSTEM=pci\n";
        assert_eq!(
            message(record),
            "[    5.140900] tdm: module verification failed"
        );
        assert_eq!(message("nonsense"), "[    0.000000] nonsense");
        assert_eq!(message(""), "[    0.000000] ");
    }

    #[test]
    fn complaints_are_told_from_news() {
        let news = [
            "[    4.9] tdm: loading out-of-tree module taints kernel.",
            "[    4.9] tdm: module verification failed: signature and/or required key missing - tainting kernel",
        ]
        .map(str::to_owned);
        assert_eq!(complaint(&news), None);
        let warning =
            "[    5.0] WARNING: CPU: 1 PID: 77 at fs/sysfs/group.c:131 x+0x1/0x2 [tdm]".to_owned();
        let some = [news[0].clone(), warning.clone()];
        assert_eq!(complaint(&some), Some(&warning));
        assert!(!is_broken(&some));
        assert!(is_broken(&[
            "[    5.0] Oops: Oops: 0000 [#1] SMP".to_owned()
        ]));
        assert!(is_broken(&[
            "[ 5.0] BUG: unable to handle page fault for address: 0".to_owned()
        ]));
    }
}
