// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a link counts. All counters only grow (wrapping is a matter of centuries).

/// Counters of one link since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Frames handed to the line.
    pub frames_sent: u64,
    /// Frames the line brought, good or bad.
    pub frames_received: u64,
    /// I frames sent for the first time.
    pub information_sent: u64,
    /// I frames received in sequence.
    pub information_received: u64,
    /// I frames sent again.
    pub retransmitted: u64,
    /// I frames that came out of sequence and were discarded.
    pub out_of_sequence: u64,
    /// I frames discarded because we were busy.
    pub discarded_busy: u64,
    /// REJ frames sent.
    pub rejects_sent: u64,
    /// REJ frames received.
    pub rejects_received: u64,
    /// RNR frames received.
    pub peer_busy: u64,
    /// Enquiries sent (T200 or T203 expired in multiple-frame operation).
    pub enquiries: u64,
    /// Times the link came up, resets included.
    pub established: u64,
    /// Times an established link was lost or released.
    pub released: u64,
    /// Re-establishments begun by us because something went wrong.
    pub resets_ours: u64,
    /// Re-establishments of an established link begun by the peer.
    pub resets_peer: u64,
    /// Establishment attempts that failed after N200 retransmissions or by DM.
    pub establish_failed: u64,
    /// Invalid frames, discarded without notice (too short, bad address extension).
    pub invalid: u64,
    /// Frames rejected: undefined control, information not permitted, wrong or too great a length.
    pub rejected: u64,
    /// Frames of another SAPI or TEI.
    pub other_address: u64,
    /// Frames whose C/R bit is impossible for their kind, as a loop or two equal sides produce.
    pub wrong_direction: u64,
    /// Frames with an N(R) outside the window.
    pub bad_nr: u64,
    /// Frames that the state has no use for.
    pub unexpected: u64,
    /// FRMR frames received.
    pub frmr: u64,
    /// XID frames received; no XID procedure is implemented.
    pub xid: u64,
    /// Frames that came while layer 1 was reported down.
    pub layer1_down: u64,
    /// I frames refused because the transmit queue was full.
    pub queue_full: u64,
    /// I frames discarded unsent or unacknowledged by a release or reset.
    pub discarded: u64,
    /// Frames dropped because the caller did not drain the outputs; LAPD recovers them.
    pub outputs_full: u64,
    /// Transitions that the state table does not have; any is a defect of this crate.
    pub illegal_transitions: u64,
}
