//! The narrow row of a posting: what is written when it arrives, and what is left alone.
//!
//! A lesser version (a list row) never overwrites a fuller one; a change of it only asks for the
//! details again.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::commit::{BatchContext, Incoming, Prepared, prepare_one};
use super::encoding::{millis, rank, time};
use super::error::StoreError;
use super::grouping::Touched;
use super::refresh::{Change, Repost};
use super::sketches::read_posting;
use super::writer::Work;
use crate::model::{Completeness, PageKind, Posting};

/// Its stated end has passed.
pub(super) const STATED_END: i64 = 1;
/// The board says that it is over.
pub(super) const BOARDS_WORD: i64 = 2;
/// Two complete polls did not show it.
pub(super) const ABSENCE: i64 = 3;

/// Why a posting is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ClosedBy {
    pub(super) kind: i64,
    pub(super) reason: String,
}

/// Tells whether a posting's own words close it at a moment.
pub(super) fn closing_of(posting: &Posting, now: DateTime<Utc>) -> Option<ClosedBy> {
    if let Some(words) = &posting.closed_by_board {
        return Some(ClosedBy { kind: BOARDS_WORD, reason: words.clone() });
    }
    let end = posting.valid_through.get()?;
    (end.instant <= now).then(|| ClosedBy { kind: STATED_END, reason: "stated date passed".to_owned() })
}

/// What an arriving version does to the stored one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// Nothing: it is stored already.
    Same,
    /// It takes the stored one's place.
    Replaces,
    /// It says less and has changed: details are wanted again.
    Lesser,
}

/// What the store did with one arriving posting.
pub(super) enum Step {
    New(Touched),
    Replaced { touched: Touched, change: Change, reopened: bool, closed: bool },
    Reopened,
    ClosedByRow,
    Unchanged,
}

/// The stored state of a posting, as far as an arrival needs it.
#[derive(Clone, Debug)]
pub(super) struct Existing {
    id: i64,
    pub(super) completeness: i64,
    pub(super) fingerprint: [u8; 16],
    pub(super) row_fingerprint: Option<[u8; 16]>,
    closed_kind: Option<i64>,
    closes_at: Option<i64>,
    date_posted: Option<String>,
    needs_touch: bool,
}

impl Existing {
    /// Finds a posting of a board.
    pub(super) fn find(connection: &Connection, board: i64, posting_id: &str) -> Result<Option<Self>, StoreError> {
        let mut statement = connection.prepare_cached(
            "SELECT id, completeness, fingerprint, row_fingerprint, closed_kind, closes_at, date_posted,
                    absences > 0
             FROM posting WHERE board = ?1 AND posting_id = ?2",
        )?;
        Ok(statement.query_row(params![board, posting_id], Self::of).optional()?)
    }

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            completeness: row.get(1)?,
            fingerprint: row.get(2)?,
            row_fingerprint: row.get(3)?,
            closed_kind: row.get(4)?,
            closes_at: row.get(5)?,
            date_posted: row.get(6)?,
            needs_touch: row.get(7)?,
        })
    }
}

/// Stores one arriving posting's row and body; grouping and the job's row follow for the batch.
pub(super) fn store_posting(
    work: &mut Work<'_>,
    context: &BatchContext,
    board: i64,
    incoming: Incoming,
) -> Result<(i64, Step, Option<Arrival>), StoreError> {
    let Some(existing) = Existing::find(&work.tx, board, &incoming.posting.key.posting_id)? else {
        let new = insert(work, context, board, incoming)?;
        return Ok((new.id, Step::New(new), None));
    };
    let arrival = existing.arrival(&incoming.posting, incoming.fingerprint);
    let step = match arrival {
        Arrival::Same => see_again(work, context, &existing)?,
        Arrival::Lesser => note_lesser(work, context, &existing, &incoming)?,
        Arrival::Replaces => replace(work, context, &existing, incoming)?,
    };
    Ok((existing.id, step, Some(arrival)))
}

