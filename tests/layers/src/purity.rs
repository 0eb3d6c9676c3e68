// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the source of a sans-IO crate must not name.

use std::path::Path;

use crate::lexer::{Token, tokens, without_tests};
use crate::table::Kind;

/// Modules of `std` that mean IO, a clock or a thread.
const STD_MODULES: &[&str] = &["env", "fs", "io", "net", "os", "process", "thread"];
/// What `std::net` takes from `core::net`: addresses as values, and no socket.
const ADDRESSES: &[&str] = &[
    "AddrParseError",
    "IpAddr",
    "Ipv4Addr",
    "Ipv6Addr",
    "SocketAddr",
    "SocketAddrV4",
    "SocketAddrV6",
];
/// Foreign crates, as they are named in paths.
const CRATES: &[&str] = &[
    "io_uring", "libc", "log", "mio", "nix", "rustix", "socket2", "tokio", "tracing",
];
/// Macros that print.
const MACROS: &[&str] = &["dbg", "eprint", "eprintln", "print", "println"];

/// Looks at one file of a crate of kind `kind`; `name` is what the findings call it.
#[must_use]
pub fn violations(name: &str, source: &str, kind: Kind) -> Vec<String> {
    if kind == Kind::System {
        return Vec::new();
    }
    let all = tokens(source);
    let mut found = Vec::new();
    for (index, token) in all.iter().enumerate() {
        let next = all.get(index + 1).map(|t| t.text.as_str());
        let word = token.text.as_str();
        let mut report = |what: &str| found.push(format!("{name}:{}: {what}", token.line));
        match (word, next) {
            ("std", Some("::")) => {
                for path in paths(&all, index + 2) {
                    if let Some(what) = forbidden(&path) {
                        report(&what);
                    }
                }
            }
            ("std", Some("as" | ";")) => report("`std` under another name hides what it brings"),
            (_, Some("::")) if CRATES.contains(&word) && !follows_path(&all, index) => report(word),
            (_, Some("!")) if MACROS.contains(&word) => report(&format!("{word}!")),
            _ => {}
        }
    }
    if kind == Kind::Shared {
        found.extend(not_for_the_kernel(name, &all));
    }
    found
}

/// True for files that only tests compile, which the kernel never sees.
#[must_use]
pub fn is_test_file(path: &Path) -> bool {
    path.file_name().is_some_and(|file| file == "tests.rs")
        || path.components().any(|part| part.as_os_str() == "tests")
}

/// What the kernel's build refuses in the files that it shares; unit tests are not its business.
fn not_for_the_kernel(name: &str, all: &[Token]) -> Vec<String> {
    let mut found = Vec::new();
    let code = without_tests(all);
    for (index, token) in code.iter().enumerate() {
        let next = code.get(index + 1).map(|t| t.text.as_str());
        let what = match (token.text.as_str(), next) {
            ("f32" | "f64", _) => "no floating point in code that the kernel compiles",
            ("std" | "alloc", Some("::")) if !follows_path(&code, index) => {
                "only `core` exists in the kernel"
            }
            ("crate", Some("::")) => "`crate::` is another crate in the kernel: write `super::`",
            _ => continue,
        };
        found.push(format!("{name}:{}: {what}", token.line));
    }
    found
}

fn follows_path(all: &[Token], index: usize) -> bool {
    index
        .checked_sub(1)
        .and_then(|i| all.get(i))
        .is_some_and(|t| t.text == "::")
}

/// Why a path under `std` is forbidden; `None` if it is not.
fn forbidden(path: &[String]) -> Option<String> {
    let first = path.first().map(String::as_str)?;
    let second = path.get(1).map(String::as_str);
    if first == "net" && second.is_some_and(|name| ADDRESSES.contains(&name)) {
        return None;
    }
    if STD_MODULES.contains(&first) {
        return Some(format!("std::{}", path.join("::")));
    }
    if first == "*" || first == "self" {
        return Some("`std` as a whole hides what it brings".to_owned());
    }
    // Of std::time a pure crate takes the length of time and no clock.
    (first == "time" && second != Some("Duration")).then(|| format!("std::{}", path.join("::")))
}

/// All paths of the use tree (or the one path) that begins at `from`.
fn paths(all: &[Token], from: usize) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    walk(all, from, &mut Vec::new(), &mut found);
    found
}

/// Walks one branch; returns the index behind it.
fn walk(
    all: &[Token],
    mut at: usize,
    prefix: &mut Vec<String>,
    found: &mut Vec<Vec<String>>,
) -> usize {
    let depth = prefix.len();
    while let Some(token) = all.get(at) {
        if token.text == "{" {
            at += 1;
            while all.get(at).is_some_and(|t| t.text != "}") {
                at = walk(all, at, prefix, found);
                if all.get(at).is_some_and(|t| t.text == ",") {
                    at += 1;
                }
            }
            prefix.truncate(depth);
            return at + 1;
        }
        prefix.push(token.text.clone());
        at += 1;
        if all.get(at).is_some_and(|t| t.text == "::") {
            at += 1;
            continue;
        }
        break;
    }
    found.push(prefix.clone());
    prefix.truncate(depth);
    // The rest of an item: `as name`, or what follows an expression.
    if all.get(at).is_some_and(|t| t.text == "as") {
        at += 2;
    }
    at
}
