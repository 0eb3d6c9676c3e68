// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tests against independent peers: libpri, SIPp, tshark.
