//! Tests of the web as clients see it, over real sockets on loopback.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::server::{Limits, MOST_CONNECTIONS, run_within};
use super::{Pages, Readiness, WebState, answers, serve};
use crate::board::{Board, BoardFile, builtin_text};
use crate::coding::{Coder, VocabularyFiles};
use crate::digest::Site;
use crate::model::{BoardHealth, BoardId, BoardState, FixedClock, HostState};
use crate::store::Store;
use crate::telemetry::{Beat, Counters, FetchCounts, PollCounts};

fn now() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

static CODER: LazyLock<Arc<Coder>> =
    LazyLock::new(|| Arc::new(Coder::new(&VocabularyFiles::with_overrides(&[]).unwrap()).unwrap()));

/// The compiled vocabulary, made ready once for all tests.
pub(super) fn coder() -> &'static Arc<Coder> {
    &CODER
}

/// A built-in board.
fn board(id: &str, enabled: bool) -> Board {
    let mut file: BoardFile = toml::from_str(builtin_text(id).unwrap()).unwrap();
    file.enabled = Some(enabled);
    Board::settle(BoardId::new(id).unwrap(), file, None).unwrap()
}

struct Daemon {
    folder: tempfile::TempDir,
    state: Arc<WebState>,
    beat: Arc<Beat>,
    counters: Arc<Counters>,
}

impl Daemon {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("jobs.db")).unwrap();
        let (beat, counters) = (Arc::new(Beat::default()), Arc::new(Counters::default()));
        let site = Site { name: "HIM jobs".into(), ..Site::default() };
        let pages = Pages::new(coder().clone(), site);
        let state = WebState::new(store, Arc::new(FixedClock(now())), beat.clone(), counters.clone(), pages);
        Self { folder, state: Arc::new(state), beat, counters }
    }

    /// Serves and gives the address and what stops it.
    async fn serve(&self) -> (String, oneshot::Sender<()>, tokio::task::JoinHandle<std::io::Result<()>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (stop, stopped) = oneshot::channel();
        let stopped = async { drop(stopped.await) };
        let running = tokio::spawn(serve(listener, self.state.clone(), stopped));
        (address, stop, running)
    }
}

/// Sends one request and reads the answer to its end: status, head, body.
async fn ask(address: &str, method: &str, path: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_lowercase(), body.to_owned())
}

#[tokio::test]
async fn ready_names_each_check_and_the_one_that_fails() {
    let daemon = Daemon::new();
    let (address, _stop, _running) = daemon.serve().await;
    let (status, _, body) = ask(&address, "GET", "/readyz").await;
    let answer: Readiness = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (status, answer.ready, answer.checks["database"].ok, answer.checks["schema"].ok),
        (503, false, true, true)
    );
    assert_eq!(answer.checks["scheduler"].why.as_deref(), Some("has not begun yet"));
    daemon.beat.tick(now(), Duration::ZERO);
    let (status, head, body) = ask(&address, "GET", "/readyz").await;
    assert_eq!(status, 200, "{body}");
    assert!(head.contains("content-type: application/json") && head.contains("cache-control: no-store"), "{head}");
}

#[tokio::test]
async fn a_schema_that_another_program_has_upgraded_is_not_ready() {
    let daemon = Daemon::new();
    daemon.beat.tick(now(), Duration::ZERO);
    let other = rusqlite::Connection::open(daemon.folder.path().join("jobs.db")).unwrap();
    other.pragma_update(None, "user_version", 9_999).unwrap();
    let (address, _stop, _running) = daemon.serve().await;
    let (status, _, body) = ask(&address, "GET", "/readyz").await;
    assert_eq!(status, 503);
    assert!(body.contains("newer than this program") && !body.contains("jobs.db"), "no path: {body}");
}

