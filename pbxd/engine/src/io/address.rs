// SPDX-License-Identifier: MIT OR Apache-2.0
//! Socket addresses as the system wants them.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// Octets of the longest address: a `sockaddr_in6`.
pub(super) const NAME: usize = 28;

/// An address in the system's layout, with its length.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(8))]
pub(super) struct Name {
    octets: [u8; 32],
    length: u32,
}

impl Name {
    pub(super) const EMPTY: Self = Self {
        octets: [0; 32],
        length: NAME as u32,
    };

    pub(super) fn new(address: SocketAddr) -> Self {
        let mut name = Self::EMPTY;
        let mut at = 0;
        let mut put = |part: &[u8]| {
            for octet in part {
                if let Some(place) = name.octets.get_mut(at) {
                    *place = *octet;
                }
                at += 1;
            }
        };
        match address {
            SocketAddr::V4(v4) => {
                put(&(libc::AF_INET as u16).to_ne_bytes());
                put(&v4.port().to_be_bytes());
                put(&v4.ip().octets());
                name.length = size_of::<libc::sockaddr_in>() as u32;
            }
            SocketAddr::V6(v6) => {
                put(&(libc::AF_INET6 as u16).to_ne_bytes());
                put(&v6.port().to_be_bytes());
                put(&v6.flowinfo().to_be_bytes());
                put(&v6.ip().octets());
                put(&v6.scope_id().to_ne_bytes());
                name.length = size_of::<libc::sockaddr_in6>() as u32;
            }
        }
        name
    }

    pub(super) fn length(&self) -> u32 {
        self.length
    }

    pub(super) fn as_mut_ptr(&mut self) -> *mut libc::c_void {
        self.octets.as_mut_ptr().cast()
    }

    pub(super) fn octets(&self) -> &[u8] {
        &self.octets
    }
}

/// The address that the system wrote; `None` for another family.
pub(super) fn read(name: &[u8]) -> Option<SocketAddr> {
    let family = u16::from_ne_bytes(*name.first_chunk()?);
    let port = u16::from_be_bytes(*name.get(2..)?.first_chunk()?);
    match i32::from(family) {
        libc::AF_INET => {
            let ip: [u8; 4] = *name.get(4..)?.first_chunk()?;
            Some(SocketAddrV4::new(Ipv4Addr::from(ip), port).into())
        }
        libc::AF_INET6 => {
            let flow = u32::from_be_bytes(*name.get(4..)?.first_chunk()?);
            let ip: [u8; 16] = *name.get(8..)?.first_chunk()?;
            let scope = u32::from_ne_bytes(*name.get(24..)?.first_chunk()?);
            Some(SocketAddrV6::new(Ipv6Addr::from(ip), port, flow, scope).into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for text in ["192.0.2.7:4000", "[2001:db8::1]:65535", "[fe80::2%3]:1"] {
            let address: SocketAddr = text.parse().unwrap();
            let name = Name::new(address);
            assert_eq!(read(name.octets()), Some(address), "{text}");
        }
        assert_eq!(read(&[0; 28]), None);
        assert_eq!(read(&[2]), None);
    }
}
