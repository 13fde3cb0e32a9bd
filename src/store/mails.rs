//! Alert mails: which were read, and the postings that they alone speak of. A mail counts as read in
//! the transaction that stores its postings, so that a crash neither loses nor doubles one.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use super::boards::{board_row, find_board};
use super::commit::{BatchContext, PageOutcome, fullest_of_each, store_batch};
use super::encoding::millis;
use super::grouping::job_of;
use super::posting_rows::{ABSENCE, ClosedBy, close};
use super::refresh::{Change, refresh};
use super::{Store, StoreError};
use crate::model::{BoardId, Judge, MailCursor, PageKind, Posting};

/// Mails are remembered for this long; older ones are not read.
pub const MAILS_KEPT: Duration = Duration::days(400);
/// A posting that mails alone speak of is taken to be over when none has named it for this long.
/// Postings of the known engines state ends 30 to 120 days after they began.
const UNNAMED: Duration = Duration::days(120);

/// Mails that were read together, and what they gave.
pub struct MailCommit {
    /// The board.
    pub board: BoardId,
    /// How far the mailbox is read with them.
    pub cursor: MailCursor,
    /// Hashes of the alert mails' ids.
    pub mails: Vec<[u8; 32]>,
    /// Files that need not be opened again.
    pub places: Vec<String>,
    /// The postings, normalized, each with the fingerprint of its content.
    pub postings: Vec<(Posting, [u8; 16])>,
    /// Every posting that they name, stored by them or before, with the latest mail's date.
    pub named: Vec<(String, DateTime<Utc>)>,
    /// The run's clock.
    pub now: DateTime<Utc>,
    /// Compares postings.
    pub judge: Arc<dyn Judge>,
}

impl Store {
    /// Tells how far a board's mailbox was read.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn mail_cursor(&self, board: &BoardId) -> Result<Option<MailCursor>, StoreError> {
        self.read(|connection| {
            let Some(board) = find_board(connection, board)? else { return Ok(None) };
            let mut statement = connection.prepare_cached("SELECT cursor FROM mailbox WHERE board = ?1")?;
            let text: Option<String> = statement.query_row([board], |row| row.get(0)).optional()?;
            let read = |text: String| {
                serde_json::from_str(&text).map_err(|error| StoreError::unreadable("mailbox cursor", error))
            };
            text.map(read).transpose()
        })
    }

    /// Gives those of the places that were read before.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn known_mail_places(&self, board: &BoardId, places: Vec<String>) -> Result<HashSet<String>, StoreError> {
        self.read(|connection| {
            let Some(board) = find_board(connection, board)? else { return Ok(HashSet::new()) };
            let mut statement =
                connection.prepare_cached("SELECT 1 FROM mail_place WHERE board = ?1 AND place = ?2")?;
            let mut known = HashSet::new();
            for place in places {
                if statement.exists(params![board, place_hash(&place)])? {
                    known.insert(place);
                }
            }
            Ok(known)
        })
    }

    /// Tells whether an alert mail was read before.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn is_mail_known(&self, board: &BoardId, mail: &[u8; 32]) -> Result<bool, StoreError> {
        self.read(|connection| {
            let Some(board) = find_board(connection, board)? else { return Ok(false) };
            let mut statement = connection.prepare_cached("SELECT 1 FROM mail_seen WHERE board = ?1 AND mail = ?2")?;
            Ok(statement.exists(params![board, mail])?)
        })
    }

    /// Forgets which files of a board's mailbox need not be opened: another rule may admit what one
    /// passed over.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn forget_mail_places(&self, board: &BoardId) -> Result<(), StoreError> {
        let board = board.clone();
        self.write(move |work| {
            let Some(board) = find_board(&work.tx, &board)? else { return Ok(()) };
            work.tx.execute("DELETE FROM mail_place WHERE board = ?1", [board])?;
            Ok(())
        })
    }

    /// Stores what mails gave, and that they were read, in one transaction.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written; then nothing of it is stored.
    pub fn commit_mails(&self, commit: MailCommit) -> Result<PageOutcome, StoreError> {
        let context = BatchContext {
            board: commit.board.clone(),
            kind: PageKind::List,
            // A sender can be made up: a mail is never a government's own word.
            official: false,
            now: commit.now,
            judge: Arc::clone(&commit.judge),
        };
        let batch = self.prepare(&context, fullest_of_each(commit.postings))?;
        let cursor =
            serde_json::to_string(&commit.cursor).map_err(|error| StoreError::unreadable("mailbox cursor", error))?;
        let (board, mails, places, named) = (commit.board, commit.mails, commit.places, commit.named);
        self.write(move |work| {
            let (outcome, ids) = store_batch(work, &context, batch)?;
            let board = board_row(&work.tx, &board)?;
            work.tx.execute(
                "INSERT INTO mailbox (board, cursor) VALUES (?1, ?2)
                 ON CONFLICT (board) DO UPDATE SET cursor = excluded.cursor",
                params![board, cursor],
            )?;
            remember(&work.tx, board, context.now, (&mails, &places))?;
            note_named(&work.tx, board, &ids, &named)?;
            Ok(outcome)
        })
    }

    /// Closes the board's postings that mails alone speak of and that none has named for long.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn close_unnamed(&self, board: &BoardId, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let board = board.clone();
        self.write(move |work| {
            let Some(board) = find_board(&work.tx, &board)? else { return Ok(0) };
            let over: Vec<i64> = {
                let mut statement = work.tx.prepare_cached(
                    "SELECT p.id FROM mail_posting AS m JOIN posting AS p ON p.id = m.posting
                     WHERE p.board = ?1 AND p.closed_at IS NULL AND p.closes_at IS NULL AND m.named_at < ?2",
                )?;
                let rows = statement.query_map(params![board, millis(now - UNNAMED)], |row| row.get(0))?;
                rows.collect::<Result<_, _>>()?
            };
            let reason = format!("named by no alert mail for {} days", UNNAMED.num_days());
            let reason = ClosedBy { kind: ABSENCE, reason };
            let mut jobs = BTreeSet::new();
            for posting in &over {
                close(&work.tx, *posting, &reason, now)?;
                jobs.extend(job_of(&work.tx, *posting)?);
            }
            for job in jobs {
                refresh(work, job, &Change::default(), now)?;
            }
            Ok(over.len() as u64)
        })
    }
}

