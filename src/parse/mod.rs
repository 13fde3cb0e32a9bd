//! From an answer's bytes to raw postings. Pure, and it never fails: it returns what it got and
//! what it could not read. One broken card does not hide forty good ones.

mod address;
mod alert_mail;
mod bounce;
mod bounds;
mod bti;
mod complaints;
mod dom;
mod evidence;
mod feed;
mod fill;
mod gaps;
mod html_engine;
#[cfg(test)]
mod html_fixtures;
mod html_plan;
mod html_text;
mod json_body;
mod json_engine;
mod json_ld;
#[cfg(test)]
mod json_samples;
mod jsonld_engine;
mod lenient;
mod login;
mod mail_tree;
mod microdata;
pub mod probe;
mod redact;
mod shown_mail;
mod sitemap;
mod text_encoding;
mod usajobs;
mod wall;
mod webscribble;
mod ymcareers;

pub use alert_mail::{ALERT_MAIL, MailHead, mail_head};
pub use bounce::{BounceLimits, read_bounce};
pub use fill::{fill, keep_stated};
pub use html_plan::check_selectors;
pub use json_ld::read_job_posting;
pub use redact::Redactor;
pub use shown_mail::{ShownMail, shown_mail};
pub use wall::{Wall, wall_in};

use crate::board::Board;
use crate::model::{Engine, Page, PageKind, Problem, RawPosting, Wanted};

/// What an answer turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The expected format; `postings` may still be empty on a last page.
    Readable,
    /// The board says in its own way that it has no postings: a well-formed empty feed, `total` 0,
    /// its own "no jobs" words.
    Empty,
    /// A bot wall, a captcha or a login page, whatever the status.
    Wall(Wall),
    /// Something else: what was seen, what was expected.
    Foreign(String),
}

/// What was read from one answer.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// What the answer turned out to be.
    pub finding: Finding,
    /// The postings, in the answer's order.
    pub postings: Vec<RawPosting>,
    /// Further lists to fetch: the next page, the sitemaps of an index.
    pub next: Vec<Wanted>,
    /// How many postings the board says it has in all.
    pub total: Option<u64>,
    /// Set when the board itself cuts the list short, so that absence proves nothing.
    pub truncated: bool,
    /// What could not be read, and where.
    pub problems: Vec<Problem>,
}

impl Parsed {
    /// Begins an answer of the expected format.
    #[must_use]
    pub fn readable() -> Self {
        Self {
            finding: Finding::Readable,
            postings: Vec::new(),
            next: Vec::new(),
            total: None,
            truncated: false,
            problems: Vec::new(),
        }
    }

    /// Makes the result of an answer that is none of ours.
    #[must_use]
    pub fn foreign(why: impl Into<String>) -> Self {
        Self { finding: Finding::Foreign(why.into()), ..Self::readable() }
    }
}

/// Reads one answer of a board as the given engine gives it.
#[must_use]
pub fn parse(board: &Board, engine: Engine, kind: &PageKind, page: &Page) -> Parsed {
    // A mail that speaks of captchas is no wall.
    if engine != Engine::Email
        && let Some(wall) = wall_in(page)
    {
        return Parsed { finding: Finding::Wall(wall), ..Parsed::readable() };
    }
    let mut parsed = read(board, engine, kind, page);
    let is_detail = matches!(kind, PageKind::Detail { .. });
    if let Finding::Foreign(why) = &mut parsed.finding
        && !is_detail
    {
        *why = evidence::with_evidence(why, page);
    }
    bounds::bounded(parsed, page)
}

/// Reads one answer that no wall stands before.
fn read(board: &Board, engine: Engine, kind: &PageKind, page: &Page) -> Parsed {
    match engine {
        Engine::Ymcareers => ymcareers::parse(board, kind, page),
        Engine::Jsonld => jsonld_engine::parse(board, kind, page),
        Engine::Html => html_engine::parse(board, kind, page),
        Engine::Rss | Engine::Bti => feed::parse_feed(board, engine, page),
        Engine::Usajobs => usajobs::parse(board, kind, page),
        Engine::Webscribble => webscribble::parse(kind, page),
        Engine::Json => json_engine::parse(board, kind, page),
        Engine::Email => alert_mail::parse(board, page),
    }
}
