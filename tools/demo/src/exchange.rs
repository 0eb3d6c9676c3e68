// SPDX-License-Identifier: MIT OR Apache-2.0
//! The far exchange: the network side of the PRI on a span of its own. It lets calls ring, answers them, and says its piece.

mod voice;

use crate::clock::now_ns;
use anyhow::{Context, Result};
use media_engine::dchannel::{DChannel, Settings};
use q931::cause::CauseValue;
use q931::{CallEvent, CallId, Event, Extras, Incoming, Side, Stack, StackOutput};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tdm::abi::event::alarm;
use tdm::{Claim, Slot, SlotSet, Span, Wake, Wakeups};
use voice::Voice;

/// The slot of the D channel.
const D_CHANNEL: u8 = 16;
/// Frames between two visits: 5 ms.
const VISIT_FRAMES: u32 = 40;
/// Who holds the slots.
const HOLDER: &str = "far exchange";

/// What it does with a call.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    /// The number that it answers.
    pub(crate) number: String,
    /// From SETUP to ALERTING.
    pub(crate) alert: Duration,
    /// From SETUP to CONNECT.
    pub(crate) answer: Duration,
    /// What it says once, A-law.
    pub(crate) speech: Arc<[u8]>,
}

/// Something that happened there.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    /// When.
    pub(crate) at_ns: u64,
    /// In words.
    pub(crate) text: String,
    /// What it means for the demo.
    pub(crate) what: What,
}

/// What a notice means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// Nothing more.
    Told,
    /// A call came, on this slot.
    Called(u8),
    /// The call is over; so many frames of speech left too late.
    Over(u64),
}

/// The running exchange.
#[derive(Debug)]
pub(crate) struct Exchange {
    /// What happens there.
    pub(crate) notices: Receiver<Notice>,
    up: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<()>>,
}

impl Exchange {
    /// Starts it on a span.
    pub(crate) fn start(span: &Span, script: Script) -> Result<Self> {
        let (tell, notices) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        let mut switch = Switch::new(span, script, tell).context("the far exchange")?;
        let (up, stopped) = (switch.up.clone(), stop.clone());
        let thread = std::thread::spawn(move || switch.run(&stopped));
        Ok(Self {
            notices,
            up,
            stop,
            thread,
        })
    }

    /// Whether it sees layer 2 up.
    pub(crate) fn is_up(&self) -> bool {
        self.up.load(Ordering::Relaxed)
    }

    /// Fails if it has died.
    pub(crate) fn check(&self) -> Result<()> {
        anyhow::ensure!(
            !self.thread.is_finished(),
            "the far exchange ended before its time"
        );
        Ok(())
    }

    /// Ends it.
    pub(crate) fn stop(self) -> Result<()> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread
            .join()
            .map_err(|_| anyhow::anyhow!("the far exchange died"))?
    }
}

/// The one call at a time that it takes.
#[derive(Debug)]
struct Call {
    id: CallId,
    voice: Voice,
    alert_at: Option<Duration>,
    answer_at: Option<Duration>,
}

struct Switch {
    script: Script,
    span: Span,
    claim: Claim,
    dchannel: DChannel,
    wakeups: Wakeups,
    stack: Stack,
    call: Option<Call>,
    tell: Sender<Notice>,
    /// Layer 2 is up.
    up: Arc<AtomicBool>,
    started: Instant,
}

impl Switch {
    fn new(span: &Span, script: Script, tell: Sender<Notice>) -> Result<Self> {
        let d = Slot::new(D_CHANNEL).context("slot 16")?;
        let b = (1..32)
            .filter(|slot| *slot != D_CHANNEL)
            .filter_map(Slot::new);
        Ok(Self {
            script,
            claim: span.claim(b.fold(SlotSet::EMPTY, SlotSet::with), HOLDER)?,
            dchannel: DChannel::open(span, d, HOLDER, Settings::LAPD)?,
            wakeups: span.subscribe(Wake::every(VISIT_FRAMES))?,
            span: span.clone(),
            stack: Stack::new(
                q921::Config::pri(Side::Network),
                q931::Config::e1(Side::Network),
            ),
            call: None,
            tell,
            up: Arc::default(),
            started: Instant::now(),
        })
    }

    fn run(&mut self, stop: &AtomicBool) -> Result<()> {
        while !stop.load(Ordering::Relaxed) {
            self.wakeups
                .wait(Duration::from_millis(20))
                .context("the far exchange's span")?;
            let now = self.started.elapsed();
            self.stack
                .layer1(now, self.span.alarms() & alarm::SERVICE_AFFECTING == 0);
            let stack = &mut self.stack;
            self.dchannel
                .poll(|arrived| stack.input_frame(now, arrived.octets));
            if self.stack.poll_timeout().is_some_and(|due| due <= now) {
                self.stack.handle_timeout(now);
            }
            self.drain(now)?;
            self.script(now)?;
            if let Some(call) = &mut self.call {
                call.voice.fill(&self.script.speech);
            }
        }
        Ok(())
    }

