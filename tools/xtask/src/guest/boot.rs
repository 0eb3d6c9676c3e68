// SPDX-License-Identifier: MIT OR Apache-2.0
//! QEMU: one guest, from its start to its end.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::boots::Boot;
use super::cards::Cards;
use super::chroot::{Chroot, Mount};
use super::image::Image;
use super::report::Report;
use super::{INSIDE, work};
use crate::command::{Log, shown};

/// Where the sockets of the cards are in the chroot.
const CARDS: &str = "/run/cards";
/// QEMU without a standard machine's devices: its console is a serial line, results go out on a second one.
const MACHINE: &[&str] = &[
    "-machine",
    "q35",
    "-accel",
    "tcg,thread=multi",
    "-cpu",
    "max",
    "-smp",
    "2",
    "-nodefaults",
    "-display",
    "none",
    "-no-reboot",
];

/// Boots the image and reads what its tests report. The guest is ended at the boot's limit.
pub(crate) fn tests(boot: &Boot, chroot: &Chroot, image: &Image, log: &Log) -> Result<Report> {
    let results = image.dir.join("results");
    let console = image.dir.join("console");
    File::create(&results).with_context(|| format!("cannot write {}", results.display()))?;
    let cards = Cards::start(boot.cards.as_deref(), boot.pin, log)?;
    let mut qemu = qemu(boot, chroot, image, &cards)?;
    qemu.args(["-monitor", "none", "-serial"]);
    qemu.arg(format!("file:{}/console", image.dir_inside));
    qemu.arg("-serial")
        .arg(format!("file:{}/results", image.dir_inside));
    if let Some(name) = cards.control() {
        // The tests give the emulator commands over a third line.
        let path = Path::new(CARDS).join(name);
        let line = format!("socket,id=control,path={}", path.display());
        qemu.args(["-chardev", &line, "-serial", "chardev:control"]);
    }
    let output = File::create(image.dir.join("qemu"))?;
    qemu.stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output);
    log.note(&format!("$ {}", shown(&qemu)))?;
    let child = qemu.spawn().context("cannot start QEMU")?;
    let ending = wait(child, boot.limit)?;
    let mut report = Report::read(&results, &console, &image.dir.join("qemu"), ending)?;
    if let Err(error) = cards.finish() {
        report.add_failure(&format!("{error:#}"));
    }
    log.note(&report.to_string())?;
    Ok(report)
}

/// Boots the image with its console on this terminal.
pub(crate) fn shell(boot: &Boot, chroot: &Chroot, image: &Image, log: &Log) -> Result<bool> {
    let cards = Cards::start(boot.cards.as_deref(), boot.pin, log)?;
    let mut qemu = qemu(boot, chroot, image, &cards)?;
    qemu.args(["-serial", "mon:stdio"]);
    println!("Ctrl-A X ends the guest; `exit` in its shell does too.");
    let status = qemu.status().context("cannot start QEMU")?;
    Ok(status.success())
}

fn qemu(boot: &Boot, chroot: &Chroot, image: &Image, cards: &Cards) -> Result<Command> {
    let work = work()?;
    let mounts = [
        Mount::Write(&work, INSIDE),
        Mount::Write(cards.dir(), CARDS),
    ];
    let mut qemu = chroot.enter(&mounts);
    if let Some(cpu) = boot.pin {
        qemu.args(["taskset", "--cpu-list", &cpu.to_string()]);
    }
    qemu.arg("qemu-system-x86_64").args(MACHINE);
    // Shared memory, so that a card's process reaches it by DMA.
    let memory = boot.memory;
    qemu.args(["-m", &memory.to_string(), "-object"]);
    qemu.arg(format!(
        "memory-backend-memfd,id=mem,size={memory}M,share=on"
    ));
    qemu.args(["-numa", "node,memdev=mem", "-kernel"]);
    qemu.arg(format!("/usr/lib/modules/{}/vmlinuz", chroot.release));
    qemu.args(["-initrd", &image.inside, "-append"]);
    let words = format!("console=ttyS0 panic=-1 quiet {}", boot.append);
    qemu.arg(words.trim_end());
    for name in cards.sockets() {
        let path = Path::new(CARDS).join(name);
        let socket = serde_json::json!({"type": "unix", "path": path});
        let device = serde_json::json!({"driver": "vfio-user-pci", "socket": socket});
        qemu.args(["-device", &device.to_string()]);
    }
    Ok(qemu)
}

/// How QEMU ended.
pub(crate) enum Ending {
    /// By itself: the guest switched off, or rebooted after a panic.
    Ended(ExitStatus),
    /// It was ended at the limit.
    TooLong(Duration),
}

fn wait(mut child: Child, limit: Duration) -> Result<Ending> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Ending::Ended(status));
        }
        if Instant::now() > deadline {
            // The namespace's first process dies with it, and QEMU with that.
            child.kill()?;
            child.wait()?;
            return Ok(Ending::TooLong(limit));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
