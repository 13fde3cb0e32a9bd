//! The append-only history of jobs. Event ids are the cursor that digests and feeds read by.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row, params};

use super::Store;
use super::encoding::{millis, time};
use super::error::StoreError;
use super::job_reading::find_job;
use crate::model::{EventKind, JobEvent, JobId};

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
