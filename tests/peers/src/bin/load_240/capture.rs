// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was on the loopback interface, by a program that is none of ours: dumpcap writes the headers of every datagram, and the
//! RTP streams are counted from its file.

use peers::program::Program;
use std::collections::BTreeMap;
use std::net::UdpSocket;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Octets kept of a frame: Ethernet, IPv4, UDP and RTP headers, and a bit.
const SNAP: &str = "64";
const PROBE: &[u8] = b"load 240";

/// A capture that runs.
pub(crate) struct Capture {
    dumpcap: Program,
    file: PathBuf,
    log: PathBuf,
    socket: UdpSocket,
}

impl Capture {
    pub(crate) fn start(dir: &Path) -> Result<Self, String> {
        let (file, log) = (dir.join("rtp.pcap"), dir.join("dumpcap.log"));
        let mut command = Command::new("dumpcap");
        command
            .args(["-P", "-q", "-i", "lo", "-f", "udp", "-B", "64", "-s", SNAP])
            .arg("-w")
            .arg(&file);
        let mut capture = Self {
            dumpcap: Program::start(command, &log, "apt install tshark")?,
            file,
            log,
            socket: UdpSocket::bind("127.0.0.1:0").map_err(|error| error.to_string())?,
        };
        capture.await_probe().map_err(|error| {
            format!("dumpcap cannot capture on the loopback interface (run as root, or with cap_net_raw): {error}")
        })?;
        Ok(capture)
    }

    /// Ends it when all that was sent is in the file: the streams, and how many frames dumpcap says that it missed.
    pub(crate) fn finish(
        mut self,
        ports: &RangeInclusive<u16>,
    ) -> Result<(Directions, Option<u64>), String> {
        self.await_probe()?;
        self.dumpcap.terminate()?;
        let octets = std::fs::read(&self.file).map_err(|error| error.to_string())?;
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        Ok((directions(&octets, ports)?, dropped(&log)))
    }

    /// Sends a datagram to the discard port until it is in the file.
    fn await_probe(&mut self) -> Result<(), String> {
        let end = Instant::now() + Duration::from_secs(20);
        let before = std::fs::metadata(&self.file).map_or(0, |file| file.len());
        loop {
            // That nobody listens there does not matter.
            let _ = self.socket.send_to(PROBE, "127.0.0.1:9");
            std::thread::sleep(Duration::from_millis(50));
            let octets = tail(&self.file, before).unwrap_or_default();
            if octets.windows(PROBE.len()).any(|window| window == PROBE) {
                return Ok(());
            }
            if self.dumpcap.ended().is_some() || Instant::now() > end {
                let log = std::fs::read_to_string(&self.log).unwrap_or_default();
                return Err(format!(
                    "what was sent is not in the capture: {}",
                    log.trim()
                ));
            }
        }
    }
}

fn tail(file: &Path, from: u64) -> std::io::Result<Vec<u8>> {
    use std::io::{Read, Seek, SeekFrom};
    let mut file = std::fs::File::open(file)?;
    file.seek(SeekFrom::Start(from))?;
    let mut octets = Vec::new();
    file.read_to_end(&mut octets)?;
    Ok(octets)
}

/// From "Packets received/dropped on interface 'Loopback: lo': 12/0 (pcap:0/dumpcap:0/flushed:0/ps_ifdrop:0) (100.0%)".
fn dropped(log: &str) -> Option<u64> {
    let line = log.lines().find(|line| line.contains("received/dropped"))?;
    let (_, counts) = line.rsplit_once("': ")?;
    let (_, dropped) = counts.split_whitespace().next()?.split_once('/')?;
    dropped.parse().ok()
}

/// The two ways, seen from the exchange.
#[derive(Debug, Default)]
pub(crate) struct Directions {
    /// RTP that SIPp sent.
    pub(crate) from_sipp: Way,
    /// RTP that pbxd sent.
    pub(crate) to_sipp: Way,
}

/// All streams of one way.
#[derive(Debug, Default)]
pub(crate) struct Way {
    streams: BTreeMap<(u16, u16, u32), Stream>,
    /// Microseconds by which packets came behind the fastest of their stream.
    behind: Vec<u32>,
    /// Packets that another with a higher number had overtaken.
    pub(crate) out_of_order: u64,
    /// Packets of the number before them.
    pub(crate) repeated: u64,
}

#[derive(Debug)]
struct Stream {
    first: i64,
    highest: i64,
    packets: u64,
    timestamp: u32,
    /// Arrival minus media time, microseconds.
    transits: Vec<i64>,
    media: i64,
}

impl Way {
    pub(crate) fn streams(&self) -> usize {
        self.streams.len()
    }

    pub(crate) fn packets(&self) -> u64 {
        self.streams.values().map(|stream| stream.packets).sum()
    }

