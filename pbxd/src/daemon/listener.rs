// SPDX-License-Identifier: MIT OR Apache-2.0
//! The control socket: lines in, requests to the loop, answers out.

use pbx_api::{ErrorCode, LineReader, Request, Response, decode_request, encode};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tracing::debug;

/// Connections at a time.
const CONNECTIONS: usize = 64;
/// Requests that may wait for the loop.
pub(super) const REQUESTS: usize = 64;

/// A request with the way back.
pub(super) type Asked = (Request, oneshot::Sender<Response>);

/// The socket's file, removed on drop.
#[derive(Debug)]
pub(super) struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Somebody may have removed it already.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Listens at `path`, readable and writable by owner and group. A socket that nobody serves any more is replaced.
pub(super) fn listen(path: &Path, requests: mpsc::Sender<Asked>) -> io::Result<SocketFile> {
    if std::os::unix::net::UnixStream::connect(path).is_ok() {
        return Err(io::Error::new(
            io::ErrorKind::AddrInUse,
            "another pbxd serves this control socket",
        ));
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660))?;
    tokio::spawn(accept(listener, requests));
    Ok(SocketFile(path.to_owned()))
}

async fn accept(listener: UnixListener, requests: mpsc::Sender<Asked>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(permit) = room.clone().acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let requests = requests.clone();
                tokio::spawn(async move {
                    if let Err(error) = serve(stream, requests).await {
                        debug!(%error, "control connection");
                    }
                    drop(permit);
                });
            }
            Err(error) => {
                debug!(%error, "control socket");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        }
    }
}

async fn serve(mut stream: UnixStream, requests: mpsc::Sender<Asked>) -> io::Result<()> {
    let mut lines = LineReader::default();
    let mut buffer = vec![0; 8192];
    loop {
        let count = stream.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        lines.push(buffer.get(..count).unwrap_or_default());
        loop {
            let (response, broken) = match lines.next_line() {
                Ok(None) => break,
                Ok(Some(line)) => match decode_request(&line) {
                    Ok(request) => (ask(request, &requests).await, false),
                    Err((id, error)) => (error.response(id), false),
                },
                Err(error) => (error.response(0), true),
            };
            let id = response.id;
            let octets = encode(&response)
                .or_else(|error| {
                    encode(&Response::error(
                        id,
                        ErrorCode::Unavailable,
                        error.to_string(),
                    ))
                })
                .map_err(io::Error::other)?;
            stream.write_all(&octets).await?;
            if broken {
                return Ok(());
            }
        }
    }
}

async fn ask(request: Request, requests: &mpsc::Sender<Asked>) -> Response {
    let id = request.id;
    let (back, answer) = oneshot::channel();
    let gone = || Response::error(id, ErrorCode::Unavailable, "pbxd is ending");
    if requests.send((request, back)).await.is_err() {
        return gone();
    }
    answer.await.unwrap_or_else(|_| gone())
}
