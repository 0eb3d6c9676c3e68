// SPDX-License-Identifier: MIT OR Apache-2.0
//! A small vfio-user client, as QEMU behaves.

#![allow(dead_code, clippy::unwrap_used)]

use nix::errno::Errno;
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::socket::{ControlMessage, MsgFlags, UnixAddr, sendmsg};
use std::fs::File;
use std::io::{IoSlice, Read, Write};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;

pub(crate) struct Client {
    stream: UnixStream,
    id: u16,
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

fn split(octets: &[u8]) -> Vec<u32> {
    let word = |c: &[u8]| u32::from_ne_bytes([c[0], c[1], c[2], c[3]]);
    octets.chunks_exact(4).map(word).collect()
}

impl Client {
    pub(crate) fn connect(path: &Path) -> Self {
        let stream = UnixStream::connect(path).unwrap();
        let mut client = Client { stream, id: 0 };
        let mut version = vec![0, 0, 1, 0];
        version.extend_from_slice(b"{\"capabilities\":{\"max_msg_fds\":8}}\0");
        let reply = client.request(1, &version, None).unwrap();
        assert_eq!(reply[..4], [0; 4]);
        assert_eq!(reply.last(), Some(&0));
        client
    }

    fn send(&mut self, command: u16, flags: u32, body: &[u8], file: Option<BorrowedFd<'_>>) {
        self.id = self.id.wrapping_add(1);
        let mut message = self.id.to_ne_bytes().to_vec();
        message.extend_from_slice(&command.to_ne_bytes());
        message.extend_from_slice(&words(&[16 + body.len() as u32, flags, 0]));
        message.extend_from_slice(body);
        let raw = file.map(|file| [file.as_raw_fd()]);
        let rights = raw.as_ref().map(|raw| ControlMessage::ScmRights(raw));
        let control: Vec<_> = rights.into_iter().collect();
        let parts = [IoSlice::new(&message)];
        let fd = self.stream.as_raw_fd();
        sendmsg::<UnixAddr>(fd, &parts, &control, MsgFlags::MSG_NOSIGNAL, None).unwrap();
    }

    pub(crate) fn request(
        &mut self,
        command: u16,
        body: &[u8],
        file: Option<BorrowedFd<'_>>,
    ) -> Result<Vec<u8>, Errno> {
        self.send(command, 0, body, file);
        let mut header = [0; 16];
        self.stream.read_exact(&mut header).unwrap();
        let fields = split(&header[4..]);
        let mut body = vec![0; fields[0] as usize - 16];
        self.stream.read_exact(&mut body).unwrap();
        assert_eq!(header[..2], self.id.to_ne_bytes());
        assert_eq!(fields[1] & 0xF, 1, "a reply");
        match fields[1] & 0x20 {
            0 => Ok(body),
            _ => Err(Errno::from_raw(fields[2] as i32)),
        }
    }

    /// A header alone that announces a message of `size` octets.
    pub(crate) fn send_header(&mut self, command: u16, size: u32) {
        let mut header = vec![0; 2];
        header.extend_from_slice(&command.to_ne_bytes());
        header.extend_from_slice(&words(&[size, 0, 0]));
        self.stream.write_all(&header).unwrap();
    }

    pub(crate) fn is_closed(&mut self) -> bool {
        matches!(self.stream.read(&mut [0; 1]), Ok(0) | Err(_))
    }

    pub(crate) fn device_info(&mut self) -> Vec<u32> {
        split(&self.request(4, &words(&[16, 0, 0, 0]), None).unwrap())
    }

    pub(crate) fn region_bytes(&mut self, index: u32) -> u32 {
        let ask = words(&[32, 0, index, 0, 0, 0, 0, 0]);
        split(&self.request(5, &ask, None).unwrap())[4]
    }

    pub(crate) fn irq_info(&mut self, index: u32) -> Vec<u32> {
        split(&self.request(7, &words(&[16, 0, index, 0]), None).unwrap())
    }

    pub(crate) fn read(&mut self, region: u32, offset: u64, count: u32) -> Result<Vec<u8>, Errno> {
        let mut ask = offset.to_ne_bytes().to_vec();
        ask.extend_from_slice(&words(&[region, count]));
        Ok(self.request(9, &ask, None)?.split_off(16))
    }

    pub(crate) fn write(&mut self, region: u32, offset: u64, data: &[u8]) -> Result<(), Errno> {
        let ask = Self::region_write(region, offset, data);
        self.request(10, &ask, None).map(|_| ())
    }

    /// A write without a reply, as QEMU does most of the time.
    pub(crate) fn post(&mut self, region: u32, offset: u64, data: &[u8]) {
        let ask = Self::region_write(region, offset, data);
        self.send(10, 0x10, &ask, None);
    }

    fn region_write(region: u32, offset: u64, data: &[u8]) -> Vec<u8> {
        let mut ask = offset.to_ne_bytes().to_vec();
        ask.extend_from_slice(&words(&[region, data.len() as u32]));
        ask.extend_from_slice(data);
        ask
    }

    /// Memory to map.
    pub(crate) fn memory(&self, bytes: u64) -> File {
        let file = File::from(memfd_create(c"guest", MFdFlags::MFD_CLOEXEC).unwrap());
        file.set_len(bytes).unwrap();
        file
    }

    pub(crate) fn map(
        &mut self,
        file: &File,
        offset: u64,
        address: u64,
        size: u64,
    ) -> Result<(), Errno> {
        use std::os::fd::AsFd;
        let mut ask = words(&[32, 3]);
        for field in [offset, address, size] {
            ask.extend_from_slice(&field.to_ne_bytes());
        }
        self.request(2, &ask, Some(file.as_fd())).map(|_| ())
    }

    pub(crate) fn unmap(&mut self, address: u64, size: u64) {
        let mut ask = words(&[24, 0]);
        for field in [address, size] {
            ask.extend_from_slice(&field.to_ne_bytes());
        }
        assert_eq!(self.request(3, &ask, None).unwrap(), ask);
    }

    /// Asks for INTx on an eventfd.
    pub(crate) fn interrupts(&mut self, eventfd: BorrowedFd<'_>) {
        let ask = words(&[20, 0x24, 0, 0, 1]);
        self.request(8, &ask, Some(eventfd)).unwrap();
    }
}
