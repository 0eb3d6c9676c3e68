// SPDX-License-Identifier: MIT OR Apache-2.0
//! Hostile programs: random requests from a seed, files that come and go in several threads, and nothing left behind.

use std::fs::{File, OpenOptions};
use std::os::fd::{AsFd as _, AsRawFd as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use nix::errno::Errno;
use nix::libc::{MAP_SHARED, PROT_READ, PROT_WRITE};
use nix::sys::eventfd::EventFd;
use tdm::SlotSet;
use tdm::abi::ioctl;

use super::spans::{open, slot, until};
use crate::control::Control;
use crate::module;
use crate::raw::{ARGUMENT, Map, any_ioctl, ioctl_at};

/// The seed of a run; another one is given in the environment.
const SEED: &str = "GUEST_TEST_SEED";

struct Random(u64);

impl Random {
    fn new() -> Result<Self> {
        let seed = match std::env::var(SEED) {
            Ok(text) => text.parse().context(SEED)?,
            Err(_) => 1,
        };
        println!("{SEED}={seed}");
        Ok(Self(seed ^ 0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

fn node(name: &str) -> Result<File> {
    let path = format!("/dev/tdm/{name}");
    let file = OpenOptions::new().read(true).write(true).open(&path);
    file.context(path)
}

/// Requests of every number with random arguments, often with a right number and size.
fn requests(rounds: u64) -> Result<String> {
    const RIGHT: [u32; 11] = [
        ioctl::CLAIM,
        ioctl::RELEASE,
        ioctl::SET_IDLE,
        ioctl::SUBSCRIBE,
        ioctl::UNSUBSCRIBE,
        ioctl::COMMAND,
        ioctl::CONFIGURE,
        ioctl::CONSUMED,
        ioctl::CREATE_PAIR,
        ioctl::DESTROY_PAIR,
        ioctl::REVOKE,
    ];
    let mut random = Random::new()?;
    let control = Control::open()?;
    // Slow enough that no host loses it a tick: nothing at all happens there.
    let quiet = control.create(20_000, 0)?;
    let neighbour = open(quiet.first)?;
    let config = neighbour.config();
    ensure!((quiet.first, quiet.second) == (0, 1), "{quiet:?}");
    let mut pair = control.create(0, 2)?;
    let mut nodes = [node(&format!("span{}", pair.first))?, node("ctl")?];
    let eventfd = EventFd::new()?;
    let mut argument = [0u8; ARGUMENT];
    let (mut accepted, mut refused) = (0u64, 0u64);
    for round in 0..rounds {
        if round % 2_000 == 0 {
            // Files come and go, and with them what they hold; so do pairs.
            drop(nodes);
            for span in 2..64 {
                match control.destroy(span, true) {
                    Ok(()) | Err(Errno::ENOENT) => {}
                    Err(errno) => anyhow::bail!("span{span} cannot be destroyed: {errno}"),
                }
            }
            pair = control.create(
                if round % 4_000 == 0 { 1_000 } else { 0 },
                (round % 4_000 != 0).into(),
            )?;
            nodes = [node(&format!("span{}", pair.first))?, node("ctl")?];
        }
        let dice = random.next();
        let number = if dice % 4 == 0 {
            // Every number and size.
            (random.next() as u32 & 0xffff_00ff) | 0xe100
        } else {
            RIGHT[(dice >> 8) as usize % RIGHT.len()]
        };
        // Small numbers mean something more often than large ones, and reserved fields are zero.
        for chunk in argument[..256].chunks_exact_mut(4) {
            let word = random.next();
            let value = (word >> 32) as u32;
            let value = match word % 8 {
                0..=2 => 0,
                3 | 4 => value % 4,
                5 => value % 40,
                6 => 1 << (value % 32),
                _ => value,
            };
            chunk.copy_from_slice(&value.to_ne_bytes());
        }
        if number == ioctl::SUBSCRIBE && dice >> 62 != 0 {
            argument[12..16].copy_from_slice(&eventfd.as_fd().as_raw_fd().to_ne_bytes());
        }
        let node = &nodes[(dice >> 32) as usize % 2];
        if number == ioctl::DESTROY_PAIR || number == ioctl::REVOKE {
            // Not the neighbour, who is to see nothing of all this.
            argument[..4].copy_from_slice(&(2 + (dice >> 40) as u32 % 60).to_ne_bytes());
        }
        let done = if dice >> 56 == 0 {
            ioctl_at(node, number, (random.next() as usize) | (1 << 62))
        } else {
            any_ioctl(node, number, &mut argument)
        };
        match done {
            Ok(()) => accepted += 1,
            Err(_) => refused += 1,
        }
    }
    drop(nodes);
    for span in 2..64 {
        let _ = control.destroy(span, true);
    }
    // The neighbour has seen nothing of it.
    let events = |name: &str| neighbour.counters().find(|(each, _)| *each == name);
    for name in ["events", "gaps", "missed_ticks", "commands_refused"] {
        ensure!(
            events(name).is_some_and(|(_, count)| count == 0),
            "the neighbour's {name}: {:?}",
            events(name)
        );
    }
    let now = neighbour.positions();
    ensure!(now.epoch == 1 && neighbour.config() == config);
    ensure!((0..32).all(|number| neighbour.claim_of(slot(number)) == 0));
    until("the neighbour's ticks", || {
        Ok(neighbour.positions().rx_frame > now.rx_frame)
    })?;
    drop(neighbour.claim(SlotSet::of(slot(1)), "after")?);
    Ok(format!(
        "{accepted} requests done, {refused} refused; the neighbour saw nothing"
    ))
}

/// A short run.
pub(crate) fn some_requests() -> Result<String> {
    requests(30_000)
}

/// A long one.
pub(crate) fn many_requests() -> Result<String> {
    requests(1_000_000)
}

/// Threads that open, claim, map, write, unmap, release, configure and close at once, while pairs come and go.
pub(crate) fn races() -> Result<String> {
    let control = Control::open()?;
    let pair = control.create(1_000, 0)?;
    let stop = AtomicBool::new(false);
    let rounds = std::thread::scope(|scope| -> Result<u64> {
        let worker = |number: u64| {
            let stop = &stop;
            move || -> u64 {
                let mut rounds = 0;
                while !stop.load(Ordering::Relaxed) {
                    rounds += 1;
                    let Ok(span) = open(pair.first) else { continue };
                    let slots = SlotSet::of(slot(1 + (rounds * 7 + number) as u8 % 30));
                    let claim = span.claim(slots, "racer");
                    if let Ok(claim) = &claim {
                        for slot in slots.iter() {
                            if let Ok(writer) = claim.transmit(slot) {
                                let from = writer.writable().start;
                                writer.write(from, &[number as u8; 400]);
                            }
                        }
                    }
                    if rounds % 5 == number {
                        // The holder of slots that go loses its claim.
                        let _ = span.configure(span.config());
                    }
                    if rounds % 3 == 0 {
                        // Unmapped first, released by the close.
                        drop(span);
                        drop(claim);
                    }
                }
                rounds
            }
        };
        let threads: Vec<_> = (0..4).map(|n| scope.spawn(worker(n))).collect();
        for _ in 0..60 {
            std::thread::sleep(Duration::from_millis(50));
            match control.destroy(pair.first, true) {
                Ok(()) | Err(Errno::ENOENT) => {}
                Err(errno) => return Err(errno).context("destroying the pair"),
            }
            control.create(1_000, 0)?;
        }
        stop.store(true, Ordering::Relaxed);
        let done = threads.into_iter().map(|thread| thread.join().unwrap_or(0));
        Ok(done.sum())
    })?;
    ensure!(rounds > 100, "only {rounds} rounds");
    Ok(format!("{rounds} rounds of four threads, 60 pairs"))
}

/// KiB that the kernel has allocated as areas of pages (the rings are such) and as slabs that it cannot reclaim.
fn allocated() -> Result<(u64, u64)> {
    let info = std::fs::read_to_string("/proc/meminfo")?;
    let value = |name: &str| -> Result<u64> {
        let line = info.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|rest| rest.split_whitespace().next());
        Ok(number
            .with_context(|| format!("no {name} in /proc/meminfo"))?
            .parse()?)
    };
    Ok((value("VmallocUsed:")?, value("SUnreclaim:")?))
}

/// Loads, uses and unloads the module; what the kernel has allocated comes back.
fn leaks(rounds: usize) -> Result<String> {
    let turn = || -> Result<()> {
        module::load(&["soft_pairs=2"])?;
        {
            let span = open(3)?;
            let claim = span.claim(span.usable_slots(), "passing")?;
            let wakeups = span.subscribe(tdm::Wake::every(8))?;
            ensure!(wakeups.wait(Duration::from_secs(5))?, "no wake-up");
            let node = node("span3")?;
            let map = Map::new(&node, ioctl::MAP_SENT, 4096, PROT_READ, MAP_SHARED)?;
            ensure!(
                Map::new(&node, 0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED).is_err(),
                "the status region is writable"
            );
            ensure!(module::unload().is_err(), "unloaded while it was in use");
            drop((claim, map));
        }
        module::unload()
    };
    turn()?;
    let before = allocated()?;
    for _ in 0..rounds {
        turn()?;
    }
    let after = allocated()?;
    // One span's rings are 292 KiB. Stacks of threads and a few slabs come and go with everything else that runs.
    let areas = after.0.saturating_sub(before.0);
    let slabs = after.1.saturating_sub(before.1);
    ensure!(areas < 256, "{areas} KiB of areas more than before");
    ensure!(slabs < 512, "{slabs} KiB of slabs more than before");
    Ok(format!(
        "{rounds} rounds; areas {areas} KiB and slabs {slabs} KiB more than before"
    ))
}

/// A few times.
pub(crate) fn leaks_short() -> Result<String> {
    leaks(5)
}

/// A hundred times.
pub(crate) fn leaks_long() -> Result<String> {
    leaks(100)
}
