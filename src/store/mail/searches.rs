//! Saved searches: made, listed, paused, and found when they are due.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::addresses::{
    SEARCH, SEARCH_COLUMNS, SUBSCRIBER, minute_of, read_search, search_of, searches_of, subscriber_of,
};
use super::failed::withdraw;
use super::seeds::{Seed, packed};
use crate::model::{Cadence, Every, SavedSearch, SearchId, Subscriber, SubscriberId, SubscriberState, ToldAs};
use crate::store::Store;
use crate::store::encoding::millis;
use crate::store::error::StoreError;

/// Tells, of `subscriber AS s`, whether a digest is on its way to them.
const ON_ITS_WAY: &str = "EXISTS (SELECT 1 FROM outbox AS o
    WHERE o.subscriber = s.id AND o.ended_at IS NULL AND o.kind = 'digest' AND o.state <> 'held')";

/// Finds the searches that are due at ?1, with their owners.
pub(super) fn due_sql() -> String {
    format!(
        "SELECT {SEARCH}, {SUBSCRIBER} FROM search AS q JOIN subscriber AS s ON s.id = q.subscriber
                 WHERE q.state = 'active' AND q.due_at <= ?1
                   AND (s.state = 'active' OR (s.state = 'paused' AND s.paused_until <= ?1))
                   AND (q.every <> 'instant' OR q.cursor < (SELECT coalesce(max(id), 0) FROM job_event)
                        OR EXISTS (SELECT 1 FROM waiting AS w WHERE w.search = q.id))
                   AND NOT {ON_ITS_WAY}
                 ORDER BY s.id, q.id"
    )
}

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

/// A subscriber whose mail is due, with the searches it is for.
#[derive(Clone, Debug, PartialEq)]
pub struct DueSubscriber {
    /// The subscriber.
    pub subscriber: Subscriber,
    /// Those of their searches that are due, oldest first.
    pub searches: Vec<SavedSearch>,
}

impl Store {
    /// Gives the subscribers who are due, those with the smallest number first. One whose last mail is
    /// still on its way is not: what is new meanwhile goes with the next.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn due_subscribers(&self, now: DateTime<Utc>) -> Result<Vec<DueSubscriber>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&due_sql())?;
            let mut rows = statement.query([millis(now)])?;
            let mut due: Vec<DueSubscriber> = Vec::new();
            while let Some(row) = rows.next()? {
                let search = search_of(row)?;
                match due.last_mut().filter(|last| last.subscriber.id == search.subscriber) {
                    Some(last) => last.searches.push(search),
                    None => due.push(DueSubscriber {
                        subscriber: subscriber_of(row, SEARCH_COLUMNS)?,
                        searches: vec![search],
                    }),
                }
            }
            Ok(due)
        })
    }

    /// Gives the earliest moment at which a scheduled search is due. A pause that ends by itself counts until
    /// its end; whose last mail is still on its way counts once that has ended.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.read(|connection| {
            let sql = format!(
                "SELECT min(CASE s.state WHEN 'paused' THEN max(q.due_at, s.paused_until) ELSE q.due_at END)
                 FROM search AS q JOIN subscriber AS s ON s.id = q.subscriber
                 WHERE q.state = 'active' AND q.every <> 'instant'
                   AND (s.state = 'active' OR (s.state = 'paused' AND s.paused_until IS NOT NULL))
                   AND NOT {ON_ITS_WAY}"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let at: Option<i64> = statement.query_row([], |row| row.get(0))?;
            Ok(at.map(crate::store::encoding::time))
        })
    }

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

    /// Tells whether a search that is told at once has something that was not told.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn has_instant_waiting(&self) -> Result<bool, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT 1 FROM waiting AS w JOIN search AS q ON q.id = w.search
                 JOIN subscriber AS s ON s.id = q.subscriber
                 WHERE q.every = 'instant' AND q.state = 'active' AND s.state = 'active' AND NOT {ON_ITS_WAY} LIMIT 1",
            ))?;
            Ok(statement.exists([])?)
        })
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
    connection
        .prepare_cached(
            "INSERT INTO search_known (search, jobs) VALUES (?1, ?2)
             ON CONFLICT (search) DO UPDATE SET jobs = excluded.jobs",
        )?
        .execute(params![id.0, packed(&seed.known)])?;
    connection.prepare_cached("DELETE FROM waiting WHERE search = ?1")?.execute([id.0])?;
    let mut wait = connection
        .prepare_cached("INSERT OR IGNORE INTO waiting (search, job, kind, since) VALUES (?1, ?2, ?3, ?4)")?;
    for (job, may) in &seed.untold {
        let kind = if *may { ToldAs::May } else { ToldAs::New };
        wait.execute(params![id.0, job, kind.as_str(), millis(now)])?;
    }
    Ok(())
}
