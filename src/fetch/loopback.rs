//! A web server on loopback that answers as a test tells it, a memory that forgets nothing and a
//! clock that a test sets. For tests only.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::model::{Clock, HostMemory, HostState};

/// A request as it came in.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) path: String,
    /// The whole head, octets as characters.
    pub(super) head: String,
}

impl Seen {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// What a server does with a request: pieces written one after another with a pause after each.
pub(super) struct Script {
    pub(super) pieces: Vec<Vec<u8>>,
    pub(super) pause: Duration,
}

/// Answers at once.
pub(super) fn at_once(bytes: impl Into<Vec<u8>>) -> Script {
    Script { pieces: vec![bytes.into()], pause: Duration::ZERO }
}

/// Writes an answer with its length.
pub(super) fn answer(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Script {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n", body.len());
    at_once([head.as_bytes(), body].concat())
}

/// A server that is running.
pub(super) struct Loopback {
    pub(super) base: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
    peak: Arc<AtomicUsize>,
}

impl Loopback {
    pub(super) async fn serve(script: impl Fn(&Seen) -> Script + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let server = Self { base, seen: Arc::default(), peak: Arc::default() };
        let (seen, peak) = (Arc::clone(&server.seen), Arc::clone(&server.peak));
        let (script, flying) = (Arc::new(script), Arc::new(AtomicUsize::new(0)));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, peak) = (Arc::clone(&seen), Arc::clone(&peak));
                let (script, flying) = (Arc::clone(&script), Arc::clone(&flying));
                tokio::spawn(async move {
                    peak.fetch_max(flying.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    handle(stream, &seen, script.as_ref()).await;
                    flying.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        server
    }

    /// Gives an address on the server.
    pub(super) fn url(&self, path: &str) -> Url {
        self.base.join(path).unwrap()
    }

    /// Gives the paths asked for, in order.
    pub(super) fn paths(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.path).collect()
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Gives the most requests that were in flight at once.
    pub(super) fn peak(&self) -> usize {
        self.peak.load(Ordering::SeqCst)
    }
}

async fn handle(mut stream: TcpStream, seen: &Mutex<Vec<Seen>>, script: &(dyn Fn(&Seen) -> Script + Send + Sync)) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head: String = head.into_iter().map(char::from).collect();
    let request = Seen { path: head.split(' ').nth(1).unwrap().to_owned(), head };
    seen.lock().unwrap().push(request.clone());
    let script = script(&request);
    for piece in script.pieces {
        if stream.write_all(&piece).await.is_err() {
            return;
        }
        tokio::time::sleep(script.pause).await;
    }
    let _ = stream.shutdown().await;
}

/// A clock that a test sets.
pub(super) struct TestClock(Mutex<DateTime<Utc>>);

impl TestClock {
    pub(super) fn at(moment: &str) -> Arc<Self> {
        Arc::new(Self(Mutex::new(moment.parse().unwrap())))
    }

    pub(super) fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// A memory that outlives fetchers, as a database outlives processes.
#[derive(Default)]
pub(super) struct TestMemory(pub(super) Mutex<HashMap<String, HostState>>);

impl HostMemory for TestMemory {
    fn recall(&self, host: &str) -> HostState {
        self.0.lock().unwrap().get(host).cloned().unwrap_or_default()
    }

    fn remember(&self, host: &str, state: &HostState) {
        self.0.lock().unwrap().insert(host.to_owned(), state.clone());
    }
}
