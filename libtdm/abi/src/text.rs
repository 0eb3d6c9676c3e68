// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! Short texts of fixed size: names and holders, NUL-padded UTF-8.

/// Bytes of a text field.
pub const TEXT_BYTES: usize = 64;

/// A text cut to fit, on a character's boundary.
pub fn pack(text: &str) -> [u8; TEXT_BYTES] {
    let mut bytes = [0; TEXT_BYTES];
    let mut end = text.len().min(TEXT_BYTES - 1);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    for (to, from) in bytes.iter_mut().zip(text.as_bytes().iter().take(end)) {
        *to = *from;
    }
    bytes
}

/// The text up to the first NUL, as far as it is UTF-8.
pub fn unpack(bytes: &[u8; TEXT_BYTES]) -> &str {
    let used = bytes.split(|byte| *byte == 0).next().unwrap_or(&[]);
    match core::str::from_utf8(used) {
        Ok(text) => text,
        Err(error) => used
            .get(..error.valid_up_to())
            .and_then(|valid| core::str::from_utf8(valid).ok())
            .unwrap_or(""),
    }
}

/// The bytes as words, in the order of bytes in memory.
pub fn to_words(bytes: &[u8; TEXT_BYTES]) -> [u64; TEXT_BYTES / 8] {
    let mut words = [0; TEXT_BYTES / 8];
    for (word, chunk) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        if let Ok(chunk) = chunk.try_into() {
            *word = u64::from_ne_bytes(chunk);
        }
    }
    words
}

/// The words as bytes, in the order of bytes in memory.
pub fn from_words(words: &[u64; TEXT_BYTES / 8]) -> [u8; TEXT_BYTES] {
    let mut bytes = [0; TEXT_BYTES];
    for (chunk, word) in bytes.chunks_exact_mut(8).zip(words) {
        chunk.copy_from_slice(&word.to_ne_bytes());
    }
    bytes
}
