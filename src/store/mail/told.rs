//! What people were told of jobs, read for a whole run at once.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use rusqlite::Connection;

use super::seeds::known_to;
use crate::model::{JobId, SearchId, SubscriberId, ToldAs};
use crate::store::Store;
use crate::store::encoding::{millis, time};
use crate::store::error::StoreError;
use crate::store::job_reading::find_job;

/// A job's names in the database: its row, and the rows of those that have merged into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobNames {
    /// Its id; that of the survivor, where it has merged.
    pub id: JobId,
    /// When it was first seen.
    pub first_seen: DateTime<Utc>,
    /// When it closes, as it says itself.
    pub closes_at: Option<DateTime<Utc>>,
    /// Whether one can apply at the moment asked about.
    pub is_open: bool,
    /// Its row and the merged ones'.
    pub(super) rows: Vec<i64>,
}

/// One thing that somebody was told of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// Who.
    pub subscriber: SubscriberId,
    /// As what.
    pub kind: ToldAs,
    /// By which search.
    pub search: Option<SearchId>,
    /// When the job was said to close.
    pub closes_at: Option<DateTime<Utc>>,
}

/// As what somebody was told of a job, when, and by which search.
pub type Telling = (ToldAs, DateTime<Utc>, Option<SearchId>);

impl Store {
    /// Gives the names of jobs; one that has merged into another goes by the survivor's. Unknown ones are
    /// left out.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn job_names(&self, jobs: &[JobId], now: DateTime<Utc>) -> Result<HashMap<JobId, JobNames>, StoreError> {
        self.read(|connection| {
            let mut aliases = connection.prepare_cached("SELECT alias FROM job_alias WHERE job = ?1")?;
            let mut own = connection
                .prepare_cached("SELECT public_id, first_seen, closes_at, status, open_until FROM job WHERE id = ?1")?;
            let mut names = HashMap::with_capacity(jobs.len());
            for job in jobs {
                let Some(row) = find_job(connection, job.as_str())? else { continue };
                let mut rows = vec![row];
                for alias in aliases.query_map([row], |row| row.get(0))? {
                    rows.push(alias?);
                }
                let found = own.query_row([row], |row| {
                    let (status, open_until): (i64, Option<i64>) = (row.get(3)?, row.get(4)?);
                    Ok(JobNames {
                        id: JobId::from_text(&row.get::<_, String>(0)?),
                        first_seen: time(row.get(1)?),
                        closes_at: row.get::<_, Option<i64>>(2)?.map(time),
                        is_open: status == 0 && open_until.is_none_or(|end| end > millis(now)),
                        rows,
                    })
                })?;
                names.insert(job.clone(), found);
            }
            Ok(names)
        })
    }

    /// Gives everything that anybody was told of some jobs.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn told_of<'a>(
        &self,
        names: impl IntoIterator<Item = &'a JobNames>,
    ) -> Result<HashMap<JobId, Vec<Told>>, StoreError> {
        self.read(|connection| {
            let mut all = HashMap::new();
            for names in names {
                let told = told_of(connection, names)?;
                if !told.is_empty() {
                    all.insert(names.id.clone(), told);
                }
            }
            Ok(all)
        })
    }

    /// Gives the rows of jobs that a search knew when it began.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn known_to(&self, search: SearchId) -> Result<BTreeSet<i64>, StoreError> {
        self.read(|connection| known_to(connection, search))
    }

    /// Gives what some searches have matched and nobody was told, oldest first.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn waiting(&self, searches: &HashSet<SearchId>) -> Result<Vec<(SearchId, JobId, ToldAs)>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT w.search, coalesce(s.public_id, j.public_id), w.kind FROM waiting AS w
                 JOIN job AS j ON j.id = w.job
                 LEFT JOIN job_alias AS a ON a.alias = w.job LEFT JOIN job AS s ON s.id = a.job
                 ORDER BY w.since, w.search, w.job",
            )?;
            let mut rows = statement.query([])?;
            let mut waiting = Vec::new();
            while let Some(row) = rows.next()? {
                let (search, kind): (i64, String) = (row.get(0)?, row.get(2)?);
                let search = SearchId(search);
                if let Some(kind) = ToldAs::from_word(&kind).filter(|_| searches.contains(&search)) {
                    waiting.push((search, JobId::from_text(&row.get::<_, String>(1)?), kind));
                }
            }
            Ok(waiting)
        })
    }

    /// Gives the open jobs that close between two moments, soonest first.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn jobs_closing(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<Vec<JobId>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT public_id FROM job WHERE status = 0 AND closes_at > ?1 AND closes_at <= ?2
                 ORDER BY closes_at, id",
            )?;
            let span = [from, until].map(millis);
            let rows = statement.query_map(span, |row| row.get::<_, String>(0))?;
            let ids: Result<Vec<String>, _> = rows.collect();
            Ok(ids?.iter().map(|id| JobId::from_text(id)).collect())
        })
    }

    /// Gives what one subscriber was told of a job, with the mails' moments: for `why`.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn tellings(&self, subscriber: SubscriberId, names: &JobNames) -> Result<Vec<Telling>, StoreError> {
        let rows = names.rows.clone();
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT t.kind, o.created_at, t.search FROM told AS t JOIN outbox AS o ON o.id = t.mail
                 WHERE t.subscriber = ?1 AND t.job = ?2 ORDER BY o.id",
            )?;
            let mut tellings = Vec::new();
            for job in rows {
                let mut found = statement.query([subscriber.0, job])?;
                while let Some(row) = found.next()? {
                    let search: Option<i64> = row.get(2)?;
                    if let Some(kind) = ToldAs::from_word(&row.get::<_, String>(0)?) {
                        tellings.push((kind, time(row.get(1)?), search.map(SearchId)));
                    }
                }
            }
            Ok(tellings)
        })
    }
}

impl JobNames {
    /// Tells whether one of the job's rows is among some.
    #[must_use]
    pub fn any_in(&self, rows: &BTreeSet<i64>) -> bool {
        self.rows.iter().any(|row| rows.contains(row))
    }
}

fn told_of(connection: &Connection, names: &JobNames) -> Result<Vec<Told>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT subscriber, kind, closes_at, search FROM told WHERE job = ?1")?;
    let mut told = Vec::new();
    for job in &names.rows {
        let mut rows = statement.query([job])?;
        while let Some(row) = rows.next()? {
            let Some(kind) = ToldAs::from_word(&row.get::<_, String>(1)?) else { continue };
            let closes_at = row.get::<_, Option<i64>>(2)?.map(time);
            let search = row.get::<_, Option<i64>>(3)?.map(SearchId);
            told.push(Told { subscriber: SubscriberId(row.get(0)?), kind, search, closes_at });
        }
    }
    Ok(told)
}
