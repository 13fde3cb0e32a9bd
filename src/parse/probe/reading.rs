//! What the real reader of an engine makes of an answer: the proof that a sign only promises.

use serde::Serialize;

use super::super::{Finding, Parsed, parse};
use super::draft::Draft;
use crate::board::{Board, TitleSplit};
use crate::model::{Engine, Page, PageKind, Problem, RawPosting, Wanted};

/// How many postings are shown as a sample.
const SAMPLE: usize = 3;

/// What a reader made of one answer.
#[derive(Clone, Debug, Serialize)]
pub struct Reading {
    /// The answer.
    pub url: String,
    /// What it was read as: `list`, `detail`, `sitemap`.
    pub kind: &'static str,
    /// The engine whose reader it was.
    pub engine: Engine,
    /// Postings that were read.
    pub postings: usize,
    /// Of them, those that state an employer.
    pub with_employer: usize,
    /// A place.
    pub with_place: usize,
    /// A posting date.
    pub with_date: usize,
    /// A text.
    pub with_text: usize,
    /// A pay.
    pub with_pay: usize,
    /// How many postings the board says it has in all.
    pub total: Option<u64>,
    /// Whether the board itself says that it has none.
    pub says_empty: bool,
    /// Why nothing could be read.
    pub refused: Option<String>,
    /// What could not be read, and where.
    pub problems: Vec<Problem>,
    /// The first postings.
    pub first: Vec<RawPosting>,
    /// Further lists that the answer names.
    #[serde(skip)]
    pub(super) next: Vec<Wanted>,
}

impl Reading {
    /// Reads an answer by an engine's reader.
    #[must_use]
    pub fn of(board: &Board, engine: Engine, kind: &PageKind, page: &Page) -> Self {
        let Parsed { finding, postings, next, total, problems, .. } = parse(board, engine, kind, page);
        let count = |has: fn(&RawPosting) -> bool| postings.iter().filter(|posting| has(posting)).count();
        Self {
            url: page.url.to_string(),
            kind: kind.as_str(),
            engine,
            with_employer: count(|posting| posting.hiring_organization.is_some()),
            with_place: count(|posting| !posting.job_location.is_empty() || posting.location_summary.is_some()),
            with_date: count(|posting| posting.date_posted.is_some()),
            with_text: count(|posting| posting.description.is_some()),
            with_pay: count(|posting| posting.base_salary.is_some()),
            total,
            says_empty: finding == Finding::Empty,
            refused: match finding {
                Finding::Wall(wall) => Some(wall.sign),
                Finding::Foreign(why) => Some(why),
                Finding::Readable | Finding::Empty => None,
            },
            problems,
            next,
            postings: postings.len(),
            first: postings.into_iter().take(SAMPLE).collect(),
        }
    }

    /// Tells whether the answer is of the engine: postings were read, or the board says it has none.
    #[must_use]
    pub fn is_proof(&self) -> bool {
        self.refused.is_none() && (self.postings > 0 || self.says_empty)
    }
}

/// Guesses how a feed's titles hide the employer, where no element of its own names one. Four of
/// five titles must agree.
pub(super) fn title_split(board: &Board, draft: &Draft, page: &Page) -> Option<TitleSplit> {
    let parsed = parse(board, draft.software.engine(), &PageKind::List, page);
    let unnamed: Vec<&str> = parsed
        .postings
        .iter()
        .filter(|posting| posting.hiring_organization.is_none())
        .filter_map(|posting| posting.title.as_deref())
        .collect();
    if unnamed.len() < 2 || unnamed.len() * 2 < parsed.postings.len() {
        return None;
    }
    let marks = [(" | ", TitleSplit::LastPipe), (" at ", TitleSplit::At), (": ", TitleSplit::Colon)];
    let agree = |mark: &str| unnamed.iter().filter(|title| title.contains(mark)).count() * 5 >= unnamed.len() * 4;
    marks.into_iter().find(|(mark, _)| agree(mark)).map(|(_, split)| split)
}
