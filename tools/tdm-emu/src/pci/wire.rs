// SPDX-License-Identifier: MIT OR Apache-2.0
//! vfio-user messages, as a server reads and writes them. Integers are in the host's order, as the protocol has it (both ends are
//! on one machine).
//!
//! The layout is that of QEMU's client and of the crate `vfio_user`, which tests use as a client.

/// Octets of a header: message id, command, size, flags, error.
pub const HEADER_BYTES: usize = 16;
/// The longest message that is taken. Regions are small, and data come in pieces of [`MAX_DATA`].
pub const MAX_MESSAGE: usize = 8192;
/// What a client is told about the size of a region access.
pub const MAX_DATA: usize = 4096;

const REPLY: u32 = 0x01;
const TYPE_MASK: u32 = 0x0F;
const NO_REPLY: u32 = 0x10;
const ERROR: u32 = 0x20;

/// A message's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The client's number for it.
    pub id: u16,
    /// The command's number.
    pub command: u16,
    /// Octets of the whole message.
    pub size: usize,
    /// The client wants no reply.
    pub no_reply: bool,
}

/// Why the stream cannot be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The header's size is impossible.
    #[error("a message of {0} octets; expected {HEADER_BYTES} to {MAX_MESSAGE}")]
    Size(u32),
    /// A reply; this server asks nothing.
    #[error("a reply to message {0}, which was never sent")]
    Reply(u16),
}

/// Reads integers off the front of a message.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// From the start of `octets`.
    #[must_use]
    pub fn new(octets: &'a [u8]) -> Self {
        Reader(octets)
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (front, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*front)
    }

    /// 16 bits.
    pub fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_ne_bytes)
    }

    /// 32 bits.
    pub fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_ne_bytes)
    }

    /// 64 bits.
    pub fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_ne_bytes)
    }

    /// What is left.
    #[must_use]
    pub fn rest(self) -> &'a [u8] {
        self.0
    }
}

impl Header {
    /// Reads the header at the front of a stream; `None` if it is not whole yet.
    ///
    /// # Errors
    /// If the stream cannot be followed from here on.
    pub fn read(stream: &[u8]) -> Result<Option<Header>, WireError> {
        let mut reader = Reader::new(stream);
        let mut fields = || {
            let (id, command) = (reader.u16()?, reader.u16()?);
            let (size, flags, _error) = (reader.u32()?, reader.u32()?, reader.u32()?);
            Some((id, command, size, flags))
        };
        let Some((id, command, size, flags)) = fields() else {
            return Ok(None);
        };
        let octets = usize::try_from(size).unwrap_or(usize::MAX);
        if !(HEADER_BYTES..=MAX_MESSAGE).contains(&octets) {
            return Err(WireError::Size(size));
        }
        if flags & TYPE_MASK != 0 {
            return Err(WireError::Reply(id));
        }
        Ok(Some(Header {
            id,
            command,
            size: octets,
            no_reply: flags & NO_REPLY != 0,
        }))
    }

    /// A message in answer to this one: a whole reply with its body.
    #[must_use]
    pub fn reply(&self, body: &[u8]) -> Vec<u8> {
        self.message(REPLY, 0, body)
    }

    /// The answer that it cannot be done.
    #[must_use]
    pub fn refuse(&self, errno: i32) -> Vec<u8> {
        self.message(REPLY | ERROR, errno.unsigned_abs(), &[])
    }

    fn message(&self, flags: u32, error: u32, body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(HEADER_BYTES + body.len()).unwrap_or(u32::MAX);
        let mut message = Vec::with_capacity(HEADER_BYTES + body.len());
        message.extend_from_slice(&self.id.to_ne_bytes());
        message.extend_from_slice(&self.command.to_ne_bytes());
        for field in [size, flags, error] {
            message.extend_from_slice(&field.to_ne_bytes());
        }
        message.extend_from_slice(body);
        message
    }
}

