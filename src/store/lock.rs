//! One poller at a time: a lock file beside the database, with who holds it written in it.
//!
//! The lock is the system's and ends with the process, however that ends; the words in the file
//! are for people and for `doctor`, and mean nothing once the lock is free.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};

use super::beside;
use super::error::StoreError;
use super::files::owned_as_its_folder;

/// How much of a lock file is read.
const LONGEST_NOTE: u64 = 512;

/// The right to poll, or to replace, a database. Dropping it gives it back.
#[derive(Debug)]
pub struct DatabaseLock {
    file: File,
}

impl DatabaseLock {
    /// Takes the lock for a command (`run`, `poll`, `restore`), or says who holds it.
    ///
    /// # Errors
    /// [`StoreError::InUse`] while another process holds it; [`StoreError::NotWritable`] when the
    /// file cannot be made.
    pub fn take(database: &Path, command: &str, now: DateTime<Utc>) -> Result<Self, StoreError> {
        if database.is_dir() {
            return Err(StoreError::IsFolder { path: database.to_owned() });
        }
        Self::take_file(database, lock_path(database), command, now)
    }

    /// Takes the right to hand mails over, which one process has at a time.
    ///
    /// # Errors
    /// As [`DatabaseLock::take`].
    pub fn take_for_mail(database: &Path, command: &str, now: DateTime<Utc>) -> Result<Self, StoreError> {
        Self::take_file(database, beside(database, ".mail.lock"), command, now)
    }

    fn take_file(database: &Path, path: PathBuf, command: &str, now: DateTime<Utc>) -> Result<Self, StoreError> {
        let file = opened(&path).map_err(|_| StoreError::NotWritable { path: database.to_owned() })?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::InUse { path: database.to_owned(), holder: note_of(&path) });
            }
            Err(TryLockError::Error(source)) => return Err(StoreError::File { what: "lock", path, source }),
        }
        let mut lock = Self { file };
        // Only for people: a note that cannot be written costs nothing but itself.
        if let Err(error) = lock.note(command, now) {
            tracing::debug!(%error, "the lock file could not be written");
        }
        Ok(lock)
    }

    fn note(&mut self, command: &str, now: DateTime<Utc>) -> std::io::Result<()> {
        let since = now.to_rfc3339_opts(SecondsFormat::Secs, true);
        self.file.set_len(0)?;
        self.file.rewind()?;
        writeln!(self.file, "`jobrounds {command}`, process {}, since {since}", std::process::id())
    }
}

/// Says who holds a database's lock; `None` where nobody does.
#[must_use]
pub fn lock_holder(database: &Path) -> Option<String> {
    let path = lock_path(database);
    let file = File::open(&path).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Some(note_of(&path)),
        _ => None,
    }
}

fn lock_path(database: &Path) -> PathBuf {
    beside(database, ".lock")
}

/// Opens the lock file without emptying it, for another process's note may stand in it. Where it
/// belongs to somebody else, reading is enough to lock.
fn opened(path: &Path) -> std::io::Result<File> {
    let is_new = !path.exists();
    let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    let file = opened.or_else(|error| File::open(path).map_err(|_| error))?;
    if is_new {
        owned_as_its_folder(path);
    }
    Ok(file)
}

fn note_of(path: &Path) -> String {
    let mut note = String::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST_NOTE).read_to_string(&mut note));
    let note = note.lines().next().unwrap_or_default().trim();
    if read.is_err() || note.is_empty() { "another jobrounds".to_owned() } else { note.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sample::day;

    #[test]
    fn the_second_is_told_who_the_first_is_and_a_dropped_lock_is_free() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("jobs.db");
        assert_eq!(lock_holder(&database), None);
        let first = DatabaseLock::take(&database, "run", day(0)).unwrap();
        let told = DatabaseLock::take(&database, "poll", day(1)).unwrap_err().to_string();
        let note = format!("`jobrounds run`, process {}, since 2026-11-01T12:00:00Z", std::process::id());
        assert!(told.contains(&note), "{told}");
        assert_eq!(lock_holder(&database), Some(note));
        drop(first);
        assert_eq!(lock_holder(&database), None);
        let third = DatabaseLock::take(&database, "restore", day(2)).unwrap();
        assert!(lock_holder(&database).is_some_and(|note| note.starts_with("`jobrounds restore`")));
        drop(third);
    }
}
