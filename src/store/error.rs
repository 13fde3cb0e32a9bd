//! What can go wrong with the database, with the remedy where one is known.

use std::path::{Path, PathBuf};

/// A failure of the store. Texts fit "failed to …" and name the file they are about.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database file does not exist and must not be created.
    #[error("`{}` does not exist: run `jobrounds poll` first, or name the database with --db", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// A newer jobrounds has written the file.
    #[error("`{}` has schema {found}, this jobrounds knows up to {known}: use the newer jobrounds, or a backup made before the upgrade", path.display())]
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema known here.
        known: i64,
    },
    /// The file's schema is older and it was opened only to read.
    #[error("`{}` has schema {found}, {known} is needed: run `jobrounds poll` once to upgrade it", path.display())]
    OlderSchema {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The schema needed.
        known: i64,
    },
    /// The file is something else.
    #[error("`{}` is not a jobrounds database: name another file with --db", path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// Another process has held the file for longer than we wait.
    #[error("`{}` is locked by another process: stop it, or try again later", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The file or its folder cannot be written or opened.
    #[error("`{}` cannot be opened for writing: check that its folder exists and who owns it", path.display())]
    NotWritable {
        /// The file.
        path: PathBuf,
    },
    /// The path names a folder.
    #[error("`{}` is a folder: name a file in it", path.display())]
    IsFolder {
        /// The folder.
        path: PathBuf,
    },
    /// The file can be read only with files beside it that cannot be made.
    #[error("`{}` cannot be read: it is in use or was not closed, and its folder cannot be written; let its owner run `jobrounds backup` and read the copy", path.display())]
    NotReadable {
        /// The file.
        path: PathBuf,
    },
    /// A poller works on the database.
    #[error("`{}` is in use by {holder}: stop it, or wait until it ends", path.display())]
    InUse {
        /// The database.
        path: PathBuf,
        /// Who, as the lock file tells.
        holder: String,
    },
    /// A backup that is to be restored does not exist.
    #[error("`{}` is not there, or is no file: name a backup that `jobrounds backup` has written", path.display())]
    NoBackup {
        /// The file.
        path: PathBuf,
    },
    /// A copy reads back wrong.
    #[error("the copy for `{}` reads back wrong and is dropped ({faults}): run `jobrounds doctor` on the original, and check the disk", path.display())]
    BadCopy {
        /// The file that it was to become.
        path: PathBuf,
        /// What is wrong.
        faults: String,
    },
    /// There is no room for a copy.
    #[error("`{}` needs {} MB and its disk has {} MB left: make room, for example by moving older copies (`*.bak`, `*.before-restore-*`) elsewhere", path.display(), needed.div_ceil(1_000_000), free / 1_000_000)]
    NoRoom {
        /// The file that is to be written.
        path: PathBuf,
        /// How many bytes it needs.
        needed: u64,
        /// How many are left.
        free: u64,
    },
    /// Something cannot be done with a file beside the database.
    #[error("cannot {what} `{}`", path.display())]
    File {
        /// What was to be done.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The disk is full.
    #[error("`{}` cannot grow: the disk is full", path.display())]
    DiskFull {
        /// The file.
        path: PathBuf,
    },
    /// The file is damaged.
    #[error("`{}` is damaged: restore a backup, and keep the damaged file", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// Anything else that SQLite says.
    #[error("the database answered an error")]
    Sqlite(#[source] rusqlite::Error),
    /// A stored value cannot be read back.
    #[error("a stored {what} cannot be read")]
    Unreadable {
        /// What was stored.
        what: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The key beside the database cannot be used.
    #[error("the key file `{}` {what}: without it nobody who has left is known, so no mail is sent", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The words of a search cannot be asked.
    #[error("the query is too long: use at most {limit} words")]
    QueryTooLong {
        /// How many words may be asked.
        limit: usize,
    },
    /// A text names several jobs.
    #[error("`{text}` begins the ids of several jobs: {}", ids.join(", "))]
    Ambiguous {
        /// The text.
        text: String,
        /// Some of them.
        ids: Vec<String>,
    },
    /// A backup would overwrite a file.
    #[error("`{}` exists already: name a new file", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A task of the writer broke off; its transaction was rolled back and the store goes on.
    #[error("a task of the store broke off: {what}")]
    TaskFailed {
        /// What the task said.
        what: String,
    },
    /// The store was opened only to read, or is shutting down.
    #[error("the store is open for reading only")]
    ReadOnly,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl StoreError {
    /// Makes the error of a stored value that cannot be read back.
    pub(super) fn unreadable(what: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unreadable { what, source: source.into() }
    }

    /// Says of a file that is only read what would help a reader.
    pub(super) fn about_reading(self, path: &Path) -> Self {
        match self.about(path) {
            Self::NotWritable { path } => Self::NotReadable { path },
            other => other,
        }
    }

    /// Names the file in those answers of SQLite that a user can do something about.
    pub(super) fn about(self, path: &Path) -> Self {
        use rusqlite::ErrorCode;
        let Self::Sqlite(error) = self else { return self };
        let path = path.to_owned();
        match error.sqlite_error_code() {
            _ if path.is_dir() => Self::IsFolder { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked { path },
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::NotWritable { path }
            }
            Some(ErrorCode::DiskFull) => Self::DiskFull { path },
            Some(ErrorCode::NotADatabase) => Self::NotOurs { path },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path },
            _ => Self::Sqlite(error),
        }
    }
}
