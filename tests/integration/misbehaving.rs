//! Every way in which a server can misbehave, each on a port of its own: what is told, what state the
//! board is in, and that neither time nor memory go beyond their bounds.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use flate2::{Compression, write::GzEncoder};
use serde_json::Value;

use super::app::TestApp;
use super::vacancies::{bti_feed, three};

/// The most memory that the program may hold at once.
const MOST_MEMORY_KIB: u64 = 150 * 1024;

/// Writes an answer to a request for a path; an error means that the client hung up.
type Answer = fn(&mut TcpStream, &str) -> std::io::Result<()>;

/// A server that answers robots.txt with 404 and all else as told, until the test ends.
struct Server {
    origin: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let heads: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&heads);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                thread::spawn(move || serve(stream, answer, &kept));
            }
        });
        Self { origin, heads }
    }
}

fn serve(mut stream: TcpStream, answer: Answer, heads: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok().is_none_or(|read| read == 0) {
            return;
        }
    }
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    heads.lock().unwrap().push(head);
    let written = if path == "/robots.txt" { plain(&mut stream, 404, "", b"") } else { answer(&mut stream, &path) };
    let _ = written.and_then(|()| stream.flush());
}

/// Writes a whole answer.
fn plain(stream: &mut TcpStream, status: u16, headers: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    write!(stream, "HTTP/1.1 {status} Told\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n")?;
    stream.write_all(body)
}

/// Begins an answer whose body ends with the connection.
fn unending(stream: &mut TcpStream, headers: &str) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 200 Told\r\nConnection: close\r\nContent-Type: application/rss+xml\r\n{headers}\r\n")
}

