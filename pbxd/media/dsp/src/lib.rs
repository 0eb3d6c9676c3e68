// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tones, levels, concealment and comfort noise.
