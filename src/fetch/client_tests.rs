//! The fetcher against a misbehaving server on loopback.

use std::io::Write;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;
use flate2::Compression;
use flate2::write::GzEncoder;
use secrecy::SecretString;

use super::super::error::{SizeCap, Stage};
use super::super::guard::{AddressGuard, Internet, LookUp};
use super::super::loopback::{Loopback, Script, Seen, TestClock, TestMemory, answer, at_once};
use super::*;

/// A fetcher with all that outlives it.
struct Bench {
    clock: Arc<TestClock>,
    memory: Arc<TestMemory>,
    settings: Settings,
}

impl Bench {
    fn new() -> Self {
        let settings = Settings {
            allow_private_addresses: true,
            min_interval: Duration::ZERO,
            retry_pause: Duration::from_millis(1),
            ..Settings::default()
        };
        Self { clock: TestClock::at("2026-11-22T12:00:00Z"), memory: Arc::default(), settings }
    }

    /// Starts as a new process would: nothing is kept but the memory.
    fn start(&self) -> Fetcher {
        Fetcher::new(self.settings.clone(), self.clock.clone(), self.memory.clone()).unwrap()
    }

    async fn get(&self, url: &Url) -> Exchange {
        self.start().get(&Wanted::list(url.clone()), &patient(), &Validators::default()).await
    }
}

fn patient() -> Policy {
    Policy { max_wait: Duration::from_secs(2), ..Policy::default() }
}

fn carefree() -> Policy {
    Policy { obey_robots: false, ..patient() }
}

fn page(exchange: Exchange) -> Page {
    match exchange.outcome.unwrap() {
        Fetched::Page(page) => *page,
        Fetched::NotModified { .. } => panic!("not modified"),
    }
}

fn error(exchange: Exchange) -> FetchError {
    exchange.outcome.unwrap_err()
}

