// SPDX-License-Identifier: MIT OR Apache-2.0
//! The layers. A new crate gets a row here before it gets a dependency.

/// What a crate may touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Pure code that the kernel module compiles from the same files: `core` only, no floats.
    Shared,
    /// Pure code: no sockets, clocks, threads, files or logging.
    SansIo,
    /// Everything else.
    System,
}

/// One crate of the workspace.
#[derive(Clone, Copy, Debug)]
pub struct Layer {
    /// The package's name.
    pub name: &'static str,
    /// Its height: a crate uses lower ones only.
    pub rank: u8,
    /// What it may touch.
    pub kind: Kind,
    /// The crates of the workspace that it may depend on; `["*"]`: all that are lower.
    pub uses: &'static [&'static str],
    /// Foreign crates that it may depend on; not looked at for [`Kind::System`].
    pub foreign: &'static [&'static str],
}

const ABI: &str = "kernel-rust-abi";
const LINE: &str = "tdm-line";
const ANY: &[&str] = &["*"];

const fn pure(
    name: &'static str,
    rank: u8,
    uses: &'static [&'static str],
    foreign: &'static [&'static str],
) -> Layer {
    Layer {
        name,
        rank,
        kind: Kind::SansIo,
        uses,
        foreign,
    }
}

const fn shared(name: &'static str, rank: u8, uses: &'static [&'static str]) -> Layer {
    let foreign = &["zerocopy", "zerocopy-derive"];
    Layer {
        name,
        rank,
        kind: Kind::Shared,
        uses,
        foreign,
    }
}

const fn system(name: &'static str, rank: u8, uses: &'static [&'static str]) -> Layer {
    Layer {
        name,
        rank,
        kind: Kind::System,
        uses,
        foreign: ANY,
    }
}

/// All crates of the workspace, from the wire up.
pub const LAYERS: &[Layer] = &[
    shared(ABI, 0, &[]),
    shared(LINE, 1, &[ABI]),
    // Signalling: each on the layer directly beneath it.
    pure("q921", 10, &[ABI, LINE], &["thiserror"]),
    pure("q931", 11, &[ABI, LINE, "q921"], &["thiserror"]),
    pure("cas", 10, &[ABI, LINE], &["thiserror"]),
    pure("facility", 10, &[], &["thiserror"]),
    pure("sdp", 10, &[], &["thiserror", "sdp-types"]),
    pure("sip-msg", 10, &[], &["thiserror"]),
    pure(
        "sip-auth",
        11,
        &["sip-msg"],
        &["thiserror", "md-5", "sha2", "hmac", "subtle"],
    ),
    pure("sip-registrar", 11, &["sip-msg"], &["thiserror"]),
    pure("sip-stream", 11, &["sip-msg"], &["thiserror"]),
    pure("sip-resolve", 11, &["sip-msg"], &["thiserror"]),
    pure("sip-guard", 10, &[], &["thiserror"]),
    pure("sip-session", 11, &["sip-msg", "sdp"], &["thiserror"]),
    // Media.
    pure("g711", 10, &[], &["thiserror"]),
    pure("rtp", 10, &[], &["thiserror", "rtcp-types"]),
    pure("dsp", 11, &["g711"], &["thiserror"]),
    pure("simd-dispatch", 10, &[], &[]),
    // A bench for cancellers: scenarios and verdicts; whoever runs it reads the files.
    pure("g168-bench", 11, &["g711"], &["thiserror"]),
    pure("echo", 12, &["g711", "simd-dispatch"], &["thiserror"]),
    pure("playout", 12, &["rtp", "dsp", "g711"], &["thiserror"]),
    system("tdm", 30, &[ABI, LINE]),
    pure("pbx-core", 40, &[], &["thiserror"]),
    system(
        "media-engine",
        50,
        &[
            ABI, LINE, "tdm", "g711", "dsp", "rtp", "playout", "pbx-core",
        ],
    ),
    system("pbx-store", 50, &["pbx-core"]),
    system("pbx-api", 60, &["pbx-core"]),
    // The emulator is a tool beside pbxd and shares only what lies under both.
    system(
        "tdm-emu",
        71,
        &[ABI, LINE, "tdm", "tdm-cli", "q921", "q931", "g711", "dsp"],
    ),
    system("tdm-cli", 70, &[]),
    system("tdm-config", 71, &[ABI, LINE, "tdm", "tdm-cli"]),
    system("tdm-cap", 71, &[ABI, LINE, "tdm", "tdm-cli", "g711"]),
    system("xtask", 71, &[]),
    system("pbxd", 72, ANY),
    system("demo", 73, ANY),
    // Tests look at everything.
    system("layers", 90, &[]),
    system("abi-check", 90, &[ABI]),
    system("fuzz", 90, ANY),
    system("guest-tests", 90, ANY),
    system("peers", 90, ANY),
];

/// The row of a crate.
#[must_use]
pub fn layer(name: &str) -> Option<&'static Layer> {
    LAYERS.iter().find(|layer| layer.name == name)
}

impl Layer {
    /// True if this crate may have `dependency` of the workspace among its normal dependencies.
    #[must_use]
    pub fn may_use(&self, dependency: &Layer) -> bool {
        let listed = self.uses == ANY || self.uses.contains(&dependency.name);
        listed && dependency.rank < self.rank
    }

    /// True for crates without IO.
    #[must_use]
    pub fn is_pure(&self) -> bool {
        self.kind != Kind::System
    }
}

#[cfg(test)]
mod tests {
    use super::{ANY, LAYERS, layer};

    #[test]
    fn every_listed_use_points_down() {
        for row in LAYERS.iter().filter(|row| row.uses != ANY) {
            for name in row.uses {
                let used = layer(name).unwrap_or_else(|| panic!("{}: no crate {name}", row.name));
                assert!(used.rank < row.rank, "{} -> {name}", row.name);
            }
        }
    }

    #[test]
    fn pure_crates_use_pure_crates() {
        for row in LAYERS.iter().filter(|row| row.is_pure()) {
            assert!(
                row.uses.iter().all(|name| layer(name).unwrap().is_pure()),
                "{}",
                row.name
            );
        }
    }
}
