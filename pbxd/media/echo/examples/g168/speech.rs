// SPDX-License-Identifier: MIT OR Apache-2.0
//! Recorded speech: Debian's asterisk-core-sounds-en-wav, read when the bench runs.

use std::path::{Path, PathBuf};

const FOLDER: &str = "/usr/share/asterisk/sounds";

/// Two stretches of different prompts.
pub(crate) fn talkers() -> Result<(Vec<f32>, Vec<f32>), String> {
    let mut files = Vec::new();
    collect(Path::new(FOLDER), &mut files);
    files.retain(|path| std::fs::metadata(path).is_ok_and(|m| m.len() > 30_000));
    files.sort();
    if files.len() < 120 {
        return Err(format!(
            "{FOLDER}: {} recordings, expected 120; apt-get install asterisk-core-sounds-en-wav",
            files.len()
        ));
    }
    let read = |files: &[PathBuf]| -> Result<Vec<f32>, String> {
        let mut all = Vec::new();
        for file in files {
            all.extend(samples(file)?);
        }
        Ok(all)
    };
    Ok((read(&files[..60])?, read(&files[60..120])?))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "wav") {
            files.push(path);
        }
    }
}

/// The samples of a WAV file of 16-bit mono at 8 kHz.
fn samples(path: &Path) -> Result<Vec<f32>, String> {
    let bytes = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let wrong = || format!("{}: not a WAV file of 16 bits at 8 kHz", path.display());
    let mut at = 12;
    while let Some(header) = bytes.get(at..at + 8) {
        let length = u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize;
        let body = bytes.get(at + 8..(at + 8 + length).min(bytes.len()));
        match (&header[..4], body) {
            (b"fmt ", Some(body)) if body.get(2..8) != Some(&[1, 0, 0x40, 0x1f, 0, 0]) => {
                return Err(wrong());
            }
            (b"data", Some(body)) => {
                let pairs = body.chunks_exact(2);
                return Ok(pairs
                    .map(|b| f32::from(i16::from_le_bytes([b[0], b[1]])))
                    .collect());
            }
            _ => at += 8 + length + length % 2,
        }
    }
    Err(wrong())
}
