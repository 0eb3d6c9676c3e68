// SPDX-License-Identifier: MIT OR Apache-2.0
//! The state of one call, and what is written when no packet is at hand.

use dsp::{Concealment, FADE_END, Scale};
use g711::Law;
use rtp::event::EventReceiver;
use rtp::{Receiver, ReceiverConfig};

use crate::mapping::Mapping;
use crate::progress::Progress;
use crate::shadow::Shadow;
use crate::steering::Steering;
use crate::tones::Tones;
use crate::{Config, ConfigError, Counters, Quiet, Write};

/// Every write lies within so many frames of the edge.
pub const RANGE: u64 = 3072;
/// The longest packet that is played, in octets: 120 ms.
pub(crate) const MAX_PACKET: usize = 960;
/// The longest stretch that is generated at a time.
const CHUNK: i64 = 160;
/// Least and greatest level of the noise after a loss, in dBm0.
const NOISE_DBM0: (f32, f32) = (-68.0, -45.0);

/// A loss that is being concealed up to the front.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loss {
    pub(crate) start: i64,
    pub(crate) concealment: Concealment,
}

/// The playout of one RTP stream into one transmit ring.
#[derive(Clone, Debug)]
pub struct Playout {
    pub(crate) config: Config,
    pub(crate) receiver: Receiver,
    pub(crate) events: EventReceiver,
    pub(crate) edge: i64,
    /// `None` before the first packet.
    pub(crate) mapping: Option<Mapping>,
    pub(crate) steering: Steering,
    pub(crate) progress: Progress,
    pub(crate) loss: Option<Loss>,
    /// What was written last is no speech: nothing to repeat from.
    pub(crate) no_past: bool,
    pub(crate) tones: Tones,
    pub(crate) shadow: Shadow,
    pub(crate) counters: Counters,
    /// The last 64 sequence numbers, bit 0 the newest.
    pub(crate) seen: u64,
    /// The source changed: the next packet is placed behind what is written.
    pub(crate) resume: bool,
    pub(crate) silence: f32,
    noise: (f32, f32),
    seed: u32,
}

