//! What one person is told: the written rule.
//!
//! - A job is **new** to a search when it first matches it: because it was just posted, its details arrived,
//!   its pay was added, or a split brought it out. What matched before the search began is not new.
//! - Who was told of a job, by whatever search, is not told of it as new again, also where it has merged with
//!   another since; a split brings out a job that was never told.
//! - A job that they know is told again when it **opens again**, **changes** in what matters to an applicant,
//!   or is **about to close**, each time for one reason; and when it has **closed**.
//! - What could not be told (no room, or a mail that did not arrive) waits and is told next time, as long as
//!   it still matches.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::{EventKind, JobEvent, JobId, KnownField, SavedSearch, SearchId, SubscriberId, ToldAs};
use crate::store::{JobNames, Told};

/// A job that closes within this time is about to close.
pub(super) const ABOUT_TO_CLOSE: TimeDelta = TimeDelta::days(3);
/// A job first seen longer ago than this is too old to be told as new after a time in which nothing was
/// mailed. A month and some, so that a monthly digest leaves nothing out.
pub(super) const LONGEST_CATCH_UP: TimeDelta = TimeDelta::days(45);

/// How a job answers a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// It passes every filter.
    Sure,
    /// It may: it does not state these.
    May(Vec<KnownField>),
    /// It was left out because it does not state what the search demands.
    LeftOut,
}

/// What is known of one job in a run, for everybody.
#[derive(Clone, Debug)]
pub(super) struct JobNews {
    /// Its names in the database, and how it stands.
    pub(super) names: JobNames,
    /// What happened to it since the least of all cursors, oldest first.
    pub(super) events: Vec<JobEvent>,
    /// What anybody was told of it.
    pub(super) told: HashMap<SubscriberId, Vec<Told>>,
}

/// What is known in a run, for everybody.
#[derive(Clone, Debug, Default)]
pub(super) struct World {
    /// The jobs that something happened to, that wait, or that are about to close.
    pub(super) jobs: HashMap<JobId, JobNews>,
    /// What each search matches among them.
    pub(super) matches: HashMap<SearchId, Vec<(JobId, Match)>>,
    /// What waits to be told.
    pub(super) waiting: HashMap<SearchId, HashMap<JobId, ToldAs>>,
    /// Closed jobs by who was told of them.
    pub(super) closed: HashMap<SubscriberId, Vec<JobId>>,
}

/// A job that one search tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    /// The job.
    pub(super) job: JobId,
    /// As what.
    pub(super) kind: ToldAs,
    /// What changed, in words.
    pub(super) changes: Option<String>,
    /// What it does not state of what was asked for.
    pub(super) not_stated: Vec<KnownField>,
}

/// What one search tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Selection {
    /// The jobs.
    pub(super) chosen: Vec<Chosen>,
    /// Jobs that match too and that the person was told of by another search.
    pub(super) already_told: usize,
    /// Jobs that match and do not state what the search demands.
    pub(super) left_out: u64,
    /// Jobs that are too old to be told.
    pub(super) too_old: u64,
}

/// Selects what a search tells. `known` gives the rows of jobs that it knew when it began; it is asked only
/// where that matters, because it costs a look into the database.
pub(super) fn select(
    world: &World,
    search: &SavedSearch,
    known: &mut dyn FnMut() -> BTreeSet<i64>,
    now: DateTime<Utc>,
) -> Selection {
    let mut selection = Selection::default();
    let mut rows: Option<BTreeSet<i64>> = None;
    let waiting = world.waiting.get(&search.id);
    for (id, found) in world.matches.get(&search.id).into_iter().flatten() {
        let Some(job) = world.jobs.get(id).filter(|job| job.names.is_open) else { continue };
        let since: Vec<&JobEvent> = job.events.iter().filter(|event| event.id > search.cursor).collect();
        let waits = waiting.and_then(|waiting| waiting.get(id)).copied();
        let told: &[Told] = job.told.get(&search.subscriber).map_or(&[], Vec::as_slice);
        let mut was_known =
            || job.names.first_seen < search.created_at && job.names.any_in(rows.get_or_insert_with(&mut *known));
        let not_stated = match found {
            Match::Sure => Vec::new(),
            Match::May(fields) => fields.clone(),
            Match::LeftOut => {
                selection.left_out += u64::from(told.is_empty() && !since.is_empty() && !was_known());
                continue;
            }
        };
        let chosen = |kind: ToldAs, changes: Option<String>| Chosen {
            job: id.clone(),
            kind,
            changes,
            not_stated: not_stated.clone(),
        };
        if told.is_empty() && (waits.is_some() || !was_known()) {
            if waits.is_none() && now - job.names.first_seen > LONGEST_CATCH_UP && is_first_seen_only(&since) {
                selection.too_old += 1;
            } else {
                let kind = first_told_as(found, &since, waits, search.looked_at, job.names.first_seen);
                selection.chosen.push(chosen(kind, None));
            }
            continue;
        }
        if let Some((kind, changes)) = told_again_as(job, &since, told, waits, now) {
            selection.chosen.push(chosen(kind, changes));
        } else if since.iter().any(|event| event.kind == EventKind::Opened)
            && told.iter().any(|told| told.search.is_some_and(|other| other != search.id))
        {
            selection.already_told += 1;
        }
    }
    selection
}

