//! Tests of subscribers and of mail as the store's callers see them, by theme.

mod committing;
mod confirming;
mod due;
mod erasing;
mod restoring;
mod sending;
mod subscribing;
mod tokens;
mod withdrawing;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{DigestCommit, NewMail, NewSearch, NewSubscriber, SearchStep, Seed, Subscribed, ToldJob};
use crate::model::{
    Cadence, Consent, Every, JobId, MailAddress, MailId, MailKey, MailState, OnUnknown, OutgoingMail, PostingKey,
    SearchId, SendOutcome, SubscriberId, SubscriberState, ToldAs,
};
use crate::store::sample::{self, day};
use crate::store::{Committed, Store};

const RESEND: OnUnknown = OnUnknown::Resend;

fn key(store: &Store) -> MailKey {
    store.mail_key().unwrap()
}

fn address(text: &str) -> MailAddress {
    MailAddress::new(text).unwrap()
}

fn consent() -> Consent {
    Consent { at: day(0), who: "the office".into(), basis: "consent on file".into() }
}

fn daily() -> Cadence {
    Cadence::new(Every::Daily, NaiveTime::from_hms_opt(7, 0, 0).unwrap(), Tz::America__Chicago)
}

fn looking_for(filters: &str) -> NewSearch {
    NewSearch {
        name: None,
        filters: filters.into(),
        cadence: daily(),
        heartbeat: false,
        since: None,
        seed: Seed::default(),
    }
}

fn new(mailbox: &str, search: NewSearch) -> NewSubscriber {
    NewSubscriber { address: address(mailbox), consent: consent(), search, now: day(0) }
}

fn subscribed(store: &Store, mailbox: &str) -> Subscribed {
    store.subscribe(&key(store), new(mailbox, looking_for("state=OH"))).unwrap()
}

/// Stores jobs that are all different; gives their ids.
fn jobs(store: &Store, numbers: std::ops::Range<u32>) -> Vec<JobId> {
    let title = |number: u32| format!("a{number} b{number} c{number}");
    let postings = numbers.clone().map(|number| sample::posting("ahima", &number.to_string(), &title(number)));
    // A page each time, so that what stood on the last one goes on standing.
    let page = numbers.start + 1;
    store.commit_page(sample::answer("ahima", page, postings.collect(), day(0))).unwrap();
    numbers.map(|number| job(&number.to_string())).collect()
}

fn job(posting: &str) -> JobId {
    JobId::founded_by(&PostingKey { board: sample::board("ahima"), posting_id: posting.into() })
}

fn step(store: &Store, search: SearchId, to: i64, now: DateTime<Utc>) -> SearchStep {
    let search = store.saved_search(search).unwrap().unwrap();
    SearchStep {
        search: search.id,
        from: search.cursor,
        turn: search.turn,
        to,
        looked_at: now,
        due_at: search.cadence.next_after(now).unwrap_or(now),
    }
}

/// A digest of all active searches of somebody that tells jobs by the first of them.
fn digest(store: &Store, subscriber: SubscriberId, told: &[JobId], now: DateTime<Utc>) -> DigestCommit {
    let searches = store.searches_of(subscriber).unwrap();
    let active = searches.iter().filter(|search| search.state != SubscriberState::Pending);
    let steps: Vec<SearchStep> = active.map(|search| step(store, search.id, search.cursor, now)).collect();
    let name = format!("s{subscriber}t{}", now.timestamp_millis());
    DigestCommit {
        subscriber,
        slot: now,
        told: told.iter().map(|job| told_job(job, steps[0].search)).collect(),
        steps,
        mail: Some(NewMail {
            message_id: format!("{name}@jobs.example"),
            token: name.clone(),
            bytes: bytes_of(store, subscriber, &name),
        }),
        held_over: Vec::new(),
        now,
    }
}

fn told_job(job: &JobId, search: SearchId) -> ToldJob {
    ToldJob { job: job.clone(), kind: ToldAs::New, search, closes_at: None }
}

fn bytes_of(store: &Store, subscriber: SubscriberId, name: &str) -> Vec<u8> {
    let to = store.subscriber(subscriber).unwrap().unwrap().address;
    let mut text = format!("To: {}\r\nMessage-ID: <{name}@jobs.example>\r\n\r\n", to.as_str());
    for line in 0..40 {
        let hash = blake3::hash(format!("{name} {line}").as_bytes()).to_hex();
        text.extend([line.to_string().as_str(), ": ", hash.as_str(), "\r\n"]);
    }
    text.into_bytes()
}

/// Commits such a digest and gives its mail.
fn queue(store: &Store, subscriber: SubscriberId, told: &[JobId], now: DateTime<Utc>) -> MailId {
    match store.commit_digest(digest(store, subscriber, told, now)).unwrap() {
        Committed::Mail(mail) => mail,
        other => panic!("{other:?}"),
    }
}

fn take(store: &Store, now: DateTime<Utc>) -> Option<OutgoingMail> {
    store.next_mail(None, RESEND, now).unwrap()
}

fn accepted() -> SendOutcome {
    SendOutcome::Accepted { reply: "250 ok".into() }
}

fn deferred() -> SendOutcome {
    SendOutcome::Deferred { reply: "451 later".into() }
}

fn state(store: &Store, mail: MailId) -> MailState {
    store.mail(mail).unwrap().unwrap().state
}

/// What waits to be told, as `search job`.
fn waiting(store: &Store) -> Vec<(SearchId, JobId)> {
    let all = store.read(|connection| {
        let mut statement = connection.prepare("SELECT id FROM search").unwrap();
        let ids = statement.query_map([], |row| row.get(0)).unwrap().map(|id| SearchId(id.unwrap())).collect();
        Ok(ids)
    });
    store.waiting(&all.unwrap()).unwrap().into_iter().map(|(search, job, _)| (search, job)).collect()
}

/// What somebody was told, by the mails that tell it.
fn told(store: &Store, subscriber: SubscriberId) -> Vec<(String, i64)> {
    store
        .read(|connection| {
            let sql = "SELECT j.public_id, t.mail FROM told AS t JOIN job AS j ON j.id = t.job
                       WHERE t.subscriber = ?1 ORDER BY t.mail, j.id";
            let mut statement = connection.prepare(sql)?;
            let rows = statement.query_map([subscriber.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap()
}

fn number(store: &Store, sql: &str) -> i64 {
    store.read(|connection| Ok(connection.query_row(sql, [], |row| row.get(0))?)).unwrap()
}

fn minutes(minutes: i64) -> TimeDelta {
    TimeDelta::minutes(minutes)
}
