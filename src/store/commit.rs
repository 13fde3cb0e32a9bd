//! Commits what one answer of a board gave: postings, their places in jobs, texts, events, the
//! answer itself and its validators.
//!
//! A big answer is committed in batches, and the validators go with the last one: after a crash
//! between two batches the answer is read again, and nothing on it is ever skipped.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::Connection;

use super::Store;
use super::boards::{board_row, find_board};
use super::closing::settle;
use super::encoding::{pack_posting, rank};
use super::error::StoreError;
use super::facts::JobFacts;
use super::grouping::{self, Touched};
use super::links::Judging;
use super::pages::{self, PageEnd};
use super::posting_rows::{self, Arrival, Existing, Step};
use super::refresh::{Change, refresh};
use super::writer::Work;
use crate::model::{
    BoardId, Engine, FieldFill, JobId, JobStatus, Judge, Member, Page, PageKind, Posting, Sketch, Wanted, compose,
};

/// How many postings one transaction takes; at this size the sync of a commit costs next to nothing.
const BATCH: usize = 500;

/// One answer of a board with everything that was read from it.
pub struct PageCommit {
    /// The board.
    pub board: BoardId,
    /// The engine that read the answer.
    pub engine: Engine,
    /// What read it, as one word: our version and the board's rules. An answer that another reader
    /// has read is asked for anew, not conditionally.
    pub reader: String,
    /// What the answer was.
    pub kind: PageKind,
    /// The answer; `requested` is the address it is remembered by.
    pub page: Page,
    /// The postings, normalized, each with the fingerprint of its content (volatile parts left out).
    pub postings: Vec<(Posting, [u8; 16])>,
    /// Further lists that it names.
    pub next: Vec<Wanted>,
    /// How many postings the board says it has in all.
    pub total: Option<u64>,
    /// Whether the board says itself that it has none.
    pub empty: bool,
    /// Whether the board cuts the list short.
    pub truncated: bool,
    /// In how many of its rows the board states each field.
    pub fill: FieldFill,
    /// The run's clock.
    pub now: DateTime<Utc>,
    /// Compares postings.
    pub judge: Arc<dyn Judge>,
    /// Whether the answer itself is kept.
    pub keep_raw: bool,
}

/// What a committed answer changed, in postings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageOutcome {
    /// Stored for the first time, open or already closed.
    pub new: u64,
    /// Changed in content since they were last stored.
    pub updated: u64,
    /// Completed: a list row whose details came.
    pub completed: u64,
    /// Stored already and not changed.
    pub unchanged: u64,
    /// Closed before, shown again.
    pub reopened: u64,
    /// Closed by the board's own word or by a changed end.
    pub closed: u64,
    /// Candidate keys left out because too many postings share them.
    pub hot_keys: u64,
    /// Ids of postings whose details should be fetched.
    pub wanting_details: Vec<String>,
    /// Ids of postings that are stored more fully than this answer shows them, and that it shows
    /// changed. What it states is not stored yet.
    pub changed_rows: Vec<String>,
}

impl PageOutcome {
    fn add(&mut self, other: Self) {
        self.new += other.new;
        self.updated += other.updated;
        self.completed += other.completed;
        self.unchanged += other.unchanged;
        self.reopened += other.reopened;
        self.closed += other.closed;
        self.hot_keys += other.hot_keys;
        self.wanting_details.extend(other.wanting_details);
        self.changed_rows.extend(other.changed_rows);
    }
}

/// What every batch of one answer shares.
#[derive(Clone)]
pub(super) struct BatchContext {
    pub(super) board: BoardId,
    pub(super) kind: PageKind,
    pub(super) official: bool,
    pub(super) now: DateTime<Utc>,
    pub(super) judge: Arc<dyn Judge>,
}

impl BatchContext {
    /// Gives who judges, and at what time.
    pub(super) fn judging(&self) -> Judging<'_> {
        Judging { judge: self.judge.as_ref(), now: self.now }
    }
}

/// A posting with the costly parts of storing it done outside the writing thread.
pub(super) struct Incoming {
    pub(super) posting: Arc<Posting>,
    pub(super) fingerprint: [u8; 16],
    pub(super) prepared: Option<Prepared>,
}

/// What is written for a new or changed posting.
pub(super) struct Prepared {
    pub(super) body: Vec<u8>,
    pub(super) sketch: Box<Sketch>,
    pub(super) keys: Vec<i64>,
    pub(super) facts: Option<Box<JobFacts>>,
}

