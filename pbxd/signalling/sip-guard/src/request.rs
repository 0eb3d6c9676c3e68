// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a guard looks at.

use core::net::IpAddr;

/// What a guard looks at, before the request is believed in anything.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Where it came from.
    pub source: IpAddr,
    /// The method.
    pub method: &'a str,
    /// User-Agent, or empty.
    pub user_agent: &'a str,
    /// From as written, or empty.
    pub from: &'a str,
    /// It is an INVITE to an emergency number.
    pub emergency: bool,
    /// It belongs to a dialog or a registration of an authenticated user.
    pub established: bool,
}
