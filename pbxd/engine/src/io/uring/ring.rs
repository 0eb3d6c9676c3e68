// SPDX-License-Identifier: MIT OR Apache-2.0
//! The ring itself: set-up with the flags that the kernel has, submission, completions.

use super::address;
use io_uring::{IoUring, Probe, cqueue, opcode, squeue, types};
use std::io;
use std::os::fd::RawFd;

/// `IORING_ENTER_GETEVENTS`: run deferred work and look at completions; with none wanted, without waiting.
const GETEVENTS: u32 = 1;

pub(super) struct Ring {
    ring: IoUring,
    /// What a multishot receive is given: only the lengths of name and control count. Boxed, since the kernel reads it.
    template: Box<libc::msghdr>,
}

impl Ring {
    pub(super) fn new(ports: usize) -> io::Result<Self> {
        let entries = u32::try_from((ports * 4).max(256).next_power_of_two())
            .unwrap_or(u32::MAX)
            .min(8192);
        let ring = Self::build(entries)?;
        let mut probe = Probe::new();
        ring.submitter().register_probe(&mut probe)?;
        let needed = [
            opcode::SendMsg::CODE,
            opcode::RecvMsgMulti::CODE,
            opcode::AsyncCancel::CODE,
        ];
        if !needed.into_iter().all(|code| probe.is_supported(code))
            || !ring.params().is_feature_nodrop()
        {
            return Err(io::ErrorKind::Unsupported.into());
        }
        // SAFETY: all-zero is a valid message header without anything.
        let mut template: Box<libc::msghdr> = Box::new(unsafe { std::mem::zeroed() });
        template.msg_namelen = address::NAME as u32;
        Ok(Self { ring, template })
    }

    /// The best flags first; a kernel that does not know one refuses the set-up.
    fn build(entries: u32) -> io::Result<IoUring> {
        let mut builder = IoUring::builder();
        builder.setup_cqsize(entries * 4).setup_clamp().dontfork();
        let mut deferred = builder.clone();
        deferred
            .setup_single_issuer()
            .setup_defer_taskrun()
            .setup_taskrun_flag();
        let mut cooperative = builder.clone();
        cooperative.setup_coop_taskrun().setup_taskrun_flag();
        deferred
            .build(entries)
            .or_else(|_| cooperative.build(entries))
            .or_else(|_| builder.build(entries))
    }

    /// The kernel's side of a buffer group; see [`super::buffers`].
    pub(super) fn io(&self) -> &IoUring {
        &self.ring
    }

    pub(super) fn template(&self) -> &libc::msghdr {
        &self.template
    }

    fn push(&mut self, entry: &squeue::Entry) -> bool {
        for _ in 0..2 {
            // SAFETY: what the entry points to lives until its completion: see the three callers.
            if unsafe { self.ring.submission().push(entry) }.is_ok() {
                return true;
            }
            // The queue is full in the middle of a tick: hand it over and go on.
            if self.ring.submit().is_err() {
                return false;
            }
        }
        false
    }

    /// Queues a multishot receive; `false` if there is no room.
    pub(super) fn receive(&mut self, fd: RawFd, group: u16, token: u64) -> bool {
        // The template lives as long as the ring; the group's buffers as long as the receive is armed; the socket as long as the
        // port, which is not given back while a receive is armed.
        let entry = opcode::RecvMsgMulti::new(types::Fd(fd), &raw const *self.template, group)
            .build()
            .user_data(token);
        self.push(&entry)
    }

    /// Queues a send; `false` if there is no room.
    pub(super) fn send(&mut self, fd: RawFd, message: *const libc::msghdr, token: u64) -> bool {
        // The message is in a slot of the arena that is not used again before the completion, the mapping behind its iovecs and
        // the socket belong to the port, which is not given back before the completion.
        let entry = opcode::SendMsg::new(types::Fd(fd), message)
            .flags((libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL) as u32)
            .build()
            .user_data(token);
        self.push(&entry)
    }

    /// Queues the end of the request with this token.
    pub(super) fn cancel(&mut self, token: u64, own: u64) -> bool {
        // Points to nothing.
        let entry = opcode::AsyncCancel::new(token).build().user_data(own);
        self.push(&entry)
    }

    /// Submits what is queued, runs deferred work, waits for nothing. Returns whether there is more to run.
    pub(super) fn enter(&mut self) -> io::Result<bool> {
        let queued = self.ring.submission().len() as u32;
        // SAFETY: the number of queued entries is the queue's own; no argument is given.
        match unsafe {
            self.ring
                .submitter()
                .enter::<libc::sigset_t>(queued, 0, GETEVENTS, None)
        } {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(true),
            // The completion queue is full: drain it first.
            Err(error) if error.raw_os_error() == Some(libc::EBUSY) => return Ok(true),
            Err(error) => return Err(error),
        }
        Ok(self.pending())
    }

    /// Whether the kernel has work that another enter would run.
    pub(super) fn pending(&mut self) -> bool {
        let submission = self.ring.submission();
        submission.taskrun() || submission.cq_overflow() || !submission.is_empty()
    }

    /// The next completion.
    pub(super) fn next(&mut self) -> Option<cqueue::Entry> {
        self.ring.completion().next()
    }
}
