//! A mail that could not be delivered: what it told counts as not told, and goes with the next one.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use crate::model::{MailId, MailState, SubscriberId};
use crate::store::encoding::millis;
use crate::store::error::StoreError;

/// Ends a mail that nobody will read.
pub(super) fn fail(
    tx: &Connection,
    mail: MailId,
    state: MailState,
    reply: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE outbox SET state = ?2, bytes = NULL, ended_at = ?3, reply = coalesce(?4, reply) WHERE id = ?1",
    )?
    .execute(params![mail.0, state.as_str(), millis(now), reply])?;
    give_back(tx, mail, now)
}

/// Lets the jobs of a mail wait to be told again. What is only true at its time (it closes soon, it has
/// closed) is found anew.
pub(super) fn give_back(tx: &Connection, mail: MailId, now: DateTime<Utc>) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT OR IGNORE INTO waiting (search, job, kind, since)
         SELECT t.search, t.job, t.kind, ?2 FROM told AS t JOIN search AS q ON q.id = t.search
         WHERE t.mail = ?1 AND t.kind IN ('new', 'may', 'coded', 'reopened', 'updated')",
    )?
    .execute([mail.0, millis(now)])?;
    tx.prepare_cached("DELETE FROM told WHERE mail = ?1")?.execute([mail.0])?;
    Ok(())
}

/// Stops mailing somebody whose mailbox does not exist, and ends what is on its way to them.
pub(super) fn bounced(
    tx: &Connection,
    subscriber: SubscriberId,
    why: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE subscriber SET state = 'bounced', bounced_at = ?2, bounced_why = ?3 WHERE id = ?1")?
        .execute(params![subscriber.0, millis(now), why])?;
    let mut statement = tx.prepare_cached(
        "SELECT id FROM outbox WHERE subscriber = ?1 AND state IN ('queued', 'sending', 'unknown', 'held')",
    )?;
    let ids: Vec<i64> = statement.query_map([subscriber.0], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for id in ids {
        fail(tx, MailId(id), MailState::Cancelled, None, now)?;
    }
    Ok(())
}
