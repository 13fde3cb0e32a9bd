//! The append-only history of jobs. Event ids are the cursor that digests and feeds read by.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row, params};

use super::Store;
use super::encoding::{millis, time, unsigned};
use super::error::StoreError;
use super::job_reading::find_job;
use crate::model::{EventKind, JobEvent, JobId};

/// What has happened to a job since it was first seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JobChanges {
    /// How often it changed, merged and parted: never falls, for the history only grows.
    pub revision: u64,
    /// When it last changed for somebody who means to apply: updated, closed, reopened, reposted.
    pub latest: Option<DateTime<Utc>>,
    /// The newest of what people who know it are told: updated, reopened, reposted; the newest first.
    pub news: Vec<JobEvent>,
}

/// An event before it has an id.
pub(super) struct NewEvent<'a> {
    pub(super) job: i64,
    pub(super) kind: EventKind,
    pub(super) posting: Option<&'a str>,
    pub(super) detail: Option<&'a str>,
    /// What a decision changed, so that it can be undone.
    pub(super) data: Option<&'a str>,
}

impl NewEvent<'_> {
    /// Gives an event of a job that says nothing yet.
    pub(super) fn of(job: i64) -> Self {
        Self { job, kind: EventKind::Updated, posting: None, detail: None, data: None }
    }
}

/// Adds an event to a job's history.
pub(super) fn add_event(connection: &Connection, event: &NewEvent<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO job_event (job, kind, posting, at, detail, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    statement.execute(params![event.job, event.kind.as_str(), event.posting, millis(now), event.detail, event.data])?;
    Ok(())
}

impl Store {
    /// Gives the events after a cursor, oldest first. An event keeps the id of the job it happened
    /// to; where that has merged into another, [`Store::job`] finds the survivor by it.
    pub fn events_since(&self, cursor: i64, limit: usize) -> Result<Vec<JobEvent>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT e.id, j.public_id, e.kind, e.posting, e.at, e.detail
                 FROM job_event AS e JOIN job AS j ON j.id = e.job
                 WHERE e.id > ?1 ORDER BY e.id LIMIT ?2",
            )?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = statement.query_map([cursor, limit], read_event)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Gives a job's history, oldest first, with that of the jobs that have merged into it.
    pub fn history(&self, job: &JobId) -> Result<Vec<JobEvent>, StoreError> {
        self.read(|connection| {
            let Some(job) = find_job(connection, job.as_str())? else { return Ok(Vec::new()) };
            let mut statement = connection.prepare_cached(
                "SELECT e.id, j.public_id, e.kind, e.posting, e.at, e.detail
                 FROM job_event AS e JOIN job AS j ON j.id = e.job
                 WHERE e.job = ?1 OR e.job IN (SELECT alias FROM job_alias WHERE job = ?1)
                 ORDER BY e.id",
            )?;
            let rows = statement.query_map([job], read_event)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Gives what has happened to jobs under their own ids, with at most so many of the newest events each.
    ///
    /// What happened to jobs that have merged into them is left out: it happened to other names.
    pub fn changes(&self, jobs: &[JobId], most: usize) -> Result<Vec<JobChanges>, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.read(|connection| {
            let mut count = connection.prepare_cached(
                "SELECT count(*), max(CASE WHEN e.kind IN ('updated', 'closed', 'reopened', 'reposted') THEN e.at END)
                 FROM job AS j JOIN job_event AS e ON e.job = j.id
                 WHERE j.public_id = ?1
                   AND e.kind IN ('updated', 'closed', 'reopened', 'reposted', 'joined', 'merged', 'split')",
            )?;
            let mut newest = connection.prepare_cached(
                "SELECT e.id, j.public_id, e.kind, e.posting, e.at, e.detail
                 FROM job AS j JOIN job_event AS e ON e.job = j.id
                 WHERE j.public_id = ?1 AND e.kind IN ('updated', 'reopened', 'reposted')
                 ORDER BY e.id DESC LIMIT ?2",
            )?;
            let mut changes = Vec::with_capacity(jobs.len());
            for job in jobs {
                let (revision, latest): (i64, Option<i64>) =
                    count.query_row([job.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
                let rows = newest.query_map(params![job.as_str(), most], read_event)?;
                let news = rows.collect::<Result<_, _>>()?;
                changes.push(JobChanges { revision: unsigned(revision), latest: latest.map(time), news });
            }
            Ok(changes)
        })
    }

    /// Gives when anything last happened to any job by a moment: an event, or a stated end that passed.
    pub fn last_change(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT max(at) FROM (
                     SELECT at FROM job_event WHERE id = (SELECT max(id) FROM job_event)
                     UNION ALL SELECT max(open_until) FROM job WHERE status = 0 AND open_until <= ?1)",
            )?;
            let latest: Option<i64> = statement.query_row([millis(now)], |row| row.get(0))?;
            Ok(latest.map(time))
        })
    }

    /// Gives the id of the latest event; 0 when there is none. A reader that starts from here sees
    /// only what is new.
    pub fn last_event_id(&self) -> Result<i64, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT coalesce(max(id), 0) FROM job_event")?;
            Ok(statement.query_row([], |row| row.get(0))?)
        })
    }
}

/// Reads an event from the first six columns of a row.
pub(super) fn read_event(row: &Row<'_>) -> rusqlite::Result<JobEvent> {
    let (job, kind): (String, String) = (row.get(1)?, row.get(2)?);
    Ok(JobEvent {
        id: row.get(0)?,
        job: JobId::from_text(&job),
        kind: kind_from(&kind),
        posting: row.get(3)?,
        at: time(row.get(4)?),
        detail: row.get(5)?,
    })
}

fn kind_from(word: &str) -> EventKind {
    EventKind::ALL.into_iter().find(|kind| kind.as_str() == word).unwrap_or(EventKind::Updated)
}
