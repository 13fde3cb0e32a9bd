//! What is asked of a board and what it answers: one HTTP exchange, without any HTTP library.

use chrono::{DateTime, Utc};
use url::Url;

/// Says what a fetched answer is to the board that gave it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PageKind {
    /// A page, feed or API answer that lists postings.
    List,
    /// One posting's own page or API answer; names the posting it is fetched for.
    Detail {
        /// The posting's id on its board.
        posting_id: String,
    },
    /// A sitemap: addresses of details, or of further sitemaps.
    Sitemap,
    /// An API answer with the texts of postings that a list already gave (HistoricJoa's `announcementtext`).
    Texts,
}

impl PageKind {
    /// Gives the word stored beside a recorded answer.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Detail { .. } => "detail",
            Self::Sitemap => "sitemap",
            Self::Texts => "texts",
        }
    }
}

/// One request that a board's plan calls for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The address to fetch.
    pub url: Url,
    /// What the answer will be.
    pub kind: PageKind,
}

impl Wanted {
    /// Wants a page that lists postings.
    #[must_use]
    pub fn list(url: Url) -> Self {
        Self { url, kind: PageKind::List }
    }

    /// Wants the page of one posting.
    #[must_use]
    pub fn detail(url: Url, posting_id: &str) -> Self {
        Self { url, kind: PageKind::Detail { posting_id: posting_id.to_owned() } }
    }
}

/// What a server gave to recognise an unchanged answer by (RFC 9110 section 8.8), byte for byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// The `ETag` header as sent, quotes and `W/` included.
    pub etag: Option<String>,
    /// The `Last-Modified` header as sent.
    pub last_modified: Option<String>,
    /// The address that gave them; the one asked for where none is named. A redirect may have led
    /// to it, and to no other address may they be sent.
    pub given_by: Option<Url>,
}

impl Validators {
    /// Tells whether there is nothing to ask a conditional request with.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// One whole answer with status 200, decompressed and within the size limits.
#[derive(Clone, Debug)]
pub struct Page {
    /// The address asked for.
    pub requested: Url,
    /// The address that answered, after redirects.
    pub url: Url,
    /// Whether every redirect on the way there was for good (301, 308) and there was one.
    pub moved_for_good: bool,
    /// The HTTP status.
    pub status: u16,
    /// The media type, lower-case and without parameters; empty when none was sent.
    pub media_type: String,
    /// The `charset` parameter of `Content-Type`, if sent.
    pub charset: Option<String>,
    /// Signs of the software that answered, lower-case names: `x-nas-sid`, `x-datadome`, `cf-mitigated`, `server`.
    pub signs: Vec<(String, String)>,
    /// What to ask again with.
    pub validators: Validators,
    /// The decompressed body.
    pub body: Vec<u8>,
    /// When the answer came.
    pub fetched_at: DateTime<Utc>,
    /// Until when the server says that it stays fresh (RFC 9111), at most a day.
    pub fresh_until: Option<DateTime<Utc>>,
}

impl Page {
    /// Makes a page of bytes that were saved elsewhere; for `parse`, replays and tests.
    #[must_use]
    pub fn saved(url: Url, media_type: &str, body: Vec<u8>, fetched_at: DateTime<Utc>) -> Self {
        Self {
            requested: url.clone(),
            url,
            moved_for_good: false,
            status: 200,
            media_type: media_type.to_owned(),
            charset: None,
            signs: Vec::new(),
            validators: Validators::default(),
            body,
            fetched_at,
            fresh_until: None,
        }
    }
}

/// What the fetcher must remember of one host between runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostState {
    /// No request before this moment (spacing, Crawl-delay, Retry-After).
    pub next_allowed: Option<DateTime<Utc>>,
    /// Why the next moment is set beyond the ordinary spacing, for people.
    pub reason: Option<String>,
    /// The host's robots.txt as last read.
    pub robots: Option<RobotsRecord>,
}

/// A robots.txt as last read (RFC 9309); a body is kept so that rules can be explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RobotsRecord {
    /// When it was read.
    pub fetched_at: DateTime<Utc>,
    /// Its HTTP status; 0 when the host could not be reached.
    pub status: u16,
    /// Its text, at most 500 KiB.
    pub body: String,
    /// Set when it answered with a permanent redirect to another registrable domain.
    pub moved_to: Option<String>,
}

/// The fetcher's memory of hosts. Implemented over the store by the pipeline, in memory by tests.
pub trait HostMemory: Send + Sync {
    /// Recalls a host; the default state when it is new.
    fn recall(&self, host: &str) -> HostState;
    /// Remembers a host before the next request to it may start.
    fn remember(&self, host: &str, state: &HostState);
}
