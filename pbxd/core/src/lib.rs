// SPDX-License-Identifier: MIT OR Apache-2.0
//! Call model, routing, cause mapping and call records, sans-IO.
