// SPDX-License-Identifier: MIT OR Apache-2.0
//! From the line to RTP: which packet is due, and its header.

use super::channel::Channel;
use crate::io::{Backend, Body, PAYLOAD, Stream, Unsent};
use rtp::{HEADER_OCTETS, Header, Sender};
use tdm::Positions;

/// The outgoing stream's place in line time. A packet holds the frames `[begin, begin + packet)` and is due when the last of
/// them has been received. Its timestamp moves with `begin`, whatever is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Transmission {
    sender: Sender,
    begin: u64,
    packet: u64,
    /// The next packet begins a talk spurt: nothing was sent before it.
    marker: bool,
}

impl Transmission {
    pub(crate) fn new(sender: Sender, packet: u64, begin: u64) -> Self {
        Self {
            sender,
            begin,
            packet,
            marker: true,
        }
    }

    pub(crate) fn sender(&self) -> &Sender {
        &self.sender
    }

    pub(crate) fn set_packet(&mut self, packet: u64) {
        self.packet = packet;
    }

    /// The timestamp that a frame has, or would have.
    pub(crate) fn timestamp_at(&self, frame: u64) -> u32 {
        let ahead = frame.wrapping_sub(self.begin) as u32;
        self.sender.timestamp().wrapping_add(ahead)
    }

    /// Begins at the first frame from `now` on that lies at this phase of the packet time (both in frames).
    pub(crate) fn align(&mut self, now: u64, phase: u64) {
        let phase = phase % self.packet;
        let past = now % self.packet;
        let wait = (phase + self.packet - past) % self.packet;
        self.skip_to(now + wait);
    }

    fn skip_to(&mut self, begin: u64) {
        self.sender.skip(begin.saturating_sub(self.begin) as u32);
        self.begin = self.begin.max(begin);
        self.marker = true;
    }

    fn header(&mut self, payload_type: u8) -> [u8; HEADER_OCTETS] {
        let samples = self.packet as u32;
        let marker = std::mem::take(&mut self.marker);
        let header: Header = self.sender.next(payload_type, marker, samples, samples);
        self.begin += self.packet;
        header.to_octets()
    }
}

impl Channel {
    /// Sends what is due, at most `burst` packets.
    pub(crate) fn transmit(&mut self, now: &Positions, burst: u32, backend: &mut dyn Backend) {
        let packet = self.transmission.packet;
        let due = now.rx_frame.saturating_sub(self.transmission.begin) / packet;
        if due == 0 || self.closing {
            return;
        }
        let begin = self.transmission.begin;
        let to = self
            .latch
            .destination()
            .filter(|_| self.media.direction.sends());
        let Some(to) = to else {
            self.transmission.skip_to(begin + due * packet);
            return;
        };
        if begin < now.epoch_frame {
            // Frames of an epoch that is over: reconfiguration or restart.
            let gone = (now.epoch_frame - begin).div_ceil(packet);
            self.to_rtp.missed += gone;
            self.transmission.skip_to(begin + gone * packet);
            return;
        }
        let missed = due.saturating_sub(u64::from(burst));
        if missed > 0 {
            self.to_rtp.missed += missed;
            self.transmission.skip_to(begin + missed * packet);
        }
        self.to_rtp.late += due - missed - 1;
        for _ in 0..due - missed {
            self.send_one(to, backend);
        }
    }

    fn send_one(&mut self, to: std::net::SocketAddr, backend: &mut dyn Backend) {
        let first = self.transmission.begin;
        let count = self.transmission.packet;
        let before = self.transmission;
        let header = self.transmission.header(self.media.payload_type());
        let index = usize::from(self.id.index);
        let result = if self.media.law == self.line_law {
            let body = Body::Window {
                header,
                first,
                count,
            };
            backend.send(index, Stream::Rtp, to, body)
        } else {
            let mut octets = [0; PAYLOAD];
            let octets = octets.get_mut(..count as usize).unwrap_or(&mut []);
            match self
                .tap
                .window(first, count)
                .and_then(|window| window.copy_to(octets))
            {
                Ok(()) => {
                    self.line_law.convert_in_place(self.media.law, octets);
                    // Into the send slot: the second copy.
                    self.to_rtp.copied += count;
                    backend.send(index, Stream::Rtp, to, Body::Octets { header, octets })
                }
                Err(_) => Err(Unsent::Lost),
            }
        };
        match result {
            Ok(()) => return,
            Err(Unsent::Lost) => self.to_rtp.lost += 1,
            Err(Unsent::Full) => self.to_rtp.no_slot += 1,
        }
        // Nothing left: the sequence number goes to the next packet.
        self.transmission = before;
        self.transmission.skip_to(first + count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_follow_line_time() {
        let mut one = Transmission::new(Sender::new(1, 100, 5000), 160, 8000);
        assert_eq!(one.timestamp_at(8010), 5010);
        one.align(8003, 40);
        assert_eq!(one.begin, 8040);
        assert_eq!(one.timestamp_at(8040), 5040);
        let header = one.header(8);
        assert_eq!(&header[..8], &[0x80, 0x88, 0, 100, 0, 0, 0x13, 0xb0]);
        let header = one.header(8);
        assert_eq!(&header[1..8], &[0x08, 0, 101, 0, 0, 0x14, 0x50]);
        assert_eq!(one.timestamp_at(8040), 5040);
        one.align(8360, 40);
        assert_eq!(one.begin, 8360);
    }
}
