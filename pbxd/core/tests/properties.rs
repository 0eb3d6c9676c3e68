// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whatever happens in whatever order: no panic, every call ends, every record is opened once before its first call is
//! placed and closed once, no channel and no leg is left behind.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use core::time::Duration;
use pbx_core::{
    Bearer, CallId, Cause, CdrEvent, Digits, Exchange, Input, LegCommand, LegEvent, LegId,
    LegTraits, Limits, Origin, Outage, Output, Party, Setup,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

#[derive(Clone, Debug)]
enum Op {
    Setup {
        from: u8,
        called: String,
        complete: bool,
        traits: u8,
        bearer: bool,
    },
    Event {
        leg: usize,
        event: LegEvent,
    },
    Hangup {
        call: u64,
    },
    Outage {
        span: bool,
        out: bool,
    },
    Peer {
        up: bool,
    },
    Replan,
    Advance {
        ms: u64,
    },
    Shutdown {
        grace: u64,
    },
}

fn cause() -> impl Strategy<Value = Cause> {
    prop::sample::select(vec![1u8, 16, 17, 19, 28, 34, 38, 41, 102, 127])
        .prop_map(|value| Cause::new(value).unwrap())
}

fn event() -> impl Strategy<Value = LegEvent> {
    prop_oneof![
        ("[0-9#x]{0,4}", any::<bool>())
            .prop_map(|(digits, complete)| LegEvent::Digits { digits, complete }),
        (0u8..5).prop_map(|slot| LegEvent::ChannelAssigned { slot }),
        Just(LegEvent::Proceeding),
        any::<bool>().prop_map(|inband| LegEvent::Alerting { inband }),
        (any::<bool>(), prop::option::of(cause()))
            .prop_map(|(inband, cause)| LegEvent::Progress { inband, cause }),
        Just(LegEvent::Answered),
        (cause(), any::<bool>())
            .prop_map(|(cause, inband)| LegEvent::Disconnected { cause, inband }),
        cause().prop_map(|cause| LegEvent::Cleared { cause }),
        cause().prop_map(|cause| LegEvent::Failed { cause }),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    let called = prop::sample::select(vec![
        "2001", "2101", "3001", "09", "112", "999", "41", "5", "", "20", "77", "1",
    ]);
    prop_oneof![
        4 => (0u8..9, called, any::<bool>(), 0u8..3, prop::bool::weighted(0.1)).prop_map(
            |(from, called, complete, traits, bearer)| Op::Setup { from, called: called.to_owned(), complete, traits, bearer }
        ),
        12 => (0usize..12, event()).prop_map(|(leg, event)| Op::Event { leg, event }),
        1 => (0u64..12).prop_map(|call| Op::Hangup { call }),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(span, out)| Op::Outage { span, out }),
        1 => any::<bool>().prop_map(|up| Op::Peer { up }),
        1 => Just(Op::Replan),
        3 => (0u64..40_000).prop_map(|ms| Op::Advance { ms }),
        1 => (0u64..60).prop_map(|grace| Op::Shutdown { grace }),
    ]
}

struct World {
    exchange: Exchange,
    now: Duration,
    live: BTreeSet<LegId>,
    told_to_clear: BTreeSet<LegId>,
    opened: BTreeSet<CallId>,
    answered: BTreeSet<CallId>,
    closed: BTreeSet<CallId>,
    tones: BTreeMap<LegId, u32>,
    drained: u32,
}

impl World {
    fn new() -> Self {
        Self {
            exchange: common::exchange(Limits { calls: 5, legs: 12 }),
            now: Duration::ZERO,
            live: BTreeSet::new(),
            told_to_clear: BTreeSet::new(),
            opened: BTreeSet::new(),
            answered: BTreeSet::new(),
            closed: BTreeSet::new(),
            tones: BTreeMap::new(),
            drained: 0,
        }
    }

    fn apply(&mut self, op: &Op) {
        match op {
            Op::Setup {
                from,
                called,
                complete,
                traits,
                bearer,
            } => {
                let origin = match from {
                    0..=3 => Origin::Span {
                        span: "pri".into(),
                        slot: Some(*from),
                    },
                    4 => Origin::Span {
                        span: "two".into(),
                        slot: None,
                    },
                    5 => Origin::Peer("small".into()),
                    6 => Origin::Peer("unknown".into()),
                    _ => Origin::Peer("sip".into()),
                };
                let leg = self.exchange.new_leg_id();
                self.live.insert(leg);
                self.input(Input::Setup(Setup {
                    leg,
                    origin,
                    called: Digits::parse(called).unwrap(),
                    sending_complete: *complete,
                    calling: Party {
                        number: Some("é".repeat(100)),
                        ..Party::default()
                    },
                    bearer: if *bearer {
                        Bearer::Unrestricted
                    } else {
                        Bearer::Speech
                    },
                    media: None,
                    traits: LegTraits {
                        wants_tones: *traits > 0,
                        tones_after_disconnect: *traits > 1,
                    },
                }));
            }
            Op::Event { leg, event } => {
                let Some(leg) = self.live.iter().nth(*leg).copied() else {
                    return;
                };
                if matches!(event, LegEvent::Cleared { .. } | LegEvent::Failed { .. }) {
                    self.live.remove(&leg);
                }
                self.input(Input::Leg {
                    leg,
                    event: event.clone(),
                });
            }
            Op::Hangup { call } => self.input(Input::Hangup {
                call: CallId(*call),
                cause: Cause::NORMAL,
            }),
            Op::Outage { span, out } => {
                let span = if *span { "pri" } else { "two" };
                self.input(Input::Span {
                    span: span.into(),
                    outage: Outage::Alarm,
                    out: *out,
                });
            }
            Op::Peer { up } => self.input(Input::Peer {
                peer: "sip".into(),
                reachable: *up,
            }),
            Op::Replan => self.input(Input::Plan(Arc::new(common::plan()))),
            Op::Advance { ms } => self.advance(Duration::from_millis(*ms)),
            Op::Shutdown { grace } => {
                let grace = Duration::from_secs(*grace);
                self.input(Input::Shutdown {
                    grace,
                    cause: Cause::TEMPORARY_FAILURE,
                });
            }
        }
    }

    fn input(&mut self, input: Input) {
        self.exchange.input(self.now, input);
        self.drain();
    }

    fn advance(&mut self, by: Duration) {
        let end = self.now + by;
        while let Some(at) = self.exchange.poll_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.exchange.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    fn drain(&mut self) {
        let mut outputs = 0;
        while let Some(output) = self.exchange.poll_output() {
            outputs += 1;
            match output {
                Output::Leg {
                    leg,
                    command: LegCommand::PlaceCall { call, .. },
                } => {
                    assert!(
                        self.opened.contains(&call),
                        "placed before its record was opened"
                    );
                    assert!(!self.closed.contains(&call));
                    self.live.insert(leg);
                }
                Output::Leg { leg, command } => {
                    assert!(
                        self.live.contains(&leg),
                        "{command:?} for a leg that is over"
                    );
                    match command {
                        LegCommand::Clear { .. } => {
                            assert!(self.told_to_clear.insert(leg), "cleared twice")
                        }
                        LegCommand::Abandon => assert!(self.live.remove(&leg)),
                        command => assert!(
                            !self.told_to_clear.contains(&leg),
                            "{command:?} after Clear"
                        ),
                    }
                }
                Output::Media(pbx_core::MediaCommand::PlayTone { leg, .. }) => {
                    self.tones.insert(leg, 1);
                }
                Output::Media(pbx_core::MediaCommand::StopTone { leg }) => {
                    assert!(self.tones.remove(&leg).is_some(), "no tone to stop");
                }
                Output::Media(_) => {}
                Output::Cdr(CdrEvent::Open(open)) => {
                    assert!(self.opened.insert(open.call), "opened twice")
                }
                Output::Cdr(CdrEvent::Retarget(next)) => assert!(self.opened.contains(&next.call)),
                Output::Cdr(CdrEvent::Answer(answer)) => {
                    assert!(
                        self.opened.contains(&answer.call) && !self.closed.contains(&answer.call)
                    );
                    assert!(self.answered.insert(answer.call), "answered twice");
                }
                Output::Cdr(CdrEvent::Close(close)) => {
                    assert!(self.opened.contains(&close.call), "closed but never opened");
                    assert!(self.closed.insert(close.call), "closed twice");
                    assert!(close.ringing + close.talking <= close.total);
                    assert!(close.talking.is_zero() || self.answered.contains(&close.call));
                }
                Output::Drained => self.drained += 1,
            }
        }
        assert!(outputs < 200, "{outputs} outputs of one input");
        assert!(self.exchange.calls().count() <= 5 + 12, "too many calls");
        assert!(self.exchange.leg_count() <= 12);
    }

    /// Every adapter reports the end of its legs; then nothing may be left.
    fn finish(&mut self, silent: bool) {
        self.input(Input::Shutdown {
            grace: Duration::ZERO,
            cause: Cause::NORMAL,
        });
        if !silent {
            for leg in self.live.clone() {
                self.live.remove(&leg);
                self.input(Input::Leg {
                    leg,
                    event: LegEvent::Cleared {
                        cause: Cause::NORMAL,
                    },
                });
            }
        }
        self.advance(Duration::from_secs(1000));
        assert_eq!(self.exchange.calls().count(), 0);
        assert_eq!(self.exchange.leg_count(), 0);
        assert_eq!(self.exchange.channels().busy(), 0);
        assert_eq!(self.exchange.poll_timeout(), None);
        assert_eq!(self.opened, self.closed);
        assert_eq!(self.drained, 1);
        assert!(self.tones.is_empty(), "a tone plays for ever");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn nothing_leaks(ops in prop::collection::vec(op(), 0..60), silent: bool) {
        let mut world = World::new();
        for op in &ops {
            world.apply(op);
        }
        world.finish(silent);
    }
}
