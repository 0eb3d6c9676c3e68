// SPDX-License-Identifier: MIT OR Apache-2.0
//! The emulator's file: text is a configuration, or there is a reason why not.

use tdm_emu::Config;

/// One run.
pub fn run(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    if let Err(error) = text.parse::<Config>() {
        assert!(!error.to_string().is_empty(), "refused without a reason");
    }
}
