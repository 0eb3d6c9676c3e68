// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which of an offer's streams is served.

use sdp_types::Session;

use crate::{LocalAudio, Refusal, offered};
use offered::Stream;

/// The first audio stream that can be served, with its codecs narrowed to ours.
///
/// When there is none, the reason is that of the first audio stream; else T.38 if that is what is
/// offered.
pub(crate) fn first_served(session: &Session, local: &LocalAudio) -> Result<Stream, Refusal> {
    let mut reason = Refusal::NoAudio;
    for line in 0..session.medias.len() {
        let refusal = match narrowed(session, line, local) {
            Ok(stream) => return Ok(stream),
            Err(refusal) => refusal,
        };
        let better = match (&reason, &refusal) {
            (Refusal::NoAudio, _) => true,
            (Refusal::T38, new) => !matches!(new, Refusal::NoAudio | Refusal::T38),
            _ => false,
        };
        if better {
            reason = refusal;
        }
    }
    Err(reason)
}

/// Stream `line` with its codecs narrowed to ours.
pub(crate) fn narrowed(
    session: &Session,
    line: usize,
    local: &LocalAudio,
) -> Result<Stream, Refusal> {
    let mut stream = offered::read(session, line, local.address)?;
    stream
        .codecs
        .retain(|(_, codec)| local.codecs.contains(codec));
    if stream.codecs.is_empty() {
        let offered = session.medias.get(line).map(|m| m.fmt.clone());
        return Err(Refusal::NoCommonCodec {
            offered: offered.unwrap_or_default(),
        });
    }
    Ok(stream)
}
