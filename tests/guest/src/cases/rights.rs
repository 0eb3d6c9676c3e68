// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mappings: what the kernel writes nobody else may write, by whatever way.

use std::fs::{File, OpenOptions};
use std::net::UdpSocket;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use nix::errno::Errno;
use nix::libc::{MAP_PRIVATE, MAP_SHARED, PROT_EXEC, PROT_READ, PROT_WRITE};
use tdm::abi::claim::{Claim, purpose};
use tdm::abi::ioctl::{CLAIM, MAP_RECEIVE, MAP_SENT, MAP_STATUS, map_transmit};
use tdm::abi::text;
use tdm::{Side, SlotSet};

use super::spans::{open, slot, until};
use crate::control::Control;
use crate::raw::{Map, ioctl, uring_send};

const PAGE: usize = 4096;
const RINGS: usize = 32 * PAGE;

fn node(write: bool) -> Result<File> {
    let file = OpenOptions::new()
        .read(true)
        .write(write)
        .open("/dev/tdm/span0");
    file.context("/dev/tdm/span0")
}

fn claim(node: &File, slots: u32) -> nix::Result<Claim> {
    let mut ask = Claim {
        slots,
        purpose: purpose::TRANSMIT,
        peer: 0,
        id: 0,
        bytes: 0,
        holder: text::pack("rights"),
    };
    ioctl(node, CLAIM, &mut ask).map(|()| ask)
}

/// The error of an attempt that must fail.
fn refused<T>(what: &str, outcome: nix::Result<T>, with: Errno) -> Result<()> {
    let found = outcome.err();
    ensure!(found == Some(with), "{what}: {found:?}, not {with}");
    Ok(())
}

/// Every wrong way to map.
pub(crate) fn mappings() -> Result<String> {
    let (writable, readable, other) = (node(true)?, node(false)?, node(true)?);
    for offset in [MAP_STATUS, MAP_RECEIVE, MAP_SENT] {
        let map = |protection, flags| Map::new(&writable, offset, PAGE, protection, flags);
        refused(
            "writing",
            map(PROT_READ | PROT_WRITE, MAP_SHARED),
            Errno::EACCES,
        )?;
        refused("a private copy", map(PROT_READ, MAP_PRIVATE), Errno::EINVAL)?;
        let private = map(PROT_READ | PROT_WRITE, MAP_PRIVATE);
        refused("a private writable copy", private, Errno::EINVAL)?;
        refused(
            "running",
            map(PROT_READ | PROT_EXEC, MAP_SHARED),
            Errno::EPERM,
        )?;
        let mut good = map(PROT_READ, MAP_SHARED).context("reading")?;
        let later = good.protect(PROT_READ | PROT_WRITE);
        refused("writing later", later, Errno::EACCES)?;
        let later = good.protect(PROT_READ | PROT_EXEC);
        refused("running later", later, Errno::EACCES)?;
        refused("growing", good.grow(64 * RINGS), Errno::EFAULT)?;
        Map::new(&readable, offset, PAGE, PROT_READ, MAP_SHARED).context("by a reader")?;
        let long = Map::new(&writable, offset, RINGS + PAGE, PROT_READ, MAP_SHARED);
        refused("more than there is", long, Errno::EINVAL)?;
    }
    for offset in [
        PAGE as u64,
        MAP_RECEIVE + PAGE as u64,
        4 << 32,
        map_transmit(1),
    ] {
        let map = Map::new(&writable, offset, PAGE, PROT_READ, MAP_SHARED);
        refused("what is not there", map, Errno::EINVAL)?;
    }
    refused("a reader's claim", claim(&readable, 2), Errno::EPERM)?;
    let ask = claim(&writable, 0b110)?;
    ensure!(ask.bytes == 2 * PAGE as u64, "{} bytes", ask.bytes);
    let at = map_transmit(ask.id);
    let map = |file, length, protection, flags| Map::new(file, at, length, protection, flags);
    let both = PROT_READ | PROT_WRITE;
    let stranger = map(&other, PAGE, both, MAP_SHARED);
    refused("another one's slots", stranger, Errno::EINVAL)?;
    let long = map(&writable, 3 * PAGE, both, MAP_SHARED);
    refused("more slots than claimed", long, Errno::EINVAL)?;
    let private = map(&writable, PAGE, both, MAP_PRIVATE);
    refused("a private copy of slots", private, Errno::EINVAL)?;
    let run = map(&writable, PAGE, both | PROT_EXEC, MAP_SHARED);
    refused("running slots", run, Errno::EPERM)?;
    let good = map(&writable, 2 * PAGE, both, MAP_SHARED).context("its own slots")?;
    let flags = vm_flags(at)?;
    for wanted in ["sh", "dc", "dd", "mm"] {
        ensure!(flags.contains(wanted), "no {wanted} in {flags:?}");
    }
    good.register()
        .context("the transmit region as a fixed buffer")?;
    // The claim goes with its file; what is mapped stays harmless.
    drop(writable);
    good.store(0, u64::MAX);
    drop(good);
    Ok("every wrong way is refused; own slots can be registered with io_uring".to_owned())
}

/// The flags of our mapping of a node at this offset.
fn vm_flags(offset: u64) -> Result<String> {
    let maps = std::fs::read_to_string("/proc/self/smaps")?;
    let wanted = format!(" {offset:08x} ");
    let mut lines = maps.lines();
    lines
        .by_ref()
        .find(|line| line.contains("/dev/tdm/") && line.contains(&wanted))
        .context("the mapping is not in /proc/self/smaps")?;
    let flags = lines.find_map(|line| line.strip_prefix("VmFlags: "));
    Ok(flags.context("no VmFlags")?.to_owned())
}

/// A datagram straight from the read-only mapping.
pub(crate) fn zero_copy() -> Result<String> {
    // Slow enough that nothing is overtaken meanwhile.
    let pair = Control::open()?.create(20_000, 0)?;
    let (here, there) = (open(pair.first)?, open(pair.second)?);
    let claim = there.claim(SlotSet::of(slot(3)), "zero-copy")?;
    let writer = claim.transmit(slot(3))?;
    let octets: Vec<u8> = (0..160).map(|n| n as u8 ^ 0x33).collect();
    let first = writer.writable().start + 80;
    ensure!(writer.write(first, &octets).written == 160);
    until("the frames to arrive", || {
        Ok(here.positions().rx_frame >= first + 160)
    })?;
    let receiver = UdpSocket::bind("127.0.0.1:0")?;
    receiver.set_read_timeout(Some(Duration::from_secs(5)))?;
    let sender = UdpSocket::bind("127.0.0.1:0")?;
    sender.connect(receiver.local_addr()?)?;
    let tap = here.tap(slot(3), Side::Receive);
    let window = tap.window(first, 160)?;
    let header = [0x80u8, 8, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4];
    let mut pieces = vec![nix::libc::iovec {
        iov_base: header.as_ptr().cast_mut().cast(),
        iov_len: header.len(),
    }];
    let iovecs = window.iovecs();
    pieces.extend_from_slice(iovecs.as_slice());
    ensure!(uring_send(&sender, &pieces)? == 172);
    window.check()?;
    let mut packet = [0; 2048];
    let length = receiver.recv(&mut packet).context("no datagram came")?;
    ensure!(packet[..length] == [&header[..], &octets].concat()[..]);
    ensure!(
        tap.meter().bytes() == 0,
        "something was copied in userspace"
    );
    Ok("172 octets, 160 of them from the kernel's page, none copied in userspace".to_owned())
}
