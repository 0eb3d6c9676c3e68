// SPDX-License-Identifier: MIT OR Apache-2.0
//! Programs that compile only if the header says what the Rust compiler says.

use std::fmt::Write as _;

use kernel_rust_abi::geometry::{Geometry, Slot};
use kernel_rust_abi::ioctl::map_transmit;

use crate::facts::{Constant, Struct};

/// A C translation unit of static assertions over `tdm_abi.h`.
#[must_use]
pub fn c(structs: &[Struct], constants: &[Constant]) -> String {
    let mut text = String::from("#include \"tdm_abi.h\"\n");
    let mut equal = |left: String, right: u64| {
        let _ = writeln!(
            text,
            "_Static_assert({left} == {right}ull, \"{}\");",
            left.replace('"', "")
        );
    };
    for item in structs {
        let name = item.name;
        equal(format!("sizeof(struct {name})"), item.size as u64);
        equal(format!("_Alignof(struct {name})"), item.align as u64);
        for field in &item.fields {
            equal(
                format!("offsetof(struct {name}, {})", field.name),
                field.offset as u64,
            );
            equal(
                format!("sizeof(((struct {name} *)0)->{})", field.name),
                field.size as u64,
            );
        }
    }
    for constant in constants {
        equal(constant.name.to_owned(), constant.value);
    }
    for (frame, slot, offset) in offsets() {
        equal(
            format!("TDM_RING_OFFSET({frame}ull, {slot}, TDM_MIN_RING_FRAMES)"),
            offset,
        );
    }
    for claim in [1, 0xffff] {
        equal(format!("TDM_MAP_TRANSMIT({claim})"), map_transmit(claim));
    }
    text
}

/// Assertions in Rust, to stand behind bindgen's output for the header.
#[must_use]
pub fn rust(structs: &[Struct], constants: &[Constant]) -> String {
    let mut text = String::new();
    let mut equal = |left: String, right: u64| {
        let _ = writeln!(text, "const _: () = assert!({left} as u64 == {right});");
    };
    for item in structs {
        let name = item.name;
        equal(
            format!("::core::mem::size_of::<{name}>()"),
            item.size as u64,
        );
        equal(
            format!("::core::mem::align_of::<{name}>()"),
            item.align as u64,
        );
        for field in &item.fields {
            equal(
                format!("::core::mem::offset_of!({name}, {})", field.name),
                field.offset as u64,
            );
        }
    }
    for constant in constants {
        equal(constant.name.to_owned(), constant.value);
    }
    text
}

/// Frames and slots with their place in the smallest ring, as the Rust function gives it.
fn offsets() -> Vec<(u64, u8, u64)> {
    let mut found = Vec::new();
    let geometry = Geometry::for_page(4096);
    for frame in [0, 1, 4_095, 4_096, 1 << 40, u64::MAX] {
        for number in [0, 1, 31] {
            if let (Some(geometry), Some(slot)) = (geometry, Slot::new(number)) {
                found.push((frame, number, geometry.offset(slot, frame)));
            }
        }
    }
    found
}
