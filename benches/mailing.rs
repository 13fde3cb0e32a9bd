//! Digests for many subscribers: made, committed, and handed over to a sink.
//!
//! ```text
//! JOBROUNDS_BENCH_STORED=100000 JOBROUNDS_BENCH_NEW=1000 JOBROUNDS_BENCH_SEARCHES=10000 \
//!     cargo bench --bench mailing
//! ```
//!
//! Without the variables a small house is measured, so that the bench is also a test that it runs.
#![expect(clippy::unwrap_used, reason = "a bench may fail")]
#![expect(clippy::print_stdout, reason = "its output is what it is for")]

use std::collections::{BTreeMap, HashMap};
use std::io::Write as _;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Duration, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use jobrounds::coding::{Coder, VocabularyFiles};
use jobrounds::dedupe::PointsJudge;
use jobrounds::deliver::{self, Transport};
use jobrounds::digest::Site;
use jobrounds::matching::SavedFilters;
use jobrounds::model::{Cadence, Consent, Every, FixedClock, MailAddress};
use jobrounds::pipeline::{Digester, ImportRequest, Mailer, Sending, import_lines};
use jobrounds::store::{NewSearch, NewSubscriber, Seed, Store};

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// A small generator, so that every run makes the same house.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % sides
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.roll(words.len())]
    }
}

const STATES: [&str; 20] = [
    "OH", "TX", "CA", "NY", "FL", "WA", "PA", "IL", "GA", "NC", "MI", "NJ", "VA", "AZ", "MA", "TN", "IN", "MO", "MD",
    "WI",
];
const TITLES: [&str; 10] = [
    "Inpatient Coder",
    "Outpatient Coder",
    "Cancer Registrar",
    "HIM Manager",
    "Release of Information Specialist",
    "Clinical Documentation Specialist",
    "Risk Adjustment Coder",
    "Medical Transcriptionist",
    "Coding Auditor",
    "HIM Clerk",
];
const WORDS: [&str; 40] = [
    "charts",
    "encounters",
    "physicians",
    "queries",
    "quality",
    "accuracy",
    "ambulatory",
    "surgery",
    "oncology",
    "cardiology",
    "registry",
    "abstracting",
    "encoder",
    "denials",
    "compliance",
    "audit",
    "education",
    "team",
    "remote",
    "onsite",
    "weekend",
    "benefits",
    "tuition",
    "bonus",
    "productivity",
    "documentation",
    "records",
    "release",
    "privacy",
    "epic",
    "cerner",
    "meditech",
    "inpatient",
    "outpatient",
    "profee",
    "emergency",
    "radiology",
    "pathology",
    "rehabilitation",
    "trauma",
];
const CREDENTIALS: [&str; 6] = ["RHIT", "RHIA", "CCS", "CPC", "COC", "ODS"];

fn posting(at: usize, dice: &mut Dice) -> String {
    let words: Vec<&str> = (0..180).map(|_| dice.pick(&WORDS)).collect();
    let state = dice.pick(&STATES);
    let (title, credential) = (dice.pick(&TITLES), dice.pick(&CREDENTIALS));
    let mut job = serde_json::json!({
        "@type": "JobPosting", "board": "bench", "identifier": format!("b{at}"),
        "title": format!("{title} unit {at}"), "url": format!("https://jobs.example.edu/{at}"),
        "hiringOrganization": {"name": format!("Hospital {} of {state}", dice.roll(4_000))},
        "jobLocation": {"address": {"addressRegion": state, "addressLocality": "Springfield", "addressCountry": "US"}},
        "description": format!("{title} number {at}: {}. {credential} required.", words.join(" ")),
        "datePosted": "2026-03-02",
    });
    if dice.roll(2) == 0 {
        let low = 20 + dice.roll(15);
        job["baseSalary"] =
            serde_json::json!({"currency": "USD", "value": {"minValue": low, "maxValue": low + 6, "unitText": "HOUR"}});
    }
    job.to_string()
}

fn filters(dice: &mut Dice) -> String {
    match dice.roll(10) {
        0..=2 => format!("q={}&state={}", dice.pick(&WORDS), dice.pick(&STATES)),
        3..=4 => format!("state={}&credential={}", dice.pick(&STATES), dice.pick(&CREDENTIALS)),
        5 => format!("q={}+{}", dice.pick(&WORDS), dice.pick(&WORDS)),
        6 => format!("state={}&pay-at-least=25%2Fhour", dice.pick(&STATES)),
        7 => format!("remote=true&credential={}", dice.pick(&CREDENTIALS)),
        8 => format!("role=cancer-registry&state={}", dice.pick(&STATES)),
        _ => format!("q=%22{}+{}%22&state={}", dice.pick(&WORDS), dice.pick(&WORDS), dice.pick(&STATES)),
    }
}

