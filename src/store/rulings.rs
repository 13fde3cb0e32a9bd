//! What people have said of two postings. It outranks every score and stays when postings are read
//! again or another model judges them.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::Store;
use super::encoding::time;
use super::error::StoreError;
use super::job_reading::find_job;
use crate::model::{JobId, Ruling};

/// What a person has said of two postings, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ruled {
    /// One posting, as `board/posting_id`.
    pub a: String,
    /// The other.
    pub b: String,
    /// `same` or `different`.
    pub ruling: String,
    /// Who said so.
    pub who: String,
    /// Why.
    pub why: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

impl Store {
    /// Gives what people have said of a job's postings, of two of them or of one and another job's.
    pub fn rulings(&self, job: &JobId) -> Result<Vec<Ruled>, StoreError> {
        self.read(|connection| {
            let Some(job) = find_job(connection, job.as_str())? else { return Ok(Vec::new()) };
            let mut statement = connection.prepare_cached(
                "SELECT ba.name || '/' || pa.posting_id, bb.name || '/' || pb.posting_id, h.verdict, h.who, h.why, h.at
                 FROM human_constraint AS h
                 JOIN posting AS pa ON pa.id = h.a JOIN board AS ba ON ba.id = pa.board
                 JOIN posting AS pb ON pb.id = h.b JOIN board AS bb ON bb.id = pb.board
                 WHERE h.a IN (SELECT posting FROM membership WHERE job = ?1)
                    OR h.b IN (SELECT posting FROM membership WHERE job = ?1)
                 ORDER BY h.a, h.b",
            )?;
            let rows = statement.query_map([job], |row| {
                let (a, b, ruling) = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok(Ruled { a, b, ruling, who: row.get(3)?, why: row.get(4)?, at: time(row.get(5)?) })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// A ruling as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Said {
    pub(super) verdict: String,
    pub(super) who: String,
    pub(super) why: Option<String>,
    pub(super) at: i64,
}

impl Said {
    pub(super) fn ruling(&self) -> Ruling {
        if self.verdict == "same" { Ruling::Same } else { Ruling::Different }
    }
}

/// Gives what a person has said of two postings, the lower row first.
pub(super) fn ruling_of(connection: &Connection, a: i64, b: i64) -> Result<Option<Ruling>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT verdict FROM human_constraint WHERE a = ?1 AND b = ?2")?;
    let verdict: Option<String> = statement.query_row([a, b], |row| row.get(0)).optional()?;
    Ok(verdict.map(|verdict| if verdict == "same" { Ruling::Same } else { Ruling::Different }))
}

/// Gives the postings that a person has said to be one with this one.
pub(super) fn said_same(connection: &Connection, posting: i64) -> Result<Vec<i64>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT b FROM human_constraint WHERE a = ?1 AND verdict = 'same'
         UNION ALL SELECT a FROM human_constraint WHERE b = ?1 AND verdict = 'same'",
    )?;
    Ok(statement.query_map([posting], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// Gives the postings that a person has compared with this one, and what they are to it.
pub(super) fn ruled_with(connection: &Connection, posting: i64) -> Result<Vec<(i64, Ruling)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT b, verdict = 'same' FROM human_constraint WHERE a = ?1
         UNION ALL SELECT a, verdict = 'same' FROM human_constraint WHERE b = ?1",
    )?;
    let rows = statement.query_map([posting], |row| {
        let is_same: bool = row.get(1)?;
        Ok((row.get(0)?, if is_same { Ruling::Same } else { Ruling::Different }))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Gives all that is stored of a ruling.
pub(super) fn said_of(connection: &Connection, a: i64, b: i64) -> Result<Option<Said>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT verdict, who, why, at FROM human_constraint WHERE a = ?1 AND b = ?2")?;
    let said = statement.query_row([a, b], |row| {
        Ok(Said { verdict: row.get(0)?, who: row.get(1)?, why: row.get(2)?, at: row.get(3)? })
    });
    Ok(said.optional()?)
}

/// Sets a ruling, or takes it back.
pub(super) fn set(connection: &Connection, (a, b): (i64, i64), said: Option<&Said>) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM human_constraint WHERE a = ?1 AND b = ?2")?.execute([a, b])?;
    if let Some(said) = said {
        let mut statement = connection.prepare_cached(
            "INSERT INTO human_constraint (a, b, verdict, who, why, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        statement.execute(params![a, b, said.verdict, said.who, said.why, said.at])?;
    }
    Ok(())
}