fn insert(work: &mut Work<'_>, context: &BatchContext, board: i64, incoming: Incoming) -> Result<Touched, StoreError> {
    let Incoming { posting, fingerprint, prepared } = incoming;
    let prepared = ready(context, &posting, prepared)?;
    let closed = closing_of(&posting, context.now);
    let now = millis(context.now);
    let mut statement = work.tx.prepare_cached(
        "INSERT INTO posting (board, posting_id, url, official, completeness, fingerprint, first_seen, seen_at,
                              date_posted, closes_at, closed_at, closed_kind, closed_reason, wants_detail, vocabulary, contacts)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?;
    statement.execute(params![
        board,
        posting.key.posting_id,
        posting.url.value,
        context.official,
        rank(posting.completeness()),
        fingerprint,
        now,
        posting.date_posted.value.map(|date| date.to_string()),
        posting.valid_through.value.map(|end| millis(end.instant)),
        closed.as_ref().map(|_| now),
        closed.as_ref().map(|closed| closed.kind),
        closed.as_ref().map(|closed| closed.reason.as_str()),
        wants_detail(context, &posting),
        posting.codes.vocabulary,
        !posting.codes.contacts.is_empty(),
    ])?;
    drop(statement);
    let id = work.tx.last_insert_rowid();
    write_body(work, id, &prepared.body)?;
    Ok(Touched {
        id,
        posting,
        sketch: prepared.sketch,
        keys: prepared.keys,
        old_keys: Vec::new(),
        facts: prepared.facts,
        is_new: true,
        is_judged_anew: false,
        raised: false,
        is_open: closed.is_none(),
    })
}

fn replace(
    work: &mut Work<'_>,
    context: &BatchContext,
    existing: &Existing,
    incoming: Incoming,
) -> Result<Step, StoreError> {
    let Incoming { posting, fingerprint, prepared } = incoming;
    let prepared = ready(context, &posting, prepared)?;
    let before = read_posting(&work.tx, existing.id)?;
    let old_keys = before.as_ref().map(|before| context.judge.sketch(before).1).unwrap_or_default();
    let raised = rank(posting.completeness()) > existing.completeness;
    let closed = closing_of(&posting, context.now);
    let row_fingerprint = if raised { Some(existing.fingerprint) } else { existing.row_fingerprint };
    write_version(work, context, existing.id, (&posting, fingerprint, row_fingerprint), closed.as_ref())?;
    write_body(work, existing.id, &prepared.body)?;
    let date_posted = posting.date_posted.value.map(|date| date.to_string());
    let reopened = existing.closed_kind.is_some() && closed.is_none();
    let is_later = reopened && existing.date_posted.is_some() && date_posted > existing.date_posted;
    if is_later {
        work.tx.prepare_cached("UPDATE posting SET reposted = 1 WHERE id = ?1")?.execute([existing.id])?;
    }
    let change = Change {
        updated_by: Some(posting.key.to_string()),
        only_known: raised,
        repost: if is_later { Repost::Untold } else { Repost::No },
        ..Change::default()
    };
    let is_open = closed.is_none();
    let closed = existing.closed_kind.is_none() && !is_open;
    let touched = Touched {
        id: existing.id,
        posting,
        sketch: prepared.sketch,
        keys: prepared.keys,
        old_keys,
        facts: None,
        is_new: false,
        is_judged_anew: false,
        raised,
        is_open,
    };
    Ok(Step::Replaced { touched, change, reopened, closed })
}

fn write_version(
    work: &Work<'_>,
    context: &BatchContext,
    id: i64,
    (posting, fingerprint, row_fingerprint): (&Posting, [u8; 16], Option<[u8; 16]>),
    closed: Option<&ClosedBy>,
) -> Result<(), StoreError> {
    let mut statement = work.tx.prepare_cached(
        "UPDATE posting SET
             url = ?2, official = ?3, completeness = ?4, fingerprint = ?5, row_fingerprint = ?6, seen_at = ?7,
             date_posted = ?8, closes_at = ?9, closed_at = CASE WHEN ?10 IS NULL THEN NULL ELSE coalesce(closed_at, ?7) END,
             closed_kind = ?10, closed_reason = ?11, absences = 0, wants_detail = ?12, attempts = 0, retry_at = NULL,
             detail_error = NULL, vocabulary = ?13, contacts = ?14
         WHERE id = ?1",
    )?;
    statement.execute(params![
        id,
        posting.url.value,
        context.official,
        rank(posting.completeness()),
        fingerprint,
        row_fingerprint,
        millis(context.now),
        posting.date_posted.value.map(|date| date.to_string()),
        posting.valid_through.value.map(|end| millis(end.instant)),
        closed.map(|closed| closed.kind),
        closed.map(|closed| closed.reason.as_str()),
        wants_detail(context, posting),
        posting.codes.vocabulary,
        !posting.codes.contacts.is_empty(),
    ])?;
    Ok(())
}

