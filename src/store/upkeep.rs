//! Looking after the database: counts, checks, backups, and what is cleared away with time.

use std::path::Path;

use chrono::{DateTime, Duration, Utc};
use rusqlite::{Connection, OptionalExtension};

use super::Store;
use super::encoding::{millis, unsigned};
use super::error::StoreError;
use super::history::thin;
use super::mails::forget_old;
use super::migrate::copy_into;

/// A day in milliseconds.
const DAY_MILLIS: i64 = 86_400_000;
/// Closed postings are compared with new ones for this long.
const LOOK_BACK: Duration = Duration::days(180);

/// The record of an address that was not asked for this long is dropped.
const FORGET_PAGES: Duration = Duration::days(60);

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
        self.read(|connection| {
            let mut wrong = problems(connection, "PRAGMA integrity_check")?;
            let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
                wrong.push(format!("a row of `{table}` names none of `{parent}`"));
            }
            Ok(wrong)
        })
    }

    /// Checks the file's structure without its indexes; fit for every start.
    pub fn quick_check(&self) -> Result<Vec<String>, StoreError> {
        self.read(|connection| problems(connection, "PRAGMA quick_check"))
    }

    /// Copies the database as it stands into a new file, while others go on reading and writing.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when the file is there already.
    pub fn backup(&self, path: &Path) -> Result<(), StoreError> {
        self.copy_with(|connection| copy_into(connection, path))
    }

    /// Clears away what time has made useless: candidate keys of long-closed postings, records of
    /// addresses that are not asked any more, and boards' histories but for one round a day. Does so once a day, however often it is called: it
    /// reads whole tables.
    pub fn maintain(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let due = self.read(|connection| {
            let last = connection.query_row("SELECT done_at FROM upkeep WHERE name = 'maintain'", [], |row| row.get(0));
            Ok(last.optional()?.is_none_or(|last: i64| (millis(now) - last).abs() >= DAY_MILLIS))
        })?;
        if !due {
            return Ok(());
        }
        self.write(move |work| {
            let tx = &work.tx;
            tx.execute(
                "INSERT INTO upkeep (name, done_at) VALUES ('maintain', ?1)
                 ON CONFLICT (name) DO UPDATE SET done_at = excluded.done_at",
                [millis(now)],
            )?;
            tx.execute(
                "DELETE FROM blk WHERE posting IN (SELECT id FROM posting WHERE closed_at < ?1)",
                [millis(now - LOOK_BACK)],
            )?;
            let stale = millis(now - FORGET_PAGES);
            tx.execute(
                "UPDATE posting SET seen_at = max(seen_at, found.at)
                 FROM (SELECT l.posting, max(g.confirmed_at) AS at FROM page AS g JOIN page_listing AS l ON l.page = g.id
                       WHERE g.confirmed_at < ?1 GROUP BY l.posting) AS found
                 WHERE posting.id = found.posting",
                [stale],
            )?;
            tx.execute("DELETE FROM page_listing WHERE page IN (SELECT id FROM page WHERE confirmed_at < ?1)", [stale])?;
            tx.execute("DELETE FROM page WHERE confirmed_at < ?1", [stale])?;
            thin(tx, now)?;
            forget_old(tx, now)?;
            Ok(())
        })
    }
}

fn problems(connection: &Connection, pragma: &str) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare(pragma)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    let said: Vec<String> = rows.collect::<Result<_, _>>()?;
    Ok(said.into_iter().filter(|line| line != "ok").collect())
}
