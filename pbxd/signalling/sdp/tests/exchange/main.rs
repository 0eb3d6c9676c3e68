// SPDX-License-Identifier: MIT OR Apache-2.0
//! Descriptions and exchanges, through the public interface.

mod answer;
mod common;
mod description;
mod offer;
