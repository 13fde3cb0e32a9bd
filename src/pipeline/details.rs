//! The details of rows that a list showed: newest first, as many as the host's pace allows.

use std::time::Instant;

use chrono::Duration;

use super::poll::{Poller, Step};
use super::report::BoardReport;
use super::visit::{Answer, Errand, Visit, problem_of};
use crate::board::Board;
use crate::fetch::FetchError;
use crate::model::{Engine, Page, Problem, ProblemKind, RawPosting, Wanted};
use crate::parse::{Finding, Parsed, fill};
use crate::store::{DetailWanted, StoreError};

/// A detail that could not be had is asked for again after this long, doubled at each attempt.
const FIRST_RETRY_HOURS: i64 = 6;
/// At most this many details wait to be stored, and at most this long.
const MOST_WAITING: usize = 32;
const LONGEST_WAITING: std::time::Duration = std::time::Duration::from_millis(500);
/// At most this many details are asked for in one poll.
const MOST_DETAILS: usize = 10_000;

/// Whether to go on with further details.
enum Onward {
    /// Yes, and this answer is to be stored.
    With(Box<Answer>),
    Yes,
    No,
}

impl Poller {
    /// Fetches what the board's new and changed rows lack.
    pub(super) async fn details(
        &self,
        board: &Board,
        engine: Engine,
        report: &mut BoardReport,
    ) -> Result<(), StoreError> {
        let (id, now) = (board.id.clone(), self.clock.now());
        let wanting = self.in_store(move |store| store.details_wanted(&id, now, MOST_DETAILS)).await?;
        if wanting.is_empty() || !board.details {
            return Ok(());
        }
        if engine == Engine::Usajobs {
            return self.texts(board, wanting, report).await;
        }
        let requests: Vec<(DetailWanted, Wanted)> = wanting
            .into_iter()
            .filter_map(|row| board.detail_request(engine, &row.raw).map(|wanted| (row, wanted)))
            .collect();
        let total = requests.len() as u64;
        let mut answers = Vec::new();
        let mut kept_at = Instant::now();
        for (done, (row, wanted)) in requests.into_iter().enumerate() {
            match self.detail((board, engine), (row, &wanted), report).await? {
                Onward::With(answer) => answers.push(*answer),
                Onward::Yes => {}
                Onward::No => {
                    report.deferred = total - done as u64;
                    break;
                }
            }
            // At a polite pace each answer is stored as it comes; a fast host's share a transaction.
            if answers.len() >= MOST_WAITING || kept_at.elapsed() > LONGEST_WAITING {
                self.keep_details((board, engine), std::mem::take(&mut answers), report).await?;
                kept_at = Instant::now();
            }
            (self.progress)(board.id.as_str(), Step::Detail { done: done as u64 + 1, wanted: total });
        }
        self.keep_details((board, engine), answers, report).await
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
        self.keep_all(polled, answers, report).await
    }

    async fn detail(
        &self,
        (board, engine): (&Board, Engine),
        (row, wanted): (DetailWanted, &Wanted),
        report: &mut BoardReport,
    ) -> Result<Onward, StoreError> {
        let errand = Errand { board, engine, wanted };
        let why = match self.visit(&errand, report).await {
            Visit::Read(both) => match filled(*both, &row) {
                Ok((page, parsed)) => {
                    let answer = Answer { kind: wanted.kind.clone(), page, parsed };
                    return Ok(Onward::With(Box::new(answer)));
                }
                Err(why) => why,
            },
            Visit::Unchanged(_) => return Ok(Onward::Yes),
            Visit::Wall(sign) => {
                report.problems.push(Problem::new(ProblemKind::Walled, sign).at(wanted.url.as_str()));
                return Ok(Onward::No);
            }
            Visit::Foreign(why) => why,
            Visit::Failed(error) => {
                if let FetchError::NotYet { until, .. } = error {
                    report.next_request_at = Some(until);
                    return Ok(Onward::No);
                }
                report.problems.push(problem_of(&error, wanted));
                // Without the host itself there is no use in asking for the next one.
                if error.is_outage_like() || matches!(error.status(), Some(401 | 403 | 429 | 500..=599)) {
                    return Ok(Onward::No);
                }
                format!("failed to {error}")
            }
        };
        let problem = Problem::new(ProblemKind::BrokenItem, why.clone()).at(wanted.url.as_str());
        report.problems.push(problem.field(format!("details of {}", row.posting_id)));
        self.put_off(board, &row, why).await?;
        Ok(Onward::Yes)
    }

