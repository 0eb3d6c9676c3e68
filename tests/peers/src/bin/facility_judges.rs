// SPDX-License-Identifier: MIT OR Apache-2.0
//! Our supplementary services before two judges that were written by others: every message of libpri's
//! `rosetest` must decode here and encode to the same octets, and every operation that we can send
//! must decode in tshark without fault and under the same code.
//!
//! `facility_judges [--capture FILE]`
#![forbid(unsafe_code)]

#[path = "../../../../pbxd/signalling/facility/tests/samples/mod.rs"]
mod samples;

use facility::{Argument, Code, Component, Config, Contents, Dialect, Operation, Outcome};
use peers::pcap::{Way, Writer};
use peers::rosetest;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

const HELP: &str = "facility_judges [--capture FILE]

Judges the supplementary services by libpri's rosetest and by tshark (libpri's source package, gcc, make, tshark).
  --capture FILE  keep the pcap of what tshark was given there";

/// tshark's severity of errors.
const EXPERT_ERROR: u32 = 0x80_0000;

/// Operations with local codes that tshark 4.0 does not know: three-party and explicit call transfer.
/// It knows none of the global ones.
const UNKNOWN_TO_TSHARK: [i16; 3] = [4, 5, 6];

fn main() -> ExitCode {
    let mut capture = None;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match (word.as_str(), words.next()) {
            ("--capture", Some(path)) => capture = Some(PathBuf::from(path)),
            ("--help" | "-h", _) => {
                println!("{HELP}");
                return ExitCode::SUCCESS;
            }
            _ => {
                eprintln!("{HELP}");
                return ExitCode::from(2);
            }
        }
    }
    match run(capture.as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("facility_judges: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(capture: Option<&Path>) -> Result<(), String> {
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    let vectors = scratch.path().join("rosetest");
    std::fs::create_dir_all(&vectors).map_err(|error| error.to_string())?;
    let messages = rosetest::messages(&vectors)?;
    let mut faults = Vec::new();
    let mut judged = Judged::default();
    for message in &messages {
        if let Err(fault) = judge(message, &mut judged) {
            faults.push(format!("{}: {fault}", message.title));
        }
    }
    println!(
        "rosetest: {} messages, {} components decode and encode to the same octets, {} operations",
        judged.messages,
        judged.components,
        judged.operations.len()
    );
    if judged.messages < 260 || judged.operations.len() < 90 {
        faults.push("rosetest: fewer messages than it is known to have".to_owned());
    }
    let kept = scratch.path().join("facility.pcap");
    let path = capture.unwrap_or(&kept);
    let sent = write(path)?;
    faults.extend(tshark(path, &sent)?);
    println!("tshark: {} messages with services decode", sent.len());
    for fault in &faults {
        println!("FAIL  {fault}");
    }
    if faults.is_empty() {
        println!("facility_judges: all passed");
        return Ok(());
    }
    Err(format!("{} faults", faults.len()))
}

#[derive(Default)]
struct Judged {
    messages: usize,
    components: usize,
    operations: BTreeSet<&'static str>,
}

/// The dialects whose operations libpri names so.
fn dialect_of(name: &str) -> Option<Dialect> {
    let rest = name.strip_prefix("ROSE_")?;
    [
        ("ETSI_", Dialect::Etsi),
        ("QSIG_", Dialect::Qsig),
        ("NI2_", Dialect::Ni2),
        ("DMS100_", Dialect::Dms100),
    ]
    .into_iter()
    .find_map(|(prefix, dialect)| rest.starts_with(prefix).then_some(dialect))
}

fn judge(message: &rosetest::Message, judged: &mut Judged) -> Result<(), String> {
    let unusual = message.title.contains("test:");
    let mut octets = vec![0x9F];
    octets.extend(&message.octets);
    let decoded = Contents::decode(&octets).map_err(|error| error.to_string())?;
    if !unusual && !decoded.bad.is_empty() {
        return Err(format!("{:?}", decoded.bad));
    }
    if decoded.contents.components.is_empty() {
        return Err("no component".to_owned());
    }
    let names: Vec<&str> = message
        .values("operationValue")
        .filter(|value| value.starts_with("ROSE_"))
        .collect();
    let mut names = names.into_iter();
    let mut contents = decoded.contents;
    for component in &mut contents.components {
        judged.components += 1;
        let (code, octets, result) = match component {
            Component::Invoke { code, argument, .. } => (*code, argument, false),
            Component::ReturnResult {
                result: Some((code, octets)),
                ..
            } => (*code, octets, true),
            _ => continue,
        };
        let name = names.next().ok_or("libpri sees fewer operations")?;
        let Some(dialect) = dialect_of(name) else {
            // libpri does not know the operation either.
            continue;
        };
        let operation = dialect
            .operation(code)
            .ok_or_else(|| format!("{name}: code {code} is not known"))?;
        judged.operations.insert(operation.name());
        *octets = if result {
            Outcome::decode(operation, octets).map(|value| value.encode())
        } else {
            Argument::decode(operation, octets).map(|value| value.encode())
        }
        .map_err(|error| format!("{name}: {error}"))?;
    }
    let again = contents.encode().map_err(|error| error.to_string())?;
    if !unusual && !same(&octets, &again) {
        return Err(format!("{octets:02x?} became {again:02x?}"));
    }
    judged.messages += 1;
    Ok(())
}

/// Equal, but for TRUE: libpri writes 1, we write all ones.
fn same(theirs: &[u8], ours: &[u8]) -> bool {
    theirs.len() == ours.len()
        && theirs
            .iter()
            .zip(ours)
            .all(|(a, b)| a == b || (*a == 1 && *b == 0xFF))
}

/// A FACILITY message in an I frame.
fn frame(contents: &[u8]) -> Result<Vec<u8>, String> {
    let length = u8::try_from(contents.len()).map_err(|error| error.to_string())?;
    let mut frame = vec![
        0x00, 0x01, 0x00, 0x00, 0x08, 0x02, 0x00, 0x01, 0x62, 0x1C, length,
    ];
    frame.extend(contents);
    Ok(frame)
}

/// Writes one message for every sample; gives what each holds.
fn write(path: &Path) -> Result<Vec<Operation>, String> {
    let file = std::fs::File::create(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut writer = Writer::new(std::io::BufWriter::new(file)).map_err(|e| e.to_string())?;
    let invokes = samples::arguments().into_iter().map(|argument| {
        let operation = argument.operation();
        let component = Component::Invoke {
            id: 300,
            linked: None,
            code: operation.code(),
            argument: argument.encode(),
        };
        (operation, component)
    });
    let results = samples::outcomes().into_iter().map(|outcome| {
        let operation = outcome.operation();
        let octets = outcome.encode();
        let component = Component::ReturnResult {
            id: 1,
            result: (!octets.is_empty()).then(|| (operation.code(), octets)),
        };
        (operation, component)
    });
    let mut sent = Vec::new();
    for (operation, component) in invokes.chain(results) {
        let config = Config::new(dialect(operation));
        let contents = Contents {
            profile: config.profile,
            extension: config.extension,
            network_profile: None,
            interpretation: config.interpretation,
            components: vec![component],
        };
        let octets = contents.encode().map_err(|error| error.to_string())?;
        let at = Duration::from_millis(sent.len() as u64);
        writer
            .frame(at, Way::Out, true, &frame(&octets)?)
            .map_err(|error| error.to_string())?;
        sent.push(operation);
    }
    writer.finish().map_err(|error| error.to_string())?;
    Ok(sent)
}

const fn dialect(operation: Operation) -> Dialect {
    match operation {
        Operation::Etsi(_) => Dialect::Etsi,
        Operation::Qsig(_) => Dialect::Qsig,
        Operation::Ni2(_) => Dialect::Ni2,
        Operation::Dms100(_) => Dialect::Dms100,
    }
}

/// What tshark finds wrong: faults of its own, and codes that are not ours.
fn tshark(path: &Path, sent: &[Operation]) -> Result<Vec<String>, String> {
    let mut faults = Vec::new();
    let mut unknown = BTreeSet::new();
    for (encoding, wanted) in [("ETSI", true), ("QSIG", false)] {
        let output = Command::new("tshark")
            .arg("-r")
            .arg(path)
            .arg("-o")
            .arg(format!(
                "q932.facility_encoding:Dissect facility as {encoding}"
            ))
            .args(["-T", "fields", "-E", "separator=|"])
            .args([
                "-e",
                "frame.number",
                "-e",
                "q932.ros.local",
                "-e",
                "q932.ros.global",
            ])
            .args([
                "-e",
                "_ws.malformed",
                "-e",
                "_ws.expert.severity",
                "-e",
                "_ws.expert.message",
            ])
            .output()
            .map_err(|error| format!("tshark: {error} (apt install tshark)"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
        }
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if text.lines().count() != sent.len() {
            return Err(format!(
                "tshark: {} of {} frames",
                text.lines().count(),
                sent.len()
            ));
        }
        for (line, operation) in text.lines().zip(sent) {
            // tshark has no DMS-100: it takes its codes for those of QSIG.
            let of = dialect(*operation);
            if matches!(of, Dialect::Etsi) != wanted || matches!(of, Dialect::Dms100) {
                continue;
            }
            let fields: Vec<&str> = line.split('|').collect();
            let [_, local, global, malformed, severity, message] = fields[..] else {
                return Err(format!("tshark: {line}"));
            };
            let name = operation.name();
            let severity = severity.parse::<u32>().unwrap_or(0);
            if !malformed.is_empty() || severity >= EXPERT_ERROR {
                faults.push(format!(
                    "tshark: {name}: {malformed} {severity:#x} {message}"
                ));
            } else if message.starts_with("Undecoded") {
                unknown.insert(name);
            } else if !message.is_empty() {
                faults.push(format!("tshark: {name}: {message}"));
            }
            let code = operation.code().to_string();
            let shown = if local.is_empty() { global } else { local };
            // A result without a value carries no code.
            if !shown.is_empty() && shown != code {
                faults.push(format!("tshark: {name}: {code} shown as {shown}"));
            }
        }
    }
    println!(
        "tshark: does not know the arguments of {} operations",
        unknown.len()
    );
    for operation in sent {
        let known = !unknown.contains(operation.name());
        if !known
            && matches!(operation.code(), Code::Local(code) if !UNKNOWN_TO_TSHARK.contains(&code))
        {
            let name = operation.name();
            faults.push(format!("tshark: {name}: not decoded"));
        }
    }
    Ok(faults)
}
