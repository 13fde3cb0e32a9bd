//! Judging stored postings anew: after a change of the judge's model, of what postings are coded with, or
//! once more is known of which pieces of text are common.
//!
//! A step takes some postings, makes their sketches and keys anew, compares them and groups them, in one
//! transaction. Nobody is told that a job is new because of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::Store;
use super::encoding::unsigned;
use super::error::StoreError;
use super::grouping::{self, Touched};
use super::links::Judging;
use super::refresh::refresh;
use super::sketches::{common_count, read_posting, stored_raw};
use super::writer::Work;
use crate::model::Judge;

/// What one step came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RejudgingStep {
    /// Postings judged anew.
    pub postings: u64,
    /// Pairs of postings that are one job now and were not.
    pub joined: Vec<(String, String)>,
    /// Pairs of postings that were one job and are not any more.
    pub parted: Vec<(String, String)>,
    /// Where the next step goes on; `None` when all is done.
    pub next: Option<i64>,
}

impl Store {
    /// Counts the postings that another model has judged, or none.
    pub fn postings_to_rejudge(&self, model: &str) -> Result<u64, StoreError> {
        self.read(|connection| {
            let sql = "SELECT count(*) FROM posting_body AS b LEFT JOIN sketch AS s ON s.posting = b.posting
                       WHERE s.model IS NULL OR s.model <> ?1";
            Ok(unsigned(connection.prepare_cached(sql)?.query_row([model], |row| row.get(0))?))
        })
    }

    /// Judges some postings anew, from a row on; all of it is stored, or nothing. With `all`, also those that
    /// this very model has judged, where more is known of common pieces.
    pub fn rejudge_step(
        &self,
        judge: &Arc<dyn Judge>,
        now: DateTime<Utc>,
        (after, most, all): (i64, usize, bool),
    ) -> Result<RejudgingStep, StoreError> {
        let judge = Arc::clone(judge);
        self.write(move |work| step(work, Judging { judge: judge.as_ref(), now }, (after, most, all)))
    }
}

fn step(
    work: &mut Work<'_>,
    judging: Judging<'_>,
    (after, most, all): (i64, usize, bool),
) -> Result<RejudgingStep, StoreError> {
    let known = common_count(&work.tx)?;
    let rows = stale(&work.tx, judging, (after, most, all), known)?;
    let next = rows.last().map(|(id, _)| *id).filter(|_| rows.len() >= most);
    let mut done = RejudgingStep { next, ..RejudgingStep::default() };
    let mut touched = Vec::new();
    for (id, is_other) in rows {
        if !is_other && !is_affected(work, id)? {
            work.tx.prepare_cached("UPDATE sketch SET judged = ?2 WHERE posting = ?1")?.execute([id, known])?;
            continue;
        }
        touched.extend(touch(work, judging, id)?);
    }
    done.postings = touched.len() as u64;
    let ids: Vec<i64> = touched.iter().map(|posting: &Touched| posting.id).collect();
    let before = companions(&work.tx, &ids)?;
    let grouped = grouping::join(work, judging, &touched)?;
    for (job, change) in &grouped.jobs {
        refresh(work, *job, change, judging.now)?;
    }
    let after = companions(&work.tx, &ids)?;
    done.joined =
        after.iter().filter(|(pair, _)| !before.contains_key(*pair)).map(|(_, names)| names.clone()).collect();
    done.parted =
        before.iter().filter(|(pair, _)| !after.contains_key(*pair)).map(|(_, names)| names.clone()).collect();
    Ok(done)
}

/// Gives the rows of postings to be judged anew, and whether another model judged them.
fn stale(
    connection: &Connection,
    judging: Judging<'_>,
    (after, most, all): (i64, usize, bool),
    known: i64,
) -> Result<Vec<(i64, bool)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT b.posting, coalesce(s.model, '') <> ?2
         FROM posting_body AS b LEFT JOIN sketch AS s ON s.posting = b.posting
         WHERE b.posting > ?1 AND (coalesce(s.model, '') <> ?2 OR (?3 AND s.judged < ?4))
         ORDER BY b.posting LIMIT ?5",
    )?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = statement
        .query_map(params![after, judging.judge.model(), all, known, most], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Tells whether a posting has pieces of text that have become common since it was compared.
fn is_affected(work: &Work<'_>, id: i64) -> Result<bool, StoreError> {
    let Some((judged, sketch)) = stored_raw(&work.tx, id)? else { return Ok(true) };
    let mut statement = work.tx.prepare_cached("SELECT 1 FROM common_piece WHERE piece = ?1 AND seq > ?2")?;
    for piece in &sketch.pieces {
        if statement.exists(params![i64::from(*piece), judged])? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn touch(work: &mut Work<'_>, judging: Judging<'_>, id: i64) -> Result<Option<Touched>, StoreError> {
    let Some(posting) = read_posting(&work.tx, id)? else { return Ok(None) };
    let (sketch, keys) = judging.judge.sketch(&posting);
    let closed: bool = work
        .tx
        .prepare_cached("SELECT closed_at IS NOT NULL FROM posting WHERE id = ?1")?
        .query_row([id], |row| row.get(0))?;
    Ok(Some(Touched {
        id,
        posting: Arc::new(posting),
        sketch: Box::new(sketch),
        old_keys: keys.clone(),
        keys,
        facts: None,
        is_new: false,
        is_judged_anew: true,
        raised: false,
        is_open: !closed,
    }))
}

/// Gives the pairs of postings that share a job, one of each pair being among these.
fn companions(connection: &Connection, postings: &[i64]) -> Result<BTreeMap<(i64, i64), (String, String)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT o.posting, b.name || '/' || p.posting_id, ob.name || '/' || op.posting_id
         FROM membership AS m JOIN membership AS o ON o.job = m.job AND o.posting <> m.posting
         JOIN posting AS p ON p.id = m.posting JOIN board AS b ON b.id = p.board
         JOIN posting AS op ON op.id = o.posting JOIN board AS ob ON ob.id = op.board
         WHERE m.posting = ?1",
    )?;
    let mut pairs = BTreeMap::new();
    for posting in postings {
        let mut rows = statement.query([posting])?;
        while let Some(row) = rows.next()? {
            let (other, own, others): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let names = if *posting < other { (own, others) } else { (others, own) };
            pairs.insert(((*posting).min(other), (*posting).max(other)), names);
        }
    }
    Ok(pairs)
}
