//! What a digest is made of: jobs in sections, notes on boards, limits.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::model::{BoardHealth, BoardId, Job};

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

/// How much a digest may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Jobs of one employer told in full in one section; further ones are named in one line.
    pub per_employer: usize,
    /// Jobs told in full in the whole digest.
    pub jobs: usize,
    /// Bytes of the HTML part. Gmail clips at 102 KB.
    pub html_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { per_employer: 5, jobs: 50, html_bytes: 90_000 }
    }
}

/// Why jobs stand in a digest. The order is that of the sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SectionKind {
    /// Seen for the first time.
    New,
    /// Open again.
    Reopened,
    /// Changed in title, pay, place, work mode or closing date.
    Updated,
    /// About to close.
    ClosingSoon,
    /// Known before, and found to match only now that it was coded anew.
    NewlyCoded,
    /// Perhaps what was asked for: something that a filter looks at is not stated.
    MayMatch,
}

/// Jobs that stand in a digest for one reason.
#[derive(Clone, Debug)]
pub struct Section<'a> {
    /// The reason.
    pub kind: SectionKind,
    /// The jobs, in any order.
    pub jobs: Vec<&'a Job>,
}

/// Everything that one digest is composed from.
#[derive(Clone, Debug)]
pub struct DigestRequest<'a> {
    /// What the digest is called: `New HIM jobs`.
    pub heading: &'a str,
    /// The filters, for people: `remote, RHIT, at least $25 an hour`; empty when there are none.
    pub filters_in_words: String,
    /// The jobs.
    pub sections: Vec<Section<'a>>,
    /// From when on things count as new.
    pub since: Option<DateTime<Utc>>,
    /// The run's clock; becomes the mail's `Date`.
    pub now: DateTime<Utc>,
    /// The reader's zone.
    pub zone: Tz,
    /// The boards that were asked, readable or not.
    pub boards: BTreeMap<BoardId, BoardNote>,
    /// Who sends.
    pub site: Site,
    /// How much it may hold.
    pub limits: Limits,
}
