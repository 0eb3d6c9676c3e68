// SPDX-License-Identifier: MIT OR Apache-2.0
//! The kill matrix: the processes of a call, one of which dies in the middle of it.
//!
//! Every part is a process of its own: the emulator, one `pbxd` or two, and the phones, which are this program
//! started again. A [`watch::Line`] reads the rings of a span as any other program could, so what is judged is
//! what was on the line and not what a program says of itself.

pub mod cases;
pub mod phone;
pub mod process;
pub mod site;
pub mod watch;

use std::thread;
use std::time::{Duration, Instant};

/// What a step of a case comes to.
pub type Outcome<T = ()> = Result<T, String>;

/// How long the others may take to be whole again.
pub const RECOVERY: Duration = Duration::from_secs(5);

/// Asks until the answer is `Some`.
///
/// # Errors
/// It did not come in time: what was waited for, and what `state` says.
pub fn wait_for<T>(
    what: &str,
    limit: Duration,
    mut ask: impl FnMut() -> Option<T>,
    state: impl FnOnce() -> String,
) -> Outcome<(T, Duration)> {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return Ok((answer, began.elapsed()));
        }
        if began.elapsed() > limit {
            return Err(format!("not within {limit:?}: {what} ({})", state()));
        }
        thread::sleep(Duration::from_millis(20));
    }
}
