//! A mail that could not be delivered: what it told counts as not told, and goes with the next one.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use crate::model::{MailId, MailState, SearchId, SubscriberId};
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
    end(tx, mail, state, reply, now)?;
    give_back(tx, mail, now)
}

/// Ends a mail; its bytes go.
pub(super) fn end(
    tx: &Connection,
    mail: MailId,
    state: MailState,
    reply: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE outbox SET state = ?2, ended_at = ?3, reply = coalesce(?4, reply) WHERE id = ?1")?
        .execute(params![mail.0, state.as_str(), millis(now), reply])?;
    tx.prepare_cached("DELETE FROM outbox_body WHERE mail = ?1")?.execute([mail.0])?;
    Ok(())
}

/// Lets the jobs of a mail wait to be told again. What is only true at its time (it closes soon, it has
/// closed) is found anew.
///
/// A job that two searches match is told by one of them. Where that one is over or paused, the others of
/// the same person get it, for they have looked at it and will not again; what they do not match they drop.
fn give_back(tx: &Connection, mail: MailId, now: DateTime<Utc>) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT OR IGNORE INTO waiting (search, job, kind, since)
         SELECT q.id, t.job, t.kind, ?2 FROM told AS t JOIN search AS q ON q.subscriber = t.subscriber
         WHERE t.mail = ?1 AND t.kind IN ('new', 'may', 'coded', 'reopened', 'updated') AND q.state <> 'pending'
           AND (q.id = t.search
                OR NOT EXISTS (SELECT 1 FROM search AS o WHERE o.id = t.search AND o.state = 'active'))",
    )?
    .execute([mail.0, millis(now)])?;
    // A digest that is being composed meanwhile has not seen them.
    tx.prepare_cached(
        "UPDATE search SET turn = turn + 1
         WHERE subscriber IN (SELECT t.subscriber FROM told AS t WHERE t.mail = ?1)",
    )?
    .execute([mail.0])?;
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
    let ids: Vec<i64> = tx
        .prepare_cached("SELECT id FROM outbox WHERE subscriber = ?1 AND ended_at IS NULL")?
        .query_map([subscriber.0], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for id in ids {
        fail(tx, MailId(id), MailState::Cancelled, None, now)?;
    }
    Ok(())
}

/// Ends the mails that speak for a search which is over or paused, so that what its owner has ended does not
/// arrive any more. One that is being handed over just now cannot be called back, but is not tried again.
pub(super) fn withdraw(tx: &Connection, search: SearchId, now: DateTime<Utc>) -> Result<(), StoreError> {
    let mails: Vec<(i64, String)> = tx
        .prepare_cached(
            "SELECT o.id, o.state FROM outbox AS o
             WHERE o.subscriber = (SELECT subscriber FROM search WHERE id = ?1) AND o.ended_at IS NULL
               AND (o.kind = 'confirmation' AND o.slot = ?1
                    OR EXISTS (SELECT 1 FROM told AS t WHERE t.mail = o.id AND t.search = ?1))",
        )?
        .query_map([search.0], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (id, state) in mails {
        if state == MailState::Sending.as_str() {
            tx.prepare_cached("UPDATE outbox SET unwanted = 1 WHERE id = ?1")?.execute([id])?;
        } else {
            fail(tx, MailId(id), MailState::Cancelled, Some("a search that it speaks for has ended"), now)?;
        }
    }
    Ok(())
}
