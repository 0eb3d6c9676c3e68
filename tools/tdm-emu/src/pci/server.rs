// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card's clients: one message after the other, one write a reply.

use super::seat::Seat;
use super::session::{Stream, handle};
use super::wire::MAX_MESSAGE;
use nix::errno::Errno;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

/// Descriptors that may wait for the rest of their message.
const MAX_WAITING: usize = 16;

/// What a client's stream ends with.
#[derive(Debug, thiserror::Error)]
enum Ended {
    /// It closed the connection.
    #[error("the client is gone")]
    Gone,
    /// What it sent cannot be followed.
    #[error(transparent)]
    Wire(#[from] super::wire::WireError),
    /// Descriptors without messages.
    #[error("descriptors that belong to no message")]
    Descriptors,
    /// The system.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// Serves a client of a card until it is gone.
pub(crate) fn serve(client: &UnixStream, seat: &Seat) {
    let card = seat.name();
    tracing::info!(card, "a client has connected");
    let ended = match converse(client, seat) {
        Ok(never) => match never {},
        Err(ended) => ended,
    };
    seat.leave();
    match ended {
        Ended::Gone => tracing::info!(card, "the client is gone"),
        other => tracing::warn!(card, error = %other, "the client was dropped"),
    }
}

/// Takes messages and answers them until the end.
fn converse(mut client: &UnixStream, seat: &Seat) -> Result<std::convert::Infallible, Ended> {
    let mut octets = [0; MAX_MESSAGE];
    let mut stream = Stream::default();
    let (mut received, mut handled) = (0_u64, 0_u64);
    // Descriptors, each with the place in the stream that its message covers.
    let mut waiting: VecDeque<(u64, Vec<OwnedFd>)> = VecDeque::new();
    loop {
        let (count, descriptors) = match tdm::serve::receive_stream(client.as_fd(), &mut octets) {
            Ok((0, _)) => return Err(Ended::Gone),
            Ok(received) => received,
            Err(Errno::EINTR) => continue,
            Err(Errno::ECONNRESET) => return Err(Ended::Gone),
            Err(errno) => return Err(io::Error::from(errno).into()),
        };
        received += count as u64;
        if !descriptors.is_empty() {
            if waiting.len() >= MAX_WAITING {
                return Err(Ended::Descriptors);
            }
            waiting.push_back((received, descriptors));
        }
        stream.push(octets.get(..count).unwrap_or_default());
        while let Some((header, body)) = stream.take_message()? {
            handled += header.size as u64;
            let mut files = Vec::new();
            while waiting.front().is_some_and(|(place, _)| *place <= handled) {
                files.extend(waiting.pop_front().into_iter().flat_map(|(_, fds)| fds));
            }
            let mut device = seat;
            if let Some(reply) = handle(&header, body, files, &mut device) {
                match client.write_all(&reply) {
                    Ok(()) => {}
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                        return Err(Ended::Gone);
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }
}
