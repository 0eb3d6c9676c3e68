// SPDX-License-Identifier: MIT OR Apache-2.0
//! The committed header is the generated one, forgets nothing, and a C compiler agrees with Rust.
#![forbid(unsafe_code)]

use std::path::Path;
use std::process::Command;

use abi_check::facts::{constants, structs};
use abi_check::source::What;
use abi_check::{assertions, header, header_path, root, source};

/// What C gets no name for: word indices (C has the structs), lists of names, a reader's patience.
const RUST_ONLY: &[&str] = &[
    "word::",
    "status::COUNTER_NAMES",
    "event::alarm::NAMES",
    "event::ENTRY_WORDS",
    "position::READ_TRIES",
];

#[test]
fn the_committed_header_is_the_generated_one() {
    let items = source::read(&root().join("libtdm/abi/src")).unwrap();
    let fresh = header::header(&structs(), &constants(), &items);
    let committed = std::fs::read_to_string(header_path()).unwrap_or_default();
    assert!(
        fresh == committed,
        "the header is out of date: run `cargo xtask abi-header`"
    );
}

#[test]
fn nothing_of_the_abi_is_forgotten() {
    let items = source::read(&root().join("libtdm/abi/src")).unwrap();
    let mut known: Vec<String> = constants().into_iter().map(|c| c.path).collect();
    known.extend(structs().into_iter().map(|s| s.path));
    let wanted = items.iter().filter(|(_, item)| item.what != What::Field);
    let missing: Vec<&String> = wanted
        .map(|(path, _)| path)
        .filter(|path| !RUST_ONLY.iter().any(|only| path.starts_with(only)))
        .filter(|path| !known.contains(path))
        .collect();
    assert!(
        missing.is_empty(),
        "not in tests/abi-check/src/facts.rs: {missing:?}"
    );
    assert!(
        items.len() > 150,
        "only {} items were found in the sources",
        items.len()
    );
}

#[test]
fn fields_fill_their_struct_without_padding() {
    for item in structs() {
        let mut end = 0;
        for field in &item.fields {
            assert_eq!(
                field.offset, end,
                "a gap before {}.{}",
                item.name, field.name
            );
            end += field.size;
        }
        assert_eq!(
            end, item.size,
            "{} has a field that the table lacks",
            item.name
        );
    }
}

/// Lets the C compiler look at a program that includes the header.
fn compile(program: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let file = folder.path().join("check.c");
    std::fs::write(&file, program).map_err(|error| error.to_string())?;
    let include = header_path()
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default();
    let out = Command::new("cc")
        .args([
            "-std=c11",
            "-Wall",
            "-Wextra",
            "-Wpedantic",
            "-Werror",
            "-fsyntax-only",
            "-I",
        ])
        .arg(include)
        .arg(&file)
        .output()
        .map_err(|error| {
            format!("this test needs a C compiler named cc (apt-get install gcc): {error}")
        })?;
    if out.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&out.stderr).into_owned())
    }
}

#[test]
fn a_c_compiler_agrees() {
    compile(&assertions::c(&structs(), &constants())).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn a_c_compiler_disagrees_with_a_wrong_fact() {
    let mut wrong = structs();
    wrong[0].fields[1].offset += 8;
    let error = compile(&assertions::c(&wrong, &constants())).unwrap_err();
    assert!(
        error.contains("offsetof(struct tdm_head, abi_version)"),
        "{error}"
    );
    let mut wrong = constants();
    wrong[0].value ^= 1;
    let error = compile(&assertions::c(&structs(), &wrong)).unwrap_err();
    assert!(error.contains("TDM_MAGIC"), "{error}");
}
