// SPDX-License-Identifier: MIT OR Apache-2.0
//! The control thread: accepts connections and answers requests, one of each client at a time.

use super::connection::{Connection, End};
use super::hub::Hub;
use super::listener::Listener;
use crate::clock::Bell;
use crate::model::Owner;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::io::ErrorKind;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Connections at a time.
const MAX_CONNECTIONS: usize = 512;
/// How long new connections wait when there are no descriptors left, in milliseconds.
const PAUSE_MS: u16 = 100;

/// Serves until `stop`. `bell` wakes this thread, `clock` the clock's.
pub(crate) fn serve(
    listener: &Listener,
    hub: &Mutex<Hub>,
    stop: &AtomicBool,
    bell: &Bell,
    clock: &Bell,
) {
    let mut connections: Vec<Connection> = Vec::new();
    let mut next = 1;
    let mut pause = false;
    while !stop.load(Ordering::Acquire) {
        let ready = match wait(listener, &connections, bell, pause) {
            Ok(ready) => ready,
            Err(Errno::EINTR) => continue,
            Err(errno) => {
                tracing::error!(%errno, "cannot wait for clients");
                return;
            }
        };
        bell.quiet();
        let mut hub = lock(hub);
        let mut kept = Vec::with_capacity(connections.len());
        for (mut connection, ready) in connections.drain(..).zip(ready.clients) {
            match if ready {
                connection.serve(&mut hub)
            } else {
                Ok(())
            } {
                Ok(()) => kept.push(connection),
                Err(end) => {
                    match end {
                        End::Closed => {}
                        End::Malformed => hub.statistics.malformed += 1,
                        End::Unread => hub.statistics.unread += 1,
                    }
                    tracing::debug!(?end, "connection ends");
                    connection.close(&mut hub);
                }
            }
        }
        connections = kept;
        pause = ready.listener && !accept(listener, &mut connections, &mut next, &mut hub);
        drop(hub);
        // Subscribers may have come or gone.
        clock.ring();
    }
    let mut hub = lock(hub);
    for connection in connections {
        connection.close(&mut hub);
    }
}

/// Who has something for us.
struct Ready {
    listener: bool,
    clients: Vec<bool>,
}

fn wait(
    listener: &Listener,
    connections: &[Connection],
    bell: &Bell,
    pause: bool,
) -> Result<Ready, Errno> {
    let wanted = if pause {
        PollFlags::empty()
    } else {
        PollFlags::POLLIN
    };
    let mut fds = vec![
        PollFd::new(bell.as_fd(), PollFlags::POLLIN),
        PollFd::new(listener.as_fd(), wanted),
    ];
    fds.extend(
        connections
            .iter()
            .map(|c| PollFd::new(c.as_fd(), PollFlags::POLLIN)),
    );
    poll(
        &mut fds,
        if pause {
            PollTimeout::from(PAUSE_MS)
        } else {
            PollTimeout::NONE
        },
    )?;
    let mut seen = fds.iter().skip(1).map(|fd| fd.any().unwrap_or(true));
    let listener = seen.next().unwrap_or(false);
    // After a pause it is worth another try.
    Ok(Ready {
        listener: listener || pause,
        clients: seen.collect(),
    })
}

/// Accepts one connection; `false` if there are no descriptors for it.
fn accept(
    listener: &Listener,
    connections: &mut Vec<Connection>,
    next: &mut u64,
    hub: &mut Hub,
) -> bool {
    match listener.accept() {
        Ok(socket) if connections.len() < MAX_CONNECTIONS => {
            hub.statistics.accepted += 1;
            connections.push(Connection::new(socket, Owner(*next)));
            *next += 1;
            true
        }
        Ok(_) => {
            hub.statistics.refused += 1;
            true
        }
        Err(error) if error.kind() == ErrorKind::WouldBlock => true,
        Err(error) => {
            tracing::warn!(%error, "cannot accept a connection");
            false
        }
    }
}

/// The hub, even if another thread panicked with it: its state is consistent between calls.
pub(crate) fn lock(hub: &Mutex<Hub>) -> MutexGuard<'_, Hub> {
    hub.lock().unwrap_or_else(PoisonError::into_inner)
}
