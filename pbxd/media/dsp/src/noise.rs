// SPDX-License-Identifier: MIT OR Apache-2.0
//! Comfort noise.

/// White noise of a set level, softened by a gentle low-pass, from a seed.
#[derive(Clone, Copy, Debug)]
pub struct ComfortNoise {
    state: u32,
    /// Half the width of the uniform distribution that gives the level.
    amplitude: f32,
    last: f32,
}

impl ComfortNoise {
    /// Noise of root mean square `rms` in sample units. Seed 0 stands for another one: the
    /// generator would stay at 0.
    #[must_use]
    pub fn new(seed: u32, rms: f32) -> Self {
        let state = if seed == 0 { 0x9E37_79B9 } else { seed };
        let mut noise = Self {
            state,
            amplitude: 0.0,
            last: 0.0,
        };
        noise.set_level(rms);
        noise
    }

    /// Changes the level: root mean square in sample units.
    pub fn set_level(&mut self, rms: f32) {
        // A uniform variable of half-width a has the mean square a²/3; y = 0.75·x + 0.25·x₋₁
        // keeps 0.625 of it.
        const GAIN: f32 = 2.190_890_2; // √(3 / 0.625)
        self.amplitude = rms.max(0.0) * GAIN;
    }

    /// The next sample.
    pub fn sample(&mut self) -> f32 {
        // Xorshift of period 2³² − 1.
        self.state ^= self.state << 13;
        self.state ^= self.state >> 17;
        self.state ^= self.state << 5;
        let white = (self.state as i32) as f32 / 2_147_483_648.0;
        let soft = 0.75 * white + 0.25 * self.last;
        self.last = white;
        soft * self.amplitude
    }

    /// Fills a block.
    pub fn fill(&mut self, samples: &mut [i16]) {
        for sample in samples {
            *sample = self.sample().round() as i16;
        }
    }
}
