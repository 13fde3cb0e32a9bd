//! Candidates and verdicts: postings that share enough keys are compared, and what joins or may join is
//! stored with its evidence.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::encoding::{millis, time};
use super::error::StoreError;
use super::grouping::{Touched, job_of};
use super::rulings::ruling_of;
use super::sketches::{sketch_of, write_sketch};
use super::writer::Work;
use crate::model::{Judge, Link, LinkKind, Pair, Span, Verdict};

/// A key that more postings share says too little to be worth the comparing.
const HOT: usize = 60;

/// With how many of the postings that share most keys one is compared.
const MOST_CANDIDATES: usize = 32;

/// From what weight of shared keys on two postings are compared.
const LEAST_WEIGHT: u32 = 2;

/// Who judges, and at what time.
#[derive(Clone, Copy)]
pub(super) struct Judging<'a> {
    pub(super) judge: &'a dyn Judge,
    pub(super) now: DateTime<Utc>,
}

/// What linking came to.
pub(super) struct Linked {
    /// How many keys were left out as too common.
    pub(super) hot_keys: u64,
    /// Postings that nothing ties any more to one of the touched. What a tie held apart may join now.
    pub(super) loosened: BTreeSet<i64>,
}

/// Writes the touched postings' sketches and keys, compares them with the postings that share enough,
/// and stores the links.
pub(super) fn link(work: &mut Work<'_>, judging: Judging<'_>, touched: &[Touched]) -> Result<Linked, StoreError> {
    for posting in touched {
        write_sketch(work, judging.judge, posting.id, &posting.sketch)?;
    }
    let (candidates, hot) = candidates(&work.tx, judging.judge, touched)?;
    let mut pairs: BTreeSet<(i64, i64)> = candidates.into_iter().collect();
    let (mut sticky, mut tied) = (BTreeSet::new(), BTreeSet::new());
    for posting in touched.iter().filter(|touched| !touched.is_new) {
        for (a, b, stored) in links_of(&work.tx, posting.id)? {
            pairs.insert((a, b));
            if stored.connects() {
                tied.insert((a, b));
            }
            // What was never one job has nothing to be kept together.
            if stored.joins && !posting.is_judged_anew && job_of(&work.tx, a)? == job_of(&work.tx, b)? {
                sticky.insert((a, b));
            }
        }
    }
    // Only an edit of a posting that was known as fully before leaves its job together: what was
    // learnt in addition may well part it.
    let raised: BTreeSet<i64> = touched.iter().filter(|touched| touched.raised).map(|touched| touched.id).collect();
    let mut loosened = BTreeSet::new();
    for (a, b) in pairs {
        let verdict = judged(work, judging, (a, b))?;
        let holds = sticky.contains(&(a, b)) && !raised.contains(&a) && !raised.contains(&b) && !verdict.vetoes();
        if !holds && tied.contains(&(a, b)) && !pair_of(&verdict).connects() {
            loosened.extend([a, b]);
        }
        if verdict.joins() || (is_worth_keeping(&verdict) && !holds) {
            remember(&work.tx, (a, b), &verdict, judging)?;
        } else if !holds {
            forget(&work.tx, a, b)?;
        }
    }
    Ok(Linked { hot_keys: hot, loosened })
}

/// Judges again the stored links of postings that have been closed or opened: when two stood on their
/// boards decides what they are to each other. Gives the postings to which it is something else now.
pub(super) fn judge_in_time(work: &mut Work<'_>, judging: Judging<'_>, posting: i64) -> Result<Vec<i64>, StoreError> {
    let mut changed = Vec::new();
    for (a, b, stored) in links_of(&work.tx, posting)? {
        if stored.exact {
            continue;
        }
        let verdict = judged(work, judging, (a, b))?;
        let now = pair_of(&verdict);
        if now.joins != stored.joins || now.veto != stored.veto {
            changed.push(if a == posting { b } else { a });
            if is_worth_keeping(&verdict) {
                remember(&work.tx, (a, b), &verdict, judging)?;
            } else {
                forget(&work.tx, a, b)?;
            }
        }
    }
    Ok(changed)
}

