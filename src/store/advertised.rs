//! What a job's position was advertised as before: postings of other jobs that are linked as earlier.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::error::StoreError;
use super::grouping::posting_named;

/// Names the latest posting that advertised the same position before, with its dates.
pub(super) fn advertised_before(connection: &Connection, posting: i64) -> Result<Option<String>, StoreError> {
    let before = earlier_than(connection, posting)?;
    let Some((latest, since)) = before.into_iter().max_by(|x, y| (&x.1, x.0).cmp(&(&y.1, y.0))) else {
        return Ok(None);
    };
    Ok(Some(format!("advertised before, since {since}: {}", posting_named(connection, latest)?)))
}

/// Gives the postings of other jobs that advertised the same position before a job's own did.
pub(super) fn earlier_postings(connection: &Connection, job: i64) -> Result<BTreeMap<i64, String>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT posting FROM membership WHERE job = ?1")?;
    let own: Vec<i64> = statement.query_map([job], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut earlier = BTreeMap::new();
    for posting in &own {
        earlier.extend(earlier_than(connection, *posting)?);
    }
    earlier.retain(|posting, _| !own.contains(posting));
    Ok(earlier)
}

/// Gives the postings that advertised the same position before this one, with the day since when.
fn earlier_than(connection: &Connection, posting: i64) -> Result<Vec<(i64, String)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT p.id, coalesce(p.date_posted, date(p.first_seen / 1000, 'unixepoch'))
         FROM (SELECT b AS other FROM link WHERE a = ?1 AND kind = 'earlier'
               UNION ALL SELECT a FROM link WHERE b = ?1 AND kind = 'earlier') AS l
         JOIN posting AS p ON p.id = l.other JOIN posting AS own ON own.id = ?1
         WHERE (min(coalesce(p.date_posted, '9'), date(p.first_seen / 1000, 'unixepoch')), p.first_seen, p.id)
             < (min(coalesce(own.date_posted, '9'), date(own.first_seen / 1000, 'unixepoch')), own.first_seen, own.id)",
    )?;
    let rows = statement.query_map([posting], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
