// SPDX-License-Identifier: MIT OR Apache-2.0
//! What phones say and hear: A-law over RTP in packets of 20 ms.

use std::collections::HashMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// Octets of a packet.
const PACKET: usize = 160;
/// Octets of RTP's fixed header.
const HEADER: usize = 12;
/// Octets that are looked for together: a slip costs no more than one of these.
const BLOCK: usize = 40;

/// Octets that repeat nowhere, and differ between seeds: so each tells where it belongs.
pub(super) fn speech(seed: u64, packets: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..packets * PACKET)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        })
        .collect()
}

/// How many per cent of the blocks that were spoken stand in what was heard, in their order.
pub(super) fn identical_percent(spoken: &[u8], heard: &[u8]) -> f64 {
    let key = |octets: &[u8]| <[u8; 8]>::try_from(octets.get(..8)?).ok();
    let places: HashMap<[u8; 8], usize> = (0..heard.len())
        .filter_map(|at| Some((key(heard.get(at..)?)?, at)))
        .collect();
    let mut from = 0;
    let mut found = 0;
    let blocks = spoken.chunks_exact(BLOCK);
    let count = blocks.len();
    for block in blocks {
        let place = key(block).and_then(|key| places.get(&key)).copied();
        let same = |at: &usize| *at >= from && heard.get(*at..at + BLOCK) == Some(block);
        if let Some(at) = place.filter(same) {
            found += 1;
            from = at + BLOCK;
        }
    }
    100.0 * found as f64 / count.max(1) as f64
}

/// Speaks, a packet at its time: the line's, not the clock's on the wall.
pub(super) struct Mouth {
    socket: UdpSocket,
    to: SocketAddr,
    speech: Vec<u8>,
    begin: Option<u64>,
    said: usize,
}

impl Mouth {
    /// Begins to speak with the next tick.
    pub(super) fn new(socket: &UdpSocket, to: SocketAddr, speech: Vec<u8>) -> Result<Self> {
        Ok(Self {
            socket: socket.try_clone()?,
            to,
            speech,
            begin: None,
            said: 0,
        })
    }

    /// Everything is said.
    pub(super) fn is_done(&self) -> bool {
        self.said * PACKET >= self.speech.len()
    }

    /// Says what is due at this frame.
    pub(super) fn speak(&mut self, frame: u64) -> Result<()> {
        let begin = *self.begin.get_or_insert(frame);
        while !self.is_done() && begin + (self.said * PACKET) as u64 <= frame {
            let at = self.said * PACKET;
            let payload = self.speech.get(at..at + PACKET).unwrap_or_default();
            let mut packet = vec![0x80, 8];
            packet.extend((self.said as u16).to_be_bytes());
            packet.extend((at as u32).to_be_bytes());
            packet.extend(0x5eed_u32.to_be_bytes());
            packet.extend(payload);
            self.socket
                .send_to(&packet, self.to)
                .context("sending RTP")?;
            self.said += 1;
        }
        Ok(())
    }
}

/// A sequence number and a payload.
type Packet = (u16, Vec<u8>);

/// Hears, in the order of sequence numbers.
pub(super) struct Ear {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Vec<Packet>>,
}

impl Ear {
    /// Begins to listen.
    pub(super) fn open(socket: &UdpSocket) -> Result<Self> {
        let socket = socket.try_clone()?;
        socket.set_read_timeout(Some(Duration::from_millis(100)))?;
        let stop = Arc::new(AtomicBool::new(false));
        let ended = stop.clone();
        let thread = std::thread::spawn(move || {
            let mut packets = Vec::new();
            let mut buffer = [0; 2048];
            while !ended.load(Ordering::Relaxed) {
                let Ok((length, _)) = socket.recv_from(&mut buffer) else {
                    continue;
                };
                if let Some((sequence, payload)) = parse(buffer.get(..length).unwrap_or_default()) {
                    packets.push((sequence, payload.to_vec()));
                }
            }
            packets
        });
        Ok(Self { stop, thread })
    }

    /// Ends and returns what was heard.
    pub(super) fn close(self) -> Result<Vec<u8>> {
        self.stop.store(true, Ordering::Relaxed);
        let mut packets = self
            .thread
            .join()
            .map_err(|_| anyhow::anyhow!("the listening thread died"))?;
        let first = packets.first().map_or(0, |packet| packet.0);
        packets.sort_by_key(|packet| packet.0.wrapping_sub(first) as i16);
        Ok(packets.into_iter().flat_map(|packet| packet.1).collect())
    }
}

/// The sequence number and the payload of a packet of A-law.
fn parse(packet: &[u8]) -> Option<(u16, &[u8])> {
    let (header, payload) = packet.split_at_checked(HEADER)?;
    if header[0] != 0x80 || header[1] & 0x7f != 8 {
        return None;
    }
    Some((u16::from_be_bytes([header[2], header[3]]), payload))
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, identical_percent, speech};

    #[test]
    fn what_is_lost_is_counted_and_what_is_another_voice_too() {
        let one = speech(1, 10);
        assert_eq!(identical_percent(&one, &one), 100.0);
        let late = [vec![0xd5; 77], one.clone()].concat();
        assert_eq!(identical_percent(&one, &late), 100.0);
        assert_eq!(identical_percent(&one, &one[one.len() / 2..]), 50.0);
        assert_eq!(identical_percent(&one, &speech(2, 10)), 0.0);
        let mut slipped = one.clone();
        slipped.remove(BLOCK + 3);
        assert!(identical_percent(&one, &slipped) > 97.0);
    }
}
