//! The details of rows that a list showed: newest first, as many as the host's pace allows.

use std::time::Instant;

use chrono::{DateTime, Duration, Utc};

use super::poll::{Poller, Step};
use super::report::BoardReport;
use super::visit::{Answer, Errand, Visit, problem_of};
use crate::board::Board;
use crate::fetch::FetchError;
use crate::model::{Engine, FieldFill, Page, Problem, ProblemKind, RawPosting, Wanted};
use crate::parse::{Finding, Parsed, Wall, fill};
use crate::store::{DetailWanted, StoreError};

/// A detail that could not be had is asked for again after this long, doubled at each attempt.
const FIRST_RETRY_HOURS: i64 = 6;
/// At most this many details wait to be stored, and at most this long.
const MOST_WAITING: usize = 32;
const LONGEST_WAITING: std::time::Duration = std::time::Duration::from_millis(500);
/// At most this many details are asked for in one poll.
const MOST_DETAILS: usize = 10_000;
/// After this many failures in a row the host itself is taken to fail.
const MOST_FAILURES: u32 = 3;

/// What asking for one posting's details came to.
enum Came {
    /// An answer to be stored.
    Answer(Box<Answer>),
    /// The same answer as last time.
    Unchanged,
    /// The answer of last time is fresh until then.
    Fresh(DateTime<Utc>),
    /// Not this one's details; the row is put off. Others may come.
    Failed(String),
    /// The host asks for a wait.
    NotYet,
    /// A bot wall.
    Wall(String),
}

impl Poller {
    /// Fetches what the board's new and changed rows lack. Gives what was wrong with the details as
    /// a whole: a wall, or a host that fails again and again.
    pub(super) async fn details(
        &self,
        board: &Board,
        engine: Engine,
        report: &mut BoardReport,
    ) -> Result<Option<String>, StoreError> {
        if engine == Engine::Email {
            return Ok(None);
        }
        let (id, now) = (board.id.clone(), self.clock.now());
        let wanting = self.in_store(move |store| store.details_wanted(&id, now, MOST_DETAILS)).await?;
        if wanting.is_empty() || !board.details {
            return Ok(None);
        }
        if engine == Engine::Usajobs {
            return self.texts(board, wanting, report).await;
        }
        let requests =
            wanting.into_iter().filter_map(|row| board.detail_request(engine, &row.raw).map(|wanted| (row, wanted)));
        let requests: Vec<(DetailWanted, Wanted)> = requests.collect();
        self.ask_for_details((board, engine), requests, report).await
    }

    async fn ask_for_details(
        &self,
        (board, engine): (&Board, Engine),
        requests: Vec<(DetailWanted, Wanted)>,
        report: &mut BoardReport,
    ) -> Result<Option<String>, StoreError> {
        let total = requests.len() as u64;
        let began = self.clock.now();
        let mut answers = Vec::new();
        let mut kept_at = Instant::now();
        let mut failures = 0;
        let mut trouble = None;
        for (done, (row, wanted)) in requests.into_iter().enumerate() {
            if self.options.longest.is_some_and(|longest| self.clock.now() - began > longest) {
                // The lists want a look; the rest waits for the next poll.
                report.next_request_at = Some(self.clock.now());
                report.deferred = total - done as u64;
                break;
            }
            let came = self.detail((board, engine), (&row, &wanted), report).await;
            failures = if matches!(came, Came::Failed(_)) { failures + 1 } else { 0 };
            match came {
                Came::Answer(answer) => answers.push(*answer),
                Came::Unchanged => {}
                Came::Fresh(until) => {
                    let (id, posting_id) = (board.id.clone(), row.posting_id.clone());
                    self.in_store(move |store| store.detail_fresh(&id, &posting_id, until)).await?;
                }
                Came::Failed(why) => {
                    self.put_off(board, &row, why.clone()).await?;
                    trouble = (failures >= MOST_FAILURES).then(|| format!("its details fail: {why}"));
                }
                Came::Wall(sign) => {
                    self.put_off(board, &row, sign.clone()).await?;
                    trouble = Some(format!("its details are behind a wall: {sign}"));
                }
                Came::NotYet => report.deferred = total - done as u64,
            }
            if trouble.is_some() || report.deferred > 0 {
                report.deferred = total - done as u64;
                break;
            }
            // At a polite pace each answer is stored as it comes; a fast host's share a transaction.
            if answers.len() >= MOST_WAITING || kept_at.elapsed() > LONGEST_WAITING {
                self.keep_details((board, engine), std::mem::take(&mut answers), report).await?;
                kept_at = Instant::now();
            }
            (self.progress)(board.id.as_str(), Step::Detail { done: done as u64 + 1, wanted: total });
        }
        self.keep_details((board, engine), answers, report).await?;
        Ok(trouble)
    }