/// Notes that an unchanged posting is shown. Its row is written only where that says something new.
fn see_again(work: &Work<'_>, context: &BatchContext, existing: &Existing) -> Result<Step, StoreError> {
    let reopens = existing.closed_kind == Some(ABSENCE) && existing.closes_at.is_none_or(|end| time(end) > context.now);
    let answers_detail = matches!(context.kind, PageKind::Detail { .. });
    if reopens || existing.needs_touch || answers_detail {
        let mut statement = work.tx.prepare_cached(
            "UPDATE posting SET
                 absences = 0,
                 closed_at = CASE WHEN ?2 THEN NULL ELSE closed_at END,
                 closed_kind = CASE WHEN ?2 THEN NULL ELSE closed_kind END,
                 closed_reason = CASE WHEN ?2 THEN NULL ELSE closed_reason END,
                 wants_detail = CASE WHEN ?3 THEN 0 ELSE wants_detail END,
                 attempts = CASE WHEN ?3 THEN 0 ELSE attempts END
             WHERE id = ?1",
        )?;
        statement.execute(params![existing.id, reopens, answers_detail])?;
    }
    Ok(if reopens { Step::Reopened } else { Step::Unchanged })
}

/// Notes a changed list row of a posting that is stored more fully: its details are wanted again,
/// and a board's word that it is over counts at once.
fn note_lesser(
    work: &Work<'_>,
    context: &BatchContext,
    existing: &Existing,
    incoming: &Incoming,
) -> Result<Step, StoreError> {
    let over = incoming.posting.closed_by_board.as_deref().filter(|_| existing.closed_kind.is_none());
    let wants = existing.row_fingerprint.is_some() && !matches!(context.kind, PageKind::Detail { .. });
    let mut statement = work.tx.prepare_cached(
        "UPDATE posting SET
             row_fingerprint = ?2, row_url = ?6, wants_detail = max(wants_detail, ?3),
             attempts = CASE WHEN ?3 THEN 0 ELSE attempts END, retry_at = CASE WHEN ?3 THEN NULL ELSE retry_at END,
             closed_at = CASE WHEN ?4 IS NULL THEN closed_at ELSE ?5 END,
             closed_kind = CASE WHEN ?4 IS NULL THEN closed_kind ELSE 2 END,
             closed_reason = coalesce(?4, closed_reason)
         WHERE id = ?1",
    )?;
    let url = incoming.posting.raw.url.as_deref();
    statement.execute(params![existing.id, incoming.fingerprint, wants, over, millis(context.now), url])?;
    if over.is_some() {
        return Ok(Step::ClosedByRow);
    }
    see_again(work, context, existing)
}

fn wants_detail(context: &BatchContext, posting: &Posting) -> bool {
    let known_to_board = !posting.key.is_of_words();
    known_to_board && posting.completeness() < Completeness::Full && !matches!(context.kind, PageKind::Detail { .. })
}

/// Falls back on preparing here when the posting was taken for unchanged and is not any more.
fn ready(context: &BatchContext, posting: &Arc<Posting>, prepared: Option<Prepared>) -> Result<Prepared, StoreError> {
    prepared.map_or_else(|| prepare_one(context, posting, true), Ok)
}

fn write_body(work: &mut Work<'_>, id: i64, body: &[u8]) -> Result<(), StoreError> {
    let mut statement = work.tx.prepare_cached(
        "INSERT INTO posting_body (posting, body) VALUES (?1, ?2)
         ON CONFLICT (posting) DO UPDATE SET body = excluded.body",
    )?;
    statement.execute(params![id, body])?;
    work.cache.forget(id);
    Ok(())
}

/// Names those of the touched postings whose details should be fetched.
pub(super) fn wanting_among(connection: &Connection, touched: &[Touched]) -> Result<Vec<String>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT posting_id FROM posting WHERE id = ?1 AND wants_detail = 1 AND closed_at IS NULL")?;
    let mut wanting = Vec::new();
    for posting in touched.iter().filter(|touched| touched.posting.completeness() < Completeness::Full) {
        wanting.extend(statement.query_row([posting.id], |row| row.get::<_, String>(0)).optional()?);
    }
    Ok(wanting)
}

/// Closes one posting.
pub(super) fn close(connection: &Connection, id: i64, closed: &ClosedBy, now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut statement = connection
        .prepare_cached("UPDATE posting SET closed_at = ?2, closed_kind = ?3, closed_reason = ?4 WHERE id = ?1")?;
    statement.execute(params![id, millis(now), closed.kind, closed.reason])?;
    Ok(())
}
