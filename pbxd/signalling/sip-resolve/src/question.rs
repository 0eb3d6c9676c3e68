// SPDX-License-Identifier: MIT OR Apache-2.0
//! Questions to a resolver, and answers.

use core::net::{Ipv4Addr, Ipv6Addr};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// NAPTR records.
    Naptr,
    /// SRV records.
    Srv,
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// The name, in lower case, without a dot at its end.
    pub name: String,
    /// What is asked for.
    pub kind: Kind,
}

/// A NAPTR record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naptr {
    /// Lower ones first.
    pub order: u16,
    /// Lower ones first, within one order.
    pub preference: u16,
    /// `s` for what SIP uses.
    pub flags: String,
    /// `SIP+D2U` and others.
    pub service: String,
    /// The name to look up next.
    pub replacement: String,
}

/// An SRV record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Srv {
    /// Lower ones first.
    pub priority: u16,
    /// Larger ones more often, within one priority.
    pub weight: u16,
    /// The port.
    pub port: u16,
    /// The host; `.` if the service is not there.
    pub target: String,
}

/// What a resolver found, aliases followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// NAPTR records.
    Naptr(Vec<Naptr>),
    /// SRV records.
    Srv(Vec<Srv>),
    /// IPv4 addresses.
    A(Vec<Ipv4Addr>),
    /// IPv6 addresses.
    Aaaa(Vec<Ipv6Addr>),
    /// Nothing.
    None(NoAnswer),
}

/// Why a resolver found nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// There is no such name, or no such record.
    NotThere,
    /// The name servers did not answer, or failed.
    Failed,
}
