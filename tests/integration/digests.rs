//! Digests over saved searches: what is told, once, whatever happens to jobs, mails and the process.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Duration, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use jobrounds::coding::{Coder, VocabularyFiles};
use jobrounds::dedupe::PointsJudge;
use jobrounds::digest::{BoardNote, Site};
use jobrounds::matching::SavedFilters;
use jobrounds::model::{
    BoardId, Cadence, Consent, Criteria, Every, Judge, MailAddress, MailId, MailState, OnUnknown, Ruling, SearchId,
    SendOutcome,
};
use jobrounds::pipeline::{DigestRun, Digester, ImportRequest, Sending, import_lines};
use jobrounds::store::{Decision, NewSearch, NewSubscriber, OutboxFilter, Store, Subscribed};
use serde_json::{Value, json};
use tempfile::TempDir;

fn coder() -> Arc<Coder> {
    static CODER: OnceLock<Arc<Coder>> = OnceLock::new();
    let make = || Arc::new(Coder::new(&VocabularyFiles::with_overrides(&[]).unwrap()).unwrap());
    CODER.get_or_init(make).clone()
}

fn judge() -> Arc<dyn Judge> {
    Arc::new(PointsJudge)
}

/// Noon UTC so many hours after 2026-03-02, a Monday.
fn hour(hours: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 12, 0, 0).unwrap() + Duration::hours(hours)
}

fn day(days: i64) -> DateTime<Utc> {
    hour(24 * days)
}

/// A database with what makes digests of it.
struct House {
    _folder: TempDir,
    store: Store,
    digester: Digester,
}

/// A mail that left.
#[derive(Clone, Debug, PartialEq)]
struct Sent {
    to: String,
    message_id: String,
    text: String,
    bytes: Vec<u8>,
}

impl Sent {
    /// Tells under which heading a title stands; `None` where it does not.
    fn section_of(&self, title: &str) -> Option<String> {
        let mut heading = None;
        let headings = ["New", "Open again", "Changed", "Closing soon", "May match", "Newly coded", "Closed since"];
        for line in self.text.lines() {
            if let Some(found) = headings.iter().find(|heading| line.starts_with(*heading)) {
                heading = Some((*found).to_owned());
            }
            if line.contains(title) && heading.is_some() {
                return heading;
            }
        }
        None
    }
}

fn posting(id: &str, title: &str, state: &str) -> Value {
    json!({
        "@type": "JobPosting", "board": "ahima", "identifier": id, "title": title,
        "url": format!("https://jobs.example.edu/{id}"), "datePosted": "2026-03-02",
        "hiringOrganization": {"name": format!("Hospital of {id}")},
        "jobLocation": {"address": {"addressLocality": "Springfield", "addressRegion": state, "addressCountry": "US"}},
        "description": format!("{title} codes charts of ward {id} and answers to the {id} committee. RHIT required."),
    })
}