/// Answers robots.txt with a file and all else with a script.
fn with_robots(file: &'static str, else_: impl Fn(&Seen) -> Script) -> impl Fn(&Seen) -> Script {
    move |seen| if seen.path == "/robots.txt" { answer(200, "", file) } else { else_(seen) }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_page_comes_whole_and_the_request_says_who_asks() {
    let headers = "Content-Type: Text/HTML; charset=UTF-8\r\nContent-Encoding: gzip\r\nX-Nas-Sid: AB\r\n\
                   Set-Cookie: s=1\r\nCache-Control: max-age=60\r\n";
    let server = Loopback::serve(with_robots("", move |_| answer(200, headers, gzip(b"<p>hello")))).await;
    let bench = Bench::new();
    let fetcher = bench.start();
    let wanted = Wanted::list(server.url("/jobs?page=1#top"));
    let exchange = fetcher.get(&wanted, &patient(), &Validators::default()).await;
    assert_eq!((exchange.requests, exchange.robots_requests), (1, 1));
    assert_eq!(exchange.fresh_until, Some("2026-11-22T12:01:00Z".parse().unwrap()));
    let page = page(exchange);
    assert_eq!((page.status, page.body.as_slice()), (200, b"<p>hello".as_slice()));
    assert_eq!((page.media_type.as_str(), page.charset.as_deref()), ("text/html", Some("utf-8")));
    assert_eq!(page.signs, [("x-nas-sid".to_owned(), "ab".to_owned())]);
    assert_eq!(page.fetched_at, bench.clock.now());
    let again = fetcher.get(&wanted, &patient(), &Validators::default()).await;
    assert_eq!((again.requests, again.robots_requests), (1, 0));
    assert_eq!(server.paths(), ["/robots.txt", "/jobs?page=1", "/jobs?page=1"]);
    for seen in server.seen() {
        assert!(seen.header("user-agent").unwrap().contains("(+https://"), "{seen:?}");
        assert_eq!(seen.header("accept-encoding"), Some("gzip"));
        assert!(seen.header("accept").is_some());
        assert!(seen.header("cookie").is_none() && seen.header("referer").is_none());
        assert!(seen.header("if-none-match").is_none() && seen.header("if-modified-since").is_none());
    }
}

#[tokio::test]
async fn validators_are_echoed_byte_for_byte_and_304_is_not_modified() {
    let server = Loopback::serve(|seen| {
        let head = "ETag: W/\"a\u{e9}-1\"\r\nLast-Modified: Sun, 1 Nov 2026 00:00:00 GMT (odd)\r\n";
        let latin: Vec<u8> = head.chars().map(|c| u8::try_from(c).unwrap()).collect();
        match seen.header("if-none-match") {
            Some("W/\"a\u{e9}-1\"") => answer(304, "", ""),
            _ => at_once(
                [b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n", latin.as_slice(), b"\r\nx"].concat(),
            ),
        }
    })
    .await;
    let bench = Bench::new();
    let wanted = Wanted::list(server.url("/"));
    let first = page(bench.start().get(&wanted, &carefree(), &Validators::default()).await);
    let second = bench.start().get(&wanted, &carefree(), &first.validators).await;
    assert!(matches!(second.outcome, Ok(Fetched::NotModified { .. })));
    let seen = server.seen();
    assert_eq!(seen[1].header("if-none-match"), Some("W/\"a\u{e9}-1\""));
    assert_eq!(seen[1].header("if-modified-since"), Some("Sun, 1 Nov 2026 00:00:00 GMT (odd)"));
}

#[tokio::test]
async fn a_304_that_was_not_asked_for_is_an_error() {
    let server = Loopback::serve(|_| answer(304, "", "")).await;
    let exchange = Bench::new().start().get(&Wanted::list(server.url("/")), &carefree(), &Validators::default()).await;
    assert_eq!(error(exchange).status(), Some(304));
}

#[tokio::test]
async fn bombs_and_endless_bodies_are_stopped() {
    let bomb = gzip(&vec![0; 1_200_000]);
    let server = Loopback::serve(move |seen| match seen.path.as_str() {
        "/bomb" => answer(200, "Content-Encoding: gzip\r\n", &bomb),
        "/promise" => at_once("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx"),
        "/brotli" => answer(200, "Content-Encoding: br\r\n", "x"),
        "/head" => answer(200, &format!("X-Pad: {}\r\n", "a".repeat(70 << 10)), "x"),
        _ => at_once([b"HTTP/1.0 200 OK\r\n\r\n".as_slice(), &vec![b'a'; 200_000]].concat()),
    })
    .await;
    let mut bench = Bench::new();
    bench.settings.max_compressed = 100_000;
    let fetcher = bench.start();
    let get = async |path: &str| {
        error(fetcher.get(&Wanted::list(server.url(path)), &carefree(), &Validators::default()).await)
    };
    assert!(matches!(get("/bomb").await, FetchError::Bomb { limit: 100, .. }));
    for path in ["/promise", "/endless"] {
        assert!(
            matches!(get(path).await, FetchError::TooLarge { cap: SizeCap::Compressed, limit: 100_000, .. }),
            "{path}"
        );
    }
    assert!(matches!(get("/brotli").await, FetchError::Coding { coding, .. } if coding == "br"));
    assert!(matches!(get("/head").await, FetchError::TooLarge { cap: SizeCap::Headers, .. }));
    let roomy = Policy { max_compressed: Some(1 << 20), max_body: Some(1000), ..carefree() };
    let exchange = fetcher.get(&Wanted::list(server.url("/endless")), &roomy, &Validators::default()).await;
    assert!(matches!(error(exchange), FetchError::TooLarge { cap: SizeCap::Decompressed, limit: 1000, .. }));
}

#[tokio::test]
async fn a_body_that_is_not_whole_is_an_error() {
    let whole = gzip(b"a list of jobs, cut before its end");
    let server = Loopback::serve(move |seen| match seen.path.as_str() {
        "/short" => at_once("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"),
        "/chunked" => at_once("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"),
        "/gzip" => answer(200, "Content-Encoding: gzip\r\n", &whole[..whole.len() - 9]),
        _ => answer(200, "Content-Encoding: gzip\r\n", [whole.as_slice(), b"garbage"].concat()),
    })
    .await;
    let fetcher = Bench::new().start();
    for path in ["/short", "/chunked", "/gzip", "/trailing"] {
        let exchange = fetcher.get(&Wanted::list(server.url(path)), &carefree(), &Validators::default()).await;
        assert!(matches!(error(exchange), FetchError::Truncated { .. }), "{path}");
    }
}

#[tokio::test]
async fn retry_after_is_remembered_and_kept_to_the_end() {
    let server = Loopback::serve(with_robots("", |_| answer(429, "Retry-After: 3600\r\n", "slow down"))).await;
    let bench = Bench::new();
    let first = bench.get(&server.url("/jobs")).await;
    assert_eq!((first.requests, first.robots_requests), (1, 1), "a 429 is not tried again");
    let refusal = error(first);
    assert_eq!(refusal.not_before(), Some("2026-11-22T13:00:00Z".parse().unwrap()));
    assert!(refusal.to_string().ends_with("answered 429: slow down"), "{refusal}");
    assert_eq!(refusal.page().unwrap().body, b"slow down");
    bench.clock.advance(TimeDelta::minutes(59));
    let second = bench.get(&server.url("/other")).await;
    assert_eq!((second.requests, second.robots_requests), (0, 0));
    assert!(matches!(error(second), FetchError::NotYet { why, .. } if why.contains("429")));
    bench.clock.advance(TimeDelta::minutes(1));
    assert_eq!(bench.get(&server.url("/jobs")).await.requests, 1);
    assert_eq!(server.paths().len(), 3);
}

#[tokio::test]
async fn fleeting_failures_are_tried_twice_more_and_then_left_alone() {
    let server =
        Loopback::serve(with_robots("", |seen| answer(if seen.path == "/503" { 503 } else { 403 }, "", ""))).await;
    let bench = Bench::new();
    let exchange = bench.get(&server.url("/503")).await;
    assert_eq!(exchange.requests, 3);
    assert_eq!(error(exchange).status(), Some(503));
    assert!(matches!(error(bench.get(&server.url("/503")).await), FetchError::NotYet { .. }));
    bench.clock.advance(TimeDelta::minutes(11));
    assert_eq!(bench.get(&server.url("/403")).await.requests, 1, "a refusal is not tried again");
    assert!(matches!(error(bench.get(&server.url("/403")).await), FetchError::NotYet { .. }));
}

#[tokio::test]
async fn a_failure_that_passes_is_forgotten() {
    let count = AtomicUsize::new(0);
    let server = Loopback::serve(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 => answer(502, "", ""),
        1 => at_once("HTT"),
        _ => answer(200, "", "well"),
    })
    .await;
    let bench = Bench::new();
    let exchange = bench.start().get(&Wanted::list(server.url("/")), &carefree(), &Validators::default()).await;
    assert_eq!(exchange.requests, 3);
    assert_eq!(page(exchange).body, b"well");
}

#[tokio::test]
async fn refusals_bring_their_status_and_the_beginning_of_their_body() {
    let server = Loopback::serve(|seen| {
        let status = seen.path.trim_start_matches('/').parse().unwrap();
        answer(status, "CF-Mitigated: challenge\r\n", "<title>Just a moment...</title>".repeat(4000))
    })
    .await;
    for status in [401, 404, 410, 500, 202] {
        let url = server.url(&format!("/{status}"));
        let exchange = Bench::new().start().get(&Wanted::list(url), &carefree(), &Validators::default()).await;
        assert_eq!(exchange.requests, 1);
        let error = error(exchange);
        assert_eq!(error.status(), Some(status));
        assert_eq!(error.page().unwrap().body.len(), 64 << 10);
        assert_eq!(error.page().unwrap().signs, [("cf-mitigated".to_owned(), "challenge".to_owned())]);
        assert!(error.to_string().len() < 400);
        assert!(!error.is_outage_like());
    }
}

#[tokio::test]
async fn one_request_is_in_flight_per_host() {
    let server = Loopback::serve(|_| Script {
        pieces: vec![b"HTTP/1.0 200 OK\r\n\r\nx".to_vec()],
        pause: Duration::from_millis(20),
    })
    .await;
    let fetcher = Bench::new().start();
    let gets: Vec<_> = (0..5)
        .map(|n| {
            let (fetcher, wanted) = (fetcher.clone(), Wanted::list(server.url(&format!("/{n}"))));
            tokio::spawn(async move { fetcher.get(&wanted, &carefree(), &Validators::default()).await })
        })
        .collect();
    for get in gets {
        page(get.await.unwrap());
    }
    assert_eq!((server.paths().len(), server.peak()), (5, 1));
}

#[tokio::test]
async fn a_crawl_delay_allows_one_request_and_then_none_even_after_a_restart() {
    let server =
        Loopback::serve(with_robots("User-agent: *\nCrawl-delay: 3600\nDisallow: /r/\n", |_| answer(200, "", "x")))
            .await;
    let bench = Bench::new();
    page(bench.get(&server.url("/jobs")).await);
    for _ in 0..3 {
        let exchange = bench.get(&server.url("/job/1")).await;
        assert_eq!((exchange.requests, exchange.robots_requests), (0, 0));
        let error = error(exchange);
        assert_eq!(error.not_before(), Some("2026-11-22T13:00:00Z".parse().unwrap()), "{error}");
        assert!(error.to_string().contains("robots.txt asks for 3600 s"), "{error}");
    }
    assert_eq!(server.paths(), ["/robots.txt", "/jobs"]);
    bench.clock.advance(TimeDelta::hours(1));
    page(bench.get(&server.url("/job/1")).await);
    let fetcher = bench.start();
    bench.clock.advance(TimeDelta::hours(24));
    page(fetcher.get(&Wanted::list(server.url("/jobs")), &patient(), &Validators::default()).await);
    assert_eq!(server.paths(), ["/robots.txt", "/jobs", "/job/1", "/robots.txt", "/jobs"], "a file is used for a day");
}

#[tokio::test]
async fn spacing_is_slept_also_while_the_clock_stands() {
    let server = Loopback::serve(|_| answer(200, "", "x")).await;
    let mut bench = Bench::new();
    bench.settings.min_interval = Duration::from_millis(120);
    let fetcher = bench.start();
    let started = Instant::now();
    for path in ["/1", "/2", "/3"] {
        page(fetcher.get(&Wanted::list(server.url(path)), &carefree(), &Validators::default()).await);
    }
    assert!(started.elapsed() >= Duration::from_millis(230), "{:?}", started.elapsed());
    let hasty = Policy { max_wait: Duration::from_millis(10), ..carefree() };
    let exchange = fetcher.get(&Wanted::list(server.url("/4")), &hasty, &Validators::default()).await;
    assert!(matches!(error(exchange), FetchError::NotYet { .. }));
}

#[tokio::test]
async fn the_next_moment_is_remembered_before_the_request_starts() {
    let bench = Arc::new(Bench {
        settings: Settings { min_interval: Duration::from_secs(1), ..Bench::new().settings },
        ..Bench::new()
    });
    let watched = Arc::clone(&bench);
    let server = Loopback::serve(move |_| {
        let states = watched.memory.0.lock().unwrap();
        let known = states.values().any(|state| state.next_allowed == Some("2026-11-22T12:00:01Z".parse().unwrap()));
        answer(if known { 200 } else { 404 }, "", "x")
    })
    .await;
    page(bench.start().get(&Wanted::list(server.url("/")), &carefree(), &Validators::default()).await);
}

#[tokio::test]
async fn what_robots_forbid_is_not_asked() {
    let server =
        Loopback::serve(with_robots("User-agent: jobrounds/1.0\nDisallow: /private\n", |_| answer(200, "", "x"))).await;
    let bench = Bench::new();
    let exchange = bench.get(&server.url("/private/1")).await;
    assert_eq!((exchange.requests, exchange.robots_requests), (0, 1));
    assert!(error(exchange).to_string().contains("Disallow: /private (line 2)"));
    page(bench.get(&server.url("/public")).await);
    assert_eq!(server.paths(), ["/robots.txt", "/public"]);
}

#[tokio::test]
async fn no_robots_file_allows_all_and_an_unreadable_one_forbids_all() {
    let allowing = [400, 401, 403, 404, 410, 418, 451].map(|status| (status, true));
    let forbidding = [429, 500, 502, 503, 504, 599].map(|status| (status, false));
    for (status, allowed) in allowing.into_iter().chain(forbidding) {
        let server =
            Loopback::serve(move |seen| answer(if seen.path == "/robots.txt" { status } else { 200 }, "", "x")).await;
        let bench = Bench::new();
        let exchange = bench.get(&server.url("/jobs")).await;
        assert_eq!(exchange.outcome.is_ok(), allowed, "{status}");
        if allowed {
            continue;
        }
        assert!(matches!(error(exchange), FetchError::RobotsUnavailable { .. }));
        let again = bench.get(&server.url("/jobs")).await;
        assert_eq!((again.requests, again.robots_requests), (0, 0), "restarts do not ask again");
        bench.clock.advance(TimeDelta::minutes(61));
        assert_eq!(bench.get(&server.url("/jobs")).await.robots_requests, 1);
    }
}

#[tokio::test]
async fn a_robots_file_is_followed_over_five_redirects_and_no_further() {
    // RFC 9309 section 2.3.1.2; beyond, the file counts as one that is not there.
    for (hops, allowed) in [(1, false), (5, false), (6, true), (20, true)] {
        let server = Loopback::serve(move |seen| {
            let hop: u32 = seen.path.strip_prefix("/hop").and_then(|hop| hop.parse().ok()).unwrap_or_default();
            match seen.path.as_str() {
                "/jobs" => answer(200, "", "x"),
                _ if hop == hops => answer(200, "", "User-agent: *\nDisallow: /\n"),
                _ => answer(302, &format!("Location: /hop{}\r\n", hop + 1), ""),
            }
        })
        .await;
        let exchange = Bench::new().get(&server.url("/jobs")).await;
        assert_eq!(exchange.outcome.is_ok(), allowed, "{hops} redirects");
        assert!(exchange.robots_requests <= 6, "{}", exchange.robots_requests);
    }
}

#[tokio::test]
async fn a_robots_file_is_asked_for_again_after_a_day_and_not_before() {
    let server = Loopback::serve(with_robots("User-agent: *\nDisallow: /x\n", |_| answer(200, "", "x"))).await;
    let bench = Bench::new();
    for (hours, asked) in [(0, 1), (23, 0), (2, 1)] {
        bench.clock.advance(TimeDelta::hours(hours));
        assert_eq!(bench.get(&server.url("/jobs")).await.robots_requests, asked, "after {hours} more hours");
    }
}

#[tokio::test]
async fn an_endless_robots_file_is_read_up_to_its_cap() {
    let file = format!("User-agent: *\nDisallow: /x\n{}", "# padding\n".repeat(200_000));
    let server = Loopback::serve(move |seen| {
        let body = if seen.path == "/robots.txt" { file.as_str() } else { "x" };
        at_once(format!("HTTP/1.0 200 OK\r\n\r\n{body}"))
    })
    .await;
    let bench = Bench::new();
    assert!(matches!(error(bench.get(&server.url("/x")).await), FetchError::RobotsDisallowed { .. }));
    assert!(bench.get(&server.url("/jobs")).await.outcome.is_ok());
    let kept =
        bench.memory.0.lock().unwrap().values().filter_map(|state| Some(state.robots.as_ref()?.body.len())).max();
    assert!(kept.is_some_and(|bytes| bytes <= 500 * 1024 + 1), "{kept:?}");
}

#[tokio::test]
async fn an_older_copy_stands_in_for_an_unreadable_file_for_thirty_days() {
    let count = AtomicUsize::new(0);
    let server = Loopback::serve(move |seen| match (seen.path.as_str(), count.fetch_add(1, Ordering::SeqCst)) {
        ("/robots.txt", 0) => answer(200, "", "User-agent: *\nDisallow: /private\n"),
        ("/robots.txt", _) => answer(500, "", ""),
        _ => answer(200, "", "x"),
    })
    .await;
    let bench = Bench::new();
    page(bench.get(&server.url("/jobs")).await);
    bench.clock.advance(TimeDelta::days(29));
    let exchange = bench.get(&server.url("/jobs")).await;
    assert_eq!((exchange.requests, exchange.robots_requests), (1, 1));
    assert!(matches!(error(bench.get(&server.url("/private")).await), FetchError::RobotsDisallowed { .. }));
    assert_eq!(server.paths().len(), 4, "the failure is remembered");
    bench.clock.advance(TimeDelta::days(2));
    assert!(matches!(error(bench.get(&server.url("/jobs")).await), FetchError::RobotsUnavailable { .. }));
}

#[tokio::test]
async fn redirects_within_a_host_are_followed_without_validators() {
    let server = Loopback::serve(with_robots("User-agent: *\nCrawl-delay: 60\nDisallow: /no\n", |seen| {
        match seen.path.as_str() {
            "/a" => answer(301, "Location: /b?x=1#frag\r\n", ""),
            "/to-no" => answer(302, "Location: /no\r\n", ""),
            _ => answer(200, "", "x"),
        }
    }))
    .await;
    let bench = Bench::new();
    let stale = Validators { etag: Some("\"1\"".to_owned()), last_modified: None, given_by: None };
    let exchange = bench.start().get(&Wanted::list(server.url("/a")), &patient(), &stale).await;
    assert_eq!((exchange.requests, exchange.robots_requests), (2, 1));
    let page = page(exchange);
    assert_eq!((page.requested, page.url), (server.url("/a"), server.url("/b?x=1")));
    let seen = server.seen();
    assert_eq!((seen[1].header("if-none-match"), seen[2].header("if-none-match")), (Some("\"1\""), None));
    bench.clock.advance(TimeDelta::minutes(1));
    assert!(matches!(error(bench.get(&server.url("/to-no")).await), FetchError::RobotsDisallowed { .. }));
}

#[tokio::test]
async fn a_permanent_redirect_to_another_site_is_a_move() {
    let other = Loopback::serve(|_| answer(200, "", "x")).await;
    let away = other.url("/new");
    let location = away.clone();
    let server = Loopback::serve(with_robots("", move |_| answer(301, &format!("Location: {location}\r\n"), ""))).await;
    let exchange = Bench::new().get(&server.url("/jobs")).await;
    assert!(matches!(error(exchange), FetchError::Moved { to, .. } if to == away.as_str()));
    assert!(other.paths().is_empty());
}

#[tokio::test]
async fn a_robots_file_that_moved_for_good_means_that_the_board_moved() {
    let server = Loopback::serve(|_| answer(308, "Location: https://new.example/robots.txt\r\n", "")).await;
    let bench = Bench::new();
    for robots_requests in [1, 0] {
        let exchange = bench.get(&server.url("/jobs")).await;
        assert_eq!((exchange.requests, exchange.robots_requests), (0, robots_requests));
        assert!(matches!(error(exchange), FetchError::Moved { to, .. } if to == "https://new.example/robots.txt"));
    }
}

#[tokio::test]
async fn a_temporary_redirect_to_another_site_asks_its_robots_first() {
    let other = Loopback::serve(with_robots("User-agent: *\nDisallow: /secret\n", |_| answer(200, "", "login"))).await;
    let (welcome, secret) = (other.url("/login"), other.url("/secret"));
    let server = Loopback::serve(with_robots("", move |seen| {
        let to = if seen.path == "/in" { &welcome } else { &secret };
        answer(302, &format!("Location: {to}\r\n"), "")
    }))
    .await;
    let bench = Bench::new();
    let exchange = bench.get(&server.url("/in")).await;
    assert_eq!((exchange.requests, exchange.robots_requests), (2, 2));
    assert_eq!(page(exchange).url, other.url("/login"));
    assert!(matches!(error(bench.get(&server.url("/out")).await), FetchError::RobotsDisallowed { .. }));
    assert_eq!(other.paths(), ["/robots.txt", "/login"]);
}

#[tokio::test]
async fn circles_and_long_chains_of_redirects_end() {
    let server = Loopback::serve(|seen| {
        let next = match seen.path.as_str() {
            "/self" => "/self".to_owned(),
            "/x" => "/y".to_owned(),
            "/y" => "/x".to_owned(),
            "/nowhere" => "javascript:alert(1)".to_owned(),
            path => format!("{path}1"),
        };
        answer(302, &format!("Location: {next}\r\n"), "")
    })
    .await;
    for (path, requests, words) in
        [("/self", 1, "circle"), ("/x", 2, "circle"), ("/n", 6, "too many"), ("/nowhere", 1, "no web address")]
    {
        let exchange =
            Bench::new().start().get(&Wanted::list(server.url(path)), &carefree(), &Validators::default()).await;
        assert_eq!(exchange.requests, requests, "{path}");
        let error = error(exchange);
        assert!(matches!(&error, FetchError::Redirect { .. }) && error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn a_downgrade_from_https_is_refused() {
    let [secure, plain] = ["https://a.example/", "http://a.example/"].map(|url| Url::parse(url).unwrap());
    let fetcher = Bench::new().start();
    let (policy, validators) = (patient(), Validators::default());
    let errand =
        Errand { policy: &policy, validators: &validators, seen: vec![secure.clone()], tally: Tally::default() };
    let refused = fetcher.check_redirect(&errand, &secure, &plain, 302);
    assert!(refused.unwrap_err().to_string().contains("from https to http"));
    let errand = Errand { seen: vec![plain.clone()], ..errand };
    assert!(fetcher.check_redirect(&errand, &plain, &secure, 301).is_ok());
}

#[tokio::test]
async fn credentials_go_to_the_board_alone_and_never_into_words() {
    let other = Loopback::serve(|_| answer(200, "", "x")).await;
    let away = other.url("/");
    let server = Loopback::serve(move |seen| match seen.path.as_str() {
        "/redirect" => answer(302, &format!("Location: {away}?api_key=k3y\r\n"), ""),
        "/within" => answer(302, "Location: /elsewhere\r\n", ""),
        _ => answer(403, "", "no"),
    })
    .await;
    let policy = Policy {
        secret_headers: vec![("Authorization-Key", SecretString::from("k3y"))],
        user_agent: Some("me@example.edu".to_owned()),
        ..carefree()
    };
    let bench = Bench::new();
    for path in ["/redirect", "/within", "/api", "/api"] {
        let exchange = bench.start().get(&Wanted::list(server.url(path)), &policy, &Validators::default()).await;
        assert_eq!(exchange.requests, 1, "a 403 with credentials sets no wait");
        let shown = format!("{exchange:?} {}", exchange.outcome.as_ref().unwrap_err());
        assert!(!shown.contains("k3y"), "{shown}");
    }
    assert!(other.paths().is_empty());
    assert_eq!(server.seen()[0].header("authorization-key"), Some("k3y"));
    assert_eq!(server.seen()[0].header("user-agent"), Some("me@example.edu"));
}

#[tokio::test]
async fn private_addresses_are_refused_by_default() {
    let server = Loopback::serve(|_| answer(200, "", "x")).await;
    let mut bench = Bench::new();
    bench.settings.allow_private_addresses = false;
    let mut by_name = server.url("/");
    by_name.set_host(Some("localhost")).unwrap();
    for url in [server.url("/"), by_name] {
        for policy in [patient(), carefree()] {
            let exchange = bench.start().get(&Wanted::list(url.clone()), &policy, &Validators::default()).await;
            let error = error(exchange);
            assert!(matches!(error, FetchError::PrivateAddress { .. }), "{error}");
            assert!(error.to_string().contains("fetch.allow_private_addresses"));
        }
    }
    assert!(server.paths().is_empty());
}

/// An internet on loopback: 127.0.0.1 counts as public, and one name is there at first and private
/// from its second look-up on.
#[derive(Debug, Default)]
struct SmallInternet {
    look_ups: AtomicUsize,
}

impl Internet for SmallInternet {
    fn look_up(&self, name: String) -> LookUp {
        let nth = self.look_ups.fetch_add(1, Ordering::SeqCst);
        let address = match (name.as_str(), nth) {
            ("rebinding.example", 0) => [127, 0, 0, 1],
            _ => [127, 0, 0, 2],
        };
        Box::pin(async move { Ok(vec![(address, 0).into()]) })
    }

    fn is_public(&self, address: IpAddr) -> bool {
        address == IpAddr::from([127, 0, 0, 1])
    }
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_refused_whatever_its_spelling_status_and_family() {
    let port = Arc::new(AtomicUsize::new(0));
    let told = Arc::clone(&port);
    let server = Loopback::serve(with_robots("", move |seen| {
        let port = told.load(Ordering::SeqCst);
        let (status, to) = seen.path.trim_start_matches('/').split_once('/').unwrap();
        let to = to.replace("PORT", &port.to_string());
        answer(status.parse().unwrap(), &format!("Location: http://{to}\r\n"), "")
    }))
    .await;
    port.store(usize::from(server.base.port().unwrap()), Ordering::SeqCst);
    let mut bench = Bench::new();
    bench.settings.allow_private_addresses = false;
    let guard = AddressGuard::new(false, Vec::new()).on(Arc::new(SmallInternet::default()));
    let wire = Arc::new(Wire::guarded(&bench.settings, guard, None).unwrap());
    for status in [302, 303, 307] {
        for to in [
            "127.0.0.2:PORT/",
            "2130706434:PORT/",
            "0x7f.2:PORT/",
            "[::1]:PORT/",
            "[::ffff:127.0.0.2]:PORT/",
            "169.254.169.254/latest/meta-data/",
            "[fd00:ec2::254]/",
            "private.example:PORT/",
        ] {
            let fetcher = Fetcher { wire: Arc::clone(&wire), ..bench.start() };
            let wanted = Wanted::list(server.url(&format!("/{status}/{to}")));
            let error = error(fetcher.get(&wanted, &patient(), &Validators::default()).await);
            assert!(matches!(error, FetchError::PrivateAddress { .. }), "{status} {to}: {error}");
        }
    }
    assert!(server.paths().iter().all(|path| path == "/robots.txt" || path.starts_with("/30")), "no hop arrived");
}

#[tokio::test]
async fn a_name_that_turns_private_between_two_requests_is_refused() {
    let server = Loopback::serve(|_| answer(200, "", "x")).await;
    let mut bench = Bench::new();
    bench.settings.allow_private_addresses = false;
    let guard = AddressGuard::new(false, Vec::new()).on(Arc::new(SmallInternet::default()));
    let wire = Arc::new(Wire::guarded(&bench.settings, guard, None).unwrap());
    let fetcher = Fetcher { wire, ..bench.start() };
    let mut url = server.url("/");
    url.set_host(Some("rebinding.example")).unwrap();
    let wanted = Wanted::list(url);
    assert!(fetcher.get(&wanted, &carefree(), &Validators::default()).await.outcome.is_ok());
    let refused = error(fetcher.get(&wanted, &carefree(), &Validators::default()).await);
    assert!(matches!(refused, FetchError::PrivateAddress { .. }), "{refused}");
    assert_eq!(server.paths().len(), 1);
}

#[tokio::test]
async fn slow_servers_are_given_up_with_the_limit_that_ran_out() {
    let server = Loopback::serve(|seen| {
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n".to_vec();
        match seen.path.as_str() {
            "/hang" => Script { pieces: vec![Vec::new()], pause: Duration::from_secs(30) },
            "/still" => Script { pieces: vec![head], pause: Duration::from_secs(30) },
            _ => Script {
                pieces: std::iter::once(head).chain((0..50).map(|_| b"x".to_vec())).collect(),
                pause: Duration::from_millis(30),
            },
        }
    })
    .await;
    let short = Duration::from_millis(120);
    for (path, expected) in [("/hang", Stage::FirstByte), ("/still", Stage::Idle), ("/drip", Stage::Total)] {
        let mut bench = Bench::new();
        match expected {
            Stage::FirstByte => bench.settings.first_byte_timeout = short,
            Stage::Idle => bench.settings.idle_timeout = short,
            _ => bench.settings.total_timeout = short,
        }
        let exchange = bench.start().get(&Wanted::list(server.url(path)), &carefree(), &Validators::default()).await;
        let error = error(exchange);
        assert!(matches!(&error, FetchError::Timeout { stage, .. } if *stage == expected), "{path}: {error}");
    }
}

#[tokio::test]
async fn a_host_that_is_not_there_looks_like_an_outage() {
    let server = Loopback::serve(|_| answer(200, "", "x")).await;
    let mut gone = server.url("/");
    // A port that nothing listens on.
    gone.set_port(Some(1)).unwrap();
    for policy in [patient(), carefree()] {
        let exchange = Bench::new().start().get(&Wanted::list(gone.clone()), &policy, &Validators::default()).await;
        let error = error(exchange);
        assert!(matches!(error, FetchError::Connect { .. }), "{error}");
        assert!(error.is_outage_like());
    }
}
