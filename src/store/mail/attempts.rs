//! Attempts to hand mails over: every mail is marked before it is tried and after, so that its state
//! survives the process.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use super::addresses::read_subscriber;
use super::failed::{bounced, end, fail};
use super::standing::{is_paused, rest};
use crate::model::{
    GIVE_UP_AFTER, MOST_DEATHS, MailAddress, MailId, MailKind, MailState, OnUnknown, OutgoingMail, REFUSALS_IN_DOUBT,
    SendOutcome, SubscriberId, SubscriberState, wait_after,
};
use crate::store::Store;
use crate::store::encoding::{millis, time, unpack};
use crate::store::error::StoreError;

/// So many mails that nobody must get are passed over in one step; the next step goes on.
const MOST_PASSED_OVER: usize = 1_000;

/// No more is kept of what a server says.
const LONGEST_REPLY: usize = 500;

/// Finds the first mail whose time has come by ?1. Its condition is that of the index, to the letter.
pub(super) const FIRST: &str =
    "SELECT o.id, o.kind, o.message_id, o.token, b.bytes, o.attempts, o.created_at, o.first_attempt,
                    s.address, s.state, s.paused_until, o.unwanted, o.doubted
             FROM outbox AS o LEFT JOIN outbox_body AS b ON b.mail = o.id
             LEFT JOIN subscriber AS s ON s.id = o.subscriber
             WHERE o.state IN ('queued', 'unknown') AND o.next_at <= ?1
             ORDER BY o.next_at, o.id LIMIT 1";

