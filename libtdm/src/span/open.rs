// SPDX-License-Identifier: MIT OR Apache-2.0
//! Finding and opening spans; nothing that the other side published is used before it was checked.

use super::{Facts, Inner, Span, Transport};
use crate::address::SpanAddress;
use crate::emulated::{Answer, Connection};
use crate::error::{Error, Result};
use crate::node::Node;
use crate::shared::{Access, Mapping, size_of_sealed};
use crate::{Geometry, abi};
use abi::config::LineConfig;
use abi::geometry::{MAX_RING_FRAMES, ROW_FRAMES, SKEW_FRAMES, SLOTS};
use abi::message::{Describe, Open, kind};
use abi::status::{ABI_MAJOR, ABI_VERSION, Head, MAGIC, STATUS_PAGE_BYTES};
use abi::{event, ioctl, text};
use nix::errno::Errno;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Spans that one server may have; a listing ends there.
const MAX_SPANS: u32 = 1024;
/// How long a listing may take altogether.
const LIST_TIMEOUT: Duration = Duration::from_secs(5);
/// The largest status region that is mapped.
const MAX_STATUS_BYTES: u64 = 4 << 20;

/// A span as its server describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// The span's name.
    pub name: String,
    /// Its clock domain.
    pub clock_domain: u64,
    /// Its configuration in force.
    pub config: LineConfig,
    /// Alarms present.
    pub alarms: u64,
}

/// Lists the spans of an emulator.
///
/// # Errors
/// If the socket cannot be reached.
pub fn list(socket: &Path) -> Result<Vec<Description>> {
    describe_all(&Connection::new(socket)?)
}

fn describe_all(connection: &Connection) -> Result<Vec<Description>> {
    let mut found = Vec::new();
    let started = Instant::now();
    for index in 0..MAX_SPANS {
        if started.elapsed() > LIST_TIMEOUT {
            return Err(Error::refused("listing spans", Errno::ETIMEDOUT));
        }
        let question = Describe {
            index,
            reserved: 0,
            clock_domain: 0,
            config: 0,
            alarms: 0,
            name: [0; text::TEXT_BYTES],
        };
        match connection
            .request(kind::DESCRIBE, &question, &[])
            .and_then(Answer::success)
        {
            Ok(answer) => found.push(Description {
                name: text::unpack(&answer.argument.name).to_owned(),
                clock_domain: answer.argument.clock_domain,
                config: LineConfig::unpack(answer.argument.config),
                alarms: answer.argument.alarms,
            }),
            Err(Errno::ENOENT) => break,
            Err(errno) => return Err(Error::refused("listing spans", errno)),
        }
    }
    Ok(found)
}

impl Span {
    /// Opens a span.
    ///
    /// # Errors
    /// If it cannot be reached, speaks another ABI, or publishes nonsense.
    pub fn open(address: &SpanAddress) -> Result<Self> {
        match address {
            SpanAddress::Emulated { socket, span } => open_emulated(socket, span),
            SpanAddress::Node(path) => open_node(path),
        }
    }
}

fn open_emulated(socket: &Path, span: &str) -> Result<Span> {
    let connection = Connection::new(socket)?;
    let question = Open {
        abi_version: ABI_VERSION,
        status_bytes: 0,
        ring_bytes: 0,
        name: text::pack(span),
    };
    let answer = match connection
        .request(kind::OPEN, &question, &[])
        .and_then(Answer::success)
    {
        Ok(answer) => answer,
        Err(Errno::ENOENT) => {
            let known: Vec<String> = describe_all(&connection)?
                .into_iter()
                .map(|each| each.name)
                .collect();
            return Err(Error::UnknownSpan {
                name: span.to_owned(),
                path: socket.display().to_string(),
                known: known.join(", "),
            });
        }
        Err(errno) => return Err(Error::refused("opening the span", errno)),
    };
    check_version(answer.argument.abi_version)?;
    let count = answer.fds.len() as u64;
    let [status, receive, sent]: [OwnedFd; 3] =
        answer.fds.try_into().map_err(|_| Error::Layout {
            what: "regions beside OPEN",
            found: count,
            expected: "3",
        })?;
    let status_bytes = size_of_sealed(&status)?;
    check(
        "status bytes",
        status_bytes,
        status_bytes == answer.argument.status_bytes && status_bytes <= MAX_STATUS_BYTES,
        "what OPEN answered, at most 4 MiB",
    )?;
    let status = Mapping::new(&status, 0, status_bytes, Access::Read)?;
    let (facts, events) = read_head(&status)?;
    let bytes = facts.geometry.region_bytes(SLOTS as u64);
    for region in [&receive, &sent] {
        let found = size_of_sealed(region)?;
        check("ring region bytes", found, found >= bytes, "32 strides")?;
    }
    let receive = Mapping::new(&receive, 0, bytes, Access::Read)?;
    let sent = Mapping::new(&sent, 0, bytes, Access::Read)?;
    let inner = Inner {
        transport: Transport::Emulated(connection),
        facts,
        events,
        status,
        receive,
        sent,
    };
    Ok(Span {
        inner: Arc::new(inner),
    })
}

