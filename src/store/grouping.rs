//! Puts touched postings into jobs, inside the transaction that stores them.
//!
//! The grouping is a function of the stored links: every posting that can be reached over joining
//! links from a touched one is divided anew (see `model::divide`), so neither the order of arrival nor a
//! crash between two batches shows in the result. Job ids are stable all the same: a job lives on
//! with its founding posting, and of two that become one the older survives.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

use super::encoding::millis;
use super::error::StoreError;
use super::events::{NewEvent, add_event};
use super::facts::JobFacts;
use super::links::{Judging, Linked, known_pair, link, links_of};
use super::refresh::{Change, Founding, Repost, found_with_facts, insert_bare_job};
use super::rulings::{ruled_with, ruling_of};
use super::sketches::read_posting;
use super::writer::Work;
use crate::model::{Edge, EventKind, JobId, Pair, Posting, Sketch, divide};

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

/// A job that one of a component's postings founded once.
#[derive(Clone)]
struct JobHere {
    id: i64,
    public_id: String,
    founder: i64,
    is_merged: bool,
}

/// Which jobs a component's postings belong to, before and while it is settled, and which they founded.
/// Those that have merged count as well: the name of a job then depends on nothing but which postings it
/// has, so that a decision taken back leaves the names that were.
struct JobsHere {
    of_posting: HashMap<i64, i64>,
    jobs: Vec<JobHere>,
}

impl JobsHere {
    fn read(connection: &Connection, component: &[i64]) -> Result<Self, StoreError> {
        let mut of_posting = HashMap::new();
        let mut jobs = Vec::new();
        let mut statement =
            connection.prepare_cached("SELECT id, public_id, status = 2 FROM job WHERE founder = ?1 AND status < 3")?;
        for posting in component {
            if let Some(job) = job_of(connection, *posting)? {
                of_posting.insert(*posting, job);
            }
            let founded = statement.query_map([posting], |row| {
                Ok(JobHere { id: row.get(0)?, public_id: row.get(1)?, founder: *posting, is_merged: row.get(2)? })
            })?;
            for job in founded {
                jobs.push(job?);
            }
        }
        // Rows are numbered as jobs were founded, whatever the clock said.
        jobs.sort_by_key(|job| job.id);
        Ok(Self { of_posting, jobs })
    }

    /// Makes one cluster one job.
    fn settle(
        &mut self,
        work: &mut Work<'_>,
        judging: Judging<'_>,
        cluster: &[i64],
        grouped: &mut Grouped,
    ) -> Result<(), StoreError> {
        let owned: Vec<JobHere> = self.jobs.iter().filter(|job| cluster.contains(&job.founder)).cloned().collect();
        let Some(first) = cluster.first() else { return Ok(()) };
        let survivor = if let Some(oldest) = owned.first() {
            if oldest.is_merged {
                work.tx.prepare_cached("DELETE FROM job_alias WHERE alias = ?1")?.execute([oldest.id])?;
                grouped.jobs.entry(oldest.id).or_default().founding = Founding::SplitOff;
            }
            oldest.id
        } else {
            let job = found(work, *first)?;
            let founding = if self.of_posting.contains_key(first) { Founding::SplitOff } else { Founding::New };
            grouped.jobs.entry(job).or_default().founding = founding;
            job
        };
        let mut merged = Vec::new();
        for job in owned.iter().skip(1) {
            if job.is_merged {
                // A name that leads here goes where its founder goes.
                let mut statement = work.tx.prepare_cached("UPDATE job_alias SET job = ?2 WHERE alias = ?1")?;
                statement.execute([job.id, survivor])?;
                continue;
            }
            merge(work, judging, survivor, job)?;
            grouped.jobs.remove(&job.id);
            merged.push(job.id);
        }
        for posting in cluster {
            let before = self.of_posting.get(posting).copied();
            if before != Some(survivor) {
                let was_merged = before.is_some_and(|job| merged.contains(&job));
                self.enter(work, judging, (*posting, survivor), (was_merged, &mut *grouped))?;
            }
        }
        Ok(())
    }

