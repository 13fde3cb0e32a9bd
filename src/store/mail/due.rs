//! Who is due, and when somebody will be. The daemon asks every second, so none of this reads what has been.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension};

use super::addresses::{SEARCH, SEARCH_COLUMNS, SUBSCRIBER, search_of, subscriber_of};
use crate::model::{SavedSearch, Subscriber};
use crate::store::Store;
use crate::store::encoding::{millis, time};
use crate::store::error::StoreError;

/// Tells, of `subscriber AS s`, whether a digest is on its way to them: looked up among what has not ended,
/// for the plus keeps SQLite from going through all that somebody ever got.
const ON_ITS_WAY: &str = "EXISTS (SELECT 1 FROM outbox AS o
    WHERE o.subscriber = s.id AND o.ended_at IS NULL AND +o.kind = 'digest' AND o.state <> 'held')";

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
            let first = |sql: &str| first_of(connection, sql);
            let at = [first(&next_sql())?, first(&next_after_pause_sql())?];
            Ok(at.into_iter().flatten().min().map(time))
        })
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
}

fn first_of(connection: &Connection, sql: &str) -> Result<Option<i64>, StoreError> {
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?.flatten())
}

/// Finds the searches that are due at ?1, with their owners. The join is crossed so that it begins with what
/// is due, not with everybody.
pub(super) fn due_sql() -> String {
    format!(
        "SELECT {SEARCH}, {SUBSCRIBER} FROM search AS q CROSS JOIN subscriber AS s ON s.id = q.subscriber
         WHERE q.state = 'active' AND q.due_at <= ?1
           AND (s.state = 'active' OR (s.state = 'paused' AND s.paused_until <= ?1))
           AND (q.every <> 'instant' OR q.cursor < (SELECT coalesce(max(id), 0) FROM job_event)
                OR EXISTS (SELECT 1 FROM waiting AS w WHERE w.search = q.id))
           AND NOT {ON_ITS_WAY}
         ORDER BY s.id, q.id"
    )
}

/// Finds the first slot of anybody who gets mail, walking the slots in their order.
pub(super) fn next_sql() -> String {
    format!(
        "SELECT q.due_at FROM search AS q CROSS JOIN subscriber AS s ON s.id = q.subscriber
         WHERE q.state = 'active' AND q.every <> 'instant' AND s.state = 'active' AND NOT {ON_ITS_WAY}
         ORDER BY q.due_at LIMIT 1"
    )
}

/// Finds the first slot of anybody whose pause ends by itself.
fn next_after_pause_sql() -> String {
    format!(
        "SELECT min(max(q.due_at, s.paused_until)) FROM subscriber AS s CROSS JOIN search AS q ON q.subscriber = s.id
         WHERE s.state = 'paused' AND s.paused_until IS NOT NULL AND q.state = 'active' AND NOT {ON_ITS_WAY}"
    )
}
