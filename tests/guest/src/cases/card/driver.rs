// SPDX-License-Identifier: MIT OR Apache-2.0
//! The original C driver and its tools.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::module::command;

const CONFIGURATION: &str = "/etc/dahdi/system.conf";

/// How its spans are to be configured.
#[derive(Clone, Copy)]
pub(super) enum Signalling {
    /// Common channel, with the chip's HDLC controller on timeslot 16.
    Ccs,
    /// Channel-associated.
    Cas,
}

/// The loaded driver; it is stopped and unloaded with this value.
pub(super) struct Driver {
    configured: bool,
    loaded: bool,
}

impl Driver {
    /// Loads it; the spans assign themselves.
    pub(super) fn load() -> Result<Self> {
        std::fs::write("/proc/sys/kernel/printk", "1").context("cannot quiet the console")?;
        if !is_mounted("/dev/shm")? {
            std::fs::create_dir_all("/dev/shm")?;
            command(Command::new("mount").args(["-t", "tmpfs", "shm", "/dev/shm"]))?;
        }
        if !Path::new("/sys/module/dahdi").exists() {
            command(Command::new("insmod").args(["/dahdi/dahdi.ko", "auto_assign_spans=1"]))?;
            command(Command::new("insmod").arg("/dahdi/oct612x.ko"))?;
        }
        command(Command::new("insmod").arg("/dahdi/wct4xxp.ko"))?;
        let driver = Driver {
            configured: false,
            loaded: true,
        };
        until(Duration::from_secs(10), "four spans in dahdi_scan", || {
            Ok(alarms()?.len() == 4)
        })?;
        Ok(driver)
    }

    /// Loads it and configures the four spans, which must be without alarm within a minute.
    pub(super) fn start(signalling: Signalling) -> Result<Self> {
        let mut driver = Self::load()?;
        std::fs::write(CONFIGURATION, configuration(signalling))?;
        driver.configured = true;
        command(&mut Command::new("dahdi_cfg"))?;
        green(Duration::from_secs(60))?;
        Ok(driver)
    }

    /// Stops and unloads it.
    pub(super) fn stop(mut self) -> Result<()> {
        self.end()
    }

    fn end(&mut self) -> Result<()> {
        if std::mem::take(&mut self.configured) {
            // It exits with 1 although it stops the spans.
            Command::new("dahdi_cfg").arg("-s").output()?;
        }
        if std::mem::take(&mut self.loaded) {
            command(Command::new("rmmod").arg("wct4xxp"))?;
        }
        Ok(())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            eprintln!("the driver does not go: {error:#}");
        }
    }
}

fn is_mounted(at: &str) -> Result<bool> {
    let mounts = std::fs::read_to_string("/proc/mounts")?;
    Ok(mounts
        .lines()
        .any(|line| line.split(' ').nth(1) == Some(at)))
}

fn configuration(signalling: Signalling) -> String {
    let mode = match signalling {
        Signalling::Ccs => "ccs,hdb3,crc4",
        Signalling::Cas => "cas,hdb3,crc4",
    };
    let mut text = String::new();
    for (span, timing) in [(1, 1), (2, 0), (3, 2), (4, 0)] {
        text += &format!("span={span},{timing},0,{mode}\n");
    }
    text += match signalling {
        Signalling::Ccs => {
            "bchan=1-15,17-31,32-46,48-62,63-77,79-93,94-108,110-124\nhardhdlc=16,47,78,109\n"
        }
        Signalling::Cas => "cas=1-15,17-31,32-46,48-62,63-77,79-93,94-108,110-124:1101\n",
    };
    text + "loadzone=us\ndefaultzone=us\n"
}

/// Asks again until something is so.
pub(super) fn until(
    limit: Duration,
    what: &str,
    mut so: impl FnMut() -> Result<bool>,
) -> Result<Duration> {
    let start = Instant::now();
    while !so()? {
        if start.elapsed() > limit {
            bail!("no {what} within {} s", limit.as_secs());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(start.elapsed())
}

/// What a tool prints.
pub(super) fn output(program: &str, arguments: &[&str]) -> Result<String> {
    let out = Command::new(program).args(arguments).output();
    let out = out.with_context(|| format!("cannot start {program}"))?;
    let text = [out.stdout, out.stderr].concat();
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// What `dahdi_scan` says of a key, span by span.
pub(super) fn scan(key: &str) -> Result<Vec<String>> {
    let text = output("dahdi_scan", &[])?;
    let start = format!("{key}=");
    let found = text.lines().filter_map(|line| line.strip_prefix(&start));
    Ok(found.map(str::to_owned).collect())
}

/// The alarms of the spans, by number.
pub(super) fn alarms() -> Result<Vec<String>> {
    scan("alarms")
}

/// Waits until all four spans are without alarm.
pub(super) fn green(limit: Duration) -> Result<Duration> {
    until(limit, "span without alarm", || {
        Ok(alarms()? == ["OK", "OK", "OK", "OK"])
    })
}

/// Waits until a span (1 to 4) shows an alarm.
pub(super) fn alarm(span: usize, wanted: &str, limit: Duration) -> Result<Duration> {
    let what = format!("{wanted} on span {span}");
    until(limit, &what, || {
        let all = alarms()?;
        Ok(all
            .get(span - 1)
            .is_some_and(|alarm| alarm.contains(wanted)))
    })
}

/// Sets or ends a loop of a span.
pub(super) fn loopback(span: usize, kind: &str) -> Result<()> {
    command(Command::new("dahdi_maint").args(["-s", &span.to_string(), "-l", kind]))
}

/// The node of a span's channel.
pub(super) fn node(span: usize, channel: usize) -> String {
    format!("/dev/dahdi/chan/{span:03}/{channel:03}")
}
