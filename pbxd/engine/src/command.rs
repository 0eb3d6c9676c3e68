// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the control side asks of a worker. Whatever has to be allocated for it comes along.

use crate::handle::ChannelId;
use crate::settings::{Media, Tone};
use crate::stats::{ChannelStats, WorkerStats};
use crate::worker::Channel;
use crossbeam::channel::Sender;
use hdrhistogram::Histogram;
use std::io;
use tdm::{Span, Wakeups};

pub(crate) struct Attached {
    pub(crate) span: Span,
    pub(crate) wakeups: Wakeups,
}

pub(crate) struct Opened {
    pub(crate) number: u32,
    pub(crate) channel: (Channel, crate::io::Port),
}

pub(crate) enum Command {
    Attach(u16, Box<Attached>, Sender<io::Result<()>>),
    Detach(u16),
    Open(Box<Opened>, Sender<io::Result<u16>>),
    Modify(ChannelId, Media),
    Tone(ChannelId, Option<Tone>),
    Close(ChannelId),
    ChannelStats(ChannelId, Sender<Option<ChannelStats>>),
    Stats(Box<Histogram<u64>>, bool, Sender<Box<WorkerStats>>),
}
