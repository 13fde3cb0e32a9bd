//! The daemon as a mailer: what is due leaves once, and a killed process, a server that hangs up and one that
//! is away cost nothing and double nothing but identical bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use jobrounds::coding::{Coder, VocabularyFiles};
use jobrounds::matching::SavedFilters;
use jobrounds::model::{Cadence, Consent, Every, MailAddress};
use jobrounds::store::{NewSearch, NewSubscriber, OutboxFilter, Store};
use tokio::runtime::Runtime;

use super::app::TestApp;
use super::daemon::{set, start};
use super::fake_board::{FakeBoard, Reply};
use super::smtp_server::{Act, SmtpServer};
use super::vacancies::{Vacancy, bti_feed};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A board that shows one vacancy more each time it is told to, a mail server, and the program.
struct Town {
    shown: Arc<Mutex<u32>>,
    _board: FakeBoard,
    app: TestApp,
    server: SmtpServer,
    _runtime: Runtime,
}

impl Town {
    fn new(script: impl Fn(usize, &str, usize) -> Act + Send + Sync + 'static) -> Self {
        let shown = Arc::new(Mutex::new(1));
        let of_board = Arc::clone(&shown);
        let board = FakeBoard::start(move |asked| {
            if asked.path == "/robots.txt" {
                return Reply::status(404);
            }
            let count = *of_board.lock().unwrap();
            let vacancies: Vec<Vacancy> = (1..=count)
                .map(|n| Vacancy::new(n, &format!("Coder of ward {n}x"), &format!("Hospital {n}")))
                .collect();
            Reply::xml(bti_feed("https://lakes.example", &vacancies))
        });
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let server = runtime.block_on(SmtpServer::start("PIPELINING", script));
        let app = TestApp::new(&format!(
            "[web]\npublic_url = \"https://jobs.example.edu\"\n[mail]\nfrom = \"Jobs <jobs@example.edu>\"\n\
             postal_address = \"1 College Way\"\ntransport = \"smtp\"\nurl = \"smtp://127.0.0.1:{}\"\n\
             [boards.lakes]\nengine = \"rss\"\nbase_url = \"{}/feed\"\nevery = \"1h\"\n",
            server.port(),
            board.origin()
        ));
        Self { shown, _board: board, app, server, _runtime: runtime }
    }

    fn store(&self) -> Store {
        Store::open(&self.app.path("test.db")).unwrap()
    }

    /// Subscribes these to a mail at noon UTC every day.
    fn subscribe(&self, names: &[&str], now: DateTime<Utc>) {
        let store = self.store();
        let coder = Coder::new(&VocabularyFiles::with_overrides(&[]).unwrap()).unwrap();
        let criteria = "q=coder".parse::<SavedFilters>().unwrap().criteria(Some(&coder)).unwrap();
        let key = store.mail_key().unwrap();
        for name in names {
            let cadence = Cadence::new(Every::Daily, NaiveTime::from_hms_opt(12, 0, 0).unwrap(), Tz::UTC);
            let seed = store.seed(&criteria, None, now).unwrap();
            let search =
                NewSearch { name: None, filters: "q=coder".into(), cadence, heartbeat: false, since: None, seed };
            let consent = Consent { at: now, who: "office".into(), basis: "consent on file".into() };
            let address = MailAddress::new(&format!("{name}@example.net")).unwrap();
            store.subscribe(&key, NewSubscriber { address, consent, search, now }).unwrap();
        }
    }

    /// Waits until the outbox has so many mails that have ended.
    fn ended(&self, count: usize) {
        let (store, began) = (Store::open_read_only(&self.app.path("test.db")).unwrap(), Instant::now());
        loop {
            let mails = store.outbox(OutboxFilter::default()).unwrap();
            if mails.iter().filter(|mail| mail.state.has_ended()).count() >= count {
                return;
            }
            assert!(began.elapsed() < Duration::from_mins(1), "{mails:?}");
            sleep(Duration::from_millis(20));
        }
    }