#[tokio::test]
async fn a_database_that_somebody_holds_is_not_ready_and_asked_once_at_a_time() {
    let daemon = Daemon::new();
    daemon.beat.tick(now(), Duration::ZERO);
    let other = rusqlite::Connection::open(daemon.folder.path().join("jobs.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (address, _stop, _running) = daemon.serve().await;
    let began = Instant::now();
    let answers = futures_of(8, || {
        let address = address.clone();
        async move { ask(&address, "GET", "/readyz").await }
    })
    .await;
    assert!(answers.iter().all(|(status, ..)| *status == 503), "{answers:?}");
    assert!(began.elapsed() < Duration::from_secs(9), "eight waited for one answer");
    let (status, ..) = ask(&address, "GET", "/livez").await;
    assert_eq!(status, 200, "a held database is no reason to kill the daemon");
    other.execute_batch("ROLLBACK").unwrap();
}

/// Runs so many of the same at once.
async fn futures_of<F>(count: usize, make: impl Fn() -> F) -> Vec<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let mut running = tokio::task::JoinSet::new();
    let mut done = Vec::new();
    for _ in 0..count {
        running.spawn(make());
    }
    while let Some(one) = running.join_next().await {
        done.push(one.unwrap());
    }
    done
}

#[tokio::test]
async fn head_is_answered_and_other_methods_and_paths_are_refused() {
    let daemon = Daemon::new();
    let (address, _stop, _running) = daemon.serve().await;
    let (status, head, body) = ask(&address, "HEAD", "/livez").await;
    assert_eq!((status, body.as_str()), (200, ""));
    for (name, value) in [("x-content-type-options", "nosniff"), ("content-security-policy", "default-src 'none'")] {
        assert!(head.contains(&format!("{name}: {value}")), "{head}");
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let (status, head, _) = ask(&address, method, "/metrics").await;
        assert_eq!(status, 405, "{method}");
        assert!(head.contains("allow: get,head"), "{head}");
    }
    for path in ["/livez/", "/admin", "/%2e%2e/etc/passwd", "//livez"] {
        assert_eq!(ask(&address, "GET", path).await.0, 404, "{path}");
    }
    assert_eq!(ask(&address, "GET", "/").await.0, 200);
}

/// A daemon whose boards are in different states.
fn busy() -> Daemon {
    let daemon = Daemon::new();
    let id = |name: &str| BoardId::new(name).unwrap();
    let walled = BoardHealth { state: BoardState::Walled, last_success: Some(now()), ..BoardHealth::default() };
    daemon.state.store.save_board_health(&id("elite"), &walled).unwrap();
    daemon.state.store.save_board_health(&id("gone"), &BoardHealth::default()).unwrap();
    let waits = HostState {
        next_allowed: Some(now() + chrono::Duration::hours(1)),
        reason: Some("Retry-After".into()),
        robots: None,
    };
    daemon.state.store.save_host_state("jobs.example", &waits).unwrap();
    daemon.state.set_boards(&[board("ahima", true), board("elite", true), board("usajobs", false)]);
    let fetches = FetchCounts { ok: 3, robots: 1, ..FetchCounts::default() };
    daemon.counters.record(&id("ahima"), &PollCounts { fetches, new: 7, updated: 2, closed: 1 });
    daemon.counters.set_next_due(&id("ahima"), Some(now() + chrono::Duration::hours(6)));
    daemon.beat.tick(now(), Duration::from_millis(2_500));
    daemon
}

#[tokio::test]
async fn the_metrics_tell_every_board_host_and_count() {
    let daemon = busy();
    let (address, _stop, _running) = daemon.serve().await;
    let (status, head, body) = ask(&address, "GET", "/metrics").await;
    assert_eq!(status, 200);
    assert!(head.contains("text/plain; version=0.0.4"), "{head}");
    let value = |start: &str| {
        let line = body.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("no {start}: {body}"));
        line.rsplit_once(' ').unwrap().1
    };
    assert_eq!(value("jobrounds_source_state{source=\"elite\",state=\"walled\"}"), "1");
    assert_eq!(value("jobrounds_source_state{source=\"elite\",state=\"ok\"}"), "0");
    assert_eq!(value("jobrounds_source_state{source=\"usajobs\",state=\"disabled\"}"), "1");
    assert_eq!(value("jobrounds_source_state{source=\"ahima\",state=\"unknown\"}"), "1");
    assert_eq!(body.matches("jobrounds_source_state{").count(), 3 * BoardState::ALL.len());
    assert_eq!(value("jobrounds_source_last_success_timestamp_seconds{source=\"elite\"}"), "1795348800.0");
    assert_eq!(value("jobrounds_source_next_due_timestamp_seconds{source=\"ahima\"}"), "1795370400.0");
    assert_eq!(value("jobrounds_retry_after_until_timestamp_seconds{host=\"jobs.example\"}"), "1795352400.0");
    assert_eq!(value("jobrounds_fetch_total{source=\"ahima\",outcome=\"ok\"}"), "3");
    assert_eq!(value("jobrounds_fetch_total{source=\"elite\",outcome=\"failed\"}"), "0");
    assert_eq!(value("jobrounds_jobs_new_total{source=\"ahima\"}"), "7");
    assert_eq!(value("jobrounds_scheduler_lag_seconds"), "2.5");
    assert_eq!(value("jobrounds_open_postings{source=\"elite\"}"), "0");
    for positive in ["jobrounds_database_bytes", "process_start_time_seconds", "process_resident_memory_bytes"] {
        assert!(value(&format!("{positive} ")).parse::<f64>().unwrap() > 0.0);
    }
    assert!(!body.contains("source=\"gone\""), "a board that is not configured any more tells nothing: {body}");
    assert!(body.contains(&format!("jobrounds_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION"))));
}

