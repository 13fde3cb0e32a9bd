//! What time makes useless or must not outlive its time: cleared away once a day, in steps that
//! hold the write lock briefly.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension, params};

use super::Store;
use super::encoding::millis;
use super::erasure::{Erased, erase_batch, jobs_to_erase};
use super::error::StoreError;
use super::history::thin;
use super::mails::forget_old;
use super::upkeep::note_done;

/// A day in milliseconds.
const DAY_MILLIS: i64 = 86_400_000;
/// Closed postings are compared with new ones for this long.
const LOOK_BACK: TimeDelta = TimeDelta::days(180);
/// The record of an address that was not asked for this long is dropped.
const FORGET_PAGES: TimeDelta = TimeDelta::days(60);
/// A host that was not asked for this long is forgotten.
const FORGET_HOSTS: TimeDelta = TimeDelta::days(90);
/// How many rows of the database one step takes, so that others can write in between.
const STEP: i64 = 200;
/// How long one call works; the rest is done by the next one.
const AT_A_TIME: Duration = Duration::from_mins(1);
/// How many pages of statistics `PRAGMA optimize` reads of an index.
const ANALYSIS_LIMIT: i64 = 400;

/// How long things are kept. `None` is for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RetentionPlan {
    /// Recorded answers, from the moment they were last received; the latest of an address that is
    /// still asked, or whose posting stands open, stays. Zero keeps none.
    pub raw: Option<TimeDelta>,
    /// Recorded answers of one address, at most.
    pub raw_of_address: Option<u32>,
    /// Closed jobs, from the moment they closed.
    pub closed_jobs: Option<TimeDelta>,
}

/// What was cleared away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UpkeepReport {
    /// False where it was not due yet.
    pub ran: bool,
    /// False where the next call goes on.
    pub finished: bool,
    /// Records of addresses.
    pub pages: u64,
    /// Hosts.
    pub hosts: u64,
    /// Recorded answers.
    pub raw_answers: u64,
    /// Closed jobs.
    pub jobs: u64,
    /// Those of them that something still names, so that an empty row is left of each.
    pub tombstones: u64,
}

impl Store {
    /// Clears away what has had its time. Does so once a day, however often it is called: it reads
    /// whole tables. A call ends after about a minute and the next one goes on.
    ///
    /// The file does not shrink: its free pages are used again, and giving them back would need
    /// `auto_vacuum`, which makes every write dearer. `jobrounds backup` writes a compact copy.
    pub fn upkeep(&self, now: DateTime<Utc>, plan: &RetentionPlan) -> Result<UpkeepReport, StoreError> {
        if self.is_upkeep_due(now)? { self.upkeep_now(now, plan) } else { Ok(UpkeepReport::default()) }
    }

    /// Clears away what has had its time, due or not.
    pub fn upkeep_now(&self, now: DateTime<Utc>, plan: &RetentionPlan) -> Result<UpkeepReport, StoreError> {
        let until = Instant::now() + AT_A_TIME;
        let mut report = UpkeepReport { ran: true, ..UpkeepReport::default() };
        self.forget_keys(now)?;
        report.hosts = self.forget_hosts(now)?;
        self.write(move |work| {
            thin(&work.tx, now)?;
            forget_old(&work.tx, now)
        })?;
        while Instant::now() < until {
            let forgotten = self.forget_pages(now)?;
            report.pages += forgotten;
            if forgotten == 0 {
                break;
            }
        }
        while Instant::now() < until {
            let pruned = self.prune_raw(now, plan)?;
            report.raw_answers += pruned;
            if pruned == 0 {
                break;
            }
        }
        while let Some(kept) = plan.closed_jobs.filter(|_| Instant::now() < until) {
            let erased = self.erase_closed(now, kept)?;
            report.jobs += erased.jobs;
            report.tombstones += erased.tombstones;
            if erased.jobs == 0 {
                break;
            }
        }
        report.finished = Instant::now() < until;
        if report.finished {
            self.write(move |work| note_done(&work.tx, "maintain", now))?;
            self.settle_down()?;
        }
        tracing::debug!(?report, "cleared away what has had its time");
        Ok(report)
    }

