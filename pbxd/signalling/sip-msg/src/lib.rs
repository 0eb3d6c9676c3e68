// SPDX-License-Identifier: MIT OR Apache-2.0
//! SIP messages: parsing and building, sans-IO.
