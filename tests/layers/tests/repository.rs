// SPDX-License-Identifier: MIT OR Apache-2.0
//! The rules, applied to this checkout.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};

use layers::files::{self, Reuse};
use layers::graph::{self, Metadata, Package};
use layers::table::{Kind, layer};
use layers::{purity, unsafety};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the checkout exists")
}

fn metadata() -> Metadata {
    graph::read(&root()).unwrap_or_else(|error| panic!("cargo metadata: {error}"))
}

fn none(found: &[String]) {
    assert!(
        found.is_empty(),
        "{} violations:\n{}",
        found.len(),
        found.join("\n")
    );
}

/// The Rust files of a package, without those of packages that stand in folders under it.
fn sources(package: &Package, all: &Metadata) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![package.folder().to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the checkout") {
            let path = entry.expect("an entry of the checkout").path();
            let other = all.packages.iter().any(|p| p.folder() == path);
            let build = path.file_name().is_some_and(|name| name == "target");
            if path.is_dir() && !other && !build {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .display()
        .to_string()
}

#[test]
fn dependencies_point_down_and_are_listed() {
    let metadata = metadata();
    assert!(
        metadata.packages.len() >= 20,
        "cargo metadata shows the whole workspace"
    );
    none(&graph::violations(&metadata));
}

#[test]
fn sans_io_crates_do_no_io() {
    let metadata = metadata();
    let mut found = Vec::new();
    let mut looked_at = 0;
    for package in &metadata.packages {
        let Some(row) = layer(&package.name).filter(|row| row.is_pure()) else {
            continue;
        };
        for path in sources(package, &metadata) {
            let inside = path.strip_prefix(package.folder()).unwrap();
            if !inside.starts_with("src") {
                continue;
            }
            // lib.rs names the modules for cargo and is not compiled by the kernel.
            let cargo_only = inside == Path::new("src/lib.rs") || purity::is_test_file(inside);
            let kind = if cargo_only && row.kind == Kind::Shared {
                Kind::SansIo
            } else {
                row.kind
            };
            let source = std::fs::read_to_string(&path).unwrap();
            found.extend(purity::violations(&shown(&path), &source, kind));
            looked_at += 1;
        }
    }
    assert!(looked_at >= 10, "only {looked_at} files were looked at");
    none(&found);
}

#[test]
fn unsafe_stands_only_where_it_may() {
    let metadata = metadata();
    let mut found = Vec::new();
    for package in &metadata.packages {
        if unsafety::MAY_BE_UNSAFE.contains(&package.name.as_str()) {
            continue;
        }
        let excused = |path: &Path| unsafety::FILES.iter().any(|(file, _)| shown(path) == *file);
        for path in sources(package, &metadata)
            .iter()
            .filter(|path| !excused(path))
        {
            let source = std::fs::read_to_string(path).unwrap();
            found.extend(unsafety::violations(&shown(path), &source));
        }
        for target in &package.targets {
            let kinds = ["lib", "bin", "proc-macro", "example"];
            let counts = target
                .kind
                .iter()
                .any(|kind| kinds.contains(&kind.as_str()));
            let source = std::fs::read_to_string(&target.src_path).unwrap();
            if counts && !excused(&target.src_path) && !unsafety::forbids(&source) {
                found.push(format!(
                    "{}: no #![forbid(unsafe_code)]",
                    shown(&target.src_path)
                ));
            }
        }
    }
    none(&found);
}

#[test]
fn every_file_has_a_licence_a_length_and_no_machine_path() {
    let root = root();
    let reuse = std::fs::read_to_string(root.join("REUSE.toml")).unwrap();
    let reuse = Reuse::parse(&reuse).unwrap();
    let mut found = Vec::new();
    let names = files::tracked(&root).unwrap_or_else(|error| panic!("{error}"));
    assert!(names.len() > 50, "git tracks only {} files", names.len());
    for name in names {
        let content = std::fs::read(root.join(&name)).unwrap();
        found.extend(files::licence(&name, &content, &reuse));
        found.extend(files::length(&name, &content, &reuse));
        found.extend(files::machine_paths(&name, &content));
    }
    none(&found);
}