#[tokio::test]
async fn prometheus_itself_finds_nothing_to_say_about_the_metrics() {
    let daemon = busy();
    let (address, _stop, _running) = daemon.serve().await;
    let (_, _, body) = ask(&address, "GET", "/metrics").await;
    let started = std::process::Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn();
    let Ok(mut promtool) = started else {
        eprintln!(
            "SKIPPED: promtool (Debian package `prometheus`) is not installed; the metrics' form was not checked"
        );
        return;
    };
    std::io::Write::write_all(&mut promtool.stdin.take().unwrap(), body.as_bytes()).unwrap();
    let said = promtool.wait_with_output().unwrap();
    let words = String::from_utf8_lossy(&said.stderr).into_owned() + &String::from_utf8_lossy(&said.stdout);
    assert!(said.status.success() && words.trim().is_empty(), "{words}\n{body}");
}

/// Serves with short limits.
async fn serve_shortly(daemon: &Daemon, head: u64, lifetime: u64) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let limits = Limits { head: Duration::from_millis(head), lifetime: Duration::from_millis(lifetime) };
    tokio::spawn(run_within(limits, listener, answers::router(daemon.state.clone()), std::future::pending()));
    address
}

#[tokio::test]
async fn clients_that_dawdle_are_cut_and_others_get_their_turn() {
    let daemon = Daemon::new();
    let address = serve_shortly(&daemon, 200, 5_000).await;
    let mut dawdling = Vec::new();
    for _ in 0..=MOST_CONNECTIONS {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        stream.write_all(b"GET /livez HTTP/1.1\r\nX-Slow: ").await.unwrap();
        dawdling.push(stream);
    }
    let began = Instant::now();
    assert_eq!(ask(&address, "GET", "/livez").await.0, 200);
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(3), dawdling[0].read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "a head that never ends is cut");
}

#[tokio::test]
async fn a_connection_does_not_stand_for_ever() {
    let daemon = Daemon::new();
    let address = serve_shortly(&daemon, 5_000, 300).await;
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let began = Instant::now();
    let mut rest = Vec::new();
    tokio::time::timeout(Duration::from_secs(3), stream.read_to_end(&mut rest)).await.unwrap().unwrap();
    assert!(began.elapsed() >= Duration::from_millis(250) && rest.is_empty());
}

#[tokio::test]
async fn heads_that_are_too_large_are_refused() {
    let daemon = Daemon::new();
    let (address, _stop, _running) = daemon.serve().await;
    let (status, ..) = ask(&address, "GET", &format!("/{}", "a".repeat(40_000))).await;
    assert!((400..500).contains(&status), "{status}");
    assert_eq!(ask(&address, "GET", "/livez").await.0, 200);
}

#[tokio::test]
async fn it_stops_when_told_although_clients_linger() {
    let daemon = Daemon::new();
    let (address, stop, running) = daemon.serve().await;
    let mut idle = TcpStream::connect(&address).await.unwrap();
    idle.write_all(format!("GET /livez HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes()).await.unwrap();
    let mut first = [0; 12];
    idle.read_exact(&mut first).await.unwrap();
    let mut slow = TcpStream::connect(&address).await.unwrap();
    slow.write_all(b"GET /li").await.unwrap();
    stop.send(()).unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(8), running).await;
    ended.expect("the web ends within seconds").unwrap().unwrap();
    assert!(TcpStream::connect(&address).await.is_err(), "nobody listens any more");
}
