// SPDX-License-Identifier: MIT OR Apache-2.0
//! The emulator: lines, spans and far ends in software.