struct House {
    store: Store,
    coder: Arc<Coder>,
    dice: Dice,
    made: usize,
}

impl House {
    fn import(&mut self, count: usize, now: DateTime<Utc>) {
        let mut text = Vec::with_capacity(count * 1_600);
        for _ in 0..count {
            writeln!(text, "{}", posting(self.made, &mut self.dice)).unwrap();
            self.made += 1;
        }
        let request = ImportRequest {
            boards: &[],
            default_board: None,
            now,
            judge: Arc::new(PointsJudge),
            coder: self.coder.clone(),
        };
        import_lines(&self.store, &request, text.as_slice()).unwrap();
    }

    fn subscribe(&mut self, count: usize, now: DateTime<Utc>) {
        let key = self.store.mail_key().unwrap();
        let mut seeds: HashMap<String, Seed> = HashMap::new();
        for at in 0..count {
            let filters: String = filters(&mut self.dice).parse::<SavedFilters>().unwrap().to_string();
            let seed = seeds.entry(filters.clone()).or_insert_with(|| {
                let criteria = filters.parse::<SavedFilters>().unwrap().criteria(Some(&*self.coder)).unwrap();
                self.store.seed(&criteria, None, now).unwrap()
            });
            let cadence = Cadence::new(Every::Daily, NaiveTime::from_hms_opt(7, 0, 0).unwrap(), Tz::America__Chicago);
            let search = NewSearch { name: None, filters, cadence, heartbeat: false, since: None, seed: seed.clone() };
            let consent = Consent { at: now, who: "bench".into(), basis: "bench".into() };
            let address = MailAddress::new(&format!("s{at}@example.net")).unwrap();
            self.store.subscribe(&key, NewSubscriber { address, consent, search, now }).unwrap();
        }
    }
}

fn main() {
    let (stored, new) = (number("JOBROUNDS_BENCH_STORED", 500), number("JOBROUNDS_BENCH_NEW", 50));
    let searches = number("JOBROUNDS_BENCH_SEARCHES", 100);
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("jobs.db")).unwrap();
    let coder = Arc::new(Coder::new(&VocabularyFiles::with_overrides(&[]).unwrap()).unwrap());
    let mut house = House { store: store.clone(), coder: coder.clone(), dice: Dice(7), made: 0 };
    let start = Utc.with_ymd_and_hms(2026, 3, 2, 18, 0, 0).unwrap();
    timed("stored jobs", stored, || house.import(stored, start));
    timed("subscriptions", searches, || house.subscribe(searches, start + Duration::hours(1)));
    timed("new jobs", new, || house.import(new, start + Duration::hours(2)));
    let site = Site {
        name: "Bench".into(),
        public_url: Some("https://jobs.example.edu".into()),
        postal_address: Some("1 College Way".into()),
    };
    let sending = Sending { from: "Bench <jobs@example.edu>".into(), site, ..Sending::default() };
    let boards = Arc::new(BTreeMap::new());
    let digester = Digester { store: store.clone(), codes: coder, sending: sending.clone(), boards };
    let now = start + Duration::hours(24);
    let run = timed("due subscribers: matched, composed, committed", searches, || digester.run_due(now).unwrap());
    println!("  {run:?}");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let sink = std::env::var("JOBROUNDS_BENCH_SMTP").ok();
    let settings = match &sink {
        Some(url) => deliver::Settings::Smtp(deliver::SmtpSettings {
            server: url.parse().unwrap(),
            password: None,
            limits: deliver::Limits::default(),
        }),
        None => deliver::Settings::Directory(folder.path().join("out")),
    };
    let transport = Transport::new(settings).unwrap();
    let mut mailer = Mailer::new(store, Arc::new(FixedClock(now)), transport, sending);
    let mails = run.mails;
    let done =
        timed("mails handed over, each marked before and after", mails, || runtime.block_on(mailer.deliver()).unwrap());
    println!("  {done:?}");
}

fn timed<T>(what: &str, count: usize, work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let result = work();
    let took = began.elapsed();
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    let rate = count as f64 / took.as_secs_f64();
    println!("{what}: {count} in {:.0} ms, {rate:.0} a second", took.as_secs_f64() * 1e3);
    result
}