/// A client's request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request<'a> {
    /// The first message.
    Version {
        /// The protocol's major number.
        major: u16,
        /// Its minor number.
        minor: u16,
    },
    /// Memory that the device may reach.
    DmaMap {
        /// It may be read.
        readable: bool,
        /// It may be written.
        writable: bool,
        /// Where it stands in the file.
        offset: u64,
        /// Its bus address.
        address: u64,
        /// Octets.
        size: u64,
    },
    /// Memory that is no more; everything with `all`.
    DmaUnmap {
        /// All of it.
        all: bool,
        /// As sent, to be returned.
        flags: u32,
        /// Its bus address.
        address: u64,
        /// Octets.
        size: u64,
    },
    /// What kind of device it is.
    DeviceInfo,
    /// A region.
    RegionInfo {
        /// Which.
        index: u32,
    },
    /// A kind of interrupt.
    IrqInfo {
        /// Which.
        index: u32,
    },
    /// Sets up, masks or unmasks interrupts.
    SetIrqs {
        /// VFIO's flags.
        flags: u32,
        /// The kind.
        index: u32,
        /// The first.
        start: u32,
        /// How many.
        count: u32,
    },
    /// Reads a region.
    RegionRead {
        /// From where.
        offset: u64,
        /// Which region.
        region: u32,
        /// Octets.
        count: usize,
    },
    /// Writes a region.
    RegionWrite {
        /// To where.
        offset: u64,
        /// Which region.
        region: u32,
        /// What.
        data: &'a [u8],
    },
    /// A device reset.
    Reset,
}

mod command {
    pub(super) const VERSION: u16 = 1;
    pub(super) const DMA_MAP: u16 = 2;
    pub(super) const DMA_UNMAP: u16 = 3;
    pub(super) const DEVICE_INFO: u16 = 4;
    pub(super) const REGION_INFO: u16 = 5;
    pub(super) const IRQ_INFO: u16 = 7;
    pub(super) const SET_IRQS: u16 = 8;
    pub(super) const REGION_READ: u16 = 9;
    pub(super) const REGION_WRITE: u16 = 10;
    pub(super) const RESET: u16 = 13;
}

/// Why a message is no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// A command that this server does not know.
    #[error("command {0} is not served")]
    Unknown(u16),
    /// The body is too short or does not hold together.
    #[error("the body of command {0} is malformed")]
    Malformed(u16),
}

const DMA_READABLE: u32 = 1;
const DMA_WRITABLE: u32 = 2;
const UNMAP_ALL: u32 = 4;

impl<'a> Request<'a> {
    /// Reads the body of a message.
    ///
    /// # Errors
    /// If the command is unknown or its body malformed; the stream goes on behind it.
    pub fn read(header: &Header, body: &'a [u8]) -> Result<Self, RequestError> {
        let known = matches!(header.command, 1..=5 | 7..=10 | command::RESET);
        if !known {
            return Err(RequestError::Unknown(header.command));
        }
        Request::parse(header.command, Reader::new(body))
            .ok_or(RequestError::Malformed(header.command))
    }

    fn parse(number: u16, mut body: Reader<'a>) -> Option<Self> {
        Some(match number {
            command::VERSION => Request::Version {
                major: body.u16()?,
                minor: body.u16()?,
            },
            command::DMA_MAP => {
                let (_argsz, flags) = (body.u32()?, body.u32()?);
                Request::DmaMap {
                    readable: flags & DMA_READABLE != 0,
                    writable: flags & DMA_WRITABLE != 0,
                    offset: body.u64()?,
                    address: body.u64()?,
                    size: body.u64()?,
                }
            }
            command::DMA_UNMAP => {
                let (_argsz, flags) = (body.u32()?, body.u32()?);
                Request::DmaUnmap {
                    all: flags & UNMAP_ALL != 0,
                    flags,
                    address: body.u64()?,
                    size: body.u64()?,
                }
            }
            command::DEVICE_INFO => Request::DeviceInfo,
            command::REGION_INFO => {
                let (_argsz, _flags) = (body.u32()?, body.u32()?);
                Request::RegionInfo { index: body.u32()? }
            }
            command::IRQ_INFO => {
                let (_argsz, _flags) = (body.u32()?, body.u32()?);
                Request::IrqInfo { index: body.u32()? }
            }
            command::SET_IRQS => {
                let _argsz = body.u32()?;
                Request::SetIrqs {
                    flags: body.u32()?,
                    index: body.u32()?,
                    start: body.u32()?,
                    count: body.u32()?,
                }
            }
            command::REGION_READ => {
                let (offset, region, count) = (body.u64()?, body.u32()?, body.u32()?);
                let count = usize::try_from(count).ok().filter(|c| *c <= MAX_DATA)?;
                Request::RegionRead {
                    offset,
                    region,
                    count,
                }
            }
            command::REGION_WRITE => {
                let (offset, region, count) = (body.u64()?, body.u32()?, body.u32()?);
                let data = body.rest();
                if usize::try_from(count) != Ok(data.len()) {
                    return None;
                }
                Request::RegionWrite {
                    offset,
                    region,
                    data,
                }
            }
            command::RESET => Request::Reset,
            _ => return None,
        })
    }
}
