//! Feeds: RSS 2.0, Atom, JSON Feed 1.1 and iCalendar of the same jobs.
//!
//! The bytes depend on the jobs alone, never on when they are asked for, so that validators
//! (`ETag`, `Last-Modified`) work; the clock matters only where a job closes. Ids never change; what
//! happens to a job later is an item of its own.

mod atom;
mod calendar;
mod change;
mod content_lines;
#[cfg(test)]
mod hostile_tests;
mod json;
mod prepare;
mod rss;
#[cfg(test)]
mod strict_calendar;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound, Utc};
use chrono_tz::Tz;

use crate::model::{BoardId, Job, JobEvent};

use super::request::BoardNote;

/// Minutes for which a reader may keep a feed.
const TTL_MINUTES: u32 = 60;

/// The forms that a feed can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeedForm {
    /// RSS 2.0.
    Rss,
    /// Atom (RFC 4287).
    Atom,
    /// JSON Feed 1.1.
    Json,
    /// iCalendar (RFC 5545): closing dates.
    Ics,
}

impl FeedForm {
    /// Every form.
    pub const ALL: [Self; 4] = [Self::Rss, Self::Atom, Self::Json, Self::Ics];

    /// Gives the word that stands in addresses, file endings and `--format`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rss => "rss",
            Self::Atom => "atom",
            Self::Json => "json",
            Self::Ics => "ics",
        }
    }

    /// Finds the form that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.as_str() == word)
    }

    /// Gives the value of `Content-Type`.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml; charset=utf-8",
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Json => "application/feed+json; charset=utf-8",
            Self::Ics => "text/calendar; charset=utf-8",
        }
    }
}

/// One item of a feed.
#[derive(Clone, Copy, Debug)]
pub struct FeedItem<'a> {
    /// The job.
    pub job: &'a Job,
    /// What happened to it: a change, a reopening or a new advertisement is an item of its own; other
    /// events, like `None`, give the item of the job itself.
    pub event: Option<&'a JobEvent>,
    /// When the job last changed for somebody who means to apply, where that is later than the item.
    pub updated: Option<DateTime<Utc>>,
    /// How often the job has changed so far; never falls. A calendar's `SEQUENCE`.
    pub revision: u64,
}

impl<'a> FeedItem<'a> {
    /// Makes the item that announces a job.
    #[must_use]
    pub fn new(job: &'a Job) -> Self {
        Self { job, event: None, updated: None, revision: 0 }
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
    /// The items, in any order. Closed jobs are left out, but for a calendar, which says of those that
    /// closed before their date that they did.
    pub items: Vec<FeedItem<'a>>,
    /// The boards the jobs come from.
    pub boards: &'a BTreeMap<BoardId, BoardNote>,
    /// When anything last changed that may have added a job to this feed or taken one out of it. It
    /// stands in no feed and makes [`FeedDocument::last_modified`] no earlier.
    pub changed: Option<DateTime<Utc>>,
    /// The run's clock: nothing is dated after it, nothing closed by it is shown.
    pub now: DateTime<Utc>,
    /// The zone in which days are told.
    pub zone: Tz,
}

/// A feed as it is written to a file or sent over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedDocument {
    /// The document, in UTF-8.
    pub text: String,
    /// The value of `Content-Type`.
    pub media_type: &'static str,
    /// The value of `Last-Modified`, in whole seconds and never after the run's clock; `None` when
    /// nothing is known to have changed ever.
    pub last_modified: Option<DateTime<Utc>>,
    /// The value of `ETag`: a strong one, in its quotes, made of the bytes of `text`.
    pub etag: String,
}

/// Writes a feed.
#[must_use]
pub fn document(form: FeedForm, feed: &FeedRequest<'_>) -> FeedDocument {
    let (head, items) = match form {
        FeedForm::Ics => prepare::dates(feed),
        FeedForm::Rss | FeedForm::Atom | FeedForm::Json => prepare::open_jobs(feed),
    };
    let newest = items.iter().map(|item| item.updated).max();
    let last_modified = newest.max(feed.changed).map(|changed| changed.min(feed.now).trunc_subsecs(0));
    let text = match form {
        FeedForm::Rss => rss::write(head, &items),
        FeedForm::Atom => atom::write(&head, &items),
        FeedForm::Json => json::write(&head, &items),
        FeedForm::Ics => calendar::write(&head, &items),
    };
    let hash: String = blake3::hash(text.as_bytes()).to_hex().chars().take(32).collect();
    FeedDocument { text, media_type: form.media_type(), last_modified, etag: format!("\"{hash}\"") }
}

/// Writes a feed as RSS 2.0.
#[must_use]
pub fn rss(feed: &FeedRequest<'_>) -> String {
    document(FeedForm::Rss, feed).text
}

/// Writes a feed as Atom.
#[must_use]
pub fn atom(feed: &FeedRequest<'_>) -> String {
    document(FeedForm::Atom, feed).text
}

/// Writes a feed as JSON Feed 1.1.
#[must_use]
pub fn json_feed(feed: &FeedRequest<'_>) -> String {
    document(FeedForm::Json, feed).text
}

/// Writes the closing dates of a feed's jobs as a calendar.
#[must_use]
pub fn ics(feed: &FeedRequest<'_>) -> String {
    document(FeedForm::Ics, feed).text
}
