// SPDX-License-Identifier: MIT OR Apache-2.0
//! The media time-out.

use core::time::Duration;

use rtp::{Media, Watchdog, after, sequence_distance, timestamp_distance};

#[test]
fn silence_is_reported_once_and_its_end_too() {
    let s = Duration::from_secs;
    let mut w = Watchdog::new(s(30));
    assert_eq!((w.media(), w.poll_timeout()), (Media::Suspended, None));
    assert!(!w.handle_timeout(s(100)));
    w.expect(s(100), true);
    assert_eq!(w.poll_timeout(), Some(s(130)));
    assert!(!w.input(s(120)));
    assert!(!w.handle_timeout(s(149)));
    assert!(w.handle_timeout(s(150)));
    assert!(!w.handle_timeout(s(151)));
    assert_eq!((w.media(), w.poll_timeout()), (Media::TimedOut, None));
    assert!(w.input(s(160)));
    assert_eq!(
        (w.media(), w.poll_timeout()),
        (Media::Expected, Some(s(190)))
    );
    w.expect(s(170), false);
    assert_eq!(w.poll_timeout(), None);
    assert!(!w.input(s(171)));
}

#[test]
fn numbers_wrap() {
    assert_eq!(
        (sequence_distance(0xFFFF, 1), sequence_distance(1, 0xFFFF)),
        (2, -2)
    );
    assert_eq!(
        (
            timestamp_distance(u32::MAX, 0),
            timestamp_distance(0, u32::MAX)
        ),
        (1, -1)
    );
    let near = 5 << 32;
    assert_eq!(
        (after(near, u32::MAX), after(near, 7), after(0, u32::MAX)),
        (near - 1, near + 7, -1)
    );
}
