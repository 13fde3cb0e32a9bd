//! Erases jobs that have been closed for longer than they are kept: what was read of them, what was
//! derived from it, and their history.
//!
//! Nothing of a job remains that says what it was. Its rows go as well, so that a database of a
//! steady board does not grow for ever; only where something else in the database still names a row
//! (a digest that was sent, a job that the posting founded once) an empty one stays in its place,
//! under another name, so that the reference holds. Should the board show the posting again, it is a
//! new one.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, ErrorCode, params};

use super::Store;
use super::encoding::{millis, pack_posting};
use super::error::StoreError;
use super::grouping::job_of;
use super::refresh::{Change, refresh};
use super::sketches::read_posting;
use super::writer::Work;
use crate::model::Posting;

/// What one step erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Erased {
    pub(super) jobs: u64,
    pub(super) tombstones: u64,
}

/// Gives some jobs that have been closed since before a moment and that no board shows any more:
/// an advertisement that still stands on its board is kept until it goes.
pub(super) fn jobs_to_erase(connection: &Connection, before: DateTime<Utc>, most: i64) -> Result<Vec<i64>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM job
         WHERE status = 1 AND closed_at < ?1 AND NOT EXISTS (
             SELECT 1 FROM membership AS m JOIN posting AS p ON p.id = m.posting
             WHERE m.job = job.id AND (p.closed_at IS NULL OR p.closed_at >= ?1 OR EXISTS (
                 SELECT 1 FROM page_listing AS l JOIN page AS g ON g.id = l.page
                 WHERE l.posting = p.id AND g.kind IN ('list', 'sitemap') AND g.confirmed_at >= ?1)))
         ORDER BY id LIMIT ?2",
    )?;
    let rows = statement.query_map(params![millis(before), most], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Store {
    /// Takes persons out of some postings that closed before a moment, by a function that does so in
    /// one posting; gives how many postings were gone over.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read or written.
    pub fn erase_contacts(&self, before: DateTime<Utc>, erase: fn(&mut Posting)) -> Result<u64, StoreError> {
        let ids: Vec<i64> = self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id FROM posting WHERE contacts = 1 AND closed_at IS NOT NULL AND closed_at < ?1 LIMIT 200",
            )?;
            let rows = statement.query_map([millis(before)], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        if ids.is_empty() {
            return Ok(0);
        }
        self.erasing(move |work| {
            let count = ids.len() as u64;
            for id in ids {
                take_persons_out(work, id, erase, before)?;
            }
            work.cache.clear();
            Ok(count)
        })
    }
}

/// Takes persons out of one posting and of the text by which its job is found.
fn take_persons_out(work: &Work<'_>, id: i64, erase: fn(&mut Posting), now: DateTime<Utc>) -> Result<(), StoreError> {
    if let Some(mut posting) = read_posting(&work.tx, id)? {
        erase(&mut posting);
        let body = pack_posting(&posting)?;
        work.tx.prepare_cached("UPDATE posting_body SET body = ?2 WHERE posting = ?1")?.execute(params![id, body])?;
    }
    work.tx.prepare_cached("UPDATE posting SET contacts = 0 WHERE id = ?1")?.execute([id])?;
    if let Some(job) = job_of(&work.tx, id)? {
        refresh(work, job, &Change::default(), now)?;
    }
    Ok(())
}

/// Erases these jobs in one transaction.
pub(super) fn erase_batch(work: &mut Work<'_>, jobs: &[i64]) -> Result<Erased, StoreError> {
    let mut erased = Erased::default();
    let ids = serde_json::to_string(jobs).map_err(|error| StoreError::unreadable("list of jobs", error))?;
    // For all at once, since keys are found by key alone.
    work.tx
        .prepare_cached(
            "DELETE FROM blk WHERE posting IN (
                 SELECT posting FROM membership WHERE job IN (SELECT value FROM json_each(?1)))",
        )?
        .execute([ids])?;
    for job in jobs {
        erased.jobs += 1;
        erased.tombstones += u64::from(!erase_job(&work.tx, *job)?);
    }
    // Row ids may be given again, and then to other postings.
    work.cache.clear();
    Ok(erased)
}