impl Playout {
    /// A playout that has heard nothing.
    ///
    /// # Errors
    /// [`ConfigError`] if the figures do not fit each other.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        config.check()?;
        let scale = Scale::of(config.law);
        Ok(Self {
            receiver: Receiver::new(ReceiverConfig::default()),
            events: EventReceiver::new(),
            edge: 0,
            mapping: None,
            steering: Steering::new(&config),
            progress: Progress::new(0),
            loss: None,
            no_past: true,
            tones: Tones::new(&config),
            shadow: Shadow::new(config.law),
            counters: Counters::default(),
            seen: 0,
            resume: false,
            silence: scale.rms(config.silence_dbm0).powi(2),
            noise: (scale.rms(NOISE_DBM0.0), scale.rms(NOISE_DBM0.1)),
            seed: config.seed,
            config,
        })
    }

    /// The counters.
    #[must_use]
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    /// The stream as received: loss and jitter for reports.
    #[must_use]
    pub const fn receiver(&self) -> &Receiver {
        &self.receiver
    }

    /// The stream as received, to take a report.
    pub fn receiver_mut(&mut self) -> &mut Receiver {
        &mut self.receiver
    }

    /// The octets of a [`Write::Generated`], in one or two pieces.
    #[must_use]
    pub fn generated(&self, frame: u64, len: u16) -> [&[u8]; 2] {
        self.shadow.read(frame as i64, usize::from(len))
    }

    /// Whether a packet has come since the beginning or the last [`Self::stop`].
    #[must_use]
    pub const fn is_started(&self) -> bool {
        self.mapping.is_some()
    }

    /// Stops generating until the next packet, which is placed as a first one: the far end holds,
    /// or something else owns the ring. Counters stay.
    pub fn stop(&mut self) {
        self.mapping = None;
        self.resume = false;
        self.loss = None;
        self.no_past = true;
        self.progress = Progress::new(self.edge);
        self.steering.restart();
        self.events.reset();
        self.tones.reset(&self.config);
    }

    /// The next stretch to write so that the ring is filled up to frame `until`, and under a tone
    /// up to [`Config::tone_ahead`] beyond it; `None` when it is, and before the first packet.
    pub fn poll_write(&mut self, edge: u64, until: u64) -> Option<Write> {
        self.advance(edge);
        self.mapping?;
        let most = self.edge.saturating_add(RANGE as i64 / 2);
        let until = i64::try_from(until).unwrap_or(i64::MAX).min(most);
        let front = self.progress.front;
        let ahead = until.saturating_add(i64::from(self.config.tone_ahead));
        let ahead = ahead.min(most).min(front + CHUNK);
        let due = self.tones.next_begin(front).is_some_and(|b| b <= front);
        if due && front < ahead {
            if let Some(write) = self.write_tone(ahead) {
                return Some(write);
            }
        }
        if front >= until {
            return None;
        }
        let stop = until.min(front + CHUNK);
        let begin = self.tones.next_begin(front);
        self.conceal(stop.min(begin.unwrap_or(stop)))
    }

    /// Takes account of the edge: what was not written before it is past.
    pub(crate) fn advance(&mut self, edge: u64) {
        let edge = i64::try_from(edge).unwrap_or(i64::MAX).min(i64::MAX / 2);
        self.edge = self.edge.max(edge);
        let front = self.progress.front;
        if self.mapping.is_some() && front < self.edge {
            let missed = self.edge - front;
            self.counters.starved_frames += missed as u64;
            let before = self
                .progress
                .next_island()
                .map_or(self.edge, |(start, _)| start);
            self.shadow.idle(front, before.min(self.edge) - front);
            self.end_loss();
            self.progress.advance(self.edge);
        }
    }

    fn write_tone(&mut self, stop: i64) -> Option<Write> {
        self.end_loss();
        let front = self.progress.front;
        if self.tones.begin(front) {
            self.counters.events = self.counters.events.wrapping_add(1);
        }
        let mut frame = front;
        while frame < stop {
            let Some((sample, gave_up)) = self.tones.sample() else {
                break;
            };
            if gave_up {
                self.events.give_up();
            }
            self.shadow.set(frame, self.config.law.encode(sample));
            frame += 1;
        }
        if frame == front {
            return None;
        }
        self.no_past = true;
        self.counters.tone_frames += (frame - front) as u64;
        // What packets wrote under the tone is covered; what they wrote after it stands.
        self.progress.advance(frame);
        Some(Write::Generated {
            frame: front as u64,
            len: (frame - front) as u16,
        })
    }

    /// Writes concealment or noise up to `stop` or the next written stretch.
    fn conceal(&mut self, stop: i64) -> Option<Write> {
        let front = self.progress.front;
        let island = self.progress.next_island();
        let mut stop = island.map_or(stop, |(start, _)| stop.min(start));
        let mut loss = self.loss.take().unwrap_or_else(|| self.begin_loss(front));
        if let Quiet::IdleAfter(limit) = self.config.quiet {
            let end = loss.start + i64::from(limit);
            if front >= end {
                return self.leave_idle(loss, stop);
            }
            stop = stop.min(end);
        }
        for frame in front..stop {
            let faded = loss.concealment.elapsed() >= FADE_END;
            let sample = loss
                .concealment
                .sample(past(&self.shadow, self.config.law, loss.start));
            self.shadow
                .set(frame, self.config.law.encode(sample.round() as i16));
            if faded {
                self.counters.noise_frames += 1;
            } else {
                self.counters.concealed_frames += 1;
            }
        }
        self.progress.front = stop;
        let mut end = stop;
        match island.filter(|(start, _)| *start == stop) {
            // The joint with what a packet wrote: its beginning is written again.
            Some((start, last)) => {
                end = self.join(&mut loss, start, last.min(start + CHUNK));
                self.progress.add_hole((loss.start, start));
                self.progress.advance(start);
                self.no_past = false;
            }
            None => self.loss = Some(loss),
        }
        Some(Write::Generated {
            frame: front as u64,
            len: (end - front) as u16,
        })
    }

    fn leave_idle(&mut self, loss: Loss, stop: i64) -> Option<Write> {
        let front = self.progress.front;
        self.counters.idle_frames += (stop - front) as u64;
        self.shadow.idle(front, stop - front);
        self.progress.advance(stop);
        self.loss = Some(loss);
        self.no_past = true;
        // Idle is written once more, over what may stand there from before.
        Some(Write::Generated {
            frame: front as u64,
            len: (stop - front) as u16,
        })
    }

    fn begin_loss(&mut self, start: i64) -> Loss {
        self.seed = self
            .seed
            .wrapping_mul(1_664_525)
            .wrapping_add(1_013_904_223);
        let (least, most) = self.noise;
        let concealment = if self.no_past {
            Concealment::noise(self.seed, least)
        } else {
            Concealment::new(
                self.seed,
                least,
                most,
                past(&self.shadow, self.config.law, start),
            )
        };
        Loss { start, concealment }
    }

    /// Overlaps octets already in the shadow, from `start` on, with the continued concealment;
    /// returns one past the last frame that changed.
    pub(crate) fn join(&mut self, loss: &mut Loss, start: i64, end: i64) -> i64 {
        let law = self.config.law;
        for frame in start..end {
            let good = f32::from(law.decode(self.shadow.at(frame)));
            let before = past(&self.shadow, law, loss.start);
            let Some(sample) = loss.concealment.reenter(good, before) else {
                return frame;
            };
            self.shadow.set(frame, law.encode(sample.round() as i16));
        }
        end
    }

    /// Ends a loss at the front without a joint.
    pub(crate) fn end_loss(&mut self) {
        if let Some(loss) = self.loss.take() {
            self.progress.add_hole((loss.start, self.progress.front));
        }
    }
}

/// The samples before `start`, counted backwards from 1.
fn past(shadow: &Shadow, law: Law, start: i64) -> impl Fn(usize) -> f32 + '_ {
    move |back| f32::from(law.decode(shadow.at(start - back as i64)))
}
