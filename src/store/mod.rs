//! The database: postings, jobs, links, events and recorded answers in SQLite.
//!
//! One thread writes, a few connections read, and a poll's answer is committed with everything that
//! follows from it in one transaction. All calls block; async callers wrap them. A clone of a
//! [`Store`] is the same store.
//!
//! What is never done here: fetching, parsing, deciding whether two postings are one job (that is
//! the [`Judge`](crate::model::Judge)'s), or choosing between their values
//! ([`compose`](crate::model::compose)'s).

mod advertised;
mod arrivals;
mod backup;
mod boards;
mod closing;
mod coded_facts;
mod coded_filters;
mod commit;
mod connection;
mod decisions;
mod details;
mod due;
mod encoding;
mod erasure;
mod error;
mod events;
mod facts;
mod figures;
mod files;
mod filters;
mod folding;
mod grouping;
mod history;
mod hosts;
mod job_reading;
mod links;
mod lock;
mod mail;
mod mails;
mod match_facts;
mod match_text;
mod migrate;
mod newly_coded;
mod pages;
mod posting_rows;
mod raw_answers;
mod recoding;
mod refresh;
mod rejudging;
mod restore;
mod retention;
mod reversal;
mod rulings;
mod search;
mod settling;
mod sketches;
mod standing;
mod trial;
mod upkeep;
mod writer;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use connection::{Readers, open_reader, open_writer};
use writer::{Manner, Work, Writer};

pub use arrivals::FileCommit;
pub use closing::{PollClosing, PollEnd};
pub use commit::{PageCommit, PageOutcome};
pub use decisions::{Comparison, Decided, Decision, DecisionError};
pub use details::DetailWanted;
pub use error::StoreError;
pub use events::JobChanges;
pub use files::free_bytes;
pub use lock::{DatabaseLock, lock_holder};
pub use mail::{
    Committed, Confirmation, ConfirmationLimits, Deaths, DigestCommit, DueSubscriber, Holder, JobNames, MailFigures,
    Managed, NewMail, NewSearch, NewSubscriber, OutboxFilter, Removed, Requested, Returned, SearchStep, Seed,
    SubscribeError, Subscribed, Telling, Told, ToldJob,
};
pub use mails::{MAILS_KEPT, MailCommit};
pub use pages::{PageRecord, PageSeen, Unread, UnreadPage, hash_body};
pub use raw_answers::RawAnswer;
pub use recoding::{Recoding, RecodingStep};
pub use rejudging::RejudgingStep;
pub use restore::{Restored, restore};
pub use retention::{RetentionPlan, UpkeepReport};
pub use rulings::Ruled;
pub use search::{JobRow, SearchResult};
pub use standing::{BoardStanding, Standing};
pub use upkeep::Counts;

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The file; its WAL and its backups stand beside it.
    pub path: PathBuf,
}

impl Default for Settings {
    fn default() -> Self {
        Self { path: PathBuf::from("jobrounds.db") }
    }
}

/// The database. Cheap to clone; the file is closed with the last clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    path: PathBuf,
    // Before the readers, so that the writer's is the last connection and clears the WAL away.
    readers: Readers,
    writer: Option<Writer>,
}

impl Store {
    /// Opens the database for reading and writing, creating or upgrading it.
    ///
    /// # Errors
    /// A newer schema, a foreign or damaged file, or a folder that cannot be written are refused
    /// with what can be done about it.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let mut connection = open_writer(path)?;
        migrate::migrate(&mut connection, path, migrate::MIGRATIONS).map_err(|error| error.about(path))?;
        let writer = Writer::start(connection, path.to_owned())?;
        let readers = Readers::new(path.to_owned());
        Ok(Self(Arc::new(Inner { path: path.to_owned(), readers, writer: Some(writer) })))
    }

    /// Opens the database for reading alone, also while another process writes.
    ///
    /// # Errors
    /// A file that does not exist, or whose schema is another one, is refused.
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::Missing { path: path.to_owned() });
        }
        migrate::check(&open_reader(path)?, path)?;
        let readers = Readers::new(path.to_owned());
        Ok(Self(Arc::new(Inner { path: path.to_owned(), readers, writer: None })))
    }

    /// Gives the file that the store was opened with.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    fn read<T>(&self, task: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.0.readers.read(task)
    }

    fn write<T: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Work<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.0.writer.as_ref().ok_or(StoreError::ReadOnly)?.transact(Manner::default(), task)
    }

    /// Runs a transaction in which what is deleted or moved is overwritten with zeros.
    fn erasing<T: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Work<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let manner = Manner { erasing: true, quickly: false };
        self.0.writer.as_ref().ok_or(StoreError::ReadOnly)?.transact(manner, task)
    }

    /// The same without waiting for the disk.
    fn erasing_quickly<T: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Work<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let manner = Manner { erasing: true, quickly: true };
        self.0.writer.as_ref().ok_or(StoreError::ReadOnly)?.transact(manner, task)
    }

    /// Runs a task on a reading connection of its own, outside any transaction.
    fn copy_with<T>(&self, task: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let connection = open_reader(&self.0.path)?;
        // Copying writes another file, which `query_only` forbids as well; this one stays read-only.
        connection.pragma_update(None, "query_only", false)?;
        task(&connection).map_err(|error| error.about(&self.0.path))
    }
}

/// Names a file that stands beside the database: its own name and an ending.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("path", &self.0.path).finish_non_exhaustive()
    }
}
