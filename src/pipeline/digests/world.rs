//! Gathers what a run needs to know, once for all who are due.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::select::{ABOUT_TO_CLOSE, JobNews, Match, World};
use crate::matching::{FilterError, SavedFilters, SearchIndex, Verdict};
use crate::model::{
    CodeNames, Criteria, EventKind, JobEvent, JobId, SavedSearch, SearchId, StatusFilter, SubscriberId,
};
use crate::store::{DueSubscriber, JobNames, Store, StoreError, Told};

/// Events are read so many at a time.
const EVENTS_AT_ONCE: usize = 5_000;
/// Jobs are looked at so many at a time, which bounds the texts that are held.
const JOBS_AT_ONCE: usize = 500;

/// A saved search that can be asked.
pub(super) struct Readable {
    /// What it looks for.
    pub(super) criteria: Arc<Criteria>,
}

/// Saved searches by number: read, or why they cannot be.
pub(super) type Readings = HashMap<SearchId, Result<Readable, FilterError>>;

/// Reads what saved searches look for. Equal texts are read once.
pub(super) fn read_searches(due: &[DueSubscriber], codes: &dyn CodeNames) -> Readings {
    let mut by_text: HashMap<String, Result<Arc<Criteria>, FilterError>> = HashMap::new();
    let searches = due.iter().flat_map(|due| &due.searches);
    searches
        .map(|search| {
            let known = by_text.entry(search.filters.clone()).or_insert_with(|| criteria_of(search, codes));
            (search.id, known.clone().map(|criteria| Readable { criteria }))
        })
        .collect()
}

fn criteria_of(search: &SavedSearch, codes: &dyn CodeNames) -> Result<Arc<Criteria>, FilterError> {
    let criteria = search.filters.parse::<SavedFilters>()?.criteria(Some(codes))?;
    // What has closed is told by its closing alone.
    Ok(Arc::new(Criteria { status: StatusFilter::Open, limit: None, offset: 0, ..criteria }))
}

/// Gathers what has happened since the least of the cursors, up to an event.
pub(super) fn gather_world(
    store: &Store,
    due: &[DueSubscriber],
    readings: &Readings,
    (until, now): (i64, DateTime<Utc>),
) -> Result<World, StoreError> {
    let searches: Vec<&SavedSearch> = due.iter().flat_map(|due| &due.searches).collect();
    let ids: HashSet<SearchId> = searches.iter().map(|search| search.id).collect();
    let from = searches.iter().map(|search| search.cursor).min().unwrap_or(until);
    let mut events = events_by_job(store, from, until)?;
    let waiting = store.waiting(&ids)?;
    let mut jobs: HashSet<JobId> = events.keys().cloned().collect();
    jobs.extend(waiting.iter().map(|(_, job, _)| job.clone()));
    jobs.extend(store.jobs_closing(now, now + longest_closing(readings))?);
    let jobs: Vec<JobId> = jobs.into_iter().collect();
    let names = store.job_names(&jobs, now)?;
    let mut news = HashMap::with_capacity(names.len());
    for (asked, names) in &names {
        let of_job = events.remove(asked).unwrap_or_default();
        let entry = news.entry(names.id.clone()).or_insert_with(|| fresh(names));
        entry.events.extend(of_job);
    }
    let mut told = store.told_of(news.values().map(|job: &JobNews| &job.names))?;
    for (id, job) in &mut news {
        job.events.sort_by_key(|event| event.id);
        job.told = by_subscriber(told.remove(id).unwrap_or_default());
    }
    let mut world = World { jobs: news, ..World::default() };
    for (search, job, kind) in waiting {
        let job = names.get(&job).map_or(job, |names| names.id.clone());
        world.waiting.entry(search).or_default().insert(job, kind);
    }
    world.closed = closed_by_reader(&world, due);
    match_all(store, readings, &mut world, now)?;
    Ok(world)
}

fn fresh(names: &JobNames) -> JobNews {
    JobNews { names: names.clone(), events: Vec::new(), told: HashMap::new() }
}

