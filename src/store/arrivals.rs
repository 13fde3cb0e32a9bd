//! Postings that come from a file, not from a board's answer: no page is remembered for them.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::commit::{BatchContext, PageOutcome, fullest_of_each, store_batch};
use super::{Store, StoreError};
use crate::model::{BoardId, Engine, Judge, PageKind, Posting};

/// Postings of one board, to be stored in one transaction.
pub struct FileCommit {
    /// The board.
    pub board: BoardId,
    /// The engine whose postings they are; `usajobs` is a government's own.
    pub engine: Engine,
    /// The postings, normalized, each with the fingerprint of its content.
    pub postings: Vec<(Posting, [u8; 16])>,
    /// The run's clock: every posting counts as seen then.
    pub now: DateTime<Utc>,
    /// Compares postings.
    pub judge: Arc<dyn Judge>,
}

impl Store {
    /// Stores postings that came from a file.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be written; then none of them is stored.
    pub fn commit_file(&self, commit: FileCommit) -> Result<PageOutcome, StoreError> {
        let context = BatchContext {
            board: commit.board,
            kind: PageKind::List,
            official: commit.engine == Engine::Usajobs,
            now: commit.now,
            judge: commit.judge,
        };
        let batch = self.prepare(&context, fullest_of_each(commit.postings))?;
        self.write(move |work| store_batch(work, &context, batch).map(|(outcome, _)| outcome))
    }

    /// Counts the board's postings that stand open.
    ///
    /// # Errors
    /// Returns [`StoreError`] when the database cannot be read.
    pub fn open_postings(&self, board: &BoardId) -> Result<u64, StoreError> {
        let name = board.as_str().to_owned();
        self.read(move |connection| {
            let sql = "SELECT count(*) FROM posting JOIN board ON board.id = posting.board \
                       WHERE board.name = ?1 AND posting.closed_at IS NULL";
            Ok(connection.query_row(sql, [name], |row| row.get::<_, i64>(0))?.unsigned_abs())
        })
    }
}
