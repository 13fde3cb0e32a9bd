//! Puts touched postings into jobs, inside the transaction that stores them.
//!
//! The grouping is a function of the stored links: every posting that can be reached over joining
//! links from a touched one is divided anew (see `model::divide`), so neither the order of arrival nor a
//! crash between two batches shows in the result. Job ids are stable all the same: a job lives on
//! with its founding posting, and of two that become one the older survives.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};

use super::advertised::advertised_before;
use super::error::StoreError;
use super::facts::JobFacts;
use super::links::{Judging, Linked, known_pair, link, links_of};
use super::refresh::{Change, found_with_facts};
use super::rulings::{ruled_with, ruling_of};
use super::settling::JobsHere;
use super::writer::Work;
use crate::model::{Edge, Pair, Posting, Sketch, divide};

/// The most postings that are divided at once; more hang together only through hostile input.
const LARGEST_COMPONENT: usize = 400;

/// A posting that is new or has changed.
#[expect(clippy::struct_excessive_bools, reason = "four things that are known of it, each for itself")]
pub(super) struct Touched {
    pub(super) id: i64,
    pub(super) posting: Arc<Posting>,
    pub(super) sketch: Box<Sketch>,
    pub(super) keys: Vec<i64>,
    pub(super) old_keys: Vec<i64>,
    pub(super) facts: Option<Box<JobFacts>>,
    pub(super) is_new: bool,
    /// Whether it is as before and only judged again, by another model or with more known.
    pub(super) is_judged_anew: bool,
    /// Whether it is known more fully than before.
    pub(super) raised: bool,
    pub(super) is_open: bool,
}

/// The jobs whose rows must be written anew.
#[derive(Default)]
pub(super) struct Grouped {
    pub(super) jobs: BTreeMap<i64, Change>,
    pub(super) hot_keys: u64,
}

/// Links the touched postings and brings their jobs up to date.
pub(super) fn join(work: &mut Work<'_>, judging: Judging<'_>, touched: &[Touched]) -> Result<Grouped, StoreError> {
    let Linked { hot_keys, loosened } = link(work, judging, touched)?;
    let mut grouped = Grouped { hot_keys, ..Grouped::default() };
    let mut done = BTreeSet::new();
    for posting in touched {
        if done.contains(&posting.id) {
            continue;
        }
        let seeds = seeds(&work.tx, posting.id, posting.is_new)?;
        for seed in seeds {
            if done.contains(&seed) {
                continue;
            }
            let component = component(&work.tx, seed)?;
            done.extend(component.iter().copied());
            if let ([_], true, Some(facts)) = (component.as_slice(), posting.is_new, &posting.facts) {
                let before = advertised_before(&work.tx, posting.id)?;
                found_with_facts(work, posting, facts, before.as_deref(), judging.now)?;
            } else {
                divide_component(work, judging, &component, &mut grouped)?;
            }
        }
    }
    divide_around(work, judging, &loosened, (&mut done, &mut grouped))?;
    Ok(grouped)
}

/// Gives the job that a posting belongs to.
pub(super) fn job_of(connection: &Connection, posting: i64) -> Result<Option<i64>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT job FROM membership WHERE posting = ?1")?;
    Ok(statement.query_row([posting], |row| row.get(0)).optional()?)
}

/// A changed posting may have lost links, so the rest of its job is looked at as well.
fn seeds(connection: &Connection, posting: i64, is_new: bool) -> Result<Vec<i64>, StoreError> {
    let mut seeds = vec![posting];
    if !is_new {
        let mut statement = connection.prepare_cached(
            "SELECT o.posting FROM membership AS m JOIN membership AS o ON o.job = m.job
             WHERE m.posting = ?1 AND o.posting <> ?1 ORDER BY o.posting",
        )?;
        let rows = statement.query_map([posting], |row| row.get::<_, i64>(0))?;
        for other in rows {
            seeds.push(other?);
        }
    }
    Ok(seeds)
}

/// Gives every posting that joining links reach from one.
fn component(connection: &Connection, seed: i64) -> Result<Vec<i64>, StoreError> {
    let mut reached = BTreeSet::from([seed]);
    let mut frontier = vec![seed];
    while let Some(posting) = frontier.pop() {
        for (other, pair) in ties(connection, posting)? {
            if pair.connects() && reached.len() < LARGEST_COMPONENT && reached.insert(other) {
                frontier.push(other);
            }
        }
    }
    Ok(reached.into_iter().collect())
}