/// Gives how far ahead a job may close that some search begins to match only because of that.
fn longest_closing(readings: &Readings) -> chrono::TimeDelta {
    let asked = readings.values().filter_map(|read| read.as_ref().ok()?.criteria.closing_within);
    asked.max().unwrap_or(ABOUT_TO_CLOSE).max(ABOUT_TO_CLOSE)
}

fn events_by_job(store: &Store, from: i64, until: i64) -> Result<HashMap<JobId, Vec<JobEvent>>, StoreError> {
    let mut by_job: HashMap<JobId, Vec<JobEvent>> = HashMap::new();
    let mut cursor = from;
    loop {
        let events = store.events_since(cursor, EVENTS_AT_ONCE)?;
        let Some(last) = events.last() else { return Ok(by_job) };
        cursor = last.id;
        for event in events.into_iter().filter(|event| event.id <= until) {
            by_job.entry(event.job.clone()).or_default().push(event);
        }
        if cursor >= until {
            return Ok(by_job);
        }
    }
}

fn by_subscriber(told: Vec<Told>) -> HashMap<SubscriberId, Vec<Told>> {
    let mut by_subscriber: HashMap<SubscriberId, Vec<Told>> = HashMap::new();
    for told in told {
        by_subscriber.entry(told.subscriber).or_default().push(told);
    }
    by_subscriber
}

/// Finds the jobs that closed since their readers last looked.
fn closed_by_reader(world: &World, due: &[DueSubscriber]) -> HashMap<SubscriberId, Vec<JobId>> {
    let cursors: HashMap<SubscriberId, i64> = due
        .iter()
        .filter_map(|due| Some((due.subscriber.id, due.searches.iter().map(|search| search.cursor).min()?)))
        .collect();
    let mut closed: HashMap<SubscriberId, Vec<JobId>> = HashMap::new();
    for (id, job) in world.jobs.iter().filter(|(_, job)| !job.names.is_open) {
        let Some(event) = job.events.iter().rev().find(|event| event.kind == EventKind::Closed) else { continue };
        for subscriber in job.told.keys() {
            if cursors.get(subscriber).is_some_and(|cursor| event.id > *cursor) {
                closed.entry(*subscriber).or_default().push(id.clone());
            }
        }
    }
    for jobs in closed.values_mut() {
        jobs.sort();
    }
    closed
}

/// Asks every search about every job, through the index. Searches that look for the same are asked once.
fn match_all(store: &Store, readings: &Readings, world: &mut World, now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut same: HashMap<*const Criteria, (Arc<Criteria>, Vec<SearchId>)> = HashMap::new();
    for (id, read) in readings {
        if let Ok(readable) = read {
            let criteria = &readable.criteria;
            same.entry(Arc::as_ptr(criteria)).or_insert_with(|| (criteria.clone(), Vec::new())).1.push(*id);
        }
    }
    let groups: Vec<(Arc<Criteria>, Vec<SearchId>)> = same.into_values().collect();
    let mut open: Vec<JobId> =
        world.jobs.values().filter(|job| job.names.is_open).map(|job| job.names.id.clone()).collect();
    open.sort();
    let mut index: Option<SearchIndex<usize>> = None;
    for jobs in open.chunks(JOBS_AT_ONCE) {
        let facts = store.match_facts(jobs, now)?;
        // The first jobs tell which words are rare.
        let index = index.get_or_insert_with(|| {
            SearchIndex::of(groups.iter().enumerate().map(|(at, (criteria, _))| (at, &**criteria)), &facts)
        });
        let mut matcher = index.matcher();
        for facts in &facts {
            matcher.each_match(facts, now, |at, verdict| {
                let found = match verdict {
                    Verdict::Sure => Match::Sure,
                    Verdict::May(fields) => Match::May(fields),
                    Verdict::LeftOut => Match::LeftOut,
                    Verdict::No => return,
                };
                for search in groups.get(*at).map_or(&[][..], |(_, searches)| searches) {
                    world.matches.entry(*search).or_default().push((facts.job.clone(), found.clone()));
                }
            });
        }
    }
    Ok(())
}