/// Erases one job with those that have merged into it; tells whether its rows went as well.
fn erase_job(tx: &Connection, job: i64) -> Result<bool, StoreError> {
    let ids = |sql: &str| -> Result<Vec<i64>, StoreError> {
        let mut statement = tx.prepare_cached(sql)?;
        Ok(statement.query_map([job], |row| row.get(0))?.collect::<Result<_, _>>()?)
    };
    let mut jobs = ids("SELECT alias FROM job_alias WHERE job = ?1")?;
    jobs.push(job);
    let postings = ids("SELECT posting FROM membership WHERE job = ?1")?;
    for posting in &postings {
        forget_posting(tx, *posting)?;
    }
    for job in &jobs {
        forget_job(tx, *job)?;
    }
    let mut gone = true;
    for job in &jobs {
        // The highest number would be given again, and a saved search that knows it would take the next job
        // for this one.
        const UNLESS_KNOWN: &str = "DELETE FROM job WHERE id = ?1
            AND (id < (SELECT max(id) FROM job) OR NOT EXISTS (SELECT 1 FROM search_known))";
        gone &= removed(tx, UNLESS_KNOWN, *job)?;
    }
    for posting in &postings {
        gone &= removed(tx, "DELETE FROM posting WHERE id = ?1", *posting)?;
    }
    Ok(gone)
}

/// Empties a posting's row and takes away what hangs on it. `char(1)` leads a name that no board
/// gives.
fn forget_posting(tx: &Connection, posting: i64) -> Result<(), StoreError> {
    const STATEMENTS: [&str; 9] = [
        "DELETE FROM raw_answer WHERE (board, detail_of) = (SELECT board, posting_id FROM posting WHERE id = ?1)",
        "DELETE FROM posting_body WHERE posting = ?1",
        "DELETE FROM page_listing WHERE posting = ?1",
        "DELETE FROM mail_posting WHERE posting = ?1",
        "DELETE FROM sketch WHERE posting = ?1",
        "DELETE FROM link WHERE a = ?1 OR b = ?1",
        "DELETE FROM human_constraint WHERE a = ?1 OR b = ?1",
        "DELETE FROM membership WHERE posting = ?1",
        "UPDATE posting SET posting_id = char(1) || 'erased ' || id, url = NULL, fingerprint = zeroblob(16),
             row_fingerprint = NULL, row_url = NULL, date_posted = NULL, closed_reason = NULL, wants_detail = 0,
             detail_error = NULL
         WHERE id = ?1",
    ];
    for statement in STATEMENTS {
        tx.prepare_cached(statement)?.execute([posting])?;
    }
    Ok(())
}

/// Empties a job's row, and takes its history and its searchable text away.
fn forget_job(tx: &Connection, job: i64) -> Result<(), StoreError> {
    const STATEMENTS: [&str; 6] = [
        "DELETE FROM job_text WHERE rowid = ?1",
        "DELETE FROM job_alias WHERE alias = ?1",
        "DELETE FROM job_point WHERE job = ?1",
        "DELETE FROM job_recoded WHERE job = ?1",
        // First the status: only then may the history go.
        "UPDATE job SET status = 3, public_id = 'erased-' || id, closed_reason = NULL, text_hash = x'', url = NULL,
             title = NULL, employer = NULL, place = NULL, work_mode = NULL, pay = NULL, employment = '',
             date_posted = NULL, closes = NULL, pay_unit = NULL, pay_low = NULL, pay_high = NULL, annual_low = NULL,
             annual_high = NULL, boards = '', facets = '', employers = '', unstated = 0, role = NULL,
             soc = NULL, setting = NULL, level = NULL, employer_id = NULL, credentials = NULL,
             experience_years = NULL, hours_per_week = NULL, agency = 0, warnings = 0
         WHERE id = ?1",
        "DELETE FROM job_event WHERE job = ?1",
    ];
    for statement in STATEMENTS {
        tx.prepare_cached(statement)?.execute([job])?;
    }
    Ok(())
}

/// Removes a row unless something still names it.
fn removed(tx: &Connection, statement: &str, id: i64) -> Result<bool, StoreError> {
    match tx.prepare_cached(statement)?.execute([id]) {
        Ok(rows) => Ok(rows > 0),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