impl Store {
    /// Commits one answer. Committing the same answer again changes nothing but the moment it was
    /// confirmed.
    pub fn commit_page(&self, commit: PageCommit) -> Result<PageOutcome, StoreError> {
        let (context, end, mut postings) = taken_apart(commit)?;
        let mut outcome = PageOutcome::default();
        let mut listed = Vec::with_capacity(postings.len());
        while postings.len() > BATCH {
            let rest = postings.split_off(BATCH);
            let batch = self.prepare(&context, std::mem::replace(&mut postings, rest))?;
            let context = context.clone();
            let (part, ids) = self.write(move |work| store_batch(work, &context, batch))?;
            outcome.add(part);
            listed.extend(ids);
        }
        let batch = self.prepare(&context, postings)?;
        let last = self.write(move |work| store_last_batch(work, &context, &end, batch, listed))?;
        outcome.add(last);
        Ok(outcome)
    }

    /// Commits several small answers, such as details, in one transaction; gives what they changed
    /// together. A crash leaves all of them to be asked for again, or none.
    pub fn commit_pages(&self, commits: Vec<PageCommit>) -> Result<PageOutcome, StoreError> {
        let mut ready = Vec::with_capacity(commits.len());
        for commit in commits {
            let (context, end, postings) = taken_apart(commit)?;
            let batch = self.prepare(&context, postings)?;
            ready.push((context, end, batch));
        }
        self.write(move |work| {
            let mut outcome = PageOutcome::default();
            for (context, end, batch) in ready {
                outcome.add(store_last_batch(work, &context, &end, batch, Vec::new())?);
            }
            Ok(outcome)
        })
    }

    /// Does the costly part of every posting that is not stored as it is: compression, keys, and the
    /// job it would found.
    pub(super) fn prepare(
        &self,
        context: &BatchContext,
        postings: Vec<(Arc<Posting>, [u8; 16])>,
    ) -> Result<Vec<Incoming>, StoreError> {
        let stored = self.read(|connection| stored_states(connection, &context.board, &postings))?;
        let mut batch = Vec::with_capacity(postings.len());
        for (posting, fingerprint) in postings {
            let known = stored.get(&posting.key.posting_id);
            let arrives = known.is_none_or(|existing| existing.arrival(&posting, fingerprint) == Arrival::Replaces);
            let prepared = if arrives { Some(prepare_one(context, &posting, known.is_none())?) } else { None };
            batch.push(Incoming { posting, fingerprint, prepared });
        }
        Ok(batch)
    }
}

/// A posting with the fingerprint of its content.
type Printed = (Arc<Posting>, [u8; 16]);

/// Takes an answer apart into what its batches share, its own record, and its postings.
fn taken_apart(commit: PageCommit) -> Result<(BatchContext, PageEnd, Vec<Printed>), StoreError> {
    let context = BatchContext {
        board: commit.board.clone(),
        kind: commit.kind.clone(),
        official: commit.engine == Engine::Usajobs,
        now: commit.now,
        judge: Arc::clone(&commit.judge),
    };
    let end = PageEnd::of(&commit)?;
    Ok((context, end, fullest_of_each(commit.postings)))
}

/// Stores an answer's last batch and the answer's own record.
fn store_last_batch(
    work: &mut Work<'_>,
    context: &BatchContext,
    end: &PageEnd,
    batch: Vec<Incoming>,
    mut listed: Vec<i64>,
) -> Result<PageOutcome, StoreError> {
    let (part, ids) = store_batch(work, context, batch)?;
    listed.extend(ids);
    pages::finish_page(work, context, end, &listed)?;
    Ok(part)
}

/// Prepares one posting for writing.
pub(super) fn prepare_one(
    context: &BatchContext,
    posting: &Arc<Posting>,
    is_new: bool,
) -> Result<Prepared, StoreError> {
    let (sketch, keys) = context.judge.sketch(posting);
    let facts = is_new.then(|| Box::new(founding_facts(context, posting)));
    Ok(Prepared { body: pack_posting(posting)?, sketch: Box::new(sketch), keys, facts })
}

fn founding_facts(context: &BatchContext, posting: &Arc<Posting>) -> JobFacts {
    let closed = posting_rows::closing_of(posting, context.now);
    let member = Member {
        posting: Arc::clone(posting),
        official: context.official,
        first_seen: context.now,
        last_confirmed: context.now,
        status: if closed.is_some() { JobStatus::Closed } else { JobStatus::Open },
        closed_reason: closed.map(|closed| closed.reason),
    };
    let members = [member];
    let job = compose(&JobId::founded_by(&posting.key), &members, Vec::new(), false);
    JobFacts::of(&job, &members)
}

