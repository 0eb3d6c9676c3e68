// SPDX-License-Identifier: MIT OR Apache-2.0
//! Q.931 network layer and EuroISDN basic call, sans-IO.
