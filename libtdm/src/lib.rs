// SPDX-License-Identifier: MIT OR Apache-2.0
//! Spans: finding, configuring, mapping, claiming, waiting.
