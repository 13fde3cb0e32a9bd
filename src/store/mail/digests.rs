//! A digest committed: the mail, what it tells, and how far its searches have looked, in one transaction.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use super::addresses::{read_search, read_subscriber};
use crate::model::{JobId, MailId, MailKind, SearchId, SubscriberId, SubscriberState, ToldAs};
use crate::store::Store;
use crate::store::encoding::{millis, pack_answer};
use crate::store::error::StoreError;
use crate::store::job_reading::find_job;

/// How far one search has looked, and when it looks again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchStep {
    /// The search.
    pub search: SearchId,
    /// Where it stood when it was read; another value means that somebody was quicker.
    pub from: i64,
    /// Its turn when it was read; likewise.
    pub turn: i64,
    /// Where it stands now.
    pub to: i64,
    /// The moment that it has looked at.
    pub looked_at: DateTime<Utc>,
    /// Its next slot.
    pub due_at: DateTime<Utc>,
}

/// A mail with everything about it fixed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMail {
    /// Its `Message-ID`, without angle brackets.
    pub message_id: String,
    /// By which a bounce finds it.
    pub token: String,
    /// The mail, byte for byte.
    pub bytes: Vec<u8>,
}

/// One job that a mail tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldJob {
    /// The job.
    pub job: JobId,
    /// As what.
    pub kind: ToldAs,
    /// By which search.
    pub search: SearchId,
    /// When it is said to close.
    pub closes_at: Option<DateTime<Utc>>,
}

/// All that one digest changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestCommit {
    /// Whose it is.
    pub subscriber: SubscriberId,
    /// The moment for which it is made; one mail for each.
    pub slot: DateTime<Utc>,
    /// The searches that it speaks for.
    pub steps: Vec<SearchStep>,
    /// The mail; `None` where there is nothing to tell.
    pub mail: Option<NewMail>,
    /// What it tells.
    pub told: Vec<ToldJob>,
    /// What did not fit and is told next time.
    pub held_over: Vec<(SearchId, JobId, ToldAs)>,
    /// The run's clock.
    pub now: DateTime<Utc>,
}

/// What became of a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It is in the outbox.
    Mail(MailId),
    /// There was nothing to mail; the searches have moved on.
    Quiet,
    /// Somebody was quicker, or the subscriber has left meanwhile: nothing was changed.
    Overtaken,
}

impl Store {
    /// Commits a digest, wholly or not at all. It survives the process at once; before the first mail is
    /// handed over, [`Store::settle_mail`] makes it survive a loss of power.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn commit_digest(&self, digest: DigestCommit) -> Result<Committed, StoreError> {
        self.erasing_quickly(move |work| commit(&work.tx, &digest))
    }

    /// Commits several digests in one step, which costs a fraction of a step for each. All of them are
    /// committed, or none.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn commit_digests(&self, digests: Vec<DigestCommit>) -> Result<Vec<Committed>, StoreError> {
        self.erasing_quickly(move |work| digests.iter().map(|digest| commit(&work.tx, digest)).collect())
    }

    /// Moves searches on that found nothing, many at once. What waited for one and was no job for it any more
    /// waits no longer; one that has changed meanwhile stays where it is.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn move_on(&self, steps: Vec<SearchStep>) -> Result<(), StoreError> {
        self.erasing_quickly(move |work| steps.iter().try_for_each(|step| move_on(&work.tx, step)))
    }

    /// Puts off the searches of a subscriber for whom no digest could be composed: they look again at their
    /// next slots, from where they stand.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn put_off(&self, subscriber: SubscriberId, steps: Vec<SearchStep>) -> Result<(), StoreError> {
        self.erasing(move |work| {
            for step in &steps {
                work.tx.prepare_cached("UPDATE search SET due_at = ?2 WHERE id = ?1 AND turn = ?3")?.execute([
                    step.search.0,
                    millis(step.due_at),
                    step.turn,
                ])?;
            }
            work.tx.prepare_cached("UPDATE subscriber SET composing = 0 WHERE id = ?1")?.execute([subscriber.0])?;
            Ok(())
        })
    }

    /// Notes that digests for these people are about to be composed; gives for each how many such attempts, this
    /// one included, have not come to an end. A process that dies while composing leaves that behind.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn begin_composing(&self, subscribers: Vec<SubscriberId>) -> Result<Vec<u32>, StoreError> {
        self.erasing_quickly(move |work| {
            let mut statement = work
                .tx
                .prepare_cached("UPDATE subscriber SET composing = composing + 1 WHERE id = ?1 RETURNING composing")?;
            let mut begin = |id: &SubscriberId| -> Result<u32, StoreError> {
                Ok(statement.query_row([id.0], |row| row.get(0)).optional()?.unwrap_or_default())
            };
            subscribers.iter().map(&mut begin).collect()
        })
    }

    /// Gives those of some people whose last attempt at composing did not come to an end.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn composing(&self) -> Result<HashSet<SubscriberId>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT id FROM subscriber WHERE composing > 0")?;
            let rows = statement.query_map([], |row| row.get(0).map(SubscriberId))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Queues a confirmation for somebody who asked for a search.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn queue_confirmation(
        &self,
        subscriber: SubscriberId,
        search: SearchId,
        mail: NewMail,
        now: DateTime<Utc>,
    ) -> Result<MailId, StoreError> {
        self.erasing(move |work| {
            // Each search is confirmed by one mail: its number is the slot.
            insert_mail(&work.tx, (subscriber, MailKind::Confirmation, search.0), &mail, (0, now))
        })
    }

    /// Waits until everything that was committed about mail would survive a loss of power.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn settle_mail(&self) -> Result<(), StoreError> {
        self.erasing(|work| {
            // SQLite does not write, and so does not wait for the disk, where nothing changes.
            work.tx.prepare_cached("UPDATE mail_state SET settled = settled + 1")?.execute([])?;
            Ok(())
        })
    }
}

