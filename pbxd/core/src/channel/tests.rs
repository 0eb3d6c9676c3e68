// SPDX-License-Identifier: MIT OR Apache-2.0
use super::*;

fn id(slot: u8) -> ChannelId {
    ChannelId {
        span: "s".into(),
        slot,
    }
}

fn allocator(hunt: Hunt) -> ChannelAllocator {
    let mut allocator = ChannelAllocator::default();
    allocator.set_groups(&[TrunkGroupSpec {
        name: "g".into(),
        channels: (1..=4).map(id).collect(),
        hunt,
    }]);
    allocator
}

fn take(allocator: &mut ChannelAllocator, leg: u64) -> Option<u8> {
    allocator.allocate("g", LegId(leg)).map(|id| id.slot)
}

#[test]
fn both_ends_meet_in_the_middle() {
    assert_eq!(Hunt::for_side(Side::User), Hunt::Ascending);
    assert_eq!(Hunt::for_side(Side::Network), Hunt::Descending);
    let mut user = allocator(Hunt::Ascending);
    let mut network = allocator(Hunt::Descending);
    assert_eq!((take(&mut user, 1), take(&mut user, 2)), (Some(1), Some(2)));
    assert_eq!(
        (take(&mut network, 1), take(&mut network, 2)),
        (Some(4), Some(3))
    );
}

#[test]
fn round_robin_goes_on_where_it_was() {
    let mut channels = allocator(Hunt::RoundRobin);
    assert_eq!(take(&mut channels, 1), Some(1));
    assert!(channels.release(&id(1), LegId(1)));
    assert_eq!(take(&mut channels, 2), Some(2));
    assert_eq!(take(&mut channels, 3), Some(3));
    assert_eq!(take(&mut channels, 4), Some(4));
    assert_eq!(take(&mut channels, 5), Some(1));
    assert_eq!(take(&mut channels, 6), None);
}

#[test]
fn the_longest_free_is_taken() {
    let mut channels = allocator(Hunt::LeastRecentlyUsed);
    for leg in 1..=4 {
        assert_eq!(take(&mut channels, leg), Some(leg as u8));
    }
    for leg in [3, 1, 4, 2] {
        assert!(channels.release(&id(leg as u8), LegId(leg)));
    }
    assert_eq!(
        (take(&mut channels, 5), take(&mut channels, 6)),
        (Some(3), Some(1))
    );
}

#[test]
fn a_channel_with_any_outage_is_left_alone() {
    let mut channels = allocator(Hunt::Ascending);
    channels.set_span_outage("s", Outage::Alarm, true);
    assert_eq!(take(&mut channels, 1), None);
    assert!(channels.set_outage(&id(2), Outage::Maintenance, true));
    channels.set_span_outage("s", Outage::Alarm, false);
    assert_eq!(
        channels.occupy(&id(2), LegId(1)),
        Err(OccupyError::OutOfService)
    );
    assert_eq!(
        (take(&mut channels, 1), take(&mut channels, 2)),
        (Some(1), Some(3))
    );
    assert!(!channels.set_outage(&id(9), Outage::Stuck, true));
}

#[test]
fn occupying_and_releasing_is_for_the_holder() {
    let mut channels = allocator(Hunt::Ascending);
    assert_eq!(channels.occupy(&id(1), LegId(7)), Ok(()));
    assert_eq!(channels.occupy(&id(1), LegId(8)), Err(OccupyError::Busy));
    assert_eq!(
        channels.occupy(&id(16), LegId(8)),
        Err(OccupyError::Unknown)
    );
    assert!(!channels.release(&id(1), LegId(8)));
    assert!(channels.release(&id(1), LegId(7)));
    assert_eq!(
        channels.allocate_on_span("s", LegId(9)).map(|id| id.slot),
        Some(4)
    );
    assert_eq!(channels.busy(), 1);
}

#[test]
fn a_new_plan_keeps_what_is_held() {
    let mut channels = allocator(Hunt::Ascending);
    assert_eq!(take(&mut channels, 1), Some(1));
    channels.set_groups(&[TrunkGroupSpec {
        name: "g".into(),
        channels: vec![id(5)],
        hunt: Hunt::Ascending,
    }]);
    assert_eq!(channels.status(&id(1)).unwrap().holder, Some(LegId(1)));
    assert_eq!(channels.status(&id(2)), None);
    assert_eq!(take(&mut channels, 2), Some(5));
    assert!(channels.release(&id(1), LegId(1)));
    assert_eq!(channels.status(&id(1)), None);
}