    /// Moves one posting into a job.
    fn enter(
        &mut self,
        work: &mut Work<'_>,
        judging: Judging<'_>,
        (posting, job): (i64, i64),
        (was_merged, grouped): (bool, &mut Grouped),
    ) -> Result<(), StoreError> {
        let before = self.of_posting.insert(posting, job);
        let mut statement = work.tx.prepare_cached(
            "INSERT INTO membership (posting, job, since, by) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (posting) DO UPDATE SET job = excluded.job, since = excluded.since, by = excluded.by",
        )?;
        statement.execute(params![posting, job, millis(judging.now), judging.judge.model()])?;
        let founds = grouped.jobs.get(&job).is_some_and(|change| change.founding != Founding::Known)
            && is_founder(&work.tx, job, posting)?;
        grouped.jobs.entry(job).or_default();
        let (board, id) = posting_key(&work.tx, posting)?;
        let name = format!("{board}/{id}");
        if was_merged {
            if !is_repost(&work.tx, posting, job)? {
                return Ok(());
            }
            change_reposted(grouped, job, true);
            let event = NewEvent { kind: EventKind::Reposted, posting: Some(&name), ..NewEvent::of(job) };
            return add_event(&work.tx, &event, judging.now);
        }
        if let Some(left) = before {
            grouped.jobs.entry(left).or_default();
            let event = NewEvent { kind: EventKind::Split, posting: Some(&name), ..NewEvent::of(left) };
            add_event(&work.tx, &event, judging.now)?;
        }
        if founds {
            let event = NewEvent { kind: EventKind::Split, posting: Some(&name), ..NewEvent::of(job) };
            return if before.is_some() { add_event(&work.tx, &event, judging.now) } else { Ok(()) };
        }
        let reposts = before.is_none() && is_repost(&work.tx, posting, job)?;
        change_reposted(grouped, job, reposts);
        let kind = if reposts { EventKind::Reposted } else { EventKind::Joined };
        add_event(&work.tx, &NewEvent { kind, posting: Some(&name), ..NewEvent::of(job) }, judging.now)
    }
}

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

fn change_reposted(grouped: &mut Grouped, job: i64, reposts: bool) {
    if let Some(change) = grouped.jobs.get_mut(&job).filter(|_| reposts) {
        change.repost = Repost::Told;
    }
}

fn is_founder(connection: &Connection, job: i64, posting: i64) -> Result<bool, StoreError> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM job WHERE id = ?1 AND founder = ?2")?;
    Ok(statement.exists([job, posting])?)
}

fn is_repost(connection: &Connection, posting: i64, job: i64) -> Result<bool, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT 1 FROM link AS l JOIN membership AS m ON m.posting = CASE WHEN l.a = ?1 THEN l.b ELSE l.a END
         WHERE (l.a = ?1 OR l.b = ?1) AND l.kind = 'repost' AND m.job = ?2",
    )?;
    Ok(statement.exists([posting, job])?)
}

/// Founds a job by a posting, or revives the one that bears its name.
fn found(work: &mut Work<'_>, founder: i64) -> Result<i64, StoreError> {
    let posting = match read_posting(&work.tx, founder)? {
        Some(posting) => JobId::founded_by(&posting.key),
        None => return Err(StoreError::unreadable("posting", format!("row {founder} has no body"))),
    };
    let known: Option<i64> = work
        .tx
        .prepare_cached("SELECT id FROM job WHERE public_id = ?1")?
        .query_row([posting.as_str()], |row| row.get(0))
        .optional()?;
    match known {
        Some(job) => {
            work.tx.prepare_cached("DELETE FROM job_alias WHERE alias = ?1")?.execute([job])?;
            Ok(job)
        }
        None => insert_bare_job(&work.tx, &posting, founder),
    }
}

/// Makes one job an alias of another.
fn merge(work: &mut Work<'_>, judging: Judging<'_>, survivor: i64, job: &JobHere) -> Result<(), StoreError> {
    let now = millis(judging.now);
    let tx = &work.tx;
    tx.prepare_cached("UPDATE job_alias SET job = ?2 WHERE job = ?1")?.execute([job.id, survivor])?;
    tx.prepare_cached(
        "INSERT INTO job_alias (alias, job, since) VALUES (?1, ?2, ?3)
         ON CONFLICT (alias) DO UPDATE SET job = excluded.job, since = excluded.since",
    )?
    .execute([job.id, survivor, now])?;
    tx.prepare_cached("UPDATE job SET status = 2, text_hash = x'' WHERE id = ?1")?.execute([job.id])?;
    tx.prepare_cached("DELETE FROM job_text WHERE rowid = ?1")?.execute([job.id])?;
    let event = NewEvent { kind: EventKind::Merged, detail: Some(&job.public_id), ..NewEvent::of(survivor) };
    add_event(tx, &event, judging.now)
}
