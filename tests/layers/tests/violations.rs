// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every rule finds an invented violation, and passes what is allowed.
#![forbid(unsafe_code)]

use layers::files::{Reuse, length, licence, machine_paths};
use layers::graph::{self, Metadata};
use layers::purity;
use layers::table::Kind;

fn edges(package: &str, dependencies: &str) -> Vec<String> {
    let json = format!(
        r#"{{"packages":[{{"name":"{package}","manifest_path":"/x/Cargo.toml","targets":[],"dependencies":[{dependencies}]}}]}}"#
    );
    let metadata: Metadata = serde_json::from_str(&json).expect("metadata in JSON");
    graph::violations(&metadata)
}

fn edge(to: &str, kind: &str) -> String {
    format!(r#"{{"name":"{to}","kind":{kind}}}"#)
}

#[test]
fn an_edge_that_points_up_is_found() {
    assert_eq!(
        edges("q921", &edge("q931", "null")),
        ["q921 -> q931: points up"]
    );
    assert_eq!(
        edges("tdm", &edge("pbx-core", "null")),
        ["tdm -> pbx-core: points up"]
    );
    assert!(edges("q931", &edge("q921", "null")).is_empty());
}

#[test]
fn an_edge_that_is_not_listed_is_found() {
    assert_eq!(
        edges("pbx-core", &edge("tdm", "null")),
        ["pbx-core -> tdm: is not in the table"]
    );
    let foreign = edges("sip-msg", &edge("tokio", "null"));
    assert_eq!(
        foreign,
        ["sip-msg -> tokio: a foreign crate that its layer does not list"]
    );
    assert!(edges("media-engine", &edge("io-uring", "null")).is_empty());
}

#[test]
fn a_crate_without_a_row_is_found() {
    assert!(edges("newcomer", "")[0].contains("not in the table of layers"));
}

#[test]
fn test_dependencies_of_pure_crates_stay_pure() {
    assert_eq!(edges("rtp", &edge("tokio", r#""dev""#)).len(), 1);
    assert_eq!(edges("rtp", &edge("pbxd", r#""dev""#)).len(), 1);
    assert_eq!(edges("rtp", &edge("cc", r#""build""#)).len(), 1);
    assert!(edges("rtp", &edge("proptest", r#""dev""#)).is_empty());
    assert!(edges("pbxd", &edge("tokio", r#""dev""#)).is_empty());
}

#[test]
fn a_build_script_of_a_pure_crate_is_found() {
    let json = r#"{"packages":[{"name":"rtp","manifest_path":"/x/Cargo.toml","dependencies":[],
        "targets":[{"kind":["custom-build"],"src_path":"/x/build.rs"}]}]}"#;
    let metadata: Metadata = serde_json::from_str(json).unwrap();
    assert_eq!(
        graph::violations(&metadata),
        ["rtp: a sans-IO crate has no build script"]
    );
}

fn impure(source: &str) -> Vec<String> {
    purity::violations("x.rs", source, Kind::SansIo)
}

#[test]
fn io_clocks_threads_and_printing_are_found() {
    for source in [
        "use std::net::UdpSocket;",
        "use std::{fmt, net::UdpSocket};",
        "use std::{fmt, time::{Duration, Instant}};",
        "use std::time;",
        "use std::time::*;",
        "use std::net;",
        "use std::net::ToSocketAddrs;",
        "use std::{self, fmt};",
        "use std as s;",
        "let t = std::time::SystemTime::now();",
        "fn f(x: &::std::fs::File) {}",
        "std::thread::spawn(f);",
        "use std::process::Command;",
        "std::env::var(\"X\")",
        "tokio::spawn(f);",
        "use tracing::info;",
        "println!(\"x\");",
        "eprintln!(\"x\");",
    ] {
        assert_eq!(impure(source).len(), 1, "{source}: {:?}", impure(source));
    }
}

#[test]
fn pure_code_passes() {
    for source in [
        "use std::time::Duration;",
        "use std::net::{IpAddr, SocketAddr};",
        "use std::{collections::{BTreeMap, VecDeque}, time::Duration};",
        "// std::net and println! in a comment\nlet s = \"std::net\";",
        "//! use std::time::Instant;",
        "let instant = now; self.net::<u8>();",
        "use core::time::Duration;",
        "let tokio = 1; self.println();",
    ] {
        assert!(impure(source).is_empty(), "{source}: {:?}", impure(source));
    }
    assert!(purity::violations("x.rs", "use std::net::UdpSocket;", Kind::System).is_empty());
}

#[test]
fn the_kernels_rules_hold_in_shared_files() {
    let shared = |source| purity::violations("x.rs", source, Kind::Shared);
    assert_eq!(shared("fn f(x: f64) {}").len(), 1);
    assert_eq!(shared("use crate::ring::Ring;").len(), 1);
    assert_eq!(shared("use std::vec::Vec;").len(), 1);
    assert_eq!(shared("use alloc::vec::Vec;").len(), 1);
    assert!(shared("use super::ring::Ring; use core::mem::size_of;").is_empty());
    assert!(shared("#[cfg(test)] mod tests { use std::vec::Vec; use crate::ring; }").is_empty());
    assert_eq!(
        shared("#[cfg(test)] mod tests { use std::fs::File; }").len(),
        1
    );
}

#[test]
fn spdx_lines_are_checked() {
    let none = Reuse::default();
    let line =
        |licence: &str| format!("// SPDX-License{}: {licence}\n", "-Identifier").into_bytes();
    assert!(licence("pbxd/src/a.rs", b"fn main() {}\n", &none).is_some());
    assert!(licence("pbxd/src/a.rs", &line("MIT OR Apache-2.0"), &none).is_none());
    assert!(licence("pbxd/src/a.rs", &line("GPL-2.0-only OR MIT"), &none).is_some());
    assert!(licence("libtdm/abi/src/a.rs", &line("MIT OR Apache-2.0"), &none).is_some());
    assert!(licence("libtdm/abi/src/a.rs", &line("GPL-2.0-only OR MIT"), &none).is_none());
    assert!(licence("pbxd/src/a.rs", &line("GPL-2.0"), &none).is_some());
    let rows = format!(
        "[[annotations]]\npath = \"data/**\"\nSPDX-License{} = \"MIT OR Apache-2.0\"\n",
        "-Identifier"
    );
    let reuse = Reuse::parse(&rows).unwrap();
    assert!(licence("data/x.bin", &[0xff, 0], &reuse).is_none());
    assert!(licence("other/x.bin", &[0xff, 0], &reuse).is_some());
}

#[test]
fn long_files_and_machine_paths_are_found() {
    let none = Reuse::default();
    assert!(length("a.rs", &b"\n".repeat(1_001), &none).is_some());
    assert!(length("a.rs", &b"\n".repeat(1_000), &none).is_none());
    let path = format!("see {}main\n", ["/wo", "rk/"].concat());
    assert!(machine_paths("a.md", path.as_bytes()).is_some());
    assert!(machine_paths("a.md", b"see target/xtask\n").is_none());
}
