// SPDX-License-Identifier: MIT OR Apache-2.0
//! Regions and facts that are wrong.

use super::{Hostile, Published, RING_BYTES, STATUS_BYTES, memory_file};
use nix::fcntl::SealFlag;
use std::os::fd::AsFd;
use tdm::serve::{Region, Writer};

#[test]
fn a_right_span_opens() {
    let server = Hostile::publishing(|_| {});
    let span = server.open().unwrap();
    assert_eq!(span.facts().name, "a");
    assert_eq!(span.positions().rx_frame, 8000);
}

#[test]
fn each_wrong_fact_is_named() {
    type Spoil = fn(&mut Published);
    let cases: [(Spoil, &str); 14] = [
        (|p| p.head.magic = 7, "magic = 7"),
        (|p| p.head.abi_version = 2 << 32, "ABI 2.0"),
        (|p| p.head.slots = 33, "slots = 33"),
        (|p| p.head.row_frames = 1, "row frames = 1"),
        (|p| p.head.skew_frames = 0, "skew frames = 0"),
        (|p| p.head.status_bytes += 8, "status bytes"),
        (|p| p.head.ring_frames = 1, "ring frames = 1"),
        (|p| p.head.ring_frames = 1 << 40, "ring frames"),
        (|p| p.head.ring_stride = 8, "ring frames"),
        (|p| p.head.event_offset = u64::MAX - 7, "event capacity"),
        (|p| p.head.event_capacity = 1 << 20, "event capacity"),
        (|p| p.head.tick_frames = 0, "tick frames = 0"),
        (|p| p.head.tick_frames = 4096, "tick frames = 4096"),
        (|p| p.head.tx_lead = u64::MAX, "transmit lead"),
    ];
    for (spoil, expected) in cases {
        let error = Hostile::publishing(spoil).error();
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

#[test]
fn regions_that_are_too_small_are_refused() {
    let small = |bytes| Region::new("small", bytes, Writer::Server).unwrap();
    let error = Hostile::publishing(move |p| p.sent = small(RING_BYTES - 4096)).error();
    assert!(error.contains("ring region bytes"), "{error}");
    let error = Hostile::publishing(move |p| p.receive = small(8)).error();
    assert!(error.contains("ring region bytes"), "{error}");
    // Rings that would need more than the regions have.
    let error = Hostile::publishing(|p| {
        p.head.ring_frames = 8192;
        p.head.ring_stride = 8192;
    })
    .error();
    assert!(error.contains("ring region bytes"), "{error}");
    let error = Hostile::publishing(move |p| p.status = small(1024)).error();
    assert!(error.contains("status bytes"), "{error}");
}

/// Opens a span whose status region is this descriptor.
fn with_status(fd: std::os::fd::OwnedFd, bytes: u64) -> String {
    Hostile::answering(move |socket, request| {
        let published = Published::new();
        let mut argument = published.argument();
        argument.status_bytes = bytes;
        let regions = [
            fd.as_fd(),
            published.receive.as_fd(),
            published.sent.as_fd(),
        ];
        request.answer(socket, None, &argument, &regions).unwrap();
    })
    .error()
}

#[test]
fn regions_that_could_shrink_are_refused() {
    let bytes = STATUS_BYTES;
    let error = with_status(memory_file(bytes as i64, SealFlag::F_SEAL_GROW), bytes);
    assert!(error.contains("F_SEAL_SHRINK"), "{error}");
    let file = tempfile::tempfile().unwrap();
    file.set_len(bytes).unwrap();
    let error = with_status(file.into(), bytes);
    assert!(error.contains("seals"), "{error}");
    let null = std::fs::File::open("/dev/null").unwrap();
    let error = with_status(null.into(), bytes);
    assert!(error.contains("seals"), "{error}");
}

#[test]
fn sizes_that_are_no_sizes_are_refused() {
    let error = with_status(memory_file(0, SealFlag::F_SEAL_SHRINK), 0);
    assert!(error.contains("region bytes = 0"), "{error}");
    let error = with_status(memory_file(4099, SealFlag::F_SEAL_SHRINK), 4099);
    assert!(error.contains("region bytes = 4099"), "{error}");
    let error = with_status(memory_file(1 << 40, SealFlag::F_SEAL_SHRINK), 1 << 40);
    assert!(error.contains("at most 4 MiB"), "{error}");
    let error = with_status(memory_file(8192, SealFlag::F_SEAL_SHRINK), 4096);
    assert!(error.contains("what OPEN answered"), "{error}");
}

#[test]
fn an_empty_status_region_has_no_magic() {
    let error = with_status(memory_file(8192, SealFlag::F_SEAL_SHRINK), 8192);
    assert!(error.contains("magic = 0"), "{error}");
}
