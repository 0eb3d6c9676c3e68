// SPDX-License-Identifier: MIT OR Apache-2.0
//! The line model alone, on heap memory: whatever is asked of it in whatever order, it neither panics nor goes back in time.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use tdm::abi::claim::purpose;
use tdm::abi::command::Command;
use tdm::abi::config::{LineConfig, flag, framing};
use tdm::{Geometry, SlotSet};
use tdm_emu::model::{
    Attachment, CableEnd, ClaimRequest, HeapWords, Impairment, Kind, Memory, Owner, Plant,
    Settings, Span,
};
use tdm_line::alarm::Integrations;

fn span(index: u64) -> Span<HeapWords> {
    let settings = Settings {
        name: format!("s{index}"),
        index,
        domain: index,
        config: LineConfig::E1_CCS_CRC4,
        depth: 8 + 8 * index,
        start_frame: index * 4096,
        alarms: Integrations::all(80, 80),
        lock_step: true,
    };
    Span::new(settings, Memory::on_heap(Geometry::for_page(4096).unwrap()))
}

/// Two spans on different clocks with a cable.
fn plant(seed: u64) -> Plant<HeapWords> {
    let mut plant = Plant::new(seed, &[0, 700_000]);
    for index in 0..2 {
        plant.add(span(index), index as usize);
    }
    for index in 0..2 {
        plant.attach(
            index,
            Attachment::Cable(CableEnd {
                span: 1 - index,
                delay: 3,
            }),
        );
    }
    plant
}

#[derive(Clone, Debug)]
enum Act {
    Step(u8),
    Lose(u16),
    Claim {
        slots: u32,
        purpose: u32,
        peer: u32,
        owner: u64,
    },
    Release(u32, u64),
    Gone(u64),
    Revoke(u32),
    Idle(u32, u64, u32, u32),
    Command {
        id: u32,
        owner: u64,
        ahead: i16,
        slot: u32,
        kind: u32,
        value: u32,
    },
    Configure(u8, u8, u8),
    Impair(u8, u8, u8),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => any::<u8>().prop_map(Act::Step),
        1 => any::<u16>().prop_map(Act::Lose),
        3 => (any::<u32>(), 0u32..5, 0u32..40, 0u64..3).prop_map(|(slots, purpose, peer, owner)| {
            // Few slots, so that many claims fit.
            Act::Claim { slots: slots & slots.rotate_left(7) & slots.rotate_left(13), purpose, peer, owner }
        }),
        1 => (0u32..12, 0u64..3).prop_map(|(id, owner)| Act::Release(id, owner)),
        1 => (0u64..3).prop_map(Act::Gone),
        1 => (0u32..12).prop_map(Act::Revoke),
        1 => (0u32..12, 0u64..3, any::<u32>(), 0u32..300).prop_map(|(i, o, s, c)| Act::Idle(i, o, s, c)),
        2 => (0u32..12, 0u64..3, any::<i16>(), 0u32..40, 0u32..3, 0u32..20).prop_map(
            |(id, owner, ahead, slot, kind, value)| Act::Command { id, owner, ahead, slot, kind, value }
        ),
        1 => (0u8..4, 0u8..4, 0u8..8).prop_map(|(l, f, x)| Act::Configure(l, f, x)),
        2 => (any::<u8>(), any::<u8>(), any::<u8>()).prop_map(|(k, n, l)| Act::Impair(k, n, l)),
    ]
}

/// Does one thing to span `index`.
fn apply(plant: &mut Plant<HeapWords>, index: usize, act: &Act) {
    match *act {
        Act::Step(count) => (0..count).for_each(|n| plant.step(u64::from(n))),
        Act::Lose(ticks) => plant.lose(u64::from(ticks), 1),
        Act::Impair(kind, number, length) => {
            let kind = match kind % 7 {
                0 => Kind::Los,
                1 => Kind::Ais,
                2 => Kind::Lof,
                3 => Kind::Rai,
                4 => Kind::BitErrors(f64::from(number) / 255.0),
                5 => Kind::Delay(u32::from(number) * 40),
                _ => Kind::Slip(number as i8),
            };
            let length_ms = (length > 100).then_some(u64::from(length));
            plant.impair(
                index,
                Impairment {
                    kind,
                    start_ms: u64::from(number),
                    length_ms,
                },
            );
        }
        ref other => ask(plant.span_mut(index).unwrap(), other),
    }
}

