// SPDX-License-Identifier: MIT OR Apache-2.0
//! LAPD (Q.921) data link, sans-IO.