impl House {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::open(&folder.path().join("jobs.db")).unwrap();
        let site = Site {
            name: "Lakeside Jobs".into(),
            public_url: Some("https://jobs.example.edu".into()),
            postal_address: Some("1 College Way".into()),
        };
        let sending = Sending { from: "Lakeside Jobs <jobs@example.edu>".into(), site, ..Sending::default() };
        let note = BoardNote { name: "AHIMA Career Assist".into(), ..BoardNote::default() };
        let boards = BTreeMap::from([(BoardId::new("ahima").unwrap(), note)]);
        let digester = Digester { store: store.clone(), codes: coder(), sending, boards: Arc::new(boards) };
        Self { _folder: folder, store, digester }
    }

    fn import(&self, postings: &[Value], now: DateTime<Utc>) {
        let lines: String = postings.iter().map(|posting| format!("{posting}\n")).collect();
        let request = ImportRequest { boards: &[], default_board: None, now, judge: judge(), coder: coder() };
        let outcome = import_lines(&self.store, &request, lines.as_bytes()).unwrap();
        assert!(outcome.problems.is_empty(), "{:?}", outcome.problems);
    }

    fn subscribe_at(&self, who: &str, filters: &str, cadence: Cadence, now: DateTime<Utc>) -> Subscribed {
        self.subscribe_since(who, filters, cadence, (None, now))
    }

    fn subscribe_since(
        &self,
        who: &str,
        filters: &str,
        cadence: Cadence,
        (since, now): (Option<DateTime<Utc>>, DateTime<Utc>),
    ) -> Subscribed {
        let criteria: Criteria = filters.parse::<SavedFilters>().unwrap().criteria(Some(&*coder())).unwrap();
        let search = NewSearch {
            name: None,
            filters: filters.to_owned(),
            cadence,
            heartbeat: false,
            since,
            seed: self.store.seed(&criteria, since, now).unwrap(),
        };
        let consent = Consent { at: now, who: "office".into(), basis: "consent on file".into() };
        let address = MailAddress::new(&format!("{who}@example.net")).unwrap();
        let key = self.store.mail_key().unwrap();
        self.store.subscribe(&key, NewSubscriber { address, consent, search, now }).unwrap()
    }

    /// Subscribes to a mail at noon UTC every day.
    fn subscribe(&self, who: &str, filters: &str, now: DateTime<Utc>) -> SearchId {
        self.subscribe_at(who, filters, noon(Every::Daily), now).search
    }

    fn run(&self, now: DateTime<Utc>) -> DigestRun {
        self.digester.run_due(now).unwrap()
    }

    /// Hands over all that waits, each with the outcome that a function gives.
    fn hand_over(&self, now: DateTime<Utc>, outcome: impl Fn(&Sent) -> SendOutcome) -> Vec<Sent> {
        let mut sent = Vec::new();
        let mut ended: Option<(MailId, SendOutcome)> = None;
        while let Some(mail) = self.store.next_mail(ended.take(), OnUnknown::Resend, now).unwrap() {
            let parsed = mail_parser::MessageParser::default().parse(&mail.bytes).unwrap();
            let text = parsed.body_text(0).unwrap().replace("\r\n", "\n");
            let one = Sent {
                to: mail.to.as_str().to_owned(),
                message_id: mail.message_id.clone(),
                text,
                bytes: mail.bytes.clone(),
            };
            ended = Some((mail.id, outcome(&one)));
            sent.push(one);
        }
        sent
    }

    /// Makes what is due and lets all of it arrive.
    fn mails(&self, now: DateTime<Utc>) -> Vec<Sent> {
        let run = self.run(now);
        assert!(run.skipped.is_empty() && run.overtaken == 0, "{run:?}");
        self.hand_over(now, |_| accepted())
    }

    fn mail(&self, now: DateTime<Utc>) -> Option<Sent> {
        let mut mails = self.mails(now);
        assert!(mails.len() < 2, "{mails:?}");
        mails.pop()
    }
}

fn accepted() -> SendOutcome {
    SendOutcome::Accepted { reply: "250 ok".into() }
}

fn noon(every: Every) -> Cadence {
    Cadence::new(every, NaiveTime::from_hms_opt(12, 0, 0).unwrap(), Tz::UTC)
}