/// Keeps each posting once: an answer that shows one twice must not make it flicker.
pub(super) fn fullest_of_each(postings: Vec<(Posting, [u8; 16])>) -> Vec<(Arc<Posting>, [u8; 16])> {
    let mut place: HashMap<String, usize> = HashMap::with_capacity(postings.len());
    let mut kept: Vec<(Arc<Posting>, [u8; 16])> = Vec::with_capacity(postings.len());
    for (posting, fingerprint) in postings {
        let earlier = place.get(&posting.key.posting_id).and_then(|at| kept.get_mut(*at));
        match earlier {
            Some(earlier) if earlier.0.completeness() < posting.completeness() => {
                *earlier = (Arc::new(posting), fingerprint);
            }
            Some(_) => {}
            None => {
                place.insert(posting.key.posting_id.clone(), kept.len());
                kept.push((Arc::new(posting), fingerprint));
            }
        }
    }
    kept
}

fn stored_states(
    connection: &Connection,
    board: &BoardId,
    postings: &[(Arc<Posting>, [u8; 16])],
) -> Result<HashMap<String, Existing>, StoreError> {
    let mut stored = HashMap::new();
    if let Some(board) = find_board(connection, board)? {
        for (posting, _) in postings {
            if let Some(existing) = Existing::find(connection, board, &posting.key.posting_id)? {
                stored.insert(posting.key.posting_id.clone(), existing);
            }
        }
    }
    Ok(stored)
}

/// Stores one batch inside one transaction; gives the row ids of all its postings.
pub(super) fn store_batch(
    work: &mut Work<'_>,
    context: &BatchContext,
    batch: Vec<Incoming>,
) -> Result<(PageOutcome, Vec<i64>), StoreError> {
    let board = board_row(&work.tx, &context.board)?;
    let mut outcome = PageOutcome::default();
    let mut ids = Vec::with_capacity(batch.len());
    let mut touched = Vec::new();
    let mut changes: HashMap<i64, Change> = HashMap::new();
    let mut turned = BTreeSet::new();
    for incoming in batch {
        let posting_id = incoming.posting.key.posting_id.clone();
        let (id, step, arrival) = posting_rows::store_posting(work, context, board, incoming)?;
        ids.push(id);
        if arrival == Some(Arrival::Lesser) {
            outcome.changed_rows.push(posting_id);
        }
        count(&mut outcome, &step);
        match step {
            Step::New(new) => touched.push(new),
            Step::Replaced { touched: replaced, change, .. } => {
                changes.insert(id, change);
                touched.push(replaced);
            }
            Step::Reopened | Step::ClosedByRow => {
                turned.insert(id);
            }
            Step::Unchanged => {}
        }
    }
    outcome.wanting_details = posting_rows::wanting_among(&work.tx, &touched)?;
    outcome.hot_keys = group_and_refresh(work, context, &touched, &changes)?;
    settle(work, context.judging(), &turned)?;
    Ok((outcome, ids))
}

fn count(outcome: &mut PageOutcome, step: &Step) {
    match step {
        Step::New(_) => outcome.new += 1,
        Step::Replaced { touched, reopened, closed, .. } => {
            if touched.raised {
                outcome.completed += 1;
            } else {
                outcome.updated += 1;
            }
            outcome.reopened += u64::from(*reopened);
            outcome.closed += u64::from(*closed);
        }
        Step::Reopened => outcome.reopened += 1,
        Step::ClosedByRow => outcome.closed += 1,
        Step::Unchanged => outcome.unchanged += 1,
    }
}

fn group_and_refresh(
    work: &mut Work<'_>,
    context: &BatchContext,
    touched: &[Touched],
    changes: &HashMap<i64, Change>,
) -> Result<u64, StoreError> {
    let mut grouped = grouping::join(work, context.judging(), touched)?;
    for (posting, change) in changes {
        if let Some(job) = grouping::job_of(&work.tx, *posting)? {
            grouped.jobs.entry(job).or_default().take_in(change);
        }
    }
    for (job, change) in &grouped.jobs {
        refresh(work, *job, change, context.now)?;
    }
    Ok(grouped.hot_keys)
}

impl Existing {
    /// Tells what an arriving version does to the stored one.
    pub(super) fn arrival(&self, posting: &Posting, fingerprint: [u8; 16]) -> Arrival {
        if self.fingerprint == fingerprint {
            Arrival::Same
        } else if rank(posting.completeness()) >= self.completeness {
            Arrival::Replaces
        } else if self.row_fingerprint == Some(fingerprint) {
            Arrival::Same
        } else {
            Arrival::Lesser
        }
    }
}
