// SPDX-License-Identifier: MIT OR Apache-2.0
//! Call progress: what the caller is told and hears while the called end is on its way to an answer.

use crate::{Cause, LegCommand, LegTraits, Tone};

/// What the called end reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// It rings.
    Alerting,
    /// Something happened.
    Progress(Option<Cause>),
}

/// What the caller knows by now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// It was told that the called end rings.
    pub(crate) alerting: bool,
    /// It was told that something is in band.
    pub(crate) inband: bool,
}

/// What to do for the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// Connect the called end's audio backward, and stop our tone.
    pub(crate) connect: bool,
    /// Play ringback ourselves.
    pub(crate) ringback: bool,
    /// Tell the caller's leg.
    pub(crate) command: Option<LegCommand>,
}

/// The rules. `inband`: the called end has tones in band, now or since earlier in this attempt (what was announced stays
/// announced); `was_connected`: its audio is connected already.
pub(crate) fn step(
    caller: LegTraits,
    told: Told,
    heard: Heard,
    inband: bool,
    was_connected: bool,
) -> Step {
    let connect = inband && !was_connected;
    match heard {
        Heard::Alerting => {
            // A caller who was told of audio in an earlier attempt no longer makes its own ringback.
            let ringback = !inband && (caller.wants_tones || told.inband);
            let audible = inband || ringback;
            let news = !told.alerting || (audible && !told.inband);
            Step {
                connect,
                ringback,
                command: news.then_some(LegCommand::Alerting { inband: audible }),
            }
        }
        Heard::Progress(cause) => {
            let news = (inband && !told.inband) || cause.is_some();
            Step {
                connect,
                ringback: false,
                command: news.then_some(LegCommand::Progress { inband, cause }),
            }
        }
    }
}

/// The tone that tells a person about this cause, when it is a failure that has one: busy for 17, congestion for every
/// other failure. Normal clearing has none.
pub fn tone_for(cause: Cause) -> Option<Tone> {
    match cause.value() {
        16 | 30 => None,
        17 => Some(Tone::Busy),
        _ => Some(Tone::Congestion),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRI: LegTraits = LegTraits {
        wants_tones: true,
        tones_after_disconnect: true,
    };
    const SIP: LegTraits = LegTraits {
        wants_tones: false,
        tones_after_disconnect: false,
    };

    #[test]
    fn ringing_without_media() {
        let step_to = |traits| step(traits, Told::default(), Heard::Alerting, false, false);
        let to_pri = Step {
            connect: false,
            ringback: true,
            command: Some(LegCommand::Alerting { inband: true }),
        };
        let to_sip = Step {
            connect: false,
            ringback: false,
            command: Some(LegCommand::Alerting { inband: false }),
        };
        assert_eq!(step_to(PRI), to_pri);
        assert_eq!(step_to(SIP), to_sip);
    }

    #[test]
    fn ringing_with_media() {
        for traits in [PRI, SIP] {
            let wanted = Step {
                connect: true,
                ringback: false,
                command: Some(LegCommand::Alerting { inband: true }),
            };
            assert_eq!(
                step(traits, Told::default(), Heard::Alerting, true, false),
                wanted
            );
        }
    }

    #[test]
    fn nothing_is_said_twice() {
        let told = Told {
            alerting: true,
            inband: true,
        };
        assert_eq!(step(SIP, told, Heard::Alerting, true, true).command, None);
        assert_eq!(
            step(SIP, told, Heard::Progress(None), true, true).command,
            None
        );
        let bad_news = step(PRI, told, Heard::Progress(Some(Cause::BUSY)), true, true);
        assert_eq!(
            bad_news.command,
            Some(LegCommand::Progress {
                inband: true,
                cause: Some(Cause::BUSY)
            })
        );
    }

    #[test]
    fn media_after_ringing_is_news() {
        let told = Told {
            alerting: true,
            inband: false,
        };
        let got = step(SIP, told, Heard::Progress(None), true, false);
        assert!(got.connect);
        assert_eq!(
            got.command,
            Some(LegCommand::Progress {
                inband: true,
                cause: None
            })
        );
        assert_eq!(
            step(SIP, told, Heard::Progress(None), false, false).command,
            None
        );
    }
}
