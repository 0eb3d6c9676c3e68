// SPDX-License-Identifier: MIT OR Apache-2.0
//! G.711 A-law and mu-law.
