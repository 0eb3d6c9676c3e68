// SPDX-License-Identifier: MIT OR Apache-2.0
//! The list of targets: one line each.

macro_rules! targets {
    ($($name:ident)+) => {
        $(pub mod $name;)+

        /// Names and functions.
        pub const TARGETS: &[(&str, super::Run)] = &[$((stringify!($name), $name::run)),+];
    };
}

targets! {
    cas
    config
    control
    emulator
    facility
    hdlc
    playout
    q921
    q931
    rtcp
    rtp
    sdp
    sip_auth
    sip_msg
    sip_registrar
    sip_session
    sip_stream
}
