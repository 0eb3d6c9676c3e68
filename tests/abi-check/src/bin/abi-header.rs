// SPDX-License-Identifier: MIT OR Apache-2.0
//! Writes libtdm/abi/include/tdm_abi.h; run by `cargo xtask abi-header`.
#![forbid(unsafe_code)]

use abi_check::{facts, header, header_path, root, source};
use anyhow::{Context, Result};

fn main() -> Result<()> {
    let items = source::read(&root().join("libtdm/abi/src"))?;
    let text = header::header(&facts::structs(), &facts::constants(), &items);
    let path = header_path();
    std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}
