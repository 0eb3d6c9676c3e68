// SPDX-License-Identifier: MIT OR Apache-2.0
//! RTP headers, telephone events and RTCP reports.
