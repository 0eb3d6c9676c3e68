// SPDX-License-Identifier: GPL-2.0-only
//! The module's own node, `/dev/tdm/ctl`.

use crate::{
    abi::{
        control::{
            destroy,
            CreatePair,
            DestroyPair,
            Revoke, //
        },
        ioctl, //
    },
    argument,
    compat::PollCondVar,
    soft::Registry,
    sys::{
        self,
        chrdev::Ops, //
    }, //
};
use kernel::{
    mm::virt::VmaNew,
    prelude::*,
    sync::Arc,
    uaccess::UserPtr, //
};

/// An open file.
pub(crate) struct ControlFile {
    registry: Arc<Registry>,
}

impl ControlFile {
    fn create(&self, at: UserPtr) -> Result {
        let mut ask: CreatePair = argument::read(at)?;
        (ask.first, ask.second) = self.registry.create(ask.tick_us, ask.lock_step)?;
        argument::write(at, &ask).inspect_err(|_| {
            // Nobody knows its numbers.
            let _ = self.registry.destroy(ask.first, true);
        })
    }
}

impl Ops for ControlFile {
    type Context = Registry;

    fn open(registry: &Arc<Registry>, _writable: bool) -> Result<KBox<Self>> {
        let registry = registry.clone();
        Ok(KBox::new(Self { registry }, GFP_KERNEL)?)
    }

    fn wait_queue(&self) -> Option<&PollCondVar> {
        None
    }

    fn poll(&self, _wanted: u32) -> u32 {
        0
    }

    fn map(&self, _offset: u64, _vma: &VmaNew) -> Result {
        Err(ENODEV)
    }

    fn request(&self, number: u32, at: UserPtr) -> Result {
        match number {
            ioctl::CREATE_PAIR => {
                administer()?;
                self.create(at)
            }
            ioctl::DESTROY_PAIR => {
                administer()?;
                let ask: DestroyPair = argument::read(at)?;
                argument::zero(ask.flags & !destroy::FORCE)?;
                self.registry
                    .destroy(ask.span, ask.flags & destroy::FORCE != 0)
            }
            ioctl::REVOKE => {
                administer()?;
                let ask: Revoke = argument::read(at)?;
                self.registry.revoke(ask.span, ask.claim)
            }
            _ => Err(ENOTTY),
        }
    }
}

fn administer() -> Result {
    if sys::may_administer() {
        Ok(())
    } else {
        Err(EPERM)
    }
}
