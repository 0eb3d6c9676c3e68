// SPDX-License-Identifier: MIT OR Apache-2.0
//! Writes the C header.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::facts::{Constant, Struct};
use crate::source::Item;

const OPENING: &str = "\
/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The ring ABI, version 1, for C. Generated from libtdm/abi/src by `cargo xtask abi-header`: do not edit.
 * The specification is docs/abi.md. All fields are in native byte order.
 */
#ifndef TDM_ABI_H
#define TDM_ABI_H

#include <stddef.h>
#include <stdint.h>
";

const CLOSING: &str = "
/* The byte, in a slot's ring, of a frame: the ring holds ring_frames frames. */
#define TDM_RING_OFFSET(frame, slot, ring_frames) \\
\t(((uint64_t)(frame) + TDM_SKEW_FRAMES * (uint64_t)(slot)) & ((uint64_t)(ring_frames) - 1))

/* The mapping offset of a claim's transmit region. */
#define TDM_MAP_TRANSMIT(claim) (((uint64_t)3 << 32) | ((uint64_t)(claim) << 40))

#endif /* TDM_ABI_H */
";

/// The whole header.
#[must_use]
pub fn header(
    structs: &[Struct],
    constants: &[Constant],
    items: &BTreeMap<String, Item>,
) -> String {
    let mut text = OPENING.to_owned();
    let mut group = String::new();
    for constant in constants {
        let place = constant
            .path
            .rsplit_once("::")
            .map_or("", |(place, _)| place);
        if place != group {
            place.clone_into(&mut group);
            let _ = writeln!(text, "\n/* {place} */");
        }
        comment(&mut text, "", items.get(&constant.path));
        let _ = writeln!(text, "#define {} {}", constant.name, number(constant));
    }
    for item in structs {
        text.push('\n');
        comment(&mut text, "", items.get(&item.path));
        let _ = writeln!(text, "struct {} {{", item.name);
        for field in &item.fields {
            comment(
                &mut text,
                "\t",
                items.get(&format!("{}::{}", item.path, field.name)),
            );
            let _ = write!(text, "\t{} {}", field.ctype.base, field.name);
            for length in &field.ctype.dimensions {
                let _ = write!(text, "[{length}]");
            }
            text.push_str(";\n");
        }
        text.push_str("};\n");
    }
    text + CLOSING
}

fn number(constant: &Constant) -> String {
    match (constant.wide, constant.value) {
        (true, value) if value > 0xffff => format!("0x{value:x}ull"),
        (true, value) => format!("{value}ull"),
        (false, value) if value > 0xffff => format!("0x{value:x}u"),
        (false, value) => format!("{value}u"),
    }
}

fn comment(text: &mut String, indent: &str, item: Option<&Item>) {
    let docs: Vec<String> = item
        .into_iter()
        .flat_map(|item| &item.docs)
        .map(|line| plain(line))
        .collect();
    if docs.is_empty() {
        return;
    }
    let _ = writeln!(
        text,
        "{indent}/* {} */",
        docs.join(&format!("\n{indent} * "))
    );
}

/// A doc line without Rust's links and marks.
fn plain(line: &str) -> String {
    let line = line
        .replace("*/", "* /")
        .replace("super::", "")
        .replace(['`', '[', ']'], "");
    line.trim_end().to_owned()
}
