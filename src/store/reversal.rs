//! Which rulings take an event back.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension};

use super::decisions::{Changed, DecisionError, contradiction};
use super::encoding::millis;
use super::error::StoreError;
use super::grouping::job_of;
use super::job_reading::find_posting;
use super::rulings::{Said, said_of};
use crate::model::Ruling;

/// Works out which rulings take an event back.
pub(super) fn reversal(
    connection: &Connection,
    event: i64,
    who: &str,
    now: DateTime<Utc>,
) -> Result<Reversal, StoreError> {
    let refused = |why: &str| Ok(refuse(event, why));
    let sql = "SELECT job, kind, posting, detail, data FROM job_event WHERE id = ?1";
    let found = connection.prepare_cached(sql)?.query_row([event], |row| {
        let (job, kind): (i64, String) = (row.get(0)?, row.get(1)?);
        let (posting, detail): (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
        Ok((job, kind, posting, detail, row.get::<_, Option<String>>(4)?))
    });
    let Some((job, kind, posting, detail, data)) = found.optional()? else { return refused("does not exist") };
    let why = Some(format!("event {event}"));
    let said =
        |verdict: &str| Said { verdict: verdict.to_owned(), who: who.to_owned(), why: why.clone(), at: millis(now) };
    let found = Found { event, job, posting, detail };
    match kind.as_str() {
        "decided" => match data {
            Some(data) => turned_round(connection, event, &data),
            None => refused("only tells of a decision; undo the event that it names"),
        },
        "joined" | "reposted" | "merged" => parted(connection, &found, &said("different")),
        "split" => united(connection, &found, said("same")),
        other => refused(&format!("is `{other}`, which changed no grouping")),
    }
}

/// An event that is to be taken back.
struct Found {
    event: i64,
    job: i64,
    posting: Option<String>,
    detail: Option<String>,
}

/// What takes an event back, or why nothing does.
type Reversal = Result<Vec<Changed>, DecisionError>;

fn refuse(event: i64, why: &str) -> Reversal {
    Err(DecisionError::NotUndone(event, why.to_owned()))
}

/// Takes a decision back: each ruling becomes what it was.
fn turned_round(connection: &Connection, event: i64, data: &str) -> Result<Reversal, StoreError> {
    let changes: Vec<Changed> =
        serde_json::from_str(data).map_err(|error| StoreError::unreadable("decision", error))?;
    for change in &changes {
        if said_of(connection, change.a, change.b)? != change.after {
            return Ok(refuse(event, "has been changed since; undo the later decision first"));
        }
    }
    let turn = |change: Changed| Changed { before: change.after, after: change.before, ..change };
    Ok(Ok(changes.into_iter().map(turn).collect()))
}

/// Takes a joining back: what it brought into the job is ruled different from what was there.
fn parted(connection: &Connection, found: &Found, said: &Said) -> Result<Reversal, StoreError> {
    let moved = moved_by(connection, (found.event, found.job), found.posting.as_deref(), found.detail.as_deref())?;
    let Some(moved) = moved else { return Ok(refuse(found.event, "names no posting that is still known")) };
    let stay = members(connection, found.job)?;
    if !moved.iter().all(|posting| stay.contains(posting)) {
        return Ok(refuse(found.event, "has been changed since: what it brought into the job has left it"));
    }
    let mut changes = Vec::new();
    for x in &moved {
        for y in stay.iter().filter(|y| !moved.contains(y)) {
            let (a, b) = ((*x).min(*y), (*x).max(*y));
            let before = said_of(connection, a, b)?;
            if before.as_ref().is_some_and(|before| before.ruling() == Ruling::Same) {
                return Ok(refuse(found.event, "follows from a decision; undo that one"));
            }
            if before.is_none() {
                changes.push(Changed { a, b, before, after: Some(said.clone()) });
            }
        }
    }
    Ok(if changes.is_empty() { refuse(found.event, "is undone already") } else { Ok(changes) })
}

/// Takes a parting back: the posting that left is ruled the same as one that stayed.
fn united(connection: &Connection, found: &Found, said: Said) -> Result<Reversal, StoreError> {
    let Some(posting) = found.posting.as_deref() else { return Ok(refuse(found.event, "names no posting")) };
    let Ok(posting) = find_posting(connection, posting)? else {
        return Ok(refuse(found.event, "names no posting that is still known"));
    };
    let sql = "SELECT coalesce((SELECT job FROM job_alias WHERE alias = ?1), ?1)";
    let job: i64 = connection.query_row(sql, [found.job], |row| row.get(0))?;
    let Some(other) = members(connection, job)?.into_iter().find(|other| *other != posting) else {
        return Ok(refuse(found.event, "left no job that still has postings"));
    };
    let (a, b) = (posting.min(other), posting.max(other));
    if job_of(connection, posting)? == Some(job) {
        return Ok(refuse(found.event, "is undone already"));
    }
    if let Some(error) = contradiction(connection, (a, b), Ruling::Same)? {
        return Ok(Err(error));
    }
    Ok(Ok(vec![Changed { a, b, before: said_of(connection, a, b)?, after: Some(said) }]))
}

fn members(connection: &Connection, job: i64) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT posting FROM membership WHERE job = coalesce((SELECT job FROM job_alias WHERE alias = ?1), ?1) ORDER BY posting";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_map([job], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// Gives the postings that an event brought into a job: the one it names, or all that the merged job held.
fn moved_by(
    connection: &Connection,
    (event, job): (i64, i64),
    posting: Option<&str>,
    detail: Option<&str>,
) -> Result<Option<Vec<i64>>, StoreError> {
    if let Some(posting) = posting {
        return Ok(find_posting(connection, posting)?.ok().map(|row| vec![row]));
    }
    let Some(merged) = detail else { return Ok(None) };
    let in_job = members(connection, job)?;
    let mut moved = Vec::new();
    for name in held_before(connection, merged, event)? {
        moved.extend(find_posting(connection, &name)?.ok().filter(|row| in_job.contains(row)));
    }
    Ok((!moved.is_empty()).then_some(moved))
}

/// Tells from the history what a job held when an event happened, with what had merged into it.
fn held_before(connection: &Connection, job: &str, event: i64) -> Result<BTreeSet<String>, StoreError> {
    let mut held: BTreeSet<String> = BTreeSet::new();
    let sql = "SELECT e.id, e.kind, e.posting, e.detail FROM job_event AS e JOIN job AS j ON j.id = e.job
               WHERE j.public_id = ?1 AND e.id < ?2 ORDER BY e.id";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map((job, event), |row| {
        let (id, kind): (i64, String) = (row.get(0)?, row.get(1)?);
        Ok((id, kind, row.get::<_, Option<String>>(2)?, row.get::<_, Option<String>>(3)?))
    })?;
    let rows: Vec<_> = rows.collect::<Result<_, _>>()?;
    drop(statement);
    for (id, kind, posting, detail) in rows {
        match (kind.as_str(), posting, detail) {
            ("opened" | "founded" | "joined" | "reposted", Some(posting), _) => {
                held.insert(posting);
            }
            // One that is not held enters by a split.
            ("split", Some(posting), _) if !held.remove(&posting) => {
                held.insert(posting);
            }
            // Only earlier events are looked at each time, so that this ends.
            ("merged", _, Some(other)) => held.extend(held_before(connection, &other, id)?),
            _ => {}
        }
    }
    Ok(held)
}
