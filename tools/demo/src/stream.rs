// SPDX-License-Identifier: MIT OR Apache-2.0
//! The phone's RTP: A-law in packets of 20 ms, sent by the clock, and all that comes kept with the time of its arrival.

mod assembly;

pub(crate) use assembly::{Arrival, Assembled, assemble};

use crate::clock::{MILLISECOND, now_ns, sleep_until};
use crate::ear::IDLE;
use anyhow::{Context, Result};
use rtp::{HEADER_OCTETS, Packet, Sender};
use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Octets of a packet.
pub(crate) const PACKET: usize = 160;
/// Time of a packet.
pub(crate) const PACKET_NS: u64 = 20 * MILLISECOND;
/// The payload type of A-law.
const PCMA: u8 = 8;
/// Packets of idle in front of the speech: 400 ms.
const LEAD: usize = 20;
/// Packets kept at most: two minutes.
const LIMIT: usize = 6000;

/// The sending half.
#[derive(Debug)]
pub(crate) struct Mouth {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<Spoken>>,
}

/// What was sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spoken {
    /// When each packet of the speech was sent.
    pub(crate) sent_ns: Vec<u64>,
    /// Packets sent, idle ones too.
    pub(crate) packets: u64,
}

impl Mouth {
    /// Says the speech to `remote`, and idle before and behind it.
    pub(crate) fn start(socket: &UdpSocket, remote: SocketAddr, speech: Arc<[u8]>) -> Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let (socket, stopped) = (socket.try_clone()?, stop.clone());
        let thread = std::thread::spawn(move || speak(&socket, remote, &speech, &stopped));
        Ok(Self { stop, thread })
    }

    /// Stops and tells what was sent.
    pub(crate) fn stop(self) -> Result<Spoken> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread
            .join()
            .map_err(|_| anyhow::anyhow!("the RTP sender died"))?
    }
}

/// The receiving half. It listens before the call, so that the first packet's time is right.
#[derive(Debug)]
pub(crate) struct Earpiece {
    stop: Arc<AtomicBool>,
    arrivals: Arc<Mutex<Vec<Arrival>>>,
    thread: JoinHandle<Result<()>>,
}

impl Earpiece {
    /// Keeps what comes from now on.
    pub(crate) fn start(socket: &UdpSocket) -> Result<Self> {
        socket.set_read_timeout(Some(Duration::from_millis(50)))?;
        let stop = Arc::new(AtomicBool::new(false));
        let arrivals = Arc::new(Mutex::new(Vec::new()));
        let (socket, stopped, kept) = (socket.try_clone()?, stop.clone(), arrivals.clone());
        let thread = std::thread::spawn(move || listen(&socket, &kept, &stopped));
        Ok(Self {
            stop,
            arrivals,
            thread,
        })
    }

    /// The payload of the last packets.
    pub(crate) fn tail(&self, packets: usize) -> Vec<u8> {
        let arrivals = lock(&self.arrivals);
        let last = arrivals
            .get(arrivals.len().saturating_sub(packets)..)
            .unwrap_or_default();
        last.iter()
            .flat_map(|arrival| arrival.payload.iter().copied())
            .collect()
    }

    /// Stops and gives what came.
    pub(crate) fn stop(self) -> Result<Vec<Arrival>> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread
            .join()
            .map_err(|_| anyhow::anyhow!("the RTP receiver died"))??;
        Ok(std::mem::take(&mut *lock(&self.arrivals)))
    }
}

fn lock(arrivals: &Mutex<Vec<Arrival>>) -> MutexGuard<'_, Vec<Arrival>> {
    arrivals.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Idle, the speech, and idle until the end. A packet leaves when its last sample has been spoken.
fn speak(
    socket: &UdpSocket,
    remote: SocketAddr,
    speech: &[u8],
    stop: &AtomicBool,
) -> Result<Spoken> {
    let start = now_ns();
    let random = (start >> 3) as u32;
    let mut stream = Sender::new(
        random.wrapping_mul(2_654_435_761),
        random as u16,
        random.rotate_left(16),
    );
    let mut spoken = Spoken::default();
    loop {
        sleep_until(start + (spoken.packets + 1) * PACKET_NS);
        if stop.load(Ordering::Relaxed) {
            return Ok(spoken);
        }
        let number = spoken.packets as usize;
        let at = number.checked_sub(LEAD).map(|packet| packet * PACKET);
        let voice = at.and_then(|at| speech.get(at..at + PACKET));
        let header = stream.next(PCMA, number == 0, PACKET as u32, PACKET as u32);
        let mut datagram = [IDLE; HEADER_OCTETS + PACKET];
        datagram[..HEADER_OCTETS].copy_from_slice(&header.to_octets());
        datagram[HEADER_OCTETS..].copy_from_slice(voice.unwrap_or(&[IDLE; PACKET]));
        if voice.is_some() {
            spoken.sent_ns.push(now_ns());
        }
        match socket.send_to(&datagram, remote) {
            // The far end is gone before we are: it may.
            Err(error) if error.kind() != ErrorKind::ConnectionRefused => {
                return Err(error).context("sending RTP");
            }
            _ => {}
        }
        spoken.packets += 1;
    }
}

fn listen(socket: &UdpSocket, arrivals: &Mutex<Vec<Arrival>>, stop: &AtomicBool) -> Result<()> {
    let mut buffer = [0; 1500];
    while !stop.load(Ordering::Relaxed) {
        let count = match socket.recv(&mut buffer) {
            Ok(count) => count,
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::ConnectionRefused
                ) =>
            {
                continue;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error).context("receiving RTP"),
        };
        let at_ns = now_ns();
        let Ok(packet) = Packet::parse(buffer.get(..count).unwrap_or_default()) else {
            continue;
        };
        let mut arrivals = lock(arrivals);
        if packet.header.payload_type == PCMA && arrivals.len() < LIMIT {
            let payload = packet.payload.to_vec();
            arrivals.push(Arrival {
                at_ns,
                header: packet.header,
                payload,
            });
        }
    }
    Ok(())
}