fn ask(span: &mut Span<HeapWords>, act: &Act) {
    match *act {
        Act::Claim {
            slots,
            purpose,
            peer,
            owner,
        } => {
            let slots = SlotSet::from_bits(slots);
            let ask = ClaimRequest {
                slots,
                purpose,
                peer,
                holder: "x",
                owner: Owner(owner),
            };
            let _ = span
                .claim(&ask, |bytes| Ok::<_, ()>(HeapWords::new(bytes)))
                .unwrap();
        }
        Act::Release(id, owner) => {
            let _ = span.release(id, Owner(owner));
        }
        Act::Gone(owner) => span.release_all(Owner(owner)),
        Act::Revoke(id) => {
            span.revoke(id);
        }
        Act::Idle(id, owner, slots, code) => {
            let _ = span.set_idle(id, Owner(owner), SlotSet::from_bits(slots), code);
        }
        Act::Command {
            id,
            owner,
            ahead,
            slot,
            kind,
            value,
        } => {
            let frame = span
                .positions()
                .tx_taken
                .saturating_add_signed(i64::from(ahead));
            {
                let _ = span.command(
                    id,
                    Owner(owner),
                    Command {
                        frame,
                        slot,
                        kind,
                        value,
                        reserved: 0,
                    },
                );
            };
        }
        Act::Configure(line, kind, flags) => {
            let config = LineConfig {
                line,
                framing: kind,
                flags,
                ..LineConfig::E1_CCS_CRC4
            };
            {
                let _ = span.configure(config);
            };
        }
        Act::Step(_) | Act::Lose(_) | Act::Impair(..) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn any_sequence_of_requests_leaves_time_and_depth_in_order(acts in prop::collection::vec((0usize..2, act()), 1..60)) {
        let mut plant = plant(1);
        for (index, act) in &acts {
            let before: Vec<_> = plant.spans().map(|span| *span.positions()).collect();
            apply(&mut plant, *index, act);
            for (span, before) in plant.spans().zip(before) {
                let now = span.positions();
                prop_assert!(now.rx_frame >= before.rx_frame && now.epoch >= before.epoch);
                prop_assert_eq!(now.depth(), before.depth());
                prop_assert_eq!(now.rx_frame % 8, 0);
            }
        }
    }

    #[test]
    fn one_seed_one_line(acts in prop::collection::vec((0usize..2, act()), 1..40), seed: u64) {
        use tdm::abi::words::Words;
        let (mut one, mut other) = (plant(seed), plant(seed));
        for (index, act) in &acts {
            apply(&mut one, *index, act);
            apply(&mut other, *index, act);
        }
        for (a, b) in one.spans().zip(other.spans()) {
            prop_assert_eq!(a.positions(), b.positions());
            for word in 0..(Memory::<HeapWords>::ring_bytes(a.memory().geometry) / 8) as usize {
                prop_assert_eq!(a.memory().receive.load(word), b.memory().receive.load(word));
                prop_assert_eq!(a.memory().sent.load(word), b.memory().sent.load(word));
            }
        }
    }
}

#[test]
fn loops_and_cross_connects_on_the_card_send_what_was_received() {
    let mut plant = Plant::new(1, &[0]);
    for index in 0..2 {
        plant.add(span(index), 0);
    }
    for index in 0..2 {
        plant.attach(
            index,
            Attachment::Cable(CableEnd {
                span: 1 - index,
                delay: 0,
            }),
        );
    }
    let claim = |plant: &mut Plant<HeapWords>, index: usize, slots: u32, purpose, peer| {
        let slots = SlotSet::from_bits(slots);
        let ask = ClaimRequest {
            slots,
            purpose,
            peer,
            holder: "x",
            owner: Owner(1),
        };
        plant
            .span_mut(index)
            .unwrap()
            .claim(&ask, |bytes| Ok::<_, ()>(HeapWords::new(bytes)))
            .unwrap()
            .unwrap()
    };
    let sender = claim(&mut plant, 0, 1 << 1 | 1 << 2, purpose::TRANSMIT, 0);
    claim(&mut plant, 1, 1 << 1, purpose::LOOP, 0);
    claim(&mut plant, 1, 1 << 3, purpose::CROSS_CONNECT, 2);
    for code in [0x11, 0x22] {
        let slots = SlotSet::from_bits(1 << (code >> 4));
        plant
            .span_mut(0)
            .unwrap()
            .set_idle(sender, Owner(1), slots, code)
            .unwrap();
    }
    (0..50).for_each(|_| plant.step(0));
    let received = |slot: u8| {
        let span = plant.span(0).unwrap();
        let slot = tdm::Slot::new(slot).unwrap();
        let place = tdm::abi::ring::Place::whole(span.memory().geometry, slot);
        let mut octet = [0];
        tdm::abi::ring::copy_out(
            &span.memory().receive,
            &place,
            span.positions().rx_frame - 1,
            &mut octet,
        );
        octet[0]
    };
    assert_eq!((received(1), received(3), received(2)), (0x11, 0x22, 0xD5));
}

#[test]
fn a_line_that_is_shut_down_sends_all_ones() {
    let mut plant = plant(1);
    let down = LineConfig {
        flags: flag::CRC,
        framing: framing::CCS,
        ..LineConfig::E1_CCS_CRC4
    };
    plant.span_mut(0).unwrap().configure(down).unwrap();
    (0..100).for_each(|_| plant.step(0));
    assert_eq!(
        plant.span(0).unwrap().alarms(),
        tdm::abi::event::alarm::DOWN
    );
    assert_eq!(plant.span(1).unwrap().alarms(), tdm::abi::event::alarm::AIS);
}
