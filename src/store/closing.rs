//! Closes postings: their stated end has passed, or two complete polls did not show them. A failed
//! or partial poll never counts as absence.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::Store;
use super::boards::{board_row, health_of, write_polled_health};
use super::due::write_due;
use super::encoding::millis;
use super::error::StoreError;
use super::grouping::{job_of, regroup};
use super::history;
use super::links::{Judging, judge_in_time};
use super::posting_rows::{ABSENCE, ClosedBy, STATED_END, close};
use super::refresh::{Change, refresh};
use super::writer::Work;
use crate::model::{BoardHealth, BoardId, Due, FieldFill, Judge, RoundRecord};

/// After how many complete polls without it a posting is closed.
const ABSENCES: i64 = 2;

/// The end of one poll of a board.
#[derive(Clone)]
pub struct PollEnd {
    /// The board.
    pub board: BoardId,
    /// When the poll began.
    pub started_at: DateTime<Utc>,
    /// The run's clock.
    pub now: DateTime<Utc>,
    /// Whether every list page of this poll was read or confirmed, none of them cut short by the
    /// board. Only then does absence count.
    pub complete: bool,
    /// How the board is doing after this poll.
    pub health: BoardHealth,
    /// When it is due next; `None` leaves that as it is.
    pub due: Option<Due>,
    /// What the lists showed, where a round of them ended with this poll.
    pub round: Option<RoundRecord>,
    /// What the details stated that this poll read.
    pub details: FieldFill,
    /// Compares postings: what has closed may turn out to have been advertised again.
    pub judge: Arc<dyn Judge>,
}

/// What the end of a poll, or the mere passing of time, closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PollClosing {
    /// Postings closed, for either reason.
    pub closed: u64,
    /// Those of them whose stated end has passed.
    pub ended: u64,
    /// Those of them that two complete polls did not show.
    pub absent: u64,
    /// Postings that this poll did not show and that stay open for now.
    pub missing_once: u64,
}

impl Store {
    /// Ends a poll: counts absences, closes what is over, keeps the round in the board's history, and
    /// stores its health, all in one transaction.
    pub fn finish_poll(&self, end: PollEnd) -> Result<PollClosing, StoreError> {
        self.write(move |work| {
            let board = board_row(&work.tx, &end.board)?;
            let mut closing = PollClosing::default();
            let mut closed = close_ended(work, Some(board), end.now, &mut closing)?;
            if end.complete {
                closed.extend(count_absences(work, board, &end, &mut closing)?);
            }
            keep_history(&work.tx, board, &end)?;
            write_polled_health(&work.tx, &end.board, end.health.clone())?;
            if let Some(due) = &end.due {
                write_due(&work.tx, &end.board, due)?;
            }
            settle(work, Judging { judge: end.judge.as_ref(), now: end.now }, &closed)?;
            Ok(closing)
        })
    }

    /// Closes every posting whose stated end has passed, on whatever board.
    pub fn expire(&self, judge: &Arc<dyn Judge>, now: DateTime<Utc>) -> Result<PollClosing, StoreError> {
        let judge = Arc::clone(judge);
        self.write(move |work| {
            let mut closing = PollClosing::default();
            let closed = close_ended(work, None, now, &mut closing)?;
            settle(work, Judging { judge: judge.as_ref(), now }, &closed)?;
            Ok(closing)
        })
    }
}

/// Brings the jobs of postings that were closed or opened up to date, and groups anew those that are
/// something else to each other now.
pub(super) fn settle(work: &mut Work<'_>, judging: Judging<'_>, postings: &BTreeSet<i64>) -> Result<(), StoreError> {
    let mut jobs = BTreeSet::new();
    let mut moved = Vec::new();
    for posting in postings {
        jobs.extend(job_of(&work.tx, *posting)?);
        let changed = judge_in_time(work, judging, *posting)?;
        if !changed.is_empty() {
            moved.push(*posting);
            moved.extend(changed);
        }
    }
    for job in jobs {
        refresh(work, job, &Change::default(), judging.now)?;
    }
    let grouped = regroup(work, judging, &moved)?;
    for (job, change) in &grouped.jobs {
        refresh(work, *job, change, judging.now)?;
    }
    Ok(())
}

