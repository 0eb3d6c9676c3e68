// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where `unsafe` may stand, and that every other crate forbids it.

use crate::lexer::tokens;

/// Crates that map memory, talk to io_uring, or choose an instruction set.
pub const MAY_BE_UNSAFE: &[&str] = &["tdm", "media-engine", "simd-dispatch"];

/// Single files elsewhere, with the reason.
pub const FILES: &[(&str, &str)] = &[
    (
        "tests/fuzz/src/bin/coverage.rs",
        "libFuzzer calls an exported C symbol, which libfuzzer-sys's macro defines",
    ),
    (
        "tests/guest/src/main.rs",
        "denies unsafe everywhere but in raw.rs",
    ),
    (
        "tests/guest/src/raw.rs",
        "wrong system calls on purpose, against the kernel module",
    ),
];

/// Every `unsafe` of a file that must have none.
#[must_use]
pub fn violations(name: &str, source: &str) -> Vec<String> {
    let all = tokens(source);
    let found = all.iter().filter(|token| token.text == "unsafe");
    found
        .map(|token| format!("{name}:{}: unsafe", token.line))
        .collect()
}

/// True if a crate's root file says `#![forbid(unsafe_code)]`.
#[must_use]
pub fn forbids(source: &str) -> bool {
    let wanted = ["#", "!", "[", "forbid", "(", "unsafe_code", ")", "]"];
    tokens(source)
        .windows(wanted.len())
        .any(|w| w.iter().map(|t| t.text.as_str()).eq(wanted))
}

#[cfg(test)]
mod tests {
    use super::{forbids, violations};

    #[test]
    fn unsafe_is_found_in_code_only() {
        let source = "// unsafe\nfn f() {\n    unsafe { g() }\n}\n";
        assert_eq!(violations("x.rs", source), ["x.rs:3: unsafe"]);
        assert!(violations("x.rs", "#![forbid(unsafe_code)] // unsafe").is_empty());
    }

    #[test]
    fn the_attribute_counts_only_where_it_is_code() {
        assert!(forbids("//! Doc.\n#![no_std]\n#![forbid(unsafe_code)]\n"));
        assert!(!forbids(
            "//! #![forbid(unsafe_code)]\n#![deny(unsafe_code)]\n"
        ));
    }
}
