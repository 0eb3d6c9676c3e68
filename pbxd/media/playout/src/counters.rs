// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a call's playout counts.

/// Counters of one playout; frames are octets on the line. They wrap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Packets of audio played, wholly or in part.
    pub written_packets: u32,
    /// Frames planned straight from packets.
    pub written_frames: u64,
    /// Packets whose frames had all been taken.
    pub late: u32,
    /// Frames of played packets that had been taken.
    pub late_frames: u32,
    /// Packets missing by their sequence numbers and not (yet) arrived.
    pub lost: u32,
    /// Packets that arrived again.
    pub duplicates: u32,
    /// Packets that arrived after a later one and were still played.
    pub reordered: u32,
    /// Concealed frames, up to 60 ms a loss.
    pub concealed_frames: u64,
    /// Frames of comfort noise after that.
    pub noise_frames: u64,
    /// Frames left to the ring's idle code in a long silence.
    pub idle_frames: u64,
    /// Frames that were taken before anything was written to them: the caller came too late.
    pub starved_frames: u64,
    /// Concealed frames overwritten by the packet they stood for.
    pub rewritten_frames: u32,
    /// Frames dropped by steering.
    pub dropped_for_drift: u32,
    /// Frames repeated by steering.
    pub repeated_for_drift: u32,
    /// Times the stream was placed anew: first packet not counted, jump, new source, too early.
    pub resyncs: u32,
    /// Times a held-up stream was played on later.
    pub shifts: u32,
    /// Times a talk spurt was placed anew within the silence.
    pub spurts: u32,
    /// Frames of packets that overlapped what was written before and were dropped.
    pub overlapped_frames: u32,
    /// Packets too far out of order to keep account of.
    pub unplaceable: u32,
    /// Packets of impossible length.
    pub bad_length: u32,
    /// Packets of a source that is not the stream's, or far off its sequence.
    pub foreign: u32,
    /// Frames converted from the packet's law to the line's.
    pub converted_frames: u64,
    /// Frames of tone and pause written for telephone events.
    pub tone_frames: u64,
    /// Frames of audio muted under telephone events.
    pub muted_frames: u64,
    /// Telephone events played.
    pub events: u32,
    /// Telephone events dropped: no digit, or too many waiting.
    pub events_dropped: u32,
    /// Telephone-event packets that were malformed.
    pub events_malformed: u32,
    /// Octets copied here: into the shadow of the ring, which concealment repeats from.
    pub copied_octets: u64,
}
