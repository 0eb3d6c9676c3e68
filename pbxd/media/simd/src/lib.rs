// SPDX-License-Identifier: MIT OR Apache-2.0
//! Runs one body of arithmetic in the widest instruction set that the machine has.
//!
//! A body implements [`Kernel`]. Its `run` and everything that it calls must be `#[inline(always)]`: only
//! then is it compiled again in each instance. Results may differ between instances in the last bits, since
//! a fused multiply-add rounds once; within an instance they are deterministic.
//!
//! This is the only crate of the media plane with `unsafe`: three calls of functions whose instruction set was
//! detected before.

/// A body of arithmetic.
pub trait Kernel {
    /// What it gives.
    type Output;

    /// The body. `FUSED`: `mul_add` is one instruction (and not a call of a library).
    fn run<const FUSED: bool>(self) -> Self::Output;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    Baseline,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(all(target_arch = "x86_64", compiler_has_avx512))]
    Avx512,
}

/// An instruction set that this program was compiled for and this machine has. There is no other way to
/// get one than to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instance(Set);

impl Instance {
    /// The instances of this program that this machine can run, the fastest first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let mut all = Vec::new();
        #[cfg(all(target_arch = "x86_64", compiler_has_avx512))]
        if std::is_x86_feature_detected!("avx512f")
            && std::is_x86_feature_detected!("avx512bw")
            && std::is_x86_feature_detected!("avx512dq")
            && std::is_x86_feature_detected!("avx512vl")
            && std::is_x86_feature_detected!("fma")
        {
            all.push(Self(Set::Avx512));
        }
        #[cfg(target_arch = "x86_64")]
        if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma") {
            all.push(Self(Set::Avx2));
        }
        all.push(Self(Set::Baseline));
        all
    }

    /// The fastest of them.
    #[must_use]
    pub fn best() -> Self {
        Self::available()[0]
    }

    /// What the compiler targets anyway: SSE2 or NEON.
    #[must_use]
    pub const fn baseline() -> Self {
        Self(Set::Baseline)
    }

    /// The instances that this program was compiled with, whether this machine can run them or not.
    #[must_use]
    pub fn compiled() -> Vec<&'static str> {
        #[allow(unused_mut, reason = "not on machines with one instance")]
        let mut all = vec![Self(Set::Baseline).name()];
        #[cfg(target_arch = "x86_64")]
        all.insert(0, Self(Set::Avx2).name());
        #[cfg(all(target_arch = "x86_64", compiler_has_avx512))]
        all.insert(0, Self(Set::Avx512).name());
        all
    }

    /// The name for reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.0 {
            #[cfg(all(target_arch = "x86_64", compiler_has_avx512))]
            Set::Avx512 => "AVX-512",
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => "AVX2",
            Set::Baseline if cfg!(target_arch = "x86_64") => "SSE2",
            Set::Baseline if cfg!(target_arch = "aarch64") => "NEON",
            Set::Baseline => "baseline",
        }
    }

    /// Runs a body in this instruction set.
    pub fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self.0 {
            #[cfg(all(target_arch = "x86_64", compiler_has_avx512))]
            // SAFETY: an `Instance` of this set is made only where all its features were detected.
            Set::Avx512 => unsafe { avx512(kernel) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Set::Avx2 => unsafe { avx2(kernel) },
            Set::Baseline => kernel.run::<{ cfg!(target_arch = "aarch64") }>(),
        }
    }
}

/// # Safety
/// The machine has all these features.
#[cfg(all(target_arch = "x86_64", compiler_has_avx512))]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
unsafe fn avx512<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<true>()
}

/// # Safety
/// The machine has both features.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<true>()
}

#[cfg(test)]
mod tests {
    use super::{Instance, Kernel};

    struct Dot<'a>(&'a [f32], &'a [f32]);

    impl Kernel for Dot<'_> {
        type Output = f32;
        #[inline(always)]
        fn run<const FUSED: bool>(self) -> f32 {
            let mut sum = 0.0;
            for (a, b) in self.0.iter().zip(self.1) {
                sum = if FUSED {
                    a.mul_add(*b, sum)
                } else {
                    a * b + sum
                };
            }
            sum
        }
    }

    #[test]
    fn every_instance_computes_the_same() {
        let a: Vec<f32> = (0..100u8).map(f32::from).collect();
        let expected: f32 = a.iter().map(|v| v * v).sum();
        for instance in Instance::available() {
            assert_eq!(instance.run(Dot(&a, &a)), expected, "{}", instance.name());
        }
    }

    #[test]
    fn what_is_available_was_compiled() {
        let compiled = Instance::compiled();
        let available = Instance::available();
        assert!(available.iter().all(|i| compiled.contains(&i.name())));
        assert_eq!(available[0], Instance::best());
        assert_eq!(available.last(), Some(&Instance::baseline()));
    }
}
