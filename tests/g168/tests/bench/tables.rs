// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reading the header of libspandsp-dev; the text here only has its shape.

use g168_bench::Tables;

fn header() -> String {
    let mut text = String::from("/* comment */\n");
    for number in 2..=9 {
        text += &format!(
            "const int32_t line_model_d{number}_coeffs[] =\n{{\n  -4, 8,\n  {number}  \n}};\n"
        );
        text += &format!("#define LINE_MODEL_D{number}_GAIN      0.5E-1f\n");
    }
    text += "const int css_c1[] =\n{\n 1, -2, 3,\n};\nconst int css_c3[] =\n{\n 7\n};\n";
    text
}

#[test]
fn models_and_voiced_sounds_are_read() {
    let tables = Tables::parse(&header()).unwrap();
    assert_eq!(tables.paths.len(), 8);
    assert_eq!(tables.paths[0].name, "m1");
    assert_eq!(tables.paths[7].taps, [-0.2, 0.4, 0.45]);
    assert_eq!(
        (tables.single, tables.double),
        (vec![1.0, -2.0, 3.0], vec![7.0])
    );
}

#[test]
fn what_is_missing_is_named() {
    for (name, text) in [
        (
            "LINE_MODEL_D5_GAIN",
            header().replace("LINE_MODEL_D5_GAIN", "OTHER"),
        ),
        (
            "line_model_d7_coeffs",
            header().replace("line_model_d7_coeffs", "other"),
        ),
        ("css_c3", header().replace(" 7\n", " x\n")),
        ("css_c1", header().replace(" 1, -2, 3,\n", "\n")),
        ("line_model_d2_coeffs", String::new()),
    ] {
        let error = Tables::parse(&text).unwrap_err().to_string();
        let wanted = if text.is_empty() {
            "LINE_MODEL_D2_GAIN"
        } else {
            name
        };
        assert!(error.contains(wanted), "{error}");
    }
}
