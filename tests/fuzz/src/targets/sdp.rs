// SPDX-License-Identifier: MIT OR Apache-2.0
//! Session descriptions, as an offer to us and as an answer to our offer.
//!
//! What is written must read and be written again the same (a missing `t=` is filled in once), and an answer must have the offer's
//! streams, one of them open.

use ::sdp::{Codec, Description, Direction, LocalAudio, Negotiator};

/// One run.
pub fn run(data: &[u8]) {
    let Ok(remote) = Description::parse(data) else {
        return;
    };
    let written = remote.to_bytes();
    match Description::parse(&written) {
        Ok(again) => assert_eq!(again.to_bytes(), written, "writing must agree with reading"),
        // Writing adds what was left out and CR before LF, which may exceed a bound.
        Err(error) => assert!(
            matches!(error, ::sdp::ParseError::TooLarge { .. }),
            "what was read cannot be written: {error}"
        ),
    }
    let address = std::net::Ipv4Addr::new(192, 0, 2, 1).into();
    let Ok(local) = LocalAudio::new(address, 4000, &[Codec::Pcma, Codec::Pcmu]) else {
        return;
    };
    let mut ours = Negotiator::new(local, 1, 1);
    if let Ok((answer, agreed)) = ours.answer(&remote, Direction::SendRecv) {
        let medias = &answer.session().medias;
        assert_eq!(medias.len(), remote.session().medias.len());
        assert_eq!(medias.iter().filter(|m| m.port != 0).count(), 1);
        assert!(agreed.receive_payload_type().is_some());
        assert!(!agreed.direction.sends() || agreed.rtp.is_some());
    }
    let before = ours.state();
    if ours.create_offer(Direction::SendOnly).is_ok() {
        let _ = ours.apply_answer(&remote);
        assert!(before == ours.state() || ours.state() == ::sdp::State::Stable);
    }
}
