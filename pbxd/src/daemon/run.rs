// SPDX-License-Identifier: MIT OR Apache-2.0
//! The control loop: sockets, signals and the clock around the machines.

use super::Daemon;
use super::listener::{self, Asked, REQUESTS};
use super::readiness::Readiness;
use super::reload::{Asker, Reloads, Source};
use super::start::StartError;
use crate::config::Config;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::unix::AsyncFd;
use tokio::net::UdpSocket;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tracing::{info, warn};

/// Datagrams taken from the socket before others get their turn.
const BURST: usize = 64;
/// How long a shutdown waits for the far ends after its grace.
const DRAIN: Duration = Duration::from_secs(5);
/// The largest datagram.
const DATAGRAM: usize = 65_535;

/// The daemon could not start, or had to end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// It could not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A socket or descriptor.
    #[error("{what}: {source}")]
    System {
        /// Which.
        what: String,
        /// The system's reason.
        source: io::Error,
    },
}

fn failed(what: impl Into<String>) -> impl FnOnce(io::Error) -> RunError {
    let what = what.into();
    move |source| RunError::System { what, source }
}

/// Runs until a signal or a request ends it. `source` is where the configuration came from, to be read again on SIGHUP or request.
///
/// # Errors
/// [`RunError`] if it cannot start, or a descriptor fails.
pub fn run(config: Config, source: &Source) -> Result<(), RunError> {
    // A parent that blocks signals hands that on; ours must arrive.
    nix::sys::signal::SigSet::empty()
        .thread_set_mask()
        .map_err(|errno| failed("signal mask")(errno.into()))?;
    // Each call takes four descriptors for its RTP and RTCP; the usual soft limit of 1024 would end at some 240 calls.
    if let Ok((_, most)) = getrlimit(Resource::RLIMIT_NOFILE) {
        if let Err(error) = setrlimit(Resource::RLIMIT_NOFILE, most, most) {
            warn!(%error, "the limit of open files stays as it was");
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(failed("starting the runtime"))?;
    runtime.block_on(control(Arc::new(config), source))
}

async fn control(config: Arc<Config>, source: &Source) -> Result<(), RunError> {
    let mut terminate = on(SignalKind::terminate())?;
    let mut interrupt = on(SignalKind::interrupt())?;
    let mut hangup = on(SignalKind::hangup())?;
    let mut reloads = Reloads::new(source.file.clone());
    let socket = match &config.sip {
        Some(sip) => {
            let bound = UdpSocket::bind(sip.listen)
                .await
                .map_err(failed(format!("SIP on {}", sip.listen)))?;
            Some(bound)
        }
        None => None,
    };
    let bound = match &socket {
        Some(socket) => Some(socket.local_addr().map_err(failed("the SIP socket"))?),
        None => None,
    };
    let (asked, mut requests) = mpsc::channel::<Asked>(REQUESTS);
    let path = config.node.control_socket.clone();
    let _file = listener::listen(&path, asked)
        .map_err(failed(format!("control socket {}", path.display())))?;
    let mut daemon = Daemon::new(config, bound, seed()?)?;
    let readiness = Readiness::new().map_err(failed("epoll"))?;
    readiness
        .add_media(daemon.media.event_fd())
        .map_err(failed("waiting for media"))?;
    let readiness = watch(readiness).map_err(failed("waiting for spans"))?;
    info!(sip = ?bound, control = %path.display(), spans = daemon.trunks.len(), "pbxd is up");

    let mut end: Option<tokio::time::Instant> = None;
    let mut buffer = vec![0; DATAGRAM];
    daemon.visit_trunks();
    loop {
        watch_opened(&mut daemon, readiness.get_ref());
        send_all(&mut daemon, socket.as_ref()).await;
        if daemon.is_over() || end.is_some_and(|end| tokio::time::Instant::now() >= end) {
            break;
        }
        let now = daemon.now();
        let wait = daemon.poll_timeout().map(|due| due.saturating_sub(now));
        tokio::select! {
            biased;
            _ = terminate.recv() => end = Some(begin_end(&mut daemon)),
            _ = interrupt.recv() => end = Some(begin_end(&mut daemon)),
            _ = hangup.recv() => reloads.ask(Asker::Signal),
            ready = readiness.readable() => {
                let mut guard = ready.map_err(failed("waiting for spans"))?;
                let what = guard.get_inner().take().map_err(failed("epoll"))?;
                guard.clear_ready();
                if what.media {
                    daemon.media_events();
                }
                if what.trunks {
                    daemon.visit_trunks();
                }
            }
            result = receive(socket.as_ref(), &mut buffer) => {
                if let Ok((count, source)) = result {
                    daemon.datagram(source, buffer.get(..count).unwrap_or_default());
                    receive_more(&mut daemon, socket.as_ref(), &mut buffer);
                }
            }
            Some((request, back)) = requests.recv() => {
                if request.command == (pbx_api::Command::Reload {}) && !daemon.shutting_down {
                    reloads.ask(Asker::Request(request.id, back));
                    continue;
                }
                let response = daemon.control(&request);
                // A client that left does not want its answer.
                let _ = back.send(response);
                if daemon.shutting_down && end.is_none() {
                    end = Some(deadline(&request));
                }
            }
            read = reloads.read() => {
                let outcome = daemon.reload(read, source);
                reloads.answer(&outcome);
            }
            () = sleep(wait) => daemon.handle_timeout(),
            () = until(end) => {}
        }
    }
    if !daemon.drained {
        warn!("the far ends did not confirm in time");
    }
    info!("pbxd has ended");
    Ok(())
}

#[allow(
    deprecated,
    reason = "its successor is unsafe; Readiness owns its descriptor and never gives another number"
)]
fn watch(readiness: Readiness) -> io::Result<AsyncFd<Readiness>> {
    AsyncFd::new(readiness)
}

