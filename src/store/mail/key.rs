//! The key file beside the database: `….key`, readable by its owner alone.
//!
//! The database keeps a mark of the key, so that a lost or foreign key is noticed before anybody is mailed
//! who had left: with another key, no hash of an address is found.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use rusqlite::OptionalExtension;

use crate::model::MailKey;
use crate::store::error::StoreError;
use crate::store::files::{about, owned_as_its_folder, remove, rename, sync_folder};
use crate::store::{Store, beside};

/// What stands between a database's name and its key's until a restore has ended.
const RESTORING: &str = ".restoring";

impl Store {
    /// Gives the key that addresses are hashed with and links are made from, and makes it where the
    /// database has never had one.
    ///
    /// # Errors
    /// [`StoreError::Key`] when the file is missing, unreadable or another database's.
    pub fn mail_key(&self) -> Result<MailKey, StoreError> {
        let path = key_path(self.path());
        let mark: Option<Vec<u8>> = self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT key_check FROM mail_state")?;
            Ok(statement.query_row([], |row| row.get(0)).optional()?.flatten())
        })?;
        let is_own = |bytes: &[u8; 32]| mark.as_ref().is_none_or(|mark| *mark == check_of(bytes));
        let bytes = match read(&path)? {
            Some(bytes) if is_own(&bytes) => bytes,
            found => match (arrived_with(self.path())?.filter(|bytes| mark.is_some() && is_own(bytes)), found, &mark) {
                // A restore that died between the database and its key.
                (Some(bytes), ..) => {
                    adopt_key(self.path())?;
                    bytes
                }
                (None, None, None) => make(&path)?,
                (None, None, Some(_)) => {
                    return Err(StoreError::Key { path, what: "is missing; put it back from your backup" });
                }
                (None, Some(_), _) => return Err(StoreError::Key { path, what: "belongs to another database" }),
            },
        };
        if mark.is_none() {
            let own = check_of(&bytes);
            self.write(move |work| {
                work.tx.execute("UPDATE mail_state SET key_check = ?1 WHERE key_check IS NULL", [own.as_slice()])?;
                Ok(())
            })?;
        }
        Ok(MailKey::new(bytes))
    }
}

/// Names the key file of a database.
pub(in crate::store) fn key_path(database: &Path) -> PathBuf {
    beside(database, ".key")
}

/// Copies a database's key beside another file, over whatever key stands there; nothing where there is none.
pub(in crate::store) fn copy_key(from: &Path, to: &Path) -> Result<(), StoreError> {
    let (from, to) = (key_path(from), key_path(to));
    match read(&from)? {
        Some(bytes) => {
            let partial = written_beside(&to, bytes)?;
            rename(&partial, &to)?;
            sync_folder(&to)
        }
        None => Ok(()),
    }
}

/// Copies a backup's key beside a database that is to be restored from it, for [`adopt_key`].
pub(in crate::store) fn fetch_key(backup: &Path, database: &Path) -> Result<(), StoreError> {
    remove(&key_path(&beside(database, RESTORING)))?;
    copy_key(backup, &beside(database, RESTORING))
}

/// Gives a restored database the key that came with it; where none came, the present one goes on.
pub(in crate::store) fn adopt_key(database: &Path) -> Result<(), StoreError> {
    let (present, arrived) = (key_path(database), key_path(&beside(database, RESTORING)));
    if arrived.exists() {
        rename(&arrived, &present)?;
        sync_folder(&present)?;
    }
    Ok(())
}

/// Reads the key that a restore has put beside the database and not yet in its place.
fn arrived_with(database: &Path) -> Result<Option<[u8; 32]>, StoreError> {
    read(&key_path(&beside(database, RESTORING)))
}

fn check_of(bytes: &[u8; 32]) -> Vec<u8> {
    blake3::derive_key("jobrounds 2026 mark of the key", bytes).to_vec()
}

fn read(path: &Path) -> Result<Option<[u8; 32]>, StoreError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(about("read", path, source)),
    };
    let hash = blake3::Hash::from_hex(text.trim());
    let hash = hash.map_err(|_| StoreError::Key { path: path.to_owned(), what: "is not a key" })?;
    Ok(Some(*hash.as_bytes()))
}

fn make(path: &Path) -> Result<[u8; 32], StoreError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::TaskFailed { what: error.to_string() })?;
    let partial = written_beside(path, bytes)?;
    // A second name is given at once and never over a file: another process may have been quicker.
    let named = keep_as_new(&partial, path);
    remove(&partial)?;
    named?;
    sync_folder(path)?;
    read(path)?.ok_or_else(|| StoreError::Key { path: path.to_owned(), what: "has vanished" })
}

/// Tells the files of several threads apart.
static TURN: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);

/// Writes a key, whole and durable, under a name that nobody reads.
fn written_beside(path: &Path, bytes: [u8; 32]) -> Result<PathBuf, StoreError> {
    let turn = TURN.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let partial = beside(path, &format!(".partial-{}-{turn}", std::process::id()));
    remove(&partial)?;
    let written = || -> std::io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&partial)?;
        writeln!(file, "{}", blake3::Hash::from(bytes).to_hex())?;
        file.sync_all()
    };
    written().map_err(|source| about("write", path, source))?;
    owned_as_its_folder(&partial);
    Ok(partial)
}

/// Gives a file its name unless there is one of that name.
fn keep_as_new(partial: &Path, path: &Path) -> Result<(), StoreError> {
    match fs::hard_link(partial, path) {
        // A file system that knows no second names.
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists && !path.exists() => rename(partial, path),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_its_loss_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("jobs.db")).unwrap();
        let key = store.mail_key().unwrap();
        assert_eq!(store.mail_key().unwrap(), key);
        let path = key_path(store.path());
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
        let kept = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert!(store.mail_key().unwrap_err().to_string().contains("missing"));
        fs::write(&path, "0".repeat(64)).unwrap();
        assert!(store.mail_key().unwrap_err().to_string().contains("another database"));
        fs::write(&path, "nonsense").unwrap();
        assert!(store.mail_key().unwrap_err().to_string().contains("not a key"));
        fs::write(&path, kept).unwrap();
        assert_eq!(store.mail_key().unwrap(), key);
    }
}
