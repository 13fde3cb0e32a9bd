//! Feeds: RSS 2.0, Atom, JSON Feed 1.1 and iCalendar of the same jobs.
//!
//! The bytes depend on the jobs alone, never on when they are asked for, so that validators
//! (`ETag`, `Last-Modified`) work. Ids never change; what happens to a job later is an item of its own.

mod atom;
mod calendar;
mod json;
mod rss;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SubsecRound, Utc};
use chrono_tz::Tz;

use crate::model::{BoardId, EventKind, Job, JobEvent, JobId};

use super::clean::{line, short_line, web_link};
use super::entry::{Carrier, Entry, entry, is_open};
use super::html::feed_item_html;
use super::place;
use super::request::BoardNote;
use super::when::Now;

pub use atom::atom;
pub use calendar::ics;
pub use json::json_feed;
pub use rss::rss;

/// Stands where a specification demands a page and the feed has none of its own.
const PROJECT_PAGE: &str = env!("CARGO_PKG_HOMEPAGE");
/// Minutes for which a reader may keep a feed.
const TTL_MINUTES: u32 = 60;

/// One item of a feed.
#[derive(Clone, Copy, Debug)]
pub struct FeedItem<'a> {
    /// The job.
    pub job: &'a Job,
    /// What happened to it: a change, a reopening or a new advertisement is an item of its own; other
    /// events, like `None`, give the item of the job itself.
    pub event: Option<&'a JobEvent>,
    /// When its content last changed, where that is later than the item.
    pub updated: Option<DateTime<Utc>>,
}

impl<'a> FeedItem<'a> {
    /// Makes the item that announces a job.
    #[must_use]
    pub fn new(job: &'a Job) -> Self {
        Self { job, event: None, updated: None }
    }
}

/// Everything that a feed is written from.
#[derive(Clone, Debug)]
pub struct FeedRequest<'a> {
    /// The feed's title: `New HIM jobs`.
    pub title: &'a str,
    /// What it holds, in a sentence.
    pub description: String,
    /// Where the feed itself is found. The W3C's validator misses it when there is none.
    pub self_url: Option<String>,
    /// The page for people that shows the same; the project's is named when there is none.
    pub home_url: Option<String>,
    /// Who publishes it.
    pub author: String,
    /// The items, in any order; closed jobs are left out.
    pub items: Vec<FeedItem<'a>>,
    /// The boards the jobs come from.
    pub boards: &'a BTreeMap<BoardId, BoardNote>,
    /// When any job in reach of the feed last changed; the items' own times when not known.
    pub changed: Option<DateTime<Utc>>,
    /// The run's clock: nothing is dated after it, nothing closed by it is shown.
    pub now: DateTime<Utc>,
    /// The zone in which days are told.
    pub zone: Tz,
}

/// An item as every format needs it.
struct Prepared<'a> {
    guid: String,
    /// `Inpatient Coder II - Mercy Health (Columbus, OH)`.
    title: String,
    entry: Entry,
    html: String,
    published: DateTime<Utc>,
    updated: DateTime<Utc>,
    categories: Vec<String>,
    job: &'a Job,
}

/// What every format says of the whole feed.
struct FeedHead {
    title: String,
    description: String,
    self_url: Option<String>,
    home_url: String,
    author: String,
    changed: DateTime<Utc>,
}

/// Prepares the feed: items newest first, each id once.
fn prepare<'a>(feed: &FeedRequest<'a>) -> (FeedHead, Vec<Prepared<'a>>) {
    let open = feed.items.iter().filter(|item| is_open(item.job, feed.now));
    let mut items: Vec<Prepared<'a>> = open.map(|item| prepare_item(item, feed)).collect();
    items.sort_by(|a, b| b.published.cmp(&a.published).then_with(|| a.guid.cmp(&b.guid)));
    let mut told = BTreeSet::new();
    items.retain(|item| told.insert(item.guid.clone()));
    let newest = items.iter().map(|item| item.updated).max();
    // An empty feed must still be dated; the day keeps its bytes for that long.
    let changed = feed.changed.max(newest).unwrap_or_else(|| day_start(feed.now)).min(feed.now);
    let head = FeedHead {
        title: name_or(&short_line(feed.title, 120), "Jobs"),
        description: name_or(&short_line(&feed.description, 400), "Jobs"),
        self_url: feed.self_url.as_deref().and_then(feed_address),
        home_url: home_url(feed),
        author: name_or(&short_line(&feed.author, 120), "jobrounds"),
        changed: changed.trunc_subsecs(0),
    };
    (head, items)
}