fn feed() -> Vec<u8> {
    bti_feed("https://careers.lakes.example", &three()).into_bytes()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

const XML: &str = "Content-Type: application/rss+xml\r\n";
const GZIP: &str = "Content-Type: application/rss+xml\r\nContent-Encoding: gzip\r\n";

/// Unfolds zeros without end.
fn bomb(stream: &mut TcpStream, _: &str) -> std::io::Result<()> {
    unending(stream, "Content-Encoding: gzip\r\n")?;
    let mebibyte = vec![0; 1 << 20];
    let mut encoder = GzEncoder::new(stream, Compression::fast());
    (0..2000).try_for_each(|_| encoder.write_all(&mebibyte))
}

/// Sends a body without end and without a length.
fn endless(stream: &mut TcpStream, _: &str) -> std::io::Result<()> {
    unending(stream, "")?;
    stream.write_all(b"<rss><channel>")?;
    (0..2000).try_for_each(|_| stream.write_all(&vec![b'a'; 1 << 20]))
}

/// Sends one byte at a time, always in time to be waited for.
fn slowloris(stream: &mut TcpStream, _: &str) -> std::io::Result<()> {
    let body = feed();
    write!(stream, "HTTP/1.1 200 Told\r\nContent-Length: {}\r\n{XML}\r\n", body.len())?;
    body.iter().try_for_each(|byte| {
        thread::sleep(Duration::from_millis(100));
        stream.write_all(&[*byte])
    })
}

/// What goes on for long, and is given up on.
const SLOW: [(&str, Answer); 5] = [
    ("hang", |_, _| {
        thread::sleep(Duration::from_mins(1));
        Ok(())
    }),
    ("slowloris", slowloris),
    ("slow-head", |stream, _| {
        stream.write_all(b"HTTP/1.1 200 Told\r\n")?;
        (0..600).try_for_each(|n| {
            thread::sleep(Duration::from_millis(100));
            write!(stream, "X-{n}: x\r\n")
        })
    }),
    ("early-hints", |stream, _| {
        (0..600).try_for_each(|_| {
            thread::sleep(Duration::from_millis(100));
            stream.write_all(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
        })
    }),
    ("stalled", |stream, _| {
        let body = feed();
        write!(stream, "HTTP/1.1 200 Told\r\nContent-Length: {}\r\n{XML}\r\n", body.len() * 2)?;
        stream.write_all(&body)?;
        thread::sleep(Duration::from_mins(1));
        Ok(())
    }),
];

/// A way to answer, the state it leads to, and words of the reason that is told.
type Mode = (&'static str, Answer, &'static str, &'static str);

const SIZES: [Mode; 11] = [
    ("bomb", bomb, "degraded", "decompression bomb"),
    ("endless", endless, "degraded", "larger than 10485760 bytes"),
    (
        "endless-chunks",
        |stream, _| {
            unending(stream, "Transfer-Encoding: chunked\r\n")?;
            (0..2000).try_for_each(|_| write!(stream, "100000\r\n{}\r\n", "a".repeat(1 << 20)))
        },
        "degraded",
        "larger than 10485760 bytes",
    ),
    (
        "promise",
        |stream, _| write!(stream, "HTTP/1.1 200 Told\r\nContent-Length: 99999999999\r\n\r\nx"),
        "degraded",
        "larger than 10485760 bytes",
    ),
    (
        "big-header",
        |stream, _| plain(stream, 200, &format!("{XML}X-Pad: {}\r\n", "a".repeat(1 << 20)), &feed()),
        "degraded",
        "its head is larger",
    ),
    (
        "many-headers",
        |stream, _| plain(stream, 200, &format!("{XML}{}", "X-Pad: a\r\n".repeat(50_000)), &feed()),
        "degraded",
        "its head is larger",
    ),
    (
        "broken-gzip",
        |stream, _| {
            let mut body = gzipped(&feed());
            let middle = body.len() / 2;
            body[middle..middle + 9].copy_from_slice(b"zzzzzzzzz");
            plain(stream, 200, GZIP, &body)
        },
        "degraded",
        "not whole",
    ),
    (
        "cut-gzip",
        |stream, _| {
            let body = gzipped(&feed());
            plain(stream, 200, GZIP, &body[..body.len() - 9])
        },
        "degraded",
        "not whole",
    ),
    ("no-gzip", |stream, _| plain(stream, 200, GZIP, &feed()), "degraded", "not whole"),
    (
        "cut",
        |stream, _| {
            let body = feed();
            write!(stream, "HTTP/1.1 200 Told\r\nContent-Length: {}\r\n{XML}\r\n", body.len() * 2)?;
            stream.write_all(&body)
        },
        "degraded",
        "not whole",
    ),
    ("unknown-coding", |stream, _| plain(stream, 200, "Content-Encoding: br\r\n", &feed()), "degraded", "br"),
];

const CONTENTS: [Mode; 12] = [
    ("good", |stream, _| plain(stream, 200, XML, &feed()), "ok", ""),
    ("good-gzip", |stream, _| plain(stream, 200, GZIP, &gzipped(&feed())), "ok", ""),
    (
        "good-until-the-end",
        |stream, _| {
            unending(stream, "")?;
            stream.write_all(&feed())
        },
        "ok",
        "",
    ),
    ("bom", |stream, _| plain(stream, 200, XML, &[b"\xEF\xBB\xBF", feed().as_slice()].concat()), "ok", ""),
    (
        "utf16",
        |stream, _| {
            let text = String::from_utf8(feed()).unwrap();
            let wide: Vec<u8> =
                "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
            plain(stream, 200, XML, &wide)
        },
        "ok",
        "",
    ),
    (
        "mislabelled",
        |stream, _| {
            let latin: Vec<u8> = String::from_utf8(feed()).unwrap().replace("Cancer", "Canc#r").into_bytes();
            let latin: Vec<u8> = latin.into_iter().map(|byte| if byte == b'#' { 0xe9 } else { byte }).collect();
            plain(stream, 200, "Content-Type: application/rss+xml; charset=utf-8\r\n", &latin)
        },
        "ok",
        "",
    ),
    (
        "cookie",
        |stream, path| match path {
            "/feed" => plain(stream, 302, "Set-Cookie: s=1; Path=/\r\nLocation: /next\r\n", b""),
            _ => plain(stream, 200, &format!("{XML}Set-Cookie: t=1\r\n"), &feed()),
        },
        "ok",
        "",
    ),
    (
        "html",
        |stream, _| plain(stream, 200, "Content-Type: text/html\r\n", b"<html><title>Login required</title></html>"),
        "walled",
        "a login page",
    ),
    ("empty", |stream, _| plain(stream, 200, XML, b""), "broken-format", "empty answer"),
    ("no-content", |stream, _| plain(stream, 204, "", b""), "broken-format", "empty answer"),
    (
        "challenge",
        |stream, _| {
            let headers = "Content-Type: text/html\r\ncf-mitigated: challenge\r\n";
            plain(stream, 403, headers, b"<html><title>Just a moment...</title></html>")
        },
        "walled",
        "Cloudflare",
    ),
    ("no-http", |stream, _| stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n"), "degraded", ""),
];

const STATUSES: [Mode; 18] = [
    ("hang-up", |_, _| Ok(()), "degraded", ""),
    (
        "two-lengths",
        |stream, _| stream.write_all(b"HTTP/1.1 200 Told\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde"),
        "degraded",
        "",
    ),
    ("unasked-304", |stream, _| plain(stream, 304, "", b""), "degraded", "304"),
    ("teapot", |stream, _| plain(stream, 418, "", b"x"), "degraded", "418"),
    ("forbidden", |stream, _| plain(stream, 403, "", b"x"), "walled", "403"),
    ("not-found", |stream, _| plain(stream, 404, "", b"x"), "broken-format", "404"),
    ("gone", |stream, _| plain(stream, 410, "", b"x"), "gone", "410"),
    ("too-many", |stream, _| plain(stream, 429, "Retry-After: 60\r\n", b"slow down"), "degraded", "429"),
    ("failing", |stream, _| plain(stream, 500, "", b"x"), "degraded", "500"),
    ("unavailable", |stream, _| plain(stream, 503, "Retry-After: 99999999999999999999\r\n", b""), "degraded", "503"),
    ("found", |stream, path| redirected(stream, path, 302), "ok", ""),
    ("see-other", |stream, path| redirected(stream, path, 303), "ok", ""),
    ("temporary", |stream, path| redirected(stream, path, 307), "ok", ""),
    ("permanent", |stream, path| redirected(stream, path, 308), "ok", ""),
    ("circle", |stream, path| plain(stream, 302, &format!("Location: {path}\r\n"), b""), "degraded", "in a circle"),
    (
        "chain",
        |stream, path| plain(stream, 302, &format!("Location: {path}x\r\n"), b""),
        "degraded",
        "too many in a row",
    ),
    ("nowhere", |stream, _| plain(stream, 302, "Location: javascript:alert(1)\r\n", b""), "degraded", "no web address"),
    (
        "moved",
        |stream, _| plain(stream, 301, "Location: http://127.0.0.1:9/elsewhere\r\n", b""),
        "moved",
        "127.0.0.1:9",
    ),
];

fn redirected(stream: &mut TcpStream, path: &str, status: u16) -> std::io::Result<()> {
    match path {
        "/feed" => plain(stream, status, "Location: /else?a=b#c\r\n", b""),
        _ => plain(stream, 200, XML, &feed()),
    }
}

/// Makes a program that polls each of these servers as a board of its own.
fn app_with(servers: &[(&str, &Server)]) -> TestApp {
    let table = |(name, server): &(&str, &Server)| {
        format!("[boards.{name}]\nengine = \"rss\"\nbase_url = \"{}/feed\"\n", server.origin)
    };
    TestApp::new(&servers.iter().map(table).collect::<String>())
}

/// Waits for a program and gives the most memory it held at once, in KiB.
fn peak_memory(child: &mut Child) -> u64 {
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let held = line.and_then(|held| held.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(held.unwrap_or_default());
        thread::sleep(Duration::from_millis(5));
    }
    peak
}

/// Polls all boards with these time-outs; gives the reports, the time and the most memory held.
fn polled(app: &TestApp, timeouts: &[(&str, &str)]) -> (Vec<Value>, Duration, u64) {
    let began = Instant::now();
    let mut command = app.command(&["poll", "--format", "jsonl"]);
    command.envs(timeouts.iter().map(|(key, value)| (format!("JOBROUNDS__FETCH__{key}_TIMEOUT"), value)));
    let out = std::fs::File::create(app.path("out")).unwrap();
    let mut child = command.stdout(out).stderr(Stdio::null()).spawn().unwrap();
    let peak = peak_memory(&mut child);
    let text = std::fs::read_to_string(app.path("out")).unwrap();
    let reports = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (reports, began.elapsed(), peak)
}

fn assert_each(modes: &[Mode]) {
    let servers: Vec<(&str, Server)> = modes.iter().map(|(name, answer, ..)| (*name, Server::start(*answer))).collect();
    let app = app_with(&servers.iter().map(|(name, server)| (*name, server)).collect::<Vec<_>>());
    let (reports, _, peak) = polled(&app, &[]);
    assert_eq!(reports.len(), modes.len());
    let mut wrong = Vec::new();
    for (name, _, state, words) in modes {
        let report = reports.iter().find(|report| report["board"] == *name).unwrap();
        let why = report["why"].as_str().unwrap_or_default();
        let new = if *state == "ok" { 3 } else { 0 };
        if report["state"] != *state || !why.contains(words) || report["new"] != new {
            wrong.push(format!("{name}: expected {state}, `{words}`, {new} new; told {report}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(peak <= MOST_MEMORY_KIB, "{peak} KiB");
    for (name, server) in &servers {
        for head in server.heads.lock().unwrap().iter() {
            let head = head.to_lowercase();
            assert!(!head.contains("\r\ncookie:") && !head.contains("\r\nreferer:"), "{name}: {head}");
        }
    }
}

#[test]
fn bodies_and_heads_beyond_their_bounds_are_given_up() {
    assert_each(&SIZES);
}

#[test]
fn contents_of_every_kind_lead_to_a_state_that_says_so() {
    assert_each(&CONTENTS);
}

#[test]
fn statuses_and_redirects_lead_to_a_state_that_says_so() {
    assert_each(&STATUSES);
}

#[test]
fn whatever_goes_on_for_long_is_given_up_in_time() {
    let servers: Vec<(&str, Server)> = SLOW.iter().map(|(name, answer)| (*name, Server::start(*answer))).collect();
    let app = app_with(&servers.iter().map(|(name, server)| (*name, server)).collect::<Vec<_>>());
    let (reports, took, _) = polled(&app, &[("FIRST_BYTE", "700ms"), ("IDLE", "700ms"), ("TOTAL", "1500ms")]);
    assert_eq!(reports.len(), SLOW.len());
    for report in &reports {
        assert_eq!((&report["state"], &report["new"]), (&"degraded".into(), &0.into()), "{report}");
        assert!(report["why"].as_str().unwrap().contains("gave up after"), "{report}");
    }
    // Three attempts of 1.5 s and the pauses between; the rest is for busy machines.
    assert!(took < Duration::from_secs(30), "{took:?}");
}

#[test]
fn a_bomb_an_endless_body_and_a_slow_one_at_once_take_little_memory() {
    let (one, two, three) = (Server::start(bomb), Server::start(endless), Server::start(slowloris));
    let app = app_with(&[("bomb", &one), ("endless", &two), ("slow", &three)]);
    let (reports, _, peak) = polled(&app, &[("TOTAL", "3s")]);
    assert!(reports.iter().all(|report| report["state"] == "degraded"), "{reports:?}");
    assert!((1..=MOST_MEMORY_KIB).contains(&peak), "{peak} KiB");
}

/// Answers with nine million bytes that unfold only when they are read.
fn digits(stream: &mut TcpStream, _: &str) -> std::io::Result<()> {
    plain(stream, 200, "Content-Type: application/json\r\n", format!("[{}1]", "1,".repeat(4_500_000)).as_bytes())
}

fn elements(stream: &mut TcpStream, _: &str) -> std::io::Result<()> {
    let body = format!("<ul><li><h3>Coder</h3><a href=/jobs/1>x</a></li>{}", "<b>x</b>".repeat(1_100_000));
    plain(stream, 200, "Content-Type: text/html\r\n", body.as_bytes())
}

/// Every link of this feed would be as long as the base, which is 400,000 bytes long.
fn long_base(stream: &mut TcpStream, _: &str) -> std::io::Result<()> {
    let items: String = (0..1000).map(|n| format!("<item><title>Coder</title><link>jobs/{n}</link></item>")).collect();
    let body = format!("<rss xml:base=\"http://a.example/{}/\"><channel>{items}</channel></rss>", "a".repeat(400_000));
    plain(stream, 200, XML, body.as_bytes())
}

#[test]
fn what_unfolds_only_while_it_is_read_takes_little_memory() {
    let (json, html, rss) = (Server::start(digits), Server::start(elements), Server::start(long_base));
    let app = TestApp::new(&format!(
        "[boards.digits]\nengine = \"json\"\nbase_url = \"{}\"\n[boards.digits.json.fields]\ntitle = \"/title\"\n\
         url = \"/url\"\n[boards.elements]\nengine = \"html\"\nbase_url = \"{}\"\ndetails = false\n[boards.elements.html]\n\
         item = \"li\"\n[boards.elements.html.fields]\ntitle = \"h3\"\nurl = \"a@href\"\n\
         [boards.long-base]\nengine = \"rss\"\nbase_url = \"{}\"\n",
        json.origin, html.origin, rss.origin
    ));
    let (reports, _, peak) = polled(&app, &[]);
    let told = |board: &str| reports.iter().find(|report| report["board"] == board).unwrap();
    assert_eq!(told("digits")["state"], "broken-format", "{reports:?}");
    assert!(told("digits")["why"].as_str().unwrap().contains("more than 500000 values"), "{reports:?}");
    assert_eq!((&told("elements")["state"], &told("elements")["new"]), (&"degraded".into(), &1.into()), "{reports:?}");
    assert_eq!((&told("long-base")["state"], &told("long-base")["new"]), (&"ok".into(), &1000.into()), "{reports:?}");
    assert!((1..=MOST_MEMORY_KIB).contains(&peak), "{peak} KiB");
}
