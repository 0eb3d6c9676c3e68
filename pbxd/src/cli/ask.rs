// SPDX-License-Identifier: MIT OR Apache-2.0
//! Questions to a pbxd that runs.

use super::{Command, show};
use pbx_api::{Client, ClientError, Command as Wire, Reply};
use std::path::Path;
use std::time::Duration;
use tdm_cli::Failure;

/// How long an answer may take.
const WAIT: Duration = Duration::from_secs(10);

pub(super) fn ask(socket: &Path, command: &Command, json: bool) -> Result<(), Failure> {
    let mut client = Client::connect(socket, WAIT).map_err(failure)?;
    let wire = match command {
        Command::Calls => {
            let calls = client.calls().map_err(failure)?;
            return show::show(&Reply::Calls { calls, more: false }, json);
        }
        Command::Hangup { id, cause } => Wire::Hangup {
            call: *id,
            cause: *cause,
        },
        Command::Spans => Wire::Spans {},
        Command::Status => Wire::Status {},
        Command::Explain { number, from } => Wire::Explain {
            number: number.clone(),
            from: from.clone(),
        },
        Command::Reload => Wire::Reload {},
        Command::Shutdown { grace } => Wire::Shutdown { grace_s: *grace },
        Command::Records { .. } | Command::Packaging(_) => return Ok(()),
    };
    show::show(&client.ask(wire).map_err(failure)?, json)
}

/// A refusal is exit code 1, anything else means that pbxd could not be asked.
fn failure(error: ClientError) -> Failure {
    let refused = matches!(error, ClientError::Refused(_));
    let failure = Failure::new(error);
    if refused {
        failure.with_exit(1)
    } else {
        failure
    }
}
