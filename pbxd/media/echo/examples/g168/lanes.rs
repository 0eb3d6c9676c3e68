// SPDX-License-Identifier: MIT OR Apache-2.0
//! A group of sixteen channels behind the bench's trait.

use echo::{Config, Group, LANES, Output, Port, Settings};
use g168_bench::{Canceller, Control, Disabled, Visit};
use simd_dispatch::Instance;

use crate::model::turned;

/// One group.
pub(crate) struct Lanes {
    instance: Instance,
    settings: Settings,
    fresh: bool,
    inner: Group,
}

impl Lanes {
    pub(crate) fn new(instance: Instance) -> Self {
        Self {
            instance,
            settings: Settings::default(),
            fresh: true,
            inner: Group::new(Config::default(), instance),
        }
    }
}

impl Canceller for Lanes {
    fn name(&self) -> String {
        format!(
            "echo, {} of {:?}",
            self.instance.name(),
            Instance::compiled()
        )
    }

    fn lanes(&self) -> usize {
        LANES
    }

    fn control(&mut self, control: Control) -> bool {
        self.settings = turned(self.settings, control);
        self.fresh |= control == Control::Reset;
        for lane in 0..LANES {
            self.inner.set(lane, self.settings);
        }
        true
    }

    fn process(&mut self, visits: &mut [Visit<'_>]) {
        let mut ports = [const { None }; LANES];
        for (lane, (port, visit)) in ports.iter_mut().zip(visits).enumerate() {
            if self.fresh {
                self.inner.open(lane, visit.law, self.settings);
            }
            *port = Some(Port {
                rin: visit.rin,
                sin: visit.sin,
                out: Output::Linear(visit.sout),
            });
        }
        self.fresh = false;
        if let Err(error) = self.inner.visit(&mut ports) {
            unreachable!("the bench's visits are whole: {error}");
        }
    }

    fn disabled(&self, lane: usize) -> Option<Disabled> {
        let figures = self.inner.figures(lane);
        Some(Disabled {
            canceller: figures.disabled,
            nlp: figures.nlp_disabled,
        })
    }
}