    fn drain(&mut self, now: Duration) -> Result<()> {
        while let Some(output) = self.stack.poll_output(now) {
            match output {
                StackOutput::Frame(octets) => self.dchannel.send(&octets)?,
                StackOutput::Event(event) => self.event(now, event)?,
                StackOutput::LinkError(code) => {
                    self.say(format!("data link error {code:?}"), What::Told)
                }
                StackOutput::SameSide => anyhow::bail!("both ends of the line play the network"),
            }
        }
        Ok(())
    }

    fn event(&mut self, now: Duration, event: Event) -> Result<()> {
        match event {
            Event::LinkUp => {
                self.up.store(true, Ordering::Relaxed);
                self.say("layer 2 up", What::Told);
            }
            Event::LinkDown => {
                self.up.store(false, Ordering::Relaxed);
                self.say("layer 2 down", What::Told);
            }
            Event::Incoming(incoming) => self.incoming(now, &incoming)?,
            Event::Call { call, event }
                if self.call.as_ref().is_some_and(|mine| mine.id == call) =>
            {
                self.call_event(event);
            }
            Event::Call { .. } => {}
            Event::RestartReceived { .. } => self.say("RESTART received", What::Told),
            Event::RestartDone { .. } | Event::ChannelsOutOfService { .. } => {}
        }
        Ok(())
    }

    fn incoming(&mut self, now: Duration, incoming: &Incoming) -> Result<()> {
        let Incoming {
            call,
            channel,
            setup,
        } = incoming;
        let called = setup
            .called
            .as_ref()
            .map_or("", |number| number.digits.as_str());
        let calling = setup
            .calling
            .as_ref()
            .map_or("unknown", |number| number.0.digits.as_str());
        let text = format!("SETUP received: {calling} calls {called} on channel {channel}");
        self.say(text, What::Called(*channel));
        let cause = if self.call.is_some() {
            Some(CauseValue::USER_BUSY)
        } else {
            (called != self.script.number).then_some(CauseValue::UNALLOCATED)
        };
        if let Some(value) = cause {
            let cause = q931::cause::Cause::new(self.stack.calls().config().location, value);
            self.stack
                .interface()
                .disconnect(now, *call, &cause, &Extras::default())?;
            self.say(format!("DISCONNECT sent, cause {}", value.0), What::Told);
            return Ok(());
        }
        let slot = Slot::new(*channel).with_context(|| format!("channel {channel}"))?;
        let voice = Voice::new(self.claim.transmit(slot)?);
        let alert_at = Some(now + self.script.alert);
        let answer_at = Some(now + self.script.answer);
        self.call = Some(Call {
            id: *call,
            voice,
            alert_at,
            answer_at,
        });
        self.stack
            .interface()
            .proceeding(*call, &Extras::default())?;
        self.say("CALL PROCEEDING sent", What::Told);
        Ok(())
    }

    fn call_event(&mut self, event: CallEvent) {
        match event {
            CallEvent::Connected => self.say("call active", What::Told),
            CallEvent::Disconnect { cause, .. } => {
                self.say(
                    format!("DISCONNECT received, cause {}", cause.value.0),
                    What::Told,
                );
            }
            CallEvent::Clearing { cause, .. } => {
                self.say(format!("clearing, cause {}", cause.0), What::Told);
            }
            CallEvent::Released { .. } => {
                let late = self.call.take().map_or(0, |call| {
                    call.voice.hush();
                    call.voice.late()
                });
                self.say("RELEASE, channel idle", What::Over(late));
            }
            _ => {}
        }
    }

    /// Does what is due.
    fn script(&mut self, now: Duration) -> Result<()> {
        let due = |at: &mut Option<Duration>| at.take_if(|at| *at <= now).is_some();
        let Some(call) = &mut self.call else {
            return Ok(());
        };
        let (id, alert, answer) = (call.id, due(&mut call.alert_at), due(&mut call.answer_at));
        if alert {
            self.stack.interface().alerting(id, &Extras::default())?;
            self.drain(now)?;
            self.say("ALERTING sent", What::Told);
        }
        if answer {
            self.stack
                .interface()
                .connect(now, id, &Extras::default())?;
            if let Some(call) = &mut self.call {
                call.voice.begin();
            }
            self.say("CONNECT sent", What::Told);
            self.drain(now)?;
        }
        Ok(())
    }

    fn say(&self, text: impl Into<String>, what: What) {
        // Nobody listens any more when the demo ends.
        let _ = self.tell.send(Notice {
            at_ns: now_ns(),
            text: text.into(),
            what,
        });
    }
}