    async fn put_off(&self, board: &Board, row: &DetailWanted, why: String) -> Result<(), StoreError> {
        let hours = FIRST_RETRY_HOURS << row.attempts.min(5);
        let retry_at = self.clock.now() + Duration::hours(hours);
        let (id, posting_id) = (board.id.clone(), row.posting_id.clone());
        self.in_store(move |store| store.detail_failed(&id, &posting_id, &why, Some(retry_at))).await
    }

    /// Fetches the texts that `HistoricJoa` keeps apart and fills them into their rows.
    async fn texts(
        &self,
        board: &Board,
        wanting: Vec<DetailWanted>,
        report: &mut BoardReport,
    ) -> Result<(), StoreError> {
        let engine = Engine::Usajobs;
        let today = self.clock.now().with_timezone(&board.zone).date_naive();
        let mut queue = board.text_requests(engine, today).unwrap_or_default();
        let mut rows: std::collections::HashMap<String, DetailWanted> =
            wanting.into_iter().map(|row| (row.posting_id.clone(), row)).collect();
        let mut asked = std::collections::HashSet::new();
        let mut why = "the announcement's text was not among the answers".to_owned();
        while let Some(wanted) = queue.pop() {
            if rows.is_empty() || !asked.insert(wanted.url.to_string()) || asked.len() > 20 {
                continue;
            }
            let errand = Errand { board, engine, wanted: &wanted };
            match self.visit(&errand, report).await {
                Visit::Read(both) => {
                    let (page, mut parsed) = *both;
                    queue.append(&mut parsed.next);
                    let texts = std::mem::take(&mut parsed.postings);
                    parsed.postings = texts.into_iter().filter_map(|text| filled_text(text, &mut rows)).collect();
                    self.keep(&errand, (page, parsed), report).await?;
                }
                Visit::Unchanged(record) => queue.extend(record.next),
                Visit::Wall(sign) | Visit::Foreign(sign) => {
                    report.problems.push(Problem::new(ProblemKind::BrokenFormat, sign.clone()).at(wanted.url.as_str()));
                    why = sign;
                }
                Visit::Failed(error) => {
                    report.problems.push(problem_of(&error, &wanted));
                    why = format!("failed to {error}");
                }
            }
        }
        for row in rows.values() {
            self.put_off(board, row, why.clone()).await?;
        }
        Ok(())
    }
}

/// Fills one text into its row, if it is wanted.
fn filled_text(text: RawPosting, rows: &mut std::collections::HashMap<String, DetailWanted>) -> Option<RawPosting> {
    let row = rows.remove(text.posting_id.as_deref()?)?;
    Some(fill(row.raw, text))
}

/// Fills the one posting of a detail page into its row; the row's id stands.
fn filled((page, mut parsed): (Page, Parsed), row: &DetailWanted) -> Result<(Page, Parsed), String> {
    if parsed.finding == Finding::Empty {
        return Err("the board says that the posting is no longer available".into());
    }
    let Some(detail) = parsed.postings.drain(..).next() else {
        return Err("the page holds no posting".into());
    };
    let mut whole = fill(row.raw.clone(), detail);
    whole.posting_id = Some(row.posting_id.clone());
    parsed.postings.push(whole);
    Ok((page, parsed))
}
