// SPDX-License-Identifier: MIT OR Apache-2.0
//! The far end of a call: a UDP socket that sends packets made here and keeps what it receives.

use rtp::{Header, Packet};
use std::net::{SocketAddr, UdpSocket};

pub(crate) struct Received {
    pub(crate) header: Header,
    pub(crate) payload: Vec<u8>,
}

pub(crate) struct Far {
    pub(crate) socket: UdpSocket,
    pub(crate) to: SocketAddr,
    pub(crate) ssrc: u32,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) received: Vec<Received>,
}

impl Far {
    /// A far end that does not know yet where to send.
    pub(crate) fn new(ssrc: u32) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        Self {
            socket,
            to: "127.0.0.1:9".parse().unwrap(),
            ssrc,
            sequence: 65_500,
            timestamp: u32::MAX - 1000,
            received: Vec::new(),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.socket.local_addr().unwrap()
    }

    /// The next packet as octets; sequence and timestamp move on.
    pub(crate) fn packet(&mut self, payload_type: u8, payload: &[u8]) -> Vec<u8> {
        let header = Header {
            marker: false,
            payload_type,
            sequence: self.sequence,
            timestamp: self.timestamp,
            ssrc: self.ssrc,
        };
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(payload.len() as u32);
        let mut octets = header.to_octets().to_vec();
        octets.extend_from_slice(payload);
        octets
    }

    pub(crate) fn send_raw(&self, octets: &[u8]) {
        self.socket.send_to(octets, self.to).unwrap();
    }

    pub(crate) fn send(&mut self, payload_type: u8, payload: &[u8]) {
        let octets = self.packet(payload_type, payload);
        self.send_raw(&octets);
    }

    /// Takes what has arrived.
    pub(crate) fn drain(&mut self) {
        let mut octets = [0; 2000];
        while let Ok((length, from)) = self.socket.recv_from(&mut octets) {
            // Reports go to the port behind a far end's, which may be another far end's.
            if from != self.to {
                continue;
            }
            let packet = Packet::parse(&octets[..length]).expect("what the engine sends is RTP");
            self.received.push(Received {
                header: packet.header,
                payload: packet.payload.to_vec(),
            });
        }
    }
}
