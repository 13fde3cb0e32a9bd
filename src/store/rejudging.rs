//! Judging stored postings anew: after a change of the judge's model, of what postings are coded with, or
//! once more is known of which pieces of text are common.
//!
//! A step takes some postings, makes their sketches and keys anew, compares them and groups them, in one
//! transaction. Nobody is told that a job is new because of it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::Store;
use super::encoding::unsigned;
use super::error::StoreError;
use super::grouping::{self, Touched};
use super::links::Judging;
use super::refresh::refresh;
use super::sketches::{common_count, read_posting, stored_sketch};
use super::writer::Work;
use crate::model::Judge;

/// How many of the latest postings are looked at for what has become common since.
const LOOKED_BACK: i64 = 30_000;

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
            let sql = "SELECT (SELECT count(*) FROM sketch WHERE model < ?1) + (SELECT count(*) FROM sketch WHERE model > ?1)";
            Ok(unsigned(connection.prepare_cached(sql)?.query_row([model], |row| row.get(0))?))
        })
    }

    /// Judges some postings anew, from a row on; all of it is stored, or nothing: those that another model has
    /// judged, or with `outdated` the latest ones that were compared when fewer pieces were known to be common.
    pub fn rejudge_step(
        &self,
        judge: &Arc<dyn Judge>,
        now: DateTime<Utc>,
        (after, most, outdated): (i64, usize, bool),
    ) -> Result<RejudgingStep, StoreError> {
        let judge = Arc::clone(judge);
        self.write(move |work| step(work, Judging { judge: judge.as_ref(), now }, (after, most, outdated)))
    }
}

fn step(
    work: &mut Work<'_>,
    judging: Judging<'_>,
    (after, most, outdated): (i64, usize, bool),
) -> Result<RejudgingStep, StoreError> {
    let known = common_count(&work.tx)?;
    let rows = if outdated {
        outdated_rows(&work.tx, (after, most), known)?
    } else {
        others(&work.tx, judging, (after, most))?
    };
    let next = rows.last().map(|(id, _)| *id).filter(|_| rows.len() >= most);
    let mut done = RejudgingStep { next, ..RejudgingStep::default() };
    let lately = newly_common(&work.tx, rows.iter().map(|(_, judged)| *judged).min())?;
    let mut touched = Vec::new();
    for (id, judged) in rows {
        if outdated && !is_affected(&work.tx, judging, (id, judged), &lately)? {
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

/// Gives postings that another model has judged, or none, with how many pieces were known to be common then.
fn others(
    connection: &Connection,
    judging: Judging<'_>,
    (after, most): (i64, usize),
) -> Result<Vec<(i64, i64)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT posting, judged FROM (
             SELECT posting, judged FROM sketch WHERE model < ?1 AND posting > ?2
             UNION ALL SELECT posting, judged FROM sketch WHERE model > ?1 AND posting > ?2)
         ORDER BY posting LIMIT ?3",
    )?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows =
        statement.query_map(params![judging.judge.model(), after, most], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Gives those of the latest postings that were compared when fewer pieces were known to be common. A piece
/// becomes common by its eleventh posting, so that the ones before lie close; looking no further back keeps
/// this the same for a database of any size.
fn outdated_rows(
    connection: &Connection,
    (after, most): (i64, usize),
    known: i64,
) -> Result<Vec<(i64, i64)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT posting, judged FROM sketch
         WHERE posting > max(?1, (SELECT coalesce(max(posting), 0) FROM sketch) - ?4) AND judged < ?2
         ORDER BY posting LIMIT ?3",
    )?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![after, known, most, LOOKED_BACK], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Gives the pieces that have become common after so many were, each with its place in that order.
fn newly_common(connection: &Connection, judged: Option<i64>) -> Result<HashMap<u32, i64>, StoreError> {
    let Some(judged) = judged else { return Ok(HashMap::new()) };
    let mut statement = connection.prepare_cached("SELECT piece, seq FROM common_piece WHERE seq > ?1")?;
    let rows = statement.query_map([judged], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))?;
    let mut pieces = HashMap::new();
    for row in rows {
        let (piece, seq) = row?;
        pieces.extend(u32::try_from(piece).ok().map(|piece| (piece, seq)));
    }
    Ok(pieces)
}

/// Tells whether a posting has pieces of text that have become common since it was compared.
fn is_affected(
    connection: &Connection,
    judging: Judging<'_>,
    (id, judged): (i64, i64),
    lately: &HashMap<u32, i64>,
) -> Result<bool, StoreError> {
    let Some(sketch) = stored_sketch(connection, judging.judge.model(), id)? else { return Ok(true) };
    Ok(sketch.pieces.iter().any(|piece| lately.get(piece).is_some_and(|seq| *seq > judged)))
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

/// Pairs of postings by their rows, with their names.
type Companions = BTreeMap<(i64, i64), (String, String)>;

/// Gives the pairs of postings that share a job, one of each pair being among these.
fn companions(connection: &Connection, postings: &[i64]) -> Result<Companions, StoreError> {
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
