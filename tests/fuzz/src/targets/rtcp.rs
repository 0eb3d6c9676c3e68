// SPDX-License-Identifier: MIT OR Apache-2.0
//! RTCP datagrams. The walk must end, and a session must take whatever comes and go on reporting.

use core::time::Duration;

use ::rtp::Sender;
use ::rtp::rtcp::{Cname, MAX_OCTETS, Rtcp, RtcpConfig, items};

/// One run.
pub fn run(data: &[u8]) {
    let count = items(data).count();
    assert!(count <= data.len() / 4 + 1, "each packet has four octets at least");
    let failed = items(data).any(|item| item.is_err());
    let config = RtcpConfig {
        cname: Cname::new("fuzz"),
        interval: Duration::from_secs(5),
        ntp_at_epoch: 0,
        seed: 1,
    };
    let ours = data.first_chunk().map_or(0, |c| u32::from_be_bytes(*c));
    let mut rtcp = Rtcp::new(config, Duration::ZERO);
    let now = Duration::from_secs(20);
    assert_eq!(rtcp.input(now, data, ours).is_err(), failed);
    let mut buffer = [0; MAX_OCTETS];
    let length = rtcp.report(now, 0, &Sender::new(ours, 0, 0), None, &mut buffer);
    let written = length.and_then(|n| buffer.get(..n)).unwrap_or_default();
    assert_eq!(items(written).filter(|item| item.is_ok()).count(), 2);
}
