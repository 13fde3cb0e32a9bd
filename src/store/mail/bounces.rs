//! Mails that came back: whoever's mailbox is gone is mailed no more, one that is full now and then goes on.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use super::failed::bounced;
use super::subscribers::remove;
use crate::model::{Bounce, BounceKind, SubscriberId};
use crate::store::Store;
use crate::store::encoding::millis;
use crate::store::error::StoreError;

/// An address from which so many of the last mails came back, one after another, is taken for dead.
const SOFT_IN_A_ROW: i64 = 5;

/// What was done about a mail that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returned {
    /// It answers no mail of ours, or says nothing that counts.
    Ignored,
    /// It was noted.
    Noted,
    /// Its reader is mailed no more.
    Suspended,
    /// Its reader has complained, and was erased.
    Removed,
}

impl Store {
    /// Notes that a mail came back, known by the token that only it carried; the same again changes nothing.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn note_bounce(&self, token: &str, bounce: &Bounce, now: DateTime<Utc>) -> Result<Returned, StoreError> {
        let (token, bounce) = (token.to_owned(), bounce.clone());
        let returned = self.erasing(move |work| note(&work.tx, &token, &bounce, now))?;
        if returned == Returned::Removed {
            self.forget()?;
        }
        Ok(returned)
    }
}

fn note(tx: &Connection, token: &str, bounce: &Bounce, now: DateTime<Utc>) -> Result<Returned, StoreError> {
    let counts = matches!(bounce.kind, BounceKind::Hard | BounceKind::Soft | BounceKind::Complaint);
    let mut statement = tx.prepare_cached("SELECT id, subscriber FROM outbox WHERE token = ?1")?;
    let found: Option<(i64, Option<i64>)> =
        statement.query_row([token], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((mail, subscriber)) = found.filter(|_| counts) else { return Ok(Returned::Ignored) };
    let known = tx
        .prepare_cached("SELECT 1 FROM bounce WHERE mail = ?1 AND kind = ?2")?
        .exists(params![mail, bounce.kind.as_str()])?;
    if known {
        return Ok(Returned::Ignored);
    }
    tx.prepare_cached("INSERT INTO bounce (mail, at, kind, status, diagnostic) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![mail, millis(now), bounce.kind.as_str(), bounce.status, bounce.diagnostic])?;
    let Some(subscriber) = subscriber.map(SubscriberId) else { return Ok(Returned::Noted) };
    let why = match (&bounce.status, &bounce.diagnostic) {
        (Some(status), Some(said)) => format!("{status} {said}"),
        (said, other) => said.clone().or_else(|| other.clone()).unwrap_or_else(|| "mail came back".to_owned()),
    };
    match bounce.kind {
        BounceKind::Complaint => {
            remove(tx, subscriber, "complained", now)?;
            Ok(Returned::Removed)
        }
        BounceKind::Soft if !last_all_came_back(tx, subscriber)? => Ok(Returned::Noted),
        _ => {
            bounced(tx, subscriber, &why, now)?;
            Ok(Returned::Suspended)
        }
    }
}

/// Tells whether the last mails that somebody was sent have all come back. One that did not ends the row.
fn last_all_came_back(tx: &Connection, subscriber: SubscriberId) -> Result<bool, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT count(*), coalesce(sum(back), 0) FROM (
             SELECT EXISTS (SELECT 1 FROM bounce AS b WHERE b.mail = o.id) AS back FROM outbox AS o
             WHERE o.subscriber = ?1 AND o.state = 'sent' ORDER BY o.id DESC LIMIT ?2)",
    )?;
    let (sent, back): (i64, i64) =
        statement.query_row([subscriber.0, SOFT_IN_A_ROW], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(sent == SOFT_IN_A_ROW && back == sent)
}
