//! The outbox as people look at it and act on it: listed, tried again, held back, given up.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row, params_from_iter};

use super::failed::fail;
use super::standing::standing;
use crate::model::{GIVE_UP_AFTER, MailId, MailKind, MailRecord, MailState, SubscriberId};
use crate::store::Store;
use crate::store::encoding::{millis, time, unpack};
use crate::store::error::StoreError;

/// The columns of [`record_of`].
const RECORD: &str =
    "id, subscriber, kind, slot, message_id, state, attempts, next_at, created_at, ended_at, reply, jobs";

/// Which mails to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutboxFilter {
    /// In this state.
    pub state: Option<MailState>,
    /// Of this subscriber.
    pub subscriber: Option<SubscriberId>,
    /// Only what has not ended.
    pub unfinished: bool,
    /// At most so many, the latest.
    pub limit: Option<usize>,
}

impl Store {
    /// Lists mails, the latest first.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn outbox(&self, filter: OutboxFilter) -> Result<Vec<MailRecord>, StoreError> {
        let (mut conditions, mut values) = (vec!["1".to_owned()], Vec::new());
        let mut ask = |condition: &str, value: Value| {
            values.push(value);
            conditions.push(format!("{condition} ?{}", values.len()));
        };
        if let Some(state) = filter.state {
            ask("state =", Value::Text(state.as_str().to_owned()));
        }
        if let Some(SubscriberId(id)) = filter.subscriber {
            ask("subscriber =", Value::Integer(id));
        }
        if filter.unfinished {
            conditions.push("ended_at IS NULL".to_owned());
        }
        let limit = filter.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
        let sql =
            format!("SELECT {RECORD} FROM outbox WHERE {} ORDER BY id DESC LIMIT {limit}", conditions.join(" AND "));
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_map(params_from_iter(values), record_of)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Gives one mail's line.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn mail(&self, id: MailId) -> Result<Option<MailRecord>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&format!("SELECT {RECORD} FROM outbox WHERE id = ?1"))?;
            Ok(statement.query_row([id.0], record_of).optional()?)
        })
    }

    /// Gives a mail byte for byte, as long as it is on its way.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn mail_bytes(&self, id: MailId) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT bytes FROM outbox_body WHERE mail = ?1")?;
            let packed: Option<Vec<u8>> = statement.query_row([id.0], |row| row.get(0)).optional()?;
            packed.map(|packed| unpack(&packed)).transpose()
        })
    }

    /// Gives when the next mail is to be tried: not before a server that took nothing is asked again; `None`
    /// when none waits, or mail is paused.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn next_attempt(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.read(|connection| {
            let standing = standing(connection)?;
            if standing.paused.is_some() {
                return Ok(None);
            }
            let mut statement =
                connection.prepare_cached("SELECT min(next_at) FROM outbox WHERE state IN ('queued', 'unknown')")?;
            let at: Option<i64> = statement.query_row([], |row| row.get(0))?;
            let away = standing.server_away.map(|(until, _)| until);
            Ok(at.map(time).map(|at| away.map_or(at, |until| at.max(until))))
        })
    }

    /// Lets a mail be tried at once: one that waits, is held, or of which it is unknown whether it arrived.
    /// Gives whether there was such a mail.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn retry_mail(&self, id: MailId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.erasing(move |work| {
            // It has a day at least until it is given up.
            let oldest = millis(now - GIVE_UP_AFTER + TimeDelta::days(1));
            let changed = work
                .tx
                .prepare_cached(
                    "UPDATE outbox SET state = CASE state WHEN 'unknown' THEN 'unknown' ELSE 'queued' END, next_at = ?2,
                                       first_attempt = CASE WHEN coalesce(first_attempt, created_at) < ?3 THEN ?3
                                                            ELSE first_attempt END
                     WHERE id = ?1 AND state IN ('queued', 'unknown', 'held')",
                )?
                .execute([id.0, millis(now), oldest])?;
            if changed > 0 {
                work.tx.prepare_cached("UPDATE mail_state SET server_until = NULL")?.execute([])?;
            }
            Ok(changed > 0)
        })
    }

    /// Holds a mail back until a person lets it go. Gives whether there was such a mail.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn hold_mail(&self, id: MailId) -> Result<bool, StoreError> {
        self.erasing(move |work| {
            let changed = work
                .tx
                .prepare_cached("UPDATE outbox SET state = 'held' WHERE id = ?1 AND state IN ('queued', 'unknown')")?
                .execute([id.0])?;
            Ok(changed > 0)
        })
    }

    /// Gives up a mail; what it told is told in the next one. Gives whether there was such a mail.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn drop_mail(&self, id: MailId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.erasing(move |work| {
            let mut waits = work
                .tx
                .prepare_cached("SELECT 1 FROM outbox WHERE id = ?1 AND state IN ('queued', 'unknown', 'held')")?;
            let found = waits.exists([id.0])?;
            if found {
                fail(&work.tx, id, MailState::Cancelled, Some("given up by hand"), now)?;
            }
            Ok(found)
        })
    }
}

fn record_of(row: &Row<'_>) -> rusqlite::Result<MailRecord> {
    let kind = MailKind::from_word(&row.get::<_, String>(2)?);
    let created_at = time(row.get(8)?);
    Ok(MailRecord {
        id: MailId(row.get(0)?),
        subscriber: row.get::<_, Option<i64>>(1)?.map(SubscriberId),
        kind,
        slot: if kind == MailKind::Digest { time(row.get(3)?) } else { created_at },
        message_id: row.get(4)?,
        state: MailState::from_word(&row.get::<_, String>(5)?),
        attempts: row.get(6)?,
        next_at: time(row.get(7)?),
        created_at,
        ended_at: row.get::<_, Option<i64>>(9)?.map(time),
        reply: row.get(10)?,
        jobs: row.get(11)?,
    })
}
