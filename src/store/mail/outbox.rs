//! The outbox: every mail is marked before it is tried and after, so that its state survives the process.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::failed::{bounced, fail};
use super::standing::{is_paused, rest};
use crate::model::{
    GIVE_UP_AFTER, MOST_DEATHS, MailAddress, MailId, MailKind, MailRecord, MailState, OnUnknown, OutgoingMail,
    SendOutcome, SubscriberId, wait_after,
};
use crate::store::Store;
use crate::store::encoding::{millis, time, unpack};
use crate::store::error::StoreError;

/// So many mails that nobody must get are passed over in one step.
const MOST_PASSED_OVER: usize = 1_000;

/// What a process that died has left behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deaths {
    /// Mails of which it is not known whether the server has them.
    pub unknown: u64,
    /// Mails that are tried no more.
    pub quarantined: u64,
}

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
    /// Stores what came of an attempt and marks the next mail as being tried, both at once; `None` when
    /// nothing is to be tried now. The mark is there before the attempt, so that a process which dies in it
    /// leaves behind that the mail is unknown.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written; then nothing may be handed over.
    pub fn next_mail(
        &self,
        ended: Option<(MailId, SendOutcome)>,
        on_unknown: OnUnknown,
        now: DateTime<Utc>,
    ) -> Result<Option<OutgoingMail>, StoreError> {
        self.write_quickly(move |work| {
            if let Some((mail, outcome)) = &ended {
                record(&work.tx, *mail, outcome, on_unknown, now)?;
            }
            take(&work.tx, now)
        })
    }

    /// Stores what came of an attempt after which no other one follows.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn end_attempt(
        &self,
        mail: MailId,
        outcome: SendOutcome,
        on_unknown: OnUnknown,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.write(move |work| record(&work.tx, mail, &outcome, on_unknown, now))
    }

    /// Settles what a process that died has left: a mail in the middle of an attempt may have arrived.
    /// Call it before the first attempt, while no other process mails.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn recover_mail(&self, on_unknown: OnUnknown, now: DateTime<Utc>) -> Result<Deaths, StoreError> {
        self.write(move |work| {
            let tx = &work.tx;
            let mut statement = tx.prepare_cached("SELECT id, deaths FROM outbox WHERE state = 'sending'")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let left: Vec<(i64, u32)> = rows.collect::<Result<_, _>>()?;
            let mut deaths = Deaths::default();
            for (id, before) in left {
                tx.prepare_cached("UPDATE outbox SET deaths = deaths + 1 WHERE id = ?1")?.execute([id])?;
                if before + 1 >= MOST_DEATHS {
                    deaths.quarantined += 1;
                    let why = "the process died in three attempts to send it";
                    fail(tx, MailId(id), MailState::Quarantined, Some(why), now)?;
                } else {
                    deaths.unknown += 1;
                    let why = "the process ended in the middle of an attempt";
                    lost(tx, MailId(id), why, on_unknown, (now, TimeDelta::zero()))?;
                }
            }
            Ok(deaths)
        })
    }

    /// Lists mails, the latest first.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn outbox(&self, filter: OutboxFilter) -> Result<Vec<MailRecord>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, subscriber, kind, slot, message_id, state, attempts, next_at, created_at, ended_at, reply,
                        jobs
                 FROM outbox
                 WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR subscriber = ?2)
                   AND (NOT ?3 OR ended_at IS NULL)
                 ORDER BY id DESC LIMIT ?4",
            )?;
            let limit = filter.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
            let rows = statement.query_map(
                params![
                    filter.state.map(MailState::as_str),
                    filter.subscriber.map(|id| id.0),
                    filter.unfinished,
                    limit
                ],
                record_of,
            )?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Gives a mail byte for byte, as long as it is on its way.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn mail_bytes(&self, id: MailId) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT bytes FROM outbox WHERE id = ?1")?;
            let packed: Option<Vec<u8>> = statement.query_row([id.0], |row| row.get(0)).optional()?.flatten();
            packed.map(|packed| unpack(&packed)).transpose()
        })
    }

    /// Lets a mail be tried at once: one that waits, is held, or of which it is unknown whether it arrived.
    /// Gives whether there was such a mail.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn retry_mail(&self, id: MailId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.write(move |work| {
            let changed = work
                .tx
                .prepare_cached(
                    "UPDATE outbox SET state = CASE state WHEN 'unknown' THEN 'unknown' ELSE 'queued' END, next_at = ?2,
                                       first_attempt = NULL, created_at = max(created_at, ?3)
                     WHERE id = ?1 AND state IN ('queued', 'unknown', 'held') AND bytes IS NOT NULL",
                )?
                .execute([id.0, millis(now), millis(now - GIVE_UP_AFTER + TimeDelta::days(1))])?;
            work.tx.prepare_cached("UPDATE mail_state SET server_until = NULL")?.execute([])?;
            Ok(changed > 0)
        })
    }

    /// Holds a mail back until a person lets it go. Gives whether there was such a mail.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn hold_mail(&self, id: MailId) -> Result<bool, StoreError> {
        self.write(move |work| {
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
        self.write(move |work| {
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

    /// Gives when the next mail is to be tried; `None` when none waits.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn next_attempt(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT min(next_at) FROM outbox WHERE state IN ('queued', 'sending', 'unknown')")?;
            let at: Option<i64> = statement.query_row([], |row| row.get(0))?;
            Ok(at.map(time))
        })
    }

    /// Removes what is no use any more: traces of mails, and tellings of jobs that closed long ago.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn tidy_mail(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        /// A closed job that comes back after so long is told as one that is open again.
        const KEPT: TimeDelta = TimeDelta::days(400);
        /// An address that mail comes back from is kept so long, for the office to see.
        const DEAD: TimeDelta = TimeDelta::days(30);
        self.write(move |work| {
            let old = millis(now - KEPT);
            work.tx.execute(
                "DELETE FROM told WHERE job IN (SELECT id FROM job WHERE status = 1 AND closed_at < ?1)",
                [old],
            )?;
            work.tx.execute(
                "DELETE FROM outbox WHERE ended_at < ?1 AND NOT EXISTS (SELECT 1 FROM told WHERE told.mail = outbox.id)",
                [old],
            )?;
            let dead: Vec<i64> = {
                let mut statement = work
                    .tx
                    .prepare_cached("SELECT id FROM subscriber WHERE state = 'bounced' AND bounced_at < ?1")?;
                let rows = statement.query_map([millis(now - DEAD)], |row| row.get(0))?;
                rows.collect::<Result<_, _>>()?
            };
            for id in dead {
                super::subscribers::remove(&work.tx, SubscriberId(id), "bounced", now)?;
            }
            Ok(())
        })
    }
}