    /// Stores details together, oldest first: the full-text index takes rows in rising order
    /// without writing out what it holds.
    async fn keep_details(
        &self,
        polled: (&Board, Engine),
        mut answers: Vec<Answer>,
        report: &mut BoardReport,
    ) -> Result<(), StoreError> {
        answers.reverse();
        self.keep_all(polled, answers, report).await.map(|_| ())
    }

    async fn detail(
        &self,
        (board, engine): (&Board, Engine),
        (row, wanted): (&DetailWanted, &Wanted),
        report: &mut BoardReport,
    ) -> Came {
        let errand = Errand { board, engine, wanted };
        let why = match self.visit(&errand, report).await {
            Visit::Read(answer) => match filled(*answer, row) {
                Ok(answer) => return Came::Answer(Box::new(answer)),
                Err(unfit) => {
                    let (page, why) = *unfit;
                    self.note_unread(&errand, page, (None, &why)).await;
                    why
                }
            },
            Visit::Unchanged(_) => return Came::Unchanged,
            Visit::Fresh(record) => return Came::Fresh(record.fresh_until.unwrap_or_else(|| self.clock.now())),
            // One posting may send people to its employer's own login; the others do not.
            Visit::Wall(Wall { sign, asks_login: true }) => {
                report.problems.push(Problem::new(ProblemKind::Walled, sign.clone()).at(wanted.url.as_str()));
                return Came::Failed(sign);
            }
            Visit::Wall(Wall { sign, .. }) => {
                report.problems.push(Problem::new(ProblemKind::Walled, sign.clone()).at(wanted.url.as_str()));
                return Came::Wall(sign);
            }
            Visit::Foreign(why) => why,
            Visit::Failed(FetchError::NotYet { until, .. }) => {
                report.next_request_at = Some(until);
                return Came::NotYet;
            }
            Visit::Failed(error) => {
                report.problems.push(problem_of(&error, wanted));
                return Came::Failed(format!("failed to {error}"));
            }
        };
        let problem = Problem::new(ProblemKind::BrokenItem, why.clone()).at(wanted.url.as_str());
        report.problems.push(problem.field(format!("details of {}", row.posting_id)));
        Came::Failed(why)
    }

    pub(super) async fn put_off(&self, board: &Board, row: &DetailWanted, why: String) -> Result<(), StoreError> {
        let hours = FIRST_RETRY_HOURS << row.attempts.min(5);
        let retry_at = self.clock.now() + Duration::hours(hours);
        let (id, posting_id) = (board.id.clone(), row.posting_id.clone());
        self.in_store(move |store| store.detail_failed(&id, &posting_id, &why, Some(retry_at))).await
    }
}

/// Fills what a detail page says of the wanted posting into its row; the row's id stands.
fn filled(mut answer: Answer, row: &DetailWanted) -> Result<Answer, Box<(Page, String)>> {
    if answer.parsed.finding == Finding::Empty {
        return Err(Box::new((answer.page, "the board says that the posting is no longer available".into())));
    }
    let detail = match wanted_one(&answer.page, &mut answer.parsed, row) {
        Ok(detail) => detail,
        Err(why) => return Err(Box::new((answer.page, why))),
    };
    answer.fill = FieldFill::of([&detail]);
    let mut whole = fill(row.raw.clone(), detail);
    whole.posting_id = Some(row.posting_id.clone());
    answer.parsed.postings = vec![whole];
    Ok(answer)
}

/// Finds the wanted posting on a page that may show others beside it, or instead of it: a page that
/// has gone often redirects to its neighbor.
fn wanted_one(page: &Page, parsed: &mut Parsed, row: &DetailWanted) -> Result<RawPosting, String> {
    let ours = parsed.postings.iter().position(|posting| posting.posting_id.as_ref() == Some(&row.posting_id));
    let found = match ours {
        Some(at) => parsed.postings.swap_remove(at),
        None => parsed.postings.drain(..).next().ok_or("the page holds no posting")?,
    };
    let title = |posting: &RawPosting| posting.title.as_deref().map(|title| title.trim().to_lowercase());
    let known = title(&row.raw);
    // Readers stamp the id that was asked for on what they find, so the address must bear it out.
    if leads_elsewhere(page, &row.posting_id) && known.is_some() && known != title(&found) {
        return Err(format!("the page redirects to another posting, {}", page.url));
    }
    Ok(found)
}

/// Tells whether a redirect led to an address that does not name the posting.
fn leads_elsewhere(page: &Page, posting_id: &str) -> bool {
    let names_it =
        |part: &str| part == posting_id || part.strip_suffix(posting_id).is_some_and(|slug| slug.ends_with('-'));
    page.url.path() != page.requested.path() && !page.url.path().split('/').any(names_it)
}
