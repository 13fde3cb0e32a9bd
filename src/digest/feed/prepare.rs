//! What every form of a feed is written from: items in order, dated, named for good, in words.

use std::collections::BTreeSet;

use askama::Template;
use chrono::{DateTime, Duration, SubsecRound, Utc};

use crate::model::{Job, JobEvent, JobId, JobStatus};

use super::super::clean::{line, short_line, web_link, without_markup};
use super::super::entry::{Carrier, Entry, entry, is_open};
use super::super::html::feed_item_html;
use super::super::place;
use super::super::when::Now;
use super::change::{is_news, prefix, sentence};
use super::{FeedItem, FeedRequest};

/// Stands where a specification demands a page and the feed has none of its own.
const PROJECT_PAGE: &str = env!("CARGO_PKG_HOMEPAGE");
/// Changes are told so long after they were noticed, counted back from the feed's newest item and not
/// from the clock, so that a feed to which nothing happens keeps its bytes.
const CHANGES_TOLD: Duration = Duration::days(30);
/// The date of a feed without items, and the earliest that readers take for a date: 2000-01-01.
const EARLIEST: DateTime<Utc> = match DateTime::from_timestamp(946_684_800, 0) {
    Some(moment) => moment,
    None => DateTime::UNIX_EPOCH,
};

/// An item as every format needs it.
pub(super) struct Prepared<'a> {
    /// A tag URI.
    pub(super) guid: String,
    /// `Inpatient Coder II - Mercy Health (Columbus, OH)`: plain text that cannot be read as markup.
    pub(super) title: String,
    pub(super) entry: Entry,
    /// What happened, where the item tells of that.
    pub(super) change: Option<Told<'a>>,
    /// The content.
    pub(super) html: String,
    pub(super) published: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
    pub(super) categories: Vec<String>,
    pub(super) revision: u64,
    pub(super) job: &'a Job,
}

/// What happened to a job.
pub(super) struct Told<'a> {
    pub(super) event: &'a JobEvent,
    /// In a sentence.
    pub(super) words: String,
}

/// What every format says of the whole feed.
pub(super) struct FeedHead {
    pub(super) title: String,
    pub(super) description: String,
    pub(super) self_url: Option<String>,
    pub(super) home_url: String,
    pub(super) author: String,
    /// When its newest item last changed.
    pub(super) changed: DateTime<Utc>,
}

/// Prepares a feed of the jobs that are open and of what happened to them: newest first, each id once.
pub(super) fn open_jobs<'a>(feed: &FeedRequest<'a>) -> (FeedHead, Vec<Prepared<'a>>) {
    prepare(feed, |item| is_open(item.job, feed.now))
}

/// Prepares the jobs whose closing date lies ahead, those included that closed before it.
pub(super) fn dates<'a>(feed: &FeedRequest<'a>) -> (FeedHead, Vec<Prepared<'a>>) {
    let lies_ahead = |job: &Job| job.valid_through.is_some_and(|closing| closing.instant > feed.now);
    prepare(feed, |item| news_of(item).is_none() && lies_ahead(item.job))
}

/// Tells whether a job closed before its date.
pub(super) fn closed_early(job: &Job) -> bool {
    job.status == JobStatus::Closed
}

fn prepare<'a>(feed: &FeedRequest<'a>, belongs: impl Fn(&FeedItem<'a>) -> bool) -> (FeedHead, Vec<Prepared<'a>>) {
    let chosen: Vec<&FeedItem<'a>> = feed.items.iter().filter(|item| belongs(item)).collect();
    let told_since = chosen.iter().map(|item| published(item, feed.now)).max().map(|newest| newest - CHANGES_TOLD);
    let is_told = |item: &&FeedItem<'a>| {
        news_of(item).is_none() || told_since.is_some_and(|since| published(item, feed.now) >= since)
    };
    let mut items: Vec<Prepared<'a>> =
        chosen.into_iter().filter(is_told).map(|item| prepare_item(item, feed)).collect();
    items.sort_by(|a, b| b.published.cmp(&a.published).then_with(|| a.guid.cmp(&b.guid)));
    let mut told = BTreeSet::new();
    items.retain(|item| told.insert(item.guid.clone()));
    let head = FeedHead {
        title: name_or(&plain(feed.title, 120), "Jobs"),
        description: name_or(&plain(&feed.description, 400), "Jobs"),
        self_url: feed.self_url.as_deref().and_then(feed_address),
        home_url: home_url(feed),
        author: name_or(&plain(&feed.author, 120), "jobrounds"),
        changed: items.iter().map(|item| item.updated).max().unwrap_or(EARLIEST),
    };
    (head, items)
}

