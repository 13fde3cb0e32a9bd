//! Counts of mail and its readers, for those who watch.

use chrono::{DateTime, Utc};
use rusqlite::Connection;

use crate::model::{MailState, SubscriberState};
use crate::store::encoding::{time, unsigned};
use crate::store::error::StoreError;
use crate::store::restore::restored_mark;

/// How mail and its readers stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailFigures {
    /// Mails that wait or are being tried.
    pub waiting: u64,
    /// When the oldest of them was made.
    pub oldest: Option<DateTime<Utc>>,
    /// Mails by state.
    pub by_state: Vec<(MailState, u64)>,
    /// Subscribers by state.
    pub subscribers: Vec<(SubscriberState, u64)>,
    /// Whether mail is paused.
    pub paused: bool,
}

impl MailFigures {
    /// Counts, from one snapshot.
    pub(in crate::store) fn read(connection: &Connection) -> Result<Self, StoreError> {
        let mut statement = connection.prepare_cached(
            "SELECT count(*), min(created_at) FROM outbox WHERE ended_at IS NULL AND state <> 'held'",
        )?;
        let (waiting, oldest): (i64, Option<i64>) = statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let states = counted(connection, "SELECT state, count(*) FROM outbox GROUP BY state")?;
        let readers = counted(connection, "SELECT state, count(*) FROM subscriber GROUP BY state")?;
        let paused: bool =
            connection.query_row("SELECT paused_at IS NOT NULL FROM mail_state", [], |row| row.get(0))?;
        let count = |counts: &[(String, u64)], word: &str| {
            counts.iter().find(|(known, _)| known == word).map_or(0, |(_, count)| *count)
        };
        Ok(Self {
            waiting: unsigned(waiting),
            oldest: oldest.map(time),
            by_state: MailState::ALL.iter().map(|state| (*state, count(&states, state.as_str()))).collect(),
            subscribers: SubscriberState::ALL.iter().map(|state| (*state, count(&readers, state.as_str()))).collect(),
            paused: paused || restored_mark(connection)?.is_some(),
        })
    }
}

fn counted(connection: &Connection, sql: &str) -> Result<Vec<(String, u64)>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, unsigned(row.get(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