/// Gives what is known of two postings, comparing them where nothing is stored.
pub(super) fn known_pair(work: &mut Work<'_>, judging: Judging<'_>, (x, y): (i64, i64)) -> Result<Pair, StoreError> {
    let (a, b) = (x.min(y), x.max(y));
    let ruling = ruling_of(&work.tx, a, b)?;
    let stored = {
        let mut statement =
            work.tx.prepare_cached("SELECT kind, probability, veto FROM link WHERE a = ?1 AND b = ?2")?;
        statement.query_row([a, b], |row| read_pair(row, 0)).optional()?
    };
    let pair = match stored {
        Some(pair) => pair,
        None => pair_of(&judged(work, judging, (a, b))?),
    };
    Ok(Pair { ruling, ..pair })
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
fn candidates(
    connection: &Connection,
    judge: &dyn Judge,
    touched: &[Touched],
) -> Result<(Vec<(i64, i64)>, u64), StoreError> {
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
        let weight = judge.key_weight(*key);
        for (_, posting) in group {
            let counts = shared.entry(*posting).or_default();
            for other in holders.iter().filter(|other| *other != posting) {
                *counts.entry(*other).or_default() += weight;
            }
        }
    }
    let pairs = shared.into_iter().flat_map(|(posting, counts)| strongest(posting, counts)).collect();
    Ok((pairs, hot))
}

fn strongest(posting: i64, counts: HashMap<i64, u32>) -> impl Iterator<Item = (i64, i64)> {
    let mut counts: Vec<(i64, u32)> = counts.into_iter().filter(|(_, weight)| *weight >= LEAST_WEIGHT).collect();
    counts.sort_unstable_by_key(|(other, weight)| (std::cmp::Reverse(*weight), *other));
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

/// Compares two postings in the order of their keys, so that the verdict does not depend on which came
/// first, and settles what it means by when they stood on their boards.
pub(super) fn judged(work: &mut Work<'_>, judging: Judging<'_>, (a, b): (i64, i64)) -> Result<Verdict, StoreError> {
    let mut pair = [(a, sketch_of(work, judging.judge, a)?), (b, sketch_of(work, judging.judge, b)?)];
    pair.sort_by(|x, y| x.1.key.cmp(&y.1.key));
    let [(a, x), (b, y)] = &pair;
    let verdict = judging.judge.compare(x, y);
    in_time(&work.tx, judging, verdict, ((*a, x), (*b, y)))
}

/// Likewise, with every point named.
pub(super) fn explained(work: &mut Work<'_>, judging: Judging<'_>, (a, b): (i64, i64)) -> Result<Verdict, StoreError> {
    let mut pair = [(a, sketch_of(work, judging.judge, a)?), (b, sketch_of(work, judging.judge, b)?)];
    pair.sort_by(|x, y| x.1.key.cmp(&y.1.key));
    let [(a, x), (b, y)] = &pair;
    let verdict = judging.judge.explain(x, y);
    in_time(&work.tx, judging, verdict, ((*a, x), (*b, y)))
}

fn in_time(
    connection: &Connection,
    judging: Judging<'_>,
    verdict: Verdict,
    ((a, x), (b, y)): ((i64, &crate::model::Sketch), (i64, &crate::model::Sketch)),
) -> Result<Verdict, StoreError> {
    if !verdict.joins() {
        return Ok(verdict);
    }
    let (from, to) = (span_of(connection, a, judging.now)?, span_of(connection, b, judging.now)?);
    Ok(judging.judge.in_time(verdict, (x, from), (y, to)))
}

/// Tells when a posting stood on its board.
pub(super) fn span_of(connection: &Connection, posting: i64, now: DateTime<Utc>) -> Result<Span, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT first_seen, date_posted, closed_at, closed_kind, closes_at,
                max(seen_at, coalesce((SELECT max(g.confirmed_at) FROM page_listing AS l JOIN page AS g ON g.id = l.page
                                       WHERE l.posting = posting.id AND posting.closed_at IS NOT NULL), 0))
         FROM posting WHERE id = ?1",
    )?;
    let span = statement.query_row([posting], |row| {
        let (first_seen, posted): (i64, Option<String>) = (row.get(0)?, row.get(1)?);
        let (closed_at, kind): (Option<i64>, Option<i64>) = (row.get(2)?, row.get(3)?);
        let (end, seen): (Option<i64>, i64) = (row.get(4)?, row.get(5)?);
        let posted = posted.and_then(|date| date.parse::<chrono::NaiveDate>().ok());
        // Posted on a day is posted at some time of it, and by when it was seen: what ended in the night
        // before in its own zone, and what was seen that morning for the last time, was gone by then.
        let posted = posted.and_then(|date| date.succ_opt()?.and_hms_opt(0, 0, 0)).map(|end| end.and_utc());
        let from = posted.map_or(time(first_seen), |posted| posted.min(time(first_seen)));
        let ended = end.filter(|end| *end <= millis(now));
        let until = match (closed_at, ended) {
            (_, Some(end)) => Some(end),
            (Some(_), None) => Some(seen),
            (None, None) => None,
        };
        let ended_as_stated = ended.is_some() || kind == Some(super::posting_rows::STATED_END);
        Ok(Span { from, until: until.map(|until| time(until).max(from)), ended_as_stated })
    })?;
    Ok(span)
}

