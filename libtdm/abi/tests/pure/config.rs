// SPDX-License-Identifier: GPL-2.0-only OR MIT
use kernel_rust_abi::config::{LineConfig, clock, code, flag, framing, law, line};
use proptest::prelude::*;

const E1: LineConfig = LineConfig::E1_CCS_CRC4;
const T1: LineConfig = LineConfig {
    line: line::T1,
    framing: framing::ESF,
    code: code::B8ZS,
    law: law::MU,
    clock: clock::RECOVERED,
    flags: flag::CRC | flag::ENABLED,
    build_out: 3,
    reserved: 0,
};

fn refused(config: LineConfig) -> Option<&'static str> {
    config.check().err().map(|unfit| unfit.field)
}

#[test]
fn usual_lines_are_accepted() {
    assert_eq!(refused(E1), None);
    assert_eq!(
        refused(LineConfig {
            framing: framing::CAS,
            flags: 0,
            code: code::AMI,
            ..E1
        }),
        None
    );
    assert_eq!(refused(T1), None);
    assert_eq!(
        refused(LineConfig {
            framing: framing::D4,
            flags: flag::ENABLED,
            code: code::AMI,
            ..T1
        }),
        None
    );
}

#[test]
fn each_field_is_checked_against_the_line_type() {
    assert_eq!(refused(LineConfig::default()), Some("line"));
    assert_eq!(
        refused(LineConfig {
            framing: framing::ESF,
            ..E1
        }),
        Some("framing")
    );
    assert_eq!(
        refused(LineConfig {
            framing: framing::CCS,
            ..T1
        }),
        Some("framing")
    );
    assert_eq!(
        refused(LineConfig {
            code: code::B8ZS,
            ..E1
        }),
        Some("code")
    );
    assert_eq!(
        refused(LineConfig {
            code: code::HDB3,
            ..T1
        }),
        Some("code")
    );
    assert_eq!(refused(LineConfig { law: 0, ..E1 }), Some("law"));
    assert_eq!(refused(LineConfig { clock: 3, ..E1 }), Some("clock"));
    assert_eq!(refused(LineConfig { flags: 4, ..E1 }), Some("flags"));
    assert_eq!(
        refused(LineConfig {
            framing: framing::D4,
            ..T1
        }),
        Some("flags"),
        "CRC-6 with D4"
    );
    assert_eq!(
        refused(LineConfig { build_out: 1, ..E1 }),
        Some("build_out")
    );
    assert_eq!(
        refused(LineConfig { build_out: 8, ..T1 }),
        Some("build_out")
    );
    assert_eq!(refused(LineConfig { reserved: 1, ..E1 }), Some("reserved"));
}

#[test]
fn usable_slots_and_idle_codes() {
    assert_eq!(E1.usable_slots(), 0xffff_fffe);
    assert_eq!(
        LineConfig {
            framing: framing::CAS,
            ..E1
        }
        .usable_slots(),
        0xfffe_fffe
    );
    assert_eq!(T1.usable_slots(), 0x01ff_fffe);
    assert_eq!(LineConfig::default().usable_slots(), 0);
    assert_eq!((E1.idle_code(), T1.idle_code()), (0xd5, 0xff));
}

#[test]
fn a_packed_configuration_has_the_line_type_lowest() {
    assert_eq!(E1.pack(), 0x0000_0301_0102_0101);
}

proptest! {
    #[test]
    fn packing_keeps_everything(word: u64) {
        prop_assert_eq!(LineConfig::unpack(word).pack(), word);
        let _ = LineConfig::unpack(word).check();
    }
}
