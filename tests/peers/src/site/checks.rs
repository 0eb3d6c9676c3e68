// SPDX-License-Identifier: MIT OR Apache-2.0
//! What must hold between the cases: no call is left, every channel is idle and in service, the records are right.

use super::{PATIENCE, Site};
use pbx_api::{Client, Command, Reply};
use pbx_store::{Filter, Record, State, Store};
use std::time::{Duration, Instant};

/// What a call's record must say.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// The Q.850 cause.
    pub cause: u8,
    /// Who ended it.
    pub released: &'static str,
    /// Whether it was answered.
    pub answered: bool,
}

impl Expected {
    /// A call that was answered and ended normally.
    pub const fn talked(released: &'static str) -> Expected {
        Expected {
            cause: 16,
            released,
            answered: true,
        }
    }

    /// A call that was not answered.
    pub const fn failed(cause: u8, released: &'static str) -> Expected {
        Expected {
            cause,
            released,
            answered: false,
        }
    }
}

impl Site {
    fn ask(&self, command: Command) -> Result<Reply, String> {
        Client::connect(&self.dir.join("control.sock"), PATIENCE)
            .map_err(|error| error.to_string())?
            .ask(command)
            .map_err(|error| error.to_string())
    }

    /// One of pbxd's counters; 0 if there is none of the name.
    ///
    /// # Errors
    /// pbxd does not answer.
    pub fn counter(&self, name: &str) -> Result<u64, String> {
        let Reply::Status(status) = self.ask(Command::Status {})? else {
            return Err("pbxd: not a status".into());
        };
        let counter = status.counters.iter().find(|c| c.name == name);
        Ok(counter.map_or(0, |counter| counter.value))
    }