fn is_worth_keeping(verdict: &Verdict) -> bool {
    verdict.kind != LinkKind::Different
}

fn remember(
    connection: &Connection,
    (a, b): (i64, i64),
    verdict: &Verdict,
    judging: Judging<'_>,
) -> Result<(), StoreError> {
    let evidence =
        serde_json::to_string(&verdict.evidence).map_err(|error| StoreError::unreadable("evidence", error))?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO link (a, b, kind, probability, veto, evidence, model, decided_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (a, b) DO UPDATE SET
             kind = excluded.kind, probability = excluded.probability, veto = excluded.veto,
             evidence = excluded.evidence, model = excluded.model, decided_at = excluded.decided_at",
    )?;
    statement.execute(params![
        a,
        b,
        kind_word(verdict.kind),
        finite(verdict.probability),
        verdict.vetoes(),
        evidence,
        judging.judge.model(),
        millis(judging.now),
    ])?;
    Ok(())
}

fn forget(connection: &Connection, a: i64, b: i64) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM link WHERE a = ?1 AND b = ?2")?.execute([a, b])?;
    Ok(())
}

fn finite(probability: f64) -> f64 {
    if probability.is_finite() { probability } else { 0.0 }
}

fn pair_of(verdict: &Verdict) -> Pair {
    Pair {
        probability: finite(verdict.probability),
        joins: verdict.joins(),
        exact: verdict.kind == LinkKind::Exact,
        veto: verdict.vetoes(),
        ruling: None,
    }
}

fn read_pair(row: &Row<'_>, first: usize) -> rusqlite::Result<Pair> {
    let kind: String = row.get(first)?;
    let joins = matches!(kind_from(&kind), LinkKind::Exact | LinkKind::Same | LinkKind::Repost);
    let (probability, veto) = (row.get(first + 1)?, row.get(first + 2)?);
    Ok(Pair { probability, joins, exact: kind == "exact", veto, ruling: None })
}

pub(super) fn kind_word(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Exact => "exact",
        LinkKind::Same => "same",
        LinkKind::Repost => "repost",
        LinkKind::Earlier => "earlier",
        LinkKind::Possible => "possible",
        LinkKind::Different => "different",
    }
}

pub(super) fn kind_from(word: &str) -> LinkKind {
    match word {
        "exact" => LinkKind::Exact,
        "same" => LinkKind::Same,
        "repost" => LinkKind::Repost,
        "earlier" => LinkKind::Earlier,
        "possible" => LinkKind::Possible,
        _ => LinkKind::Different,
    }
}
