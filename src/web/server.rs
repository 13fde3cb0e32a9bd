//! Connections: how many, how long, how large. axum's own server has no such limits.

use std::net::{IpAddr, Ipv4Addr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use super::client::Peer;

/// How many connections may stand at once; further ones wait until one ends.
pub(super) const MOST_CONNECTIONS: usize = 64;
/// How long a client may take for the head of a request, the pause before it included.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection may stand in all; one that still takes its time is cut.
const LIFETIME: Duration = Duration::from_mins(2);
/// How long answers that are under way may take once the daemon stops.
const LAST_ANSWERS: Duration = Duration::from_secs(3);
/// The largest head, and what is buffered of a connection.
const MOST_BUFFERED: usize = 16 * 1024;
/// How long to wait after the system refused a connection (too many open files).
const AFTER_REFUSAL: Duration = Duration::from_millis(500);

/// How long a connection may take over things.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// For the head of a request.
    pub(super) head: Duration,
    /// In all.
    pub(super) lifetime: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { head: HEAD_TIMEOUT, lifetime: LIFETIME }
    }
}

/// Serves until `stop` resolves.
pub(super) async fn run(listener: TcpListener, router: Router, stop: impl Future<Output = ()> + Send) {
    run_within(Limits::default(), listener, router, stop).await;
}

/// Serves with limits of one's own.
pub(super) async fn run_within(
    limits: Limits,
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send,
) {
    let turns = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let (ending, ended) = watch::channel(());
    let mut running = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        let next = tokio::select! {
            () = &mut stop => break,
            next = accept(&listener, &turns) => next,
            // Ended connections are forgotten as they end, so that the set does not grow.
            Some(_) = running.join_next() => continue,
        };
        match next {
            Ok((stream, turn)) => {
                running.spawn(connection(limits, stream, router.clone(), (turn, ended.clone())));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(AFTER_REFUSAL).await;
            }
        }
    }
    drop((listener, ended));
    let _nobody_listens = ending.send(());
    let all = async { while running.join_next().await.is_some() {} };
    if tokio::time::timeout(LAST_ANSWERS, all).await.is_err() {
        tracing::debug!("connections that did not end were cut");
    }
}

async fn accept(
    listener: &TcpListener,
    turns: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, Option<OwnedSemaphorePermit>)> {
    // The semaphore is never closed.
    let turn = Arc::clone(turns).acquire_owned().await.ok();
    let (stream, _) = listener.accept().await?;
    Ok((stream, turn))
}

/// Serves one connection until it ends, is cut, or the daemon stops.
async fn connection(
    limits: Limits,
    stream: TcpStream,
    router: Router,
    (_turn, mut ended): (Option<OwnedSemaphorePermit>, watch::Receiver<()>),
) {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(limits.head).max_buf_size(MOST_BUFFERED).max_headers(64);
    let peer = Peer(stream.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip()));
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        router.call(request)
    });
    let serving = builder.serve_connection(TokioIo::new(stream), service);
    let mut serving = pin!(serving);
    let lifetime = tokio::time::sleep(limits.lifetime);
    let finished = tokio::select! {
        finished = serving.as_mut() => Some(finished),
        () = lifetime => None,
        _ = ended.changed() => {
            serving.as_mut().graceful_shutdown();
            Some(serving.await)
        }
    };
    if let Some(Err(error)) = finished {
        tracing::debug!(%error, "a connection broke off");
    }
}