fn open_node(path: &Path) -> Result<Span> {
    let node = Node::new(path)?;
    // The fixed part tells how large the whole region is.
    let page = nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE)
        .ok()
        .flatten()
        .unwrap_or(4096);
    let first = Mapping::new(&node, ioctl::MAP_STATUS, page as u64, Access::Read)?;
    let status_bytes = Head::read(&first).status_bytes;
    check(
        "status bytes",
        status_bytes,
        status_bytes >= STATUS_PAGE_BYTES as u64 && status_bytes <= MAX_STATUS_BYTES,
        "the status page's size to 4 MiB",
    )?;
    let status = Mapping::new(&node, ioctl::MAP_STATUS, status_bytes, Access::Read)?;
    let (facts, events) = read_head(&status)?;
    let bytes = facts.geometry.region_bytes(SLOTS as u64);
    let receive = Mapping::new(&node, ioctl::MAP_RECEIVE, bytes, Access::Read)?;
    let sent = Mapping::new(&node, ioctl::MAP_SENT, bytes, Access::Read)?;
    let inner = Inner {
        transport: Transport::Node(node),
        facts,
        events,
        status,
        receive,
        sent,
    };
    Ok(Span {
        inner: Arc::new(inner),
    })
}

fn check(what: &'static str, found: u64, fits: bool, expected: &'static str) -> Result<()> {
    if fits {
        Ok(())
    } else {
        Err(Error::Layout {
            what,
            found,
            expected,
        })
    }
}

fn check_version(version: u64) -> Result<()> {
    let (major, minor) = ((version >> 32) as u32, version as u32);
    if major == ABI_MAJOR {
        Ok(())
    } else {
        Err(Error::Version { major, minor })
    }
}

fn read_head(status: &Mapping) -> Result<(Facts, event::Ring)> {
    check(
        "status bytes",
        status.bytes() as u64,
        status.bytes() >= STATUS_PAGE_BYTES,
        "at least the status page",
    )?;
    let head = Head::read(status);
    check("magic", head.magic, head.magic == MAGIC, "TDMSPAN1")?;
    check_version(head.abi_version)?;
    check("slots", head.slots, head.slots == SLOTS as u64, "32")?;
    check(
        "row frames",
        head.row_frames,
        head.row_frames == ROW_FRAMES,
        "8",
    )?;
    check(
        "skew frames",
        head.skew_frames,
        head.skew_frames == SKEW_FRAMES,
        "64",
    )?;
    check(
        "status bytes",
        head.status_bytes,
        head.status_bytes == status.bytes() as u64,
        "the region's size",
    )?;
    let geometry = Geometry::new(head.ring_frames, head.ring_stride).ok_or(Error::Layout {
        what: "ring frames",
        found: head.ring_frames,
        expected: "a power of two from 4096, with a stride that fits",
    })?;
    let events = event::Ring::of(&head).ok_or(Error::Layout {
        what: "event capacity",
        found: head.event_capacity,
        expected: "a power of two whose entries fit the status region",
    })?;
    let tick = head.tick_frames;
    check(
        "tick frames",
        tick,
        tick > 0 && tick % ROW_FRAMES == 0 && tick <= head.ring_frames / 4,
        "rows, at most R/4",
    )?;
    check(
        "transmit lead",
        head.tx_lead,
        head.tx_lead <= head.ring_frames / 4,
        "at most R/4",
    )?;
    debug_assert!(
        head.ring_frames <= MAX_RING_FRAMES,
        "Geometry::new checked it"
    );
    let facts = Facts {
        name: text::unpack(&text::from_words(&head.name)).to_owned(),
        geometry,
        features: head.features,
        clock_domain: head.clock_domain,
        tx_lead: head.tx_lead,
        tick_frames: tick,
        index: head.span_index,
    };
    Ok((facts, events))
}
