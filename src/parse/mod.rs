//! From an answer's bytes to raw postings. Pure, and it never fails: it returns what it got and
//! what it could not read. One broken card does not hide forty good ones.

mod address;
mod bti;
mod complaints;
mod dom;
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
mod microdata;
pub mod probe;
mod redact;
mod sitemap;
mod text_encoding;
mod usajobs;
mod wall;
mod webscribble;
mod ymcareers;

pub use fill::fill;
pub use html_plan::check_selectors;
pub use json_ld::read_job_posting;
pub use redact::Redactor;
pub use wall::wall_in;

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
    /// A bot wall, a captcha or a login page, whatever the status; names the sign.
    Wall(String),
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
    if let Some(sign) = wall::wall_sign(page) {
        return Parsed { finding: Finding::Wall(sign), ..Parsed::readable() };
    }
    match engine {
        Engine::Ymcareers => ymcareers::parse(board, kind, page),
        Engine::Jsonld => jsonld_engine::parse(board, kind, page),
        Engine::Html => html_engine::parse(board, kind, page),
        Engine::Rss | Engine::Bti => feed::parse_feed(board, engine, page),
        Engine::Usajobs => usajobs::parse(board, kind, page),
        Engine::Webscribble => webscribble::parse(kind, page),
        Engine::Json => json_engine::parse(board, kind, page),
    }
}