    /// Gives the mails that the server took, by `Message-ID`, each with its distinct bytes.
    fn taken(&self) -> BTreeMap<String, BTreeSet<Vec<u8>>> {
        let mut taken: BTreeMap<String, BTreeSet<Vec<u8>>> = BTreeMap::new();
        for bytes in self.server.mails() {
            let mail = mail_parser::MessageParser::default().parse(&bytes).unwrap();
            let id = mail.message_id().unwrap().to_owned();
            taken.entry(id).or_default().insert(bytes);
        }
        taken
    }
}

#[test]
fn a_daemon_that_is_killed_again_and_again_tells_each_job_once() {
    // The server takes a while, so that processes die in the middle of a mail.
    let town = Town::new(|_, command, _| {
        if command == "BODY" {
            sleep(Duration::from_millis(60));
        }
        Act::Behave
    });
    let mut now = at("2026-03-02T13:00:00Z");
    set(&town.app, now);
    let daemon = start(&town.app);
    daemon.says("polled a board", 1);
    daemon.stop();
    town.subscribe(&["ann", "bob", "cleo", "dan", "eva"], now);
    for days in 1..=3_u32 {
        // A poll that is broken off is not asked for again within the hour, so that it comes before.
        *town.shown.lock().unwrap() = days + 1;
        now += TimeDelta::hours(22);
        set(&town.app, now);
        let daemon = start(&town.app);
        let polled = daemon.log().matches("polled a board").count();
        daemon.says("polled a board", polled + 1);
        daemon.stop();
        now += TimeDelta::hours(2);
        set(&town.app, now);
        for pause in [90_u64, 250, 420] {
            let daemon = start(&town.app);
            sleep(Duration::from_millis(pause * u64::from(days)));
            daemon.kill();
        }
        let daemon = start(&town.app);
        town.ended(5 * days as usize);
        daemon.kill();
    }
    let taken = town.taken();
    assert_eq!(taken.len(), 15, "five people, three days: {:?}", taken.keys());
    assert!(taken.values().all(|copies| copies.len() == 1), "copies are identical");
    for n in 2..=4 {
        let tells = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).contains(&format!("ward {n}x"));
        assert_eq!(taken.values().flatten().filter(|bytes| tells(bytes)).count(), 5, "ward {n}x");
    }
    assert!(town.store().integrity_check().unwrap().is_empty());
}

#[test]
fn a_server_that_is_away_delays_all_and_loses_nothing() {
    let away = Arc::new(Mutex::new(true));
    let closed = Arc::clone(&away);
    let town = Town::new(move |_, command, _| match command {
        "GREETING" if *closed.lock().unwrap() => Act::Last("421 4.3.2 not now\r\n".into()),
        _ => Act::Behave,
    });
    let now = at("2026-03-02T13:00:00Z");
    set(&town.app, now);
    let daemon = start(&town.app);
    daemon.says("polled a board", 1);
    town.subscribe(&["ann", "bob", "cleo"], now);
    *town.shown.lock().unwrap() = 2;
    set(&town.app, now + TimeDelta::days(1));
    daemon.says("the mail server takes nothing", 1);
    assert!(town.server.mails().is_empty());
    *away.lock().unwrap() = false;
    // The rest of the first failure is over by then.
    set(&town.app, now + TimeDelta::days(1) + TimeDelta::hours(1));
    town.ended(3);
    assert_eq!(town.taken().len(), 3);
    daemon.stop();
}

#[test]
fn a_restored_database_mails_nobody_until_it_is_told_to() {
    let town = Town::new(|_, _, _| Act::Behave);
    let now = at("2026-03-02T13:00:00Z");
    set(&town.app, now);
    let daemon = start(&town.app);
    daemon.says("polled a board", 1);
    daemon.stop();
    town.subscribe(&["ann"], now);
    town.store().backup(&town.app.path("backup.db")).unwrap();
    let ran = town.app.run(&["restore", "backup.db"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    *town.shown.lock().unwrap() = 2;
    set(&town.app, now + TimeDelta::days(1));
    let daemon = start(&town.app);
    daemon.says("polled a board", 2);
    sleep(Duration::from_millis(600));
    assert!(town.server.mails().is_empty(), "{}", daemon.log());
    town.store().resume_mail(false, now + TimeDelta::days(1)).unwrap();
    town.ended(1);
    assert_eq!(town.taken().len(), 1);
    daemon.stop();
}
