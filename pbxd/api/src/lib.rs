// SPDX-License-Identifier: MIT OR Apache-2.0
//! The control protocol between pbxd and its command line.
