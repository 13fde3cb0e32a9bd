//! Looking after the database: counts, checks, backups.

use std::path::Path;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::Store;
use super::backup::{Proof, copy_into};
use super::encoding::{millis, unsigned};
use super::error::StoreError;

/// How much is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Boards ever polled.
    pub boards: u64,
    /// Postings.
    pub postings: u64,
    /// Postings that are open.
    pub open_postings: u64,
    /// Jobs, merged ones not counted.
    pub jobs: u64,
    /// Jobs that are open.
    pub open_jobs: u64,
    /// Ids that lead to a job they have merged into.
    pub aliases: u64,
    /// Links between postings.
    pub links: u64,
    /// Events.
    pub events: u64,
    /// Recorded answers.
    pub raw_answers: u64,
    /// Size of the database file in bytes, without its WAL.
    pub bytes: u64,
}

impl Store {
    /// Counts what is stored.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        self.read(|connection| {
            let count = |sql: &str| -> Result<u64, StoreError> {
                Ok(unsigned(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?))
            };
            Ok(Counts {
                boards: count("SELECT count(*) FROM board")?,
                postings: count("SELECT count(*) FROM posting")?,
                open_postings: count("SELECT count(*) FROM posting WHERE closed_at IS NULL")?,
                jobs: count("SELECT count(*) FROM job WHERE status < 2")?,
                open_jobs: count("SELECT count(*) FROM job WHERE status = 0")?,
                aliases: count("SELECT count(*) FROM job_alias")?,
                links: count("SELECT count(*) FROM link WHERE kind <> 'different'")?,
                events: count("SELECT count(*) FROM job_event")?,
                raw_answers: count("SELECT count(*) FROM raw_answer")?,
                bytes: count("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")?,
            })
        })
    }

    /// Checks the whole file, its indexes and its references; gives what is wrong, nothing when all
    /// is well. Reads everything: minutes on a large file.
    pub fn integrity_check(&self) -> Result<Vec<String>, StoreError> {
        self.read(every_problem)
    }

    /// Checks the file's structure without its indexes; fit for every start.
    pub fn quick_check(&self) -> Result<Vec<String>, StoreError> {
        self.read(|connection| problems(connection, "PRAGMA quick_check"))
    }

    /// Copies the database as it stands into a new file, while others go on reading and writing.
    /// The copy is read back and made durable before it gets its name. The key of its mail stands beside it
    /// then, as `….key`.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when the file is there already.
    pub fn backup(&self, path: &Path) -> Result<(), StoreError> {
        if path.exists() {
            return Err(StoreError::Exists { path: path.to_owned() });
        }
        // First, for a copy is of no use for mail without it.
        super::mail::copy_key(self.path(), path)?;
        self.copy_with(|connection| copy_into(connection, path, Proof::Whole))
    }
}

/// Notes when something was last done.
pub(super) fn note_done(connection: &Connection, name: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO upkeep (name, done_at) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET done_at = excluded.done_at",
    )?;
    statement.execute(params![name, millis(now)])?;
    Ok(())
}

/// Reads the whole file, its indexes and its references, and says what is wrong.
pub(super) fn every_problem(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut wrong = problems(connection, "PRAGMA integrity_check")?;
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
        wrong.push(format!("a row of `{table}` names none of `{parent}`"));
    }
    Ok(wrong)
}

/// Asks a pragma that says `ok` or what is wrong.
pub(super) fn problems(connection: &Connection, pragma: &str) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare(pragma)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    let said: Vec<String> = rows.collect::<Result<_, _>>()?;
    Ok(said.into_iter().filter(|line| line != "ok").collect())
}
