//! Feeds made of the database: the jobs that match, what happened to them, and what may be shown of
//! them to everybody.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;

use super::document::public;
use super::news::note;
use crate::board::Board;
use crate::digest::{BoardNote, FeedDocument, FeedForm, FeedItem, FeedRequest, document};
use crate::model::{BoardHealth, BoardId, Criteria, Job, JobId, KnownField, SortOrder, StatusFilter};
use crate::store::{JobChanges, Store, StoreError};

/// A feed holds at most this many jobs where nothing is said.
const MOST_JOBS: usize = 200;
/// So many changes of one job, the newest, are items.
const CHANGES_TOLD: usize = 3;
/// Further ahead no job closes.
const FAR_AHEAD: Duration = Duration::days(3_650);

/// What feed to write.
#[derive(Clone, Debug)]
pub struct FeedOrder<'a> {
    /// The form.
    pub form: FeedForm,
    /// What is looked for. Feeds tell of open jobs: a state that is asked for besides is passed over. Of
    /// a calendar's jobs those that close first are taken, of others as the order says.
    pub criteria: &'a Criteria,
    /// The same, in words.
    pub in_words: String,
    /// The feed's title.
    pub title: &'a str,
    /// Where the feed itself is found.
    pub self_url: Option<String>,
    /// The page for people that shows the same.
    pub home_url: Option<String>,
    /// Who publishes it.
    pub author: String,
    /// The zone in which days are told.
    pub zone: Tz,
    /// The run's clock.
    pub now: DateTime<Utc>,
    /// The configured boards, switched off or not: each says what may be shown of its postings.
    pub boards: &'a [Board],
}

/// Writes a feed of what is stored. Persons named in texts are left out, whoever it is for: a feed's
/// address gets around.
///
/// The document is the same, byte for byte, until something happens to one of its jobs.
///
/// # Errors
/// Returns [`StoreError`] when the store cannot be read. There is no feed that tells of an error.
pub fn feed_document(store: &Store, order: &FeedOrder<'_>) -> Result<FeedDocument, StoreError> {
    let jobs = jobs(store, order)?;
    let ids: Vec<JobId> = jobs.iter().map(|job| job.id.clone()).collect();
    let changes = store.changes(&ids, CHANGES_TOLD)?;
    let boards: BTreeMap<BoardId, BoardNote> =
        order.boards.iter().map(|board| (board.id.clone(), note(board, BoardHealth::default()))).collect();
    Ok(document(
        order.form,
        &FeedRequest {
            title: order.title,
            description: order.in_words.clone(),
            self_url: order.self_url.clone(),
            home_url: order.home_url.clone(),
            author: order.author.clone(),
            items: jobs.iter().zip(&changes).flat_map(|(job, changes)| items(job, changes)).collect(),
            boards: &boards,
            changed: store.last_change(order.now)?,
            now: order.now,
            zone: order.zone,
        },
    ))
}

/// Gives the item of a job, and those of its changes.
fn items<'a>(job: &'a Job, changes: &'a JobChanges) -> impl Iterator<Item = FeedItem<'a>> {
    let own = FeedItem { updated: changes.latest, revision: changes.revision, ..FeedItem::new(job) };
    // What changed before or while it was first seen is told by the job's own item.
    let news = changes.news.iter().filter(|event| event.at > job.first_seen);
    std::iter::once(own).chain(news.map(move |event| FeedItem { event: Some(event), ..own }))
}

/// Finds the jobs that belong into the feed.
fn jobs(store: &Store, order: &FeedOrder<'_>) -> Result<Vec<Job>, StoreError> {
    let mut criteria = order.criteria.clone();
    criteria.limit = Some(criteria.limit.unwrap_or(MOST_JOBS));
    if criteria.status == StatusFilter::All {
        criteria.status = StatusFilter::Open;
    }
    if order.form != FeedForm::Ics {
        return found(store, &criteria, order.now, |_| true);
    }
    criteria.sort = SortOrder::Closing;
    let mut jobs = found(store, &criteria, order.now, |_| true)?;
    if order.criteria.status != StatusFilter::Closed {
        criteria.status = StatusFilter::Closed;
        criteria.closing_within = Some(criteria.closing_within.unwrap_or(FAR_AHEAD));
        jobs.extend(found(store, &criteria, order.now, |unstated| !unstated.contains(&KnownField::Closing))?);
    }
    Ok(jobs)
}

/// Loads what a search finds, those that may match included where `counts` says so of what they do not state.
fn found(
    store: &Store,
    criteria: &Criteria,
    now: DateTime<Utc>,
    counts: impl Fn(&[KnownField]) -> bool,
) -> Result<Vec<Job>, StoreError> {
    let found = store.search_page(criteria, now)?;
    let sure = found.jobs.into_iter().map(|row| (row.id, Vec::new()));
    let may = found.may_match.into_iter().filter(|(_, unstated)| counts(unstated));
    let (ids, unstated): (Vec<JobId>, Vec<Vec<KnownField>>) =
        sure.chain(may.map(|(row, unstated)| (row.id, unstated))).unzip();
    let mut jobs = Vec::with_capacity(ids.len());
    for (id, unstated) in ids.iter().zip(unstated) {
        // One by one, for a job may merge between the search and now.
        for mut job in store.jobs(std::slice::from_ref(id), now)? {
            job.may_match = unstated.iter().map(|field| field.as_str().to_owned()).collect();
            jobs.push(public(job));
        }
    }
    Ok(jobs)
}