/// Gives the page that RSS demands: the feed's own, else the project's. No board's page shows the
/// jobs of several.
fn home_url(feed: &FeedRequest<'_>) -> String {
    feed.home_url.as_deref().and_then(web_link).unwrap_or_else(|| PROJECT_PAGE.to_owned())
}

fn plain(text: &str, longest: usize) -> String {
    without_markup(&short_line(text, longest))
}

fn name_or(name: &str, otherwise: &str) -> String {
    if name.is_empty() { otherwise.to_owned() } else { name.to_owned() }
}

/// Gives the feed's own address; a feed may also be a file.
fn feed_address(address: &str) -> Option<String> {
    web_link(address).or_else(|| url::Url::parse(address).ok().filter(|url| url.scheme() == "file").map(String::from))
}

/// Gives what an item tells of, where it is news to people who know the job.
fn news_of<'a>(item: &FeedItem<'a>) -> Option<&'a JobEvent> {
    item.event.filter(|event| is_news(event.kind))
}

/// Dates an item: when the job was first seen, or when the change was noticed; never in the future.
fn published(item: &FeedItem<'_>, now: DateTime<Utc>) -> DateTime<Utc> {
    let moment = news_of(item).map_or(item.job.first_seen, |event| event.at);
    moment.min(now).max(EARLIEST).trunc_subsecs(0)
}

#[derive(Template)]
#[template(path = "feed_change.html")]
struct ChangeParagraph<'a> {
    words: &'a str,
}

fn prepare_item<'a>(item: &FeedItem<'a>, feed: &FeedRequest<'a>) -> Prepared<'a> {
    let published = published(item, feed.now);
    // Days are told as on the day of the item, for the words must not change with the reader's.
    let now = Now { instant: published, zone: feed.zone };
    let entry = entry(item.job, feed.boards, now, Carrier::Feed);
    let change = news_of(item).map(|event| Told { event, words: sentence(event, now) });
    let before = change.as_ref().map(|told| ChangeParagraph { words: &told.words }.render().unwrap_or_default());
    let updated = item.updated.filter(|_| change.is_none()).unwrap_or(published).min(feed.now).max(published);
    Prepared {
        guid: guid(&item.job.id, news_of(item)),
        title: title(&entry, news_of(item)),
        html: before.unwrap_or_default() + &feed_item_html(&entry),
        entry,
        change,
        published,
        updated: updated.trunc_subsecs(0),
        categories: categories(item.job),
        revision: item.revision,
        job: item.job,
    }
}

/// Names a job, or one change of it, for good: a tag URI (RFC 4151) that no edit, merge or restore
/// changes, because it holds the job's id, and the kind, time and number of the change, and nothing else.
///
/// The change bears the id of the job that it happened to, also after that has merged into another.
/// The number alone would not do: after a restore of an older copy other events take the numbers.
fn guid(id: &JobId, event: Option<&JobEvent>) -> String {
    let id = event.map_or(id, |event| &event.job);
    let id: String =
        id.as_str().chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).collect();
    match event {
        Some(event) => {
            let (kind, at) = (event.kind.as_str(), event.at.format("%Y%m%dT%H%M%SZ"));
            format!("tag:jobrounds,2026:job/{id}/{kind}/{at}/{}", event.id)
        }
        None => format!("tag:jobrounds,2026:job/{id}"),
    }
}

fn title(entry: &Entry, event: Option<&JobEvent>) -> String {
    let prefix = event.map(prefix).unwrap_or_default();
    let employer = entry.employer.as_ref().map_or(String::new(), |employer| format!(" - {employer}"));
    // Feed titles are lists of names: what the place is called, without where remote work is open to.
    let place = match entry.place.split_once(" (") {
        Some(("Remote", _)) => " (Remote)".to_owned(),
        _ if entry.place == "Place not stated" => String::new(),
        _ => format!(" ({})", entry.place),
    };
    without_markup(&format!("{prefix}{}{employer}{place}", entry.title))
}

/// Gives a job's categories: employment types, work mode, credentials, states.
fn categories(job: &Job) -> Vec<String> {
    let types = job.employment_type.iter().map(|kind| place::employment_word(*kind).to_owned());
    let mode = job.work_mode.iter().map(|mode| mode.as_str().to_owned());
    let credentials = job.credentials.iter().map(|credential| short_line(&credential.code, 40));
    let states =
        job.job_location.iter().filter_map(|place| place.region.as_deref().map(|region| short_line(region, 40)));
    let mut categories: Vec<String> = Vec::new();
    for category in types.chain(mode).chain(credentials).chain(states.take(10)) {
        let category = line(&without_markup(&category));
        if !category.is_empty() && !categories.contains(&category) {
            categories.push(category);
        }
    }
    categories
}
