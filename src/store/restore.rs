//! Puts a backup in the database's place, so that a crash at any point leaves the old database or
//! the new one, never none and never a mixture.
//!
//! ```text
//! 1  the backup is copied beside the database, checked, upgraded, marked, made durable
//! 2  the present database is closed to everybody and becomes one file without WAL
//! 3  the present database gets a second name, `….before-restore-TIME`
//! 4  the copy is renamed over the first name, which the file system does at once
//! 5  the key of its mail, which came with it, gets its name
//! ```
//!
//! Who must not be mailed by the present database is not by the copy either: whoever left since the backup was
//! made is erased from it again. The copy is marked with the row `restored_at` in `upkeep`. Whoever sends mail reads it
//! ([`Store::restored_at`]) and begins paused: the backup does not know what has been sent since.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::backup::{Proof, copy_into, faults_of};
use super::connection::open_writer;
use super::encoding::time;
use super::error::StoreError;
use super::files::{keep_as, owned_as, owned_as_its_folder, remove, rename, sync_file, sync_folder};
use super::lock::DatabaseLock;
use super::mail::{adopt_key, carry_over, copy_key, fetch_key};
use super::{Store, beside, migrate, upkeep};

/// The row of `upkeep` that tells when a database was restored.
const MARK: &str = "restored_at";

/// What a restore did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Where the database that stood there is kept; `None` where there was none.
    pub before: Option<PathBuf>,
    /// The backup's schema, where it was older and was upgraded.
    pub upgraded_from: Option<i64>,
}

/// Steps after which a crash is simulated in tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Prepared,
    Closed,
    Kept,
    Replaced,
}

/// Puts a backup in a database's place. The lock proves that no poller works on it.
///
/// # Errors
/// A file that is no backup, is damaged, or has a newer schema is refused before anything is
/// touched; so is a database that another process has open.
pub fn restore(
    database: &Path,
    backup: &Path,
    now: DateTime<Utc>,
    _lock: &DatabaseLock,
) -> Result<Restored, StoreError> {
    restore_stepwise(database, backup, now, |_| Ok(()))
}

fn restore_stepwise(
    database: &Path,
    backup: &Path,
    now: DateTime<Utc>,
    mut reached: impl FnMut(Step) -> Result<(), StoreError>,
) -> Result<Restored, StoreError> {
    let new = beside(database, ".restoring");
    let upgraded_from = prepare(database, backup, (&new, now))?;
    reached(Step::Prepared)?;
    let before = if database.exists() { Some(kept_name(database, now)) } else { None };
    let closed = if before.is_some() { close_to_all(database)? } else { None };
    reached(Step::Closed)?;
    if let Some(kept) = &before {
        keep(database, kept, closed.is_none())?;
    }
    reached(Step::Kept)?;
    rename(&new, database)?;
    sync_folder(database)?;
    reached(Step::Replaced)?;
    // Until then the database finds it where it stands.
    adopt_key(database)?;
    drop(closed);
    Ok(Restored { before, upgraded_from })
}

/// Copies the backup beside the database and makes it what will stand in its place; gives its
/// schema where that was older. The backup itself is only read: it is the copy before the upgrade.
fn prepare(database: &Path, backup: &Path, (new, now): (&Path, DateTime<Utc>)) -> Result<Option<i64>, StoreError> {
    if !backup.is_file() {
        return Err(StoreError::NoBackup { path: backup.to_owned() });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let about = |error: rusqlite::Error| StoreError::from(error).about_reading(backup);
    let connection = Connection::open_with_flags(backup, flags).map_err(about)?;
    let (found, known) = migrate::schema_to_restore(&connection, backup)?;
    // What a restore that was killed has left.
    for ending in ["", "-wal", "-shm", "-journal"] {
        remove(&beside(new, ending))?;
    }
    copy_into(&connection, new, Proof::Whole).map_err(|error| match error {
        StoreError::BadCopy { .. } | StoreError::Damaged { .. } => StoreError::Damaged { path: backup.to_owned() },
        other => other,
    })?;
    drop(connection);
    let mut connection = open_writer(new)?;
    migrate::upgrade(&mut connection)?;
    upkeep::note_done(&connection, MARK, now)?;
    skip_numbers(&connection, database)?;
    connection.pragma_update(None, "secure_delete", true)?;
    carry_over(&connection, database)?;
    // One file without WAL, so that renaming it moves all of it.
    connection.pragma_update(None, "journal_mode", "DELETE")?;
    drop(connection);
    let faults = faults_of(new, Proof::Quick)?;
    if !faults.is_empty() {
        return Err(StoreError::BadCopy { path: new.to_owned(), faults: faults.join("; ") });
    }
    match std::fs::metadata(database) {
        Ok(present) => {
            let _as_umask_says = std::fs::set_permissions(new, present.permissions());
            owned_as(new, database);
        }
        Err(_) => owned_as_its_folder(new),
    }
    sync_file(new)?;
    // Without its key the copy would know nobody who has left.
    fetch_key(backup, database)?;
    Ok((found < known).then_some(found))
}

/// Keeps the numbers free that were given since the backup was made: links in mails are made of them, and
/// nobody's link may come to lead to somebody else's subscription. The present database tells how far they
/// went; what was lost with another one is not known, so many more are left out.
fn skip_numbers(new: &Connection, present: &Path) -> Result<(), StoreError> {
    const SKIPPED: i64 = 100_000;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let present = Connection::open_with_flags(present, flags).ok();
    for table in ["subscriber", "search"] {
        const READ: &str = "SELECT max(seq) FROM sqlite_sequence WHERE name = ?1";
        let last = |connection: &Connection| connection.query_row(READ, [table], |row| row.get::<_, Option<i64>>(0));
        let given = present.as_ref().and_then(|present| last(present).ok().flatten()).unwrap_or_default();
        let next = last(new)?.unwrap_or_default().max(given).saturating_add(SKIPPED);
        new.execute("DELETE FROM sqlite_sequence WHERE name = ?1", [table])?;
        new.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)", params![table, next])?;
    }
    Ok(())
}

