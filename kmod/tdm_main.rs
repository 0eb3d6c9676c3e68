// SPDX-License-Identifier: GPL-2.0-only
//! Telephone lines as memory: spans whose timeslots userspace maps.
//!
//! `docs/abi.md` specifies what userspace sees, `docs/kmod.md` how the module is made.

#![crate_name = "tdm"]

mod abi;
mod argument;
mod compat;
mod ctl;
mod line;
mod memory;
mod node;
mod soft;
mod span;
mod sys;

use abi::control::REAL_TIME_TICK_US;
use core::ptr;
use kernel::{
    prelude::*,
    sync::Arc, //
};
use soft::Registry;
use sys::{
    chrdev::{
        Class,
        Node, //
    },
    pm::SleepGuard, //
};

/// The module. Fields are dropped in this order; no file is open when they are.
struct Tdm {
    _control: Node<ctl::ControlFile>,
    _registry: Arc<Registry>,
    _sleep: SleepGuard,
}

impl kernel::Module for Tdm {
    fn init(module: &'static ThisModule) -> Result<Self> {
        let class = Class::new(c"tdm", soft::MINORS, module)?;
        let registry = Registry::new(class.clone())?;
        for _ in 0..module_parameters::soft_pairs.value() {
            registry.create(REAL_TIME_TICK_US, 0)?;
        }
        let sleep = SleepGuard::new()?;
        let control = class.add(0, c"tdm!ctl", None, ptr::null_mut(), registry.clone())?;
        Ok(Self {
            _control: control,
            _registry: registry,
            _sleep: sleep,
        })
    }
}

module! {
    type: Tdm,
    name: "tdm",
    authors: ["Tandem maintainers"],
    description: "Telephone lines as memory: spans whose timeslots userspace maps",
    license: "GPL",
    params: {
        soft_pairs: u32 {
            default: 0,
            description: "Pairs of software spans, cross-connected, that are created at load (more by an ioctl on /dev/tdm/ctl)",
        },
    },
}
