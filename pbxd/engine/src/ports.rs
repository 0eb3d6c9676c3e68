// SPDX-License-Identifier: MIT OR Apache-2.0
//! Pairs of UDP ports: RTP on an even one, RTCP on the next.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU32, Ordering};

/// Two bound sockets.
#[derive(Debug)]
pub struct PortPair {
    rtp: UdpSocket,
    rtcp: UdpSocket,
}

impl PortPair {
    /// A pair of sockets that the caller has bound. They are made non-blocking.
    ///
    /// # Errors
    /// The system's.
    pub fn new(rtp: UdpSocket, rtcp: UdpSocket) -> io::Result<Self> {
        rtp.set_nonblocking(true)?;
        rtcp.set_nonblocking(true)?;
        Ok(Self { rtp, rtcp })
    }

    /// The address of RTP.
    ///
    /// # Errors
    /// The system's.
    pub fn local(&self) -> io::Result<SocketAddr> {
        self.rtp.local_addr()
    }

    /// The same sockets once more: a stream can so move from one slot to another.
    ///
    /// # Errors
    /// The system's.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(Self {
            rtp: self.rtp.try_clone()?,
            rtcp: self.rtcp.try_clone()?,
        })
    }

    pub(crate) fn into_sockets(self) -> [UdpSocket; 2] {
        [self.rtp, self.rtcp]
    }
}

/// Why no pair can be had.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// The range holds no even port with the next one behind it.
    #[error("the RTP port range {first} to {last} holds no pair that begins with an even port")]
    Range {
        /// The range's begin.
        first: u16,
        /// Its end.
        last: u16,
    },
    /// All are in use.
    #[error("all {pairs} RTP port pairs of {address} are in use; widen the range")]
    Exhausted {
        /// How many there are.
        pairs: u32,
        /// The address.
        address: IpAddr,
    },
    /// The address cannot be bound.
    #[error("cannot bind {address}: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
}

/// Hands out pairs of a range, the longest unused first, so that late packets of an ended call meet nobody.
#[derive(Debug)]
pub struct PortAllocator {
    address: IpAddr,
    first: u16,
    pairs: u32,
    next: AtomicU32,
}

impl PortAllocator {
    /// An allocator of this address and range.
    ///
    /// # Errors
    /// [`PortError::Range`].
    pub fn new(address: IpAddr, range: RangeInclusive<u16>) -> Result<Self, PortError> {
        let (first, last) = range.into_inner();
        let even = u32::from(first).next_multiple_of(2);
        let pairs = (u32::from(last) + 1).saturating_sub(even) / 2;
        match u16::try_from(even) {
            Ok(even) if pairs > 0 && even > 0 => Ok(Self {
                address,
                first: even,
                pairs,
                next: AtomicU32::new(0),
            }),
            _ => Err(PortError::Range { first, last }),
        }
    }

    /// Pairs in the range.
    #[must_use]
    pub fn pairs(&self) -> u32 {
        self.pairs
    }

    /// Binds the next free pair.
    ///
    /// # Errors
    /// [`PortError::Exhausted`] if every pair is in use, [`PortError::Bind`] if the address is not ours.
    pub fn pair(&self) -> Result<PortPair, PortError> {
        for _ in 0..self.pairs {
            let number = self.next.fetch_add(1, Ordering::Relaxed) % self.pairs;
            // Below 65,536 by construction.
            let port = self.first.saturating_add((number * 2) as u16);
            let bind = |port| {
                let address = SocketAddr::new(self.address, port);
                UdpSocket::bind(address).map_err(|source| PortError::Bind { address, source })
            };
            let made = bind(port)
                .and_then(|rtp| Ok((rtp, bind(port.saturating_add(1))?)))
                .and_then(|(rtp, rtcp)| {
                    let address = SocketAddr::new(self.address, port);
                    PortPair::new(rtp, rtcp).map_err(|source| PortError::Bind { address, source })
                });
            match made {
                Err(PortError::Bind { source, .. })
                    if source.kind() == io::ErrorKind::AddrInUse => {}
                other => return other,
            }
        }
        Err(PortError::Exhausted {
            pairs: self.pairs,
            address: self.address,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn ranges() {
        assert_eq!(
            PortAllocator::new(HERE, 10000..=19999).unwrap().pairs(),
            5000
        );
        assert_eq!(PortAllocator::new(HERE, 10001..=10003).unwrap().pairs(), 1);
        assert_eq!(PortAllocator::new(HERE, 65534..=65535).unwrap().pairs(), 1);
        for range in [10001..=10002, 65535..=65535, 0..=1] {
            assert!(matches!(
                PortAllocator::new(HERE, range),
                Err(PortError::Range { .. })
            ));
        }
    }

    #[test]
    fn pairs_are_even_and_odd_and_end() {
        // A range that nobody else uses is not to be had for certain; so look for one.
        let allocator = (0..200)
            .map(|n| PortAllocator::new(HERE, 40000 + n * 50..=40005 + n * 50).unwrap())
            .find(|allocator| {
                let all: Vec<_> = (0..3).map_while(|_| allocator.pair().ok()).collect();
                all.len() == 3
            })
            .expect("three free pairs somewhere");
        let pairs: Vec<_> = (0..3).map(|_| allocator.pair().unwrap()).collect();
        for pair in &pairs {
            let rtp = pair.local().unwrap().port();
            assert_eq!(rtp % 2, 0);
            assert_eq!(pair.rtcp.local_addr().unwrap().port(), rtp + 1);
        }
        assert!(matches!(
            allocator.pair(),
            Err(PortError::Exhausted { pairs: 3, .. })
        ));
        drop(pairs);
        assert!(allocator.pair().is_ok());
    }

    #[test]
    fn a_foreign_address_is_named() {
        let allocator = PortAllocator::new("192.0.2.1".parse().unwrap(), 40000..=40010).unwrap();
        let error = allocator.pair().unwrap_err();
        assert!(error.to_string().contains("192.0.2.1:40000"), "{error}");
    }
}
