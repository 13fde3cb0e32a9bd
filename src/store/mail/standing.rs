//! Whether mail leaves: a person's pause, a restored database, a server that takes nothing.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::addresses::read_search;
use super::searches::plant;
use super::seeds::Seed;
use crate::model::{MailStanding, SearchId, rest_after};
use crate::store::Store;
use crate::store::encoding::{millis, time};
use crate::store::error::StoreError;
use crate::store::restore::{clear_mark, restored_mark};

impl Store {
    /// Tells whether mail leaves, and if not, why.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn mail_standing(&self) -> Result<MailStanding, StoreError> {
        self.read(standing)
    }

    /// Lets no mail leave until it is told otherwise.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn pause_mail(&self, why: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let why = why.to_owned();
        self.erasing(move |work| {
            work.tx.execute("UPDATE mail_state SET paused_at = ?1, paused_why = ?2", params![millis(now), why])?;
            Ok(())
        })
    }

    /// Lets mail leave again; with `skip`, what waits is given up, and every search goes on with what happens
    /// from now on, so that what was told after a backup is not told again.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn resume_mail(&self, skip: bool, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.erasing(move |work| {
            resume(&work.tx)?;
            if skip { give_all_up(&work.tx, now) } else { Ok(()) }
        })
    }

    /// Lets mail leave again as with `skip`, and lets searches begin anew where their seeds say: what matches
    /// them by then counts as known, also should it change later.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn resume_mail_anew(&self, seeds: Vec<(SearchId, Seed)>, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.erasing(move |work| {
            resume(&work.tx)?;
            give_all_up(&work.tx, now)?;
            for (search, seed) in &seeds {
                if read_search(&work.tx, *search)?.is_some() {
                    plant(&work.tx, *search, seed, now)?;
                }
            }
            Ok(())
        })
    }
}

fn resume(tx: &Connection) -> Result<(), StoreError> {
    // With all the rest or not at all: without its mark a restored database would mail.
    clear_mark(tx)?;
    tx.execute(
        "UPDATE mail_state SET paused_at = NULL, paused_why = NULL, server_until = NULL, server_fails = 0,
                               server_why = NULL",
        [],
    )?;
    Ok(())
}

fn give_all_up(tx: &Connection, now: DateTime<Utc>) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE search SET cursor = (SELECT coalesce(max(id), 0) FROM job_event), looked_at = ?1, turn = turn + 1",
        [millis(now)],
    )?;
    tx.execute("DELETE FROM waiting", [])?;
    tx.execute("DELETE FROM outbox_body WHERE mail IN (SELECT id FROM outbox WHERE ended_at IS NULL)", [])?;
    tx.execute(
        "UPDATE outbox SET state = 'cancelled', ended_at = ?1, reply = 'skipped at resuming' WHERE ended_at IS NULL",
        [millis(now)],
    )?;
    Ok(())
}

/// Reads whether mail leaves.
pub(super) fn standing(connection: &Connection) -> Result<MailStanding, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT paused_at, paused_why, server_until, server_why FROM mail_state")?;
    let mut standing = statement.query_row([], |row| {
        let paused: Option<i64> = row.get(0)?;
        let until: Option<i64> = row.get(2)?;
        let (why, away): (Option<String>, Option<String>) = (row.get(1)?, row.get(3)?);
        Ok(MailStanding {
            paused: paused.map(|at| (time(at), why.unwrap_or_default())),
            server_away: until.map(|until| (time(until), away.unwrap_or_default())),
        })
    })?;
    if let Some(at) = restored_mark(connection)? {
        let why = "the database was restored from a backup, which does not know what was mailed since";
        standing.paused = Some((at, why.to_owned()));
    }
    Ok(standing)
}

/// Tells, inside a transaction, whether nothing may leave now.
pub(super) fn is_paused(tx: &Connection, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let mut statement = tx.prepare_cached("SELECT paused_at IS NOT NULL OR server_until > ?1 FROM mail_state")?;
    let paused: Option<bool> = statement.query_row([millis(now)], |row| row.get(0))?;
    Ok(paused.unwrap_or_default() || restored_mark(tx)?.is_some())
}

/// Leaves a server alone that takes nothing, each time for longer.
pub(super) fn rest(tx: &Connection, why: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    let failures: u32 = tx
        .prepare_cached("UPDATE mail_state SET server_fails = server_fails + 1 RETURNING server_fails")?
        .query_row([], |row| row.get(0))?;
    let until = now + rest_after(failures, now.timestamp());
    tx.prepare_cached("UPDATE mail_state SET server_until = ?1, server_why = ?2")?
        .execute(params![millis(until), why])?;
    Ok(())
}
