//! What a digest is made of: saved searches with their jobs in sections, notes on boards, links, limits.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::model::{BoardHealth, Job, KnownField};

/// How much of a posting's text may be shown to others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Republish {
    /// Title and link.
    Link,
    /// And the first sentences.
    #[default]
    Excerpt,
    /// The text, up to a length that suits the carrier.
    Full,
}

/// What a digest says of a board.
#[derive(Clone, Debug, Default)]
pub struct BoardNote {
    /// The name people know.
    pub name: String,
    /// Its page for people.
    pub homepage: Option<String>,
    /// How it is doing.
    pub health: BoardHealth,
    /// How much of its postings' text may be shown.
    pub republish: Republish,
}

/// Who sends.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// The name readers see.
    pub name: String,
    /// Where all jobs can be seen; no trailing slash is needed.
    pub public_url: Option<String>,
    /// The sender's postal address, which mail to other people must show (15 U.S.C. 7704(a)(5)).
    pub postal_address: Option<String>,
}

/// Where this mail's reader can go. What is not an address is left out without a word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// Unsubscribes. With https it also serves RFC 8058's one click, so POST must act and GET must not.
    pub unsubscribe_url: Option<String>,
    /// Unsubscribes by mail: `mailto:leave+token@example.edu?subject=unsubscribe`.
    pub unsubscribe_mailto: Option<String>,
    /// Shows and changes the saved searches.
    pub preferences_url: Option<String>,
    /// The reader's own feed.
    pub feed_url: Option<String>,
}

/// How much a digest may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Jobs of one employer told in full in one section; further ones are told in one line each.
    pub per_employer: usize,
    /// Jobs told in full in the whole digest; further ones are told in one line each.
    pub jobs: usize,
    /// Bytes of the HTML part. Gmail clips at 102 KB.
    pub html_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { per_employer: 5, jobs: 40, html_bytes: 90_000 }
    }
}

/// Why jobs stand in a digest. The order is that of the sections of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SectionKind {
    /// Seen for the first time.
    New,
    /// Known before, and found to match only now that it was coded anew.
    NewlyCoded,
    /// Open again after it was closed, or advertised again.
    Reopened,
    /// Changed in title, pay, place, work mode or closing date.
    Updated,
    /// About to close; never after it has.
    ClosingSoon,
    /// Perhaps what was asked for: something that a filter looks at is not stated.
    MayMatch,
    /// Told before and closed since: titles alone.
    Closed,
}

/// A job that a section may tell, and what is to be said of it there.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// The job.
    pub job: &'a Job,
    /// What changed, in words: `pay: not stated → $28/hr; closes: Dec 1 → Dec 8`.
    pub changes: Option<String>,
    /// What the search asked for and the job does not state.
    pub not_stated: Vec<KnownField>,
}

impl<'a> Candidate<'a> {
    /// Takes a job with what the search that found it noted on it.
    #[must_use]
    pub fn new(job: &'a Job) -> Self {
        let field = |word: &String| KnownField::ALL.into_iter().find(|field| field.as_str() == word);
        Self { job, changes: None, not_stated: job.may_match.iter().filter_map(field).collect() }
    }
}

/// Jobs that stand in a digest for one reason.
#[derive(Clone, Debug)]
pub struct Section<'a> {
    /// The reason.
    pub kind: SectionKind,
    /// The jobs, in any order.
    pub jobs: Vec<Candidate<'a>>,
}

impl<'a> Section<'a> {
    /// Makes a section of jobs of which there is nothing more to say.
    pub fn new(kind: SectionKind, jobs: impl IntoIterator<Item = &'a Job>) -> Self {
        Self { kind, jobs: jobs.into_iter().map(Candidate::new).collect() }
    }
}

/// What one saved search found.
#[derive(Clone, Debug, Default)]
pub struct Part<'a> {
    /// The search's name. Shown where a digest has several parts.
    pub name: String,
    /// Its filters, for people: `remote, RHIT, at least $25 an hour`; empty when there are none.
    pub filters_in_words: String,
    /// The jobs. A job may stand in several sections and parts; it is told once.
    pub sections: Vec<Section<'a>>,
    /// Jobs that match too, and that this person was told of in an earlier or another digest.
    pub already_told: usize,
    /// Jobs that match but do not state what `known` asks for.
    pub left_out: u64,
    /// Where all that this search finds can be seen.
    pub more_url: Option<String>,
}

/// Why a digest reaches back further than its period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CatchUpCause {
    /// Nothing ran.
    NotRunning,
    /// The mail server did not take mail.
    MailServerAway,
    /// One or the other.
    Unknown,
}

/// A digest that makes up for earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CatchUp {
    /// From when on it tells what is new.
    pub from: DateTime<Utc>,
    /// Why.
    pub cause: CatchUpCause,
    /// Jobs from before `from` that it leaves out because they are too old.
    pub not_listed: u64,
}

/// Everything that one digest is composed from, besides what all digests of a run share
/// ([`super::Prepared`]).
#[derive(Clone, Debug)]
pub struct DigestRequest<'a> {
    /// What the digest is called: `New HIM jobs`.
    pub heading: &'a str,
    /// What each saved search found, in the order to be told in. One alone gets no heading of its own.
    pub parts: Vec<Part<'a>>,
    /// From when on things count as new.
    pub since: Option<DateTime<Utc>>,
    /// The reader's zone.
    pub zone: Tz,
    /// Set when it makes up for digests that were not sent in time.
    pub catch_up: Option<CatchUp>,
    /// Whether its reader chose to hear also when there is nothing.
    pub heartbeat: bool,
    /// When its reader subscribed; `None` for a preview.
    pub subscribed: Option<DateTime<Utc>>,
    /// Where its reader can go.
    pub links: Links,
    /// Who sends.
    pub site: &'a Site,
    /// How much it may hold.
    pub limits: Limits,
}