/// Makes the present database one file and keeps everybody out of it while the connection given
/// back stands. `None` where it is so damaged that SQLite cannot open it.
fn close_to_all(database: &Path) -> Result<Option<Connection>, StoreError> {
    let about = |error: rusqlite::Error| StoreError::from(error).about(database);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags).map_err(about)?;
    match shut(&connection).map_err(about) {
        Ok(()) => Ok(Some(connection)),
        // Restoring is what helps then.
        Err(StoreError::Damaged { .. } | StoreError::NotOurs { .. }) => Ok(None),
        Err(other) => Err(other),
    }
}

fn shut(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(3))?;
    // Leaving WAL needs the database alone, and writes its WAL back.
    connection.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    connection.query_row("PRAGMA locking_mode = EXCLUSIVE", [], |_| Ok(()))?;
    connection.execute_batch("BEGIN EXCLUSIVE; COMMIT")
}

/// Gives the present database its second name. Where it is damaged, its WAL goes with it, so that
/// the new database does not meet a stranger's WAL.
fn keep(database: &Path, kept: &Path, with_wal: bool) -> Result<(), StoreError> {
    keep_as(database, kept)?;
    let wal = beside(database, "-wal");
    if with_wal && wal.exists() {
        keep_as(&wal, &beside(kept, "-wal"))?;
    }
    // With its key, so that it is whole; one that is no key is none.
    match copy_key(database, kept) {
        Err(StoreError::Key { .. }) => {}
        other => other?,
    }
    sync_folder(database)?;
    for ending in ["-wal", "-shm", "-journal"] {
        remove(&beside(database, ending))?;
    }
    sync_folder(database)
}

fn kept_name(database: &Path, now: DateTime<Utc>) -> PathBuf {
    let stamp = now.format("%Y%m%dT%H%M%SZ");
    let name = |turn: u32| {
        let turn = if turn > 0 { format!(".{turn}") } else { String::new() };
        beside(database, &format!(".before-restore-{stamp}{turn}"))
    };
    (0..1_000).map(name).find(|name| !name.exists()).unwrap_or_else(|| name(0))
}

impl Store {
    /// Gives when this database was put in place from a backup, until somebody clears it with
    /// [`Store::clear_restored`]. Mail must not leave meanwhile: what has been sent since the
    /// backup was made is not in it.
    pub fn restored_at(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.read(restored_mark)
    }

    /// Notes that a person has looked at a restored database and lets mail leave again.
    pub fn clear_restored(&self) -> Result<(), StoreError> {
        self.write(|work| clear_mark(&work.tx))
    }
}

/// Takes the mark of a restored database away, inside a transaction.
pub(super) fn clear_mark(connection: &Connection) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM upkeep WHERE name = ?1")?.execute([MARK])?;
    Ok(())
}

