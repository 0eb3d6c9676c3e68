// SPDX-License-Identifier: MIT OR Apache-2.0
//! The reference model behind the bench's trait.

use echo::{Config, Settings, reference::Reference};
use g168_bench::{Canceller, Control, Disabled, Visit};

/// One reference model.
pub(crate) struct Model {
    settings: Settings,
    inner: Reference,
}

impl Model {
    pub(crate) fn new() -> Self {
        let settings = Settings::default();
        Self {
            settings,
            inner: Reference::new(Config::default(), settings, 0),
        }
    }
}

/// The settings after a switch was turned.
pub(crate) fn turned(mut settings: Settings, control: Control) -> Settings {
    match control {
        Control::Reset => {}
        Control::Freeze(on) => settings.adapt = !on,
        Control::Nlp(on) => settings.nlp = on,
        Control::ComfortNoise(on) => settings.comfort_noise = on,
        Control::ToneDisabler(on) => settings.tone_disabler = on,
    }
    settings
}

impl Canceller for Model {
    fn name(&self) -> String {
        "echo, reference model".to_owned()
    }

    fn control(&mut self, control: Control) -> bool {
        self.settings = turned(self.settings, control);
        if control == Control::Reset {
            self.inner = Reference::new(Config::default(), self.settings, 0);
        }
        self.inner.set(self.settings);
        true
    }

    fn process(&mut self, visits: &mut [Visit<'_>]) {
        for visit in visits {
            let block = |codes: &[u8], n: usize| -> [f64; 8] {
                core::array::from_fn(|i| f64::from(visit.law.decode(codes[8 * n + i])))
            };
            for n in 0..visit.rin.len() / 8 {
                let out = self.inner.block(&block(visit.rin, n), &block(visit.sin, n));
                for (target, v) in visit.sout[8 * n..].iter_mut().zip(out) {
                    *target = v.round() as i16;
                }
            }
        }
    }

    fn disabled(&self, _lane: usize) -> Option<Disabled> {
        Some(Disabled {
            canceller: self.inner.disabled(),
            nlp: self.inner.nlp_off(),
        })
    }
}