fn commit(tx: &Connection, digest: &DigestCommit) -> Result<Committed, StoreError> {
    if !is_current(tx, digest)? {
        return Ok(Committed::Overtaken);
    }
    for step in &digest.steps {
        move_on(tx, step)?;
    }
    tx.prepare_cached("UPDATE subscriber SET composing = 0, state = 'active', paused_until = NULL WHERE id = ?1")?
        .execute([digest.subscriber.0])?;
    for (search, job, kind) in &digest.held_over {
        wait(tx, *search, job, *kind, digest.now)?;
    }
    let Some(mail) = &digest.mail else { return Ok(Committed::Quiet) };
    let slot = (digest.subscriber, MailKind::Digest, millis(digest.slot));
    let jobs = i64::try_from(digest.told.len()).unwrap_or(i64::MAX);
    let id = insert_mail(tx, slot, mail, (jobs, digest.now))?;
    let mut tell = tx.prepare_cached(
        "INSERT OR IGNORE INTO told (subscriber, job, kind, mail, search, closes_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for told in &digest.told {
        if let Some(job) = find_job(tx, told.job.as_str())? {
            let closes_at = told.closes_at.map(millis);
            tell.execute(params![digest.subscriber.0, job, told.kind.as_str(), id.0, told.search.0, closes_at])?;
        }
    }
    Ok(Committed::Mail(id))
}

/// Tells whether everything is as it was when the digest was composed.
fn is_current(tx: &Connection, digest: &DigestCommit) -> Result<bool, StoreError> {
    let Some(subscriber) = read_subscriber(tx, digest.subscriber)? else { return Ok(false) };
    let is_over = subscriber.paused_until.is_some_and(|until| until <= digest.now);
    let wanted = match subscriber.state {
        SubscriberState::Active => true,
        SubscriberState::Paused => is_over,
        SubscriberState::Pending | SubscriberState::Bounced => false,
    };
    if !wanted {
        return Ok(false);
    }
    for step in &digest.steps {
        let search = read_search(tx, step.search)?.filter(|search| search.subscriber == digest.subscriber);
        let same = search.filter(|search| search.state == SubscriberState::Active);
        if same.is_none_or(|search| (search.cursor, search.turn) != (step.from, step.turn)) {
            return Ok(false);
        }
    }
    let mut taken =
        tx.prepare_cached("SELECT 1 FROM outbox WHERE subscriber = ?1 AND kind = 'digest' AND slot = ?2")?;
    Ok(digest.mail.is_none() || !taken.exists([digest.subscriber.0, millis(digest.slot)])?)
}

fn move_on(tx: &Connection, step: &SearchStep) -> Result<(), StoreError> {
    let (looked_at, due_at) = (millis(step.looked_at), millis(step.due_at));
    let moved = tx
        .prepare_cached(
            "UPDATE search SET cursor = ?4, looked_at = ?5, due_at = ?6, turn = turn + 1
             WHERE id = ?1 AND cursor = ?2 AND turn = ?3",
        )?
        .execute([step.search.0, step.from, step.turn, step.to, looked_at, due_at])?;
    if moved > 0 {
        tx.prepare_cached("DELETE FROM waiting WHERE search = ?1")?.execute([step.search.0])?;
    }
    Ok(())
}

/// Puts a mail into the outbox.
fn insert_mail(
    tx: &Connection,
    (subscriber, kind, slot): (SubscriberId, MailKind, i64),
    mail: &NewMail,
    (jobs, now): (i64, DateTime<Utc>),
) -> Result<MailId, StoreError> {
    tx.prepare_cached(
        "INSERT INTO outbox (subscriber, kind, slot, message_id, token, digest, jobs, state, next_at, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'queued', ?8, ?8)",
    )?
    .execute(params![
        subscriber.0,
        kind.as_str(),
        slot,
        mail.message_id,
        mail.token,
        blake3::hash(&mail.bytes).as_bytes().as_slice(),
        jobs,
        millis(now),
    ])?;
    let id = tx.last_insert_rowid();
    tx.prepare_cached("INSERT INTO outbox_body (mail, bytes) VALUES (?1, ?2)")?
        .execute(params![id, pack_answer(&mail.bytes)?])?;
    Ok(MailId(id))
}

/// Notes that a search has matched a job that nobody was told of.
fn wait(tx: &Connection, search: SearchId, job: &JobId, kind: ToldAs, now: DateTime<Utc>) -> Result<(), StoreError> {
    if let Some(job) = find_job(tx, job.as_str())? {
        tx.prepare_cached("INSERT OR IGNORE INTO waiting (search, job, kind, since) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![search.0, job, kind.as_str(), millis(now)])?;
    }
    Ok(())
}
