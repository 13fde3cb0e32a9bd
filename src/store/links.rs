//! Candidates and verdicts: postings that share a key are compared, and what joins, may join or
//! forbids joining is stored with its evidence.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::cluster::Pair;
use super::encoding::millis;
use super::error::StoreError;
use super::grouping::Touched;
use super::writer::Work;
use crate::model::{Judge, Link, LinkKind, Verdict};

/// A key that more postings share says too little to be worth the comparing.
const HOT: usize = 60;

/// With how many of the postings that share most keys one is compared.
const MOST_CANDIDATES: usize = 60;

/// Writes the touched postings' keys, compares them with the postings that share one, and stores
/// the links. Gives how many keys were left out as too common.
pub(super) fn link(
    work: &mut Work<'_>,
    judge: &dyn Judge,
    touched: &[Touched],
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let (candidates, hot) = candidates(&work.tx, touched)?;
    let mut pairs: BTreeSet<(i64, i64)> = candidates.into_iter().collect();
    let mut sticky = BTreeSet::new();
    for posting in touched.iter().filter(|touched| !touched.is_new) {
        for (a, b, stored) in links_of(&work.tx, posting.id)? {
            if stored.joins {
                pairs.insert((a, b));
                sticky.insert((a, b));
            } else if !pairs.contains(&(a, b)) {
                forget(&work.tx, a, b)?;
            }
        }
    }
    // Only an edit of a posting that was known as fully before leaves its job together: what was
    // learnt in addition may well part it.
    let raised: BTreeSet<i64> = touched.iter().filter(|touched| touched.raised).map(|touched| touched.id).collect();
    for (a, b) in pairs {
        let verdict = compare(work, judge, a, b)?;
        let keeps = verdict.joins() || verdict.kind == LinkKind::Possible;
        let holds = sticky.contains(&(a, b)) && !raised.contains(&a) && !raised.contains(&b) && !verdict.vetoes();
        if verdict.joins() || (keeps && !holds) {
            remember(&work.tx, (a, b), &verdict, judge, now)?;
        } else if !holds {
            forget(&work.tx, a, b)?;
        }
    }
    Ok(hot)
}

/// Gives what is known of two postings, comparing them where nothing is stored.
pub(super) fn known_pair(
    work: &mut Work<'_>,
    judge: &dyn Judge,
    (x, y): (i64, i64),
    now: DateTime<Utc>,
) -> Result<Pair, StoreError> {
    let (a, b) = (x.min(y), x.max(y));
    let stored = {
        let mut statement =
            work.tx.prepare_cached("SELECT kind, probability, veto FROM link WHERE a = ?1 AND b = ?2")?;
        statement.query_row([a, b], |row| read_pair(row, 0)).optional()?
    };
    if let Some(pair) = stored {
        return Ok(pair);
    }
    let verdict = compare(work, judge, a, b)?;
    remember(&work.tx, (a, b), &verdict, judge, now)?;
    Ok(pair_of(&verdict))
}

