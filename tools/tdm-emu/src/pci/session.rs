// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a vfio-user server answers. The device behind it is a [`Device`]; descriptors are whatever the caller hands in.

use super::wire::{HEADER_BYTES, Header, MAX_DATA, Request, RequestError};
use crate::card::BAR_BYTES;
use nix::errno::Errno;

/// Memory that a client offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// It may be read.
    pub readable: bool,
    /// It may be written.
    pub writable: bool,
    /// Where it stands in its file.
    pub offset: u64,
    /// Its bus address.
    pub address: u64,
    /// Octets.
    pub size: u64,
}

/// A PCI device with one BAR and INTx.
pub trait Device<F> {
    /// Reads configuration space.
    fn config_read(&mut self, offset: usize, to: &mut [u8]);
    /// Writes configuration space.
    fn config_write(&mut self, offset: usize, from: &[u8]);
    /// Reads BAR 0.
    fn bar_read(&mut self, offset: u32, to: &mut [u8]);
    /// Writes BAR 0.
    fn bar_write(&mut self, offset: u32, from: &[u8]);
    /// Memory comes, with its file if the client gave one (ROMs come without).
    ///
    /// # Errors
    /// What the client is told.
    fn map(&mut self, range: Range, file: Option<F>) -> Result<(), Errno>;
    /// Memory goes: everything inside `size` octets at `address`, or all.
    fn unmap(&mut self, all: bool, address: u64, size: u64);
    /// Where to signal INTx; `None` for nowhere.
    ///
    /// # Errors
    /// What the client is told.
    fn set_interrupt(&mut self, eventfd: Option<F>) -> Result<(), Errno>;
    /// INTx may be signalled again.
    fn unmasked(&mut self);
    /// A device reset.
    fn reset(&mut self);
}

/// Regions of a VFIO PCI device, and those that this one has.
const REGIONS: u32 = 9;
const BAR0_REGION: u32 = 0;
const CONFIG_REGION: u32 = 7;
const CONFIG_BYTES: u32 = 256;
/// Kinds of interrupt of a VFIO PCI device.
const IRQS: u32 = 5;
const INTX: u32 = 0;

const READ_WRITE: u32 = 3;
const DEVICE_RESETTABLE: u32 = 1;
const DEVICE_PCI: u32 = 2;
/// EVENTFD, MASKABLE, AUTOMASKED.
const INTX_FLAGS: u32 = 7;

mod set {
    pub(super) const BOOL: u32 = 1 << 1;
    pub(super) const EVENTFD: u32 = 1 << 2;
    pub(super) const MASK: u32 = 1 << 3;
    pub(super) const UNMASK: u32 = 1 << 4;
    pub(super) const TRIGGER: u32 = 1 << 5;
}

/// Octets of a region's bounds, if it exists.
fn bytes_of(region: u32) -> u32 {
    match region {
        BAR0_REGION => BAR_BYTES,
        CONFIG_REGION => CONFIG_BYTES,
        _ => 0,
    }
}