/// Reads the mark of a restored database.
pub(super) fn restored_mark(connection: &Connection) -> Result<Option<DateTime<Utc>>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT done_at FROM upkeep WHERE name = ?1")?;
    let at: Option<i64> = statement.query_row([MARK], |row| row.get(0)).optional()?;
    Ok(at.map(time))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sample::{commit, day, posting};

    fn titles(path: &Path) -> Vec<String> {
        let store = Store::open(path).unwrap();
        assert!(store.integrity_check().unwrap().is_empty());
        let rows = store.search(&crate::model::Criteria::default(), day(0)).unwrap().jobs;
        let mut titles: Vec<String> = rows.into_iter().filter_map(|row| row.title).collect();
        titles.sort();
        titles
    }

    /// A database with two jobs and a backup made when it had one.
    fn prepared() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let (database, backup) = (folder.path().join("jobs.db"), folder.path().join("backup.db"));
        let store = Store::open(&database).unwrap();
        commit(&store, "ahima", vec![posting("ahima", "1", "Coder")], day(0));
        store.backup(&backup).unwrap();
        commit(&store, "aapc", vec![posting("aapc", "2", "Biller")], day(0));
        drop(store);
        (folder, database, backup)
    }

    #[test]
    fn a_restore_replaces_the_database_keeps_it_and_marks_the_new_one() {
        let (_folder, database, backup) = prepared();
        let lock = DatabaseLock::take(&database, "restore", day(1)).unwrap();
        let restored = restore(&database, &backup, day(1), &lock).unwrap();
        assert_eq!(restored.upgraded_from, None);
        assert_eq!(titles(&database), ["Coder"]);
        assert_eq!(titles(&restored.before.unwrap()), ["Biller", "Coder"]);
        let store = Store::open(&database).unwrap();
        assert_eq!(store.restored_at().unwrap(), Some(day(1)));
        store.clear_restored().unwrap();
        assert_eq!(store.restored_at().unwrap(), None);
        let original = Store::open(&backup).unwrap();
        assert_eq!(original.restored_at().unwrap(), None, "the backup is only read");
    }

    #[test]
    fn a_crash_after_any_step_leaves_the_old_database_or_the_new_one() {
        for last in [Step::Prepared, Step::Closed, Step::Kept, Step::Replaced] {
            let (_folder, database, backup) = prepared();
            let died = restore_stepwise(&database, &backup, day(1), |step| {
                let killed = || StoreError::TaskFailed { what: "killed".to_owned() };
                if step == last { Err(killed()) } else { Ok(()) }
            });
            assert!(died.is_err());
            let expected: &[&str] = if last == Step::Replaced { &["Coder"] } else { &["Biller", "Coder"] };
            assert_eq!(titles(&database), expected, "killed after {last:?}");
            // And the next one goes through, whatever was left behind.
            let lock = DatabaseLock::take(&database, "restore", day(2)).unwrap();
            restore(&database, &backup, day(2), &lock).unwrap();
            assert_eq!(titles(&database), ["Coder"], "again after {last:?}");
        }
    }

    #[test]
    fn a_damaged_database_is_replaced_and_kept_and_leaves_no_wal_to_the_new_one() {
        let (_folder, database, backup) = prepared();
        std::fs::write(&database, vec![7; 40_000]).unwrap();
        std::fs::write(beside(&database, "-wal"), vec![7; 40_000]).unwrap();
        let lock = DatabaseLock::take(&database, "restore", day(1)).unwrap();
        let kept = restore(&database, &backup, day(1), &lock).unwrap().before.unwrap();
        assert!(!beside(&database, "-wal").exists());
        assert_eq!(titles(&database), ["Coder"]);
        assert_eq!(std::fs::read(&kept).unwrap(), vec![7; 40_000]);
    }

    #[test]
    fn what_is_no_sound_backup_is_refused_and_nothing_is_touched() {
        let (folder, database, backup) = prepared();
        let lock = DatabaseLock::take(&database, "restore", day(1)).unwrap();
        let refused = |file: &Path| restore(&database, file, day(1), &lock).unwrap_err().to_string();
        assert!(refused(&folder.path().join("none.db")).contains("none.db"));
        let text = folder.path().join("notes.txt");
        std::fs::write(&text, "these are only some words, and no database at all").unwrap();
        assert!(refused(&text).contains("not a jobrounds database"));
        let newer = folder.path().join("newer.db");
        let mut bytes = std::fs::read(&backup).unwrap();
        bytes[60..64].copy_from_slice(&9_999_u32.to_be_bytes());
        std::fs::write(&newer, bytes).unwrap();
        assert!(refused(&newer).contains("9999"));
        let torn = folder.path().join("torn.db");
        let mut bytes = std::fs::read(&backup).unwrap();
        let end = bytes.len();
        // The last pages may be free ones, whose loss is none.
        bytes[end / 2..].fill(0);
        std::fs::write(&torn, bytes).unwrap();
        let told = refused(&torn);
        assert!(told.contains("torn.db") && told.contains("damaged"), "{told}");
        assert_eq!(titles(&database), ["Biller", "Coder"]);
    }

    #[test]
    fn a_database_that_is_open_elsewhere_is_left_alone() {
        let (_folder, database, backup) = prepared();
        let reader = Store::open(&database).unwrap();
        commit(&reader, "elite", vec![posting("elite", "3", "Registrar")], day(0));
        let lock = DatabaseLock::take(&database, "restore", day(1)).unwrap();
        let told = restore(&database, &backup, day(1), &lock).unwrap_err();
        assert!(matches!(told, StoreError::Locked { .. }), "{told}");
        drop(reader);
        assert_eq!(titles(&database), ["Biller", "Coder", "Registrar"]);
    }
}
