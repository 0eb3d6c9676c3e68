// SPDX-License-Identifier: MIT OR Apache-2.0
//! Proves that dependencies point down and that sans-IO crates do no IO.