#[test]
fn a_job_is_told_once_then_its_changes_and_its_end() {
    let house = House::new();
    let old = posting("old", "Old Coder", "OH");
    house.import(std::slice::from_ref(&old), hour(0));
    house.subscribe("ann", "state=OH", hour(1));
    assert_eq!(house.mail(day(1)), None, "what was there before is nothing new");
    let mut job = posting("a", "Inpatient Coder", "OH");
    house.import(&[job.clone(), posting("b", "Texan Coder", "TX")], day(1) + Duration::hours(1));
    let first = house.mail(day(2)).unwrap();
    assert_eq!(first.section_of("Inpatient Coder").as_deref(), Some("New"));
    assert!(!first.text.contains("Texan") && !first.text.contains("Old Coder"), "{}", first.text);
    assert_eq!(house.mail(day(3)), None);
    job["baseSalary"] = json!({"currency": "USD", "value": {"minValue": 28, "maxValue": 31, "unitText": "HOUR"}});
    job["validThrough"] = json!("2026-03-09");
    house.import(&[job.clone()], day(3) + Duration::hours(1));
    let changed = house.mail(day(4)).unwrap();
    assert_eq!(changed.section_of("Inpatient Coder").as_deref(), Some("Changed"), "{}", changed.text);
    assert!(changed.text.contains("$28"), "{}", changed.text);
    let closing = house.mail(day(5)).unwrap();
    assert_eq!(closing.section_of("Inpatient Coder").as_deref(), Some("Closing soon"), "{}", closing.text);
    assert_eq!(house.mail(day(6)), None, "that it closes is said once");
    house.store.expire(&judge(), day(8)).unwrap();
    assert_eq!(house.mail(day(8)), None, "a closing alone is no mail");
    house.import(&[posting("c", "Outpatient Coder", "OH")], day(8) + Duration::hours(1));
    let last = house.mail(day(9)).unwrap();
    assert_eq!(last.section_of("Outpatient Coder").as_deref(), Some("New"));
    // Edited again after its end: advertised with a new one, it is open again.
    job["validThrough"] = json!("2026-04-20");
    house.import(&[job], day(9) + Duration::hours(1));
    let again = house.mail(day(10)).unwrap();
    assert_eq!(again.section_of("Inpatient Coder").as_deref(), Some("Open again"), "{}", again.text);
}

#[test]
fn a_job_is_new_when_it_first_matches_whatever_made_it() {
    let house = House::new();
    let mut job = posting("a", "Inpatient Coder", "OH");
    house.import(&[job.clone()], hour(0));
    house.subscribe("ann", "pay-at-least=25%2Fhour&known=pay", hour(1));
    house.subscribe("bob", "q=encompass", hour(1));
    // Not pay alone: words that come later make it match as well.
    assert!(house.mails(day(1)).is_empty());
    job["baseSalary"] = json!({"currency": "USD", "value": {"value": 30, "unitText": "HOUR"}});
    house.import(&[job.clone()], day(1) + Duration::hours(1));
    let mails = house.mails(day(2));
    assert_eq!(mails.len(), 1);
    assert_eq!(
        (mails[0].to.as_str(), mails[0].section_of("Inpatient Coder").as_deref()),
        ("ann@example.net", Some("New"))
    );
    job["description"] = json!("Inpatient Coder codes charts of ward a with 3M 360 Encompass. RHIT required.");
    house.import(&[job], day(2) + Duration::hours(1));
    let mails = house.mails(day(3));
    assert_eq!(mails.len(), 1);
    assert_eq!(
        (mails[0].to.as_str(), mails[0].section_of("Inpatient Coder").as_deref()),
        ("bob@example.net", Some("New"))
    );
}

#[test]
fn what_may_match_is_told_apart_and_what_it_lacks() {
    let house = House::new();
    house.subscribe("ann", "pay-at-least=25%2Fhour", hour(0));
    house.import(&[posting("a", "Inpatient Coder", "OH")], hour(1));
    let mail = house.mail(day(1)).unwrap();
    assert_eq!(mail.section_of("Inpatient Coder").as_deref(), Some("May match"));
    assert!(mail.text.contains("pay not stated"), "{}", mail.text);
}

#[test]
fn a_merged_job_is_not_told_again_and_a_split_brings_one_out() {
    let house = House::new();
    house.subscribe("ann", "q=coder", hour(0));
    let (one, two) = (posting("a", "Inpatient Coder", "OH"), posting("b", "Cardiology Coder", "TX"));
    house.import(&[one], hour(1));
    assert!(house.mail(day(1)).unwrap().text.contains("Inpatient Coder"));
    house.import(&[two], day(1) + Duration::hours(1));
    let (a, b, who) = ("ahima/a".into(), "ahima/b".into(), "office".into());
    let now = day(1) + Duration::hours(2);
    let same = Decision { a, b, ruling: Ruling::Same, who, why: None, now, judge: judge() };
    let decided = house.store.decide(same).unwrap();
    assert_eq!(house.mail(day(2)), None, "it is the job that was told");
    house.store.undo(&judge(), decided.event, "office", day(2) + Duration::hours(1)).unwrap();
    let mail = house.mail(day(3)).unwrap();
    assert_eq!(mail.section_of("Cardiology Coder").as_deref(), Some("New"), "{}", mail.text);
    assert!(!mail.text.contains("Inpatient Coder"), "{}", mail.text);
    assert_eq!(house.mail(day(4)), None);
}