/// Forgets mails that are too old to be read again.
pub(super) fn forget_old(connection: &Connection, now: DateTime<Utc>) -> Result<(), StoreError> {
    let old = millis(now - MAILS_KEPT);
    connection.execute("DELETE FROM mail_seen WHERE seen_at < ?1", [old])?;
    connection.execute("DELETE FROM mail_place WHERE seen_at < ?1", [old])?;
    Ok(())
}

fn remember(
    connection: &Connection,
    board: i64,
    now: DateTime<Utc>,
    (mails, places): (&[[u8; 32]], &[String]),
) -> Result<(), StoreError> {
    let mut seen = connection
        .prepare_cached("INSERT INTO mail_seen (board, mail, seen_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?;
    for mail in mails {
        seen.execute(params![board, mail, millis(now)])?;
    }
    let mut place = connection
        .prepare_cached("INSERT INTO mail_place (board, place, seen_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?;
    for name in places {
        place.execute(params![board, place_hash(name), millis(now)])?;
    }
    Ok(())
}

/// Notes which postings mails alone speak of, and when they were last named.
fn note_named(
    connection: &Connection,
    board: i64,
    stored: &[i64],
    named: &[(String, DateTime<Utc>)],
) -> Result<(), StoreError> {
    let mut found = connection.prepare_cached(
        "INSERT INTO mail_posting (posting, named_at)
         SELECT ?1, 0 WHERE NOT EXISTS (SELECT 1 FROM page_listing WHERE posting = ?1) ON CONFLICT DO NOTHING",
    )?;
    for posting in stored {
        found.execute([posting])?;
    }
    let mut note = connection.prepare_cached(
        "UPDATE mail_posting SET named_at = max(named_at, ?3)
         WHERE posting = (SELECT id FROM posting WHERE board = ?1 AND posting_id = ?2)",
    )?;
    for (posting_id, at) in named {
        note.execute(params![board, posting_id, millis(*at)])?;
    }
    Ok(())
}

fn place_hash(place: &str) -> [u8; 16] {
    let mut short = [0; 16];
    blake3::Hasher::new().update(place.as_bytes()).finalize_xof().fill(&mut short);
    short
}
