//! A site to ask over real connections: its pages in front of a database of its own.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use jobrounds::coding::{Coder, VocabularyFiles};
use jobrounds::digest::Site;
use jobrounds::model::{FixedClock, MailKey, Network, OnUnknown, SendOutcome, SubscriberId, Token};
use jobrounds::pipeline::Sending;
use jobrounds::store::Store;
use jobrounds::telemetry::{Beat, Counters};
use jobrounds::web::{Pages, WebState, serve};

/// The vocabulary, made ready once.
pub static CODER: LazyLock<Arc<Coder>> =
    LazyLock::new(|| Arc::new(Coder::new(&VocabularyFiles::with_overrides(&[]).unwrap()).unwrap()));

/// The tables that tell who gets mail, and what.
const MAIL_TABLES: &str = "subscriber consent search search_known outbox told waiting token suppression
    confirmation_asked bounce mail_state";

pub fn now() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// An answer, its header fields by lower-case name.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub fields: BTreeMap<String, String>,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

/// A running site.
pub struct WebSite {
    pub folder: tempfile::TempDir,
    pub store: Store,
    pub address: String,
    runtime: tokio::runtime::Runtime,
}

/// How a site is set up.
pub struct Setup {
    pub has_mail: bool,
    pub feed_stands: Duration,
    pub trusted_proxies: Vec<Network>,
    pub public_url: &'static str,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            has_mail: true,
            feed_stands: Duration::ZERO,
            trusted_proxies: Vec::new(),
            public_url: "https://jobs.example.edu",
        }
    }
}

impl WebSite {
    /// Serves a new database.
    pub fn new(setup: Setup) -> Self {
        Self::over(tempfile::tempdir().unwrap(), "jobs.db", setup)
    }

    /// Serves a database that lies in a folder.
    pub fn over(folder: tempfile::TempDir, file: &str, setup: Setup) -> Self {
        let store = Store::open(&folder.path().join(file)).unwrap();
        let site = Site {
            name: "Example HIM jobs".into(),
            public_url: Some(setup.public_url.to_owned()),
            postal_address: Some("1 College Way, Columbus OH".into()),
        };
        let mut pages = Pages::new(CODER.clone(), site.clone());
        pages.feed_stands = setup.feed_stands;
        pages.trusted_proxies = setup.trusted_proxies;
        pages.sender =
            setup.has_mail.then(|| Sending { from: "Jobs <jobs@example.edu>".into(), site, ..Sending::default() });
        let clock = Arc::new(FixedClock(now()));
        let state =
            WebState::new(store.clone(), clock, Arc::new(Beat::default()), Arc::new(Counters::default()), pages);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        runtime.spawn(serve(listener, Arc::new(state), std::future::pending()));
        Self { folder, store, address, runtime }
    }

    /// Stops serving, and gives the folder.
    pub fn stop(self) -> tempfile::TempDir {
        self.runtime.shutdown_timeout(Duration::from_secs(1));
        self.folder
    }

    pub fn key(&self) -> MailKey {
        self.store.mail_key().unwrap()
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], b"")
    }

    pub fn post(&self, path: &str, form: &str) -> Answer {
        self.ask("POST", path, &[("Content-Type", "application/x-www-form-urlencoded")], form.as_bytes())
    }

    /// Sends one request and reads the answer to its end.
    pub fn ask(&self, method: &str, path: &str, fields: &[(&str, &str)], body: &[u8]) -> Answer {
        ask(&self.address, method, path, fields, body)
    }

    /// Writes down everything that is known of mail.
    pub fn mail_tables(&self) -> String {
        mail_tables(self.store.path())
    }

    /// Subscribes an address by the form and gives the confirmation's path, out of the mail that is sent.
    pub fn asked(&self, address: &str, more: &str) -> String {
        let form = format!("address={}&zone=America/Chicago&every=daily&at=07:00&{more}", address.replace('@', "%40"));
        let answer = self.post("/subscribe", &form);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let mails = self.sent();
        let (_, mail) = mails.last().expect("a mail is on its way");
        let start = mail.find("/confirm/").unwrap();
        mail[start..].chars().take("/confirm/".len() + 26).collect()
    }

    /// The same, confirmed; gives the token for managing it.
    pub fn subscribed(&self, address: &str, more: &str) -> Token {
        let path = self.asked(address, more);
        assert_eq!(self.post(&path, "").status, 200);
        self.manage(address)
    }

    pub fn id_of(&self, address: &str) -> SubscriberId {
        let address = jobrounds::model::MailAddress::new(address).unwrap();
        self.store.subscriber_at(&self.key(), &address).unwrap().unwrap().id
    }

    pub fn manage(&self, address: &str) -> Token {
        self.store.manage_token(&self.key(), self.id_of(address), now()).unwrap()
    }

    /// Sends what waits in the outbox; gives recipients and mails.
    pub fn sent(&self) -> Vec<(String, String)> {
        let (mut sent, mut ended) = (Vec::new(), None);
        while let Some(mail) = self.store.next_mail(ended.take(), OnUnknown::Resend, now()).unwrap() {
            let text = String::from_utf8(mail.bytes.clone()).unwrap().replace("=\r\n", "");
            sent.push((mail.to.as_str().to_owned(), text));
            ended = Some((mail.id, SendOutcome::Accepted { reply: "250 ok".into() }));
        }
        sent
    }
}

/// Sends one request and reads the answer to its end.
pub fn ask(address: &str, method: &str, path: &str, fields: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in fields {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    // What is refused before it is read may be answered before it is sent.
    let _ = stream.write_all(&[request.as_bytes(), body].concat());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("an answer has a head");
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let fields: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    Answer { status, fields, bytes: answer[end + 4..].to_vec() }
}

/// Writes down everything that a database knows of mail.
pub fn mail_tables(database: &Path) -> String {
    let connection = rusqlite::Connection::open(database).unwrap();
    let mut told = String::new();
    for table in MAIL_TABLES.split_whitespace() {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<rusqlite::types::Value> = (0..columns).map(|at| row.get(at).unwrap()).collect();
            told.push_str(&format!("{table} {values:?}\n"));
        }
    }
    told
}