/// What a process that died has left behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deaths {
    /// Mails of which it is not known whether the server has them.
    pub unknown: u64,
    /// Mails that are tried no more.
    pub quarantined: u64,
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
        self.erasing_quickly(move |work| {
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
        self.erasing(move |work| record(&work.tx, mail, &outcome, on_unknown, now))
    }

    /// Settles what a process that died has left: a mail in the middle of an attempt may have arrived.
    /// Call it before the first attempt, while no other process mails.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn recover_mail(&self, on_unknown: OnUnknown, now: DateTime<Utc>) -> Result<Deaths, StoreError> {
        self.erasing(move |work| {
            let tx = &work.tx;
            let mut statement =
                tx.prepare_cached("SELECT id, deaths FROM outbox WHERE ended_at IS NULL AND state = 'sending'")?;
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
    let Some((state, subscriber, attempts)) = found else { return Ok(()) };
    let counts = match MailState::from_word(&state) {
        MailState::Sending => true,
        // Somebody took this process for dead; that the server has the mail is true all the same.
        MailState::Queued | MailState::Unknown | MailState::Held => matches!(outcome, SendOutcome::Accepted { .. }),
        // Whoever left meanwhile has ended it.
        _ => false,
    };
    if !counts {
        return Ok(());
    }
    let reply = masked(tx, subscriber, outcome.words())?;
    match outcome {
        SendOutcome::Accepted { .. } => {
            end(tx, mail, MailState::Sent, Some(&reply), now)?;
            tx.prepare_cached(
                "UPDATE mail_state SET server_until = NULL, server_fails = 0, server_why = NULL WHERE server_fails > 0",
            )?
            .execute([])?;
        }
        SendOutcome::Deferred { .. } => {
            tx.prepare_cached("UPDATE outbox SET state = 'queued', next_at = ?2, reply = ?3 WHERE id = ?1")?
                .execute(params![mail.0, millis(now + wait_after(attempts, mail.0)), reply])?;
            tx.prepare_cached(
                "UPDATE mail_state SET server_until = NULL, server_fails = 0, server_why = NULL WHERE server_fails > 0",
            )?
            .execute([])?;
        }
        SendOutcome::RecipientRefused { .. } => {
            fail(tx, mail, MailState::Refused, Some(&reply), now)?;
            note_bounce(tx, mail, &reply, now)?;
            if let Some(subscriber) = subscriber {
                bounced(tx, SubscriberId(subscriber), &reply, now)?;
            }
        }
        SendOutcome::MessageRefused { .. } => refused(tx, mail, (&reply, attempts), now)?,
        SendOutcome::ServerAway { .. } => {
            // It goes behind those whose time has come: should it be this mail alone at which the server hangs up,
            // they go first.
            tx.prepare_cached(
                "UPDATE outbox SET state = 'queued', next_at = ?2, attempts = attempts - 1, reply = ?3 WHERE id = ?1",
            )?
            .execute(params![mail.0, millis(now) + 1, reply])?;
            rest(tx, &reply, now)?;
        }
        SendOutcome::Unknown { .. } => lost(tx, mail, &reply, on_unknown, (now, wait_after(attempts, mail.0)))?,
    }
    Ok(())
}

/// Ends a mail that the server refuses. Where an earlier attempt may have arrived, one refusal is doubted: were its
/// jobs told again in another mail, they might be told twice. The same bytes are tried again a few times; what is
/// refused each time was hardly taken the first time.
fn refused(
    tx: &Connection,
    mail: MailId,
    (reply, attempts): (&str, u32),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let doubted = tx
        .prepare_cached(
            "UPDATE outbox SET refusals = refusals + 1, state = 'queued', next_at = ?3, reply = ?4
             WHERE id = ?1 AND doubted = 1 AND refusals + 1 < ?2",
        )?
        .execute(params![mail.0, REFUSALS_IN_DOUBT, millis(now + wait_after(attempts, mail.0)), reply])?;
    if doubted > 0 { Ok(()) } else { fail(tx, mail, MailState::Refused, Some(reply), now) }
}

/// Takes the reader's address out of what a server said: it stands in one place, and goes from there.
fn masked(tx: &Connection, subscriber: Option<i64>, reply: &str) -> Result<String, StoreError> {
    let subscriber = subscriber.filter(|_| reply.contains('@'));
    let known = subscriber.map_or(Ok(None), |id| read_subscriber(tx, SubscriberId(id)))?;
    let reply: String = reply.chars().take(LONGEST_REPLY).collect();
    let Some(known) = known else { return Ok(reply) };
    let (address, shown) = (known.address.folded(), known.address.masked());
    let (mut rest, mut said) = (reply.as_str(), String::with_capacity(reply.len()));
    // Lower case of ASCII alone moves no byte.
    while let Some(at) = rest.to_ascii_lowercase().find(&address) {
        said.push_str(rest.get(..at).unwrap_or_default());
        said.push_str(&shown);
        rest = rest.get(at + address.len()..).unwrap_or_default();
    }
    said.push_str(rest);
    Ok(said)
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
    tx.prepare_cached("UPDATE outbox SET state = ?2, next_at = ?3, reply = ?4, doubted = 1 WHERE id = ?1")?
        .execute(params![mail.0, state.as_str(), millis(now + wait), why])?;
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
            if waiting.doubted {
                // It may have arrived: whether it is told anew is a person's to say.
                tx.prepare_cached("UPDATE outbox SET state = 'held' WHERE id = ?1")?.execute([waiting.id.0])?;
            } else {
                fail(tx, waiting.id, MailState::Expired, None, now)?;
            }
            continue;
        }
        let Some((address, packed)) = waiting.wanted(now) else {
            fail(tx, waiting.id, MailState::Cancelled, Some("its reader does not want it now"), now)?;
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
    paused_until: Option<DateTime<Utc>>,
    unwanted: bool,
    /// Whether an earlier attempt may have arrived.
    doubted: bool,
}

impl Waiting {
    fn first(tx: &Connection, now: DateTime<Utc>) -> Result<Option<Self>, StoreError> {
        let mut statement = tx.prepare_cached(FIRST)?;
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
                paused_until: row.get::<_, Option<i64>>(10)?.map(time),
                unwanted: row.get(11)?,
                doubted: row.get(12)?,
            })
        });
        Ok(found.optional()?)
    }

    fn is_too_old(&self, now: DateTime<Utc>) -> bool {
        now - self.first_attempt.unwrap_or(self.created_at) >= GIVE_UP_AFTER
    }

    /// Gives whom it goes to and what, as long as they want it.
    fn wanted(&self, now: DateTime<Utc>) -> Option<(MailAddress, &[u8])> {
        let address = MailAddress::new(self.address.as_deref()?).ok()?;
        let wanted = match (SubscriberState::from_word(self.subscriber_state.as_deref()?), self.kind) {
            (SubscriberState::Active, _)
            | (SubscriberState::Pending | SubscriberState::Paused, MailKind::Confirmation) => true,
            (SubscriberState::Paused, MailKind::Digest) => self.paused_until.is_some_and(|until| until <= now),
            (SubscriberState::Pending, MailKind::Digest) | (SubscriberState::Bounced, _) => false,
        };
        self.bytes.as_deref().filter(|_| wanted && !self.unwanted).map(|bytes| (address, bytes))
    }
}