/// Whether an access lies inside its region.
fn inside(region: u32, offset: u64, count: usize) -> Result<u32, Errno> {
    let end = offset.checked_add(count as u64).ok_or(Errno::EINVAL)?;
    if end > u64::from(bytes_of(region)) {
        return Err(Errno::EINVAL);
    }
    u32::try_from(offset).map_err(|_| Errno::EINVAL)
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

/// Acts on a whole message and gives the reply, if the client wants one. `files` came with the message.
pub fn handle<F>(
    header: &Header,
    body: &[u8],
    files: Vec<F>,
    device: &mut dyn Device<F>,
) -> Option<Vec<u8>> {
    let answer = match Request::read(header, body) {
        Ok(request) => act(request, body, files, device),
        Err(RequestError::Unknown(_)) => Err(Errno::EOPNOTSUPP),
        Err(RequestError::Malformed(_)) => Err(Errno::EINVAL),
    };
    if header.no_reply {
        return None;
    }
    Some(match answer {
        Ok(body) => header.reply(&body),
        Err(errno) => header.refuse(errno as i32),
    })
}

fn act<F>(
    request: Request<'_>,
    body: &[u8],
    files: Vec<F>,
    device: &mut dyn Device<F>,
) -> Result<Vec<u8>, Errno> {
    let mut files = files.into_iter();
    match request {
        Request::Version { major, .. } => version(major),
        Request::DmaMap {
            readable,
            writable,
            offset,
            address,
            size,
        } => {
            let range = Range {
                readable,
                writable,
                offset,
                address,
                size,
            };
            device.map(range, files.next()).map(|()| Vec::new())
        }
        Request::DmaUnmap {
            all, address, size, ..
        } => {
            device.unmap(all, address, size);
            // The reply repeats the request.
            Ok(body.get(..24).unwrap_or(body).to_vec())
        }
        Request::DeviceInfo => {
            let flags = DEVICE_PCI | DEVICE_RESETTABLE;
            Ok(words(&[16, flags, REGIONS, IRQS]))
        }
        Request::RegionInfo { index } => region_info(index),
        Request::IrqInfo { index } => irq_info(index),
        Request::SetIrqs {
            flags,
            index,
            start,
            count,
        } => set_irqs(flags, index, (start, count), files.next(), device),
        Request::RegionRead {
            offset,
            region,
            count,
        } => region_read(offset, region, count, device),
        Request::RegionWrite {
            offset,
            region,
            data,
        } => region_write(offset, region, data, device),
        Request::Reset => {
            device.reset();
            Ok(Vec::new())
        }
    }
}

/// Version 0.0 is understood by every client of major number 0.
fn version(major: u16) -> Result<Vec<u8>, Errno> {
    if major != 0 {
        return Err(Errno::EINVAL);
    }
    let mut body = vec![0; 4];
    let capabilities = format!(
        "{{\"capabilities\":{{\"max_msg_fds\":1,\"max_data_xfer_size\":{MAX_DATA},\"migration\":{{\"pgsize\":4096}}}}}}\0"
    );
    body.extend_from_slice(capabilities.as_bytes());
    Ok(body)
}

fn region_info(index: u32) -> Result<Vec<u8>, Errno> {
    if index >= REGIONS {
        return Err(Errno::EINVAL);
    }
    let bytes = bytes_of(index);
    let flags = if bytes > 0 { READ_WRITE } else { 0 };
    // argsz, flags, index, offset of capabilities; size and file offset are 64 bits.
    let mut body = words(&[32, flags, index, 0]);
    body.extend_from_slice(&u64::from(bytes).to_ne_bytes());
    body.extend_from_slice(&0_u64.to_ne_bytes());
    Ok(body)
}

fn irq_info(index: u32) -> Result<Vec<u8>, Errno> {
    if index >= IRQS {
        return Err(Errno::EINVAL);
    }
    let (flags, count) = if index == INTX {
        (INTX_FLAGS, 1)
    } else {
        (0, 0)
    };
    Ok(words(&[16, flags, index, count]))
}

fn set_irqs<F>(
    flags: u32,
    index: u32,
    (start, count): (u32, u32),
    file: Option<F>,
    device: &mut dyn Device<F>,
) -> Result<Vec<u8>, Errno> {
    if index >= IRQS {
        return Err(Errno::EINVAL);
    }
    if index != INTX {
        // There are none of these; to switch off what is not there is no error.
        return if count == 0 {
            Ok(Vec::new())
        } else {
            Err(Errno::EINVAL)
        };
    }
    if start != 0 || count > 1 || flags & set::BOOL != 0 {
        return Err(Errno::EINVAL);
    }
    let eventfd = flags & set::EVENTFD != 0;
    if flags & set::TRIGGER != 0 {
        if eventfd && count == 1 {
            device.set_interrupt(file)?;
        } else if count == 0 {
            device.set_interrupt(None)?;
        }
    } else if flags & set::UNMASK != 0 {
        if eventfd {
            // Only a client with KVM asks for this.
            return Err(Errno::EOPNOTSUPP);
        }
        device.unmasked();
    } else if flags & set::MASK == 0 {
        return Err(Errno::EINVAL);
    }
    // A mask needs nothing: after a signal the line is quiet until it is unmasked or acknowledged.
    Ok(Vec::new())
}

fn region_read<F>(
    offset: u64,
    region: u32,
    count: usize,
    device: &mut dyn Device<F>,
) -> Result<Vec<u8>, Errno> {
    let at = inside(region, offset, count)?;
    let mut body = offset.to_ne_bytes().to_vec();
    body.extend_from_slice(&region.to_ne_bytes());
    body.extend_from_slice(&u32::try_from(count).unwrap_or(0).to_ne_bytes());
    let from = body.len();
    body.resize(from + count, 0);
    let to = body.get_mut(from..).unwrap_or_default();
    if region == CONFIG_REGION {
        device.config_read(at as usize, to);
    } else {
        device.bar_read(at, to);
    }
    Ok(body)
}

fn region_write<F>(
    offset: u64,
    region: u32,
    data: &[u8],
    device: &mut dyn Device<F>,
) -> Result<Vec<u8>, Errno> {
    let at = inside(region, offset, data.len())?;
    if region == CONFIG_REGION {
        device.config_write(at as usize, data);
    } else {
        device.bar_write(at, data);
    }
    let mut body = offset.to_ne_bytes().to_vec();
    body.extend_from_slice(&region.to_ne_bytes());
    body.extend_from_slice(&u32::try_from(data.len()).unwrap_or(0).to_ne_bytes());
    Ok(body)
}

/// Splits whole messages off the front of a stream.
#[derive(Debug, Default)]
pub struct Stream {
    octets: Vec<u8>,
    /// Octets of messages that were taken already.
    taken: usize,
}

impl Stream {
    /// Octets from the client.
    pub fn push(&mut self, octets: &[u8]) {
        self.octets.drain(..self.taken);
        self.taken = 0;
        self.octets.extend_from_slice(octets);
    }

    /// The next whole message: its header and body.
    ///
    /// # Errors
    /// If the stream cannot be followed from here on.
    pub fn take_message(&mut self) -> Result<Option<(Header, &[u8])>, super::wire::WireError> {
        let rest = self.octets.get(self.taken..).unwrap_or_default();
        let Some(header) = Header::read(rest)? else {
            return Ok(None);
        };
        let Some(message) = rest.get(..header.size) else {
            return Ok(None);
        };
        self.taken += header.size;
        Ok(Some((
            header,
            message.get(HEADER_BYTES..).unwrap_or_default(),
        )))
    }

    /// Whether everything that came has been taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.taken == self.octets.len()
    }
}
