// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a card sees of the machine that it sits in.

/// A master access that the machine does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no memory for {length} octets at {address:#x}")]
pub struct Fault {
    /// The bus address.
    pub address: u64,
    /// Octets wanted.
    pub length: usize,
}

/// Memory of the machine, by bus address.
pub trait Bus {
    /// Reads `to.len()` octets.
    ///
    /// # Errors
    /// If any of them is not memory that a card may read. What `to` holds then is not specified.
    fn read(&mut self, address: u64, to: &mut [u8]) -> Result<(), Fault>;

    /// Writes `from.len()` octets.
    ///
    /// # Errors
    /// If any of them is not memory that a card may write; nothing is promised about the others.
    fn write(&mut self, address: u64, from: &[u8]) -> Result<(), Fault>;
}