/// Gives the page that RSS demands: the feed's own, else the project's. No board's page shows the
/// jobs of several.
fn home_url(feed: &FeedRequest<'_>) -> String {
    feed.home_url.as_deref().and_then(web_link).unwrap_or_else(|| PROJECT_PAGE.to_owned())
}

fn name_or(name: &str, otherwise: &str) -> String {
    if name.is_empty() { otherwise.to_owned() } else { name.to_owned() }
}

fn day_start(now: DateTime<Utc>) -> DateTime<Utc> {
    now.date_naive().and_time(chrono::NaiveTime::MIN).and_utc()
}

/// Gives the feed's own address; a feed may also be a file.
fn feed_address(address: &str) -> Option<String> {
    web_link(address).or_else(|| url::Url::parse(address).ok().filter(|url| url.scheme() == "file").map(String::from))
}

fn prepare_item<'a>(item: &FeedItem<'a>, feed: &FeedRequest<'a>) -> Prepared<'a> {
    let now = Now { instant: feed.now, zone: feed.zone };
    let entry = entry(item.job, feed.boards, now, Carrier::Feed);
    let event = item.event.filter(|event| is_news(event.kind));
    let published = event.map_or(item.job.first_seen, |event| event.at).min(feed.now).trunc_subsecs(0);
    Prepared {
        guid: guid(&item.job.id, event),
        title: title(&entry, event),
        html: feed_item_html(&entry),
        entry,
        published,
        updated: item.updated.unwrap_or(published).clamp(published, feed.now.max(published)).trunc_subsecs(0),
        categories: categories(item.job),
        job: item.job,
    }
}

/// Names a job, or one change of it, for good: a tag URI (RFC 4151) that no edit, merge or restore
/// changes, because it holds the job's id and the time of the change and nothing else.
fn guid(id: &JobId, event: Option<&JobEvent>) -> String {
    let id: String =
        id.as_str().chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).collect();
    match event {
        Some(event) => {
            format!("tag:jobrounds,2026:job/{id}/{}/{}", event.kind.as_str(), event.at.format("%Y%m%dT%H%M%SZ"))
        }
        None => format!("tag:jobrounds,2026:job/{id}"),
    }
}

/// Tells whether an event is news to people who know the job already.
fn is_news(kind: EventKind) -> bool {
    matches!(kind, EventKind::Updated | EventKind::Reopened | EventKind::Reposted)
}

fn title(entry: &Entry, event: Option<&JobEvent>) -> String {
    let prefix = match event.map(|event| event.kind) {
        Some(EventKind::Updated) => "Changed: ",
        Some(EventKind::Reopened) => "Open again: ",
        Some(EventKind::Reposted) => "Advertised again: ",
        _ => "",
    };
    let employer = entry.employer.as_ref().map_or(String::new(), |employer| format!(" - {employer}"));
    // Feed titles are lists of names: what the place is called, without where remote work is open to.
    let place = match entry.place.split_once(" (") {
        Some(("Remote", _)) => " (Remote)".to_owned(),
        _ if entry.place == "Place not stated" => String::new(),
        _ => format!(" ({})", entry.place),
    };
    format!("{prefix}{}{employer}{place}", entry.title)
}

