// SPDX-License-Identifier: MIT OR Apache-2.0
//! The packet queue in front of a transmit ring.
