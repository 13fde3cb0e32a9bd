//! Saved searches: made, changed, paused, removed.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::addresses::{minute_of, read_search, searches_of};
use super::failed::withdraw;
use super::seeds::{Seed, packed};
use crate::model::{Cadence, Every, SavedSearch, SearchId, SubscriberId, SubscriberState, ToldAs};
use crate::store::Store;
use crate::store::encoding::millis;
use crate::store::error::StoreError;

/// A saved search before it is one.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSearch {
    /// What its owner calls it.
    pub name: Option<String>,
    /// The filters in their text form.
    pub filters: String,
    /// When mail is wanted.
    pub cadence: Cadence,
    /// Whether a mail is wanted that says that there is nothing.
    pub heartbeat: bool,
    /// How far it looks back.
    pub since: Option<DateTime<Utc>>,
    /// Where it begins.
    pub seed: Seed,
}

impl Store {
    /// Gives a saved search.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn saved_search(&self, id: SearchId) -> Result<Option<SavedSearch>, StoreError> {
        self.read(|connection| read_search(connection, id))
    }

    /// Gives a subscriber's saved searches, oldest first.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn searches_of(&self, subscriber: SubscriberId) -> Result<Vec<SavedSearch>, StoreError> {
        self.read(|connection| searches_of(connection, subscriber))
    }

    /// Pauses a saved search or lets it go on: where a seed says, else with what it missed. One that waits for
    /// its owner's word stays so. What is on its way for a search that is paused does not leave any more.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn set_search_state(
        &self,
        id: SearchId,
        state: SubscriberState,
        seed: Option<Seed>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.erasing(move |work| {
            let Some(search) = read_search(&work.tx, id)? else { return Ok(()) };
            if search.state == SubscriberState::Pending {
                return Ok(());
            }
            let due = search.cadence.next_after(now).unwrap_or(now);
            work.tx
                .prepare_cached("UPDATE search SET state = ?2, due_at = ?3, turn = turn + 1 WHERE id = ?1")?
                .execute(params![id.0, state.as_str(), millis(due)])?;
            if state != SubscriberState::Active {
                withdraw(&work.tx, id, now)?;
            }
            if let Some(seed) = seed {
                plant(&work.tx, id, &seed, now)?;
            }
            Ok(())
        })
    }

    /// Changes what a saved search looks for and when; what it looks for anew begins where the seed says.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn change_search(&self, id: SearchId, change: NewSearch, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.erasing(move |work| {
            let Some(search) = read_search(&work.tx, id)? else { return Ok(()) };
            let due = change.cadence.next_after(now).unwrap_or(now);
            let cadence = &change.cadence;
            work.tx
                .prepare_cached(
                    "UPDATE search SET name = ?2, filters = ?3, every = ?4, at_minute = ?5, zone = ?6, weekday = ?7,
                                       day = ?8, heartbeat = ?9, due_at = ?10, turn = turn + 1
                     WHERE id = ?1",
                )?
                .execute(params![
                    id.0,
                    change.name,
                    change.filters,
                    cadence.every.as_str(),
                    minute_of(cadence.at),
                    cadence.zone.name(),
                    cadence.weekday.number_from_monday(),
                    cadence.day,
                    change.heartbeat,
                    millis(due),
                ])?;
            if change.filters != search.filters {
                plant(&work.tx, id, &change.seed, now)?;
            }
            Ok(())
        })
    }

    /// Removes a saved search with all it knew. What is on its way for it does not leave any more; what such a
    /// mail tells for other searches goes with the next.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn remove_search(&self, id: SearchId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.erasing(move |work| {
            // It is over before its mails are taken back, so that its jobs go to the others.
            work.tx.prepare_cached("UPDATE search SET state = 'paused' WHERE id = ?1")?.execute([id.0])?;
            withdraw(&work.tx, id, now)?;
            Ok(work.tx.prepare_cached("DELETE FROM search WHERE id = ?1")?.execute([id.0])? > 0)
        })
    }
}

/// Stores a search.
pub(super) fn insert(
    connection: &Connection,
    subscriber: SubscriberId,
    search: &NewSearch,
    state: SubscriberState,
    now: DateTime<Utc>,
) -> Result<SearchId, StoreError> {
    let cadence = &search.cadence;
    // What is looked back for is wanted at once, not at the first slot.
    let first = if search.since.is_some() || cadence.every == Every::Instant { Some(now) } else { None };
    let due = first.or_else(|| cadence.next_after(now)).unwrap_or(now);
    connection
        .prepare_cached(
            "INSERT INTO search (subscriber, name, filters, every, at_minute, zone, weekday, day, heartbeat, state,
                                 created_at, since, cursor, looked_at, due_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?11, ?14)",
        )?
        .execute(params![
            subscriber.0,
            search.name,
            search.filters,
            cadence.every.as_str(),
            minute_of(cadence.at),
            cadence.zone.name(),
            cadence.weekday.number_from_monday(),
            cadence.day,
            search.heartbeat,
            state.as_str(),
            millis(now),
            search.since.map(millis),
            search.seed.cursor,
            millis(due),
        ])?;
    let id = SearchId(connection.last_insert_rowid());
    plant(connection, id, &search.seed, now)?;
    Ok(id)
}

/// Lets a search begin where a seed says.
pub(super) fn plant(connection: &Connection, id: SearchId, seed: &Seed, now: DateTime<Utc>) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE search SET cursor = ?2, looked_at = ?3, turn = turn + 1 WHERE id = ?1")?
        .execute([id.0, seed.cursor, millis(now)])?;
    let known = packed(&seed.known);
    let hash = blake3::hash(&known);
    connection
        .prepare_cached("INSERT OR IGNORE INTO known_set (hash, jobs) VALUES (?1, ?2)")?
        .execute(params![hash.as_bytes().as_slice(), known])?;
    connection
        .prepare_cached(
            "INSERT INTO search_known (search, known) SELECT ?1, id FROM known_set WHERE hash = ?2
             ON CONFLICT (search) DO UPDATE SET known = excluded.known",
        )?
        .execute(params![id.0, hash.as_bytes().as_slice()])?;
    connection.prepare_cached("DELETE FROM waiting WHERE search = ?1")?.execute([id.0])?;
    let mut wait = connection
        .prepare_cached("INSERT OR IGNORE INTO waiting (search, job, kind, since) VALUES (?1, ?2, ?3, ?4)")?;
    for (job, may) in &seed.untold {
        let kind = if *may { ToldAs::May } else { ToldAs::New };
        wait.execute(params![id.0, job, kind.as_str(), millis(now)])?;
    }
    Ok(())
}
