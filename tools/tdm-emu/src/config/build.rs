// SPDX-License-Identifier: MIT OR Apache-2.0
//! From a checked file to a plant.

use super::cards;
use super::check::slots_of;
use super::file::{ClockMode, Config, Impair, ImpairKind, Law, SpanConfig};
use crate::clock::{Bell, Mode};
use crate::exchange::{Exchange, ReportHandle, Tributary};
use crate::model::{
    Attachment, CableEnd, CrossTable, Impairment, Kind, Memory, Plant, Settings, Span,
};
use crate::pci::{InSlot, Seat};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tdm::abi::config::{LineConfig, flag, framing, law};
use tdm::abi::geometry::SLOTS;
use tdm::serve::{Region, Writer};
use tdm::{Geometry, Slot};
use tdm_line::alarm::Integrations;

/// What stands behind a running emulator.
pub(crate) struct Built {
    /// The model.
    pub(crate) plant: Plant<Region>,
    /// The clock.
    pub(crate) mode: Mode,
    /// Reports of the exchanges by span.
    pub(crate) reports: BTreeMap<String, ReportHandle>,
    /// Threads that serve D-channel sockets.
    pub(crate) tributaries: Vec<Tributary>,
    /// Cards in their slots.
    pub(crate) seats: Vec<Arc<Seat>>,
}

/// Builds what a checked file describes.
pub(crate) fn build(config: &Config, bell: &Arc<Bell>) -> Result<Built> {
    let ppb = |ppm: f64| (ppm * 1000.0).round() as i64;
    let mut domains = vec![0];
    domains.extend(config.domain.iter().map(|domain| ppb(domain.ppm)));
    let mut plant = Plant::new(config.seed, &domains);
    let domain_of = |name: &Option<String>| {
        name.as_ref()
            .and_then(|name| config.domain.iter().position(|d| d.name == *name))
            .map_or(0, |at| at + 1)
    };
    for (index, span) in config.span.iter().enumerate() {
        let domain = domain_of(&span.domain);
        plant.add(self::span(config, span, index, domain)?, domain);
    }
    let mut seats = Vec::new();
    // What far ends inside the emulator send, line by line.
    let mut lines: Vec<LineConfig> = plant.spans().map(|span| *span.config()).collect();
    for card in &config.card {
        let seat = Arc::new(cards::seat(card, bell)?);
        plant.add_card(Box::new(InSlot(seat.clone())), domain_of(&card.domain));
        lines.extend(card.line_names().iter().map(|_| cards::line(card)));
        seats.push(seat);
    }
    let names = config.line_names();
    let at = |name: &str| {
        let found = names.iter().position(|line| line == name);
        found.with_context(|| format!("no line {name:?}"))
    };
    let line = |index: usize| lines.get(index).copied().context("a line just added");
    for cable in &config.cable {
        let [one, other] = &cable.ends;
        let (one, other) = (at(one)?, at(other)?);
        plant.attach(
            one,
            Attachment::Cable(CableEnd {
                span: other,
                delay: cable.delay,
            }),
        );
        plant.attach(
            other,
            Attachment::Cable(CableEnd {
                span: one,
                delay: cable.delay,
            }),
        );
    }
    for plug in &config.loops {
        plant.attach(at(&plug.span)?, Attachment::Loop);
    }
    let mut tables: BTreeMap<usize, Box<CrossTable>> = BTreeMap::new();
    for cross in &config.cross {
        let [one, other] = cross
            .ends
            .each_ref()
            .map(|end| slots_of(end).map_err(anyhow::Error::msg));
        let ((one, ones), (other, others)) = (one?, other?);
        let (one, other) = (at(one)?, at(other)?);
        for (a, b) in ones.into_iter().zip(others) {
            for (to, slot, from, peer) in [(one, a, other, b), (other, b, one, a)] {
                let table = tables.entry(to).or_insert_with(|| Box::new([None; SLOTS]));
                if let Some(place) = table.get_mut(usize::from(slot)) {
                    *place = Slot::new(peer).map(|peer| (from, peer));
                }
            }
        }
    }
    for (index, table) in tables {
        plant.attach(index, Attachment::Cross(table));
    }
    let mut reports = BTreeMap::new();
    for exchange in &config.exchange {
        let index = at(&exchange.span)?;
        let (far, report) = Exchange::new(exchange, line(index)?)?;
        reports.insert(exchange.span.clone(), report);
        plant.attach(index, Attachment::Far(Box::new(far)));
    }
    let mut tributaries = Vec::new();
    for dchannel in &config.dchannel {
        let index = at(&dchannel.span)?;
        let (far, tributary) = Tributary::new(dchannel, line(index)?, config.group)?;
        tributaries.push(tributary);
        plant.attach(index, Attachment::Far(Box::new(far)));
    }
    for impair in &config.impair {
        let added = plant.impair(at(&impair.span)?, impairment(impair));
        anyhow::ensure!(added, "too many impairments on {:?}", impair.span);
    }
    Ok(Built {
        plant,
        mode: mode(config),
        reports,
        tributaries,
        seats,
    })
}