fn on(kind: SignalKind) -> Result<Signal, RunError> {
    signal(kind).map_err(failed("signal handler"))
}

/// 32 octets of the system's randomness: whoever knows them can forge requests within our dialogs.
fn seed() -> Result<[u8; 32], RunError> {
    use std::io::Read;
    let mut seed = [0; 32];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut seed))
        .map_err(failed("/dev/urandom"))?;
    Ok(seed)
}

fn begin_end(daemon: &mut Daemon) -> tokio::time::Instant {
    daemon.shut_down(Duration::ZERO);
    tokio::time::Instant::now() + DRAIN
}

fn deadline(request: &pbx_api::Request) -> tokio::time::Instant {
    let grace = match request.command {
        pbx_api::Command::Shutdown { grace_s } => Duration::from_secs(u64::from(grace_s)),
        _ => Duration::ZERO,
    };
    tokio::time::Instant::now() + grace + DRAIN
}

fn watch_opened(daemon: &mut Daemon, readiness: &Readiness) {
    for index in std::mem::take(&mut daemon.opened) {
        let Some(trunk) = daemon.trunks.get(index) else {
            continue;
        };
        for fd in trunk.fds().into_iter().flatten() {
            if let Err(error) = readiness.add_trunk(fd) {
                warn!(span = %trunk.name(), %error, "span cannot be waited on");
            }
        }
    }
}

async fn send_all(daemon: &mut Daemon, socket: Option<&UdpSocket>) {
    let Some(socket) = socket else { return };
    while let Some(transmit) = daemon.transmits.pop_front() {
        if let Err(error) = socket.send_to(&transmit.bytes, transmit.destination).await {
            warn!(destination = %transmit.destination, %error, "SIP message not sent");
        }
    }
}

async fn receive(socket: Option<&UdpSocket>, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
    match socket {
        Some(socket) => socket.recv_from(buffer).await,
        None => pending().await,
    }
}

fn receive_more(daemon: &mut Daemon, socket: Option<&UdpSocket>, buffer: &mut [u8]) {
    let Some(socket) = socket else { return };
    for _ in 0..BURST {
        match socket.try_recv_from(buffer) {
            Ok((count, source)) => daemon.datagram(source, buffer.get(..count).unwrap_or_default()),
            Err(_) => return,
        }
    }
}

async fn sleep(wait: Option<Duration>) {
    match wait {
        Some(wait) => tokio::time::sleep(wait).await,
        None => pending().await,
    }
}

async fn until(end: Option<tokio::time::Instant>) {
    match end {
        Some(end) => tokio::time::sleep_until(end).await,
        None => pending().await,
    }
}
