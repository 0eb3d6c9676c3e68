// SPDX-License-Identifier: MIT OR Apache-2.0
//! The guest's memory: files at bus addresses, read and written in place.
//!
//! A card moves a kilobyte in each direction a millisecond. `pread` and `pwrite` on the shared file do that for a microsecond each,
//! see the same pages as the guest's processors, and cannot bring this process down: a mapping would need `unsafe`, and a client
//! that shortens its file under a mapping kills its server with SIGBUS.

use super::session::Range;
use crate::card::{Bus, Fault};
use nix::errno::Errno;
use std::fs::File;
use std::os::unix::fs::FileExt;

/// Ranges at most; QEMU has some dozens.
const MAX_RANGES: usize = 1024;

/// Memory that a client has offered.
#[derive(Debug, Default)]
pub struct GuestMemory {
    ranges: Vec<(Range, Option<File>)>,
}

impl GuestMemory {
    /// No memory.
    #[must_use]
    pub fn new() -> Self {
        GuestMemory::default()
    }

    /// Enters a range. One without a file is known, and cannot be reached.
    ///
    /// # Errors
    /// EINVAL if it is no range of its file, EEXIST if it overlaps another one, ENOSPC if there are too many.
    pub fn map(&mut self, range: Range, file: Option<File>) -> Result<(), Errno> {
        let end = range.address.checked_add(range.size);
        let (Some(end), true) = (end, range.size > 0) else {
            return Err(Errno::EINVAL);
        };
        if let Some(file) = &file {
            let metadata = file.metadata().map_err(|_| Errno::EBADF)?;
            let needs = range.offset.checked_add(range.size);
            if !metadata.is_file() || needs.is_none_or(|needs| needs > metadata.len()) {
                return Err(Errno::EINVAL);
            }
        }
        let overlaps =
            |other: &Range| range.address < other.address + other.size && other.address < end;
        if self.ranges.iter().any(|(other, _)| overlaps(other)) {
            return Err(Errno::EEXIST);
        }
        if self.ranges.len() >= MAX_RANGES {
            return Err(Errno::ENOSPC);
        }
        self.ranges.push((range, file));
        Ok(())
    }

    /// Takes away every range inside these bounds.
    pub fn unmap(&mut self, address: u64, size: u64) {
        let end = address.saturating_add(size);
        self.ranges
            .retain(|(range, _)| range.address < address || range.address + range.size > end);
    }

    /// Takes everything away.
    pub fn clear(&mut self) {
        self.ranges.clear();
    }

    /// The file, the place in it and how much of `length` octets at `address` it holds.
    fn find(&self, address: u64, length: usize, write: bool) -> Option<(&File, u64, usize)> {
        let (range, file) = self
            .ranges
            .iter()
            .find(|(range, _)| address >= range.address && address - range.address < range.size)?;
        let allowed = if write {
            range.writable
        } else {
            range.readable
        };
        let within = address - range.address;
        let holds = usize::try_from(range.size - within).unwrap_or(usize::MAX);
        let file = file.as_ref().filter(|_| allowed)?;
        Some((file, range.offset + within, length.min(holds)))
    }
}

impl Bus for GuestMemory {
    fn read(&mut self, address: u64, to: &mut [u8]) -> Result<(), Fault> {
        let mut done = 0;
        let length = to.len();
        let fault = Fault { address, length };
        while done < length {
            let at = address.checked_add(done as u64).ok_or(fault)?;
            let (file, place, part) = self.find(at, length - done, false).ok_or(fault)?;
            let piece = to.get_mut(done..done + part).ok_or(fault)?;
            file.read_exact_at(piece, place).map_err(|_| fault)?;
            done += part;
        }
        Ok(())
    }

    fn write(&mut self, address: u64, from: &[u8]) -> Result<(), Fault> {
        let mut done = 0;
        let length = from.len();
        let fault = Fault { address, length };
        while done < length {
            let at = address.checked_add(done as u64).ok_or(fault)?;
            let (file, place, part) = self.find(at, length - done, true).ok_or(fault)?;
            let piece = from.get(done..done + part).ok_or(fault)?;
            file.write_all_at(piece, place).map_err(|_| fault)?;
            done += part;
        }
        Ok(())
    }
}