#[test]
fn one_person_gets_one_mail_a_slot_and_each_job_once_over_all_searches() {
    let house = House::new();
    house.subscribe("ann", "state=OH", hour(0));
    house.subscribe("ann", "q=inpatient", hour(0));
    house.subscribe_at("ann", "q=coder", noon(Every::Weekly), hour(0));
    house.import(&[posting("a", "Inpatient Coder", "OH"), posting("b", "Inpatient Auditor", "TX")], hour(1));
    let mail = house.mail(day(1)).unwrap();
    assert_eq!(mail.text.matches("Hospital of a\n").count(), 1, "{}", mail.text);
    assert!(mail.text.contains("Inpatient Auditor"));
    // Monday: the weekly one has nothing left to tell.
    assert_eq!(house.mail(day(7)), None);
}

#[test]
fn what_does_not_fit_is_told_in_the_next_mails_and_nothing_is_lost() {
    let house = House::new();
    house.subscribe("ann", "state=OH", hour(0));
    let many: Vec<Value> = (0..420).map(|n| posting(&format!("w{n}x"), &format!("Coder of team {n}x"), "OH")).collect();
    house.import(&many, hour(1));
    let mut told = BTreeSet::new();
    for days in 1..6 {
        let Some(mail) = house.mail(day(days)) else { break };
        assert!(mail.bytes.len() < 400_000);
        for n in 0..420 {
            if mail.text.contains(&format!("team {n}x")) {
                assert!(told.insert(n), "{n} is told twice");
            }
        }
        assert!(!told.is_empty());
    }
    assert_eq!(told.len(), 420);
}

#[test]
fn what_a_failed_mail_told_is_told_in_the_next_one() {
    let house = House::new();
    house.subscribe("ann", "state=OH", hour(0));
    house.import(&[posting("a", "Inpatient Coder", "OH")], hour(1));
    house.run(day(1));
    let lost = house.hand_over(day(1), |_| SendOutcome::MessageRefused { reply: "554 no".into() });
    assert_eq!(lost.len(), 1);
    house.import(&[posting("b", "Outpatient Coder", "OH")], day(1) + Duration::hours(1));
    let mail = house.mail(day(2)).unwrap();
    assert!(mail.text.contains("Inpatient Coder") && mail.text.contains("Outpatient Coder"), "{}", mail.text);
    assert_ne!(mail.message_id, lost[0].message_id);
    assert_eq!(house.mail(day(3)), None);
}

#[test]
fn a_lost_acknowledgement_is_answered_with_the_same_bytes() {
    let house = House::new();
    house.subscribe("ann", "state=OH", hour(0));
    house.import(&[posting("a", "Inpatient Coder", "OH")], hour(1));
    house.run(day(1));
    let first = house.hand_over(day(1), |_| SendOutcome::Unknown { why: "closed".into() });
    house.import(&[posting("b", "Outpatient Coder", "OH")], day(1) + Duration::hours(1));
    let second = house.hand_over(day(1) + Duration::hours(2), |_| accepted());
    assert_eq!(first, second);
    assert!(house.mail(day(2)).unwrap().text.contains("Outpatient Coder"));
}

#[test]
fn five_days_of_deferral_give_up_and_lose_nothing() {
    let house = House::new();
    house.subscribe("ann", "state=OH", hour(0));
    house.import(&[posting("a", "Inpatient Coder", "OH")], hour(1));
    house.run(day(1));
    let (mut attempts, mut now) = (Vec::new(), day(1));
    while now < day(7) {
        let tried = house.hand_over(now, |_| SendOutcome::Deferred { reply: "451 later".into() });
        attempts.extend(tried.iter().map(|_| now));
        house.run(now);
        now += Duration::minutes(5);
    }
    let waits: Vec<i64> = attempts.windows(2).map(|pair| (pair[1] - pair[0]).num_minutes()).collect();
    assert!(waits[0] <= 10 && waits.iter().take(5).is_sorted(), "{waits:?}");
    assert!(waits.iter().all(|wait| *wait <= 245), "{waits:?}");
    let all = house.store.outbox(OutboxFilter::default()).unwrap();
    assert!(all.iter().any(|mail| mail.state == MailState::Expired), "{all:?}");
    let mails = house.mails(day(8));
    let arrived: Vec<_> = mails.iter().filter(|mail| mail.text.contains("Inpatient Coder")).collect();
    assert_eq!(arrived.len(), 1, "{all:?}");
}