/// Stores what came of an attempt.
fn record(
    tx: &Connection,
    mail: MailId,
    outcome: &SendOutcome,
    on_unknown: OnUnknown,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached("SELECT state, subscriber, attempts FROM outbox WHERE id = ?1")?;
    let found: Option<(String, Option<i64>, u32)> =
        statement.query_row([mail.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
    // Whoever left meanwhile has ended it.
    let Some((_, subscriber, attempts)) = found.filter(|(state, ..)| state == MailState::Sending.as_str()) else {
        return Ok(());
    };
    match outcome {
        SendOutcome::Accepted { reply } => {
            tx.prepare_cached(
                "UPDATE outbox SET state = 'sent', bytes = NULL, ended_at = ?2, reply = ?3 WHERE id = ?1",
            )?
            .execute(params![mail.0, millis(now), reply])?;
            tx.prepare_cached(
                "UPDATE mail_state SET server_until = NULL, server_fails = 0, server_why = NULL WHERE server_fails > 0",
            )?
            .execute([])?;
        }
        SendOutcome::Deferred { reply } => {
            tx.prepare_cached("UPDATE outbox SET state = 'queued', next_at = ?2, reply = ?3 WHERE id = ?1")?
                .execute(params![mail.0, millis(now + wait_after(attempts, mail.0)), reply])?;
            tx.prepare_cached("UPDATE mail_state SET server_fails = 0, server_until = NULL WHERE server_fails > 0")?
                .execute([])?;
        }
        SendOutcome::RecipientRefused { reply } => {
            fail(tx, mail, MailState::Refused, Some(reply), now)?;
            note_bounce(tx, mail, reply, now)?;
            if let Some(subscriber) = subscriber {
                bounced(tx, SubscriberId(subscriber), reply, now)?;
            }
        }
        SendOutcome::MessageRefused { reply } => fail(tx, mail, MailState::Refused, Some(reply), now)?,
        SendOutcome::ServerAway { why } => {
            // It goes behind the others: should it be this mail alone that the server hangs up at, they go first.
            tx.prepare_cached(
                "UPDATE outbox SET state = 'queued', next_at = ?2, attempts = attempts - 1, reply = ?3 WHERE id = ?1",
            )?
            .execute(params![mail.0, millis(now), why])?;
            rest(tx, why, now)?;
        }
        SendOutcome::Unknown { why } => lost(tx, mail, why, on_unknown, (now, wait_after(attempts, mail.0)))?,
    }
    Ok(())
}

fn note_bounce(tx: &Connection, mail: MailId, reply: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT INTO bounce (mail, at, kind, diagnostic) VALUES (?1, ?2, 'hard', ?3)")?
        .execute(params![mail.0, millis(now), reply])?;
    Ok(())
}

/// Notes that a mail may have arrived.
fn lost(
    tx: &Connection,
    mail: MailId,
    why: &str,
    on_unknown: OnUnknown,
    (now, wait): (DateTime<Utc>, TimeDelta),
) -> Result<(), StoreError> {
    let state = match on_unknown {
        OnUnknown::Resend => MailState::Unknown,
        OnUnknown::Hold => MailState::Held,
    };
    tx.prepare_cached("UPDATE outbox SET state = ?2, next_at = ?3, reply = ?4 WHERE id = ?1")?.execute(params![
        mail.0,
        state.as_str(),
        millis(now + wait),
        why
    ])?;
    Ok(())
}

/// Marks the next mail as being tried.
fn take(tx: &Connection, now: DateTime<Utc>) -> Result<Option<OutgoingMail>, StoreError> {
    if is_paused(tx, now)? {
        return Ok(None);
    }
    for _ in 0..MOST_PASSED_OVER {
        let Some(waiting) = Waiting::first(tx, now)? else { return Ok(None) };
        if waiting.is_too_old(now) {
            fail(tx, waiting.id, MailState::Expired, None, now)?;
            continue;
        }
        let Some((address, packed)) = waiting.wanted() else {
            fail(tx, waiting.id, MailState::Cancelled, Some("its reader does not want mail now"), now)?;
            continue;
        };
        tx.prepare_cached(
            "UPDATE outbox SET state = 'sending', attempts = attempts + 1, first_attempt = coalesce(first_attempt, ?2)
             WHERE id = ?1",
        )?
        .execute([waiting.id.0, millis(now)])?;
        return Ok(Some(OutgoingMail {
            id: waiting.id,
            message_id: waiting.message_id.clone(),
            token: waiting.token.clone(),
            to: address,
            bytes: unpack(packed)?,
            attempts: waiting.attempts + 1,
            first_attempt: waiting.first_attempt.unwrap_or(now),
        }));
    }
    Ok(None)
}

/// A mail whose time has come.
struct Waiting {
    id: MailId,
    kind: MailKind,
    message_id: String,
    token: String,
    bytes: Option<Vec<u8>>,
    attempts: u32,
    created_at: DateTime<Utc>,
    first_attempt: Option<DateTime<Utc>>,
    address: Option<String>,
    subscriber_state: Option<String>,
}

impl Waiting {
    fn first(tx: &Connection, now: DateTime<Utc>) -> Result<Option<Self>, StoreError> {
        let mut statement = tx.prepare_cached(
            "SELECT o.id, o.kind, o.message_id, o.token, o.bytes, o.attempts, o.created_at, o.first_attempt,
                    s.address, s.state
             FROM outbox AS o LEFT JOIN subscriber AS s ON s.id = o.subscriber
             WHERE o.state IN ('queued', 'unknown') AND o.next_at <= ?1
             ORDER BY o.next_at, o.id LIMIT 1",
        )?;
        let found = statement.query_row([millis(now)], |row| {
            Ok(Self {
                id: MailId(row.get(0)?),
                kind: MailKind::from_word(&row.get::<_, String>(1)?),
                message_id: row.get(2)?,
                token: row.get(3)?,
                bytes: row.get(4)?,
                attempts: row.get(5)?,
                created_at: time(row.get(6)?),
                first_attempt: row.get::<_, Option<i64>>(7)?.map(time),
                address: row.get(8)?,
                subscriber_state: row.get(9)?,
            })
        });
        Ok(found.optional()?)
    }

    fn is_too_old(&self, now: DateTime<Utc>) -> bool {
        now - self.first_attempt.unwrap_or(self.created_at) >= GIVE_UP_AFTER
    }

    /// Gives whom it goes to and what, as long as they want it.
    fn wanted(&self) -> Option<(MailAddress, &[u8])> {
        let address = MailAddress::new(self.address.as_deref()?).ok()?;
        let state = self.subscriber_state.as_deref()?;
        let wanted = match self.kind {
            MailKind::Digest => state == "active",
            MailKind::Confirmation => state != "bounced",
        };
        self.bytes.as_deref().filter(|_| wanted).map(|bytes| (address, bytes))
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
