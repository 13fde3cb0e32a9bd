//! From an answer's bytes to raw postings. Pure, and it never fails: it returns what it got and
//! what it could not read. One broken card does not hide forty good ones.

mod complaints;
mod fill;
mod json_body;
mod json_engine;
#[cfg(test)]
mod json_samples;
mod lenient;
mod usajobs;
mod webscribble;

pub use fill::fill;

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
    match engine {
        Engine::Usajobs => usajobs::parse(board, kind, page),
        Engine::Webscribble => webscribble::parse(kind, page),
        Engine::Json => json_engine::parse(board, kind, page),
        _ => Parsed::foreign("no engine is built in yet"),
    }
}
