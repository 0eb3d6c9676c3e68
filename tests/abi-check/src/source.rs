// SPDX-License-Identifier: MIT OR Apache-2.0
//! The ABI's sources, read line by line: doc comments for the header, and the names of what it must hold.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

/// A public struct, field, constant or variant of the ABI's sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A `#[repr(C)]` struct.
    Struct,
    /// A public field of one.
    Field,
    /// A constant outside of an `impl`.
    Constant,
    /// A variant of a `#[repr(u32)]` enum.
    Variant,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Item {
    /// What it is.
    pub what: What,
    /// Its doc comment, one entry a line.
    pub docs: Vec<String>,
}

/// Reads every file of the folder; the keys are paths such as `status::Head::magic`.
pub fn read(folder: &Path) -> Result<BTreeMap<String, Item>> {
    let mut items = BTreeMap::new();
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let stem = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        if path.extension().is_some_and(|e| e == "rs") && stem != "lib" {
            items.extend(scan(stem, &std::fs::read_to_string(&path)?));
        }
    }
    Ok(items)
}

/// What a line that ends in `{` opened.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Module,
    Struct,
    Enum,
    Other,
}

/// Reads one file, laid out as rustfmt does it.
#[must_use]
pub fn scan(module: &str, text: &str) -> BTreeMap<String, Item> {
    let mut items = BTreeMap::new();
    let mut names = vec![module.to_owned()];
    let mut blocks: Vec<Block> = Vec::new();
    let mut docs = Vec::new();
    let mut repr = false;
    let mut attribute = false;
    for line in text.lines() {
        let line = line.trim();
        if let Some(doc) = line.strip_prefix("///") {
            docs.push(doc.trim().to_owned());
            continue;
        }
        if attribute || line.starts_with("#[") {
            repr |= line.starts_with("#[repr(");
            attribute = !line.ends_with(']');
            continue;
        }
        if line.starts_with("//") || line.is_empty() {
            continue;
        }
        let inside = blocks.last().copied();
        let mut words = line
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .filter(|w| !w.is_empty());
        let head: Vec<&str> = words.by_ref().take(3).collect();
        let found = match (inside, head.as_slice()) {
            (None | Some(Block::Module), ["pub", "const", name]) if *name != "fn" => {
                Some((What::Constant, *name))
            }
            (None | Some(Block::Module), ["pub", "struct", name]) if repr => {
                Some((What::Struct, *name))
            }
            (Some(Block::Struct), ["pub", name, ..]) => Some((What::Field, *name)),
            (Some(Block::Enum), [name, ..]) => Some((What::Variant, *name)),
            _ => None,
        };
        if let Some((what, name)) = found {
            let path = format!("{}::{name}", names.join("::"));
            items.insert(
                path,
                Item {
                    what,
                    docs: docs.clone(),
                },
            );
        }
        let opens = line.matches('{').count();
        let closes = line.matches('}').count();
        if opens > closes {
            let (block, name) = match head.as_slice() {
                ["pub", "mod", name] => (Block::Module, *name),
                ["pub", "struct", name] if repr => (Block::Struct, *name),
                ["pub", "enum", name] if repr => (Block::Enum, *name),
                _ => (Block::Other, ""),
            };
            blocks.push(block);
            names.push(name.to_owned());
            for _ in 1..opens - closes {
                blocks.push(Block::Other);
                names.push(String::new());
            }
        } else {
            for _ in 0..closes - opens {
                blocks.pop();
                names.pop();
            }
        }
        docs.clear();
        repr = false;
    }
    items
}

#[cfg(test)]
mod tests {
    use super::{What, scan};

    #[test]
    fn structs_fields_constants_and_variants_are_found() {
        let text = "/// Big.\npub const BIG: u64 = 1;\npub mod kind {\n    /// One.\n    pub const ONE: u32 = 1;\n}\n\
            /// S.\n#[repr(C)]\n#[derive(\n    Clone, Copy,\n)]\npub struct S {\n    /// F.\n    pub f: u32,\n}\n\
            impl S {\n    pub const X: u32 = 1;\n    pub fn g(&self) {\n        if a {\n        }\n    }\n}\n\
            #[repr(u32)]\npub enum E {\n    /// V.\n    V = 1,\n}\npub struct NotC {\n    pub f: u32,\n}\n\
            pub const fn f(x: u32) -> u32 {\n    x\n}\npub const LAST: u8 = 1;\n";
        let items = scan("m", text);
        let names: Vec<(&str, What)> = items
            .iter()
            .map(|(path, item)| (path.as_str(), item.what))
            .collect();
        assert_eq!(
            names,
            [
                ("m::BIG", What::Constant),
                ("m::E::V", What::Variant),
                ("m::LAST", What::Constant),
                ("m::S", What::Struct),
                ("m::S::f", What::Field),
                ("m::kind::ONE", What::Constant),
            ]
        );
        assert_eq!(items["m::S::f"].docs, ["F."]);
    }
}