    fn is_upkeep_due(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.read(|connection| {
            let last = connection.query_row("SELECT done_at FROM upkeep WHERE name = 'maintain'", [], |row| row.get(0));
            Ok(last.optional()?.is_none_or(|last: i64| (millis(now) - last).abs() >= DAY_MILLIS))
        })
    }

    /// Drops the candidate keys of long-closed postings.
    fn forget_keys(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(move |work| {
            let long_closed = "DELETE FROM blk WHERE posting IN (SELECT id FROM posting WHERE closed_at < ?1)";
            work.tx.execute(long_closed, [millis(now - LOOK_BACK)])?;
            Ok(())
        })
    }

    /// Forgets hosts whose waiting time is long over and whose robots.txt is long out of date.
    fn forget_hosts(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        self.write(move |work| {
            let stale = "DELETE FROM host WHERE coalesce(next_allowed, 0) < ?1 AND coalesce(robots_fetched_at, 0) < ?1";
            Ok(work.tx.execute(stale, [millis(now - FORGET_HOSTS)])? as u64)
        })
    }

    /// Drops some records of addresses that are not asked any more; their postings keep the moment
    /// until which they spoke for them.
    fn forget_pages(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        /// The pages of one step.
        const STALE: &str = "SELECT id FROM page WHERE confirmed_at < ?1 ORDER BY id LIMIT ?2";
        self.write(move |work| {
            let bounds = params![millis(now - FORGET_PAGES), STEP];
            let tx = &work.tx;
            let seen = format!(
                "UPDATE posting SET seen_at = max(seen_at, found.at)
                 FROM (SELECT l.posting, max(g.confirmed_at) AS at FROM page AS g JOIN page_listing AS l ON l.page = g.id
                       WHERE g.id IN ({STALE}) GROUP BY l.posting) AS found
                 WHERE posting.id = found.posting"
            );
            tx.prepare_cached(&seen)?.execute(bounds)?;
            tx.prepare_cached(&format!("DELETE FROM page_listing WHERE page IN ({STALE})"))?.execute(bounds)?;
            Ok(tx.prepare_cached(&format!("DELETE FROM page WHERE id IN ({STALE})"))?.execute(bounds)? as u64)
        })
    }

    /// Drops some recorded answers that have had their time; gives how many went.
    pub(super) fn prune_raw(&self, now: DateTime<Utc>, plan: &RetentionPlan) -> Result<u64, StoreError> {
        let before = plan.raw.map(|kept| if kept.is_zero() { i64::MAX } else { millis(now - kept) });
        let most = plan.raw_of_address.map_or(i64::MAX, i64::from);
        let old: Vec<i64> = self.read(|connection| {
            let mut statement = connection.prepare_cached(include_str!("sql/old_raw_answers.sql"))?;
            let rows = statement.query_map(params![before.unwrap_or(i64::MIN), most, STEP], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        if old.is_empty() {
            return Ok(0);
        }
        self.write(move |work| {
            let mut delete = work.tx.prepare_cached("DELETE FROM raw_answer WHERE id = ?1")?;
            for id in &old {
                delete.execute([id])?;
            }
            Ok(old.len() as u64)
        })
    }

    /// Erases some jobs that have been closed for longer than they are kept.
    fn erase_closed(&self, now: DateTime<Utc>, kept: TimeDelta) -> Result<Erased, StoreError> {
        let jobs = self.read(|connection| jobs_to_erase(connection, now - kept, STEP / 4))?;
        if jobs.is_empty() {
            return Ok(Erased::default());
        }
        self.erasing(move |work| erase_batch(work, &jobs))
    }

    /// Brings statistics up to date and writes the WAL back, so that it begins anew and small.
    fn settle_down(&self) -> Result<(), StoreError> {
        let Some(writer) = self.0.writer.as_ref() else { return Ok(()) };
        writer.call(|state| {
            state.connection.pragma_update(None, "analysis_limit", ANALYSIS_LIMIT)?;
            state.connection.execute_batch("PRAGMA optimize")?;
            // Readers may be in the way; tomorrow will do then, so they are not waited for.
            state.connection.busy_timeout(Duration::from_millis(200))?;
            let written = state.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            state.connection.busy_timeout(super::connection::BUSY_TIMEOUT)?;
            Ok(written?)
        })
    }
}

#[cfg(test)]
#[path = "retention_tests.rs"]
mod tests;