/// Gives a job's categories: employment types, work mode, credentials, states.
fn categories(job: &Job) -> Vec<String> {
    let types = job.employment_type.iter().map(|kind| place::employment_word(*kind).to_owned());
    let mode = job.work_mode.iter().map(|mode| mode.as_str().to_owned());
    let credentials = job.credentials.iter().map(|credential| line(&credential.code));
    let states =
        job.job_location.iter().filter_map(|place| place.region.as_deref().map(|region| short_line(region, 40)));
    let mut categories: Vec<String> = Vec::new();
    for category in types.chain(mode).chain(credentials).chain(states.take(10)) {
        if !category.is_empty() && !categories.contains(&category) {
            categories.push(category);
        }
    }
    categories
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sample;

    #[test]
    fn an_id_survives_edits_and_a_change_is_an_item_of_its_own() {
        let mut job = sample::job("1", "Coder", "Mercy Health");
        let before = guid(&job.id, None);
        job.title = Some("Senior Coder".into());
        job.url = None;
        assert_eq!(before, guid(&job.id, None));
        assert_eq!(before, format!("tag:jobrounds,2026:job/{}", job.id));
        let event = JobEvent {
            id: 7,
            job: job.id.clone(),
            kind: EventKind::Reopened,
            posting: None,
            at: sample::time("2026-11-23T10:00:00Z"),
            detail: None,
        };
        assert_eq!(guid(&job.id, Some(&event)), format!("{before}/reopened/20261123T100000Z"));
        let joined = JobEvent { kind: EventKind::Joined, ..event };
        let boards = sample::boards();
        let mut feed = sample::feed(&boards, [&job].into_iter());
        feed.items.push(FeedItem { event: Some(&joined), ..FeedItem::new(&job) });
        let (_, items) = prepare(&feed);
        assert_eq!(items.iter().map(|item| item.guid.as_str()).collect::<Vec<_>>(), [before.as_str()]);
    }

    #[test]
    fn a_feed_without_a_page_of_its_own_names_the_projects() {
        let boards = sample::boards();
        let mut feed = sample::feed(&boards, [].into_iter());
        feed.home_url = None;
        assert_eq!(home_url(&feed), PROJECT_PAGE);
        feed.home_url = Some("https://lakes.example/jobs".into());
        assert_eq!(home_url(&feed), "https://lakes.example/jobs");
    }

    #[test]
    fn nothing_is_dated_after_the_clock() {
        let mut job = sample::job("1", "Coder", "Mercy Health");
        job.first_seen = sample::time("2030-01-01T00:00:00Z");
        let boards = sample::boards();
        let mut feed = sample::feed(&boards, [&job].into_iter());
        feed.changed = Some(job.first_seen);
        let (head, items) = prepare(&feed);
        assert!(items[0].published <= feed.now && items[0].updated <= feed.now && head.changed <= feed.now);
    }

    #[test]
    fn an_unchanged_feed_keeps_its_bytes_when_it_is_polled_again() {
        let mut job = sample::job("1", "Coder", "Mercy Health");
        sample::also_on(&mut job, "usajobs", "77");
        let boards = sample::boards();
        let write = |job: &Job, now: &str| {
            let mut feed = sample::feed(&boards, [job].into_iter());
            feed.now = sample::time(now);
            [rss(&feed), atom(&feed), json_feed(&feed), ics(&feed)]
        };
        let first = write(&job, "2026-11-24T12:12:00Z");
        job.last_confirmed = sample::time("2026-11-25T09:00:00Z");
        job.postings.iter_mut().for_each(|posting| posting.last_confirmed = job.last_confirmed);
        assert_eq!(first, write(&job, "2026-11-25T09:30:00Z"));
    }

    #[test]
    fn a_title_names_employer_and_place() {
        let mut job = sample::job("1", "Coder", "Mercy Health");
        job.work_mode = Some(crate::model::WorkMode::Remote);
        job.remote_scope = Some(vec!["US".into()]);
        let boards = sample::boards();
        let (_, items) = prepare(&sample::feed(&boards, [&job].into_iter()));
        assert_eq!(items[0].title, "Coder - Mercy Health (Remote)");
    }
}
