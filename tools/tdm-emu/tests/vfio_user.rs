// SPDX-License-Identifier: MIT OR Apache-2.0
//! The vfio-user server without a socket: arbitrary messages, and streams cut anywhere.

#![allow(clippy::unwrap_used)]

use nix::errno::Errno;
use proptest::prelude::*;
use tdm_emu::pci::session::{Device, Range, Stream, handle};
use tdm_emu::pci::wire::{HEADER_BYTES, Header, MAX_MESSAGE, WireError};

/// Notes what reaches it.
#[derive(Default)]
struct Seen {
    accesses: Vec<(u32, usize)>,
    ranges: Vec<Range>,
    resets: u32,
}

impl Device<()> for Seen {
    fn config_read(&mut self, offset: usize, to: &mut [u8]) {
        assert!(offset + to.len() <= 256);
    }
    fn config_write(&mut self, offset: usize, from: &[u8]) {
        assert!(offset + from.len() <= 256);
    }
    fn bar_read(&mut self, offset: u32, to: &mut [u8]) {
        self.accesses.push((offset, to.len()));
    }
    fn bar_write(&mut self, offset: u32, from: &[u8]) {
        self.accesses.push((offset, from.len()));
    }
    fn map(&mut self, range: Range, _file: Option<()>) -> Result<(), Errno> {
        self.ranges.push(range);
        Ok(())
    }
    fn unmap(&mut self, all: bool, address: u64, size: u64) {
        let end = address.saturating_add(size);
        self.ranges
            .retain(|r| !all && (r.address < address || r.address + r.size > end));
    }
    fn set_interrupt(&mut self, _eventfd: Option<()>) -> Result<(), Errno> {
        Ok(())
    }
    fn unmasked(&mut self) {}
    fn reset(&mut self) {
        self.resets += 1;
    }
}

fn message(command: u16, flags: u32, body: &[u8]) -> Vec<u8> {
    let size = (HEADER_BYTES + body.len()) as u32;
    let mut message = 7_u16.to_ne_bytes().to_vec();
    message.extend_from_slice(&command.to_ne_bytes());
    for field in [size, flags, 0] {
        message.extend_from_slice(&field.to_ne_bytes());
    }
    message.extend_from_slice(body);
    message
}

fn command() -> impl Strategy<Value = u16> {
    prop_oneof![1_u16..16, any::<u16>()]
}

proptest! {
    #[test]
    fn every_message_has_one_answer_or_none(
        command in command(),
        body in proptest::collection::vec(any::<u8>(), 0..80),
        no_reply: bool,
    ) {
        let octets = message(command, if no_reply { 0x10 } else { 0 }, &body);
        let header = Header::read(&octets).unwrap().unwrap();
        let mut device = Seen::default();
        let reply = handle(&header, &body, vec![()], &mut device);
        prop_assert_eq!(reply.is_none(), no_reply);
        if let Some(reply) = reply {
            prop_assert_eq!(&reply[..4], &octets[..4]);
            let size = u32::from_ne_bytes(reply[4..8].try_into().unwrap());
            prop_assert_eq!(size as usize, reply.len());
        }
        for (offset, length) in device.accesses {
            prop_assert!(offset as usize + length <= 128);
        }
    }

    #[test]
    fn a_stream_may_be_cut_anywhere(
        bodies in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..60), 1..8),
        cut in 1_usize..50,
    ) {
        let octets: Vec<u8> = bodies.iter().flat_map(|body| message(13, 0, body)).collect();
        let mut stream = Stream::default();
        let mut found = Vec::new();
        for piece in octets.chunks(cut) {
            stream.push(piece);
            while let Some((_, body)) = stream.take_message().unwrap() {
                found.push(body.to_vec());
            }
        }
        prop_assert_eq!(found, bodies);
        prop_assert!(stream.is_empty());
    }

    #[test]
    fn arbitrary_octets_end_in_an_error_or_wait(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut stream = Stream::default();
        stream.push(&octets);
        let mut device = Seen::default();
        while let Ok(Some((header, body))) = stream.take_message() {
            let body = body.to_vec();
            handle(&header, &body, Vec::new(), &mut device);
        }
    }
}

#[test]
fn sizes_are_bounded_and_replies_refused() {
    let mut long = message(10, 0, &[]);
    long[4..8].copy_from_slice(&(MAX_MESSAGE as u32 + 1).to_ne_bytes());
    assert_eq!(
        Header::read(&long),
        Err(WireError::Size(MAX_MESSAGE as u32 + 1))
    );
    assert_eq!(Header::read(&message(9, 1, &[])), Err(WireError::Reply(7)));
    assert_eq!(Header::read(&[0; 15]), Ok(None));
}
