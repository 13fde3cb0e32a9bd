//! Connections: one that writes, a few that read, and the settings every one of them has.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::error::StoreError;
use crate::model::miles_between;

/// How long a connection waits for another one's lock.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// How many idle reading connections are kept.
const IDLE_READERS: usize = 4;

/// Opens the connection that writes, and creates the file where there is none.
///
/// WAL lets readers go on while it writes; FULL syncs each commit, which at 500 rows a transaction
/// costs next to nothing; pages of 16 KiB make a quarter of the writes of 4 KiB ones; 4,000 pages of
/// WAL keep checkpoints out of a burst of writes. The cache of 64 MiB fills as far as the database is
/// large; the keys of many postings need it, which lie all over their index.
pub(super) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| StoreError::from(error).about(path))?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection
        .execute_batch(
            "PRAGMA page_size = 16384;
             PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON;
             PRAGMA trusted_schema = OFF;
             PRAGMA cache_size = -65536;
             PRAGMA wal_autocheckpoint = 4000;
             PRAGMA journal_size_limit = 67108864;
             PRAGMA temp_store = MEMORY;",
        )
        .map_err(|error| StoreError::from(error).about(path))?;
    keep_plans(&connection)?;
    connection.set_prepared_statement_cache_capacity(96);
    Ok(connection)
}

/// Keeps each statement's plan whatever is bound to it. Without this, statistics make SQLite plan a
/// statement anew whenever a bound that a range is compared with changes.
fn keep_plans(connection: &Connection) -> Result<(), StoreError> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Opens a connection that only reads.
///
/// A database with a WAL makes files beside it even to be read. Where its folder cannot be written
/// and no WAL holds anything, nobody is writing, and it is read as one that does not change.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let ordinary = Connection::open_with_flags(path, flags).and_then(probed);
    let opened = match ordinary {
        Err(error) if cannot_make_files(&error) && !has_wal(path) => open_unchanging(path, flags).unwrap_or(Err(error)),
        other => other,
    };
    let connection = opened.map_err(|error| StoreError::from(error).about_reading(path))?;
    prepare_reader(&connection, path)?;
    Ok(connection)
}

/// Reads the head of the file, which is when SQLite first needs the files beside it.
fn probed(connection: Connection) -> rusqlite::Result<Connection> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.query_row("PRAGMA schema_version", [], |_| Ok(()))?;
    Ok(connection)
}

fn cannot_make_files(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied))
}

/// Tells whether a WAL stands beside the file and holds anything.
fn has_wal(path: &Path) -> bool {
    std::fs::metadata(super::beside(path, "-wal")).is_ok_and(|wal| wal.len() > 0)
}

/// Opens a file by a URI that promises that it does not change (sqlite.org/uri.html); `None` where its path is
/// no text.
fn open_unchanging(path: &Path, flags: OpenFlags) -> Option<rusqlite::Result<Connection>> {
    let text = path.to_str()?.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let host = if path.is_absolute() { "//" } else { "" };
    let uri = format!("file:{host}{text}?immutable=1");
    Some(Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI).and_then(probed))
}

fn prepare_reader(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    connection
        .execute_batch(
            "PRAGMA query_only = ON;
             PRAGMA trusted_schema = OFF;
             PRAGMA cache_size = -1024;
             PRAGMA temp_store = MEMORY;",
        )
        .map_err(|error| StoreError::from(error).about(path))?;
    keep_plans(connection)?;
    add_functions(connection).map_err(|error| StoreError::from(error).about(path))?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(())
}

/// Adds `miles_between(latitude, longitude, latitude, longitude)` for filters by distance.
fn add_functions(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("miles_between", 4, flags, |arguments| {
        Ok(miles_between((arguments.get(0)?, arguments.get(1)?), (arguments.get(2)?, arguments.get(3)?)))
    })
}

/// Lends reading connections.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// Begins with no connection; each is opened when it is first needed.
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, idle: Mutex::new(Vec::new()) }
    }

    /// Runs a reading task within one snapshot, so that all it reads belongs together.
    pub(super) fn read<T>(&self, task: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let taken = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        let connection = match taken {
            Some(connection) => connection,
            None => open_reader(&self.path)?,
        };
        let answer = Self::snapshot(&connection, task).map_err(|error| error.about_reading(&self.path));
        if answer.is_ok()
            && let Ok(mut idle) = self.idle.lock()
            && idle.len() < IDLE_READERS
        {
            idle.push(connection);
        }
        answer
    }

    fn snapshot<T>(
        connection: &Connection,
        task: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let snapshot = connection.unchecked_transaction()?;
        let answer = task(&snapshot)?;
        snapshot.commit()?;
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_at_rest_is_read_without_any_file_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("50% of #1?.db");
        open_writer(&path).unwrap().execute_batch("CREATE TABLE a (b); INSERT INTO a VALUES (7);").unwrap();
        assert!(!has_wal(&path));
        let reader = open_unchanging(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap().unwrap();
        assert_eq!(reader.query_row("SELECT b FROM a", [], |row| row.get::<_, i64>(0)), Ok(7));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