#[test]
fn nine_days_down_give_one_mail_that_says_so() {
    let house = House::new();
    house.subscribe("ann", "state=OH", hour(0));
    house.import(&[posting("a", "Inpatient Coder", "OH")], day(2));
    house.import(&[posting("b", "Outpatient Coder", "OH")], day(8));
    let mails = house.mails(day(9) + Duration::hours(3));
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("Inpatient Coder") && mails[0].text.contains("Outpatient Coder"));
    assert!(mails[0].text.contains("This mail covers"), "{}", mails[0].text);
    assert_eq!(house.mail(day(10)), None);
    house.import(&[posting("c", "Cardiology Coder", "OH")], day(10) + Duration::hours(1));
    let ordinary = house.mail(day(11)).unwrap();
    assert!(!ordinary.text.contains("This mail covers"), "{}", ordinary.text);
}

#[test]
fn a_subscription_can_begin_by_looking_back() {
    let house = House::new();
    house.import(&[posting("a", "Inpatient Coder", "OH")], day(1));
    house.import(&[posting("b", "Outpatient Coder", "OH")], day(5));
    house.subscribe_since("ann", "state=OH", noon(Every::Daily), (Some(day(3)), day(6)));
    let mail = house.mail(day(6)).unwrap();
    assert!(mail.text.contains("Outpatient Coder") && !mail.text.contains("Inpatient Coder"), "{}", mail.text);
    assert_eq!(house.mail(day(7)), None);
}

#[test]
fn a_mail_at_once_comes_without_a_slot_and_not_for_nothing() {
    let house = House::new();
    house.subscribe_at("ann", "state=OH", noon(Every::Instant), hour(0));
    assert_eq!(house.mail(hour(1)), None);
    house.import(&[posting("b", "Texan Coder", "TX")], hour(1));
    assert_eq!(house.mail(hour(2)), None);
    house.import(&[posting("a", "Inpatient Coder", "OH")], hour(2));
    assert!(house.mail(hour(2) + Duration::minutes(1)).unwrap().text.contains("Inpatient Coder"));
    assert_eq!(house.mail(hour(3)), None);
}

#[test]
fn who_leaves_gets_nothing_more_not_even_what_is_on_its_way() {
    let house = House::new();
    let ann = house.subscribe_at("ann", "state=OH", noon(Every::Daily), hour(0));
    house.subscribe("bob", "state=OH", hour(0));
    house.import(&[posting("a", "Inpatient Coder", "OH")], hour(1));
    house.run(day(1));
    house.store.remove_subscriber(ann.subscriber, "unsubscribed", day(1)).unwrap().unwrap();
    let sent = house.hand_over(day(1), |_| accepted());
    assert_eq!(sent.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["bob@example.net"]);
}

#[test]
fn one_that_cannot_be_composed_is_put_off_and_keeps_nobody_waiting() {
    let house = House::new();
    let ann = house.subscribe_at("ann", "state=OH", noon(Every::Daily), hour(0));
    house.subscribe("bob", "state=OH", hour(0));
    house.import(&[posting("a", "Inpatient Coder", "OH")], hour(1));
    // What a process that dies while composing leaves behind, three times.
    for _ in 0..3 {
        house.store.begin_composing(vec![ann.subscriber]).unwrap();
    }
    let run = house.run(day(1));
    assert_eq!((run.mails, run.skipped.len()), (1, 1), "{run:?}");
    assert_eq!(house.hand_over(day(1), |_| accepted())[0].to, "bob@example.net");
    assert_eq!(house.run(day(1) + Duration::hours(1)).due, 0, "not again before the next slot");
    let next = house.mail(day(2)).unwrap();
    assert!(next.to == "ann@example.net" && next.text.contains("Inpatient Coder"), "nothing is lost: {next:?}");
}