    /// Ends a call as an operator does.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn hang_up(&self, call: u64) -> Result<(), String> {
        self.ask(Command::Hangup { call, cause: 16 }).map(|_| ())
    }

    /// Gives pbxd another configuration and lets it read that: what has changed, and what needs a restart.
    ///
    /// # Errors
    /// What pbxd finds wrong with it.
    pub fn reload(&self, text: &str) -> Result<(Vec<String>, Vec<String>), String> {
        self.write_configuration(text)?;
        match self.ask(Command::Reload {})? {
            Reply::Reload { changed, restart } => Ok((changed, restart)),
            other => Err(format!("pbxd: {other:?}")),
        }
    }

    /// The same by SIGHUP, which has no answer.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn reload_by_signal(&mut self, text: &str) -> Result<(), String> {
        self.write_configuration(text)?;
        self.pbxd.signal(nix::sys::signal::Signal::SIGHUP);
        Ok(())
    }

    /// The configuration as it is.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn configuration(&self) -> Result<String, String> {
        std::fs::read_to_string(self.dir.join("pbxd.toml")).map_err(|error| error.to_string())
    }

    fn write_configuration(&self, text: &str) -> Result<(), String> {
        std::fs::write(self.dir.join("pbxd.toml"), text).map_err(|error| error.to_string())
    }

    /// Waits until a number has a route, or none.
    ///
    /// # Errors
    /// It stays as it is.
    pub fn await_route(&self, number: &str, from: &str, there: bool) -> Result<(), String> {
        self.until(&format!("a route for {number}: {there}"), || {
            let question = Command::Explain {
                number: number.to_owned(),
                from: from.to_owned(),
            };
            let Reply::Explain { text } = self.ask(question)? else {
                return Err("pbxd: no explanation".into());
            };
            Ok((text.contains("no route takes it") == there).then_some(text))
        })
    }

    /// Ends pbxd.
    ///
    /// # Errors
    /// It does not answer.
    pub fn shut_down(&self) -> Result<(), String> {
        self.ask(Command::Shutdown { grace_s: 0 }).map(|_| ())
    }

    /// The calls there are.
    ///
    /// # Errors
    /// pbxd does not answer.
    pub fn calls(&self) -> Result<Vec<pbx_api::Call>, String> {
        match self.ask(Command::Calls {
            after: 0,
            limit: 500,
        })? {
            Reply::Calls { calls, .. } => Ok(calls),
            other => Err(format!("pbxd: {other:?}")),
        }
    }

    /// Waits until there are so many calls in the stage.
    ///
    /// # Errors
    /// They do not come to be.
    pub fn await_calls(&self, count: usize, stage: &str) -> Result<(), String> {
        self.until(&format!("{count} calls {stage}"), || {
            let calls = self.calls()?;
            let there = calls.iter().filter(|call| call.state == stage).count();
            Ok(if there == count {
                None
            } else {
                Some(format!("{calls:?}"))
            })
        })
    }

    fn until(
        &self,
        what: &str,
        check: impl Fn() -> Result<Option<String>, String>,
    ) -> Result<(), String> {
        let end = Instant::now() + PATIENCE;
        loop {
            match check()? {
                None => return Ok(()),
                Some(instead) if Instant::now() > end => {
                    return Err(format!("not {what}: {instead}"));
                }
                Some(_) => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    /// Waits until nothing goes on: no call, the data link up, every channel idle and in service.
    ///
    /// # Errors
    /// What is left.
    pub fn settle(&mut self) -> Result<(), String> {
        self.until("idle", || {
            let calls = self.calls()?;
            if !calls.is_empty() {
                return Ok(Some(format!("calls are left: {calls:?}")));
            }
            let Reply::Spans { spans } = self.ask(Command::Spans {})? else {
                return Err("pbxd: not spans".into());
            };
            for span in &spans {
                if !span.signalling_up {
                    return Ok(Some("layer 2 is down".into()));
                }
                let busy = span
                    .channels
                    .iter()
                    .find(|channel| channel.call.is_some() || !channel.outages.is_empty());
                if let Some(channel) = busy {
                    return Ok(Some(format!("{channel:?}")));
                }
            }
            Ok(None)
        })?;
        for name in [
            "calls.illegal_events",
            "calls.abandoned_legs",
            "media.failures",
            "records.lost",
        ] {
            let value = self.counter(name)?;
            if value != 0 {
                return Err(format!("{name} is {value}"));
            }
        }
        self.libpri.tell("count")?;
        let count = self.libpri.expect("count", PATIENCE)?;
        if count != "count calls=0" {
            return Err(format!("libpri has calls left: {count}"));
        }
        self.seen = self.records()?.first().map_or(0, |record| record.id);
        Ok(())
    }

    fn records(&self) -> Result<Vec<Record>, String> {
        Store::open_read_only(&self.dir.join("cdr.db"))
            .and_then(|store| store.list(&Filter::default()))
            .map_err(|error| error.to_string())
    }

    /// The records since the last time everything was idle, newest first, once all are closed.
    ///
    /// # Errors
    /// One stays open, or they cannot be read.
    pub fn new_records(&self) -> Result<Vec<Record>, String> {
        let end = Instant::now() + PATIENCE;
        loop {
            let mut records = self.records()?;
            records.retain(|record| record.id > self.seen);
            let open = records.iter().find(|record| record.state != State::Closed);
            match open {
                None => return Ok(records),
                Some(record) if Instant::now() > end => {
                    return Err(format!("a record is not closed: {record:?}"));
                }
                Some(_) => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    /// Checks that there is one new record and what it says. To be called when the call is over.
    ///
    /// # Errors
    /// It says something else.
    pub fn recorded(&mut self, expected: Expected) -> Result<(), String> {
        self.until("idle", || {
            let calls = self.calls()?;
            Ok((!calls.is_empty()).then(|| format!("{calls:?}")))
        })?;
        let records = self.new_records()?;
        let [record] = records.as_slice() else {
            return Err(format!("not one record: {records:?}"));
        };
        let released = record.released.as_deref().unwrap_or_default();
        if record.cause != Some(expected.cause)
            || released != expected.released
            || record.answered.is_some() != expected.answered
            || (record.talking_ms.unwrap_or_default() > 0) != expected.answered
        {
            return Err(format!("the record is not {expected:?}: {record:?}"));
        }
        Ok(())
    }
}
