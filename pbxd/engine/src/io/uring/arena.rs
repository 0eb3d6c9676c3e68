// SPDX-License-Identifier: MIT OR Apache-2.0
//! Send slots: the memory that a queued `SENDMSG` points to.

use super::super::address::Name;
use super::super::{Body, PAYLOAD, Unsent};
use rtp::HEADER_OCTETS;
use std::net::SocketAddr;
use tdm::Tap;

/// One queued message. Its parts point into itself and into the port's tap; it does not move.
struct Slot {
    message: libc::msghdr,
    parts: [libc::iovec; 3],
    name: Name,
    head: [u8; HEADER_OCTETS],
    octets: [u8; PAYLOAD],
    flight: Flight,
}

/// What a send in flight was.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flight {
    pub(super) port: usize,
    pub(super) rtp: Option<usize>,
    pub(super) window: Option<(u64, u64)>,
}

pub(super) struct Arena {
    slots: Box<[Slot]>,
    free: Vec<u32>,
}

impl Arena {
    pub(super) fn new(count: usize) -> Self {
        let empty = || Slot {
            // SAFETY: all-zero is a valid message header without anything.
            message: unsafe { std::mem::zeroed() },
            parts: [part(&[]); 3],
            name: Name::EMPTY,
            head: [0; HEADER_OCTETS],
            octets: [0; PAYLOAD],
            flight: Flight {
                port: 0,
                rtp: None,
                window: None,
            },
        };
        Self {
            slots: (0..count).map(|_| empty()).collect(),
            free: (0..count as u32).rev().collect(),
        }
    }

    /// Fills a free slot. The message stays valid and unchanged until [`Self::release`], as long as the tap lives.
    pub(super) fn fill(
        &mut self,
        port: usize,
        tap: &Tap,
        to: SocketAddr,
        body: Body<'_>,
    ) -> Result<(usize, *const libc::msghdr), Unsent> {
        let number = *self.free.last().ok_or(Unsent::Full)? as usize;
        let slot = self.slots.get_mut(number).ok_or(Unsent::Full)?;
        slot.flight = Flight {
            port,
            rtp: body.rtp(),
            window: None,
        };
        let used = match body {
            Body::Window {
                header,
                first,
                count,
            } => {
                let window = tap.window(first, count).map_err(|_| Unsent::Lost)?;
                slot.head = header;
                slot.flight.window = Some((first, count));
                slot.parts[0] = part(&slot.head);
                let mut used = 1;
                for (place, piece) in slot
                    .parts
                    .iter_mut()
                    .skip(1)
                    .zip(window.iovecs().as_slice())
                {
                    *place = *piece;
                    used += 1;
                }
                used
            }
            Body::Octets { header, octets } => {
                slot.head = header;
                slot.parts[0] = part(&slot.head);
                slot.parts[1] = copy(&mut slot.octets, octets)?;
                2
            }
            Body::Datagram(octets) => {
                slot.parts[0] = copy(&mut slot.octets, octets)?;
                1
            }
        };
        slot.name = Name::new(to);
        slot.message.msg_name = slot.name.as_mut_ptr();
        slot.message.msg_namelen = slot.name.length();
        slot.message.msg_iov = slot.parts.as_mut_ptr();
        slot.message.msg_iovlen = used;
        self.free.pop();
        Ok((number, &raw const slot.message))
    }

    /// The send is complete, or was not queued after all. Says what it was.
    pub(super) fn release(&mut self, number: usize) -> Option<Flight> {
        let slot = self.slots.get(number)?;
        self.free.push(number as u32);
        Some(slot.flight)
    }
}

fn part(octets: &[u8]) -> libc::iovec {
    libc::iovec {
        iov_base: octets.as_ptr().cast_mut().cast(),
        iov_len: octets.len(),
    }
}

fn copy(to: &mut [u8; PAYLOAD], from: &[u8]) -> Result<libc::iovec, Unsent> {
    let to = to.get_mut(..from.len()).ok_or(Unsent::Full)?;
    to.copy_from_slice(from);
    Ok(part(to))
}
