//! Jobs that match a set of filters only since they were coded anew.

use chrono::{DateTime, Utc};
use rusqlite::Connection;

use super::Store;
use super::encoding::millis;
use super::error::StoreError;
use super::filters::{Filters, Sureness};
use super::match_text::expression;
use crate::model::{Criteria, JobId};

/// Every column of a job that filters look at, those of codes as they were before.
const BEFORE: &str =
    "SELECT n.id, n.public_id, n.status, n.open_until, n.boards, n.employers, n.employer_id, n.posted_at, n.closes_at,
           n.pay_unit, n.pay_low, n.pay_high, n.annual_low, n.annual_high, n.first_seen,
           r.facets, r.unstated, r.soc, r.experience_years, r.hours_per_week, r.agency, r.warnings, r.at
    FROM job_recoded AS r JOIN job AS n ON n.id = r.job";

impl Store {
    /// Gives jobs that were coded anew since a moment, were known before it, match for sure now, and
    /// did not match before; newest first.
    pub fn newly_coded(
        &self,
        criteria: &Criteria,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Vec<JobId>, StoreError> {
        self.read(|connection| {
            let before = matching(connection, criteria, (since, now), BEFORE)?;
            let rows = "SELECT n.*, r.at FROM job_recoded AS r JOIN job AS n ON n.id = r.job";
            let mut after = matching(connection, criteria, (since, now), rows)?;
            after.retain(|id| !before.contains(id));
            Ok(after.into_iter().map(|id| JobId::from_text(&id)).collect())
        })
    }
}

/// Gives the public ids of those of some rows that match for sure.
fn matching(
    connection: &Connection,
    criteria: &Criteria,
    (since, now): (DateTime<Utc>, DateTime<Utc>),
    rows: &str,
) -> Result<Vec<String>, StoreError> {
    let filters = Filters::of(criteria, now);
    let words = expression(criteria.query.as_ref(), &[])?;
    let with_words = match words {
        Some(_) => "AND EXISTS (SELECT 1 FROM job_text WHERE job_text MATCH ?1 AND job_text.rowid = j.id)",
        None => "",
    };
    let sql = format!(
        "SELECT j.public_id FROM ({rows}) AS j
         WHERE j.at >= {since} AND j.first_seen < {since} AND {} {with_words} ORDER BY j.id DESC",
        filters.wherefore(Sureness::Sure),
        since = millis(since),
    );
    let mut statement = connection.prepare(&sql)?;
    for (at, value) in filters.values.iter().enumerate().take(statement.parameter_count()) {
        match (at, words.as_deref()) {
            (0, Some(words)) => statement.raw_bind_parameter(1, words)?,
            _ => statement.raw_bind_parameter(at + 1, value)?,
        }
    }
    let mut found = statement.raw_query();
    let mut ids = Vec::new();
    while let Some(row) = found.next()? {
        ids.push(row.get(0)?);
    }
    Ok(ids)
}
