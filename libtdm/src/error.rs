// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can go wrong with a span, and what to do about it.

use kernel_rust_abi::geometry::SlotSet;
use nix::errno::Errno;
use std::io;

/// The result of an operation on a span.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An operation on a span failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address has no known form.
    #[error(
        "span address {address:?}: expected unix:SOCKET#SPAN or the path of a node such as /dev/tdm/span0"
    )]
    Address {
        /// The address as given.
        address: String,
    },
    /// The socket or node cannot be opened.
    #[error("cannot open {path}: {source}{hint}")]
    Open {
        /// What was opened.
        path: String,
        /// The system's reason.
        source: io::Error,
        /// What to do.
        hint: &'static str,
    },
    /// The server has no span of that name.
    #[error("no span {name:?} at {path}; it has: {known}")]
    UnknownSpan {
        /// The name as given.
        name: String,
        /// The server.
        path: String,
        /// Names that exist.
        known: String,
    },
    /// The other side speaks another ABI.
    #[error(
        "the span speaks ABI {major}.{minor}, this library {}.x; install the driver (or emulator) and the programs of one release, and \
         load the driver again",
        kernel_rust_abi::status::ABI_MAJOR
    )]
    Version {
        /// Its major number.
        major: u32,
        /// Its minor number.
        minor: u32,
    },
    /// What the other side published makes no sense.
    #[error("the span published {what} = {found}, expected {expected}")]
    Layout {
        /// Which fact.
        what: &'static str,
        /// Its value.
        found: u64,
        /// What would be right.
        expected: &'static str,
    },
    /// Slots are held by somebody else.
    #[error("slots {slots:?} are held by {holder}; release them there first")]
    Busy {
        /// The slots that are held.
        slots: Vec<u8>,
        /// The holder's name for itself.
        holder: String,
    },
    /// The other side refused a request.
    #[error("{request}: {errno}{hint}")]
    Refused {
        /// The request.
        request: &'static str,
        /// Its errno.
        errno: Errno,
        /// What to do.
        hint: &'static str,
    },
    /// The span is gone: its card was removed or its emulator ended.
    #[error("the span is gone: its card was removed or its emulator ended; open it again")]
    Gone,
    /// A system call failed.
    #[error("{what}: {source}")]
    System {
        /// What was attempted.
        what: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// The slots are not part of this claim or not usable on this span.
    #[error("slots {:?} are not part of {of}", slots.iter().map(|slot| slot.number()).collect::<Vec<_>>())]
    Slots {
        /// The slots.
        slots: SlotSet,
        /// Of what.
        of: &'static str,
    },
}

impl Error {
    pub(crate) fn system(what: &'static str, errno: Errno) -> Self {
        Self::System {
            what,
            source: errno.into(),
        }
    }

    pub(crate) fn refused(request: &'static str, errno: Errno) -> Self {
        if matches!(
            errno,
            Errno::ENODEV | Errno::EPIPE | Errno::ECONNRESET | Errno::ENOTCONN
        ) {
            return Self::Gone;
        }
        let hint = match errno {
            Errno::EINVAL => " (the arguments do not fit this span)",
            Errno::ENOSPC => " (a bound was reached; try again later)",
            Errno::EPERM | Errno::EACCES => " (join the group tdm, or ask for CAP_NET_ADMIN)",
            Errno::EOPNOTSUPP => " (this span cannot do that; see its feature bits)",
            Errno::ETIMEDOUT => " (the other side did not answer within five seconds)",
            _ => "",
        };
        Self::Refused {
            request,
            errno,
            hint,
        }
    }
}

/// Frames that were asked for are not there: not received yet, overwritten, or of an earlier epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("frames {first}..{} are not held: epoch {epoch} holds {oldest}..{rx_frame}", first.saturating_add(*count))]
pub struct Lost {
    /// First frame asked for.
    pub first: u64,
    /// Frames asked for.
    pub count: u64,
    /// The epoch now.
    pub epoch: u64,
    /// The oldest frame that stands.
    pub oldest: u64,
    /// Everything below this has been received.
    pub rx_frame: u64,
}
