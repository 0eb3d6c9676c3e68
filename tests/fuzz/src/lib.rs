// SPDX-License-Identifier: MIT OR Apache-2.0
//! Fuzz targets over a committed corpus.
