// SPDX-License-Identifier: MIT OR Apache-2.0
//! A span as anybody can see it: claims, what was sent in each slot, and the messages of the D channel.

use super::{Outcome, wait_for};
use q931::ie::{ChannelIdentification, ChannelList, Selection};
use q931::message::{Message, MessageType};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tdm::{Side, Slot, Span, SpanAddress, Tap, Wake};
use tdm_line::hdlc::{Decoder, Event, Limits, Rate};

/// The slot of the D channel.
const D: u8 = 16;
/// The longest LAPD frame and its check sequence.
const BUFFER: usize = Limits::LAPD.max + 2;
/// What an idle B channel sends, A-law.
const IDLE: u8 = 0xD5;
/// Frames between two looks: 10 ms.
const PERIOD: u32 = 80;
/// Frames of a slot that are looked at: 20 ms.
const LOOK: u64 = 160;

/// A Q.931 message on the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whether the span sent it; otherwise it received it.
    pub sent: bool,
    /// The message.
    pub message: Message,
}

/// What a watcher collects.
#[derive(Debug, Default)]
struct Book {
    span: Option<Span>,
    seen: Vec<Seen>,
}

/// A span that is watched. It is opened again whenever it is gone.
#[derive(Debug)]
pub struct Line {
    book: Arc<Mutex<Book>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Line {
    /// Watches a span from now on.
    pub fn watch(address: SpanAddress) -> Self {
        let book = Arc::new(Mutex::new(Book::default()));
        let stop = Arc::new(AtomicBool::new(false));
        let thread = thread::spawn({
            let (book, stop) = (book.clone(), stop.clone());
            move || {
                while !stop.load(Ordering::Relaxed) {
                    if let Ok(span) = Span::open(&address) {
                        follow(&span, &book, &stop);
                    }
                    thread::sleep(Duration::from_millis(20));
                }
            }
        });
        Self {
            book,
            stop,
            thread: Some(thread),
        }
    }

    fn with<T>(&self, read: impl FnOnce(&mut Book) -> T) -> T {
        read(&mut self.book.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Slots that are claimed; `None` while the span is not there.
    pub fn claimed(&self) -> Option<Vec<u8>> {
        let span = self.with(|book| book.span.clone())?;
        let claimed = Slot::all().filter(|slot| span.claim_of(*slot) != 0);
        Some(claimed.map(Slot::number).collect())
    }

    /// B channels on which something else than idle code was sent in the last 20 ms.
    pub fn busy(&self) -> Option<Vec<u8>> {
        let span = self.with(|book| book.span.clone())?;
        let mut busy = Vec::new();
        for slot in Slot::all().filter(|slot| ![0, D].contains(&slot.number())) {
            let tap = span.tap(slot, Side::Sent);
            let end = tap.positions().rx_frame;
            let mut octets = [0; LOOK as usize];
            let window = tap.window(end.checked_sub(LOOK)?, LOOK).ok()?;
            window.copy_to(&mut octets).ok()?;
            if octets.iter().any(|octet| *octet != IDLE) {
                busy.push(slot.number());
            }
        }
        Some(busy)
    }

    /// Waits until nobody holds a slot and every B channel sends its idle code.
    ///
    /// # Errors
    /// Which slots do not.
    pub fn wait_free(&self, limit: Duration) -> Outcome<Duration> {
        let free = || {
            (self.claimed().is_some_and(|slots| slots.is_empty())
                && self.busy().is_some_and(|slots| slots.is_empty()))
            .then_some(())
        };
        let state = || format!("claimed {:?}, busy {:?}", self.claimed(), self.busy());
        wait_for("no slot claimed, all idle", limit, free, state).map(|(_, took)| took)
    }

    /// Waits until these B channels send their idle code.
    ///
    /// # Errors
    /// Which do not.
    pub fn wait_idle(&self, slots: &BTreeSet<u8>, limit: Duration) -> Outcome<Duration> {
        let idle = || {
            self.busy()?
                .iter()
                .all(|slot| !slots.contains(slot))
                .then_some(())
        };
        let state = || format!("busy {:?}", self.busy());
        wait_for("the slots are idle", limit, idle, state).map(|(_, took)| took)
    }

    /// Forgets the messages seen so far.
    pub fn forget(&self) {
        self.with(|book| book.seen.clear());
    }

    /// The messages of a kind in a direction.
    pub fn messages(&self, sent: bool, kind: MessageType) -> Vec<Message> {
        self.with(|book| {
            book.seen
                .iter()
                .filter(|seen| seen.sent == sent && seen.message.kind == kind)
                .map(|seen| seen.message.clone())
                .collect()
        })
    }

    /// The channels that messages of a kind name.
    pub fn channels(&self, sent: bool, kind: MessageType) -> BTreeSet<u8> {
        self.messages(sent, kind)
            .iter()
            .filter_map(|message| message.legal::<ChannelIdentification>())
            .flat_map(|channels| match channels.selection {
                Selection::Channels {
                    list: ChannelList::Numbers(numbers),
                    ..
                } => numbers,
                _ => Vec::new(),
            })
            .collect()
    }

    /// Waits for a message.
    ///
    /// # Errors
    /// It did not come; which did.
    pub fn wait_message(&self, sent: bool, kind: MessageType, limit: Duration) -> Outcome {
        let way = if sent { "sent" } else { "received" };
        let come = || (!self.messages(sent, kind).is_empty()).then_some(());
        wait_for(&format!("{kind:?} {way}"), limit, come, || self.story()).map(|_| ())
    }

    /// Waits until exactly these channels were restarted by the span's own end, and the far end has confirmed.
    ///
    /// # Errors
    /// What came instead.
    pub fn wait_restarted(&self, slots: &BTreeSet<u8>, limit: Duration) -> Outcome {
        let confirmed = || {
            self.channels(false, MessageType::RestartAcknowledge)
                .is_superset(slots)
                .then_some(())
        };
        wait_for("RESTART ACKNOWLEDGE", limit, confirmed, || self.story())?;
        let asked = self.channels(true, MessageType::Restart);
        if asked == *slots {
            Ok(())
        } else {
            Err(format!("RESTART for {asked:?}, lost were {slots:?}"))
        }
    }

    /// The messages, for a failure's report.
    pub fn story(&self) -> String {
        self.with(|book| {
            let words: Vec<String> = book
                .seen
                .iter()
                .map(|seen| {
                    let arrow = if seen.sent { ">" } else { "<" };
                    format!("{arrow}{:?}", seen.message.kind)
                })
                .collect();
            words.join(" ")
        })
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A watcher that panicked has no more to say.
            let _ = thread.join();
        }
    }
}

fn follow(span: &Span, book: &Mutex<Book>, stop: &AtomicBool) {
    let (Some(slot), Ok(wakeups)) = (Slot::new(D), span.subscribe(Wake::every(PERIOD))) else {
        return;
    };
    let lock = || book.lock().unwrap_or_else(PoisonError::into_inner);
    let mut ways = [
        Way::new(span.tap(slot, Side::Receive), false),
        Way::new(span.tap(slot, Side::Sent), true),
    ];
    lock().span = Some(span.clone());
    while !stop.load(Ordering::Relaxed) && wakeups.wait(Duration::from_millis(50)).is_ok() {
        for way in &mut ways {
            way.read(|seen| lock().seen.push(seen));
        }
    }
    lock().span = None;
}

/// One direction of the D channel.
struct Way {
    tap: Tap,
    sent: bool,
    next: u64,
    decoder: Decoder<[u8; BUFFER]>,
    last: Vec<u8>,
}

impl Way {
    fn new(tap: Tap, sent: bool) -> Self {
        Self {
            next: tap.positions().rx_frame,
            tap,
            sent,
            decoder: Decoder::new(Rate::Full, Limits::LAPD, [0; BUFFER]),
            last: Vec::new(),
        }
    }

    fn read(&mut self, mut seen: impl FnMut(Seen)) {
        self.next = self.next.max(self.tap.oldest());
        let count = self.tap.positions().rx_frame.saturating_sub(self.next);
        let mut octets = vec![0; usize::try_from(count).unwrap_or(0)];
        let copied = self
            .tap
            .window(self.next, count)
            .and_then(|window| window.copy_to(&mut octets));
        if copied.is_err() {
            // Overtaken, or in another epoch: begin at the present.
            self.decoder.resync();
            self.next = self.tap.positions().rx_frame;
            return;
        }
        self.next += count;
        let mut rest = octets.as_slice();
        while !rest.is_empty() {
            let step = self.decoder.decode(rest);
            let consumed = step.consumed.clamp(1, rest.len());
            if let Some(Event::Frame(frame)) = step.event {
                // A frame that is repeated because its acknowledgement was slow is not another message.
                let new = *frame != *self.last;
                if let (Some(message), true) = (message(frame), new) {
                    self.last = frame.to_vec();
                    seen(Seen {
                        sent: self.sent,
                        message,
                    });
                }
            }
            rest = rest.get(consumed..).unwrap_or_default();
        }
    }
}

/// The message of an I frame: two octets of address, two of control whose first bit is 0.
fn message(frame: &[u8]) -> Option<Message> {
    let information = frame.get(4..)?;
    let numbered = frame.get(2)? & 1 == 0;
    let (message, _) = numbered.then(|| Message::decode(information).ok())??;
    Some(message)
}