/// Keeps what a poll adds to its board's history; called before the new health takes the old one's place.
fn keep_history(connection: &Connection, board: i64, end: &PollEnd) -> Result<(), StoreError> {
    let before = health_of(connection, board)?;
    history::note_change(connection, board, (&before, &end.health), end.now)?;
    match &end.round {
        Some(round) => history::keep_round(connection, board, round),
        None if end.details.rows > 0 => history::add_details(connection, board, end.details),
        None => Ok(()),
    }
}

/// Closes the postings whose stated end has passed; gives them.
fn close_ended(
    work: &Work<'_>,
    board: Option<i64>,
    now: DateTime<Utc>,
    closing: &mut PollClosing,
) -> Result<BTreeSet<i64>, StoreError> {
    let ended: Vec<i64> = {
        let mut statement = work.tx.prepare_cached(
            "SELECT id FROM posting
             WHERE closed_at IS NULL AND closes_at IS NOT NULL AND closes_at <= ?2 AND (?1 IS NULL OR board = ?1)",
        )?;
        statement.query_map(params![board, millis(now)], |row| row.get(0))?.collect::<Result<_, _>>()?
    };
    let reason = ClosedBy { kind: STATED_END, reason: "stated date passed".to_owned() };
    closing.ended += ended.len() as u64;
    closing.closed += ended.len() as u64;
    close_all(&work.tx, &ended, &reason, now)
}

fn close_all(
    connection: &Connection,
    postings: &[i64],
    reason: &ClosedBy,
    now: DateTime<Utc>,
) -> Result<BTreeSet<i64>, StoreError> {
    for posting in postings {
        close(connection, *posting, reason, now)?;
    }
    Ok(postings.iter().copied().collect())
}

/// Shown by a list of this poll. Details do not count: a board may answer for a posting that its
/// lists do not show any more.
const SHOWN: &str = "EXISTS (SELECT 1 FROM page_listing AS l JOIN page AS g ON g.id = l.page
    WHERE l.posting = posting.id AND g.confirmed_at >= ?2 AND g.kind IN ('list', 'sitemap'))";

fn count_absences(
    work: &Work<'_>,
    board: i64,
    end: &PollEnd,
    closing: &mut PollClosing,
) -> Result<BTreeSet<i64>, StoreError> {
    let started = millis(end.started_at);
    let clear =
        format!("UPDATE posting SET absences = 0 WHERE board = ?1 AND closed_at IS NULL AND absences > 0 AND {SHOWN}");
    work.tx.prepare_cached(&clear)?.execute([board, started])?;
    // Only what a list once showed can be missing from it; what mails alone speak of cannot.
    let listed = format!(
        "DELETE FROM mail_posting WHERE posting IN (SELECT id FROM posting WHERE board = ?1 AND closed_at IS NULL AND {SHOWN})"
    );
    work.tx.prepare_cached(&listed)?.execute([board, started])?;
    let missing = format!(
        "UPDATE posting SET absences = absences + 1 WHERE board = ?1 AND closed_at IS NULL AND NOT {SHOWN}
             AND NOT EXISTS (SELECT 1 FROM mail_posting WHERE mail_posting.posting = posting.id)
         RETURNING id, absences"
    );
    let missing: Vec<(i64, i64)> = {
        let mut statement = work.tx.prepare_cached(&missing)?;
        statement.query_map([board, started], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?
    };
    let absent: Vec<i64> = missing.iter().filter(|(_, times)| *times >= ABSENCES).map(|(id, _)| *id).collect();
    closing.absent += absent.len() as u64;
    closing.closed += absent.len() as u64;
    closing.missing_once += (missing.len() - absent.len()) as u64;
    let reason = ClosedBy { kind: ABSENCE, reason: "absent from two complete polls".to_owned() };
    close_all(&work.tx, &absent, &reason, end.now)
}