    /// Numbers between the first and the last of each stream that never came.
    pub(crate) fn lost(&self) -> u64 {
        let expected: i64 = self
            .streams
            .values()
            .map(|stream| stream.highest - stream.first + 1)
            .sum();
        u64::try_from(expected)
            .unwrap_or(0)
            .saturating_sub(self.packets() - self.repeated)
    }

    /// Packets that came more than this behind the fastest of their stream.
    pub(crate) fn later_than(&self, limit: Duration) -> usize {
        let limit = u32::try_from(limit.as_micros()).unwrap_or(u32::MAX);
        self.behind.len() - self.behind.partition_point(|behind| *behind <= limit)
    }

    /// A quantile of that, in milliseconds.
    pub(crate) fn behind_ms(&self, quantile: f64) -> f64 {
        let last = self.behind.len().saturating_sub(1);
        let at = (quantile * last as f64).round() as usize;
        self.behind.get(at).copied().unwrap_or(0) as f64 / 1000.0
    }

    fn packet(&mut self, key: (u16, u16, u32), at: i64, number: u16, timestamp: u32) {
        let stream = self.streams.entry(key).or_insert_with(|| Stream {
            first: i64::from(number),
            highest: i64::from(number) - 1,
            packets: 0,
            timestamp,
            transits: Vec::new(),
            media: 0,
        });
        // The number and the time nearest to the last ones.
        let step = i64::from(number.wrapping_sub((stream.highest & 0xffff) as u16) as i16);
        match step {
            0 => self.repeated += 1,
            1.. => stream.highest += step,
            _ => self.out_of_order += 1,
        }
        let ticks = i64::from(timestamp.wrapping_sub(stream.timestamp) as i32);
        stream.timestamp = timestamp;
        stream.media += ticks * 125;
        stream.packets += 1;
        stream.transits.push(at - stream.media);
    }

    fn close(&mut self) {
        for stream in self.streams.values_mut() {
            let fastest = stream.transits.iter().copied().min().unwrap_or(0);
            let behind = |transit: i64| u32::try_from(transit - fastest).unwrap_or(u32::MAX);
            self.behind.extend(stream.transits.drain(..).map(behind));
        }
        self.behind.sort_unstable();
    }
}

/// Counts the RTP streams of a classic pcap file whose one end is in `ports`.
fn directions(octets: &[u8], ports: &RangeInclusive<u16>) -> Result<Directions, String> {
    let mut all = Directions::default();
    let header = octets.get(..24).ok_or("the capture is empty")?;
    if header.get(..4) != Some(&0xa1b2_c3d4_u32.to_ne_bytes()) {
        return Err("the capture is no pcap file of this machine with microseconds".into());
    }
    let mut rest = octets.get(24..).unwrap_or_default();
    while let Some((record, more)) = rest.split_at_checked(16) {
        let word = |at: usize| -> Option<u32> {
            Some(u32::from_ne_bytes(record.get(at..at + 4)?.try_into().ok()?))
        };
        let (Some(seconds), Some(micros), Some(kept)) = (word(0), word(4), word(8)) else {
            break;
        };
        let Some((frame, next)) = more.split_at_checked(kept as usize) else {
            break;
        };
        rest = next;
        let at = i64::from(seconds) * 1_000_000 + i64::from(micros);
        if let Some((key, number, timestamp)) = rtp(frame) {
            if ports.contains(&key.1) {
                all.from_sipp.packet(key, at, number, timestamp);
            } else if ports.contains(&key.0) {
                all.to_sipp.packet(key, at, number, timestamp);
            }
        }
    }
    all.from_sipp.close();
    all.to_sipp.close();
    Ok(all)
}

/// Ports, SSRC, number and timestamp of an RTP packet over UDP and IPv4 in an Ethernet frame; RTP has the even ports.
fn rtp(frame: &[u8]) -> Option<((u16, u16, u32), u16, u32)> {
    let ip = frame.get(14..)?;
    let length = usize::from(ip.first()? & 15) * 4;
    let udp = ip.get(length..)?;
    let short = |part: &[u8], at: usize| -> Option<u16> {
        Some(u16::from_be_bytes(part.get(at..at + 2)?.try_into().ok()?))
    };
    let long = |part: &[u8], at: usize| -> Option<u32> {
        Some(u32::from_be_bytes(part.get(at..at + 4)?.try_into().ok()?))
    };
    let (from, to) = (short(udp, 0)?, short(udp, 2)?);
    let packet = udp.get(8..)?;
    let version = packet.first()? >> 6;
    if version != 2 || from % 2 != 0 || to % 2 != 0 {
        return None;
    }
    let key = (from, to, long(packet, 8)?);
    Some((key, short(packet, 2)?, long(packet, 4)?))
}
