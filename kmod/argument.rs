// SPDX-License-Identifier: GPL-2.0-only
//! Arguments of requests: copied in and out whole, as the ABI has them.

use core::mem::size_of;
use kernel::{
    prelude::*,
    uaccess::{
        UserPtr,
        UserSlice, //
    }, //
};
use zerocopy::{
    FromBytes,
    Immutable,
    IntoBytes, //
};

/// The largest argument.
const MAX_BYTES: usize = 256;

/// Copies an argument in. EFAULT if it is not there.
pub(crate) fn read<T: FromBytes>(at: UserPtr) -> Result<T> {
    const { assert!(size_of::<T>() <= MAX_BYTES) };
    let mut bytes = [0; MAX_BYTES];
    let bytes = bytes.get_mut(..size_of::<T>()).ok_or(EINVAL)?;
    UserSlice::new(at, size_of::<T>())
        .reader()
        .read_slice(bytes)?;
    T::read_from_bytes(bytes).map_err(|_| EINVAL)
}

/// Copies an argument out. EFAULT if there is no room.
pub(crate) fn write<T: IntoBytes + Immutable>(at: UserPtr, value: &T) -> Result {
    UserSlice::new(at, size_of::<T>())
        .writer()
        .write_slice(value.as_bytes())
}

/// EINVAL unless a reserved field is zero.
pub(crate) fn zero(reserved: u32) -> Result {
    if reserved == 0 {
        Ok(())
    } else {
        Err(EINVAL)
    }
}
