//! Stored postings as they are read back, with a small memory of those compared lately.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};

use super::encoding;
use super::error::StoreError;
use crate::model::Posting;

/// How many postings are remembered, some 15 KB each: a batch and what it is compared with.
const REMEMBERED: usize = 128;

/// Remembers decoded postings by row id. Cleared when full, when all is quiet, and after every
/// failure.
#[derive(Debug, Default)]
pub(super) struct PostingCache(HashMap<i64, Arc<Posting>>);

impl PostingCache {
    /// Recalls a posting, or reads it.
    pub(super) fn load(&mut self, connection: &Connection, id: i64) -> Result<Arc<Posting>, StoreError> {
        if let Some(posting) = self.0.get(&id) {
            return Ok(Arc::clone(posting));
        }
        let posting = read_posting(connection, id)?
            .ok_or_else(|| StoreError::unreadable("posting", format!("row {id} has no body")))?;
        let posting = Arc::new(posting);
        self.remember(id, Arc::clone(&posting));
        Ok(posting)
    }

    /// Remembers what has just been written.
    pub(super) fn remember(&mut self, id: i64, posting: Arc<Posting>) {
        if self.0.len() >= REMEMBERED {
            self.0.clear();
        }
        self.0.insert(id, posting);
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Reads a posting's body.
pub(super) fn read_posting(connection: &Connection, id: i64) -> Result<Option<Posting>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT body FROM posting_body WHERE posting = ?1")?;
    let body: Option<Vec<u8>> = statement.query_row([id], |row| row.get(0)).optional()?;
    body.map(|body| encoding::unpack_posting(&body)).transpose()
}
