//! The texts that `HistoricJoa` keeps apart from its rows: one request for all rows of a series.

use std::collections::{HashMap, HashSet};

use super::poll::Poller;
use super::report::BoardReport;
use super::visit::{Errand, Visit, problem_of};
use crate::board::Board;
use crate::fetch::FetchError;
use crate::model::{Engine, Problem, ProblemKind, RawPosting};
use crate::parse::{Wall, fill};
use crate::store::{DetailWanted, StoreError};

/// More pages of texts than this are none that the API gives.
const MOST_PAGES: usize = 20;

impl Poller {
    /// Fetches the texts and fills them into their rows. Gives what was wrong with them as a whole.
    pub(super) async fn texts(
        &self,
        board: &Board,
        wanting: Vec<DetailWanted>,
        report: &mut BoardReport,
    ) -> Result<Option<String>, StoreError> {
        let engine = Engine::Usajobs;
        let today = self.clock.now().with_timezone(&board.zone).date_naive();
        let mut queue = board.text_requests(engine, today).unwrap_or_default();
        let mut rows: HashMap<String, DetailWanted> =
            wanting.into_iter().map(|row| (row.posting_id.clone(), row)).collect();
        let mut asked = HashSet::new();
        let mut why = "the announcement's text was not among the answers".to_owned();
        while let Some(wanted) = queue.pop() {
            if rows.is_empty() || asked.len() >= MOST_PAGES || !asked.insert(wanted.url.to_string()) {
                continue;
            }
            let errand = Errand { board, engine, wanted: &wanted };
            match self.visit(&errand, report).await {
                Visit::Read(answer) => {
                    let mut answer = *answer;
                    queue.extend(answer.parsed.next.iter().cloned());
                    let texts = std::mem::take(&mut answer.parsed.postings);
                    answer.parsed.postings = texts.into_iter().filter_map(|text| filled(text, &mut rows)).collect();
                    self.keep_all((board, engine), vec![answer], report).await?;
                }
                Visit::Unchanged(record) | Visit::Fresh(record) => queue.extend(record.next),
                Visit::Wall(Wall { sign, .. }) | Visit::Foreign(sign) => {
                    report.problems.push(Problem::new(ProblemKind::BrokenFormat, sign.clone()).at(wanted.url.as_str()));
                    why = sign;
                }
                Visit::Failed(FetchError::NotYet { until, .. }) => {
                    report.next_request_at = Some(until);
                    report.deferred = rows.len() as u64;
                    return Ok(None);
                }
                Visit::Failed(error) => {
                    report.problems.push(problem_of(&error, &wanted));
                    why = format!("failed to {error}");
                }
            }
        }
        self.put_off_all(board, rows, why).await?;
        Ok(None)
    }

    /// Puts off the rows that still lack their text; an unchanged answer has satisfied the others.
    async fn put_off_all(
        &self,
        board: &Board,
        rows: HashMap<String, DetailWanted>,
        why: String,
    ) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let (id, now, most) = (board.id.clone(), self.clock.now(), rows.len());
        for row in self.in_store(move |store| store.details_wanted(&id, now, most)).await? {
            if rows.contains_key(&row.posting_id) {
                self.put_off(board, &row, why.clone()).await?;
            }
        }
        Ok(())
    }
}

/// Fills one text into its row, if it is wanted.
fn filled(text: RawPosting, rows: &mut HashMap<String, DetailWanted>) -> Option<RawPosting> {
    let row = rows.remove(text.posting_id.as_deref()?)?;
    Some(fill(row.raw, text))
}