/// Gives the stored links of a posting.
pub(super) fn links_of(connection: &Connection, posting: i64) -> Result<Vec<(i64, i64, Pair)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT a, b, kind, probability, veto FROM link WHERE a = ?1
         UNION ALL
         SELECT a, b, kind, probability, veto FROM link WHERE b = ?1",
    )?;
    let rows = statement.query_map([posting], |row| Ok((row.get(0)?, row.get(1)?, read_pair(row, 2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Gives the links between and from a job's postings as people see them; a mere "different" is
/// left out.
pub(super) fn shown_links(connection: &Connection, postings: &[i64]) -> Result<Vec<Link>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT ba.name || '/' || pa.posting_id, bb.name || '/' || pb.posting_id, l.probability, l.kind, l.evidence
         FROM link AS l
         JOIN posting AS pa ON pa.id = l.a JOIN board AS ba ON ba.id = pa.board
         JOIN posting AS pb ON pb.id = l.b JOIN board AS bb ON bb.id = pb.board
         WHERE (l.a = ?1 OR l.b = ?1) AND l.kind <> 'different'",
    )?;
    let mut links: BTreeMap<(String, String), Link> = BTreeMap::new();
    for posting in postings {
        let mut rows = statement.query([posting])?;
        while let Some(row) = rows.next()? {
            let (a, b): (String, String) = (row.get(0)?, row.get(1)?);
            let (kind, evidence): (String, String) = (row.get(3)?, row.get(4)?);
            let evidence =
                serde_json::from_str(&evidence).map_err(|error| StoreError::unreadable("evidence", error))?;
            let link = Link { a: a.clone(), b: b.clone(), probability: row.get(2)?, kind: kind_from(&kind), evidence };
            links.insert((a, b), link);
        }
    }
    Ok(links.into_values().collect())
}

/// Writes keys in key order, which keeps the reads of the index together, and gives the pairs of
/// postings worth comparing.
fn candidates(connection: &Connection, touched: &[Touched]) -> Result<(Vec<(i64, i64)>, u64), StoreError> {
    drop_old_keys(connection, touched)?;
    let mut keys: Vec<(i64, i64)> =
        touched.iter().flat_map(|posting| posting.keys.iter().map(|key| (*key, posting.id))).collect();
    keys.sort_unstable();
    let mut shared: HashMap<i64, HashMap<i64, u32>> = HashMap::new();
    let mut hot = 0;
    let mut find = connection.prepare_cached("SELECT posting FROM blk WHERE key = ?1 LIMIT 61")?;
    let mut add = connection.prepare_cached("INSERT INTO blk (key, posting) VALUES (?1, ?2)")?;
    for group in keys.chunk_by(|x, y| x.0 == y.0) {
        let Some((key, _)) = group.first() else { continue };
        let mut holders: Vec<i64> = find.query_map([key], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for (_, posting) in group {
            if holders.len() <= HOT && !holders.contains(posting) {
                add.execute([key, posting])?;
                holders.push(*posting);
            }
        }
        if holders.len() > HOT {
            hot += group.len() as u64;
            continue;
        }
        for (_, posting) in group {
            let counts = shared.entry(*posting).or_default();
            for other in holders.iter().filter(|other| *other != posting) {
                *counts.entry(*other).or_default() += 1;
            }
        }
    }
    let pairs = shared.into_iter().flat_map(|(posting, counts)| strongest(posting, counts)).collect();
    Ok((pairs, hot))
}

fn strongest(posting: i64, counts: HashMap<i64, u32>) -> impl Iterator<Item = (i64, i64)> {
    let mut counts: Vec<(i64, u32)> = counts.into_iter().collect();
    counts.sort_unstable_by_key(|(other, count)| (std::cmp::Reverse(*count), *other));
    counts.truncate(MOST_CANDIDATES);
    counts.into_iter().map(move |(other, _)| (posting.min(other), posting.max(other)))
}

fn drop_old_keys(connection: &Connection, touched: &[Touched]) -> Result<(), StoreError> {
    let mut delete = connection.prepare_cached("DELETE FROM blk WHERE key = ?1 AND posting = ?2")?;
    for posting in touched {
        for key in posting.old_keys.iter().filter(|key| posting.keys.binary_search(key).is_err()) {
            delete.execute([*key, posting.id])?;
        }
    }
    Ok(())
}

/// Compares two postings in the order of their keys, so that the verdict does not depend on which
/// came first.
fn compare(work: &mut Work<'_>, judge: &dyn Judge, a: i64, b: i64) -> Result<Verdict, StoreError> {
    let a = work.cache.load(&work.tx, a)?;
    let b = work.cache.load(&work.tx, b)?;
    Ok(if a.key <= b.key { judge.compare(&a, &b) } else { judge.compare(&b, &a) })
}

fn remember(
    connection: &Connection,
    (a, b): (i64, i64),
    verdict: &Verdict,
    judge: &dyn Judge,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let evidence = if verdict.kind == LinkKind::Different && !verdict.vetoes() {
        "[]".to_owned()
    } else {
        serde_json::to_string(&verdict.evidence).map_err(|error| StoreError::unreadable("evidence", error))?
    };
    let mut statement = connection.prepare_cached(
        "INSERT INTO link (a, b, kind, probability, veto, evidence, model, decided_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (a, b) DO UPDATE SET
             kind = excluded.kind, probability = excluded.probability, veto = excluded.veto,
             evidence = excluded.evidence, model = excluded.model, decided_at = excluded.decided_at",
    )?;
    let probability = if verdict.probability.is_finite() { verdict.probability } else { 0.0 };
    statement.execute(params![
        a,
        b,
        kind_word(verdict.kind),
        probability,
        verdict.vetoes(),
        evidence,
        judge.model(),
        millis(now),
    ])?;
    Ok(())
}

fn forget(connection: &Connection, a: i64, b: i64) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM link WHERE a = ?1 AND b = ?2")?.execute([a, b])?;
    Ok(())
}

fn pair_of(verdict: &Verdict) -> Pair {
    Pair {
        probability: if verdict.probability.is_finite() { verdict.probability } else { 0.0 },
        joins: verdict.joins(),
        exact: verdict.kind == LinkKind::Exact,
        veto: verdict.vetoes(),
    }
}

fn read_pair(row: &Row<'_>, first: usize) -> rusqlite::Result<Pair> {
    let kind: String = row.get(first)?;
    let joins = matches!(kind_from(&kind), LinkKind::Exact | LinkKind::Same | LinkKind::Repost);
    Ok(Pair { probability: row.get(first + 1)?, joins, exact: kind == "exact", veto: row.get(first + 2)? })
}

fn kind_word(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Exact => "exact",
        LinkKind::Same => "same",
        LinkKind::Repost => "repost",
        LinkKind::Possible => "possible",
        LinkKind::Different => "different",
    }
}

fn kind_from(word: &str) -> LinkKind {
    match word {
        "exact" => LinkKind::Exact,
        "same" => LinkKind::Same,
        "repost" => LinkKind::Repost,
        "possible" => LinkKind::Possible,
        _ => LinkKind::Different,
    }
}
