// SPDX-License-Identifier: MIT OR Apache-2.0
//! The configuration file of pbxd.
//!
//! Text is a configuration or a list of errors, each with a place in the text; a good configuration also answers
//! questions about numbers.

use pbx_core::Digits;

/// One run.
pub fn run(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    match pbxd::config::read(text, "fuzz.toml") {
        Ok(config) => {
            for number in ["", "112", "+4930", "0900#", "*72#"] {
                if let Ok(digits) = Digits::parse(number) {
                    assert!(!config.plan.routes().explain(&digits, "g").is_empty());
                }
            }
        }
        Err(errors) => {
            assert!(!errors.is_empty(), "refused without a reason");
            let lines = text.matches('\n').count() + 1;
            assert!(
                errors.iter().all(|error| error.line <= lines),
                "a place outside of the text"
            );
        }
    }
}