fn mode(config: &Config) -> Mode {
    let clock = &config.clock;
    let late = Duration::from_millis(clock.late_ms);
    match clock.mode {
        ClockMode::RealTime => Mode::Real { factor: 1.0, late },
        ClockMode::Scaled => Mode::Real {
            factor: clock.factor,
            late: late.mul_f64(clock.factor),
        },
        ClockMode::LockStep => Mode::LockStep {
            subscribers: clock
                .subscribers
                .unwrap_or(usize::from(config.card.is_empty())),
            patience: Duration::from_millis(clock.patience_ms),
        },
    }
}

fn span(config: &Config, span: &SpanConfig, index: usize, domain: usize) -> Result<Span<Region>> {
    let frames = |ms: u64| u32::try_from(ms * 8).unwrap_or(u32::MAX);
    let mut alarms = Integrations::all(frames(span.alarm_set_ms), frames(span.alarm_clear_ms));
    // A receiver looks for CRC-4 multiframes four times as long before it complains.
    alarms.lomf.set = frames(span.alarm_set_ms * 4);
    let mut line = LineConfig::E1_CCS_CRC4;
    line.flags =
        if span.crc4 { flag::CRC } else { 0 } | if span.enabled { flag::ENABLED } else { 0 };
    line.framing = if span.cas { framing::CAS } else { framing::CCS };
    line.law = match span.law {
        Law::A => law::A,
        Law::Mu => law::MU,
    };
    let settings = Settings {
        name: span.name.clone(),
        index: index as u64,
        domain: domain as u64,
        config: line,
        depth: span.depth,
        start_frame: span.start_frame,
        alarms,
        lock_step: config.clock.mode == ClockMode::LockStep,
    };
    let page = nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE)
        .ok()
        .flatten()
        .unwrap_or(4096);
    let geometry = Geometry::for_page(page as u64).context("a page size that rings cannot have")?;
    let region = |what: &str, bytes| {
        Region::new(&format!("tdm-{}-{what}", span.name), bytes, Writer::Server)
            .with_context(|| format!("the {what} region of span {:?}", span.name))
    };
    let ring = Memory::<Region>::ring_bytes(geometry);
    let memory = Memory {
        geometry,
        status: region("status", Memory::<Region>::status_bytes())?,
        receive: region("receive", ring)?,
        sent: region("sent", ring)?,
    };
    Ok(Span::new(settings, memory))
}

fn impairment(impair: &Impair) -> Impairment {
    let frames = impair.frames.unwrap_or(0);
    let kind = match impair.kind {
        ImpairKind::Los => Kind::Los,
        ImpairKind::Ais => Kind::Ais,
        ImpairKind::Lof => Kind::Lof,
        ImpairKind::Rai => Kind::Rai,
        ImpairKind::BitErrors => Kind::BitErrors(impair.rate.unwrap_or(0.0)),
        ImpairKind::Delay => Kind::Delay(u32::try_from(frames).unwrap_or(0)),
        ImpairKind::Slip => Kind::Slip(frames.signum() as i8),
    };
    Impairment {
        kind,
        start_ms: impair.at_ms,
        length_ms: impair.for_ms,
    }
}
