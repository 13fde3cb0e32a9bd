//! Which postings want their details fetched, and what became of trying.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

use super::Store;
use super::boards::{board_row, find_board};
use super::encoding::millis;
use super::error::StoreError;
use super::sketches::read_posting;
use crate::model::{BoardId, RawPosting};

/// A posting whose details should be fetched.
#[derive(Clone, Debug, PartialEq)]
pub struct DetailWanted {
    /// Its id on its board.
    pub posting_id: String,
    /// What is known of it.
    pub raw: RawPosting,
    /// How often fetching its details has failed.
    pub attempts: u32,
}

impl Store {
    /// Gives open postings whose details should be fetched now, newest first: known in part or
    /// changed since, not yet tried or due again.
    pub fn details_wanted(
        &self,
        board: &BoardId,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<DetailWanted>, StoreError> {
        self.read(|connection| {
            let Some(board) = find_board(connection, board)? else { return Ok(Vec::new()) };
            let mut statement = connection.prepare_cached(
                "SELECT id, posting_id, attempts, row_url FROM posting
                 WHERE board = ?1 AND wants_detail = 1 AND closed_at IS NULL AND (closes_at IS NULL OR closes_at > ?2)
                   AND (attempts = 0 OR retry_at <= ?2)
                 ORDER BY id DESC LIMIT ?3",
            )?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let mut rows = statement.query(params![board, millis(now), limit])?;
            let mut wanted = Vec::new();
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(0)?;
                if let Some(mut posting) = read_posting(connection, id)? {
                    // A changed row may also have a new address.
                    posting.raw.url = row.get::<_, Option<String>>(3)?.or(posting.raw.url);
                    wanted.push(DetailWanted { posting_id: row.get(1)?, raw: posting.raw, attempts: row.get(2)? });
                }
            }
            Ok(wanted)
        })
    }

    /// Notes that the details of these postings are to be fetched, although whole texts are stored.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn want_details(&self, board: &BoardId, posting_ids: Vec<String>) -> Result<(), StoreError> {
        let board = board.clone();
        self.write(move |work| {
            let board = board_row(&work.tx, &board)?;
            let mut statement = work.tx.prepare_cached(
                "UPDATE posting SET wants_detail = 1, attempts = 0, retry_at = NULL WHERE board = ?1 AND posting_id = ?2",
            )?;
            for posting_id in posting_ids {
                statement.execute(params![board, posting_id])?;
            }
            Ok(())
        })
    }

    /// Notes that a posting's details could not be had; without a time to try again they are given up.
    pub fn detail_failed(
        &self,
        board: &BoardId,
        posting_id: &str,
        why: &str,
        retry_at: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        let (board, posting_id, why) = (board.clone(), posting_id.to_owned(), why.to_owned());
        self.write(move |work| {
            let Some(board) = find_board(&work.tx, &board)? else { return Ok(()) };
            let mut statement = work.tx.prepare_cached(
                "UPDATE posting SET attempts = attempts + 1, retry_at = ?3, detail_error = ?4
                 WHERE board = ?1 AND posting_id = ?2",
            )?;
            statement.execute(params![board, posting_id, retry_at.map(millis), why])?;
            Ok(())
        })
    }

    /// Puts a posting's details off until its page is no longer fresh; that is no failure.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written.
    pub fn detail_fresh(&self, board: &BoardId, posting_id: &str, until: DateTime<Utc>) -> Result<(), StoreError> {
        let (board, posting_id) = (board.clone(), posting_id.to_owned());
        self.write(move |work| {
            let Some(board) = find_board(&work.tx, &board)? else { return Ok(()) };
            let mut statement = work.tx.prepare_cached(
                "UPDATE posting SET attempts = max(attempts, 1), retry_at = ?3 WHERE board = ?1 AND posting_id = ?2",
            )?;
            statement.execute(params![board, posting_id, millis(until)])?;
            Ok(())
        })
    }

    /// Gives what the board showed of a posting, to merge a detail into.
    pub fn posting_raw(&self, board: &BoardId, posting_id: &str) -> Result<Option<RawPosting>, StoreError> {
        self.read(|connection| {
            let Some(board) = find_board(connection, board)? else { return Ok(None) };
            let mut statement =
                connection.prepare_cached("SELECT id FROM posting WHERE board = ?1 AND posting_id = ?2")?;
            let id: Option<i64> = statement.query_row(params![board, posting_id], |row| row.get(0)).optional()?;
            let posting = id.map(|id| read_posting(connection, id)).transpose()?.flatten();
            Ok(posting.map(|posting| posting.raw))
        })
    }
}