/// Gives what ties a posting to others: stored links, and what people have said.
fn ties(connection: &Connection, posting: i64) -> Result<BTreeMap<i64, Pair>, StoreError> {
    let mut ties = BTreeMap::new();
    for (a, b, pair) in links_of(connection, posting)? {
        let ruling = ruling_of(connection, a, b)?;
        ties.insert(if a == posting { b } else { a }, Pair { ruling, ..pair });
    }
    for (other, ruling) in ruled_with(connection, posting)? {
        ties.entry(other).or_insert(Pair { ruling: Some(ruling), ..Pair::default() });
    }
    Ok(ties)
}

/// Divides anew everything that some postings hang together with, or hung together with.
pub(super) fn regroup(work: &mut Work<'_>, judging: Judging<'_>, postings: &[i64]) -> Result<Grouped, StoreError> {
    let mut grouped = Grouped::default();
    divide_around(work, judging, postings, (&mut BTreeSet::new(), &mut grouped))?;
    Ok(grouped)
}

fn divide_around<'a>(
    work: &mut Work<'_>,
    judging: Judging<'_>,
    postings: impl IntoIterator<Item = &'a i64>,
    (done, grouped): (&mut BTreeSet<i64>, &mut Grouped),
) -> Result<(), StoreError> {
    for posting in postings {
        for seed in seeds(&work.tx, *posting, false)? {
            if done.contains(&seed) {
                continue;
            }
            let component = component(&work.tx, seed)?;
            done.extend(component.iter().copied());
            divide_component(work, judging, &component, grouped)?;
        }
    }
    Ok(())
}

fn divide_component(
    work: &mut Work<'_>,
    judging: Judging<'_>,
    component: &[i64],
    grouped: &mut Grouped,
) -> Result<(), StoreError> {
    let clusters = if component.len() == 1 { vec![component.to_vec()] } else { clusters(work, judging, component)? };
    let mut jobs = JobsHere::read(&work.tx, component)?;
    for cluster in clusters {
        jobs.settle(work, judging, &cluster, grouped)?;
    }
    Ok(())
}

/// Divides a component; the groups and their members are in the order of their row ids.
fn clusters(work: &mut Work<'_>, judging: Judging<'_>, component: &[i64]) -> Result<Vec<Vec<i64>>, StoreError> {
    let mut nodes = Vec::with_capacity(component.len());
    for id in component {
        nodes.push((posting_key(&work.tx, *id)?, *id));
    }
    nodes.sort();
    let place: HashMap<i64, usize> = nodes.iter().enumerate().map(|(at, (_, id))| (*id, at)).collect();
    let mut edges = Vec::new();
    for id in component {
        for (other, pair) in ties(&work.tx, *id)?.into_iter().filter(|(other, _)| other > id) {
            if let (Some(a), Some(b)) = (place.get(id), place.get(&other)) {
                edges.push(Edge { a: *a, b: *b, pair });
            }
        }
    }
    let row = |at: usize| nodes.get(at).map_or(0, |(_, id)| *id);
    let groups = divide(nodes.len(), edges, &mut |a, b| known_pair(work, judging, (row(a), row(b))))?;
    let mut clusters: Vec<Vec<i64>> = groups
        .into_iter()
        .map(|group| {
            let mut ids: Vec<i64> = group.into_iter().map(row).collect();
            ids.sort_unstable();
            ids
        })
        .collect();
    clusters.sort();
    Ok(clusters)
}

/// Names a posting as `board/posting_id`.
pub(super) fn posting_named(connection: &Connection, posting: i64) -> Result<String, StoreError> {
    let (board, id) = posting_key(connection, posting)?;
    Ok(format!("{board}/{id}"))
}

fn posting_key(connection: &Connection, posting: i64) -> Result<(String, String), StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT b.name, p.posting_id FROM posting AS p JOIN board AS b ON b.id = p.board WHERE p.id = ?1",
    )?;
    Ok(statement.query_row([posting], |row| Ok((row.get(0)?, row.get(1)?)))?)
}
