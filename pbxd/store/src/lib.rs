// SPDX-License-Identifier: MIT OR Apache-2.0
//! Call records in SQLite.
