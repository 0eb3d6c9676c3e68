// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the machine did meanwhile, from /proc.

use std::time::Instant;

/// Ticks of the kernel's accounts in a second: USER_HZ, which is 100 on every Linux of today.
const TICKS: f64 = 100.0;

/// The accounts at one time.
#[derive(Clone, Debug)]
pub(crate) struct Accounts {
    at: Instant,
    total: u64,
    steal: u64,
    idle: u64,
    processes: Vec<u64>,
}

/// What was spent between two times.
#[derive(Clone, Debug)]
pub(crate) struct Spent {
    /// Of all processor time, in percent.
    pub(crate) steal: f64,
    /// Of all processor time, in percent.
    pub(crate) idle: f64,
    /// Of one processor, in percent, a process.
    pub(crate) processes: Vec<f64>,
}

impl Accounts {
    /// The accounts now, with those of these processes.
    pub(crate) fn read(processes: &[u32]) -> Result<Self, String> {
        let text = std::fs::read_to_string("/proc/stat").map_err(|error| error.to_string())?;
        let first = text.lines().next().unwrap_or_default();
        let fields: Vec<u64> = first
            .split_whitespace()
            .skip(1)
            .filter_map(|field| field.parse().ok())
            .collect();
        let field = |place: usize| fields.get(place).copied().unwrap_or(0);
        Ok(Self {
            at: Instant::now(),
            // The guests' time is in user and nice already.
            total: fields.iter().take(8).sum(),
            idle: field(3) + field(4),
            steal: field(7),
            processes: processes.iter().map(|id| process(*id)).collect(),
        })
    }

    /// What was spent since.
    pub(crate) fn since(&self, earlier: &Self) -> Spent {
        let total = (self.total - earlier.total).max(1) as f64;
        let seconds = self.at.duration_since(earlier.at).as_secs_f64();
        let share = |now: u64, then: u64| 100.0 * now.saturating_sub(then) as f64 / total;
        let processes = self.processes.iter().zip(&earlier.processes);
        Spent {
            steal: share(self.steal, earlier.steal),
            idle: share(self.idle, earlier.idle),
            processes: processes
                .map(|(now, then)| 100.0 * now.saturating_sub(*then) as f64 / TICKS / seconds)
                .collect(),
        }
    }
}

/// User and system time of a process in ticks; 0 when it is gone.
fn process(id: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // The name, in parentheses, may hold blanks.
    let fields = text.rsplit_once(')').map_or("", |(_, fields)| fields);
    let times = fields.split_whitespace().skip(11).take(2);
    times.filter_map(|field| field.parse::<u64>().ok()).sum()
}
