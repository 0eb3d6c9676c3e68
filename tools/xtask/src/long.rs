// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo xtask test --long`: the third tier, in shards. Each writes a dated result file.

use anyhow::{Result, bail};

use crate::steps::Steps;
use crate::{fuzz, place, results};

/// A part of the tier that runs by itself.
struct Shard {
    name: &'static str,
    what: &'static str,
    run: fn(&mut Steps),
}

/// Seconds that each fuzz target gets here.
const FUZZ_SECONDS: u64 = 30 * 60;

/// All shards.
const SHARDS: &[Shard] = &[Shard {
    name: "fuzz",
    what: "every fuzz target for 30 minutes, two at a time",
    run: |steps| fuzz::add(steps, FUZZ_SECONDS),
}];

/// Prints the shards.
pub(crate) fn list() -> Result<bool> {
    for shard in SHARDS {
        println!("{:12} {}", shard.name, shard.what);
    }
    Ok(true)
}

/// Runs the shards named, or all.
pub(crate) fn run(names: &[String]) -> Result<bool> {
    if let Some(unknown) = names.iter().find(|n| SHARDS.iter().all(|s| s.name != *n)) {
        bail!("no shard is named `{unknown}`; `cargo xtask test --long --list` names them");
    }
    place::need_root("`cargo xtask test --long` installs Debian packages, which")?;
    let mut good = true;
    for shard in SHARDS {
        if !names.is_empty() && !names.iter().any(|n| n == shard.name) {
            continue;
        }
        let mut steps = Steps::new(&format!("long-{}", shard.name))?;
        (shard.run)(&mut steps);
        good &= steps.close();
        let file = results::record(shard.name, shard.what, steps.finished())?;
        println!("result: {}", file.display());
    }
    results::write_status()?;
    Ok(good)
}
