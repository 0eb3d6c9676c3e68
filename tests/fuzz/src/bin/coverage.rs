// SPDX-License-Identifier: MIT OR Apache-2.0
//! libFuzzer's driver for the target that the environment variable `TANDEM_FUZZ_TARGET` names.
//! Built and run by `cargo xtask fuzz`, which sets the compiler's coverage flags.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;

static TARGET: OnceLock<fuzz::Run> = OnceLock::new();

fuzz_target!(|data: &[u8]| {
    let run = TARGET.get_or_init(|| {
        let name = std::env::var("TANDEM_FUZZ_TARGET").unwrap_or_default();
        match fuzz::target(&name) {
            Some(run) => run,
            None => {
                eprintln!("TANDEM_FUZZ_TARGET names no target: `{name}`");
                std::process::exit(2);
            }
        }
    });
    run(data);
});
