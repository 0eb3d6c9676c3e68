// SPDX-License-Identifier: MIT OR Apache-2.0
//! SDP offer and answer, sans-IO.