#[test]
fn filters_that_cannot_be_read_are_told_of_and_harm_nobody() {
    let house = House::new();
    let ann = house.subscribe_at("ann", "state=OH", noon(Every::Daily), hour(0));
    house.subscribe("ann", "q=coder", hour(0));
    let broken = NewSearch {
        name: None,
        filters: "nonsense=1".into(),
        cadence: noon(Every::Daily),
        heartbeat: false,
        since: None,
        seed: house.store.seed(&Criteria::default(), None, hour(0)).unwrap(),
    };
    house.store.change_search(ann.search, broken, hour(0)).unwrap();
    house.import(&[posting("a", "Inpatient Coder", "OH")], hour(1));
    let run = house.run(day(1));
    assert_eq!((run.mails, run.skipped.len(), run.skipped[0].search), (1, 1, Some(ann.search)), "{run:?}");
    house.hand_over(day(1), |_| accepted());
    assert_eq!(house.run(day(1) + Duration::minutes(1)).due, 0);
}

#[test]
fn nobody_is_mailed_without_a_postal_address() {
    let mut house = House::new();
    house.subscribe("ann", "state=OH", hour(0));
    house.digester.sending.site.postal_address = None;
    house.import(&[posting("a", "Inpatient Coder", "OH")], hour(1));
    let refused = house.digester.run_due(day(1)).unwrap_err().to_string();
    assert!(refused.contains("mail.postal_address"), "{refused}");
    house.digester.sending.personal = true;
    assert_eq!(house.run(day(1)).mails, 1);
}

#[test]
fn a_mail_carries_the_links_and_headers_of_a_list() {
    let house = House::new();
    house.subscribe("ann", "state=OH", hour(0));
    house.import(&[posting("a", "Inpatient Coder", "OH")], hour(1));
    let mail = house.mail(day(1)).unwrap();
    let parsed = mail_parser::MessageParser::default().parse(&mail.bytes).unwrap();
    let header = |name: &str| parsed.header_raw(name).unwrap_or_default().replace("\r\n ", " ").trim().to_owned();
    assert!(
        header("List-Unsubscribe").contains("<https://jobs.example.edu/unsubscribe/"),
        "{}",
        header("List-Unsubscribe")
    );
    assert!(header("List-Unsubscribe").contains("<mailto:jobs@example.edu"));
    assert_eq!(header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert_eq!(
        (header("Auto-Submitted"), header("List-Id")),
        ("auto-generated".into(), "<digests.example.edu>".into())
    );
    assert!(mail.text.contains("1 College Way") && mail.text.contains("https://jobs.example.edu/preferences/"));
}

#[test]
fn a_refusal_after_a_lost_acknowledgement_is_doubted() {
    let house = House::new();
    house.subscribe("ann", "state=OH", hour(0));
    house.import(&[posting("a", "Inpatient Coder", "OH")], hour(1));
    house.run(day(1));
    house.hand_over(day(1), |_| SendOutcome::Unknown { why: "closed".into() });
    let refusal = |_: &Sent| SendOutcome::MessageRefused { reply: "554 no".into() };
    assert_eq!(house.hand_over(day(1) + Duration::hours(1), refusal).len(), 1);
    // It may have arrived: another mail must not tell the same.
    assert_eq!(house.run(day(1) + Duration::hours(1)).mails, 0);
    assert_eq!(house.hand_over(day(1) + Duration::hours(2), |_| accepted()).len(), 1);
    assert_eq!(house.mail(day(2)), None);
    // Refused each time it was hardly taken the first time.
    house.import(&[posting("b", "Outpatient Coder", "OH")], day(2) + Duration::hours(1));
    house.run(day(3));
    house.hand_over(day(3), |_| SendOutcome::Unknown { why: "closed".into() });
    for hours in [1, 3, 6] {
        house.hand_over(day(3) + Duration::hours(hours), refusal);
    }
    assert!(house.mail(day(4)).unwrap().text.contains("Outpatient Coder"));
}
