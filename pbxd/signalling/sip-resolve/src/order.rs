// SPDX-License-Identifier: MIT OR Apache-2.0
//! The order of records.

use core::net::IpAddr;

use crate::config::{Config, Family};
use crate::question::{Naptr, Srv};
use crate::random::Random;
use crate::target::Transport;

/// The transports and names that NAPTR records offer us, in the domain's order. Records of
/// other services, of transports we have not, and for `sips:` those without TLS, are left
/// out.
pub(crate) fn naptr(config: &Config, secure: bool, records: &[Naptr]) -> Vec<(Transport, String)> {
    let mut usable: Vec<(&Naptr, Transport)> = records
        .iter()
        .take(config.records)
        .filter(|r| r.flags.eq_ignore_ascii_case("s") && !matches!(&*r.replacement, "" | "."))
        .filter_map(|r| Some((r, Transport::of_service(&r.service)?)))
        .filter(|(_, t)| config.has(*t) && (t.is_secure() || !secure))
        .collect();
    usable.sort_by_key(|(r, _)| (r.order, r.preference));
    usable
        .into_iter()
        .map(|(r, t)| (t, r.replacement.clone()))
        .collect()
}

/// SRV records in the order of RFC 2782: by priority, and within one priority drawn by
/// weight.
pub(crate) fn srv(config: &Config, random: &mut Random, records: &[Srv]) -> Vec<Srv> {
    let mut rest: Vec<Srv> = records.iter().take(config.records).cloned().collect();
    // Those of weight 0 stand first within their priority, as RFC 2782 asks.
    rest.sort_by_key(|r| (r.priority, r.weight != 0));
    let mut ordered = Vec::with_capacity(rest.len());
    while let Some(priority) = rest.first().map(|r| r.priority) {
        let group = rest.iter().take_while(|r| r.priority == priority);
        let total: u64 = group.map(|r| u64::from(r.weight)).sum();
        let drawn = random.up_to(total);
        let mut sum = 0;
        let chosen = rest
            .iter()
            .position(|r| {
                sum += u64::from(r.weight);
                sum >= drawn
            })
            .unwrap_or(0);
        ordered.push(rest.remove(chosen));
    }
    ordered
}

/// Addresses of both families by turns, each family in its own order.
pub(crate) fn addresses(config: &Config, v4: Vec<IpAddr>, v6: Vec<IpAddr>) -> Vec<IpAddr> {
    let (first, second) = match config.family {
        Family::V6First => (v6, v4),
        Family::V4First => (v4, v6),
        Family::V4Only => (v4, Vec::new()),
        Family::V6Only => (v6, Vec::new()),
    };
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut ordered = Vec::new();
    loop {
        let pair = [first.next(), second.next()];
        if pair.iter().all(Option::is_none) {
            return ordered;
        }
        ordered.extend(pair.into_iter().flatten());
    }
}