/// Says as what a job is told for the first time.
fn first_told_as(
    found: &Match,
    since: &[&JobEvent],
    waits: Option<ToldAs>,
    looked_at: DateTime<Utc>,
    first_seen: DateTime<Utc>,
) -> ToldAs {
    if matches!(found, Match::May(_)) {
        return ToldAs::May;
    }
    let only_coded = first_seen < looked_at && !since.is_empty() && since.iter().all(|e| e.kind == EventKind::Coded);
    match waits {
        Some(ToldAs::Coded) => ToldAs::Coded,
        _ if only_coded => ToldAs::Coded,
        _ => ToldAs::New,
    }
}

/// Tells whether nothing has happened to a job but that it was seen.
fn is_first_seen_only(since: &[&JobEvent]) -> bool {
    since.iter().all(|event| matches!(event.kind, EventKind::Opened | EventKind::Joined | EventKind::Described))
}

/// Says as what, if anything, a known job is told again.
fn told_again_as(
    job: &JobNews,
    since: &[&JobEvent],
    told: &[Told],
    waits: Option<ToldAs>,
    now: DateTime<Utc>,
) -> Option<(ToldAs, Option<String>)> {
    let opened = since.iter().any(|event| matches!(event.kind, EventKind::Reopened | EventKind::Reposted));
    if opened || waits == Some(ToldAs::Reopened) {
        return Some((ToldAs::Reopened, None));
    }
    let updates: Vec<&str> = since
        .iter()
        .filter(|event| event.kind == EventKind::Updated)
        .filter_map(|event| event.detail.as_deref())
        .collect();
    // Who never heard of a job need not hear that it changed.
    if (!updates.is_empty() || waits == Some(ToldAs::Updated)) && !told.is_empty() {
        return Some((ToldAs::Updated, Some(joined_changes(&updates)).filter(|changes| !changes.is_empty())));
    }
    let closes = job.names.closes_at.filter(|closes| *closes > now && *closes - now <= ABOUT_TO_CLOSE)?;
    let was_told = told.iter().any(|told| told.kind == ToldAs::Closing && told.closes_at == Some(closes));
    (!was_told).then_some((ToldAs::Closing, None))
}

/// Joins the changes of several events into one line: of a field that changed twice, its first and its last
/// value; of one that changed back, nothing.
fn joined_changes(details: &[&str]) -> String {
    let mut fields: Vec<(&str, &str, &str)> = Vec::new();
    for part in details.iter().flat_map(|detail| detail.split("; ")) {
        let Some((name, values)) = part.split_once(": ") else { continue };
        let Some((from, to)) = values.split_once(" → ") else { continue };
        match fields.iter_mut().find(|(known, ..)| *known == name) {
            Some((.., last)) => *last = to,
            None => fields.push((name, from, to)),
        }
    }
    let changed = fields.iter().filter(|(_, from, to)| from != to);
    changed.map(|(name, from, to)| format!("{name}: {from} → {to}")).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_joined_field_by_field() {
        let changes = joined_changes(&[
            "pay: not stated → $20/hour; place: Ohio → Dayton, OH",
            "pay: $20/hour → $22/hour",
            "place: Dayton, OH → Ohio",
        ]);
        assert_eq!(changes, "pay: not stated → $22/hour");
        assert_eq!(joined_changes(&["nonsense", ""]), "");
    }
}
