// SPDX-License-Identifier: MIT OR Apache-2.0
//! Proves that the generated C header and the Rust layout are equal.
