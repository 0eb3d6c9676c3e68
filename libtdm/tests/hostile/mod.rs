// SPDX-License-Identifier: MIT OR Apache-2.0
mod answers;
mod later;
mod regions;

use crate::support::{accept_on, listener};
use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::unistd::ftruncate;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use tdm::abi::event::ENTRY_WORDS;
use tdm::abi::geometry::{Geometry, ROW_FRAMES, SKEW_FRAMES};
use tdm::abi::message::Open;
use tdm::abi::position::{Positions, publish};
use tdm::abi::status::{ABI_VERSION, Head, MAGIC, STATUS_PAGE_BYTES};
use tdm::abi::text;
use tdm::serve::{Region, Request, Writer};
use tdm::{Error, Span, SpanAddress};
use tempfile::TempDir;

const EVENTS: u64 = 64;
const STATUS_BYTES: u64 = STATUS_PAGE_BYTES as u64 + EVENTS * ENTRY_WORDS as u64 * 8;
const RING_BYTES: u64 = 32 * 4096;

/// What a server publishes; right unless a test spoils it.
struct Published {
    head: Head,
    positions: Positions,
    status: Region,
    receive: Region,
    sent: Region,
}

impl Published {
    fn new() -> Self {
        let geometry = Geometry::for_page(4096).unwrap();
        Self {
            head: Head {
                magic: MAGIC,
                abi_version: ABI_VERSION,
                features: 0,
                slots: 32,
                ring_frames: geometry.frames(),
                ring_stride: geometry.stride(),
                row_frames: ROW_FRAMES,
                skew_frames: SKEW_FRAMES,
                status_bytes: STATUS_BYTES,
                event_offset: STATUS_PAGE_BYTES as u64,
                event_capacity: EVENTS,
                tx_lead: 8,
                tick_frames: 8,
                clock_domain: 0,
                span_index: 0,
                name: text::to_words(&text::pack("a")),
                reserved: [0; 9],
            },
            positions: Positions {
                epoch: 1,
                rx_frame: 8000,
                tx_taken: 8008,
                ..Positions::default()
            },
            status: Region::new("status", STATUS_BYTES, Writer::Server).unwrap(),
            receive: Region::new("receive", RING_BYTES, Writer::Server).unwrap(),
            sent: Region::new("sent", RING_BYTES, Writer::Server).unwrap(),
        }
    }

    /// The answer to OPEN.
    fn argument(&self) -> Open {
        Open {
            abi_version: ABI_VERSION,
            status_bytes: self.status.bytes(),
            ring_bytes: self.receive.bytes(),
            name: text::pack("a"),
        }
    }

    /// Writes head and positions, and answers OPEN with the three regions.
    fn answer(&self, socket: BorrowedFd<'_>, request: &Request) {
        publish(&self.status, &self.positions);
        self.head.write(&self.status);
        let regions = [self.status.as_fd(), self.receive.as_fd(), self.sent.as_fd()];
        request
            .answer(socket, None, &self.argument(), &regions)
            .unwrap();
    }
}

/// A server that treats its first connection as the test says.
struct Hostile {
    _directory: TempDir,
    address: SpanAddress,
}

impl Hostile {
    fn new(treat: impl FnOnce(OwnedFd) + Send + 'static) -> Self {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("sock");
        let listener = listener(&path);
        std::thread::spawn(move || treat(accept_on(&listener).unwrap()));
        Self {
            address: format!("unix:{}#a", path.display()).parse().unwrap(),
            _directory: directory,
        }
    }

    /// A server that answers the first request, whatever it is, as the test says, and then holds the connection open.
    fn answering(answer: impl FnOnce(BorrowedFd<'_>, &Request) + Send + 'static) -> Self {
        Self::new(move |socket| {
            let request = Request::receive(socket.as_fd()).unwrap().unwrap();
            answer(socket.as_fd(), &request);
            // Until the client goes.
            let _ = Request::receive(socket.as_fd());
        })
    }

    /// A server that publishes what the test made of a right span.
    fn publishing(spoil: impl FnOnce(&mut Published) + Send + 'static) -> Self {
        Self::answering(|socket, request| {
            let mut published = Published::new();
            spoil(&mut published);
            published.answer(socket, request);
        })
    }

    fn open(&self) -> Result<Span, Error> {
        Span::open(&self.address)
    }

    /// What opening it says.
    fn error(&self) -> String {
        self.open().expect_err("it must be refused").to_string()
    }
}

/// A memory file of this size with these seals.
fn memory_file(bytes: i64, seals: SealFlag) -> OwnedFd {
    let fd = memfd_create(
        "hostile",
        MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING,
    )
    .unwrap();
    ftruncate(&fd, bytes).unwrap();
    fcntl(&fd, FcntlArg::F_ADD_SEALS(seals)).unwrap();
    fd
}

fn open_descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}
