//! A job board that answers as it is told, on loopback, and remembers what it was asked.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// One answer.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Send this many bytes of the body and hang up, although more were announced.
    pub cut_after: Option<usize>,
    /// Wait before answering.
    pub pause: Duration,
    /// Wait before hanging up on a cut body.
    pub halt: Duration,
}

impl Reply {
    pub fn new(media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type".to_owned(), media_type.to_owned())];
        Self { status: 200, headers, body: body.into(), ..Self::default() }
    }

    pub fn html(body: impl Into<Vec<u8>>) -> Self {
        Self::new("text/html; charset=utf-8", body)
    }

    pub fn json(body: &serde_json::Value) -> Self {
        Self::new("application/json", body.to_string())
    }

    pub fn xml(body: impl Into<Vec<u8>>) -> Self {
        Self::new("application/rss+xml", body)
    }

    pub fn status(status: u16) -> Self {
        Self { status, ..Self::html("") }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    #[must_use]
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.cut_after = Some(bytes);
        self
    }

    #[must_use]
    pub fn halting(mut self, halt: Duration) -> Self {
        self.halt = halt;
        self
    }

    #[must_use]
    pub fn after(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }
}

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Path and query.
    pub path: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

type Script = Arc<Mutex<Box<dyn FnMut(&Asked) -> Reply + Send>>>;

/// A board that runs until the test ends.
pub struct FakeBoard {
    origin: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    script: Script,
}

impl FakeBoard {
    /// Starts a board that answers by the script. It gives a strong `ETag` with every 200 and
    /// answers 304 to its own, unless the script set one.
    pub fn start(script: impl FnMut(&Asked) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let board = Self { origin, asked: Arc::default(), script: Arc::new(Mutex::new(Box::new(script))) };
        let (asked, script) = (board.asked.clone(), board.script.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (asked, script) = (asked.clone(), script.clone());
                thread::spawn(move || serve(&stream, &asked, &script));
            }
        });
        board
    }

    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Gives the requests so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Gives the paths asked for so far, robots.txt apart.
    pub fn paths(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.path).filter(|path| path != "/robots.txt").collect()
    }

    /// Answers by another script from now on.
    pub fn now_answers(&self, script: impl FnMut(&Asked) -> Reply + Send + 'static) {
        *self.script.lock().unwrap() = Box::new(script);
    }

    /// Forgets what it was asked.
    pub fn forget(&self) {
        self.asked.lock().unwrap().clear();
    }
}

fn serve(stream: &TcpStream, asked: &Mutex<Vec<Asked>>, script: &Script) {
    let mut reader = BufReader::new(stream);
    while let Some(request) = read_request(&mut reader) {
        asked.lock().unwrap().push(request.clone());
        let reply = (script.lock().unwrap())(&request);
        thread::sleep(reply.pause);
        if answer(stream, &request, reply).is_err() {
            return;
        }
    }
}

fn read_request(reader: &mut impl BufRead) -> Option<Asked> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let path = line.split_whitespace().nth(1)?.to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    Some(Asked { path, headers })
}

fn answer(mut stream: &TcpStream, request: &Asked, mut reply: Reply) -> std::io::Result<()> {
    let named = |reply: &Reply, wanted: &str| reply.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted));
    if reply.status == 200 && !named(&reply, "etag") {
        let tag = format!("\"{}\"", &blake3::hash(&reply.body).to_hex()[..16]);
        if request.header("if-none-match") == Some(&tag) {
            reply = Reply { status: 304, headers: Vec::new(), ..Reply::default() };
        }
        reply.headers.push(("ETag".into(), tag));
    }
    let mut head = format!("HTTP/1.1 {} Told\r\nContent-Length: {}\r\n", reply.status, reply.body.len());
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    match reply.cut_after {
        Some(bytes) => {
            stream.write_all(&reply.body[..bytes.min(reply.body.len())])?;
            thread::sleep(reply.halt);
            stream.shutdown(std::net::Shutdown::Both)
        }
        None => stream.write_all(&reply.body),
    }
}
